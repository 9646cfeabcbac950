"""keras.distillation: losses between given outputs, and trainings of a student."""

import keras
import numpy as np

from .common import config_json, rand, randint, rng_for, snapshot, t
from .models_zoo import randomize, weights

D = keras.distillation
LOGITS = [
    lambda: D.LogitsDistillation(),
    lambda: D.LogitsDistillation(2.0, "mse"),
    lambda: D.LogitsDistillation(4.0, keras.losses.KLDivergence()),
    lambda: D.LogitsDistillation(1.5, keras.losses.CategoricalCrossentropy(from_logits=True)),
    lambda: D.FeatureDistillation(),
    lambda: D.FeatureDistillation("cosine_similarity"),
    lambda: D.FeatureDistillation(keras.losses.MeanAbsoluteError()),
]
NESTED = [
    lambda: D.LogitsDistillation(2.0, [keras.losses.KLDivergence(), "mse"]),
    lambda: D.FeatureDistillation(["mae", "mse"]),
]


def distillation_losses():
    """A loss of null adds 0.0 in Python, which is a leaf of another dtype; it is tried in the tests."""
    rng = rng_for("models/distillation_losses")
    cases = []
    for makes, count in ((LOGITS, 1), (NESTED, 2)):
        for make in makes:
            loss = make()
            teacher = [rand(rng, [3, 4]) for _ in range(count)]
            student = [rand(rng, [3, 4]) for _ in range(count)]
            pair = (teacher[0], student[0]) if count == 1 else (teacher, student)
            cases.append(
                {
                    "serialized": config_json(keras.saving.serialize_keras_object(loss)),
                    "teacher": pair[0],
                    "student": pair[1],
                    "value": loss.compute_loss(*pair),
                }
            )
    return cases


def _net(width, name):
    inputs = keras.Input((4,), name="x")
    hidden = keras.layers.Dense(3, activation="tanh", name="hidden")(keras.layers.Dense(width, name="wide")(inputs))
    return keras.Model(inputs, keras.layers.Dense(3, name="logits")(hidden), name=name)


TRAININGS = {
    "logits": dict(distillation_losses=lambda: D.LogitsDistillation(3.0, keras.losses.KLDivergence())),
    "features and logits": dict(
        distillation_losses=lambda: [
            D.LogitsDistillation(2.0, "mse"),
            D.FeatureDistillation("mse", teacher_layer_name="hidden", student_layer_name="hidden"),
        ],
        distillation_loss_weights=[1.0, 0.5],
        student_loss_weight=0.3,
    ),
    "labels only": dict(distillation_losses=lambda: D.LogitsDistillation(), student_loss_weight=1.0),
    "teacher only": dict(distillation_losses=lambda: D.FeatureDistillation("mae"), student_loss_weight=0.0),
}


def distillation():
    """fit of 3 epochs and evaluate, with what the student learns."""
    cases = []
    for name, options in TRAININGS.items():
        keras.backend.clear_session()
        keras.utils.set_random_seed(1337)
        rng = rng_for(f"models/distillation/{name}")
        teacher, student = _net(5, "teacher"), _net(2, "student")
        randomize(teacher, f"{name} teacher")
        randomize(student, f"{name} student")
        made = {**options, "distillation_losses": options["distillation_losses"]()}
        distiller = D.Distiller(teacher, student, **made)
        start = [weights(teacher), weights(student)]
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        distiller.compile(keras.optimizers.SGD(0.1), loss, metrics=["accuracy"])
        x, y = rand(rng, [7, 4]), randint(rng, [7], 0, 3)
        history = distiller.fit(np.array(x), np.array(y), batch_size=3, epochs=3, shuffle=False, verbose=0)
        evaluated = distiller.evaluate(np.array(x), np.array(y), batch_size=3, verbose=0, return_dict=True)
        cases.append(
            {
                "label": name,
                "config": config_json(distiller.get_config()),
                "start": start,
                "x": x,
                "y": y,
                "history": {k: t(np.array(v)) for k, v in history.history.items()},
                "evaluated": {k: t(np.array(v)) for k, v in evaluated.items()},
                "final": [snapshot(v) for v in student.weights],
            }
        )
    return cases


FAMILIES = {"distillation": distillation, "distillation_losses": distillation_losses}
