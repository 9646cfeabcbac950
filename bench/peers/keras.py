"""A worker of the benchmarks: Python Keras on TensorFlow or JAX.

    python keras.py --backend tensorflow|jax --workload NAME [--jit auto|true]

Protocol: see ../harness/worker-process.ts. The models, sizes and metrics are those of ../workers/keras-node/.
"""
import argparse
import json
import os
import statistics
import sys
import tempfile
import time

clock = time.perf_counter
STARTED = clock()
parser = argparse.ArgumentParser()
parser.add_argument('--backend', default='tensorflow', choices=['tensorflow', 'jax'])
parser.add_argument('--jit', default='auto', choices=['auto', 'true'])
parser.add_argument('--workload', required=True)
args = parser.parse_args()
JIT = {'auto': 'auto', 'true': True}[args.jit]
os.environ['KERAS_BACKEND'] = args.backend
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
# This file is named like the package: its folder must not be searched first.
sys.path.pop(0)

import numpy as np  # noqa: E402
import keras  # noqa: E402
from keras import layers, ops  # noqa: E402

IMPORTED = clock()
random = np.random.default_rng(0)


# ---- protocol and measures ----
def say(tag, values):
    print(tag, json.dumps(values), flush=True)


def rss_mb(field='VmRSS'):
    """Megabytes (10^6); VmRSS is the present size, VmHWM the peak."""
    with open('/proc/self/status') as status:
        for line in status:
            if line.startswith(field + ':'):
                return int(line.split()[1]) * 1024 / 1e6


def reset_peak():
    with open('/proc/self/clear_refs', 'w') as file:
        file.write('5')


def versions():
    found = {'keras': keras.__version__, 'python': sys.version.split()[0], 'numpy': np.__version__}
    if args.backend == 'tensorflow':
        import tensorflow
        found['tensorflow'] = tensorflow.__version__
    else:
        import jax
        found['jax'] = jax.__version__
    return found


def median_ms(call, budget=0.8, least=5):
    times = []
    end = clock() + budget
    while clock() < end or len(times) < least:
        begin = clock()
        call()
        times.append(clock() - begin)
    return statistics.median(times) * 1e3


# ---- models ----
def compiled(*stack):
    model = keras.Sequential(stack)
    model.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy'], jit_compile=JIT)
    return model


def mlp():
    return compiled(
        keras.Input((784,)),
        layers.Dense(64, activation='relu'),
        layers.Dense(64, activation='relu'),
        layers.Dense(10, activation='softmax'))


def cnn():
    return compiled(
        keras.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation='relu'),
        layers.MaxPooling2D(2),
        layers.Conv2D(64, 3, activation='relu'),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(1024, activation='relu'),
        layers.Dropout(0.5),
        layers.Dense(10, activation='softmax'))


def lstm():
    model = keras.Sequential([
        keras.Input((100,), dtype='int32'), layers.Embedding(10000, 64), layers.LSTM(64), layers.Dense(1, activation='sigmoid')])
    model.compile(optimizer='adam', loss='binary_crossentropy', metrics=['accuracy'], jit_compile=JIT)
    return model


class Positions(layers.Layer):
    """Adds a vector of its own at each position."""

    def build(self, shape):
        self.table = self.add_weight(shape=shape[1:], initializer='uniform', name='table')

    def call(self, x):
        return x + self.table


def decoder(vocabulary, width, length, heads, blocks):
    inputs = keras.Input((length,), dtype='int32')
    x = Positions()(layers.Embedding(vocabulary, width)(inputs))
    for _ in range(blocks):
        attended = layers.LayerNormalization()(x)
        x = x + layers.MultiHeadAttention(heads, width // heads)(attended, attended, use_causal_mask=True)
        x = x + layers.Dense(width)(layers.Dense(2 * width, activation='relu')(layers.LayerNormalization()(x)))
    return keras.Model(inputs, layers.Dense(vocabulary)(layers.LayerNormalization()(x)))


def transformer():
    model = decoder(5000, 128, 64, 4, 2)
    model.compile(
        optimizer='adam', loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), jit_compile=JIT)
    return model


def resnet(size):
    return keras.applications.ResNet50(weights=None, input_shape=(size, size, 3))


def resnet_training():
    model = resnet(96)
    model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', jit_compile=JIT)
    return model


def mobile():
    def normalized(layer, x):
        return layers.Activation('relu')(layers.BatchNormalization()(layer(x)))

    inputs = keras.Input((224, 224, 3))
    x = normalized(layers.Conv2D(32, 3, strides=2, padding='same', use_bias=False), inputs)
    for filters, strides in [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (1024, 2)]:
        x = normalized(layers.DepthwiseConv2D(3, strides=strides, padding='same', use_bias=False), x)
        x = normalized(layers.Conv2D(filters, 1, use_bias=False), x)
    return keras.Model(inputs, layers.Dense(1000, activation='softmax')(layers.GlobalAveragePooling2D()(x)))


