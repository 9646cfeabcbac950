"""Shapes and dtypes that Keras infers for tensors with unknown dimensions."""

import keras
import tensorflow as tf

from .ops_goldens import TABLES, call, rows_of

# Called on shapes, or with results that are no tensors.
LEFT_OUT = {"shape", "size", "ndim", "dtype", "nonzero", "unique", "bincount", "copy", "stop_gradient", "array"}
PER_OP = 2


def _open(value, keep):
    """A tensor with an unknown first dimension where it has two axes or more; `keep` for the others."""
    if not isinstance(value, tf.Tensor):
        return value
    shape = list(value.shape)
    if len(shape) >= 2 and shape[0] > 1:
        shape[0] = None
    elif keep:
        return value
    return keras.KerasTensor(shape, value.dtype.name)


def _convert(value):
    if isinstance(value, (list, tuple)):
        return type(value)(_convert(v) for v in value)
    return _open(value, False)


def _spec(value):
    if isinstance(value, keras.KerasTensor):
        return {"shape": list(value.shape), "dtype": value.dtype}
    if isinstance(value, (list, tuple)):
        return type(value)(_spec(v) for v in value)
    return value


def specs():
    cases = []
    seen = {}
    for table in TABLES.values():
        for op, args, kwargs, _ in rows_of(table):
            if op in LEFT_OUT or seen.get(op, 0) >= PER_OP:
                continue
            tensors = [_convert(a) for a in args]
            named = {k: _convert(v) for k, v in kwargs.items()}
            text = str(tensors) + str(named)
            if "None" not in text or "KerasTensor" not in text:
                continue
            try:
                out = call(op, tensors, named)
            except Exception:
                continue
            outs = list(out) if isinstance(out, (list, tuple)) else [out]
            if not all(isinstance(o, keras.KerasTensor) for o in outs):
                continue
            seen[op] = seen.get(op, 0) + 1
            case = {"op": op, "args": [_spec(a) for a in tensors], "kwargs": {k: _spec(v) for k, v in named.items()}}
            case["kwargs"].pop("key_is_tuple", None)
            cases.append({**case, "outputs": [_spec(o) for o in outs]})
    return cases


FAMILIES = {"specs": specs}
