"""Layers of the core, reshaping and merging."""

import keras
import numpy as np

from .common import config_json, rand, randint, t
from .layers_case import L, case, rng_of


def input_layer():
    cases = []
    options = [
        {"shape": (3,)}, {"batch_shape": (None, 4, 5)}, {"shape": (2, None), "dtype": "int32"},
        {"shape": (), "name": "scalars"}, {"batch_size": 8, "shape": (3,)}, {"shape": (3,), "optional": True},
    ]  # fmt: skip
    for o in options:
        layer = L.InputLayer(**o)
        cases.append(
            {
                "options": {k: list(v) if isinstance(v, tuple) else v for k, v in o.items()},
                "config": config_json(layer.get_config()),
                "serialized": config_json(keras.saving.serialize_keras_object(layer)),
                "output_shape": list(layer.output.shape),
                "output_dtype": layer.output.dtype,
            }
        )
    return cases


def dense():
    rng = rng_of("dense")
    x = rand(rng, (3, 4))
    r = keras.regularizers
    return [
        case(L.Dense(2), x),
        case(L.Dense(5, "relu"), x),
        case(L.Dense(3, activation="softmax", use_bias=False), x),
        case(L.Dense(3, activation="tanh"), rand(rng, (2, 3, 4))),
        case(L.Dense(2, activation="gelu"), rand(rng, (1, 2, 2, 3))),
        case(L.Dense(1, activation="sigmoid"), rand(rng, (1, 1))),
        case(
            L.Dense(
                3,
                kernel_regularizer=r.L2(0.01),
                bias_regularizer=r.L1(0.02),
                activity_regularizer=r.L1L2(0.1, 0.2),
                kernel_constraint="non_neg",
                bias_constraint=keras.constraints.MaxNorm(1.5),
                kernel_initializer="he_normal",
                bias_initializer=keras.initializers.Constant(0.1),
            ),
            x,
        ),
        case(L.Dense(2, dtype="float64"), rand(rng, (2, 3), dtype="float64")),
        case(L.Dense(2, dtype="float16"), rand(rng, (2, 3), dtype="float16")),
        case(L.Dense(2, dtype="mixed_float16"), rand(rng, (2, 3))),
        case(L.Dense(2, dtype="mixed_bfloat16", activation="relu"), rand(rng, (2, 3))),
        case(L.Dense(2), randint(rng, (2, 3), 0, 5)),
        case(L.Dense(2, trainable=False, name="frozen"), x),
        case(L.Dense(2), rand(rng, (2, 3, 4)), mask=[t([[1, 1, 0], [1, 0, 0]], "bool")]),
    ]


def einsum_dense():
    rng = rng_of("einsum_dense")
    return [
        case(L.EinsumDense("ab,bc->ac", output_shape=5, bias_axes="c"), rand(rng, (2, 3))),
        case(
            L.EinsumDense("abc,cd->abd", output_shape=(None, 4), bias_axes="d", activation="relu"),
            rand(rng, (2, 3, 2)),
        ),
        case(L.EinsumDense("abc,cde->abde", output_shape=(None, 2, 3)), rand(rng, (1, 3, 2))),
        case(L.EinsumDense("...x,xy->...y", output_shape=4, bias_axes="y"), rand(rng, (2, 3, 2))),
        case(L.EinsumDense("ab...,bc->ac...", output_shape=4, bias_axes="c"), rand(rng, (2, 3, 2, 2))),
        case(
            L.EinsumDense(
                "abc,cde->abde",
                output_shape=(3, 2, 3),
                bias_axes="be",
                kernel_regularizer="l2",
                bias_constraint="non_neg",
                activity_regularizer="l1",
                dtype="mixed_bfloat16",
            ),
            rand(rng, (2, 3, 2)),
        ),
        case(L.EinsumDense("abde,def->abf", output_shape=(None, 3), bias_axes="f"), rand(rng, (2, 1, 2, 2))),
    ]


def reversible_embedding():
    rng = rng_of("reversible_embedding")
    ids, vectors = t([[1, 2, 0], [3, 0, 4]], "int32"), rand(rng, (2, 3, 2))
    back = {"reverse": True}
    return [
        case(L.ReversibleEmbedding(5, 2, mask_zero=True), ids),
        case(L.ReversibleEmbedding(5, 2), vectors, call=back),
        case(L.ReversibleEmbedding(5, 2, tie_weights=False, logit_soft_cap=1.5), vectors, call=back),
        case(L.ReversibleEmbedding(5, 2, tie_weights=False, embeddings_regularizer="l2"), ids),
        case(L.ReversibleEmbedding(5, 2, reverse_dtype="float32", dtype="mixed_bfloat16"), vectors, call=back),
    ]


def time_distributed():
    rng = rng_of("time_distributed")
    x = rand(rng, (2, 3, 4))
    mask = [t([[1, 1, 0], [1, 0, 0]], "bool")]
    return [
        case(L.TimeDistributed(L.Dense(2, "tanh")), x),
        case(L.TimeDistributed(L.Dense(2)), x, mask=mask),
        case(L.TimeDistributed(L.Conv2D(2, 2)), rand(rng, (2, 2, 3, 3, 1))),
        case(L.TimeDistributed(L.BatchNormalization(momentum=0.8)), x, training=True),
        case(L.TimeDistributed(L.BatchNormalization(momentum=0.8)), x, training=True, mask=mask),
        case(L.TimeDistributed(L.Flatten(), name="flat"), rand(rng, (2, 3, 2, 2))),
        case(L.TimeDistributed(L.TimeDistributed(L.Dense(2))), rand(rng, (2, 2, 2, 3))),
    ]


