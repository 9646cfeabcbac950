"""keras.datasets on small archives of the same form, and NumPy's files.

The archives are kept in the golden file; Keras reads them from a folder instead of fetching its own.
"""

import base64
import gzip
import hashlib
import importlib
import io
import json
import pickle
import struct
import tarfile
import tempfile
from pathlib import Path

import numpy as np

from .common import rng_for


class Python2Pickler(pickle._Pickler):
    """Writes bytes as Python 2 wrote its texts, as in the batches of CIFAR."""

    dispatch = dict(pickle._Pickler.dispatch)

    def save_bytes(self, obj):
        if len(obj) < 256:
            self.write(b"U" + bytes([len(obj)]) + obj)
        else:
            self.write(b"T" + struct.pack("<i", len(obj)) + obj)
        self.memoize(obj)

    dispatch[bytes] = save_bytes


def _python2(value):
    out = io.BytesIO()
    Python2Pickler(out, protocol=2, fix_imports=False).dump(value)
    return out.getvalue()


def _npz(**arrays):
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    return out.getvalue()


def _tar(folder, files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(f"{folder}/{name}")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def _words(rng, n, shortest=1):
    lists = [[int(w) for w in rng.integers(1, 40, rng.integers(shortest, 9))] for _ in range(n)]
    array = np.empty(n, dtype=object)
    array[:] = lists
    return array


def _images(n, side=28):
    return (np.arange(n * side * side) % 251).astype("uint8").reshape(n, side, side)


def _cifar(n, keys, start):
    rows = ((np.arange(n * 3072) * 7 + start) % 256).astype("uint8").reshape(n, 3072)
    labels = {k.encode(): [(start + i * 3) % 10 for i in range(n)] for k in keys}
    return _python2({b"batch_label": b"a batch", b"data": rows, **labels})


def _files():
    rng = rng_for("utils/datasets")
    label = lambda n, top: rng.integers(0, top, n)  # noqa: E731
    idx = lambda magic, array: gzip.compress(bytes(magic) + array.tobytes(), mtime=0)  # noqa: E731
    reals = lambda n, m: np.round(rng.uniform(0, 9, (n, m)), 2)  # noqa: E731
    fashion = {}
    for name, n in [("train", 3), ("t10k", 2)]:
        fashion[f"{name}-labels-idx1-ubyte.gz"] = idx(8, np.arange(n, dtype="uint8") + 4)
        fashion[f"{name}-images-idx3-ubyte.gz"] = idx(16, _images(n))
    batches = {f"data_batch_{i}": _cifar(2, ["labels"], i) for i in range(1, 6)}
    return {
        "mnist.npz": _npz(x_train=_images(4), y_train=np.arange(4, dtype="uint8"), x_test=_images(2), y_test=np.array([7, 9], "uint8")),
        **fashion,
        "cifar-10-python.tar.gz": _tar("cifar-10-batches-py", {**batches, "test_batch": _cifar(1, ["labels"], 9)}),
        "cifar-100-python.tar.gz": _tar(
            "cifar-100-python",
            {"train": _cifar(3, ["fine_labels", "coarse_labels"], 1), "test": _cifar(2, ["fine_labels", "coarse_labels"], 5)},
        ),
        "boston_housing.npz": _npz(x=reals(11, 13), y=reals(11, 1)[:, 0]),
        "california_housing.npz": _npz(x=reals(13, 8).astype("float32"), y=reals(13, 1)[:, 0].astype("float32")),
        "imdb.npz": _npz(x_train=_words(rng, 9), y_train=label(9, 2), x_test=_words(rng, 7), y_test=label(7, 2)),
        "reuters.npz": _npz(x=_words(rng, 12), y=label(12, 46)),
        "imdb_word_index.json": b'{"fawn": 34701, "the": 1}',
        "reuters_word_index.json": b'{"mdbl": 10996, "caf\\u00e9": 3}',
    }


WORDS = [
    {},
    {"num_words": 20},
    {"num_words": 30, "skip_top": 5},
    {"maxlen": 6, "seed": 7},
    {"start_char": None, "oov_char": None, "num_words": 25},
    {"index_from": 0, "start_char": None, "seed": 4294967295},
]
CALLS = [
    ("mnist", {}),
    ("fashion_mnist", {}),
    ("cifar100", {}),
    ("cifar100", {"label_mode": "coarse"}),
    *[("boston_housing", k) for k in [{}, {"test_split": 0.5, "seed": 3}, {"test_split": 0.0}]],
    *[("california_housing", k) for k in [{}, {"version": "small", "test_split": 0.3}]],
    *[("imdb", k) for k in WORDS],
    *[("reuters", k) for k in [*WORDS, {"test_split": 0.5}]],
]


def _result(value):
    if isinstance(value, np.ndarray) and value.dtype == object:
        return [list(map(int, row)) for row in value]
    if value.size > 200:
        digest = hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()
        return {"shape_of": list(value.shape), "dtype_of": value.dtype.name, "sha256": digest}
    return value


def _cifar10(folder):
    """Keras's own load_data wants batches of 10,000 images; this does the same with what there is."""
    cifar = importlib.import_module("keras.src.datasets.cifar")
    parts = [cifar.load_batch(folder / f"cifar-10-batches-py/{n}") for n in [*[f"data_batch_{i}" for i in range(1, 6)], "test_batch"]]
    pair = lambda x, y: (x.transpose(0, 2, 3, 1), np.reshape(y, (len(y), 1)).astype("uint8"))  # noqa: E731
    train = pair(np.concatenate([x for x, _ in parts[:-1]]), np.concatenate([y for _, y in parts[:-1]]))
    return train, pair(*parts[-1])


def datasets():
    files = _files()
    cases = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, content in files.items():
            (folder / file).write_bytes(content)
            if file.endswith(".tar.gz"):
                with tarfile.open(folder / file) as archive:
                    archive.extractall(folder, filter="data")

        def get_file(fname=None, origin=None, extract=False, **_):
            return str(folder if extract else folder / origin.rsplit("/", 1)[1])

        for dataset, kwargs in CALLS:
            module = importlib.import_module(f"keras.src.datasets.{dataset}")
            kept, module.get_file = module.get_file, get_file
            result = module.load_data(**kwargs)
            module.get_file = kept
            cases.append({"dataset": dataset, "kwargs": kwargs, "result": [[_result(v) for v in pair] for pair in result]})
        result = _cifar10(folder)
        cases.append({"dataset": "cifar10", "kwargs": {}, "result": [[_result(v) for v in pair] for pair in result]})
    encoded = {file: base64.b64encode(content).decode() for file, content in files.items()}
    return cases, {"files": encoded}


def numpy_files():
    rng = rng_for("utils/numpy_files")
    whole = rng.integers(-100, 100, (2, 3))
    arrays = {
        "bool": whole > 0,
        **{name: whole.astype(name) for name in ["uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64"]},
        **{name: (whole / 8).astype(name) for name in ["float16", "float32", "float64"]},
        "complex64": (whole + 1j * whole[::-1]).astype("complex64"),
        "big_endian": whole.astype(">i4"),
        "big_endian_float": (whole / 8).astype(">f8"),
        "columns": np.asfortranarray(rng.integers(0, 99, (2, 3, 4)).astype("int32")),
        "scalar": np.array(2.5),
        "vector": np.arange(3, dtype="float32"),
        "empty": np.zeros((0, 4), "float32"),
    }
    cases = []
    for name, array in arrays.items():
        out = io.BytesIO()
        np.save(out, array)
        value = array.astype(array.dtype.newbyteorder("="))
        cases.append({"name": name, "file": base64.b64encode(out.getvalue()).decode(), "value": value})
    texts = []
    for array in [np.array([["a", "café"], ["", "snow \u2603"]]), np.array([b"ab", b"c"])]:
        out = io.BytesIO()
        np.save(out, array)
        texts.append({"file": base64.b64encode(out.getvalue()).decode(), "shape": list(array.shape), "json": json.dumps(np.char.decode(array).tolist() if array.dtype.kind == "S" else array.tolist())})
    pickles = []
    value = {"a": [1, -2, 2**40, 1.5, None, True, False], "b": ("x", b"yz", [])}
    for protocol in range(6):
        # Bytes of protocols 0 to 2 come through a function, which is refused.
        some = value if protocol >= 3 else {"a": value["a"], "b": ("x", (), [[]])}
        pickles.append({"protocol": protocol, "pickle": base64.b64encode(pickle.dumps(some, protocol)).decode()})
    refused = [base64.b64encode(pickle.dumps(v, p)).decode() for v in [print, np.float64(1), {1, 2}, range(3)] for p in (0, 2, 4)]
    return cases, {"texts": texts, "pickles": pickles, "refused": refused}
