"""Writes schedule_free_on_jax.json: the rows of schedule_free_adamw.json, computed by Keras on JAX.

    python test/golden/optimizers/schedule_free_on_jax.py

On TensorFlow, the optimizer's `momentum.value` is the variable itself, so the value "before the update" that the formula
of the average needs is the one after it. On JAX it is the one before, as in the paper.
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


def encode(value):
    array = np.asarray(value)
    data = [float(str(v)) if array.dtype.kind == "f" else int(v) for v in array.ravel()]
    return {"dtype": str(array.dtype), "shape": list(array.shape), "data": data}


def replay(case):
    keras.backend.clear_session()
    variables = [keras.Variable(decode(v), name=n) for v, n in zip(case["start"], case["names"])]
    optimizer = keras.optimizers.ScheduleFreeAdamW(**case["options"])
    optimizer.build(variables)
    steps = []
    for gradients, step in zip(case["grads"], case["steps"]):
        optimizer.apply([jax.numpy.asarray(decode(g)) for g in gradients], variables)
        steps.append({**step, "variables": [encode(v) for v in variables]})
    state = [
        {**row, "value": row["value"] if row["name"] == "iteration" else encode(v)}
        for row, v in zip(case["optimizer_variables"], optimizer.variables)
    ]
    result = {**case, "steps": steps, "optimizer_variables": state}
    if "finalized" in case:
        optimizer.finalize_variable_values(variables)
        result["finalized"] = [encode(v) for v in variables]
    return result


source = json.loads((HERE / "schedule_free_adamw.json").read_text())
cases = [replay(case) for case in source["cases"]]
versions = {
    "keras": keras.__version__,
    "tensorflow": source["versions"]["tensorflow"],
    "jax": jax.__version__,
    "numpy": np.__version__,
    "python": platform.python_version(),
}
compact = lambda value: json.dumps(value, separators=(",", ":"))
lines = ",\n".join(compact(case) for case in cases)
text = f'{compact({"versions": versions})[:-1]},\n"cases":[\n{lines}\n]}}\n'
(HERE / "schedule_free_on_jax.json").write_text(text)
