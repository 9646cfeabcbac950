"""Whole models: configs, summaries, training histories, batch methods and what fit prints."""

import contextlib
import io
import json
from unittest import mock

import keras
import numpy as np

from .common import config_json, rng_for, snapshot, t

L = keras.layers


def randomize(model, name):
    """The same starting weights here and in the test: given, with few decimals."""
    rng = rng_for("models/" + name)
    values = []
    for v in model.weights:
        shape = tuple(v.shape)
        if "variance" in v.name:
            value = rng.uniform(0.5, 1.5, shape)
        elif v.dtype.startswith("float"):
            value = rng.uniform(-0.6, 0.6, shape)
        else:
            values.append(v.numpy())
            continue
        values.append(np.round(value, 2))
    model.set_weights(values)


def weights(model):
    return [{"name": v.name, "path": v.path, "value": snapshot(v)} for v in model.weights]


# --- models -------------------------------------------------------------------------------------------


def mlp(units=3, activation="softmax", **kwargs):
    return keras.Sequential(
        [keras.Input((4,)), L.Dense(5, "relu", name="hidden", **kwargs), L.Dense(units, activation, name="output")], name="mlp"
    )


def cnn():
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            L.Conv2D(3, 3, activation="relu"),
            L.MaxPooling2D(),
            L.Conv2D(4, 2, padding="same", activation="relu"),
            L.MaxPooling2D(),
            L.Flatten(),
            L.Dense(6, "relu"),
            L.Dense(3, "softmax"),
        ],
        name="cnn",
    )


def normalized():
    return keras.Sequential(
        [keras.Input((4,)), L.Dense(5, use_bias=False), L.BatchNormalization(momentum=0.8), L.Activation("relu"), L.Dense(3, "softmax")],
        name="normalized",
    )


def regularized():
    return keras.Sequential(
        [
            keras.Input((4,)),
            L.Dense(5, "tanh", kernel_regularizer="l2", bias_regularizer=keras.regularizers.L1(0.03)),
            L.Dense(3, "softmax", activity_regularizer=keras.regularizers.L2(0.02)),
        ],
        name="regularized",
    )


def constrained():
    return keras.Sequential([keras.Input((4,)), L.Dense(5, "relu", kernel_constraint="max_norm"), L.Dense(3, "softmax", bias_constraint="non_neg")], name="constrained")


def text_model():
    return keras.Sequential(
        [keras.Input((5,), dtype="int32"), L.Embedding(7, 4, mask_zero=True), L.GlobalAveragePooling1D(), L.Dense(1, "sigmoid")], name="text"
    )


def two_headed():
    inputs = keras.Input((4,), name="features")
    hidden = L.Dense(5, "relu", name="trunk")(inputs)
    return keras.Model(inputs, [L.Dense(3, "softmax", name="kind")(hidden), L.Dense(1, name="size")(hidden)], name="two_headed")


def dict_headed():
    a, b = keras.Input((4,), name="a"), keras.Input((2,), name="b")
    hidden = L.Concatenate(name="join")([L.Dense(3, "relu", name="left")(a), b])
    outputs = {"kind": L.Dense(3, "softmax", name="kind")(hidden), "size": L.Dense(1, name="size")(hidden)}
    return keras.Model({"a": a, "b": b}, outputs, name="dict_headed")


def residual():
    inputs = keras.Input((6, 6, 2))
    x = L.Conv2D(2, 3, padding="same", name="conv_a")(inputs)
    x = L.BatchNormalization(name="bn")(x)
    x = L.ReLU(name="relu")(x)
    x = L.Add(name="add")([x, inputs])
    x = L.GlobalAveragePooling2D(name="pool")(x)
    return keras.Model(inputs, L.Dense(2, name="logits")(x), name="residual")


def shared():
    encoder = L.Dense(3, "tanh", name="encoder")
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    return keras.Model([a, b], L.Dense(1, name="score")(L.Concatenate(name="join")([encoder(a), encoder(b)])), name="shared")


