"""Calls of ops for networks: cross-entropies, convolution, pooling, normalization, image.resize."""

import numpy as np

from .common import rand, randint, rng_for, t

LAST, FIRST = "channels_last", "channels_first"


def cross_entropies():
    rng = rng_for("ops/cross_entropies")

    def softmax(shape):
        e = np.exp(rng.uniform(-2, 2, shape))
        return t(np.round(e / e.sum(-1, keepdims=True), 3))

    hot = t(np.eye(4)[rng.integers(0, 4, 3)])
    soft, p, logits = softmax((3, 4)), softmax((3, 4)), rand(rng, (3, 4), -4, 4)
    ids = randint(rng, (3,), 0, 4)
    image_ids, image_logits = randint(rng, (2, 2, 3), 0, 4), rand(rng, (2, 2, 3, 4), -4, 4)
    bits, q, z = t(rng.integers(0, 2, (3, 2))), rand(rng, (3, 2), 0.01, 0.99), rand(rng, (3, 2), -4, 4)
    c, s, b = "categorical_crossentropy", "sparse_categorical_crossentropy", "binary_crossentropy"
    return [
        (c, [hot, p], {}),
        (c, [soft, p], {}),
        (c, [hot, logits], {"from_logits": True}),
        (c, [soft, logits], {"from_logits": True}),
        (c, [t([[0.0, 1.0]]), t([[1.0, 0.0]])], {}),
        (c, [t([[0.0, 1.0]]), t([[3.0, 5.0]])], {}),
        (c, [t(np.transpose(hot)), t(np.transpose(p))], {"axis": 0}),
        (c, [t([[0.0, 1.0]]), t([[1000.0, -1000.0]])], {"from_logits": True}),
        (s, [ids, p], {}),
        (s, [ids, logits], {"from_logits": True}),
        (s, [ids[:, None], logits], {"from_logits": True}),
        (s, [image_ids, image_logits], {"from_logits": True}),
        (s, [image_ids, t(softmax((2, 2, 3, 4)))], {}),
        (s, [t([0, 1], "int64"), t([[1.0, 0.0], [1.0, 0.0]])], {}),
        (s, [t([1], "int32"), t([[3.0, 5.0]])], {}),
        (b, [bits, q], {}),
        (b, [bits, z], {"from_logits": True}),
        (b, [t([[0.0, 1.0, 1.0]]), t([[1.0, 0.0, 1.0]])], {}),
        (b, [t([[0.3, 0.6]]), t([[0.2, 0.9]])], {}),
        (b, [t([[0.0, 1.0]]), t([[1000.0, -1000.0]])], {"from_logits": True}),
    ]


