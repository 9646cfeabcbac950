"""Callbacks: trainings with them, what they print and write; Python's formats of numbers."""

import contextlib
import copy
import inspect
import io
import json
import shutil
import tempfile
from pathlib import Path

import keras
import numpy as np

from .common import snapshot, t
from .models_zoo import classes, mlp, randomize, weights

C = keras.callbacks
SPARSE = "sparse_categorical_crossentropy"

SCHEDULES = {
    "halve": lambda epoch, rate: rate / 2 if epoch % 2 else rate,
    "by epoch": lambda epoch, rate: 1.0 / (epoch + 2),
}


class Stop(C.Callback):
    """Ends training from outside, as a user would."""

    def __init__(self, epoch):
        super().__init__()
        self.at = epoch

    def on_epoch_end(self, epoch, logs=None):
        if epoch == self.at:
            self.model.stop_training = True


def _data():
    """Some labels are wrong, so that the validation loss rises after a few epochs."""
    x, y = classes("mlp")
    y = y.copy()
    y[::3] = (y[::3] + 1) % 3
    return x, y


def _make(spec, folder):
    name, options = spec
    options = {k: v.replace("DIR", folder) if isinstance(v, str) else v for k, v in options.items()}
    if name == "Stop":
        return Stop(**options)
    if "schedule" in options:
        options["schedule"] = SCHEDULES[options["schedule"]]
    return getattr(C, name)(**options)


def _files(folder):
    return sorted(str(p.relative_to(folder)) for p in Path(folder).rglob("*") if p.is_file())


def _train(label, specs, fit, optimizer=None, before=None, metrics=("accuracy",)):
    keras.backend.clear_session()
    keras.utils.set_random_seed(1337)
    folder = tempfile.mkdtemp(prefix="keras-callbacks-")
    model = mlp()
    randomize(model, "mlp")
    start = weights(model)
    optimizer = optimizer or {"class_name": "SGD", "config": {"learning_rate": 0.5}}
    # Reading a config takes parts out of it.
    model.compile(optimizer=keras.optimizers.deserialize(copy.deepcopy(optimizer)), loss=SPARSE, metrics=list(metrics))
    x, y = _data()
    made = [_make(spec, folder) for spec in specs]
    for name, text in (before or {}).items():
        (Path(folder) / name).write_text(text, newline="")
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        history = model.fit(x, y, shuffle=False, verbose=0, callbacks=made, **fit)
    texts = {p: (Path(folder) / p).read_bytes().decode() for p in _files(folder) if p.endswith(".csv")}
    result = {
        "label": label,
        "callbacks": specs,
        "fit": fit,
        "optimizer": optimizer,
        "metrics": list(metrics),
        "before": before or {},
        "start": start,
        "history": {k: t(np.array(v)) for k, v in history.history.items()},
        "keys": list(history.history),
        "epochs": history.epoch,
        "printed": out.getvalue().replace(folder, "DIR"),
        "files": _files(folder),
        "texts": texts,
        "final": [snapshot(v) for v in model.weights],
    }
    shutil.rmtree(folder)
    return result


def early_stopping():
    split = {"batch_size": 5, "validation_split": 0.3}
    many, few = {**split, "epochs": 12}, {**split, "epochs": 4}
    e = lambda **options: ["EarlyStopping", options]
    high = {"class_name": "SGD", "config": {"learning_rate": 1.0}}
    rows = [
        ("patience", [e(verbose=1)], many, high),
        ("patience 2, best weights", [e(patience=2, restore_best_weights=True, verbose=1)], many, high),
        ("epochs end, best weights", [e(patience=9, restore_best_weights=True, verbose=1)], few, high),
        (
            "stopped from outside, best weights",
            [["Stop", {"epoch": 2}], e(patience=9, restore_best_weights=True, verbose=1)],
            many,
            high,
        ),
        ("without best weights", [e(patience=2)], many, high),
        ("min_delta", [e(monitor="loss", min_delta=0.05, patience=1, verbose=1)], many, None),
        ("max", [e(monitor="val_accuracy", patience=2, restore_best_weights=True)], many, high),
        ("mode max on a loss", [e(monitor="loss", mode="max", patience=1)], many, None),
        ("mode min on an accuracy", [e(monitor="accuracy", mode="min", patience=3)], many, None),
        ("baseline", [e(monitor="loss", baseline=0.2, patience=3, verbose=1)], many, None),
        (
            "baseline, best weights",
            [e(monitor="loss", baseline=0.2, patience=3, restore_best_weights=True, verbose=1)],
            many,
            None,
        ),
        ("start_from_epoch", [e(start_from_epoch=4, patience=1, verbose=1)], many, high),
        (
            "start_from_epoch, best weights",
            [e(start_from_epoch=2, patience=1, restore_best_weights=True, verbose=1)],
            many,
            high,
        ),
        ("what is not in the logs", [e(monitor="val_nothing", mode="min")], few, None),
    ]
    return [_train(label, specs, fit, optimizer) for label, specs, fit, optimizer in rows]


