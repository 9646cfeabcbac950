"""Convolution and pooling layers."""

import keras
import numpy as np

from .common import rand, t
from .layers_case import L, case, rng_of


def conv1d():
    rng = rng_of("conv1d")
    x = rand(rng, (2, 7, 3))
    return [
        case(L.Conv1D(2, 3), x),
        case(L.Conv1D(2, 3, padding="same", activation="relu"), x),
        case(L.Conv1D(2, 3, strides=2, padding="same"), x),
        case(L.Conv1D(2, 3, strides=3), x),
        case(L.Conv1D(2, 2, padding="causal"), x),
        case(L.Conv1D(2, 3, padding="causal", dilation_rate=2), x),
        case(L.Conv1D(2, 2, dilation_rate=3, use_bias=False), x),
        case(L.Conv1D(2, 4, padding="same", dilation_rate=2), x),
        case(L.Conv1D(4, 3, groups=2), rand(rng, (2, 5, 4))),
        case(L.Conv1D(3, 1, data_format="channels_last", kernel_regularizer="l1"), rand(rng, (1, 1, 2))),
        case(L.Conv1D(2, 3, data_format="channels_first"), rand(rng, (2, 3, 6))),
        case(L.Conv1D(2, 2, data_format="channels_first", padding="same", strides=2), rand(rng, (2, 3, 6))),
        case(L.Conv1D(2, 3, data_format="channels_first", padding="causal"), rand(rng, (1, 2, 5))),
        case(L.Conv1D(2, 2, strides=2, padding="causal"), x),
    ]


def conv2d():
    rng = rng_of("conv2d")
    x = rand(rng, (2, 5, 6, 3))
    return [
        case(L.Conv2D(2, 3), x),
        case(L.Conv2D(2, (3, 2), padding="same", activation="relu"), x),
        case(L.Conv2D(2, 3, strides=2, padding="same"), x),
        case(L.Conv2D(2, 2, strides=(2, 1)), x),
        case(L.Conv2D(2, 2, strides=(2, 3), padding="valid", use_bias=False), x),
        case(L.Conv2D(2, 2, dilation_rate=2), x),
        case(L.Conv2D(2, 3, dilation_rate=(1, 2), padding="same"), x),
        case(L.Conv2D(4, 3, groups=2), rand(rng, (1, 4, 4, 4))),
        case(L.Conv2D(6, 2, groups=3, padding="same", strides=2), rand(rng, (1, 4, 4, 3))),
        case(L.Conv2D(2, 3, data_format="channels_first"), rand(rng, (2, 3, 5, 4))),
        case(
            L.Conv2D(2, 3, data_format="channels_first", padding="same", strides=2), rand(rng, (1, 3, 5, 4))
        ),
        case(L.Conv2D(1, 1), rand(rng, (1, 1, 1, 1))),
        case(
            L.Conv2D(
                2,
                2,
                kernel_regularizer=keras.regularizers.L2(0.1),
                activity_regularizer="l1",
                kernel_constraint="max_norm",
            ),
            rand(rng, (1, 3, 3, 2)),
        ),
        case(L.Conv2D(2, 2, dtype="mixed_float16"), rand(rng, (1, 3, 3, 2))),
        case(L.Conv2D(2, 2, dtype="float64"), rand(rng, (1, 3, 3, 2), dtype="float64")),
    ]


def conv3d():
    rng = rng_of("conv3d")
    x = rand(rng, (1, 4, 3, 5, 2))
    return [
        case(L.Conv3D(2, 2), x),
        case(L.Conv3D(2, (2, 3, 1), padding="same", activation="tanh"), x),
        case(L.Conv3D(2, 2, strides=2, padding="same"), x),
        case(L.Conv3D(2, 2, strides=(1, 2, 3), use_bias=False), x),
        case(L.Conv3D(2, 2, dilation_rate=2, padding="same"), x),
        case(L.Conv3D(2, 2, data_format="channels_first"), rand(rng, (1, 2, 3, 3, 2))),
        case(L.Conv3D(2, 2, groups=2), rand(rng, (1, 3, 3, 2, 2))),
    ]


def conv1d_transpose():
    rng = rng_of("conv1d_transpose")
    x = rand(rng, (2, 4, 3))
    return [
        case(L.Conv1DTranspose(2, 3), x),
        case(L.Conv1DTranspose(2, 3, strides=2), x),
        case(L.Conv1DTranspose(2, 3, strides=2, padding="same", activation="relu"), x),
        case(L.Conv1DTranspose(2, 3, strides=3, padding="same", output_padding=1), x),
        case(L.Conv1DTranspose(2, 2, dilation_rate=2, use_bias=False), x),
        case(L.Conv1DTranspose(2, 2, data_format="channels_first", strides=2), rand(rng, (1, 3, 4))),
    ]


def conv2d_transpose():
    rng = rng_of("conv2d_transpose")
    x = rand(rng, (1, 3, 4, 2))
    return [
        case(L.Conv2DTranspose(3, 3), x),
        case(L.Conv2DTranspose(2, 3, strides=2, padding="same"), x),
        case(L.Conv2DTranspose(2, (2, 3), strides=(2, 1), padding="valid", activation="relu"), x),
        case(L.Conv2DTranspose(2, 3, strides=2, padding="same", output_padding=1), x),
        case(L.Conv2DTranspose(2, 3, strides=2, padding="valid", output_padding=(1, 0)), x),
        case(L.Conv2DTranspose(2, 2, dilation_rate=2, use_bias=False), x),
        case(
            L.Conv2DTranspose(2, 3, data_format="channels_first", strides=2, padding="same"),
            rand(rng, (1, 2, 3, 2)),
        ),
    ]


