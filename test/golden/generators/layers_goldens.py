"""Layers: config, weights, outputs, gradients, masks, moving statistics.

A case holds everything that a test needs to rebuild the layer (`config`), give it the same weights (in the
order of `layer.weights`), call it on the same inputs and compare.
"""

import keras
import numpy as np
import tensorflow as tf

from .common import config_json, rand, randint, rng_for, snapshot, t

L = keras.layers
flatten = keras.tree.flatten


def _random_weight(rng, variable):
    shape = tuple(variable.shape)
    if "variance" in variable.name:
        values = rng.uniform(0.3, 2.0, shape)
    elif not variable.dtype.startswith(("float", "bfloat")):
        return variable.numpy()
    else:
        values = rng.uniform(-1.0, 1.0, shape)
    return np.round(values, 2).astype(variable.numpy().dtype)


def _weights(layer):
    return [
        {"name": v.name, "path": v.path, "trainable": v.trainable, "value": snapshot(v)} for v in layer.weights
    ]


def _symbolic(inputs):
    def one(x):
        return keras.KerasTensor((None, *x.shape[1:]), dtype=keras.backend.standardize_dtype(x.dtype))

    return keras.tree.map_structure(one, inputs)


def _is_float(x):
    return x.dtype.is_floating


def _forward(layer, inputs, probe_rng, training, mask, call):
    """Output, losses and the gradients of sum(output * probe), all of one call."""
    # A mask clings to the tensor object, so each call has its own.
    inputs = keras.tree.map_structure(tf.identity, inputs)
    flat = flatten(inputs)
    if mask is not None:
        for x, m in zip(flat, mask):
            keras.src.backend.set_keras_mask(x, m) if m is not None else None
    kwargs = dict(call)
    if training is not None and layer._call_has_training_arg:
        kwargs["training"] = training
    variables = [v.value for v in layer.trainable_weights]
    sources = [x for x in flat if _is_float(x)]
    with tf.GradientTape() as tape:
        tape.watch(sources)
        out = layer(inputs, **kwargs)
        outs = flatten(out)
        probes = [t(np.round(probe_rng.uniform(-1, 1, o.shape), 2)) for o in outs]
        total = tf.add_n([tf.reduce_sum(tf.cast(o, "float32") * p) for o, p in zip(outs, probes)])
        losses = [tf.convert_to_tensor(v) for v in layer.losses]
    differentiable = all(_is_float(o) for o in outs)
    grads = tape.gradient(total, [*sources, *variables]) if differentiable and sources + variables else []
    dense = [None if g is None else tf.convert_to_tensor(g) for g in grads]
    result = {
        "output": out,
        "output_mask": keras.tree.map_structure(keras.src.backend.get_keras_mask, out),
        "losses": losses,
        "probe": probes,
        "input_grads": dense[: len(sources)],
        "weight_grads": dense[len(sources) :],
    }
    if not losses:
        del result["losses"]
    if result["output_mask"] is None:
        del result["output_mask"]
    return result


def case(layer, inputs, *, training=False, deterministic=True, mask=None, call=None, grads=True):
    """One layer, one input. `training=True` records the training call as well."""
    rng = rng_for(f"{layer.name} {[tuple(x.shape) for x in flatten(inputs)]}")
    spec = layer.compute_output_spec(_symbolic(inputs), **(call or {}))
    if not layer.built:
        layer.build(keras.tree.map_structure(lambda x: tuple(x.shape), inputs))
    layer.set_weights([_random_weight(rng, v) for v in layer.weights])
    result = {
        "class_name": type(layer).__name__,
        "config": config_json(layer.get_config()),
        "serialized": config_json(keras.saving.serialize_keras_object(layer)),
        "count_params": layer.count_params(),
        "output_shape": keras.tree.map_structure(lambda s: list(s.shape), spec),
        "output_dtype": keras.tree.map_structure(lambda s: s.dtype, spec),
        "weights": _weights(layer),
        "inputs": inputs,
        "call": call or {},
    }
    if mask is not None:
        result["mask"] = mask
    result["inference"] = _forward(layer, inputs, rng, False, mask, call or {})
    if training and deterministic:
        result["training"] = _forward(layer, inputs, rng, True, mask, call or {})
        state = [v for v in layer.non_trainable_weights]
        if state:
            result["training"]["state_after"] = [snapshot(v) for v in state]
    if not grads:
        for key in ("inference", "training"):
            for gone in ("input_grads", "weight_grads", "probe"):
                result.get(key, {}).pop(gone, None)
    return result


