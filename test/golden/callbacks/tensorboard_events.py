"""Writes tensorboard.json: what Python Keras's TensorBoard callback writes, read with TensorBoard's event_accumulator.

    python test/golden/callbacks/tensorboard_events.py                       writes the golden
    python test/golden/callbacks/tensorboard_events.py check FOLDER          compares folders that write_node_events.ts made

Needs `pip install tensorboard` beside the packages of requirements.txt.
"""

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE.parent))
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import numpy as np
import tensorboard
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util import tensor_util

ROWS = [
    {"label": "epochs", "options": {}, "fit": {"epochs": 2, "batch_size": 8}},
    {"label": "validation", "options": {}, "fit": {"epochs": 2, "batch_size": 8, "validation_split": 0.3}},
    {"label": "batches", "options": {"update_freq": "batch"}, "fit": {"epochs": 2, "batch_size": 8}},
    {"label": "every second batch", "options": {"update_freq": 2}, "fit": {"epochs": 2, "batch_size": 6}},
    {
        "label": "weights",
        "options": {"histogram_freq": 2, "write_images": True},
        "fit": {"epochs": 3, "batch_size": 8},
    },
    {
        "label": "speed",
        "options": {"write_steps_per_second": True, "update_freq": 1},
        "fit": {"epochs": 1, "batch_size": 8},
    },
    {"label": "no graph", "options": {"write_graph": False}, "fit": {"epochs": 1, "batch_size": 8}},
]


def _plain(array):
    return [float(v) for v in np.asarray(array).reshape(-1)]


def read(folder):
    """All that is in a log folder: by run and tag, the plugin, steps and values."""
    runs = {}
    for run in sorted(p.name for p in Path(folder).iterdir() if p.is_dir()):
        events = EventAccumulator(str(Path(folder) / run), size_guidance={"tensors": 0})
        events.Reload()
        tags = {}
        for tag in events.Tags()["tensors"]:
            plugin = events.SummaryMetadata(tag).plugin_data.plugin_name
            rows = events.Tensors(tag)
            row = {"plugin": plugin, "steps": [e.step for e in rows]}
            arrays = [tensor_util.make_ndarray(e.tensor_proto) for e in rows]
            if plugin in ("scalars", "histograms"):
                row["shape"] = list(arrays[0].shape)
                row["values"] = [_plain(a) for a in arrays]
            elif plugin == "images":
                row["values"] = [pixels(a) for a in arrays]
            elif plugin == "graph_keras_model":
                row["values"] = [json.loads(bytes(a.item()))["class_name"] for a in arrays]
            tags[tag] = row
        runs[run] = {"tags": tags}
        if events.Tags()["graph"]:
            runs[run]["graph_nodes"] = len(events.Graph().node)
    return runs


def pixels(array):
    """Width, height and the grey values of each image."""
    import tensorflow as tf

    width, height, *images = [bytes(v) for v in array]
    return [int(width), int(height), *[tf.io.decode_png(p).numpy().reshape(-1).tolist() for p in images]]


def main():
    import keras
    from generators.common import VERSIONS, encode
    from generators.models_zoo import classes, mlp, randomize, weights

    cases = []
    for row in ROWS:
        keras.backend.clear_session()
        keras.utils.set_random_seed(1337)
        model = mlp()
        randomize(model, "mlp")
        start = weights(model)
        model.compile(keras.optimizers.SGD(0.5), "sparse_categorical_crossentropy", metrics=["accuracy"])
        folder = tempfile.mkdtemp()
        board = keras.callbacks.TensorBoard(folder, **row["options"])
        x, y = classes("mlp")
        model.fit(x, y, shuffle=False, verbose=0, callbacks=[board], **row["fit"])
        cases.append({**row, "start": encode(start), "runs": read(folder)})
        shutil.rmtree(folder)
    head = {
        "versions": {**VERSIONS, "tensorboard": tensorboard.__version__},
        "model": json.loads(mlp().to_json()),
        "x": encode(x),
        "y": encode(y),
    }
    compact = lambda value: json.dumps(value, separators=(",", ":"))
    lines = ",\n".join(compact(case) for case in cases)
    (HERE / "tensorboard.json").write_text(f'{compact(head)[:-1]},\n"cases":[\n{lines}\n]}}\n')


def check(folder):
    cases = json.loads((HERE / "tensorboard.json").read_text())["cases"]
    failures = 0
    for i, case in enumerate(cases):
        found = read(Path(folder) / str(i))
        for run, expected in case["runs"].items():
            tags = found[run]["tags"]
            problems = [f"{t} is missing" for t in expected["tags"] if t not in tags]
            for tag, row in expected["tags"].items():
                if tag in tags and "per_second" not in tag:
                    problems += compare(tag, row, tags[tag])
            extra = [t for t in tags if t not in expected["tags"]]
            # Python Keras writes none on TensorFlow: its step is no plain tf.function any more.
            nodes = found[run].get("graph_nodes")
            graph = [f"graph of {nodes} nodes"] if nodes else []
            print(f"{case['label']}, {run}: {len(tags)} tags", *graph, *problems, *[f"{t} besides" for t in extra], sep="; ")
            failures += len(problems)
    sys.exit(f"{failures} differences" if failures else 0)


def compare(tag, expected, found):
    if expected["plugin"] != found["plugin"]:
        return [f"{tag}: plugin {found['plugin']}"]
    if not set(expected["steps"]) <= set(found["steps"]):
        return [f"{tag}: steps {found['steps']} for {expected['steps']}"]
    at = [found["steps"].index(step) for step in expected["steps"]]
    for e, i in zip(expected["values"], at):
        f = found["values"][i]
        same = e == f if isinstance(e, str) else all(np.allclose(a, b, rtol=1e-3, atol=1e-4) for a, b in zip(e, f))
        if not same:
            return [f"{tag}: {f} for {e}"]
    return []


if __name__ == "__main__":
    check(sys.argv[2]) if sys.argv[1:2] == ["check"] else main()
