"""Optimizers: eight steps on two small variables with given gradients; learning-rate schedules."""

import keras
import numpy as np

from .common import config_json, rng_for, snapshot, t

STEPS = 8
O = keras.optimizers
S = O.schedules


def _problem(shapes=((2, 3), (3,)), steps=STEPS):
    rng = rng_for("optimizers")
    start = [np.round(rng.uniform(-1, 1, s), 2).astype("float32") for s in shapes]
    grads = [[np.round(rng.uniform(-2, 2, s), 2).astype("float32") for s in shapes] for _ in range(steps)]
    return start, grads


def trajectory(
    make,
    options,
    shapes=((2, 3), (3,)),
    names=("kernel", "bias"),
    constraint=None,
    exclude=None,
    finalize=False,
):
    start, grads = _problem(shapes)
    variables = [keras.Variable(v, name=n) for v, n in zip(start, names)]
    if constraint:
        variables[0].constraint = keras.constraints.get(constraint)
    optimizer = make()
    if exclude:
        optimizer.exclude_from_weight_decay(var_names=exclude)
    optimizer.build(variables)
    steps = []
    for step_grads in grads:
        optimizer.apply([t(g) for g in step_grads], variables)
        steps.append(
            {
                "variables": [snapshot(v) for v in variables],
                "iterations": int(optimizer.iterations.numpy()),
                "learning_rate": np.float32(optimizer.learning_rate),
            }
        )
    state = [{"name": v.name, "path": v.path, "value": snapshot(v)} for v in optimizer.variables]
    result = {
        "class_name": type(optimizer).__name__,
        "options": options,
        "config": config_json(optimizer.get_config()),
        "serialized": config_json(keras.saving.serialize_keras_object(optimizer)),
        "names": list(names),
        "start": start,
        "grads": grads,
        "steps": steps,
        "optimizer_variables": state,
    }
    if constraint:
        result["constraint"] = constraint
    if exclude:
        result["exclude_from_weight_decay"] = exclude
    if finalize:
        optimizer.finalize_variable_values(variables)
        result["finalized"] = [snapshot(v) for v in variables]
    return result


def _json_options(options):
    return {
        k: config_json(keras.saving.serialize_keras_object(v)) if isinstance(v, S.LearningRateSchedule) else v
        for k, v in options.items()
    }


def _family(cls, own):
    """Options of its own, and the options that every optimizer has."""
    shared = [
        {"weight_decay": 0.1},
        {"clipnorm": 0.7},
        {"clipvalue": 0.5},
        {"global_clipnorm": 0.9},
        {"gradient_accumulation_steps": 3},
        {"loss_scale_factor": 8.0},
    ]

    def generate():
        cases = [trajectory(lambda: cls(**o), _json_options(o)) for o in [{}, {"learning_rate": 0.1}, *own]]
        for o in shared:
            cases.append(trajectory(lambda: cls(learning_rate=0.1, **o), {"learning_rate": 0.1, **o}))
        for o in (
            {"use_ema": True, "ema_momentum": 0.7},
            {"use_ema": True, "ema_momentum": 0.7, "ema_overwrite_frequency": 3},
        ):
            options = {"learning_rate": 0.1, **o}
            cases.append(trajectory(lambda: cls(**options), options, finalize=True))
        return cases

    return generate


def sgd_extra():
    """What belongs to the base class, shown on SGD."""
    schedules = [
        S.ExponentialDecay(0.5, 3, 0.5),
        S.PiecewiseConstantDecay([2, 5], [0.5, 0.1, 0.01]),
        S.CosineDecay(0.0, 6, warmup_target=0.5, warmup_steps=2),
    ]
    cases = []
    for schedule in schedules:
        options = {"learning_rate": schedule}
        cases.append(trajectory(lambda: O.SGD(**options), _json_options(options)))
    options = {"learning_rate": 0.1, "weight_decay": 0.1}
    cases.append(trajectory(lambda: O.SGD(**options), options, exclude=["bias"]))
    options = {"learning_rate": 0.5}
    cases.append(trajectory(lambda: O.SGD(**options), options, constraint="non_neg"))
    options = {
        "learning_rate": 0.1,
        "momentum": 0.9,
        "gradient_accumulation_steps": 2,
        "clipnorm": 1.0,
        "weight_decay": 0.01,
    }
    cases.append(trajectory(lambda: O.SGD(**options), options))
    options = {"learning_rate": 0.1, "gradient_accumulation_steps": 4, "use_ema": True, "ema_momentum": 0.5}
    cases.append(trajectory(lambda: O.SGD(**options), options, finalize=True))
    options = {"learning_rate": 0.1, "name": "mine"}
    cases.append(trajectory(lambda: O.SGD(**options), options))
    return cases