def _rng(name):
    return rng_for("layers/" + name)


# --- core ---------------------------------------------------------------------------------------------


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
    rng = _rng("dense")
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
    rng = _rng("einsum_dense")
    return [
        case(L.EinsumDense("ab,bc->ac", output_shape=5, bias_axes="c"), rand(rng, (2, 3))),
        case(L.EinsumDense("abc,cd->abd", output_shape=(None, 4), bias_axes="d", activation="relu"), rand(rng, (2, 3, 2))),
        case(L.EinsumDense("abc,cde->abde", output_shape=(None, 2, 3)), rand(rng, (1, 3, 2))),
        case(L.EinsumDense("...x,xy->...y", output_shape=4, bias_axes="y"), rand(rng, (2, 3, 2))),
    ]


def embedding():
    rng = _rng("embedding")
    ids = randint(rng, (2, 4), 0, 5)
    zero_ids = t([[1, 2, 0, 0], [3, 0, 4, 0]], "int32")
    return [
        case(L.Embedding(5, 3), ids),
        case(L.Embedding(5, 3, mask_zero=True), zero_ids),
        case(L.Embedding(6, 2, embeddings_initializer="ones", embeddings_regularizer="l2"), t([1, 1, 5], "int64")),
        case(L.Embedding(6, 2, embeddings_constraint="unit_norm"), t([[[0], [3]]], "int32")),
        case(L.Embedding(4, 2), t([[0.0, 3.0]])),
        case(L.Embedding(4, 2, dtype="mixed_float16"), ids[:, :2] % 4),
    ]


def masking():
    rng = _rng("masking")
    x = np.round(rng.uniform(-1, 1, (2, 4, 3)), 2)
    x[0, 2] = 0
    x[1, 3] = 0
    y = x.copy()
    y[1, 0] = -1
    return [case(L.Masking(), t(x)), case(L.Masking(mask_value=-1.0), t(y))]


def identity():
    rng = _rng("identity")
    return [case(L.Identity(), rand(rng, (2, 3))), case(L.Identity(), rand(rng, (2, 3)), mask=[t([1, 0], "bool")])]


# --- convolution and pooling --------------------------------------------------------------------------


def conv1d():
    rng = _rng("conv1d")
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
    rng = _rng("conv2d")
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
        case(L.Conv2D(2, 3, data_format="channels_first", padding="same", strides=2), rand(rng, (1, 3, 5, 4))),
        case(L.Conv2D(1, 1), rand(rng, (1, 1, 1, 1))),
        case(
            L.Conv2D(2, 2, kernel_regularizer=keras.regularizers.L2(0.1), activity_regularizer="l1", kernel_constraint="max_norm"),
            rand(rng, (1, 3, 3, 2)),
        ),
        case(L.Conv2D(2, 2, dtype="mixed_float16"), rand(rng, (1, 3, 3, 2))),
        case(L.Conv2D(2, 2, dtype="float64"), rand(rng, (1, 3, 3, 2), dtype="float64")),
    ]


def conv3d():
    rng = _rng("conv3d")
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
    rng = _rng("conv1d_transpose")
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
    rng = _rng("conv2d_transpose")
    x = rand(rng, (1, 3, 4, 2))
    return [
        case(L.Conv2DTranspose(3, 3), x),
        case(L.Conv2DTranspose(2, 3, strides=2, padding="same"), x),
        case(L.Conv2DTranspose(2, (2, 3), strides=(2, 1), padding="valid", activation="relu"), x),
        case(L.Conv2DTranspose(2, 3, strides=2, padding="same", output_padding=1), x),
        case(L.Conv2DTranspose(2, 3, strides=2, padding="valid", output_padding=(1, 0)), x),
        case(L.Conv2DTranspose(2, 2, dilation_rate=2, use_bias=False), x),
        case(L.Conv2DTranspose(2, 3, data_format="channels_first", strides=2, padding="same"), rand(rng, (1, 2, 3, 2))),
    ]


