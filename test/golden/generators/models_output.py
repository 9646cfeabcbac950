"""Configs and JSON of models, and what they print."""

import contextlib
import io
import json
from unittest import mock

import keras
import numpy as np

from .models_training import SGD, SPARSE
from .models_zoo import (
    MODELS,
    L,
    article,
    classes,
    inputs_for,
    mlp,
    randomize,
    start_of,
    two_headed,
    weights,
)


def configs():
    """model.to_json(), weights with their paths, and outputs."""
    cases = []
    for name, make in MODELS.items():
        keras.backend.clear_session()
        model = make()
        randomize(model, name)
        inputs = inputs_for(model)
        cases.append(
            {
                "model": name,
                "json": json.loads(model.to_json()),
                "layers": [
                    {"name": layer.name, "class_name": type(layer).__name__} for layer in model.layers
                ],
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


class _Clock:
    """Stands in for the time module of the progress bar."""

    def __init__(self, times):
        self.times = list(times)

    def time(self):
        return self.times.pop(0) if len(self.times) > 1 else self.times[0]


def progbar():
    """keras.utils.Progbar under a clock that the case gives: text to the letter."""
    runs = [
        (
            {"target": 5},
            [
                (1, 1, [["loss", 0.5]]),
                (2, 1.2, [["loss", 0.25]]),
                (3, 1.21, [["loss", 0.1]]),
                (5, 2, [["loss", 0.00012]]),
            ],
        ),
        ({"target": 5, "verbose": 2}, [(1, 1, [["loss", 0.5]]), (5, 2, [["loss", 0.25], ["accuracy", 1.0]])]),
        (
            {"target": 120, "width": 10},
            [
                (1, 0.5, [["a", 1.0]]),
                (60, 200, [["a", 2.0], ["b", 3.5]]),
                (120, 9000, [["a", 0.0], ["b", -1.5]]),
            ],
        ),
        (
            {"target": None},
            [(1, 1, [["loss", 0.5]]), (2, 2, [["loss", 0.25]]), (3, 3.5, [["loss", 0.1]], True)],
        ),
        ({"target": None, "verbose": 2}, [(1, 1, [["loss", 0.5]]), (2, 2, [["loss", 0.25]], True)]),
        (
            {"target": 3, "stateful_metrics": ["acc"]},
            [
                (1, 1, [["loss", 0.5], ["acc", 0.1]]),
                (2, 2, [["loss", 0.3], ["acc", 0.2]]),
                (3, 3, [["loss", 0.1], ["acc", 0.3]]),
            ],
        ),
        ({"target": 3, "unit_name": "epoch"}, [(1, 20, []), (2, 100, []), (3, 8000, [])]),
        ({"target": 4, "interval": 5}, [(1, 1, []), (2, 2, []), (3, 3, []), (4, 4, [])]),
        ({"target": 10}, [(1, 0.0005, []), (2, 0.1, []), (10, 0.2, [])]),
        ({"target": 10000}, [(1, 1, [["x", 1e-5]]), (2, 4000, [["x", 1e-5]]), (10000, 12000, [["x", 1e-5]])]),
        ({"target": 2}, [(1, 1, [["a long name", 123456.789]]), (2, 2, [])]),
        ({"target": 2}, [(1, 1, [["nan", float("nan")]]), (2, 2, [["nan", float("inf")]])]),
        ({"target": 1}, [(0, 1, []), (1, 2, [["loss", 1.0]])]),
    ]
    cases = []
    for options, updates in runs:
        out = io.StringIO()
        clock = _Clock([0.0, *(u[1] for u in updates)])
        written = []
        with mock.patch("keras.src.utils.progbar.time", clock), contextlib.redirect_stdout(out):
            bar = keras.utils.Progbar(**options)
            for update in updates:
                before = len(out.getvalue())
                bar.update(
                    update[0], [tuple(v) for v in update[2]], finalize=update[3] if len(update) > 3 else None
                )
                written.append(out.getvalue()[before:])
        made = [
            {
                "current": u[0],
                "now": u[1],
                "values": u[2],
                "finalize": u[3] if len(u) > 3 else None,
                "text": w,
            }
            for u, w in zip(updates, written)
        ]
        cases.append({"options": options, "start": 0.0, "updates": made})
    return cases


def fit_output():
    """What fit, evaluate and predict write while the progress bar's clock stands still at 1000 seconds."""
    x, y = classes("mlp", 23)
    accuracy = {"metrics": ["accuracy"]}
    two, epochs3 = {"batch_size": 5, "epochs": 2, "shuffle": False}, {"batch_size": 5, "epochs": 3}
    runs = [("fit", {**two, "verbose": v}, accuracy) for v in (1, 2, "auto", 0)]
    for verbose in (1, 2):
        v = {"verbose": verbose}
        runs += [
            ("fit", {**two, **v, "validation_split": 0.25}, accuracy),
            ("fit", {"batch_size": 23, "epochs": 1, **v}, {}),
            ("fit", {**two, **v, "steps_per_epoch": 3}, accuracy),
            ("fit", {**epochs3, **v, "shuffle": False, "initial_epoch": 1}, accuracy),
            (
                "fit",
                {**epochs3, **v, "shuffle": False, "steps_per_epoch": 2, "validation_split": 0.2},
                accuracy,
            ),
            ("fit generator", v, accuracy),
            ("evaluate", {"batch_size": 5, **v}, accuracy),
            ("evaluate", {"batch_size": 5, **v}, {}),
            ("predict", {"batch_size": 5, **v}, accuracy),
            ("predict", v, accuracy),
        ]
    cases = []
    for method, options, compiled in runs:
        keras.backend.clear_session()
        model = mlp()
        randomize(model, "mlp")
        model.compile(optimizer=SGD(0.5), loss=SPARSE, **compiled)
        out = io.StringIO()
        clock = mock.patch("keras.src.utils.progbar.time", _Clock([1000.0]))
        with clock, contextlib.redirect_stdout(out):
            if method == "fit generator":
                # Two batches of five samples, the number of which fit does not know beforehand.
                model.fit(((x[i : i + 5], y[i : i + 5]) for i in (0, 5)), **options)
            elif method == "predict":
                model.predict(x, **options)
            else:
                getattr(model, method)(x, y, **options)
        cases.append({"method": method, "options": options, "compile": compiled, "text": out.getvalue()})
    shared = {"model": json.loads(mlp().to_json()), "start": start_of(mlp, "mlp"), "x": x, "y": y}
    return cases, {**shared, "learning_rate": 0.5}


def metric_names():
    """Keys of logs and History for many ways to name metrics and losses."""
    x, y = classes("mlp", 6)
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
    record(
        "short names", lambda: mlp(1, None), target, loss="mse", metrics=["mse", "MAE", "mean_squared_error"]
    )
    record(
        "objects",
        mlp,
        y,
        loss=SPARSE,
        metrics=[m.SparseCategoricalAccuracy(), m.SparseCategoricalAccuracy(name="mine")],
    )
    record("functions", mlp, y, loss=SPARSE, metrics=[keras.metrics.sparse_categorical_accuracy])
    record("weighted", mlp, y, loss=SPARSE, metrics=["accuracy"], weighted_metrics=["accuracy"])
    record("only weighted", mlp, y, loss=SPARSE, weighted_metrics=["accuracy"])
    record("loss object", mlp, y, loss=keras.losses.SparseCategoricalCrossentropy(name="mine"))
    record("two outputs", two_headed, [y, target], loss=[SPARSE, "mse"])
    record(
        "two outputs, one metric each",
        two_headed,
        [y, target],
        loss=[SPARSE, "mse"],
        metrics=["accuracy", "mae"],
    )
    record(
        "two outputs, dict",
        two_headed,
        [y, target],
        loss={"kind": SPARSE, "size": "mse"},
        metrics={"kind": "accuracy", "size": ["mae", "mse"]},
    )
    record(
        "two outputs, weighted",
        two_headed,
        [y, target],
        loss=[SPARSE, "mse"],
        weighted_metrics=[["accuracy"], ["mae"]],
    )
    return cases


FAMILIES = {
    "configs": configs,
    "to_json": to_json_text,
    "summaries": summaries,
    "progbar": progbar,
    "fit_output": fit_output,
    "metric_names": metric_names,
}
