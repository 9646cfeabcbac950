"""Losses: values under every reduction, with sample weights and masks; gradients with respect to y_pred."""

import keras
import numpy as np
import tensorflow as tf

from .common import config_json, rand, randint, rng_for, t

REDUCTIONS = ["sum_over_batch_size", "sum", "none", "mean", "mean_with_sample_weight"]


def _case(cls, options, y_true, y_pred, sample_weight=None, mask=None):
    loss = cls(**options)
    y_true, y_pred = tf.identity(y_true), tf.identity(y_pred)
    if mask is not None:
        keras.src.backend.set_keras_mask(y_pred, mask)
    with tf.GradientTape() as tape:
        tape.watch(y_pred)
        out = loss(y_true, y_pred, sample_weight=sample_weight)
        total = tf.reduce_sum(out)
    return {
        "class_name": cls.__name__,
        "options": options,
        "config": config_json(loss.get_config()),
        "y_true": y_true,
        "y_pred": y_pred,
        "sample_weight": sample_weight,
        "mask": mask,
        "output": out,
        "grad": tape.gradient(total, y_pred),
    }


def _family(cls, option_sets, pairs):
    """Every option set on the first pair with every reduction; the other pairs with weights and masks."""

    def generate():
        rng = rng_for("losses/" + cls.__name__)
        made = pairs(rng)
        y_true, y_pred = made[0]
        cases = []
        for reduction in REDUCTIONS:
            cases.append(_case(cls, {"reduction": reduction}, y_true, y_pred))
        per_sample = rand(rng, (y_pred.shape[0],), 0, 2)
        for reduction in REDUCTIONS:
            cases.append(_case(cls, {"reduction": reduction}, y_true, y_pred, per_sample))
        for options in option_sets:
            for pair in made:
                cases.append(_case(cls, options, *pair))
        for y_true, y_pred in made[1:]:
            values = cls(reduction="none")(y_true, y_pred)
            # Keras does not broadcast weights of shape [batch] over time steps.
            per_sample = rand(rng, (y_pred.shape[0], *[1] * (len(values.shape) - 1)), 0, 2)
            cases.append(_case(cls, {}, y_true, y_pred))
            cases.append(_case(cls, {}, y_true, y_pred, per_sample))
            cases.append(_case(cls, {}, y_true, y_pred, tf.zeros_like(per_sample)))
            if len(values.shape) >= 2:
                shape = tuple(values.shape)
                mask = t(rng.integers(0, 2, shape), "bool")
                cases.append(_case(cls, {}, y_true, y_pred, mask=mask))
                cases.append(_case(cls, {"reduction": "sum"}, y_true, y_pred, per_sample, mask=mask))
                cases.append(_case(cls, {}, y_true, y_pred, rand(rng, shape, 0, 2)))
                cases.append(_case(cls, {}, y_true, y_pred, mask=tf.zeros_like(mask)))
        identity = config_json(keras.saving.serialize_keras_object(cls()))
        return cases, {"serialized": identity}

    return generate


def _regression(rng):
    return [
        (rand(rng, (3, 4)), rand(rng, (3, 4))),
        (rand(rng, (2, 3, 2)), rand(rng, (2, 3, 2))),
        (rand(rng, (4,)), rand(rng, (4, 1))),
        (rand(rng, (4, 1)), rand(rng, (4,))),
        (randint(rng, (2, 2), -3, 3), rand(rng, (2, 2))),
    ]


def _positive(rng):
    return [
        (rand(rng, (3, 4), 0.1, 2), rand(rng, (3, 4), 0.1, 2)),
        (rand(rng, (2, 3, 2), 0, 2), rand(rng, (2, 3, 2), 0, 2)),
        (t([[0.0, 1.0]]), t([[0.0, 2.0]])),
    ]


def _softmax(array):
    e = np.exp(array)
    return np.round(e / e.sum(-1, keepdims=True), 3)