def nested():
    inner = keras.Sequential([keras.Input((4,)), L.Dense(3, "relu", name="inner_a"), L.Dense(2, name="inner_b")], name="inner")
    inputs = keras.Input((4,), name="x")
    x = inner(inputs)
    x = L.Dropout(0.25, name="drop")(x)
    return keras.Model(inputs, L.Dense(1, "sigmoid", name="head")(x), name="nested")


def operations():
    """Keras ops on symbolic tensors become layers of the graph."""
    inputs = keras.Input((4,), name="x")
    x = L.Dense(4, name="dense")(inputs)
    y = keras.ops.relu(x) * 2.0 + inputs
    y = keras.ops.sum(y, axis=-1, keepdims=True)
    return keras.Model(inputs, y, name="operations")


def frozen():
    model = mlp()
    model.layers[0].trainable = False
    return model


def article():
    """The CNN of the demo, for its summary and its JSON; its weights are too many to record."""
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            L.Conv2D(32, kernel_size=(3, 3), activation="relu"),
            L.MaxPooling2D(pool_size=(2, 2)),
            L.Conv2D(64, kernel_size=(3, 3), activation="relu"),
            L.MaxPooling2D(pool_size=(2, 2)),
            L.Flatten(),
            L.Dense(1024, activation="relu"),
            L.Dropout(0.5),
            L.Dense(10, activation="softmax"),
        ]
    )


MODELS = {
    "mlp": mlp, "cnn": cnn, "normalized": normalized, "regularized": regularized, "constrained": constrained,
    "text": text_model, "two_headed": two_headed, "dict_headed": dict_headed, "residual": residual, "shared": shared,
    "nested": nested, "operations": operations, "frozen": frozen,
}  # fmt: skip


def _inputs_for(model, n=3):
    rng = rng_for("models/inputs/" + model.name)

    def one(spec):
        shape = (n, *spec.shape[1:])
        if spec.dtype.startswith("int"):
            return rng.integers(0, 7, shape).astype(spec.dtype)
        return np.round(rng.uniform(-1, 1, shape), 2).astype("float32")

    return keras.tree.map_structure(one, model._inputs_struct if hasattr(model, "_inputs_struct") else model.inputs[0])


def configs():
    """model.to_json(), weights with their paths, and outputs."""
    cases = []
    for name, make in MODELS.items():
        keras.backend.clear_session()
        model = make()
        randomize(model, name)
        inputs = _inputs_for(model)
        cases.append(
            {
                "model": name,
                "json": json.loads(model.to_json()),
                "layers": [{"name": layer.name, "class_name": type(layer).__name__} for layer in model.layers],
                "input_names": getattr(model, "input_names", None),
                "output_names": getattr(model, "output_names", None),
                "count_params": model.count_params(),
                "weights": weights(model),
                "trainable_weights": [v.path for v in model.trainable_weights],
                "non_trainable_weights": [v.path for v in model.non_trainable_weights],
                "inputs": inputs,
                "outputs": model(inputs),
                "predicted": model.predict(inputs, verbose=0),
            }
        )
    return cases


def to_json_text():
    """The exact text of model.to_json()."""
    cases = []
    for name, make in [("mlp", mlp), ("two_headed", two_headed), ("article", article)]:
        keras.backend.clear_session()
        model = make()
        cases.append({"model": name, "text": model.to_json(), "indented": model.to_json(indent=2)})
    return cases