def conv3d_transpose():
    rng = rng_of("conv3d_transpose")
    x = rand(rng, (1, 2, 3, 2, 2))
    return [
        case(L.Conv3DTranspose(2, 2), x),
        case(L.Conv3DTranspose(1, 3, strides=2, padding="same"), x),
        case(L.Conv3DTranspose(1, 2, strides=(1, 2, 1), use_bias=False), x),
    ]


def depthwise_conv():
    rng = rng_of("depthwise")
    x = rand(rng, (1, 5, 4, 3))
    return [
        case(L.DepthwiseConv1D(3), rand(rng, (2, 6, 3))),
        case(L.DepthwiseConv1D(2, strides=2, padding="same", depth_multiplier=2), rand(rng, (2, 5, 2))),
        case(L.DepthwiseConv1D(2, data_format="channels_first"), rand(rng, (1, 2, 5))),
        case(L.DepthwiseConv2D(3), x),
        case(L.DepthwiseConv2D(2, strides=2, padding="same", depth_multiplier=2, activation="relu"), x),
        case(L.DepthwiseConv2D((2, 3), dilation_rate=1, use_bias=False), x),
        case(L.DepthwiseConv2D(2, dilation_rate=2, padding="same"), x),
        case(L.DepthwiseConv2D(2, data_format="channels_first"), rand(rng, (1, 2, 4, 3))),
    ]


def separable_conv():
    rng = rng_of("separable")
    x = rand(rng, (1, 5, 4, 2))
    return [
        case(L.SeparableConv1D(3, 3), rand(rng, (2, 6, 2))),
        case(L.SeparableConv1D(2, 2, strides=2, padding="same", depth_multiplier=2), rand(rng, (1, 5, 2))),
        case(L.SeparableConv2D(3, 3), x),
        case(L.SeparableConv2D(2, 2, strides=2, padding="same", depth_multiplier=2, activation="relu"), x),
        case(L.SeparableConv2D(2, 2, dilation_rate=2, use_bias=False), x),
        case(L.SeparableConv2D(2, 2, data_format="channels_first"), rand(rng, (1, 2, 4, 3))),
    ]


def pooling():
    rng = rng_of("pooling")
    cases = []
    x1, f1 = rand(rng, (2, 7, 2)), rand(rng, (2, 2, 7))
    x2, f2 = rand(rng, (2, 5, 6, 2)), rand(rng, (1, 2, 5, 4))
    x3, f3 = rand(rng, (1, 4, 3, 5, 2)), rand(rng, (1, 2, 4, 3, 4))
    for kind in ("Max", "Average"):
        one, two, three = (getattr(L, f"{kind}Pooling{d}D") for d in (1, 2, 3))
        cases += [
            case(one(2), x1),
            case(one(3, strides=2, padding="same"), x1),
            case(one(2, strides=3), x1),
            case(one(2, data_format="channels_first"), f1),
            case(two(2), x2),
            case(two((2, 3), strides=1), x2),
            case(two(3, strides=2, padding="same"), x2),
            case(two(2, strides=(2, 1), padding="same"), x2),
            case(two(2, data_format="channels_first"), f2),
            case(two(3, strides=2, padding="same", data_format="channels_first"), f2),
            case(three(2), x3),
            case(three((2, 1, 3), strides=1, padding="same"), x3),
            case(three(2, data_format="channels_first"), f3),
        ]
    cases += [case(L.MaxPooling1D(), x1), case(L.MaxPooling2D(), x2), case(L.MaxPooling3D(), x3)]
    # Equal values under one window: where the gradient of a maximum goes.
    cases.append(case(L.MaxPooling2D(2), t(np.zeros((1, 4, 4, 1)))))
    return cases


def global_pooling():
    rng = rng_of("global_pooling")
    cases = []
    inputs = [rand(rng, (2, 4, 3)), rand(rng, (2, 3, 4, 2)), rand(rng, (1, 2, 3, 2, 2))]
    for kind in ("Average", "Max"):
        for d, x in zip((1, 2, 3), inputs):
            cls = getattr(L, f"Global{kind}Pooling{d}D")
            cases += [case(cls(), x), case(cls(keepdims=True), x), case(cls(data_format="channels_first"), x)]
    cases.append(case(L.GlobalAveragePooling1D(), inputs[0], mask=[t([[1, 1, 0, 0], [1, 0, 1, 1]], "bool")]))
    return cases


def adaptive_pooling():
    rng = rng_of("adaptive_pooling")
    cases = []
    x1, x2, x3 = rand(rng, (2, 7, 2)), rand(rng, (2, 5, 6, 2)), rand(rng, (1, 4, 3, 5, 2))
    for kind in ("Average", "Max"):
        one, two, three = (getattr(L, f"Adaptive{kind}Pooling{d}D") for d in (1, 2, 3))
        cases += [
            case(one(3), x1),
            case(one(2, data_format="channels_first"), rand(rng, (2, 2, 7))),
            case(two((3, 4)), x2),
            case(two(5, data_format="channels_first"), rand(rng, (1, 2, 5, 7))),
            case(three((2, 3, 2)), x3),
        ]
    return cases


FAMILIES = {
    "conv1d": conv1d,
    "conv2d": conv2d,
    "conv3d": conv3d,
    "conv1d_transpose": conv1d_transpose,
    "conv2d_transpose": conv2d_transpose,
    "conv3d_transpose": conv3d_transpose,
    "depthwise_conv": depthwise_conv,
    "separable_conv": separable_conv,
    "pooling": pooling,
    "global_pooling": global_pooling,
    "adaptive_pooling": adaptive_pooling,
}
