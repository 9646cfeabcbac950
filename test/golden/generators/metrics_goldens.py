"""Metrics: the result after each of several unequal batches, state variables, configs, merging and reset."""

import keras
import numpy as np
import tensorflow as tf

from .common import config_json, rand, randint, rng_for, snapshot, t

M = keras.metrics


def _result(metric):
    # A copy: some metrics give their variable itself, which later batches change.
    out = metric.result()
    return {k: tf.identity(v) for k, v in out.items()} if isinstance(out, dict) else tf.identity(out)


def _case(cls, options, batches):
    """batches: dicts with the arguments of update_state, and `mask` for a mask on y_pred."""
    metric = cls(**options)
    steps = []
    try:
        steps.append({"result": _result(metric)})
    except Exception:
        # Some metrics have no variables, and so no result, before their first batch.
        pass
    for batch in batches:
        batch = {k: tf.identity(v) if isinstance(v, tf.Tensor) else v for k, v in batch.items()}
        mask = batch.get("mask")
        if mask is not None:
            keras.src.backend.set_keras_mask(batch["y_pred"], mask)
        metric.update_state(**{k: v for k, v in batch.items() if k != "mask"})
        steps.append({"batch": batch, "result": _result(metric)})
    variables = [{"name": v.name, "path": v.path, "value": snapshot(v)} for v in metric.variables]
    metric.reset_state()
    return {
        "class_name": cls.__name__,
        "options": options,
        "name": metric.name,
        "dtype": metric.dtype,
        "config": config_json(metric.get_config()),
        "serialized": config_json(keras.saving.serialize_keras_object(metric)),
        "steps": steps,
        "variables": variables,
        "reset_variables": [snapshot(v) for v in metric.variables],
    }


def _batches(rng, pair, weighted=(False, True, False), sizes=(4, 3, 5)):
    made = []
    for n, w in zip(sizes, weighted):
        y_true, y_pred = pair(rng, n)
        batch = {"y_true": y_true, "y_pred": y_pred}
        if w:
            batch["sample_weight"] = rand(rng, (n,), 0, 2)
        made.append(batch)
    return made


def _family(cls, option_sets, pair, more=None):
    def generate():
        rng = rng_for("metrics/" + cls.__name__)
        cases = []
        for options in option_sets:
            cases.append(_case(cls, options, _batches(rng, pair)))
            cases.append(_case(cls, options, _batches(rng, pair, (True, True), (1, 6))))
        for options, batches in more(rng) if more else []:
            cases.append(_case(cls, options, batches))
        return cases

    return generate


def _softmax(array):
    e = np.exp(array)
    return np.round(e / e.sum(-1, keepdims=True), 2)


def regression(rng, n):
    return rand(rng, (n, 2)), rand(rng, (n, 2))


def positive(rng, n):
    return rand(rng, (n, 2), 0.1, 2), rand(rng, (n, 2), 0.1, 2)


def signs(rng, n):
    return t(rng.integers(0, 2, (n, 2)) * 2 - 1), rand(rng, (n, 2))


def binary(rng, n):
    return randint(rng, (n, 1), 0, 2), rand(rng, (n, 1), 0, 1)


def flat_binary(rng, n):
    return randint(rng, (n,), 0, 2), rand(rng, (n,), 0, 1)


def multi_label(rng, n):
    return t(rng.integers(0, 2, (n, 3))), rand(rng, (n, 3), 0, 1)


def one_hot(rng, n):
    return t(np.eye(4)[rng.integers(0, 4, n)]), t(_softmax(rng.uniform(-2, 2, (n, 4))))


def sparse(rng, n):
    return randint(rng, (n, 1), 0, 4), t(_softmax(rng.uniform(-2, 2, (n, 4))))


def classes(rng, n):
    return randint(rng, (n,), 0, 3), randint(rng, (n,), 0, 3)


