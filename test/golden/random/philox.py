"""Writes philox.json: what TensorFlow's stateless random ops give for some seeds.

    python test/golden/random/philox.py
"""

import json
import os
import platform
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
import keras
import numpy as np
import tensorflow as tf

SEEDS = [[0, 0], [1, 2], [-1, -7], [2147483647, -2147483648], [123456789, 987654321]]
# Long enough for truncated normals to draw again, and to leave the first kilobyte of the stream.
SIZES = [1, 6, 1003]
SHOWN = 8


def ends(y):
    """The first and the last elements."""
    values = tf.reshape(tf.cast(y, tf.float64), [-1]).numpy().tolist()
    return {"first": values[:SHOWN], "last": values[-SHOWN:]}


cases = []
for seed in SEEDS:
    for size in SIZES:
        for dtype in ["float32", "float16", "bfloat16"]:
            for name in ["uniform", "normal", "truncated_normal"]:
                y = getattr(tf.random, f"stateless_{name}")([size], seed=seed, dtype=dtype, alg="philox")
                cases.append({"distribution": name, "seed": seed, "size": size, "dtype": dtype, **ends(y)})
        for low, high in [(0, 10), (-5, 100), (-2147483648, 2147483647)]:
            y = tf.random.stateless_uniform([size], seed=seed, minval=low, maxval=high, dtype=tf.int32, alg="philox")
            cases.append({"distribution": "integers", "seed": seed, "size": size, "low": low, "high": high, **ends(y)})

out = Path(__file__).with_suffix(".json")
lines = ",\n".join(json.dumps(case) for case in cases)
versions = json.dumps({"keras": keras.__version__, "tensorflow": tf.__version__, "numpy": np.__version__,
                       "python": platform.python_version()})
out.write_text(f'{{"versions": {versions}, "cases": [\n{lines}\n]}}\n')
print(len(cases), "cases")
