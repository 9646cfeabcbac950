"""Writes embedding_on_jax.json: the rows of histories_models.json that train an Embedding, computed by Keras on JAX.

    python test/golden/models/embedding_on_jax.py

On TensorFlow, Keras squares the gradient of each occurrence of a repeated row by itself (IndexedSlices), so Adam's second
moments differ there from the formula; on JAX they do not.
"""

import json
import os
import platform
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"
import jax
import keras
import numpy as np

HERE = Path(__file__).parent


def decode(tensor):
    return np.array(tensor["data"], tensor["dtype"]).reshape(tensor["shape"])


def encode(array):
    array = np.asarray(array)
    return {"dtype": str(array.dtype), "shape": list(array.shape), "data": [float(v) for v in array.ravel()]}


class Recorder(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.batches = []

    def on_train_batch_end(self, batch, logs=None):
        self.batches.append({"batch": batch, "logs": {k: float(logs[k]) for k in sorted(logs)}})


def metric(spec):
    return getattr(keras.metrics, spec["class_name"])(**spec["config"]) if isinstance(spec, dict) else spec


def run(row):
    model = keras.saving.deserialize_keras_object(row["model"])
    model.set_weights([decode(w["value"]) for w in row["start"]])
    compiled = {k: [metric(m) for m in v] if "metrics" in k else v for k, v in row["compile"].items()}
    model.compile(optimizer=keras.optimizers.deserialize(row["optimizer"]), **compiled)
    x, y, recorder = decode(row["x"]), decode(row["y"]), Recorder()
    history = model.fit(x, y, shuffle=False, verbose=0, callbacks=[recorder], **row["fit"])
    names = [v["name"] for v in row["optimizer_variables"]]
    return {
        "label": row["label"],
        "history": {k: encode(np.float32(v)) for k, v in history.history.items()},
        "batch_logs": recorder.batches,
        "final": [encode(w) for w in model.get_weights()],
        "optimizer_variables": [
            {"name": n, "path": n, "value": {**encode(v.numpy()), "dtype": o["value"]["dtype"]}}
            for n, v, o in zip(names, model.optimizer.variables, row["optimizer_variables"])
        ],
        "evaluate": [float(v) for v in model.evaluate(x, y, verbose=0)],
        "evaluate_dict": {k: float(v) for k, v in model.evaluate(x, y, verbose=0, return_dict=True).items()},
        "predict": encode(model.predict(x, verbose=0)),
    }


rows = json.loads((HERE / "histories_models.json").read_text())["cases"]
cases = [run(row) for row in rows if row["label"] == "embedding with mask"]
versions = {"keras": keras.__version__, "tensorflow": "2.21.0", "jax": jax.__version__, "numpy": np.__version__,
            "python": platform.python_version()}
(HERE / "embedding_on_jax.json").write_text(json.dumps({"versions": versions, "cases": cases}) + "\n")