def summaries():
    cases, models = [], {}
    options = [
        {}, {"line_length": 70}, {"line_length": 110}, {"show_trainable": True}, {"expand_nested": True},
        {"positions": [0.4, 0.7, 0.9, 1.0]}, {"layer_range": ["hidden", "hidden"]},
    ]  # fmt: skip
    for name, make in [*MODELS.items(), ("article", article)]:
        for o in options:
            keras.backend.clear_session()
            model = make()
            if "layer_range" in o and name not in ("mlp", "frozen"):
                continue
            if name not in ("mlp", "frozen", "nested", "two_headed", "article") and o:
                continue
            lines = []
            model.summary(print_fn=lines.append, **o)
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                model.summary(**o)
            models[name] = json.loads(model.to_json())
            case = {"model": name, "options": o, "text": "\n".join(lines)}
            if out.getvalue() != case["text"]:
                case["stdout"] = out.getvalue()
            cases.append(case)
    keras.backend.clear_session()
    unbuilt = keras.Sequential([L.Dense(3), L.Dense(2)])
    lines = []
    unbuilt.summary(print_fn=lines.append)
    models["unbuilt"] = json.loads(unbuilt.to_json())
    cases.append({"model": "unbuilt", "options": {}, "text": "\n".join(lines)})
    keras.backend.clear_session()
    trained = mlp()
    trained.compile("adam", "mse")
    trained.fit(np.zeros((2, 4)), np.zeros((2, 3)), verbose=0)
    lines = []
    trained.summary(print_fn=lines.append)
    models["trained with adam"] = json.loads(trained.to_json())
    cases.append({"model": "trained with adam", "options": {}, "text": "\n".join(lines)})
    return cases, {"models": models}


# --- training -----------------------------------------------------------------------------------------


def _classes(name, n=23, features=4, kinds=3):
    rng = rng_for("models/data/" + name)
    y = rng.integers(0, kinds, n)
    centers = rng.uniform(-1, 1, (kinds, features))
    x = np.round(centers[y] + rng.normal(0, 0.3, (n, features)), 2)
    return x.astype("float32"), y.astype("int32")


def _images(n=17):
    rng = rng_for("models/data/images")
    y = rng.integers(0, 3, n)
    x = rng.uniform(0, 0.4, (n, 8, 8, 1))
    for i, kind in enumerate(y):
        x[i, 2 * kind : 2 * kind + 3] += 0.5
    return np.round(x, 2).astype("float32"), np.eye(3, dtype="float32")[y]


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
        on_train_batch_end=lambda batch, logs: batches.append({"batch": batch, "logs": {k: np.float32(v) for k, v in logs.items()}}),
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
        "optimizer_variables": [{"name": v.name, "path": v.path, "value": snapshot(v)} for v in model.optimizer.variables],
        "metrics_names": model.metrics_names,
        "metrics": [{"name": m.name, "class_name": type(m).__name__} for m in model.metrics],
    }
    result["evaluate"] = model.evaluate(x, y, verbose=0, batch_size=7)
    result["evaluate_dict"] = model.evaluate(x, y, verbose=0, batch_size=7, return_dict=True)
    result["predict"] = model.predict(x, verbose=0, batch_size=7)
    return result


SGD = keras.optimizers.SGD
Adam = keras.optimizers.Adam
SPARSE = "sparse_categorical_crossentropy"