def convolution():
    rng = rng_for("ops/conv")
    r = lambda *shape: rand(rng, shape)
    conv = [
        ("conv", [r(2, 6, 2), r(3, 2, 3)], {}),
        ("conv", [r(2, 6, 2), r(3, 2, 3)], {"strides": 2, "padding": "same"}),
        ("conv", [r(1, 7, 2), r(2, 2, 2)], {"dilation_rate": 2}),
        ("conv", [r(1, 7, 2), r(3, 2, 2)], {"dilation_rate": 2, "padding": "same"}),
        ("conv", [r(1, 5, 4), r(2, 2, 4)], {}),
        ("conv", [r(1, 2, 6), r(3, 2, 2)], {"data_format": FIRST}),
        ("conv", [r(1, 4, 5, 2), r(2, 3, 2, 2)], {}),
        ("conv", [r(1, 4, 5, 2), r(3, 3, 2, 2)], {"padding": "same"}),
        ("conv", [r(1, 5, 5, 2), r(3, 3, 2, 2)], {"strides": 2, "padding": "same"}),
        ("conv", [r(1, 4, 4, 2), r(3, 3, 2, 2)], {"strides": 2, "padding": "same"}),
        ("conv", [r(1, 5, 4, 2), r(2, 2, 2, 2)], {"strides": [2, 1]}),
        ("conv", [r(1, 5, 5, 2), r(2, 2, 2, 2)], {"dilation_rate": [1, 2]}),
        ("conv", [r(1, 5, 5, 2), r(3, 2, 2, 2)], {"dilation_rate": 2, "padding": "same"}),
        ("conv", [r(1, 3, 3, 4), r(2, 2, 2, 4)], {}),
        ("conv", [r(1, 3, 3, 4), r(2, 2, 1, 4)], {"padding": "same"}),
        ("conv", [r(1, 2, 4, 5), r(3, 3, 2, 2)], {"data_format": FIRST}),
        ("conv", [r(1, 2, 4, 5), r(3, 3, 2, 2)], {"data_format": FIRST, "padding": "same", "strides": 2}),
        ("conv", [r(1, 1, 1, 1), r(1, 1, 1, 1)], {}),
        ("conv", [t(np.zeros((0, 4, 4, 2))), r(2, 2, 2, 3)], {}),
        ("conv", [rand(rng, (1, 3, 3, 1), dtype="float16"), rand(rng, (2, 2, 1, 1), dtype="float16")], {}),
        ("conv", [r(1, 3, 4, 3, 2), r(2, 2, 2, 2, 2)], {}),
        ("conv", [r(1, 3, 4, 3, 2), r(2, 3, 1, 2, 2)], {"padding": "same", "strides": 2}),
        ("conv", [r(1, 4, 4, 4, 1), r(2, 2, 2, 1, 1)], {"dilation_rate": 2}),
        ("conv", [r(1, 2, 3, 3, 3), r(2, 2, 2, 2, 2)], {"data_format": FIRST}),
        ("depthwise_conv", [r(1, 6, 2), r(3, 2, 1)], {}),
        ("depthwise_conv", [r(1, 6, 2), r(3, 2, 2)], {"strides": 2, "padding": "same"}),
        ("depthwise_conv", [r(1, 4, 5, 2), r(2, 2, 2, 1)], {}),
        ("depthwise_conv", [r(1, 4, 5, 2), r(3, 3, 2, 2)], {"padding": "same", "strides": 2}),
        ("depthwise_conv", [r(1, 5, 5, 2), r(2, 2, 2, 1)], {"dilation_rate": 2}),
        ("depthwise_conv", [r(1, 2, 4, 4), r(2, 2, 2, 1)], {"data_format": FIRST}),
        ("separable_conv", [r(1, 6, 2), r(3, 2, 2), r(1, 4, 3)], {}),
        ("separable_conv", [r(1, 4, 5, 2), r(2, 2, 2, 1), r(1, 1, 2, 3)], {}),
        ("separable_conv", [r(1, 4, 5, 2), r(2, 2, 2, 2), r(1, 1, 4, 2)], {"padding": "same", "strides": 2}),
        ("separable_conv", [r(1, 5, 5, 2), r(2, 2, 2, 1), r(1, 1, 2, 2)], {"dilation_rate": 2}),
        ("conv_transpose", [r(1, 4, 2), r(3, 2, 2)], {}),
        ("conv_transpose", [r(1, 4, 2), r(3, 2, 2)], {"strides": 2, "padding": "same"}),
        ("conv_transpose", [r(1, 4, 2), r(3, 2, 2)], {"strides": 2, "padding": "same", "output_padding": 1}),
        ("conv_transpose", [r(1, 3, 3, 2), r(2, 2, 3, 2)], {}),
        ("conv_transpose", [r(1, 3, 3, 2), r(3, 3, 2, 2)], {"strides": 2, "padding": "same"}),
        ("conv_transpose", [r(1, 3, 2, 2), r(3, 3, 2, 2)], {"strides": [2, 1], "padding": "valid"}),
        ("conv_transpose", [r(1, 3, 3, 2), r(2, 2, 2, 2)], {"dilation_rate": 2}),
        ("conv_transpose", [r(1, 2, 3, 3), r(3, 3, 2, 2)], {"strides": 2, "data_format": FIRST}),
        ("conv_transpose", [r(1, 2, 2, 2, 1), r(2, 2, 2, 2, 1)], {"strides": 2}),
    ]
    return conv


def pooling():
    rng = rng_for("ops/pool")
    r = lambda *shape: rand(rng, shape)
    rows = []
    for op in ("max_pool", "average_pool"):
        rows += [
            (op, [r(2, 6, 2), 2], {}),
            (op, [r(2, 7, 2), 3], {"strides": 2, "padding": "same"}),
            (op, [r(1, 6, 2), 2], {"strides": 3}),
            (op, [r(1, 2, 6), 2], {"data_format": FIRST}),
            (op, [r(1, 4, 5, 2), 2], {}),
            (op, [r(1, 4, 5, 2), [2, 3]], {"strides": 1}),
            (op, [r(1, 4, 5, 2), 3], {"strides": 2, "padding": "same"}),
            (op, [r(1, 4, 5, 2), 2], {"strides": [1, 2], "padding": "same"}),
            (op, [r(1, 2, 4, 5), 2], {"data_format": FIRST}),
            (op, [r(1, 2, 4, 5), 2], {"data_format": FIRST, "padding": "same"}),
            (op, [r(1, 4, 3, 4, 2), 2], {}),
            (op, [r(1, 4, 3, 3, 1), [2, 1, 2]], {"strides": 1, "padding": "same"}),
            (op, [t(np.zeros((1, 4, 4, 1))), 2], {}),
            (op, [rand(rng, (1, 4, 4, 1), dtype="float16"), 2], {}),
            (op, [t(-np.ones((1, 3, 3, 1))), 2], {"padding": "same", "strides": 2}),
        ]
    return rows