def rates():
    split = {"batch_size": 5, "validation_split": 0.3, "epochs": 8}
    r = lambda **options: ["ReduceLROnPlateau", options]
    s = lambda **options: ["LearningRateScheduler", options]
    high = {"class_name": "SGD", "config": {"learning_rate": 1.0}}
    rows = [
        ("plateau", [r(patience=1, factor=0.3, verbose=1)], high),
        ("plateau, cooldown", [r(patience=1, factor=0.5, cooldown=2, verbose=1)], high),
        ("plateau, least rate", [r(patience=1, factor=0.1, min_lr=0.2, verbose=1)], high),
        ("plateau, min_delta", [r(monitor="loss", patience=2, min_delta=0.1, verbose=1)], None),
        ("plateau, accuracy", [r(monitor="val_accuracy", patience=2, verbose=1)], high),
        ("plateau, mode", [r(monitor="loss", mode="max", patience=2, factor=0.7, verbose=1)], None),
        ("scheduler", [s(schedule="halve", verbose=1)], None),
        ("scheduler, quiet", [s(schedule="by epoch")], None),
        ("both", [s(schedule="by epoch", verbose=1), r(monitor="loss", patience=1, min_delta=1.0)], None),
        (
            "loss scaling",
            [r(patience=1, factor=0.3, verbose=1)],
            {
                "class_name": "LossScaleOptimizer",
                "config": {
                    "inner_optimizer": {
                        "module": "keras.optimizers",
                        "class_name": "SGD",
                        "config": {"learning_rate": 1.0},
                        "registered_name": None,
                    }
                },
            },
        ),
    ]
    return [_train(label, specs, split, optimizer) for label, specs, optimizer in rows]


def checkpoints():
    split = {"batch_size": 5, "validation_split": 0.3, "epochs": 4}
    m = lambda filepath, **options: ["ModelCheckpoint", {"filepath": f"DIR/{filepath}", **options}]
    high = {"class_name": "SGD", "config": {"learning_rate": 1.0}}
    rows = [
        ("each epoch", [m("model-{epoch:02d}.keras", verbose=1)], high),
        ("values in names", [m("a/{epoch}-{val_loss:.3f}-{accuracy:08.2%}.keras", verbose=1)], high),
        ("best only", [m("best.keras", save_best_only=True, verbose=1)], high),
        (
            "best only, accuracy",
            [m("{epoch:d}.keras", monitor="val_accuracy", save_best_only=True, verbose=1)],
            high,
        ),
        ("best only, mode", [m("{epoch}.keras", monitor="loss", mode="max", save_best_only=True)], high),
        (
            "threshold",
            [m("{epoch}.keras", monitor="loss", save_best_only=True, initial_value_threshold=0.9, verbose=1)],
            None,
        ),
        ("weights", [m("{epoch}.weights.h5", save_weights_only=True, verbose=1)], None),
        ("batches", [m("{epoch}-{batch:03d}-{loss:.3f}.weights.h5", save_weights_only=True, save_freq=3)], None),
        ("what is not in the logs", [m("{epoch}.keras", monitor="val_x", mode="min", save_best_only=True)], None),
    ]
    return [_train(label, specs, split, optimizer) for label, specs, optimizer in rows]