def histories():
    data = _classes("mlp")
    val = _classes("validation", 9)
    c = lambda optimizer, **more: {"optimizer": optimizer, "loss": SPARSE, "metrics": ["accuracy"], **more}
    per_sample = np.round(rng_for("models/weights").uniform(0, 2, 23), 2).astype("float32")
    three = {"epochs": 3, "batch_size": 5}
    return [
        _train(mlp, c(SGD(0.5)), data, three, "mlp", label="sgd, odd last batch"),
        _train(mlp, c(Adam(0.05)), data, three, "mlp", label="adam"),
        _train(mlp, c(SGD(0.5)), data, {**three, "validation_data": list(val)}, "mlp", label="validation_data"),
        _train(mlp, c(SGD(0.5)), data, {**three, "validation_data": [*val, per_sample[:9]], "validation_batch_size": 4}, "mlp", label="weighted validation_data"),
        _train(mlp, c(SGD(0.5)), data, {**three, "validation_split": 0.25}, "mlp", label="validation_split"),
        _train(mlp, c(SGD(0.5)), data, {"epochs": 4, "batch_size": 5, "validation_split": 0.3, "validation_freq": 2}, "mlp", label="validation_freq"),
        _train(mlp, c(SGD(0.5)), data, {**three, "class_weight": {0: 1.0, 1: 2.0, 2: 0.5}}, "mlp", label="class_weight"),
        _train(mlp, c(SGD(0.5)), data, {**three, "sample_weight": per_sample}, "mlp", label="sample_weight"),
        _train(mlp, c(SGD(0.5), weighted_metrics=["accuracy", "sparse_categorical_crossentropy"]), data, {**three, "sample_weight": per_sample}, "mlp", label="weighted_metrics"),
        _train(mlp, c(SGD(0.5), steps_per_execution=2), data, three, "mlp", label="steps_per_execution 2"),
        _train(mlp, c(SGD(0.5), steps_per_execution=7), data, three, "mlp", label="steps_per_execution beyond the epoch"),
        _train(mlp, c(SGD(0.5), run_eagerly=True), data, three, "mlp", label="run_eagerly"),
        _train(mlp, c(SGD(0.5)), data, {"epochs": 4, "batch_size": 5, "initial_epoch": 2}, "mlp", label="initial_epoch"),
        _train(mlp, c(SGD(0.5)), data, {"epochs": 2, "batch_size": 5, "steps_per_epoch": 2}, "mlp", label="steps_per_epoch"),
        _train(mlp, c(SGD(0.5)), data, {"epochs": 2}, "mlp", label="default batch size"),
        _train(mlp, c(SGD(0.5)), data, {"epochs": 1, "batch_size": 1}, "mlp", label="batch size 1"),
        _train(mlp, {"optimizer": SGD(0.5), "loss": "crossentropy"}, data, three, "mlp", label="no metrics"),
        _train(frozen, c(SGD(0.5)), data, three, "mlp", label="frozen layer"),
    ]  # fmt: skip


def histories_optimizers():
    data = _classes("mlp")
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
        _train(mlp, c(SGD(0.5, gradient_accumulation_steps=2)), data, three, "mlp", label="gradient_accumulation_steps"),
        _train(mlp, c(keras.optimizers.RMSprop(0.05)), data, three, "mlp", label="rmsprop"),
        _train(mlp, c(keras.optimizers.Adagrad(0.1)), data, three, "mlp", label="adagrad"),
    ]


