"""keras.applications: the layers and weights of every architecture, and what they compute.

No weights are kept: both sides fill them by the same formula (`fill`).
"""

import hashlib
import json
import re

import keras
import numpy as np

from .common import rand, rng_for, t

A = keras.applications

SMALLEST = {"Xception": 71, "InceptionV3": 75, "InceptionResNetV2": 75}

VARIANTS = [
    ("ResNet50", {"include_top": False, "pooling": "avg"}),
    ("ResNet50V2", {"include_top": False, "pooling": "max"}),
    ("VGG16", {"include_top": False, "pooling": "max"}),
    ("VGG19", {"include_top": False, "input_shape": [None, None, 3]}),
    ("Xception", {"include_top": False, "pooling": "avg"}),
    ("InceptionV3", {"include_top": False, "pooling": "max", "input_shape": [99, 80, 1]}),
    ("InceptionResNetV2", {"include_top": False, "pooling": "avg"}),
    ("DenseNet121", {"include_top": False, "pooling": "max"}),
    ("MobileNet", {"alpha": 0.5, "depth_multiplier": 2, "dropout": 0.1}),
    ("MobileNet", {"include_top": False, "pooling": "avg", "input_shape": [33, 47, 3]}),
    ("MobileNetV2", {"alpha": 1.4}),
    ("MobileNetV2", {"alpha": 0.35, "include_top": False, "input_shape": [None, None, 3]}),
    ("MobileNetV3Small", {"minimalistic": True, "dropout_rate": 0, "include_preprocessing": False}),
    ("MobileNetV3Small", {"alpha": 0.75, "include_top": False, "pooling": "avg"}),
    ("MobileNetV3Large", {"alpha": 1.25, "include_top": False, "pooling": "max", "input_shape": [33, 48, 3]}),
    ("NASNetMobile", {"include_top": False, "pooling": "avg", "input_shape": None}),
    ("EfficientNetB0", {"include_top": False, "pooling": "avg", "input_shape": [None, None, 3]}),
    ("EfficientNetV2B0", {"include_preprocessing": False}),
    ("EfficientNetV2B1", {"include_top": False, "pooling": "max", "input_shape": [40, 33, 4]}),
    ("ConvNeXtTiny", {"include_top": False, "pooling": "avg", "include_preprocessing": False}),
    ("ConvNeXtTiny", {"include_top": False, "input_shape": [64, 32, 1]}),
]


def build(name, options):
    keras.backend.clear_session()
    size = SMALLEST.get(name, 32)
    given = {"input_shape": [size, size, 3], "weights": None, "classes": 10, **options}
    if given["input_shape"] is not None:
        given["input_shape"] = tuple(given["input_shape"])
    return getattr(A, name)(**given)


def shape_text(shape):
    return json.dumps(list(shape), separators=(",", ":"))


def operations_of(model):
    """A line for each layer and op of the graph: name, class, shape of the output."""

    def line(op):
        kind = type(op).__name__ if isinstance(op, keras.Layer) else "op"
        return f"{op.name} {kind} {shape_text(op.output.shape)}"

    return [line(op) for op in model.operations]


def weights_of(model):
    return [f"{w.path} {shape_text(w.shape)} {w.dtype} {w.trainable}" for w in model.weights]


def digest(lines):
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def all_functions():
    return sorted(name for name in dir(A) if name[0].isupper())


CHANNELS_FIRST = [
    "EfficientNetB0",
    "EfficientNetV2B0",
    "InceptionResNetV2",
    "InceptionV3",
    "MobileNet",
    "MobileNetV2",
    "MobileNetV3Small",
    "ResNet50",
    "ResNet50V2",
    "VGG16",
    "Xception",
]


def channels_first():
    """Graphs alone: TensorFlow does not compute them on a CPU."""
    keras.config.set_image_data_format("channels_first")
    try:
        size = {name: SMALLEST.get(name, 32) for name in CHANNELS_FIRST}
        return describe([(name, {"input_shape": [3, size[name], size[name]]}) for name in CHANNELS_FIRST])
    finally:
        keras.config.set_image_data_format("channels_last")


def structures():
    return describe([*((name, {}) for name in all_functions()), *VARIANTS])


