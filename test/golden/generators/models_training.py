"""Training histories and batch methods."""

import json

import keras
import numpy as np

from .common import config_json, rng_for, snapshot, t
from .models_zoo import (
    classes,
    cnn,
    constrained,
    dict_headed,
    frozen,
    images_of_three_kinds,
    mlp,
    normalized,
    randomize,
    regularized,
    residual,
    text_model,
    two_headed,
    weights,
)

SGD = keras.optimizers.SGD


Adam = keras.optimizers.Adam


SPARSE = "sparse_categorical_crossentropy"


def _train(make, compile_options, data, fit_options, name, label=None):
    """One fit with shuffle off; everything that can be compared afterwards."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(1337)
    model = make()
    randomize(model, name)
    start = weights(model)
    model_json = json.loads(model.to_json())
    optimizer = compile_options["optimizer"]
    recorded_compile = {k: v for k, v in compile_options.items() if k != "optimizer"}
    optimizer_json = config_json(keras.saving.serialize_keras_object(keras.optimizers.get(optimizer)))
    made = {k: v for k, v in compile_options.items()}
    for key in ("metrics", "weighted_metrics"):
        if key in made and isinstance(made[key], list):
            made[key] = [keras.metrics.deserialize(m) if isinstance(m, dict) else m for m in made[key]]
    model.compile(**made)
    batches, epochs = [], []
    callback = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: batches.append(
            {"batch": batch, "logs": {k: np.float32(v) for k, v in logs.items()}}
        ),
        on_epoch_end=lambda epoch, logs: epochs.append({"epoch": epoch, "keys": list(logs)}),
    )
    x, y = data
    history = model.fit(x, y, shuffle=False, verbose=0, callbacks=[callback], **fit_options)
    result = {
        "label": label or name,
        "model": model_json,
        "start": start,
        "compile": recorded_compile,
        "optimizer": optimizer_json,
        "compile_config": config_json(model.get_compile_config()),
        "fit": fit_options,
        "x": x,
        "y": y,
        "history": {k: t(np.array(v)) for k, v in history.history.items()},
        "epochs": history.epoch,
        "log_keys": list(history.history),
        "batch_logs": batches,
        "epoch_end_keys": epochs,
        "final": [snapshot(v) for v in model.weights],
        "optimizer_variables": [
            {"name": v.name, "path": v.path, "value": snapshot(v)} for v in model.optimizer.variables
        ],
        "metrics_names": model.metrics_names,
        "metrics": [{"name": m.name, "class_name": type(m).__name__} for m in model.metrics],
    }
    result["evaluate"] = model.evaluate(x, y, verbose=0, batch_size=7)
    result["evaluate_dict"] = model.evaluate(x, y, verbose=0, batch_size=7, return_dict=True)
    result["predict"] = model.predict(x, verbose=0, batch_size=7)
    return result


def histories():
    data = classes("mlp")
    val = classes("validation", 9)
    c = lambda optimizer, **more: {"optimizer": optimizer, "loss": SPARSE, "metrics": ["accuracy"], **more}
    per_sample = np.round(rng_for("models/weights").uniform(0, 2, 23), 2).astype("float32")
    three = {"epochs": 3, "batch_size": 5}
    return [
        _train(mlp, c(SGD(0.5)), data, three, "mlp", label="sgd, odd last batch"),
        _train(mlp, c(Adam(0.05)), data, three, "mlp", label="adam"),
        _train(
            mlp, c(SGD(0.5)), data, {**three, "validation_data": list(val)}, "mlp", label="validation_data"
        ),
        _train(
            mlp,
            c(SGD(0.5)),
            data,
            {**three, "validation_data": [*val, per_sample[:9]], "validation_batch_size": 4},
            "mlp",
            label="weighted validation_data",
        ),
        _train(mlp, c(SGD(0.5)), data, {**three, "validation_split": 0.25}, "mlp", label="validation_split"),
        _train(
            mlp,
            c(SGD(0.5)),
            data,
            {"epochs": 4, "batch_size": 5, "validation_split": 0.3, "validation_freq": 2},
            "mlp",
            label="validation_freq",
        ),
        _train(
            mlp,
            c(SGD(0.5)),
            data,
            {**three, "class_weight": {0: 1.0, 1: 2.0, 2: 0.5}},
            "mlp",
            label="class_weight",
        ),
        _train(mlp, c(SGD(0.5)), data, {**three, "sample_weight": per_sample}, "mlp", label="sample_weight"),
        _train(
            mlp,
            c(SGD(0.5), weighted_metrics=["accuracy", "sparse_categorical_crossentropy"]),
            data,
            {**three, "sample_weight": per_sample},
            "mlp",
            label="weighted_metrics",
        ),
        _train(mlp, c(SGD(0.5), steps_per_execution=2), data, three, "mlp", label="steps_per_execution 2"),
        _train(
            mlp,
            c(SGD(0.5), steps_per_execution=7),
            data,
            three,
            "mlp",
            label="steps_per_execution beyond the epoch",
        ),
        _train(mlp, c(SGD(0.5), run_eagerly=True), data, three, "mlp", label="run_eagerly"),
        _train(
            mlp,
            c(SGD(0.5)),
            data,
            {"epochs": 4, "batch_size": 5, "initial_epoch": 2},
            "mlp",
            label="initial_epoch",
        ),
        _train(
            mlp,
            c(SGD(0.5)),
            data,
            {"epochs": 2, "batch_size": 5, "steps_per_epoch": 2},
            "mlp",
            label="steps_per_epoch",
        ),
        _train(mlp, c(SGD(0.5)), data, {"epochs": 2}, "mlp", label="default batch size"),
        _train(mlp, c(SGD(0.5)), data, {"epochs": 1, "batch_size": 1}, "mlp", label="batch size 1"),
        _train(mlp, {"optimizer": SGD(0.5), "loss": "crossentropy"}, data, three, "mlp", label="no metrics"),
        _train(frozen, c(SGD(0.5)), data, three, "mlp", label="frozen layer"),
    ]


def histories_optimizers():
    data = classes("mlp")
    c = lambda optimizer: {"optimizer": optimizer, "loss": SPARSE, "metrics": ["accuracy"]}
    three = {"epochs": 2, "batch_size": 5}
    schedule = keras.optimizers.schedules.ExponentialDecay(0.5, 4, 0.5)
    return [
        _train(mlp, c(SGD(0.2, momentum=0.9, nesterov=True)), data, three, "mlp", label="nesterov"),
        _train(mlp, c(SGD(schedule)), data, three, "mlp", label="schedule"),
        _train(mlp, c(SGD(0.5, clipnorm=0.1)), data, three, "mlp", label="clipnorm"),
        _train(mlp, c(SGD(0.5, global_clipnorm=0.1)), data, three, "mlp", label="global_clipnorm"),
        _train(mlp, c(Adam(0.05, amsgrad=True)), data, three, "mlp", label="amsgrad"),
        _train(mlp, c(Adam(0.05, weight_decay=0.1)), data, three, "mlp", label="weight_decay"),
        _train(mlp, c(SGD(0.5, use_ema=True, ema_momentum=0.8)), data, three, "mlp", label="use_ema"),
        _train(
            mlp,
            c(SGD(0.5, gradient_accumulation_steps=2)),
            data,
            three,
            "mlp",
            label="gradient_accumulation_steps",
        ),
        _train(mlp, c(keras.optimizers.RMSprop(0.05)), data, three, "mlp", label="rmsprop"),
        _train(mlp, c(keras.optimizers.Adagrad(0.1)), data, three, "mlp", label="adagrad"),
    ]


def histories_models():
    x, y = classes("mlp")
    c = lambda optimizer, loss=SPARSE, **more: {
        "optimizer": optimizer,
        "loss": loss,
        "metrics": ["accuracy"],
        **more,
    }
    three = {"epochs": 3, "batch_size": 5}
    images = images_of_three_kinds()
    rng = rng_for("models/text")
    words = rng.integers(0, 7, (11, 5)).astype("int32")
    words[:, 0] = 1
    labels = rng.integers(0, 2, (11, 1)).astype("int32")
    target = np.round(x.sum(1, keepdims=True), 2)
    hot = np.eye(3, dtype="float32")[y]
    size = lambda: lambda: mlp(1, None)
    auc = {"class_name": "AUC", "config": {"num_thresholds": 20, "name": "auc"}}
    precision = {"class_name": "Precision", "config": {"name": "precision"}}
    # Full batches only: Keras weighs the losses of several outputs by the size of the batch, but on TensorFlow
    # it does not know that size in fit and evaluate, and counts all batches alike.
    full = slice(0, 21)
    pair, sevens = (x[full], [y[full], target[full]]), {"epochs": 3, "batch_size": 7}
    rmse = {"class_name": "RootMeanSquaredError", "config": {}}
    return [
        _train(
            cnn,
            c(SGD(0.3), "categorical_crossentropy"),
            images,
            {"epochs": 3, "batch_size": 6, "validation_split": 0.2},
            "cnn",
            label="cnn, sgd",
        ),
        _train(
            cnn,
            c(Adam(0.02), "categorical_crossentropy"),
            images,
            {"epochs": 3, "batch_size": 6},
            "cnn",
            label="cnn, adam",
        ),
        _train(
            normalized,
            c(SGD(0.3)),
            (x, y),
            {**three, "validation_split": 0.2},
            "normalized",
            label="batch normalization",
        ),
        _train(regularized, c(SGD(0.3)), (x, y), three, "regularized", label="regularizers"),
        _train(constrained, c(SGD(0.3)), (x, y), three, "constrained", label="constraints"),
        _train(
            text_model,
            c(Adam(0.05), "binary_crossentropy", weighted_metrics=[auc, precision]),
            (words, labels),
            {"epochs": 2, "batch_size": 4},
            "text",
            label="embedding with mask",
        ),
        _train(
            size(),
            {"optimizer": SGD(0.05), "loss": "mse", "metrics": ["mae", rmse]},
            (x, target),
            three,
            "mlp",
            label="regression",
        ),
        _train(
            mlp,
            c(
                SGD(0.3),
                "categorical_crossentropy",
                metrics=["accuracy", "top_k_categorical_accuracy", "mse"],
            ),
            (x, hot),
            three,
            "mlp",
            label="one-hot",
        ),
        _train(
            two_headed,
            {"optimizer": SGD(0.1), "loss": [SPARSE, "mse"], "metrics": [["accuracy"], ["mae"]]},
            pair,
            sevens,
            "two_headed",
            label="two outputs",
        ),
        _train(
            two_headed,
            {
                "optimizer": SGD(0.1),
                "loss": {"kind": SPARSE, "size": "mse"},
                "loss_weights": {"kind": 1.0, "size": 0.2},
                "metrics": {"kind": ["accuracy"]},
            },
            pair,
            sevens,
            "two_headed",
            label="two outputs by name, loss_weights",
        ),
        _train(
            two_headed,
            {"optimizer": SGD(0.1), "loss": [SPARSE, None]},
            pair,
            sevens,
            "two_headed",
            label="one output without loss",
        ),
        _train(
            dict_headed,
            {
                "optimizer": Adam(0.05),
                "loss": {"kind": SPARSE, "size": "mae"},
                "metrics": {"kind": ["accuracy"], "size": ["mse"]},
            },
            ({"a": x[full], "b": x[full, :2]}, {"kind": y[full], "size": target[full]}),
            sevens,
            "dict_headed",
            label="dictionaries",
        ),
        _train(
            residual,
            {"optimizer": SGD(0.1), "loss": "mse"},
            (
                np.round(rng.uniform(-1, 1, (7, 6, 6, 2)), 2).astype("float32"),
                np.round(rng.uniform(-1, 1, (7, 2)), 2).astype("float32"),
            ),
            {"epochs": 2, "batch_size": 3},
            "residual",
            label="residual",
        ),
    ]


def histories_mixed():
    """Half precision: with a scaled loss in float16, one row whose first steps overflow; bfloat16."""
    data = classes("mlp")
    c = lambda optimizer: {"optimizer": optimizer, "loss": SPARSE, "metrics": ["accuracy"]}
    three = {"epochs": 3, "batch_size": 5}
    scaled = lambda **options: keras.optimizers.LossScaleOptimizer(SGD(0.5), **options)

    def under(policy, make, *arguments, **options):
        def made():
            # A new session, which a training begins with, forgets the policy.
            keras.config.set_dtype_policy(policy)
            return make()

        try:
            return _train(made, *arguments, **options)
        finally:
            keras.config.set_dtype_policy("float32")

    half, brain = "mixed_float16", "mixed_bfloat16"
    return [
        under(half, mlp, c(SGD(0.5)), data, three, "mlp", label="float16, sgd"),
        under(half, mlp, c(Adam(0.05)), data, three, "mlp", label="float16, adam"),
        under(
            half,
            mlp,
            c(scaled(initial_scale=2.0**22, dynamic_growth_steps=3)),
            data,
            three,
            "mlp",
            label="float16, scale of its own",
        ),
        under(brain, mlp, c(SGD(0.5)), data, three, "mlp", label="bfloat16, sgd"),
        under(brain, mlp, c(Adam(0.05)), data, three, "mlp", label="bfloat16, adam"),
    ]


def batch_methods():
    """train_on_batch and its like: what they return, in order."""
    x, y = classes("mlp", 12)
    weight = np.round(rng_for("models/batch_weights").uniform(0, 2, 4), 2).astype("float32")
    cases = []
    compiles = [
        {"loss": SPARSE, "metrics": ["accuracy"]},
        {"loss": SPARSE},
        {"loss": SPARSE, "weighted_metrics": ["accuracy"]},
        {"loss": SPARSE, "metrics": ["accuracy", SPARSE]},
    ]
    for options in compiles:
        keras.backend.clear_session()
        model = mlp()
        randomize(model, "mlp")
        start = weights(model)
        model.compile(optimizer=SGD(0.5), **options)
        calls = []

        def call(method, *args, **kwargs):
            out = getattr(model, method)(*args, **kwargs)
            calls.append(
                {
                    "method": method,
                    "args": list(args),
                    "kwargs": kwargs,
                    "returned": out,
                    "iterations": int(model.optimizer.iterations.numpy()),
                }
            )

        call("train_on_batch", x[:4], y[:4])
        call("train_on_batch", x[4:8], y[4:8], sample_weight=weight)
        call("train_on_batch", x[8:], y[8:], return_dict=True)
        call("train_on_batch", x[:4], y[:4], class_weight={0: 1.0, 1: 3.0, 2: 0.5}, return_dict=True)
        call("test_on_batch", x[:4], y[:4])
        call("test_on_batch", x[4:9], y[4:9], return_dict=True)
        call("predict_on_batch", x[:2])
        model.reset_metrics()
        call("train_on_batch", x[:4], y[:4], return_dict=True)
        call("evaluate", x, y, batch_size=5, verbose=0)
        call("evaluate", x, y, batch_size=5, verbose=0, return_dict=True)
        call("evaluate", x, y, batch_size=5, verbose=0, steps=2)
        call("predict", x, batch_size=5, verbose=0)
        call("predict", x, batch_size=5, verbose=0, steps=2)
        cases.append(
            {
                "model": json.loads(model.to_json()),
                "start": start,
                "compile": options,
                "optimizer": {"learning_rate": 0.5},
                "calls": calls,
                "final": [snapshot(v) for v in model.weights],
            }
        )
    return cases


FAMILIES = {
    "histories": histories,
    "histories_optimizers": histories_optimizers,
    "histories_mixed": histories_mixed,
    "histories_models": histories_models,
    "batch_methods": batch_methods,
}
