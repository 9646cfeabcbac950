"""keras.utils.*_dataset_from_directory on folders that the golden file describes: orders of files, labels, batches."""

import base64
import copy
import io
import tempfile
from pathlib import Path

import keras
import numpy as np
from PIL import Image

from .common import rng_for

U = keras.utils


def _png(array, mode):
    out = io.BytesIO()
    Image.fromarray(array, mode).save(out, "png")
    return out.getvalue()


def _image_files():
    rng = rng_for("utils/image_directory")
    files = {}
    shapes = {"b/10.png": (6, 4, 3), "b/2.PNG": (5, 5, 3), "a/x.png": (3, 8, 3), "a/in/y.png": (4, 4, 3), "Z/one.png": (7, 3, 3)}
    for name, shape in shapes.items():
        files[name] = _png(rng.integers(0, 256, shape).astype("uint8"), "RGB")
    files["b/notes.txt"] = b"no image"
    files[".hidden/c.png"] = files["a/x.png"]
    return files


def _text_files():
    texts = ["alpha", "beta gamma", "d\u00e9j\u00e0 vu", "", "line\nline", "zeta", "eta theta"]
    names = ["neg/1.txt", "neg/10.txt", "neg/2.txt", "pos/a.TXT", "pos/deep/b.txt", "pos/c.txt", "neg/z.txt"]
    return {name: text.encode() for name, text in zip(names, texts)}


IMAGES = [
    {"image_size": [4, 5], "shuffle": False},
    {"image_size": [4, 4], "shuffle": False, "batch_size": 2, "label_mode": "categorical", "interpolation": "nearest"},
    {"image_size": 3, "shuffle": False, "crop_to_aspect_ratio": True, "label_mode": None},
    {"image_size": [5, 4], "shuffle": False, "pad_to_aspect_ratio": True, "class_names": ["b", "a"], "label_mode": "binary"},
    {"image_size": [2, 3], "shuffle": False, "labels": [3, 1, 4, 1, 5, 9], "interpolation": "bicubic", "data_format": "channels_first"},
    {"image_size": [3, 3], "shuffle": False, "labels": None, "interpolation": "area", "color_mode": "rgba", "batch_size": None},
    {"image_size": [2, 2], "seed": 7, "validation_split": 0.4, "subset": "validation", "shuffle": False},
]
ORDERS = [
    {"seed": 3},
    {"seed": 3, "labels": [5, 6, 7, 5, 8, 9, 5]},
    {"seed": 11, "validation_split": 0.3, "subset": "training"},
    {"seed": 11, "validation_split": 0.3, "subset": "validation"},
    {"shuffle": False, "labels": None},
    {"shuffle": False, "class_names": ["pos", "neg"]},
]
TEXTS = [
    {"shuffle": False, "batch_size": 3},
    {"shuffle": False, "max_length": 4, "label_mode": "binary"},
    {"shuffle": False, "labels": None, "batch_size": None},
]


def _batches(dataset):
    def one(part):
        array = np.asarray(part)
        if array.dtype == object or array.dtype.kind == "S":
            texts = [array.item()] if array.ndim == 0 else array.tolist()
            return {"shape_of": list(array.shape), "texts": [t.decode("utf8", "replace") for t in texts]}
        return array.astype(array.dtype)

    return [[one(p) for p in e] if isinstance(e, tuple) else one(e) for e in dataset]


def directories():
    images, texts = _image_files(), _text_files()
    cases = []
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for kind, files in [("images", images), ("texts", texts)]:
            for file, content in files.items():
                path = root / kind / file
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        calls = [("image", "images", k) for k in IMAGES] + [("text", "texts", k) for k in TEXTS]
        for kind, folder, kwargs in calls:
            function = getattr(U, f"{kind}_dataset_from_directory")
            dataset = function(str(root / folder), verbose=False, **kwargs)
            cases.append({"kind": kind, "kwargs": kwargs, **_told(dataset, root / folder), "batches": _batches(dataset)})
        for kwargs in ORDERS:
            # The order within an epoch is that of tf.data; what is compared is the order of the files.
            cases.append({"kind": "text", "kwargs": kwargs, **_order(root / "texts", kwargs)})
    encode = lambda files: {file: base64.b64encode(content).decode() for file, content in files.items()}  # noqa: E731
    return cases, {"files": {"images": encode(images), "texts": encode(texts)}}


def _told(dataset, folder):
    paths = getattr(dataset, "file_paths", None)
    return {
        "class_names": dataset.class_names,
        "file_paths": paths and [str(Path(p).relative_to(folder)) for p in paths],
    }


def _order(folder, kwargs):
    from keras.src.utils import dataset_utils

    paths, labels, class_names = dataset_utils.index_directory(
        str(folder), copy.copy(kwargs.get("labels", "inferred")), (".txt",), kwargs.get("class_names"), kwargs.get("shuffle", True),
        kwargs.get("seed"), verbose=False,
    )
    if "subset" in kwargs:
        paths, labels = dataset_utils.get_training_or_validation_split(paths, labels, kwargs["validation_split"], kwargs["subset"])
    return {
        "class_names": class_names,
        "file_paths": [str(Path(p).relative_to(folder)) for p in paths],
        "file_labels": None if labels is None else [int(v) for v in labels],
    }