def masked_regression(rng):
    """Time steps masked on y_pred, alone and together with weights."""
    batches = []
    for weight in (None, (2, 1), (2, 3)):
        batch = {
            "y_true": rand(rng, (2, 3, 2)),
            "y_pred": rand(rng, (2, 3, 2)),
            "mask": t([[1, 1, 0], [1, 0, 0]], "bool"),
        }
        if weight:
            batch["sample_weight"] = rand(rng, weight, 0, 2)
        batches.append(batch)
    return [({}, batches)]


def masked_sparse(rng):
    y_true = randint(rng, (2, 3), 0, 4)
    y_pred = t(_softmax(rng.uniform(-2, 2, (2, 3, 4))))
    mask = t([[1, 1, 0], [1, 0, 0]], "bool")
    plain = {"y_true": y_true, "y_pred": y_pred}
    return [({}, [plain, {**plain, "mask": mask}, {**plain, "sample_weight": rand(rng, (2, 3), 0, 2)}])]


def mean_family():
    rng = rng_for("metrics/mean")
    batches = [
        {"values": rand(rng, (4,))},
        {"values": rand(rng, (3, 2))},
        {"values": rand(rng, (3, 2)), "sample_weight": rand(rng, (3,), 0, 2)},
        {"values": rand(rng, (2, 2)), "sample_weight": rand(rng, (2, 2), 0, 2)},
        {"values": t(3.5)},
        {"values": t([1, 2, 6], "int32")},
        {"values": t([1.0, 2.0]), "sample_weight": t([0.0, 0.0])},
    ]
    return [
        _case(cls, options, batches)
        for cls in (M.Mean, M.Sum)
        for options in ({}, {"name": "mine", "dtype": "float64"})
    ]


def mean_metric_wrapper():
    rng = rng_for("metrics/wrapper")
    batches = [
        {"y_true": rand(rng, (3, 2)), "y_pred": rand(rng, (3, 2))},
        {"y_true": rand(rng, (2, 2)), "y_pred": rand(rng, (2, 2)), "sample_weight": t([1.0, 3.0])},
    ]
    cases = []
    for function in ("mean_squared_error", "mean_absolute_error"):
        metric = M.MeanMetricWrapper(getattr(keras.losses, function), name="wrapped")
        steps = []
        for batch in batches:
            metric.update_state(**batch)
            steps.append({"batch": batch, "result": metric.result()})
        cases.append({"function": function, "steps": steps, "config": config_json(metric.get_config())})
    return cases


def mean_iou():
    rng = rng_for("metrics/iou")
    masked = {"y_true": randint(rng, (2, 3), 0, 3), "y_pred": randint(rng, (2, 3), 0, 3)}
    weighted = {**masked, "sample_weight": randint(rng, (2, 3), 0, 3)}
    hot = {"y_true": t(np.eye(3)[rng.integers(0, 3, 5)]), "y_pred": rand(rng, (5, 3), 0, 1)}
    binary_pair = {"y_true": randint(rng, (6,), 0, 2), "y_pred": rand(rng, (6,), 0, 1)}
    return [
        _case(M.MeanIoU, {"num_classes": 3}, [masked, weighted]),
        _case(M.MeanIoU, {"num_classes": 3, "ignore_class": 0}, [masked, weighted]),
        _case(M.MeanIoU, {"num_classes": 3, "sparse_y_pred": False, "sparse_y_true": False}, [hot]),
        _case(M.IoU, {"num_classes": 3, "target_class_ids": [0, 2]}, [masked, weighted]),
        _case(M.BinaryIoU, {}, [binary_pair]),
        _case(M.BinaryIoU, {"target_class_ids": [1], "threshold": 0.3}, [binary_pair]),
        _case(M.OneHotIoU, {"num_classes": 3, "target_class_ids": [0, 1]}, [hot]),
        _case(M.OneHotMeanIoU, {"num_classes": 3}, [hot]),
    ]