def spectral_normalization():
    rng = rng_of("spectral_normalization")
    spectral = L.SpectralNormalization
    return [
        case(spectral(L.Dense(3)), rand(rng, (2, 4)), training=True),
        case(spectral(L.Dense(3, "relu"), power_iterations=3), rand(rng, (2, 2, 4)), training=True),
        case(spectral(L.Conv2D(2, 2)), rand(rng, (1, 3, 3, 2)), training=True),
        case(spectral(L.Embedding(4, 3)), t([[0.0, 1.0, 3.0]]), training=True),
    ]


def embedding():
    rng = rng_of("embedding")
    ids = randint(rng, (2, 4), 0, 5)
    zero_ids = t([[1, 2, 0, 0], [3, 0, 4, 0]], "int32")
    return [
        case(L.Embedding(5, 3), ids),
        case(L.Embedding(5, 3, mask_zero=True), zero_ids),
        case(
            L.Embedding(6, 2, embeddings_initializer="ones", embeddings_regularizer="l2"),
            t([1, 1, 5], "int64"),
        ),
        case(L.Embedding(6, 2, embeddings_constraint="unit_norm"), t([[[0], [3]]], "int32")),
        case(L.Embedding(4, 2), t([[0.0, 3.0]])),
        case(L.Embedding(4, 2, dtype="mixed_float16"), ids[:, :2] % 4),
    ]


def masking():
    rng = rng_of("masking")
    x = np.round(rng.uniform(-1, 1, (2, 4, 3)), 2)
    x[0, 2] = 0
    x[1, 3] = 0
    y = x.copy()
    y[1, 0] = -1
    return [case(L.Masking(), t(x)), case(L.Masking(mask_value=-1.0), t(y))]


def identity():
    rng = rng_of("identity")
    return [
        case(L.Identity(), rand(rng, (2, 3))),
        case(L.Identity(), rand(rng, (2, 3)), mask=[t([1, 0], "bool")]),
    ]


def reshaping():
    rng = rng_of("reshaping")
    x = rand(rng, (2, 3, 4))
    y = rand(rng, (1, 2, 3, 2))
    z = rand(rng, (1, 2, 2, 3, 2))
    return [
        case(L.Flatten(), x),
        case(L.Flatten(), rand(rng, (3,))),
        case(L.Flatten(), rand(rng, (2, 1))),
        case(L.Flatten(data_format="channels_first"), y),
        case(L.Flatten(data_format="channels_first"), x),
        case(L.Reshape((12,)), x),
        case(L.Reshape((-1, 2)), x),
        case(L.Reshape((2, -1, 3)), x),
        case(L.Reshape(()), rand(rng, (2, 1))),
        case(L.Permute((2, 1)), x),
        case(L.Permute((3, 1, 2)), y),
        case(L.RepeatVector(3), rand(rng, (2, 2))),
        case(L.ZeroPadding1D(2), x),
        case(L.ZeroPadding1D((1, 0)), x),
        case(L.ZeroPadding2D(1), y),
        case(L.ZeroPadding2D(((1, 0), (0, 2))), y),
        case(L.ZeroPadding2D((2, 1), data_format="channels_first"), y),
        case(L.ZeroPadding3D(1), z),
        case(L.Cropping1D(1), x),
        case(L.Cropping1D((0, 1)), x),
        case(L.Cropping2D(((0, 1), (1, 1))), y),
        case(L.Cropping2D(1, data_format="channels_first"), rand(rng, (1, 2, 3, 4))),
        case(L.Cropping3D(((0, 1), (1, 0), (1, 1))), z),
        case(L.UpSampling1D(2), x),
        case(L.UpSampling2D(2), y),
        case(L.UpSampling2D((1, 3), interpolation="bilinear"), y),
        case(L.UpSampling2D(2, data_format="channels_first"), y),
        case(L.UpSampling3D((1, 2, 2)), z),
    ]


def merging():
    rng = rng_of("merging")
    a, b, c = (rand(rng, (2, 3)) for _ in range(3))
    wide = rand(rng, (2, 4, 3))
    m1, m2 = t([[1, 0, 1, 1], [0, 0, 1, 1]], "bool"), t([[1, 1, 1, 0], [0, 1, 1, 1]], "bool")
    two = [rand(rng, (2, 4, 3)), wide]
    cases = []
    for name in ("Add", "Multiply", "Average", "Maximum", "Minimum"):
        cls = getattr(L, name)
        cases += [case(cls(), [a, b, c]), case(cls(), [wide, rand(rng, (2, 1, 3))])]
        cases += [case(cls(), two, mask=[m1, m2])]
    cases += [
        case(L.Add(), [wide, b]),
        case(L.Subtract(), [a, b]),
        case(L.Concatenate(), [a, b, c]),
        case(L.Concatenate(axis=1), [wide, rand(rng, (2, 2, 3))]),
        case(L.Concatenate(axis=-2), two, mask=[m1, m2]),
        case(L.Concatenate(axis=-1), two, mask=[m1, m2]),
        case(L.Dot(axes=1), [a, b]),
        case(L.Dot(axes=(2, 1)), [wide, rand(rng, (2, 3, 2))]),
        case(L.Dot(axes=-1, normalize=True), [a, b]),
    ]
    return cases


FAMILIES = {
    "input_layer": input_layer,
    "dense": dense,
    "einsum_dense": einsum_dense,
    "embedding": embedding,
    "reversible_embedding": reversible_embedding,
    "spectral_normalization": spectral_normalization,
    "time_distributed": time_distributed,
    "masking": masking,
    "identity": identity,
    "reshaping": reshaping,
    "merging": merging,
}