def histories_models():
    x, y = _classes("mlp")
    c = lambda optimizer, loss=SPARSE, **more: {"optimizer": optimizer, "loss": loss, "metrics": ["accuracy"], **more}
    three = {"epochs": 3, "batch_size": 5}
    images = _images()
    rng = rng_for("models/text")
    words = rng.integers(0, 7, (11, 5)).astype("int32")
    words[:, 0] = 1
    labels = rng.integers(0, 2, (11, 1)).astype("int32")
    target = np.round(x.sum(1, keepdims=True), 2)
    hot = np.eye(3, dtype="float32")[y]
    size = lambda: (lambda: mlp(1, None))
    auc = {"class_name": "AUC", "config": {"num_thresholds": 20, "name": "auc"}}
    precision = {"class_name": "Precision", "config": {"name": "precision"}}
    rmse = {"class_name": "RootMeanSquaredError", "config": {}}
    return [
        _train(cnn, c(SGD(0.3), "categorical_crossentropy"), images, {"epochs": 3, "batch_size": 6, "validation_split": 0.2}, "cnn", label="cnn, sgd"),
        _train(cnn, c(Adam(0.02), "categorical_crossentropy"), images, {"epochs": 3, "batch_size": 6}, "cnn", label="cnn, adam"),
        _train(normalized, c(SGD(0.3)), (x, y), {**three, "validation_split": 0.2}, "normalized", label="batch normalization"),
        _train(regularized, c(SGD(0.3)), (x, y), three, "regularized", label="regularizers"),
        _train(constrained, c(SGD(0.3)), (x, y), three, "constrained", label="constraints"),
        _train(text_model, c(Adam(0.05), "binary_crossentropy", weighted_metrics=[auc, precision]), (words, labels), {"epochs": 2, "batch_size": 4}, "text", label="embedding with mask"),
        _train(size(), {"optimizer": SGD(0.05), "loss": "mse", "metrics": ["mae", rmse]}, (x, target), three, "mlp", label="regression"),
        _train(mlp, c(SGD(0.3), "categorical_crossentropy", metrics=["accuracy", "top_k_categorical_accuracy", "mse"]), (x, hot), three, "mlp", label="one-hot"),
        _train(two_headed, {"optimizer": SGD(0.1), "loss": [SPARSE, "mse"], "metrics": [["accuracy"], ["mae"]]}, (x, [y, target]), three, "two_headed", label="two outputs"),
        _train(two_headed, {"optimizer": SGD(0.1), "loss": {"kind": SPARSE, "size": "mse"}, "loss_weights": {"kind": 1.0, "size": 0.2}, "metrics": {"kind": ["accuracy"]}}, (x, [y, target]), three, "two_headed", label="two outputs by name, loss_weights"),
        _train(two_headed, {"optimizer": SGD(0.1), "loss": [SPARSE, None]}, (x, [y, target]), three, "two_headed", label="one output without loss"),
        _train(dict_headed, {"optimizer": Adam(0.05), "loss": {"kind": SPARSE, "size": "mae"}, "metrics": {"kind": ["accuracy"], "size": ["mse"]}}, ({"a": x, "b": x[:, :2]}, {"kind": y, "size": target}), three, "dict_headed", label="dictionaries"),
        _train(residual, {"optimizer": SGD(0.1), "loss": "mse"}, (np.round(rng.uniform(-1, 1, (7, 6, 6, 2)), 2).astype("float32"), np.round(rng.uniform(-1, 1, (7, 2)), 2).astype("float32")), {"epochs": 2, "batch_size": 3}, "residual", label="residual"),
    ]  # fmt: skip


def batch_methods():
    """train_on_batch and its like: what they return, in order."""
    x, y = _classes("mlp", 12)
    weight = np.round(rng_for("models/batch_weights").uniform(0, 2, 4), 2).astype("float32")
    cases = []
    compiles = [
        {"loss": SPARSE, "metrics": ["accuracy"]}, {"loss": SPARSE}, {"loss": SPARSE, "weighted_metrics": ["accuracy"]},
        {"loss": SPARSE, "metrics": ["accuracy", SPARSE]},
    ]  # fmt: skip
    for options in compiles:
        keras.backend.clear_session()
        model = mlp()
        randomize(model, "mlp")
        start = weights(model)
        model.compile(optimizer=SGD(0.5), **options)
        calls = []

        def call(method, *args, **kwargs):
            out = getattr(model, method)(*args, **kwargs)
            calls.append({"method": method, "args": list(args), "kwargs": kwargs, "returned": out, "iterations": int(model.optimizer.iterations.numpy())})

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
        cases.append({"model": json.loads(model.to_json()), "start": start, "compile": options, "optimizer": {"learning_rate": 0.5}, "calls": calls, "final": [snapshot(v) for v in model.weights]})
    return cases


# --- what is printed ----------------------------------------------------------------------------------


class _Clock:
    """Stands in for the time module of the progress bar."""

    def __init__(self, times):
        self.times = list(times)

    def time(self):
        return self.times.pop(0) if len(self.times) > 1 else self.times[0]