def identifiers():
    """What metrics.get makes of names; null where Keras raises."""
    names = [
        "accuracy", "acc", "Accuracy", "binary_accuracy", "categorical_accuracy",
        "sparse_categorical_accuracy", "top_k_categorical_accuracy", "sparse_top_k_categorical_accuracy",
        "mse", "MSE", "mae", "mape", "msle", "rmse", "AUC", "auc", "Precision", "precision", "Recall",
        "f1_score", "F1Score", "mean", "Mean", "r2_score", "cosine_similarity", "hinge", "kld", "bce",
        "mean_iou", "log_cosh", "logcosh", "poisson", "binary_crossentropy", "categorical_crossentropy",
        "sparse_categorical_crossentropy", "nonsense", "root_mean_squared_error", "ce", "crossentropy",
    ]  # fmt: skip
    cases = []
    for name in names:
        try:
            found = M.get(name)
            kind = "class" if isinstance(found, M.Metric) else "function"
            called = type(found).__name__ if kind == "class" else found.__name__
            cases.append({"identifier": name, "kind": kind, "name": called})
        except (ValueError, TypeError):
            cases.append({"identifier": name, "kind": None, "name": None})
    return cases


def compile_choice():
    """Which metric 'accuracy' and which loss 'crossentropy' stand for, by the shapes of y and y_pred."""
    from keras.src.trainers.compile_utils import get_loss, get_metric

    cases = []
    shapes = [
        ((4, 1), (4, 1)), ((4,), (4, 1)), ((4, 3), (4, 3)), ((4, 1), (4, 3)), ((4,), (4, 3)),
        ((4, 2, 3), (4, 2, 3)), ((4, 2), (4, 2, 3)), ((4, 2, 1), (4, 2, 1)), ((4, 2), (4, 2, 1)),
    ]  # fmt: skip
    for true_shape, pred_shape in shapes:
        y_true, y_pred = t(np.zeros(true_shape)), t(np.full(pred_shape, 0.5))
        metric = get_metric("accuracy", y_true, y_pred)
        short = get_metric("acc", y_true, y_pred)
        loss = get_loss("crossentropy", y_true, y_pred)
        cases.append(
            {
                "y_shape": list(true_shape),
                "y_pred_shape": list(pred_shape),
                "accuracy": type(metric).__name__,
                "names": [metric.name, short.name],
                "crossentropy": loss.fn.__name__,
                "loss_name": loss.name,
            }
        )
    return cases


TH = [{}, {"thresholds": 0.3}, {"thresholds": [0.2, 0.5, 0.9]}]
AT = lambda key: [{key: 0.5}, {key: 0.7, "num_thresholds": 3}]

