"""Small .keras and .weights.h5 files as Python Keras writes them, with inputs and predictions."""

import json
import zipfile

import h5py
import keras

from .common import ROOT, snapshot
from .models_training import SPARSE
from .models_zoo import MODELS, classes, inputs_for, randomize, weights

FOLDER = ROOT / "saved"


def _h5_listing(file):
    """Every dataset of an HDF5 file: path, dtype, shape; and the attributes of its groups."""
    found = []

    def visit(name, item):
        if isinstance(item, h5py.Dataset):
            found.append({"path": name, "dtype": item.dtype.name, "shape": list(item.shape)})
        elif item.attrs:
            found.append({"path": name, "attributes": {k: str(v) for k, v in item.attrs.items()}})

    file.visititems(visit)
    return found


def _archive(path):
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        metadata = json.loads(archive.read("metadata.json"))
        config = json.loads(archive.read("config.json"))
        with archive.open("model.weights.h5") as raw, h5py.File(raw, "r") as file:
            listing = _h5_listing(file)
    # The date would change at every run.
    metadata["date_saved"] = "<date>"
    return {"names": names, "metadata": metadata, "config": config, "weights_file": listing}


ARCHIVES = ("mlp", "normalized", "text", "residual", "shared", "nested", "operations", "dict_headed")


def keras_archives(names=ARCHIVES):
    FOLDER.mkdir(exist_ok=True)
    cases = []
    for name in names:
        keras.backend.clear_session()
        model = MODELS[name]()
        randomize(model, name)
        if name == "mlp":
            x, y = classes("mlp")
            model.compile("adam", SPARSE, metrics=["accuracy"])
            model.fit(x, y, epochs=2, verbose=0, shuffle=False)
        inputs = inputs_for(model)
        path = FOLDER / f"{name}.keras"
        model.save(path)
        case = {
            "file": path.name,
            "inputs": inputs,
            "predictions": model.predict(inputs, verbose=0),
            "weights": weights(model),
            "archive": _archive(path),
        }
        if name == "mlp":
            case["optimizer_variables"] = [
                {"name": v.name, "path": v.path, "value": snapshot(v)} for v in model.optimizer.variables
            ]
            case["x"], case["y"] = x, y
            case["evaluate"] = model.evaluate(x, y, verbose=0, return_dict=True)
        cases.append(case)
    return cases


def weight_files():
    FOLDER.mkdir(exist_ok=True)
    cases = []
    for name in ("normalized", "nested"):
        keras.backend.clear_session()
        model = MODELS[name]()
        randomize(model, name)
        path = FOLDER / f"{name}.weights.h5"
        model.save_weights(path)
        with h5py.File(path, "r") as file:
            listing = _h5_listing(file)
        cases.append(
            {
                "file": path.name,
                "model": json.loads(model.to_json()),
                "weights": weights(model),
                "weights_file": listing,
            }
        )
    return cases


def recurrent_archives():
    return keras_archives(("recurrent",))


def attentive_archives():
    return keras_archives(("attentive",))


FAMILIES = {"keras_archives": keras_archives, "attentive_archives": attentive_archives, "recurrent_archives": recurrent_archives, "weight_files": weight_files}
