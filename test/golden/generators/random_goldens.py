"""keras.random with explicit integer seeds and with SeedGenerators: exact numbers.

The TensorFlow backend of keras-node calls the same stateless kernels, so these are to be equal to the bit.
"""

import random as python_random

import keras
import numpy as np
import tensorflow as tf

from .common import snapshot, t

UNIFORM = [
    ([[2, 3]], {}),
    ([[7]], {"minval": -1.5, "maxval": 2.25}),
    ([[]], {}),
    ([[0, 3]], {}),
    ([[2, 1, 3]], {"dtype": "float64"}),
    ([[5]], {"dtype": "float16"}),
    ([[5]], {"dtype": "bfloat16"}),
    ([[33]], {"minval": 0.0, "maxval": 1e-3}),
]
NORMAL = [
    ([[2, 3]], {}),
    ([[7]], {"mean": 3.0, "stddev": 0.5}),
    ([[]], {}),
    ([[4]], {"dtype": "float64"}),
    ([[5]], {"dtype": "float16"}),
    ([[5]], {"dtype": "bfloat16"}),
    ([[33]], {"stddev": 10.0}),
]
RANDINT = [
    ([[2, 3], 0, 10], {}),
    ([[9], -5, 5], {}),
    ([[4], 0, 2**31 - 1], {}),
    ([[4], 0, 2**40], {"dtype": "int64"}),
    ([[6], 0, 255], {"dtype": "uint8"}),
    ([[6], 0, 100], {"dtype": "int16"}),
    ([[]], {"minval": 3, "maxval": 4}),
]
GAMMA = [
    ([[2, 3], 2.0], {}),
    ([[5], 0.5], {}),
    ([[3], 1.0], {"dtype": "float64"}),
    ([[2, 2]], {"alpha": t([0.3, 4.0])}),
]
BETA = [
    ([[2, 3], 2.0, 5.0], {}),
    ([[4], 0.5, 0.5], {}),
    ([[2, 2]], {"alpha": t([[1.0, 4.0]]), "beta": t([[2.0], [3.0]])}),
]
BINOMIAL = [
    ([[2, 3], 10.0, 0.3], {}),
    ([[4], 100.0, 0.7], {}),
    ([[2, 2]], {"counts": t([5.0, 40.0]), "probabilities": t([0.2, 0.9])}),
]
SEEDS = [0, 42, 1337, 2**31 - 1, 2**31, 2**32 - 1, -7]


def _plain(op, table, seeds=(0, 42, 2**32 - 1)):
    function = getattr(keras.random, op)
    cases = []
    for args, kwargs in table:
        for seed in seeds:
            cases.append(
                {
                    "op": f"random.{op}",
                    "args": args,
                    "kwargs": {**kwargs, "seed": seed},
                    "outputs": [function(*args, **kwargs, seed=seed)],
                }
            )
    return cases


def _drawn(op, args, kwargs, seed, times=3):
    """The same call three times with one SeedGenerator, and the generator's state after each."""
    generator = keras.random.SeedGenerator(seed)
    outputs, states = [], [snapshot(generator.state)]
    for _ in range(times):
        outputs.append(getattr(keras.random, op)(*args, **kwargs, seed=generator))
        states.append(snapshot(generator.state))
    return {
        "op": f"random.{op}",
        "args": args,
        "kwargs": kwargs,
        "seed_generator": seed,
        "outputs": outputs,
        "states": states,
    }


def _family(op, table):
    def generate():
        cases = _plain(op, table)
        cases += _plain(op, table[:1], [s for s in SEEDS if s not in (0, 42, 2**32 - 1)])
        cases += [_drawn(op, args, kwargs, seed) for args, kwargs in table[:2] for seed in (1, 1337)]
        return cases

    return generate


def dropout():
    x = t(np.arange(1, 13).reshape(3, 4) / 4)
    table = [
        ([x, 0.5], {}),
        ([x, 0.2], {}),
        ([x, 0.9], {"noise_shape": [3, 1]}),
        ([x, 0.3], {"noise_shape": [None, 1]}),
        ([t(np.ones(5), "float16"), 0.5], {}),
        ([t(np.ones(5), "bfloat16"), 0.5], {}),
        ([t(np.ones(5), "float64"), 0.5], {}),
        ([x, 0.0], {}),
        ([x, 1.0], {}),
    ]
    return _plain("dropout", table) + [_drawn("dropout", [x, 0.4], {}, 7)]