FAMILIES = {
    "mean": mean_family,
    "mean_metric_wrapper": mean_metric_wrapper,
    "accuracy": _family(M.Accuracy, [{}], classes),
    "binary_accuracy": _family(
        M.BinaryAccuracy,
        [{}, {"threshold": 0.3}],
        binary,
        lambda rng: [({}, _batches(rng, flat_binary)), ({}, _batches(rng, multi_label))],
    ),
    "categorical_accuracy": _family(M.CategoricalAccuracy, [{}], one_hot),
    "sparse_categorical_accuracy": _family(M.SparseCategoricalAccuracy, [{}], sparse, masked_sparse),
    "top_k_categorical_accuracy": _family(M.TopKCategoricalAccuracy, [{"k": 2}, {"k": 1}], one_hot),
    "sparse_top_k_categorical_accuracy": _family(
        M.SparseTopKCategoricalAccuracy,
        [{"k": 2}, {"k": 3, "name": "top3"}],
        sparse,
        lambda rng: [({"k": 2}, b) for _, b in masked_sparse(rng)],
    ),
    "mean_squared_error": _family(
        M.MeanSquaredError, [{}, {"dtype": "float64"}], regression, masked_regression
    ),
    "root_mean_squared_error": _family(M.RootMeanSquaredError, [{}], regression),
    "mean_absolute_error": _family(M.MeanAbsoluteError, [{}], regression),
    "mean_absolute_percentage_error": _family(M.MeanAbsolutePercentageError, [{}], regression),
    "mean_squared_logarithmic_error": _family(M.MeanSquaredLogarithmicError, [{}], positive),
    "cosine_similarity": _family(M.CosineSimilarity, [{}, {"axis": 1}], regression),
    "log_cosh_error": _family(M.LogCoshError, [{}], regression),
    "r2_score": _family(
        M.R2Score,
        [
            {},
            {"class_aggregation": "variance_weighted_average"},
            {"class_aggregation": None},
            {"num_regressors": 1},
        ],
        regression,
    ),
    "hinge": _family(M.Hinge, [{}], signs),
    "squared_hinge": _family(M.SquaredHinge, [{}], signs),
    "categorical_hinge": _family(M.CategoricalHinge, [{}], one_hot),
    "kl_divergence": _family(M.KLDivergence, [{}], one_hot),
    "poisson": _family(M.Poisson, [{}], positive),
    "binary_crossentropy": _family(
        M.BinaryCrossentropy, [{}, {"from_logits": True}, {"label_smoothing": 0.2}], binary
    ),
    "categorical_crossentropy": _family(
        M.CategoricalCrossentropy, [{}, {"from_logits": True}, {"label_smoothing": 0.2}], one_hot
    ),
    "sparse_categorical_crossentropy": _family(
        M.SparseCategoricalCrossentropy,
        [{}, {"from_logits": True}, {"ignore_class": 1}],
        sparse,
        masked_sparse,
    ),
    "true_positives": _family(M.TruePositives, TH, multi_label),
    "true_negatives": _family(M.TrueNegatives, TH, multi_label),
    "false_positives": _family(M.FalsePositives, TH, multi_label),
    "false_negatives": _family(M.FalseNegatives, TH, multi_label),
    "precision": _family(
        M.Precision, [*TH, {"top_k": 2}, {"class_id": 1}, {"top_k": 1, "class_id": 0}], multi_label
    ),
    "recall": _family(
        M.Recall, [*TH, {"top_k": 2}, {"class_id": 1}, {"top_k": 1, "class_id": 0}], multi_label
    ),
    "precision_at_recall": _family(M.PrecisionAtRecall, AT("recall"), binary),
    "recall_at_precision": _family(M.RecallAtPrecision, AT("precision"), binary),
    "sensitivity_at_specificity": _family(M.SensitivityAtSpecificity, AT("specificity"), binary),
    "specificity_at_sensitivity": _family(M.SpecificityAtSensitivity, AT("sensitivity"), binary),
    "auc": _family(
        M.AUC,
        [
            {"num_thresholds": 20},
            {"num_thresholds": 20, "curve": "PR"},
            {"num_thresholds": 7, "summation_method": "minoring"},
            {"num_thresholds": 7, "summation_method": "majoring"},
            {"thresholds": [0.1, 0.5, 0.8]},
            {"num_thresholds": 10, "multi_label": True},
            {"num_thresholds": 10, "multi_label": True, "label_weights": [0.1, 0.6, 0.3]},
            {"num_thresholds": 10, "multi_label": True, "curve": "PR"},
            {"num_thresholds": 10, "from_logits": True},
        ],
        multi_label,
    ),
    "f_score": _family(
        M.FBetaScore,
        [
            {"beta": 2.0},
            {"average": "micro"},
            {"average": "macro", "threshold": 0.5},
            {"average": "weighted"},
        ],
        multi_label,
    ),
    "f1_score": _family(M.F1Score, [{}, {"average": "macro"}, {"threshold": 0.4}], multi_label),
    "pearson_correlation": _family(M.PearsonCorrelation, [{}, {"axis": 1}], regression),
    "concordance_correlation": _family(M.ConcordanceCorrelation, [{}, {"axis": 1}], regression),
    "iou": mean_iou,
    "identifiers": identifiers,
    "compile_choice": compile_choice,
}