def describe(models):
    cases = []
    for name, options in models:
        model = build(name, options)
        operations, weights = operations_of(model), weights_of(model)
        cases.append(
            {
                "function": name,
                "options": options,
                "name": model.name,
                "params": model.count_params(),
                "operations": [len(operations), digest(operations)],
                "weights": [len(weights), digest(weights)],
            }
        )
    return cases


def listings():
    """In full, to see what differs."""
    cases = []
    for name in ["MobileNet", "MobileNetV3Small", "ConvNeXtTiny"]:
        model = build(name, {})
        cases.append({"function": name, "operations": operations_of(model), "weights": weights_of(model)})
    return cases


def units(size, seed):
    """Numbers from 0 to 1 without a pattern: murmur3's finalizer of the index and a seed."""
    h = np.arange(size, dtype=np.uint32) + np.uint32(seed * 7919 + 1)
    h ^= h >> np.uint32(16)
    h *= np.uint32(0x85EBCA6B)
    h ^= h >> np.uint32(13)
    h *= np.uint32(0xC2B2AE35)
    h ^= h >> np.uint32(16)
    return h.astype(np.float64) / 2.0**32


def fill(model):
    """Kernels of variance 2 / fan_in, and small numbers around what the other weights start with."""
    for i, w in enumerate(model.weights):
        if w.path.split("/")[-2].startswith("normalization"):
            continue
        u = units(int(np.prod(w.shape)), i)
        if "variance" in w.name:
            values = 0.5 + u
        elif len(w.shape) > 1:
            channelwise = re.search("depthwise|dw", w.path)
            fan_in = np.prod(w.shape[:2] if channelwise else w.shape[:-1])
            values = (2 * u - 1) * np.sqrt(6.0 / fan_in)
        else:
            values = (u - 0.5) * 0.4 + (1.0 if w.name == "gamma" else 0.0)
        w.assign(values.reshape(w.shape).astype("float32"))


PREDICTED = [
    ("ResNet50", {}),
    ("ResNet50V2", {}),
    ("VGG16", {"include_top": False, "pooling": "avg"}),
    ("Xception", {}),
    ("InceptionV3", {}),
    ("InceptionResNetV2", {}),
    ("DenseNet121", {}),
    ("MobileNet", {}),
    ("MobileNetV2", {}),
    ("MobileNetV3Small", {}),
    ("NASNetMobile", {}),
    ("EfficientNetB0", {}),
    ("EfficientNetV2B0", {}),
    ("ConvNeXtTiny", {}),
]
WITH_PREPROCESSING = ("MobileNetV3", "EfficientNet", "ConvNeXt")


def predictions():
    cases = []
    for name, options in PREDICTED:
        given = {**options} if "include_top" in options else {**options, "classifier_activation": None}
        model = build(name, given)
        fill(model)
        size = SMALLEST.get(name, 32)
        x = units(2 * size * size * 3, 100000).reshape(2, size, size, 3)
        pixels = name.startswith(WITH_PREPROCESSING)
        x = (x * 255 if pixels else 2 * x - 1).astype("float32")
        y = model(x, training=False)
        cases.append({"function": name, "options": given, "size": size, "pixels": pixels, "output": y})
    return cases


def preprocess():
    rng = rng_for("applications/preprocess")
    cases = []
    for data_format, shapes in {
        "channels_last": [(2, 3, 3), (2, 2, 3, 3)],
        "channels_first": [(3, 2, 2), (2, 3, 2, 2)],
    }.items():
        for shape in shapes:
            x = rand(rng, shape, 0, 255, decimals=0)
            for mode in ("caffe", "tf", "torch"):
                output = A.imagenet_utils.preprocess_input(x.numpy().copy(), data_format=data_format, mode=mode)
                cases.append({"mode": mode, "data_format": data_format, "input": x, "output": t(output)})
    return cases


def modules():
    """What `preprocess_input` of each module makes of the same image."""
    x = rand(rng_for("applications/modules"), (2, 2, 3), 0, 255, decimals=0)
    names = sorted(name for name in dir(A) if hasattr(getattr(A, name), "preprocess_input"))
    return [
        {"module": name, "input": x, "output": t(getattr(A, name).preprocess_input(x.numpy().copy()))}
        for name in names
        if name != "imagenet_utils"
    ]


FAMILIES = {
    "structures": structures,
    "channels_first": channels_first,
    "listings": listings,
    "predictions": predictions,
    "preprocess": preprocess,
    "modules": modules,
}
