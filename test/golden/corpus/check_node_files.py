"""Opens in Python Keras what write_node_files.ts wrote, and compares predictions, optimizers and bits.

    python check_node_files.py FOLDER

Prints one line for each file; the exit code is 1 where one differs. Results are recorded in RESULTS.md.
"""

import json
import os
import sys
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

sys.path.insert(0, str(Path(__file__).resolve().parent))

import h5py
import keras
import make_corpus  # registers the classes that its models have
import numpy as np

HERE = Path(__file__).resolve().parent
FOLDER = Path(sys.argv[1])
failures = []


def report(name, difference, tolerance, note=""):
    ok = difference <= tolerance
    print(f"{name}: largest difference {difference:.3g}{note}{'' if ok else '  DIFFERENT'}")
    if not ok:
        failures.append(name)


def arrays(tensors):
    return [np.array(t["data"]).astype(t["dtype"]).reshape(t["shape"]) for t in tensors]


def predictions(model, inputs):
    result = model.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0)
    return result if isinstance(result, list) else [result]


def check_models():
    cases = {
        case["file"]: case
        for case in json.loads((HERE / "3.15.1" / "corpus.json").read_text(encoding="utf-8"))["cases"]
    }
    for item in json.loads((FOLDER / "written.json").read_text(encoding="utf-8")):
        name = item["name"]
        case = cases[f"{name}.keras"]
        inputs = arrays(case["inputs"])
        expected = [np.array(p, dtype="float64") for p in item["predictions"]]
        tolerance = 1e-2 if name.startswith("half") else 1e-5

        def difference(model):
            found = predictions(model, inputs)
            return max(float(np.max(np.abs(f - e))) for f, e in zip(found, expected, strict=True))

        for ending in (".keras", ".h5"):
            path = FOLDER / f"{name}{ending}"
            if not path.exists():
                continue
            model = keras.saving.load_model(path)
            note = ""
            if case["iterations"] is not None:
                note = f", optimizer at step {int(model.optimizer.iterations)}"
                if int(model.optimizer.iterations) != case["iterations"]:
                    failures.append(path.name)
            report(path.name, difference(model), tolerance, note)
        for ending in (".weights.h5", "_shards.weights.json"):
            model = keras.saving.load_model(HERE / "3.15.1" / f"{name}.keras", compile=False)
            for variable in model.weights:
                variable.assign(np.zeros(variable.shape))
            model.load_weights(FOLDER / f"{name}{ending}")
            report(f"{name}{ending}", difference(model), tolerance)


def check_dtypes():
    with h5py.File(FOLDER / "dtypes.h5") as file:
        for name, dataset in file.items():
            if name.startswith("string"):
                same = [v.decode() for v in dataset[()]] == ["a", "", "größer 日本"]
            else:
                stored = dataset[()].tobytes()
                pattern = [i % 2 if name.startswith("bool") else (37 * i + 11) % 120 for i in range(len(stored))]
                same = stored == bytes(pattern)
                kind = name.split("_")[0]
                expected = "|V2" if kind == "bfloat16" else np.dtype(kind).str
                same = same and dataset.dtype.str == expected
                if kind == "bfloat16":
                    same = same and dataset.attrs["dtype"] == "bfloat16"
            report(f"dtypes.h5/{name}", 0 if same else 1, 0, f", {dataset.dtype}")
        attributes = (file.attrs["text"], list(file.attrs["list"]), int(file.attrs["whole"]), len(file.attrs["none"]))
        report("dtypes.h5, attributes", 0 if attributes == ("größer 日本", ["a", "b"], 3, 0) else 1, 0)


check_models()
check_dtypes()
print(f"Keras {keras.__version__}, h5py {h5py.__version__}: {len(failures)} failures {failures}")
sys.exit(1 if failures else 0)
