"""A small SavedModel as Python Keras's ExportArchive writes it, with inputs and results of its endpoints."""

import shutil

import keras
import numpy as np
import tensorflow as tf

from .common import ROOT, rand, rng_for

FOLDER = ROOT / "exported" / "python_model"


def saved_models():
    rng = rng_for("exported/saved_models")
    features = keras.Input((None, 3), name="features")
    hidden = keras.layers.SimpleRNN(2, name="rnn")(features)
    model = keras.Model(features, {"hidden": hidden, "size": keras.layers.Dense(1, name="size")(hidden)})
    row = keras.Input((3,))
    shifted = keras.Model(row, keras.layers.BatchNormalization(name="norm")(keras.layers.Dense(2, name="scores")(row)))
    for variable in [*model.weights, *shifted.weights]:
        if np.issubdtype(variable.dtype, np.floating):
            variable.assign(np.round(rng.uniform(0.1, 1.0, variable.shape), 2))

    signature = [keras.InputSpec(shape=(None, None, 3), dtype="float32", name="features")]
    # A tensor from outside of the function, which a SavedModel keeps as a constant.
    offset = tf.constant([[0.5, -1.5, 2.0]])
    archive = keras.export.ExportArchive()
    archive.track(model)
    archive.add_endpoint("serve", lambda x: model(x, training=False), signature)
    rows = [keras.InputSpec(shape=(None, 3), dtype="float32", name="rows")]
    archive.add_endpoint("shifted", lambda x: shifted(x + offset, training=False), rows)
    shutil.rmtree(FOLDER, ignore_errors=True)
    archive.write_out(FOLDER, verbose=False)
    (FOLDER / "fingerprint.pb").unlink()

    x, few = rand(rng, (2, 5, 3)), rand(rng, (4, 3))
    return [
        {"endpoint": "serve", "input": x, "outputs": dict(model(x, training=False))},
        {"endpoint": "serving_default", "input": x, "outputs": dict(model(x, training=False))},
        {"endpoint": "shifted", "input": few, "outputs": {"output": shifted(few + offset, training=False)}},
    ]


FAMILIES = {"saved_models": saved_models}