def _distributions(rng):
    make = lambda shape: t(_softmax(rng.uniform(-1, 1, shape)))
    return [
        (make((3, 4)), make((3, 4))),
        (make((2, 3, 3)), make((2, 3, 3))),
        (t([[0.0, 1.0, 0.0]]), t([[0.0, 0.4, 0.6]])),
    ]


def _one_hot(rng):
    def pair(*shape):
        hot = np.eye(shape[-1])[rng.integers(0, shape[-1], shape[:-1])]
        return t(hot), t(_softmax(rng.uniform(-2, 2, shape)))

    return [
        pair(3, 4),
        pair(2, 3, 3),
        (t([[0, 1, 0]]), t([[1.0, 0.0, 0.0]])),
        (t([[1, 0], [0, 1]], "int32"), t([[2.0, -1.0], [0.5, 0.5]])),
    ]


def _sparse(rng):
    def pair(*shape):
        return randint(rng, shape[:-1], 0, shape[-1]), t(_softmax(rng.uniform(-2, 2, shape)))

    made = [pair(4, 3), pair(2, 3, 3)]
    y_true, y_pred = pair(3, 4)
    return [
        *made,
        (y_true[:, None], y_pred),
        (t([0.0, 1.0]), t([[0.2, 0.8], [1.0, 0.0]])),
        (t([1, 0]), t([[3.0, -2.0], [8.0, 1.0]])),
    ]


def _binary(rng):
    def pair(*shape):
        return randint(rng, shape, 0, 2), rand(rng, shape, 0.02, 0.98)

    y_true, y_pred = pair(4, 1)
    return [
        pair(3, 4),
        pair(2, 3, 2),
        (y_true[:, 0], y_pred),
        (t([[0.0, 1.0, 1.0, 0.0]]), t([[0.0, 1.0, 0.0, 1.0]])),
        (t([[0.3, 0.7]]), t([[5.0, -5.0]])),
    ]


def _signs(rng):
    def pair(*shape):
        return t(rng.integers(0, 2, shape) * 2 - 1), rand(rng, shape)

    return [
        pair(3, 4),
        pair(2, 3, 2),
        (t([[0, 1]], "int32"), t([[0.4, 0.6]])),
        (t([[1.0, -1.0]]), t([[1.0, -1.0]])),
    ]


def _dense_maps(rng):
    def pair(*shape):
        return t(rng.integers(0, 2, shape)), rand(rng, shape, 0, 1)

    return [pair(2, 3, 3, 1), pair(2, 4), (t(np.zeros((1, 3))), t(np.zeros((1, 3))))]


def ctc():
    rng = rng_for("losses/ctc")
    labels = t([[1, 2, 3, 0], [2, 2, 0, 0]], "int32")
    logits = rand(rng, (2, 6, 5))
    cls = keras.losses.CTC
    return [
        _case(cls, {"reduction": reduction}, labels, logits)
        for reduction in ("sum_over_batch_size", "none", "sum")
    ] + [_case(cls, {}, labels, logits, t([1.0, 0.5]))]


def circle():
    rng = rng_for("losses/circle")
    emb = rng.normal(size=(6, 4))
    emb = t(np.round(emb / np.linalg.norm(emb, axis=1, keepdims=True), 4))
    labels = t([0, 1, 0, 2, 1, 0], "int32")
    cls = keras.losses.Circle
    option_sets = [{}, {"reduction": "none"}, {"gamma": 10.0, "margin": 0.2}, {"remove_diagonal": False}]
    return [_case(cls, options, labels, emb) for options in option_sets] + [
        _case(cls, {}, labels, emb, t([1.0, 0.5, 0.0, 2.0, 1.0, 1.0]))
    ]


