"""What Python's KerasFileEditor shows of a file of the corpus, for the tests of src/saving/file-editor.ts.

Run: python make_editor.py      Writes editor.json beside this file.
"""

import contextlib
import io
import json
import os
import tempfile
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ["COLUMNS"] = "200"

import keras
import numpy as np

HERE = Path(__file__).resolve().parent


def printed(work):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        result = work()
    return result, [line.rstrip() for line in out.getvalue().splitlines()]


def model(units=5):
    layers = keras.layers
    model = keras.Sequential(
        [keras.Input((4,)), layers.Dense(units), layers.Dropout(0.3), layers.Dense(3)], name="reference"
    )
    return model


def main():
    file = HERE.parent / "corpus" / "3.15.1" / "mlp.keras"
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "mlp.weights.h5")
        keras.saving.load_model(file, compile=False).save_weights(path)
        editor, _ = printed(lambda: keras.saving.KerasFileEditor(path))
        _, summary = printed(editor.summary)
        same, same_lines = printed(lambda: editor.compare(model()))
        other, other_lines = printed(lambda: editor.compare(model(6)))
        editor.rename_object("layers/dense_1", "head")
        editor.add_object("layers/extra", {"0": np.ones((2,), "float32")})
        editor.delete_weight("dense", "1")
        renamed, renamed_lines = printed(lambda: editor.compare(model()))
    result = {
        "versions": {"keras": keras.__version__},
        "summary": summary,
        "same": [same, same_lines],
        "other": [other, other_lines],
        "edited": [renamed, renamed_lines],
    }
    with open(HERE / "editor.json", "w", encoding="utf-8") as out:
        json.dump(result, out, indent=1, ensure_ascii=False)


if __name__ == "__main__":
    main()