def samples(count, shape):
    x = random.standard_normal((count, *shape), 'f')
    y = np.eye(10, dtype='f')[random.integers(0, 10, count)]
    return x, y


def tokens(shape, below):
    return random.integers(0, below, shape).astype('i4')


# ---- training ----
# model, data of n samples, batch size, steps an epoch, epochs a round
TRAINING = {
    'mlp-train': (mlp, lambda n: samples(n, (784,)), 32, 200, 5),
    'cnn-train': (cnn, lambda n: samples(n, (28, 28, 1)), 128, 25, 3),
    'lstm-train': (lstm, lambda n: (tokens((n, 100), 10000), tokens((n, 1), 2).astype('f')), 64, 10, 3),
    'transformer-train': (transformer, lambda n: (tokens((n, 64), 5000), tokens((n, 64), 5000)), 32, 10, 3),
    'resnet-train': (
        resnet_training, lambda n: (random.standard_normal((n, 96, 96, 3), 'f'), tokens((n,), 1000)), 8, 4, 3),
}


class EpochClock(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.spans = []

    def on_epoch_begin(self, epoch, logs=None):
        self.begin = clock()

    def on_epoch_end(self, epoch, logs=None):
        self.spans.append(clock() - self.begin)


def training(workload):
    make, data, batch_size, steps, epochs = TRAINING[workload]
    model = make()
    x, y = data(batch_size * steps)
    begin = clock()
    model.fit(x, y, batch_size=batch_size, epochs=1, verbose=0)
    first_epoch = clock() - begin
    one = x[:batch_size], y[:batch_size]
    model.train_on_batch(*one)
    calls = max(5, steps // 2)

    def turn():
        epoch_clock = EpochClock()
        begin = clock()
        model.fit(x, y, batch_size=batch_size, epochs=epochs, verbose=0, callbacks=[epoch_clock])
        whole = clock() - begin
        begin = clock()
        for _ in range(calls):
            model.train_on_batch(*one)
        return {
            'fit step ms': sum(epoch_clock.spans[1:]) / (epochs - 1) / steps * 1e3,
            'fit call / steps ms': whole / epochs / steps * 1e3,
            'train_on_batch ms': (clock() - begin) / calls * 1e3,
        }
    return turn, {'params': model.count_params(), 'jit_compile': model.jit_compile, 'first epoch s': first_epoch}


# ---- inference and single ops ----
def timed(model, calls):
    """Times some calls, (function, seconds to spend in a round), each once for itself beforehand."""
    for call, _ in calls.values():
        call()
    return (lambda: {name: median_ms(call, budget, 3) for name, (call, budget) in calls.items()},
            {'params': model.count_params()})


def mlp_predict():
    model = mlp()
    row, rows = samples(1, (784,))[0], samples(10000, (784,))[0]
    return timed(model, {
        '1 row predict ms': (lambda: model.predict(row, verbose=0), 0.8),
        '1 row predict_on_batch ms': (lambda: model.predict_on_batch(row), 0.8),
        '1 row model(x) ms': (lambda: np.asarray(model(row, training=False)), 0.8),
        '10k rows predict ms': (lambda: model.predict(rows, verbose=0), 0.8),
        '10k rows predict batch 1024 ms': (lambda: model.predict(rows, batch_size=1024, verbose=0), 0.8),
    })


def images(model):
    one, many = (random.standard_normal((count, 224, 224, 3), 'f') for count in (1, 16))
    return timed(model, {
        'batch 1 predict_on_batch ms': (lambda: model.predict_on_batch(one), 0.8),
        'batch 1 predict ms': (lambda: model.predict(one, verbose=0), 0.8),
        'batch 16 predict_on_batch ms': (lambda: model.predict_on_batch(many), 1.5),
    })


def lstm_predict():
    model = lstm()
    one, many = (tokens((count, 100), 10000) for count in (1, 64))
    return timed(model, {
        'batch 1 predict_on_batch ms': (lambda: model.predict_on_batch(one), 0.8),
        'batch 64 predict_on_batch ms': (lambda: model.predict_on_batch(many), 0.8),
    })


def gpt_generate():
    vocabulary, length, count = 1000, 64, 32
    model = decoder(vocabulary, 128, length, 4, 4)

    def generate():
        text = [1]
        for _ in range(count):
            window = text[-length:]
            padded = np.zeros((1, length), 'i4')
            padded[0, :len(window)] = window
            text.append(int(np.asarray(model.predict_on_batch(padded))[0, len(window) - 1].argmax()))

    def turn():
        begin = clock()
        generate()
        return {'token ms': (clock() - begin) / count * 1e3}
    generate()
    return turn, {'params': model.count_params()}


def eager():
    a, b = ops.convert_to_tensor(np.array([1, 2], 'f')), ops.convert_to_tensor(np.array([3, 4], 'f'))
    p, q = (ops.convert_to_tensor(random.standard_normal((64, 64), 'f')) for _ in range(2))
    if args.backend == 'tensorflow':
        import tensorflow as tf
        add, finish = tf.add, lambda result: result.numpy()
    else:
        import jax.numpy as jnp
        add, finish = jnp.add, lambda result: result.block_until_ready()

    def microseconds(op, left, right, count):
        begin = clock()
        for _ in range(count):
            result = op(left, right)
        finish(result)
        return (clock() - begin) / count * 1e6

    def turn(count=5000):
        return {
            'ops.add us': microseconds(ops.add, a, b, count),
            'ops.matmul 64x64 us': microseconds(ops.matmul, p, q, count),
            'add below ops us': microseconds(add, a, b, count),
        }
    turn(200)
    return turn, {}


def eager_large():
    def tensor(*shape):
        return ops.convert_to_tensor(random.standard_normal(shape, 'f'))

    a, b = tensor(1024, 1024), tensor(1024, 1024)
    images, kernel = tensor(8, 56, 56, 64), tensor(3, 3, 64, 64)
    values = tensor(1000, 1000)
    queries, keys = tensor(8, 128, 8, 64), tensor(8, 128, 8, 64)
    calls = {
        'add 1024x1024': lambda: ops.add(a, b),
        'matmul 1024x1024': lambda: ops.matmul(a, b),
        'conv 3x3': lambda: ops.conv(images, kernel, padding='same'),
        'sort 1000x1000': lambda: ops.sort(values),
        'einsum of attention': lambda: ops.einsum('bqhd,bkhd->bhqk', queries, keys),
        'softmax 1000x1000': lambda: ops.softmax(values),
        'sum 1000x1000': lambda: ops.sum(values, axis=0),
        'transpose 1000x1000': lambda: ops.transpose(values),
    }
    for call in calls.values():
        call()
    return lambda: {name + ' ms': median_ms(call, 0.3) for name, call in calls.items()}, {}


# ---- one-shot workloads ----
def startup():
    model = mlp()
    x, y = samples(32, (784,))
    begin = clock()
    model.fit(x, y, batch_size=32, epochs=1, verbose=0)
    return {
        'import s': IMPORTED - STARTED,
        'first fit s': clock() - begin,
        'peak RSS MB': rss_mb('VmHWM'),
    }, {'params': model.count_params()}


def save_load():
    model = keras.Sequential([keras.Input((2048,)), *[layers.Dense(2048) for _ in range(6)]])
    found = {}
    restored = []

    def measure(name, call):
        reset_peak()
        before = rss_mb()
        begin = clock()
        result = call()
        found[name + ' s'] = clock() - begin
        found[name + ' peak RSS rise MB'] = rss_mb('VmHWM') - before
        return result

    with tempfile.TemporaryDirectory() as folder:
        archive, weights = os.path.join(folder, 'm.keras'), os.path.join(folder, 'm.weights.h5')
        measure('save', lambda: model.save(archive))
        restored.append(measure('load', lambda: keras.saving.load_model(archive)))
        measure('save_weights', lambda: model.save_weights(weights))
        measure('load_weights', lambda: model.load_weights(weights))
    for ours, theirs in zip(model.get_weights(), restored[0].get_weights()):
        assert np.array_equal(ours, theirs)
    return found, {'params': model.count_params()}


def memory():
    turns = int(os.environ.get('BENCH_TURNS', '10000'))
    model = mlp()
    x, y = samples(32 * 100, (784,))
    one = x[:1]
    found = {}

    def watch(name, call, count):
        """Calls until `turns` are done; `call` does `count` of them."""
        sizes = []
        for _ in range(turns // count):
            call()
            sizes.append(rss_mb())
        tenth = max(1, len(sizes) // 10)
        settled = statistics.median(sizes[tenth:2 * tenth] or sizes)
        found[name + ' RSS growth MB'] = statistics.median(sizes[-tenth:]) - settled

    watch('fit', lambda: model.fit(x, y, batch_size=32, epochs=1, verbose=0), 100)
    watch('predict_on_batch', lambda: model.predict_on_batch(one), 1)
    return found, {'params': model.count_params(), 'turns': turns}


ONE_SHOT = {'startup': startup, 'save-load': save_load, 'memory': memory}
ROUNDS = {
    'mlp-predict': mlp_predict, 'resnet-predict': lambda: images(resnet(224)), 'mobile-predict': lambda: images(mobile()),
    'lstm-predict': lstm_predict, 'gpt-generate': gpt_generate, 'eager-op': eager, 'eager-large': eager_large}

if args.workload in ONE_SHOT:
    result, meta = ONE_SHOT[args.workload]()
    say('RESULT', {**result, 'meta': {**meta, 'versions': versions()}})
elif args.workload in TRAINING or args.workload in ROUNDS:
    turn, meta = training(args.workload) if args.workload in TRAINING else ROUNDS[args.workload]()
    say('READY', {**meta, 'versions': versions()})
    for _ in sys.stdin:
        say('ROUND', turn())
    say('END', {'peak RSS MB': rss_mb('VmHWM')})
else:
    sys.exit('unknown workload: ' + args.workload)