def identifiers():
    """What losses.get makes of names; null where Keras raises."""
    names = [
        "mse", "MSE", "mean_squared_error", "MeanSquaredError", "mae", "MAE", "mape", "MAPE", "msle", "MSLE",
        "bce", "BCE", "kld", "KLD", "kl_divergence", "logcosh", "log_cosh", "huber", "huber_loss", "hinge",
        "squared_hinge", "categorical_hinge", "poisson", "cosine_similarity", "binary_crossentropy",
        "categorical_crossentropy", "sparse_categorical_crossentropy", "BinaryCrossentropy", "dice",
        "tversky", "binary_focal_crossentropy", "categorical_focal_crossentropy", "ctc", "circle", "Huber",
        "nonsense", "kullback_leibler_divergence", "focal", "categorical_generalized_cross_entropy",
    ]  # fmt: skip
    cases = []
    for name in names:
        try:
            found = keras.losses.get(name)
            kind = "class" if isinstance(found, keras.losses.Loss) else "function"
            called = type(found).__name__ if kind == "class" else found.__name__
            cases.append({"identifier": name, "kind": kind, "name": called})
        except ValueError:
            cases.append({"identifier": name, "kind": None, "name": None})
    return cases


K = keras.losses
AXIS = [{"axis": -1}, {"axis": 0}]

FAMILIES = {
    "mean_squared_error": _family(K.MeanSquaredError, [{"dtype": "float64"}], _regression),
    "mean_absolute_error": _family(K.MeanAbsoluteError, [], _regression),
    "mean_absolute_percentage_error": _family(K.MeanAbsolutePercentageError, [], _regression),
    "mean_squared_logarithmic_error": _family(K.MeanSquaredLogarithmicError, [], _positive),
    "cosine_similarity": _family(K.CosineSimilarity, AXIS, _regression),
    "huber": _family(K.Huber, [{"delta": 0.5}], _regression),
    "log_cosh": _family(K.LogCosh, [], _regression),
    "hinge": _family(K.Hinge, [], _signs),
    "squared_hinge": _family(K.SquaredHinge, [], _signs),
    "categorical_hinge": _family(K.CategoricalHinge, [], _one_hot),
    "kl_divergence": _family(K.KLDivergence, [], _distributions),
    "poisson": _family(K.Poisson, [], _positive),
    "binary_crossentropy": _family(
        K.BinaryCrossentropy,
        [{"from_logits": True}, {"label_smoothing": 0.2}, {"from_logits": True, "label_smoothing": 0.1}],
        _binary,
    ),
    "binary_focal_crossentropy": _family(
        K.BinaryFocalCrossentropy,
        [
            {"from_logits": True},
            {"gamma": 1.0, "alpha": 0.4, "apply_class_balancing": True},
            {"label_smoothing": 0.1},
        ],
        _binary,
    ),
    "categorical_crossentropy": _family(
        K.CategoricalCrossentropy,
        [{"from_logits": True}, {"label_smoothing": 0.2}, {"from_logits": True, "label_smoothing": 0.1}],
        _one_hot,
    ),
    "categorical_focal_crossentropy": _family(
        K.CategoricalFocalCrossentropy,
        [{"from_logits": True}, {"alpha": 0.5, "gamma": 1.0}, {"label_smoothing": 0.1}],
        _one_hot,
    ),
    "sparse_categorical_crossentropy": _family(
        K.SparseCategoricalCrossentropy,
        [{"from_logits": True}, {"ignore_class": 0}, {"ignore_class": 1, "from_logits": True}],
        _sparse,
    ),
    "dice": _family(K.Dice, [{"axis": (1, 2, 3)}], lambda rng: _dense_maps(rng)[:1]),
    "tversky": _family(K.Tversky, [{"alpha": 0.3, "beta": 0.7}], _dense_maps),
    "categorical_generalized_cross_entropy": _family(
        K.CategoricalGeneralizedCrossEntropy, [{"q": 0.7}], lambda rng: _sparse(rng)[:2]
    ),
    "ctc": ctc,
    "circle": circle,
    "identifiers": identifiers,
}