def conv3d_transpose():
    rng = _rng("conv3d_transpose")
    x = rand(rng, (1, 2, 3, 2, 2))
    return [
        case(L.Conv3DTranspose(2, 2), x),
        case(L.Conv3DTranspose(1, 3, strides=2, padding="same"), x),
        case(L.Conv3DTranspose(1, 2, strides=(1, 2, 1), use_bias=False), x),
    ]


def depthwise_conv():
    rng = _rng("depthwise")
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
    rng = _rng("separable")
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
    rng = _rng("pooling")
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
    rng = _rng("global_pooling")
    cases = []
    inputs = [rand(rng, (2, 4, 3)), rand(rng, (2, 3, 4, 2)), rand(rng, (1, 2, 3, 2, 2))]
    for kind in ("Average", "Max"):
        for d, x in zip((1, 2, 3), inputs):
            cls = getattr(L, f"Global{kind}Pooling{d}D")
            cases += [case(cls(), x), case(cls(keepdims=True), x), case(cls(data_format="channels_first"), x)]
    cases.append(case(L.GlobalAveragePooling1D(), inputs[0], mask=[t([[1, 1, 0, 0], [1, 0, 1, 1]], "bool")]))
    return cases


# --- reshaping ----------------------------------------------------------------------------------------


def reshaping():
    rng = _rng("reshaping")
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


# --- merging ------------------------------------------------------------------------------------------


def merging():
    rng = _rng("merging")
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


# --- activations --------------------------------------------------------------------------------------


def activations():
    rng = _rng("activations")
    x = t(np.array([[-7.0, -3.2, -1.0, -0.5], [0.0, 0.3, 1.0, 6.5]]))
    names = [
        "relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "sigmoid", "hard_sigmoid", "silu", "swish",
        "hard_silu", "hard_swish", "softplus", "softsign", "softmax", "log_softmax", "log_sigmoid", "celu",
        "hard_tanh", "hard_shrink", "soft_shrink", "tanh_shrink", "squareplus", "sparse_plus",
        "sparse_sigmoid", "sparsemax", "tanh", "linear", "exponential", "mish", "glu",
    ]  # fmt: skip
    cases = [case(L.Activation(name), x) for name in names]
    cases += [
        case(L.Activation("relu"), x, mask=[t([1, 0], "bool")]),
        case(L.ReLU(), x),
        case(L.ReLU(max_value=2.0), x),
        case(L.ReLU(negative_slope=0.2, threshold=0.4), x),
        case(L.ReLU(max_value=1.0, negative_slope=0.1, threshold=0.5), x),
        case(L.LeakyReLU(), x),
        case(L.LeakyReLU(negative_slope=0.05), x),
        case(L.ELU(), x),
        case(L.ELU(alpha=0.5), x),
        case(L.PReLU(), rand(rng, (2, 3, 2))),
        case(L.PReLU(shared_axes=[1]), rand(rng, (2, 3, 2))),
        case(L.Softmax(), x),
        case(L.Softmax(axis=0), x),
        case(L.Softmax(axis=[1, 2]), rand(rng, (2, 2, 3))),
        case(L.Softmax(), x, call={"mask": t([[1, 1, 0, 1], [0, 1, 1, 1]], "bool")}),
    ]
    return cases


def activation_functions():
    """keras.activations: values at points where formulas change branch, and what serialize gives."""
    x = t(np.array([-1000.0, -20.0, -3.0, -2.5, -1.0, -0.5, -1e-6, 0.0, 1e-6, 0.2, 0.5, 1.0, 2.5, 3.0, 6.0, 20.0, 1000.0]))
    cases = []
    for name in sorted(n for n in dir(keras.activations) if n[0].islower()):
        if name in ("serialize", "deserialize", "get", "threshold"):
            continue
        function = getattr(keras.activations, name)
        data = t(np.linspace(-3, 3, 12).reshape(2, 6)) if name in ("softmax", "log_softmax", "sparsemax", "glu") else x
        cases.append({"activation": name, "serialized": keras.activations.serialize(function), "x": data, "output": function(data)})
    extra = [
        ("relu", {"negative_slope": 0.1, "max_value": 5.0, "threshold": 0.4}), ("leaky_relu", {"negative_slope": 0.3}),
        ("elu", {"alpha": 0.7}), ("gelu", {"approximate": True}), ("softmax", {"axis": 0}), ("celu", {"alpha": 2.0}),
        ("hard_shrink", {"threshold": 1.0}), ("soft_shrink", {"threshold": 1.0}),
        ("threshold", {"threshold": 1.0, "default_value": 7.0}), ("squareplus", {"b": 1}),
    ]  # fmt: skip
    for name, kwargs in extra:
        data = t(np.linspace(-3, 3, 12).reshape(2, 6))
        try:
            out = getattr(keras.activations, name)(data, **kwargs)
        except TypeError:
            continue
        cases.append({"activation": name, "kwargs": kwargs, "x": data, "output": out})
    return cases