def normalization():
    rng = rng_for("ops/normalization")
    x, y = rand(rng, (3, 4)), rand(rng, (2, 3, 2, 4))
    v = lambda n: rand(rng, (n,))
    p = lambda n: rand(rng, (n,), 0.2, 2)
    return [
        ("moments", [x], {"axes": [0]}),
        ("moments", [x], {"axes": [0, 1]}),
        ("moments", [y], {"axes": [0, 1, 2]}),
        ("moments", [y], {"axes": [-1], "keepdims": True}),
        ("moments", [rand(rng, (4,), dtype="float16")], {"axes": [0]}),
        ("moments", [t(np.array([1000.1, 1000.2, 1000.3]))], {"axes": [0]}),
        ("batch_normalization", [x, v(4), p(4)], {"axis": -1}),
        ("batch_normalization", [x, v(4), p(4)], {"axis": 1, "offset": v(4), "scale": v(4)}),
        ("batch_normalization", [y, v(4), p(4)], {"axis": -1, "scale": v(4)}),
        ("batch_normalization", [y, v(3), p(3)], {"axis": 1, "offset": v(3), "epsilon": 0.1}),
        ("batch_normalization", [y, v(2), p(2)], {"axis": 2, "offset": v(2), "scale": v(2)}),
        (
            "batch_normalization",
            [
                rand(rng, (2, 3), dtype="float16"),
                rand(rng, (3,), dtype="float16"),
                rand(rng, (3,), 0.5, 2, "float16"),
            ],
            {"axis": -1},
        ),
        ("layer_normalization", [x], {}),
        ("layer_normalization", [x, v(4), v(4)], {}),
        ("layer_normalization", [y], {"axis": [1, 2, 3]}),
        ("layer_normalization", [y, v(4)], {"epsilon": 0.1}),
        ("layer_normalization", [rand(rng, (2, 1))], {}),
        ("rms_normalization", [x], {}),
        ("rms_normalization", [x, v(4)], {}),
        ("rms_normalization", [y], {"axis": -1, "epsilon": 0.1}),
        ("rms_normalization", [x], {"axis": 0}),
    ]


def image_resize():
    rng = rng_for("ops/resize")
    x, f, one = rand(rng, (1, 4, 5, 2), 0, 1), rand(rng, (1, 2, 4, 5), 0, 1), rand(rng, (3, 3, 1), 0, 1)
    rows = []
    for how in ("nearest", "bilinear", "bicubic", "area", "lanczos3", "lanczos5"):
        for size in ([7, 8], [2, 3], [4, 5], [1, 1], [8, 3]):
            rows.append(("image.resize", [x, size], {"interpolation": how}))
            if how != "nearest":
                rows.append(("image.resize", [x, size], {"interpolation": how, "antialias": True}))
        rows.append(("image.resize", [f, [6, 3]], {"interpolation": how, "data_format": FIRST}))
        rows.append(("image.resize", [one, [5, 5]], {"interpolation": how}))
        rows.append(
            ("image.resize", [randint(rng, (1, 3, 3, 1), 0, 256, "uint8"), [5, 2]], {"interpolation": how})
        )
    rows += [
        ("image.resize", [x, [3, 3]], {"crop_to_aspect_ratio": True}),
        ("image.resize", [x, [2, 5]], {"crop_to_aspect_ratio": True}),
        ("image.resize", [x, [3, 3]], {"pad_to_aspect_ratio": True}),
        ("image.resize", [x, [6, 2]], {"pad_to_aspect_ratio": True, "fill_value": 0.5}),
        ("image.resize", [f, [3, 3]], {"crop_to_aspect_ratio": True, "data_format": FIRST}),
        ("image.resize", [f, [3, 3]], {"pad_to_aspect_ratio": True, "data_format": FIRST, "fill_value": 9.0}),
        ("image.resize", [one, [2, 4]], {"pad_to_aspect_ratio": True}),
        ("image.resize", [one, [2, 4]], {"crop_to_aspect_ratio": True}),
        ("image.resize", [rand(rng, (1, 3, 3, 1), 0, 1, "float16"), [5, 5]], {}),
        ("image.resize", [rand(rng, (1, 3, 3, 1), 0, 1, "bfloat16"), [5, 5]], {}),
        ("image.resize", [rand(rng, (1, 8, 8, 1), 0, 16, "float32", 0), [28, 28]], {}),
    ]
    return rows