def categorical():
    logits = t(np.log([[0.1, 0.2, 0.7], [0.8, 0.1, 0.1]]))
    table = [
        ([logits, 6], {}),
        ([logits, 4], {"dtype": "int64"}),
        ([t([[1.0, 2.0, 3.0, 4.0]]), 9], {}),
        ([t([[1.0, 2.0]], "float64"), 5], {}),
    ]
    return _plain("categorical", table) + [_drawn("categorical", [logits, 3], {}, 7)]


def shuffle():
    x = t(np.arange(10), "int32")
    y = t(np.arange(12).reshape(3, 4))
    table = [([x], {}), ([y], {}), ([y], {"axis": 1}), ([y], {"axis": -1}), ([t([5.0])], {})]
    return _plain("shuffle", table, SEEDS) + [_drawn("shuffle", [x], {}, 7)]


def seed_generator():
    """Where seeds come from when none is given: Python's own Mersenne Twister."""
    cases = []
    for seed in (0, 1, 42, 1337, 2**32 - 1):
        keras.utils.set_random_seed(seed)
        default_seeds = [python_random.randint(1, 10**9) for _ in range(6)]
        keras.utils.set_random_seed(seed)
        states = [snapshot(keras.random.SeedGenerator().state) for _ in range(3)]
        keras.utils.set_random_seed(seed)
        unseeded = [keras.random.uniform([3]) for _ in range(3)]
        keras.utils.set_random_seed(seed)
        unseeded_after = [keras.random.uniform([2]), keras.initializers.GlorotUniform()([2, 2])]
        keras.utils.set_random_seed(seed)
        layer = keras.layers.Dense(3)
        layer.build([None, 2])
        dropout_layer = keras.layers.Dropout(0.5)
        ones = np.ones([2, 4], "float32")
        cases.append(
            {
                "global_seed": seed,
                "python_randint_1_1e9": default_seeds,
                "seed_generator_states": states,
                "unseeded_uniform": unseeded,
                "uniform_then_glorot_2_2": unseeded_after,
                "dense_kernel_2_3": layer.kernel,
                "dropout_after_dense": [dropout_layer(ones, training=True) for _ in range(2)],
            }
        )
    generator = keras.random.SeedGenerator(5)
    ordered = [generator.next() for _ in range(3)]
    unordered = [generator.next(ordered=False) for _ in range(4)]
    named = keras.random.SeedGenerator(5, name="mine")
    config = {
        "config": {"seed": 5, "ordered": ordered, "unordered": unordered, "state": snapshot(generator.state)},
        "get_config": named.get_config(),
        "serialized": keras.saving.serialize_keras_object(named),
        "state_dtype": generator.state.dtype,
        "state_path": named.state.path,
        "state_name": named.state.name,
    }
    return cases, config


def fit_shuffle():
    """The order in which fit(shuffle=True) visits samples, seen through a model that prints its batches."""
    cases = []
    for n, batch_size in ((10, 3), (7, 7), (33, 8)):
        keras.backend.clear_session()
        keras.utils.set_random_seed(1337)
        seen = []

        class Recorder(keras.Model):
            def train_step(self, data):
                x, y = data
                seen.append([int(v) for v in np.asarray(y).reshape(-1)])
                return {"loss": tf.reduce_mean(x)}

        model = Recorder()
        model.compile(run_eagerly=True)
        index = np.arange(n)
        model.fit(index.astype("float32"), index, batch_size=batch_size, epochs=3, verbose=0)
        per_epoch = -(-n // batch_size)
        cases.append(
            {
                "global_seed": 1337,
                "samples": n,
                "batch_size": batch_size,
                "epochs": [seen[i * per_epoch : (i + 1) * per_epoch] for i in range(3)],
            }
        )
    return cases


FAMILIES = {
    "uniform": _family("uniform", UNIFORM),
    "normal": _family("normal", NORMAL),
    "truncated_normal": _family("truncated_normal", NORMAL),
    "randint": _family("randint", RANDINT),
    "gamma": _family("gamma", GAMMA),
    "beta": _family("beta", BETA),
    "binomial": _family("binomial", BINOMIAL),
    "dropout": dropout,
    "categorical": categorical,
    "shuffle": shuffle,
    "seed_generator": seed_generator,
    "fit_shuffle": fit_shuffle,
}