def progbar():
    """keras.utils.Progbar under a clock that the case gives: text to the letter."""
    runs = [
        ({"target": 5}, [(1, 1, [["loss", 0.5]]), (2, 1.2, [["loss", 0.25]]), (3, 1.21, [["loss", 0.1]]), (5, 2, [["loss", 0.00012]])]),
        ({"target": 5, "verbose": 2}, [(1, 1, [["loss", 0.5]]), (5, 2, [["loss", 0.25], ["accuracy", 1.0]])]),
        ({"target": 120, "width": 10}, [(1, 0.5, [["a", 1.0]]), (60, 200, [["a", 2.0], ["b", 3.5]]), (120, 9000, [["a", 0.0], ["b", -1.5]])]),
        ({"target": None}, [(1, 1, [["loss", 0.5]]), (2, 2, [["loss", 0.25]]), (3, 3.5, [["loss", 0.1]], True)]),
        ({"target": None, "verbose": 2}, [(1, 1, [["loss", 0.5]]), (2, 2, [["loss", 0.25]], True)]),
        ({"target": 3, "stateful_metrics": ["acc"]}, [(1, 1, [["loss", 0.5], ["acc", 0.1]]), (2, 2, [["loss", 0.3], ["acc", 0.2]]), (3, 3, [["loss", 0.1], ["acc", 0.3]])]),
        ({"target": 3, "unit_name": "epoch"}, [(1, 20, []), (2, 100, []), (3, 8000, [])]),
        ({"target": 4, "interval": 5}, [(1, 1, []), (2, 2, []), (3, 3, []), (4, 4, [])]),
        ({"target": 10}, [(1, 0.0005, []), (2, 0.1, []), (10, 0.2, [])]),
        ({"target": 10000}, [(1, 1, [["x", 1e-5]]), (2, 4000, [["x", 1e-5]]), (10000, 12000, [["x", 1e-5]])]),
        ({"target": 2}, [(1, 1, [["a long name", 123456.789]]), (2, 2, [])]),
        ({"target": 2}, [(1, 1, [["nan", float("nan")]]), (2, 2, [["nan", float("inf")]])]),
        ({"target": 1}, [(0, 1, []), (1, 2, [["loss", 1.0]])]),
    ]  # fmt: skip
    cases = []
    for options, updates in runs:
        out = io.StringIO()
        clock = _Clock([0.0, *(u[1] for u in updates)])
        written = []
        with mock.patch("keras.src.utils.progbar.time", clock), contextlib.redirect_stdout(out):
            bar = keras.utils.Progbar(**options)
            for update in updates:
                before = len(out.getvalue())
                bar.update(update[0], [tuple(v) for v in update[2]], finalize=update[3] if len(update) > 3 else None)
                written.append(out.getvalue()[before:])
        made = [
            {"current": u[0], "now": u[1], "values": u[2], "finalize": u[3] if len(u) > 3 else None, "text": w}
            for u, w in zip(updates, written)
        ]
        cases.append({"options": options, "start": 0.0, "updates": made})
    return cases


def fit_output():
    """What fit, evaluate and predict write under a clock that stands still, and one sample under a real clock."""
    x, y = _classes("mlp", 23)
    cases = []

    def run(label, action, compile_options=None, clock=True):
        keras.backend.clear_session()
        model = mlp()
        randomize(model, "mlp")
        model.compile(optimizer=SGD(0.5), loss=SPARSE, **(compile_options or {"metrics": ["accuracy"]}))
        out = io.StringIO()
        frozen_clock = mock.patch("keras.src.utils.progbar.time", _Clock([1000.0])) if clock else contextlib.nullcontext()
        with frozen_clock, contextlib.redirect_stdout(out):
            action(model)
        cases.append({"label": label, "clock": "frozen" if clock else "real", "text": out.getvalue()})

    for verbose in (1, 2, "auto", 0):
        run(f"fit verbose {verbose}", lambda m: m.fit(x, y, batch_size=5, epochs=2, shuffle=False, verbose=verbose))
    for verbose in (1, 2):
        run(
            f"fit validation verbose {verbose}",
            lambda m: m.fit(x, y, batch_size=5, epochs=2, shuffle=False, verbose=verbose, validation_split=0.25),
        )
        run(f"evaluate verbose {verbose}", lambda m: m.evaluate(x, y, batch_size=5, verbose=verbose))
        run(f"predict verbose {verbose}", lambda m: m.predict(x, batch_size=5, verbose=verbose))
        run(f"fit without metrics verbose {verbose}", lambda m: m.fit(x, y, batch_size=23, epochs=1, verbose=verbose), {})
        run(
            f"fit generator verbose {verbose}",
            lambda m: m.fit((pair for pair in [(x[:5], y[:5]), (x[5:10], y[5:10])]), epochs=1, verbose=verbose),
        )
        run(
            f"fit steps_per_epoch verbose {verbose}",
            lambda m: m.fit(x, y, batch_size=5, epochs=2, steps_per_epoch=3, shuffle=False, verbose=verbose),
        )
    run("fit initial_epoch", lambda m: m.fit(x, y, batch_size=5, epochs=3, initial_epoch=1, shuffle=False, verbose=2))
    return cases, {
        "model": json.loads(mlp().to_json()),
        "start": _start(mlp, "mlp"),
        "x": x,
        "y": y,
        "sample_of_a_real_clock": _real_output(x, y),
    }