def muon():
    """Matrices take the orthogonalized step, everything else Adam's."""
    own = [
        {"nesterov": False, "ns_steps": 2},
        {"adam_lr_ratio": 0.5, "weight_decay": None, "rms_rate": None},
        {"adam_weight_decay": None, "momentum": 0.5, "muon_a": 1.875, "muon_b": -1.25, "muon_c": 0.375},
        {"exclude_layers": ["kernel"], "adam_beta_1": 0.5, "adam_beta_2": 0.9, "epsilon": 0.1},
    ]
    cases = _family(O.Muon, own)()
    # Embeddings are Adam's unless told otherwise; a wide and a tall matrix.
    for o in ({}, {"exclude_embeddings": False}):
        options = {"learning_rate": 0.1, **o}
        shapes, names = ((3, 2), (2, 4)), ("embeddings", "kernel")
        cases.append(trajectory(lambda: O.Muon(**options), options, shapes=shapes, names=names))
    return cases


def _maps():
    kernel_and_rest = lambda: O.OptimizerMap(O.SGD(0.1, momentum=0.5), {"kernel": O.Adam(0.1)})
    averaged = lambda: O.OptimizerMap(
        O.SGD(0.1, use_ema=True, ema_momentum=0.7), {".*ern.*": O.RMSprop(0.05, weight_decay=0.1)}
    )
    return [
        ({}, kernel_and_rest),
        ({"loss_scale_factor": 4.0}, kernel_and_rest),
        ({"name": "mine"}, averaged),
        ({}, lambda: O.OptimizerMap(O.Adagrad(0.1), {"nothing": O.SGD(0.1), "bias": O.Adagrad(0.2)})),
    ]


def multi_optimizer():
    """Optimizers by the paths of variables."""
    cases = []
    for options, make_map in _maps():
        start, grads = _problem()
        variables = [keras.Variable(v, name=n) for v, n in zip(start, ("kernel", "bias"))]
        optimizer = O.MultiOptimizer(make_map(), **options)
        optimizer.build(variables)
        steps = []
        for g in grads:
            optimizer.apply([t(x) for x in g], variables)
            steps.append([snapshot(v) for v in variables])
        state = [{"name": v.name, "path": v.path, "value": snapshot(v)} for v in optimizer.variables]
        optimizer.finalize_variable_values(variables)
        cases.append(
            {
                "options": options,
                "serialized": config_json(keras.saving.serialize_keras_object(optimizer)),
                "start": start,
                "grads": grads,
                "steps": steps,
                "optimizer_variables": state,
                "finalized": [snapshot(v) for v in variables],
            }
        )
    return cases


def loss_scale_optimizer():
    cases = []
    for options in ({"initial_scale": 8.0, "dynamic_growth_steps": 3}, {}):
        start, grads = _problem()
        variables = [keras.Variable(v) for v in start]
        optimizer = O.LossScaleOptimizer(O.SGD(0.1), **options)
        optimizer.build(variables)
        grads[3][0][0, 0] = np.inf
        grads[5][1][1] = np.nan
        steps = []
        for g in grads:
            scale = float(optimizer.scale_loss(1.0))
            optimizer.apply([t(x * scale) for x in g], variables)
            steps.append(
                {
                    "scale_before": scale,
                    "scale": float(optimizer.dynamic_scale.numpy()),
                    "variables": [snapshot(v) for v in variables],
                }
            )
        cases.append(
            {
                "options": options,
                "config": config_json(optimizer.get_config()),
                "start": start,
                "grads": grads,
                "steps": steps,
                "optimizer_variables": [
                    {"name": v.name, "path": v.path, "value": snapshot(v)} for v in optimizer.variables
                ],
            }
        )
    return cases


