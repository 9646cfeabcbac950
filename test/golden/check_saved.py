"""Opens a .keras file that keras-node wrote, in Python Keras, and compares predictions.

    python test/golden/check_saved.py model.keras predictions.json [--tolerance 1e-5]

predictions.json: {"inputs": <tensor, or list or object of tensors>, "predictions": <the same>}, a tensor
being {"dtype": ..., "shape": [...], "data": [...]}. Prints the largest absolute difference; the exit code is 0
where all are within the tolerance, 1 where not.
"""

import argparse
import json
import os
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"


def main():
    import keras
    import numpy as np

    def is_tensor(value):
        return isinstance(value, dict) and set(value) == {"dtype", "shape", "data"}

    def decode(value):
        if is_tensor(value):
            words = {"NaN": np.nan, "Infinity": np.inf, "-Infinity": -np.inf}
            data = [words.get(v, v) if isinstance(v, str) else v for v in value["data"]]
            return np.array(data).astype(value["dtype"]).reshape(value["shape"])
        if isinstance(value, dict):
            return {k: decode(v) for k, v in value.items()}
        return [decode(v) for v in value]

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", help="the .keras file")
    parser.add_argument("json", help="inputs and predictions that keras-node wrote")
    parser.add_argument("--tolerance", type=float, default=1e-5, help="largest absolute difference allowed")
    options = parser.parse_args()

    with open(options.json, encoding="utf-8") as file:
        recorded = json.load(file)
    model = keras.saving.load_model(options.file)
    print(
        f"Keras {keras.__version__} opened {options.file}: {type(model).__name__} '{model.name}', "
        f"{model.count_params()} parameters"
    )
    optimizer = getattr(model, "optimizer", None)
    if optimizer is not None:
        print(
            f"optimizer {optimizer.name}: {int(optimizer.iterations)} iterations, "
            f"{len(optimizer.variables)} variables"
        )

    predicted = keras.tree.flatten(model.predict(decode(recorded["inputs"]), verbose=0))
    expected = keras.tree.flatten(decode(recorded["predictions"]))
    if [p.shape for p in predicted] != [e.shape for e in expected]:
        print(
            f"shapes differ: Python {[p.shape for p in predicted]}, keras-node {[e.shape for e in expected]}"
        )
        return 1
    largest = max(float(np.max(np.abs(p - e), initial=0.0)) for p, e in zip(predicted, expected))
    agree = largest <= options.tolerance
    print(
        f"max abs difference {largest:.3g} over {sum(p.size for p in predicted)} predictions; "
        f"tolerance {options.tolerance:g}: {'equal' if agree else 'DIFFERENT'}"
    )
    return 0 if agree else 1


if __name__ == "__main__":
    sys.exit(main())
