"""Activations, normalization, dropout, regularizers and constraints."""

import keras
import numpy as np
import tensorflow as tf

from .common import config_json, rand, snapshot, t
from .layers_case import L, case, rng_of


def activations():
    rng = rng_of("activations")
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
    x = t(
        np.array(
            [
                -1000.0,
                -20.0,
                -3.0,
                -2.5,
                -1.0,
                -0.5,
                -1e-6,
                0.0,
                1e-6,
                0.2,
                0.5,
                1.0,
                2.5,
                3.0,
                6.0,
                20.0,
                1000.0,
            ]
        )
    )
    cases = []
    for name in sorted(n for n in dir(keras.activations) if n[0].islower()):
        if name in ("serialize", "deserialize", "get", "threshold"):
            continue
        function = getattr(keras.activations, name)
        data = (
            t(np.linspace(-3, 3, 12).reshape(2, 6))
            if name in ("softmax", "log_softmax", "sparsemax", "glu")
            else x
        )
        cases.append(
            {
                "activation": name,
                "serialized": keras.activations.serialize(function),
                "x": data,
                "output": function(data),
            }
        )
    extra = [
        ("relu", {"negative_slope": 0.1, "max_value": 5.0, "threshold": 0.4}),
        ("leaky_relu", {"negative_slope": 0.3}),
        ("elu", {"alpha": 0.7}),
        ("gelu", {"approximate": True}),
        ("softmax", {"axis": 0}),
        ("celu", {"alpha": 2.0}),
        ("hard_shrink", {"threshold": 1.0}),
        ("soft_shrink", {"threshold": 1.0}),
        ("threshold", {"threshold": 1.0, "default_value": 7.0}),
        ("squareplus", {"b": 1}),
    ]
    for name, kwargs in extra:
        data = t(np.linspace(-3, 3, 12).reshape(2, 6))
        try:
            out = getattr(keras.activations, name)(data, **kwargs)
        except TypeError:
            continue
        cases.append({"activation": name, "kwargs": kwargs, "x": data, "output": out})
    return cases


def batch_normalization():
    rng = rng_of("batch_normalization")
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
        case(
            B(
                gamma_initializer="he_normal",
                beta_regularizer="l2",
                gamma_regularizer="l1",
                beta_constraint="non_neg",
            ),
            rand(rng, (3, 2, 2)),
            **both,
        ),
        case(B(), rand(rng, (1, 2)), **both),
        case(B(trainable=False), x, **both),
        case(B(dtype="mixed_float16"), rand(rng, (4, 2)), **both),
        case(B(renorm=True), x, **both),
        case(
            B(renorm=True, renorm_clipping={"rmax": 1.5, "rmin": 0.5, "dmax": 0.2}, renorm_momentum=0.8),
            x,
            **both,
        ),
    ]


def batch_normalization_steps():
    """Moving statistics over three training calls of unequal batches, then inference."""
    cases = []
    for options in ({}, {"momentum": 0.6, "axis": 1}, {"momentum": 0.9, "epsilon": 0.01, "scale": False}):
        rng = rng_of(f"bn-steps {options}")
        layer = L.BatchNormalization(**options)
        steps = []
        for n in (4, 3, 5):
            x = rand(rng, (n, 2, 3))
            out = layer(x, training=True)
            steps.append({"x": x, "output": out, "state": [snapshot(v) for v in layer.non_trainable_weights]})
        x = rand(rng, (2, 2, 3))
        cases.append(
            {
                "options": options,
                "config": config_json(layer.get_config()),
                "steps": steps,
                "x": x,
                "output": layer(x),
            }
        )
    return cases


def layer_normalization():
    rng = rng_of("layer_normalization")
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
                "state_variables": [
                    {"name": v.name, "path": v.path, "value": snapshot(v)} for v in layer.variables
                ],
                "inputs": inputs,
                "output": layer(inputs, training=False),
                "default_output": layer(inputs),
                "training_outputs": outputs,
                "training_mean_of_ones": float(tf.reduce_mean(layer(big, training=True))),
            }
        )
    return cases


def activity_regularization():
    rng = rng_of("activity_regularization")
    return [
        case(L.ActivityRegularization(l1=0.1), rand(rng, (2, 3))),
        case(L.ActivityRegularization(l1=0.1, l2=0.2), rand(rng, (2, 3, 2))),
    ]


def regularizers():
    rng = rng_of("regularizers")
    x = rand(rng, (3, 4))
    r = keras.regularizers
    cases = []
    made = [
        r.L1(0.1),
        r.L2(0.1),
        r.L1L2(0.1, 0.2),
        r.L1(),
        r.L2(),
        r.L1L2(),
        r.OrthogonalRegularizer(0.1, "rows"),
        r.OrthogonalRegularizer(0.3, "columns"),
        r.get("l1"),
        r.get("l2"),
        r.get("L1L2"),
    ]
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
    rng = rng_of("constraints")
    c = keras.constraints
    x, image = rand(rng, (3, 4)), rand(rng, (2, 2, 2, 3))
    made = [
        (c.MaxNorm(1.0), x),
        (c.MaxNorm(1.5, axis=1), x),
        (c.MaxNorm(2.0, axis=[0, 1, 2]), image),
        (c.NonNeg(), x),
        (c.UnitNorm(), x),
        (c.UnitNorm(axis=1), x),
        (c.MinMaxNorm(0.5, 1.0), x),
        (c.MinMaxNorm(0.5, 1.0, rate=0.3, axis=1), x),
        (c.MaxNorm(), t(np.zeros((2, 2)))),
    ]
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
