"""A narrow copy of the demo's CNN, trained in Python on examples/data and saved with its optimizer."""

import gzip

import keras
import numpy as np

from .common import ROOT

L = keras.layers
DATA = ROOT.parent.parent / "examples" / "data" / "digits.csv.gz"
# Every fifth digit: the digits come writer by writer, so a block at the end would hold writers never seen.
HELD_OUT_STRIDE = 5
RECORDED = 20


def load_digits():
    """Pixels in 0..1 of shape [1797, 8, 8, 1], and labels."""
    with gzip.open(DATA, "rt") as file:
        table = np.loadtxt(file, delimiter=",", dtype="int32")
    return (table[:, :64] / 16).astype("float32").reshape(-1, 8, 8, 1), table[:, 64]


def network():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            L.Conv2D(8, kernel_size=(3, 3), activation="relu"),
            L.MaxPooling2D(pool_size=(2, 2)),
            L.Conv2D(16, kernel_size=(3, 3), activation="relu"),
            L.MaxPooling2D(pool_size=(2, 2)),
            L.Flatten(),
            L.Dense(32, activation="relu"),
            L.Dropout(0.25),
            L.Dense(10, activation="softmax"),
        ],
        name="python_digits",
    )


def python_digits():
    pixels, labels = load_digits()
    images = keras.ops.convert_to_numpy(keras.ops.image.resize(pixels, (28, 28)))
    held_out = np.arange(len(labels)) % HELD_OUT_STRIDE == 0
    train_x, train_y, test_x, test_y = (
        images[~held_out],
        labels[~held_out],
        images[held_out],
        labels[held_out],
    )
    model = network()
    model.compile(
        optimizer=keras.optimizers.Adam(0.003), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    model.fit(train_x, train_y, batch_size=32, epochs=16, verbose=0)
    loss, accuracy = model.evaluate(test_x, test_y, batch_size=60, verbose=0)
    if accuracy < 0.95:
        raise ValueError(f"The network reached {accuracy:.3f} on held-out digits, at least 0.95 is wanted")
    path = ROOT / "digits" / "python_digits.keras"
    path.parent.mkdir(exist_ok=True)
    model.save(path)
    rows = np.flatnonzero(held_out)[:RECORDED]
    predictions = keras.saving.load_model(path).predict(images[rows], verbose=0)
    case = {
        "file": path.name,
        "bytes_limit": 400_000,
        "held_out_stride": HELD_OUT_STRIDE,
        "held_out_loss": loss,
        "held_out_accuracy": accuracy,
        "rows": rows.tolist(),
        "labels": labels[rows],
        "pixels": (pixels[rows] * 16).astype("int32"),
        "resized_first": images[rows[0]],
        "predictions": predictions,
        "optimizer_iterations": int(model.optimizer.iterations),
        "weights": [
            {
                "path": v.path,
                "shape": list(v.shape),
                "sum": float(np.sum(v.value)),
                "first": np.float32(np.ravel(v.value)[0]),
            }
            for v in model.weights
        ],
        "optimizer_variables": [
            {"path": v.path, "shape": list(v.shape), "sum": float(np.sum(v.value))}
            for v in model.optimizer.variables
        ],
    }
    if path.stat().st_size > case["bytes_limit"]:
        raise ValueError(f"{path.name} has {path.stat().st_size} bytes")
    return [case]


FAMILIES = {"python_digits": python_digits}