# --- normalization ------------------------------------------------------------------------------------


def batch_normalization():
    rng = _rng("batch_normalization")
    x = rand(rng, (6, 3))
    image = rand(rng, (2, 3, 2, 4))
    sequence = rand(rng, (2, 4, 3))
    B = L.BatchNormalization
    both = dict(training=True)
    return [
        case(B(), x, **both),
        case(B(momentum=0.5, epsilon=0.1), x, **both),
        case(B(center=False), x, **both),
        case(B(scale=False), x, **both),
        case(B(center=False, scale=False), x, **both),
        case(B(), image, **both),
        case(B(axis=1), image, **both),
        case(B(axis=2), sequence, **both),
        case(B(axis=1), sequence, **both),
        case(B(), sequence, mask=[t([[1, 1, 0, 0], [1, 1, 1, 0]], "bool")], **both),
        case(B(gamma_initializer="he_normal", beta_regularizer="l2", gamma_regularizer="l1", beta_constraint="non_neg"),
             rand(rng, (3, 2, 2)), **both),
        case(B(), rand(rng, (1, 2)), **both),
        case(B(trainable=False), x, **both),
        case(B(dtype="mixed_float16"), rand(rng, (4, 2)), **both),
        case(B(renorm=True), x, **both),
        case(B(renorm=True, renorm_clipping={"rmax": 1.5, "rmin": 0.5, "dmax": 0.2}, renorm_momentum=0.8), x, **both),
    ]  # fmt: skip


def batch_normalization_steps():
    """Moving statistics over three training calls of unequal batches, then inference."""
    cases = []
    for options in ({}, {"momentum": 0.6, "axis": 1}, {"momentum": 0.9, "epsilon": 0.01, "scale": False}):
        rng = _rng(f"bn-steps {options}")
        layer = L.BatchNormalization(**options)
        steps = []
        for n in (4, 3, 5):
            x = rand(rng, (n, 2, 3))
            out = layer(x, training=True)
            steps.append({"x": x, "output": out, "state": [snapshot(v) for v in layer.non_trainable_weights]})
        x = rand(rng, (2, 2, 3))
        cases.append({"options": options, "config": config_json(layer.get_config()), "steps": steps, "x": x, "output": layer(x)})
    return cases


def layer_normalization():
    rng = _rng("layer_normalization")
    x = rand(rng, (3, 4))
    y = rand(rng, (2, 3, 4))
    N = L.LayerNormalization
    return [
        case(N(), x),
        case(N(epsilon=0.1), x),
        case(N(axis=1), y),
        case(N(axis=[1, 2]), y),
        case(N(center=False), x),
        case(N(scale=False), x),
        case(N(gamma_regularizer="l2", beta_constraint="non_neg"), y),
        case(N(), rand(rng, (2, 1))),
        case(N(dtype="mixed_float16"), x),
        case(L.RMSNormalization(), x),
        case(L.RMSNormalization(epsilon=0.01), y),
        case(L.GroupNormalization(groups=2), y),
        case(L.GroupNormalization(groups=-1), y),
        case(L.GroupNormalization(groups=1, scale=False), rand(rng, (2, 2, 2, 4))),
        case(L.UnitNormalization(), x),
        case(L.UnitNormalization(axis=[1, 2]), y),
    ]


# --- regularization -----------------------------------------------------------------------------------