def csv_logger():
    plain = {"batch_size": 5, "epochs": 3}
    log = lambda **options: ["CSVLogger", {"filename": "DIR/log.csv", **options}]
    old = {"log.csv": "epoch,accuracy,loss,val_accuracy,val_loss\r\n0,0.5,1.25,NA,NA\r\n"}
    rates_too = ["LearningRateScheduler", {"schedule": "halve"}]
    return [
        _train("plain", [log()], plain),
        _train("validation", [log()], {**plain, "validation_split": 0.25}),
        _train("validation_freq", [log()], {**plain, "validation_split": 0.25, "validation_freq": 2}),
        _train("separator", [log(separator=";")], plain),
        _train("replaces", [log()], plain, before=old),
        _train("append", [log(append=True)], {**plain, "initial_epoch": 1}, before=old),
        _train("append to nothing", [log(append=True)], plain),
        _train("append to an empty file", [log(append=True)], plain, before={"log.csv": ""}),
        _train("learning rates", [rates_too, log()], plain),
        _train("quoted", [log(separator="_")], {**plain, "validation_split": 0.25}),
    ]


def swap_ema():
    ema = {"class_name": "SGD", "config": {"learning_rate": 1.0, "use_ema": True, "ema_momentum": 0.6}}
    fit = {"batch_size": 5, "epochs": 4, "validation_split": 0.3}
    swap = lambda **options: ["SwapEMAWeights", options]
    return [
        _train("validation", [swap()], fit, ema),
        _train("on epochs", [swap(swap_on_epoch=True)], fit, ema),
        _train("without", [], fit, ema),
    ]


def terminate_on_nan():
    wild = {"class_name": "SGD", "config": {"learning_rate": 1e38}}
    fit = {"batch_size": 5, "epochs": 4}
    return [_train("stops", [["TerminateOnNaN", {}]], fit, wild)]


def directions():
    """Which way the metrics of Keras are better; null where it does not say."""
    cases = []
    for name in dir(keras.metrics):
        cls = getattr(keras.metrics, name)
        if not inspect.isclass(cls):
            continue
        for args in ([], [2], [0.5], [2, [0]]):
            try:
                metric = cls(*args)
            except (TypeError, ValueError):
                continue
            cases.append({"class_name": name, "args": args, "direction": getattr(metric, "_direction", None)})
            break
    return cases


def formats():
    """str.format with numbers, and repr of floats."""
    integers = {"epoch": 7, "batch": 1234567}
    values = [0.0, 1.0, -2.5, 0.1, 1 / 3, 123456.789, 1e-5, 1.5e-7, 1e16, 123456789012345680.0, float("inf"), float("nan")]
    specs = ["", ".2f", ".3e", "08.3f", "+.1f", ".4g", "g", ".3", "10", "<10.2f", "^11.1f", "*>9.1f", ",.1f", ".1%", "E", ".0f"]
    templates = ["m-{epoch}", "{epoch:02d}", "{epoch:>5}", "{epoch:<4}|", "{epoch:+d}", "{batch:,}", "{batch:_d}", "{epoch:.2f}",
        "{epoch:e}", "{{{epoch}}}", "{epoch:05}"]  # fmt: skip
    cases = [{"template": s, "integers": integers, "text": s.format(**integers)} for s in templates]
    for value in values:
        for spec in specs:
            template = "{x:" + spec + "}" if spec else "{x}"
            cases.append({"template": template, "x": np.float64(value), "text": template.format(x=value)})
    reprs = [{"x": np.float64(v), "text": repr(v)} for v in [*values, 0.1 + 0.2, 5e-324, 1.7976931348623157e308, 1e22, 1e15, 0.0001]]
    return cases, {"reprs": reprs}


def _shared(generate):
    """The model and data of trainings, once a family."""

    def with_model():
        x, y = _data()
        return generate(), {"model": json.loads(mlp().to_json()), "x": x, "y": y}

    return with_model


FAMILIES = {
    "early_stopping": _shared(early_stopping),
    "rates": _shared(rates),
    "checkpoints": _shared(checkpoints),
    "csv_logger": _shared(csv_logger),
    "swap_ema": _shared(swap_ema),
    "terminate_on_nan": _shared(terminate_on_nan),
    "directions": directions,
    "formats": formats,
}