def schedules():
    made = [
        (S.ExponentialDecay, [0.1, 10, 0.96], {}),
        (S.ExponentialDecay, [0.1, 10, 0.5], {"staircase": True}),
        (S.PiecewiseConstantDecay, [[10, 20], [0.1, 0.05, 0.01]], {}),
        (S.PiecewiseConstantDecay, [[5], [1.0, 0.5]], {"name": "mine"}),
        (S.PolynomialDecay, [0.1, 20], {}),
        (S.PolynomialDecay, [0.1, 20, 0.01], {"power": 2.0}),
        (S.PolynomialDecay, [0.1, 8, 0.01], {"cycle": True}),
        (S.InverseTimeDecay, [0.1, 10, 0.5], {}),
        (S.InverseTimeDecay, [0.1, 10, 0.5], {"staircase": True}),
        (S.CosineDecay, [0.1, 20], {}),
        (S.CosineDecay, [0.1, 20], {"alpha": 0.2}),
        (S.CosineDecay, [0.0, 20], {"warmup_target": 0.5, "warmup_steps": 5, "alpha": 0.1}),
        (S.CosineDecayRestarts, [0.1, 5], {}),
        (S.CosineDecayRestarts, [0.1, 5], {"t_mul": 1.0, "m_mul": 0.5, "alpha": 0.1}),
    ]
    cases = []
    for cls, args, kwargs in made:
        schedule = cls(*args, **kwargs)
        at = [0, 1, 4, 5, 7, 8, 10, 11, 15, 19, 20, 21, 25, 40]
        cases.append(
            {
                "class_name": cls.__name__,
                "args": args,
                "kwargs": kwargs,
                "config": config_json(schedule.get_config()),
                "serialized": config_json(keras.saving.serialize_keras_object(schedule)),
                "steps": at,
                "values": t(np.array([np.float32(schedule(s)) for s in at])),
            }
        )
    return cases


def identifiers():
    names = [
        "sgd", "SGD", "adam", "Adam", "adamw", "rmsprop", "adagrad", "adadelta", "adamax", "nadam", "ftrl",
        "lion", "lamb", "muon", "adafactor", "AdamW", "lossscaleoptimizer", "schedulefreeadamw", "nonsense",
    ]  # fmt: skip
    cases = []
    for name in names:
        try:
            cases.append({"identifier": name, "class_name": type(O.get(name)).__name__})
        except (ValueError, KeyError):
            cases.append({"identifier": name, "class_name": None})
    return cases


FAMILIES = {
    "sgd": _family(O.SGD, [{"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}]),
    "sgd_extra": sgd_extra,
    "adam": _family(O.Adam, [{"amsgrad": True}, {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 0.1}]),
    "adamw": _family(O.AdamW, [{"weight_decay": 0.3}, {"amsgrad": True, "learning_rate": 0.1}]),
    "adamax": _family(O.Adamax, [{"beta_1": 0.5, "beta_2": 0.9}]),
    "nadam": _family(O.Nadam, [{"beta_1": 0.5, "beta_2": 0.9}]),
    "rmsprop": _family(
        O.RMSprop, [{"momentum": 0.5}, {"centered": True}, {"rho": 0.5, "momentum": 0.3, "centered": True}]
    ),
    "adagrad": _family(O.Adagrad, [{"initial_accumulator_value": 0.5, "epsilon": 0.01}]),
    "adadelta": _family(O.Adadelta, [{"rho": 0.5, "learning_rate": 1.0}]),
    "adafactor": _family(
        O.Adafactor,
        [{"relative_step": False}, {"clip_threshold": 0.5, "beta_2_decay": -0.5, "learning_rate": 0.1}],
    ),
    "ftrl": _family(
        O.Ftrl,
        [
            {"learning_rate": 0.1, "l1_regularization_strength": 0.1, "l2_regularization_strength": 0.1},
            {"learning_rate": 0.1, "l2_shrinkage_regularization_strength": 0.1, "beta": 0.2},
            {"learning_rate": 0.1, "learning_rate_power": -0.3},
        ],
    ),
    "lamb": _family(O.Lamb, [{"beta_1": 0.5}]),
    "lion": _family(O.Lion, [{"beta_1": 0.5, "beta_2": 0.7}]),
    "multi_optimizer": multi_optimizer,
    "muon": muon,
    "schedule_free_adamw": _family(
        O.ScheduleFreeAdamW, [{"warmup_steps": 3}, {"weight_decay": 0.1, "learning_rate": 0.1}]
    ),
    "loss_scale_optimizer": loss_scale_optimizer,
    "schedules": schedules,
    "identifiers": identifiers,
}