def dropout():
    """Training outputs for a seed are exact on the TensorFlow backend; elsewhere compare the mean."""
    cases = []
    x = t(np.ones((4, 5)))
    makers = [
        (L.Dropout, {"rate": 0.5, "seed": 1}, x),
        (L.Dropout, {"rate": 0.2, "seed": 42}, x),
        (L.Dropout, {"rate": 0.5, "noise_shape": (None, 1), "seed": 3}, x),
        (L.Dropout, {"rate": 0.0}, x),
        (L.SpatialDropout1D, {"rate": 0.5, "seed": 3}, t(np.ones((2, 3, 4)))),
        (L.SpatialDropout2D, {"rate": 0.5, "seed": 3}, t(np.ones((2, 2, 2, 3)))),
        (L.SpatialDropout3D, {"rate": 0.5, "seed": 3}, t(np.ones((2, 1, 2, 2, 3)))),
        (L.GaussianNoise, {"stddev": 0.3, "seed": 3}, x),
        (L.GaussianDropout, {"rate": 0.3, "seed": 3}, x),
        (L.AlphaDropout, {"rate": 0.3, "seed": 3}, x),
    ]
    for cls, options, inputs in makers:
        layer = cls(**options)
        outputs = [layer(inputs, training=True) for _ in range(2)]
        big = t(np.ones((200, *inputs.shape[1:])))
        cases.append(
            {
                "class_name": cls.__name__,
                "config": config_json(layer.get_config()),
                "serialized": config_json(keras.saving.serialize_keras_object(layer)),
                "count_params": layer.count_params(),
                "state_variables": [{"name": v.name, "path": v.path, "value": snapshot(v)} for v in layer.variables],
                "inputs": inputs,
                "output": layer(inputs, training=False),
                "default_output": layer(inputs),
                "training_outputs": outputs,
                "training_mean_of_ones": float(tf.reduce_mean(layer(big, training=True))),
            }
        )
    return cases


def activity_regularization():
    rng = _rng("activity_regularization")
    return [
        case(L.ActivityRegularization(l1=0.1), rand(rng, (2, 3))),
        case(L.ActivityRegularization(l1=0.1, l2=0.2), rand(rng, (2, 3, 2))),
    ]


def regularizers():
    rng = _rng("regularizers")
    x = rand(rng, (3, 4))
    r = keras.regularizers
    cases = []
    made = [r.L1(0.1), r.L2(0.1), r.L1L2(0.1, 0.2), r.L1(), r.L2(), r.L1L2(), r.OrthogonalRegularizer(0.1, "rows"),
            r.OrthogonalRegularizer(0.3, "columns"), r.get("l1"), r.get("l2"), r.get("L1L2")]  # fmt: skip
    for made_one in made:
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = made_one(x)
        cases.append(
            {
                "class_name": type(made_one).__name__,
                "config": config_json(made_one.get_config()),
                "serialized": config_json(keras.saving.serialize_keras_object(made_one)),
                "x": x,
                "output": value,
                "grad": tape.gradient(value, x),
            }
        )
    return cases


def constraints():
    rng = _rng("constraints")
    c = keras.constraints
    x, image = rand(rng, (3, 4)), rand(rng, (2, 2, 2, 3))
    made = [(c.MaxNorm(1.0), x), (c.MaxNorm(1.5, axis=1), x), (c.MaxNorm(2.0, axis=[0, 1, 2]), image), (c.NonNeg(), x),
            (c.UnitNorm(), x), (c.UnitNorm(axis=1), x), (c.MinMaxNorm(0.5, 1.0), x),
            (c.MinMaxNorm(0.5, 1.0, rate=0.3, axis=1), x), (c.MaxNorm(), t(np.zeros((2, 2))))]  # fmt: skip
    return [
        {
            "class_name": type(one).__name__,
            "config": config_json(one.get_config()),
            "serialized": config_json(keras.saving.serialize_keras_object(one)),
            "x": data,
            "output": one(data),
        }
        for one, data in made
    ]


FAMILIES = {
    "input_layer": input_layer,
    "dense": dense,
    "einsum_dense": einsum_dense,
    "embedding": embedding,
    "masking": masking,
    "identity": identity,
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
    "reshaping": reshaping,
    "merging": merging,
    "activations": activations,
    "activation_functions": activation_functions,
    "batch_normalization": batch_normalization,
    "batch_normalization_steps": batch_normalization_steps,
    "layer_normalization": layer_normalization,
    "dropout": dropout,
    "activity_regularization": activity_regularization,
    "regularizers": regularizers,
    "constraints": constraints,
}