def _start(make, name):
    model = make()
    randomize(model, name)
    return [snapshot(v) for v in model.weights]


def _real_output(x, y):
    model = mlp()
    randomize(model, "mlp")
    model.compile(optimizer=SGD(0.5), loss=SPARSE, metrics=["accuracy"])
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        model.fit(x, y, batch_size=5, epochs=2, shuffle=False, verbose=1)
    return out.getvalue()


def metric_names():
    """Keys of logs and History for many ways to name metrics and losses."""
    x, y = _classes("mlp", 6)
    target = x[:, :1]
    cases = []

    def record(label, make, targets, **options):
        keras.backend.clear_session()
        model = make()
        model.compile(optimizer="sgd", **options)
        history = model.fit(x, targets, verbose=0, validation_data=(x, targets))
        cases.append({"label": label, "keys": list(history.history), "metrics_names": model.metrics_names})

    m = keras.metrics
    record("accuracy", mlp, y, loss=SPARSE, metrics=["accuracy"])
    record("acc", mlp, y, loss=SPARSE, metrics=["acc"])
    record("names", mlp, y, loss=SPARSE, metrics=["sparse_categorical_accuracy", SPARSE])
    record("short names", lambda: mlp(1, None), target, loss="mse", metrics=["mse", "MAE", "mean_squared_error"])
    record("objects", mlp, y, loss=SPARSE, metrics=[m.SparseCategoricalAccuracy(), m.SparseCategoricalAccuracy(name="mine")])
    record("functions", mlp, y, loss=SPARSE, metrics=[keras.metrics.sparse_categorical_accuracy])
    record("weighted", mlp, y, loss=SPARSE, metrics=["accuracy"], weighted_metrics=["accuracy"])
    record("only weighted", mlp, y, loss=SPARSE, weighted_metrics=["accuracy"])
    record("loss object", mlp, y, loss=keras.losses.SparseCategoricalCrossentropy(name="mine"))
    record("two outputs", two_headed, [y, target], loss=[SPARSE, "mse"])
    record("two outputs, one metric each", two_headed, [y, target], loss=[SPARSE, "mse"], metrics=["accuracy", "mae"])
    record("two outputs, dict", two_headed, [y, target], loss={"kind": SPARSE, "size": "mse"}, metrics={"kind": "accuracy", "size": ["mae", "mse"]})
    record("two outputs, weighted", two_headed, [y, target], loss=[SPARSE, "mse"], weighted_metrics=[["accuracy"], ["mae"]])
    return cases


FAMILIES = {
    "configs": configs,
    "to_json": to_json_text,
    "summaries": summaries,
    "histories": histories,
    "histories_optimizers": histories_optimizers,
    "histories_models": histories_models,
    "batch_methods": batch_methods,
    "progbar": progbar,
    "fit_output": fit_output,
    "metric_names": metric_names,
}
