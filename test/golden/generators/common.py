"""What every generator shares: how a value becomes JSON, and how a family becomes a file."""

import json
import math
import platform
import zlib
from pathlib import Path

import keras
import ml_dtypes
import numpy as np
import tensorflow as tf

ROOT = Path(__file__).resolve().parent.parent
MAX_BYTES = 300_000

VERSIONS = {
    "keras": keras.__version__,
    "tensorflow": tf.__version__,
    "numpy": np.__version__,
    "python": platform.python_version(),
}


def rng_for(name):
    """Random numbers whose stream depends on the name alone, so that families do not disturb one another."""
    return np.random.default_rng(zlib.crc32(name.encode()))


def t(data, dtype="float32"):
    """A TensorFlow tensor of any dtype from nested lists or an array."""
    np_dtype = ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype
    return tf.constant(np.array(data).astype(np_dtype), dtype=dtype)


def rand(rng, shape, low=-2.0, high=2.0, dtype="float32", decimals=2):
    """Uniform values with few decimals, which keeps the files small."""
    return t(np.round(rng.uniform(low, high, shape), decimals), dtype)


def randint(rng, shape, low, high, dtype="int32"):
    return t(rng.integers(low, high, shape), dtype)


def snapshot(variable):
    """The present value of a variable, which later updates do not change."""
    return tf.identity(variable.value)


def _float(value):
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def _element(value, dtype):
    if dtype == "bool":
        return bool(value)
    if dtype.startswith(("int", "uint")):
        value = int(value)
        return str(value) if abs(value) > 2**53 else value
    if dtype == "float64":
        return _float(float(value))
    # The shortest decimal that names this float32; float16 and bfloat16 are subsets of float32.
    return _float(float(str(np.float32(value))))


def encode_tensor(value):
    if isinstance(value, keras.Variable):
        value = value.value
    if isinstance(value, np.ndarray):
        array, dtype = value, value.dtype.name
    else:
        dtype = value.dtype.name
        # NumPy cannot hold a bfloat16 scalar; float32 holds every bfloat16.
        array = np.asarray((tf.cast(value, "float32") if dtype == "bfloat16" else value).numpy())
    shape = list(array.shape)
    if dtype == "complex64":
        # Real and imaginary part of each element.
        array = np.stack([array.real, array.imag], -1)
    return {
        "dtype": dtype,
        "shape": shape,
        "data": [_element(v, dtype) for v in array.reshape(-1)],
    }


def encode(value):
    """JSON of anything that a case may hold. Tensors may stand anywhere inside lists and dicts."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (tf.Tensor, tf.Variable, np.ndarray, keras.Variable)):
        return encode_tensor(value)
    if isinstance(value, tf.IndexedSlices):
        return encode_tensor(tf.convert_to_tensor(value))
    if isinstance(value, np.generic):
        return _element(value, value.dtype.name)
    if isinstance(value, int):
        return {"int": str(value)} if abs(value) > 2**53 else value
    if isinstance(value, float):
        return value if math.isfinite(value) else {"float": _float(value)}
    if isinstance(value, slice):
        return {"slice": [value.start, value.stop, value.step]}
    if value is Ellipsis:
        return {"ellipsis": True}
    if isinstance(value, dict):
        return {str(k): encode(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, tf.TensorShape)):
        return [encode(v) for v in value]
    if isinstance(value, type):
        return value.__name__
    raise TypeError(f"No JSON form for {value!r} of type {type(value)}")


def _compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def write_family(area, family, cases, extra=None):
    path = ROOT / area / f"{family}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    head = {"versions": VERSIONS, **(encode(extra) if extra else {})}
    lines = ",\n".join(_compact(encode(case)) for case in cases)
    text = f'{_compact(head)[:-1]},\n"cases":[\n{lines}\n]}}\n'
    json.loads(text)
    size = len(text.encode())
    if size > MAX_BYTES:
        raise ValueError(f"{path.name}: {size} bytes, the limit is {MAX_BYTES}; use smaller shapes")
    path.write_text(text, encoding="utf-8")
    print(f"{area}/{family}.json: {len(cases)} cases, {size} bytes")


def config_json(config):
    """A config as it stands after a trip through JSON, the form in which it is saved."""
    return json.loads(json.dumps(config, default=str))
