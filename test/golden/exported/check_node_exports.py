"""Opens in Python what write_node_exports.ts wrote, and compares with what Python Keras predicted for the corpus.

    python check_node_exports.py FOLDER

Each SavedModel is run by tf.saved_model.load, by its signature, by keras.layers.TFSMLayer, and as a graph in a session, as
TensorFlow Serving runs it; on the batch of the corpus, and on batches of 1 and 3 times its size. Prints one line for each; the
exit code is 1 where one differs. Results are recorded in RESULTS.md.
"""

import json
import os
import sys
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import keras
import numpy as np
import tensorflow as tf

CORPUS = Path(__file__).resolve().parent.parent / "corpus" / "3.15.1"
FOLDER = Path(sys.argv[1])
failures = []


def arrays(tensors):
    return [np.array(t["data"]).astype(t["dtype"]).reshape(t["shape"]) for t in tensors]


def largest(results, expected):
    assert len(results) == len(expected)
    differences = [0.0]
    for result, wanted in zip(results, expected):
        result = np.asarray(result.numpy() if hasattr(result, "numpy") else result)
        assert result.shape == wanted.shape, (result.shape, wanted.shape)
        differences.append(float(np.max(np.abs(result.astype("float64") - wanted))))
    return max(differences)


def report(name, difference, tolerance, note=""):
    ok = difference <= tolerance
    print(f"{name}: largest difference {difference:.3g}{note}{'' if ok else '  DIFFERENT'}")
    if not ok:
        failures.append(name)


def in_session(path, feeds):
    """By names alone: no objects, as TensorFlow Serving does it."""
    with tf.Graph().as_default() as graph, tf.compat.v1.Session(graph=graph) as session:
        loaded = tf.compat.v1.saved_model.load(session, ["serve"], str(path))
        signature = loaded.signature_def["serving_default"]
        return session.run(
            {key: info.name for key, info in signature.outputs.items()},
            {signature.inputs[key].name: value for key, value in feeds.items()},
        )


def check(name, case):
    path = FOLDER / name
    loaded = tf.saved_model.load(str(path))
    layer = keras.layers.TFSMLayer(str(path))
    signature = loaded.signatures["serving_default"]
    names = [spec.name for spec in keras.tree.flatten(loaded.serve.concrete_functions[0].structured_input_signature[0])]
    structure = loaded.serve.concrete_functions[0].structured_input_signature[0][0]
    once, wanted = arrays(case["inputs"]), arrays(case["outputs"])
    worst = 0.0
    for times in (1, 3):
        given = [np.concatenate([x] * times) for x in once]
        expected = [np.concatenate([y] * times) for y in wanted]
        argument = keras.tree.pack_sequence_as(structure, [tf.constant(x) for x in given])
        feeds = dict(zip(names, given))
        ways = {
            "serve": keras.tree.flatten(loaded.serve(argument)),
            "layer": keras.tree.flatten(layer(argument)),
        }
        by_name = {key: value.numpy() for key, value in signature(**{k: tf.constant(v) for k, v in feeds.items()}).items()}
        if all(key.startswith("output_") for key in by_name):
            ways["signature"] = [by_name[f"output_{i}"] for i in range(len(by_name))]
        for results in ways.values():
            worst = max(worst, largest(results, expected))
        session = in_session(path, feeds)
        worst = max(worst, largest([session[key] for key in by_name], list(by_name.values())))
    report(name, worst, 1e-2 if name == "half" else 1e-5, f", {len(loaded.variables)} variables")


def check_archive():
    loaded = tf.saved_model.load(str(FOLDER / "archive"))
    x = tf.constant(np.sin(np.arange(24, dtype="float32")).reshape(6, 4))
    gamma, beta, mean, variance, kernel, bias = [
        next(v for v in loaded.variables if v.name.split(":")[0].endswith(end)).numpy()
        for end in ("gamma", "beta", "moving_mean", "moving_variance", "kernel", "bias")
    ]
    expected = ((x - mean) / np.sqrt(variance + 1e-3) * gamma + beta) @ kernel + bias
    report("archive: call_inference", largest([loaded.call_inference(x)], [expected.numpy()]), 1e-5)
    sums = loaded.row_sums(x, x[:, :2])["sums"]
    report("archive: row_sums", largest([sums], [np.sum(x, 1) + np.sum(x[:, :2], 1)]), 1e-5)
    report("archive: kernels", largest([loaded.kernels[0]], [kernel]), 0)
    first, second = loaded.call_training(x), loaded.call_training(x)
    assert np.max(np.abs(first - second)) > 0, "dropout draws the same twice"
    moved = next(v for v in loaded.variables if v.name.split(":")[0].endswith("moving_mean"))
    batch_mean = np.mean(x, 0)
    report("archive: moving mean after two steps", largest([moved], [batch_mean * (1 - 0.99**2)]), 1e-6)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(loaded.call_inference(x))
    gradient = tape.gradient(loss, loaded.kernels[0])
    normalized = (x - moved) / np.sqrt(next(v for v in loaded.variables if v.name.split(":")[0].endswith("moving_variance")) + 1e-3)
    report("archive: gradient by the kernel", largest([gradient], [np.repeat(np.sum(normalized, 0)[:, None], 2, 1)]), 1e-4)


cases = {c["file"]: c for c in json.loads((CORPUS / "corpus.json").read_text(encoding="utf-8"))["cases"]}
print(f"Keras {keras.__version__}, TensorFlow {tf.__version__}")
for name in json.loads((FOLDER / "written.json").read_text(encoding="utf-8")):
    check(name, cases[f"{name}.keras"])
check_archive()
print(f"{len(failures)} failures")
sys.exit(1 if failures else 0)
