"""The models of the goldens, their starting weights and data."""

import keras
import numpy as np

from .common import rng_for, snapshot

L = keras.layers


def mlp(units=3, activation="softmax", **kwargs):
    return keras.Sequential(
        [
            keras.Input((4,)),
            L.Dense(5, "relu", name="hidden", **kwargs),
            L.Dense(units, activation, name="output"),
        ],
        name="mlp",
    )


def cnn():
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            L.Conv2D(3, 3, activation="relu"),
            L.MaxPooling2D(),
            L.Conv2D(4, 2, padding="same", activation="relu"),
            L.MaxPooling2D(),
            L.Flatten(),
            L.Dense(6, "relu"),
            L.Dense(3, "softmax"),
        ],
        name="cnn",
    )


def normalized():
    return keras.Sequential(
        [
            keras.Input((4,)),
            L.Dense(5, use_bias=False),
            L.BatchNormalization(momentum=0.8),
            L.Activation("relu"),
            L.Dense(3, "softmax"),
        ],
        name="normalized",
    )


def regularized():
    return keras.Sequential(
        [
            keras.Input((4,)),
            L.Dense(5, "tanh", kernel_regularizer="l2", bias_regularizer=keras.regularizers.L1(0.03)),
            L.Dense(3, "softmax", activity_regularizer=keras.regularizers.L2(0.02)),
        ],
        name="regularized",
    )


def constrained():
    return keras.Sequential(
        [
            keras.Input((4,)),
            L.Dense(5, "relu", kernel_constraint="max_norm"),
            L.Dense(3, "softmax", bias_constraint="non_neg"),
        ],
        name="constrained",
    )


def text_model():
    return keras.Sequential(
        [
            keras.Input((5,), dtype="int32"),
            L.Embedding(7, 4, mask_zero=True),
            L.GlobalAveragePooling1D(),
            L.Dense(1, "sigmoid"),
        ],
        name="text",
    )


def two_headed():
    inputs = keras.Input((4,), name="features")
    hidden = L.Dense(5, "relu", name="trunk")(inputs)
    return keras.Model(
        inputs,
        [L.Dense(3, "softmax", name="kind")(hidden), L.Dense(1, name="size")(hidden)],
        name="two_headed",
    )


def dict_headed():
    a, b = keras.Input((4,), name="a"), keras.Input((2,), name="b")
    hidden = L.Concatenate(name="join")([L.Dense(3, "relu", name="left")(a), b])
    outputs = {"kind": L.Dense(3, "softmax", name="kind")(hidden), "size": L.Dense(1, name="size")(hidden)}
    return keras.Model({"a": a, "b": b}, outputs, name="dict_headed")


def residual():
    inputs = keras.Input((6, 6, 2))
    x = L.Conv2D(2, 3, padding="same", name="conv_a")(inputs)
    x = L.BatchNormalization(name="bn")(x)
    x = L.ReLU(name="relu")(x)
    x = L.Add(name="add")([x, inputs])
    x = L.GlobalAveragePooling2D(name="pool")(x)
    return keras.Model(inputs, L.Dense(2, name="logits")(x), name="residual")


def shared():
    encoder = L.Dense(3, "tanh", name="encoder")
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    return keras.Model(
        [a, b], L.Dense(1, name="score")(L.Concatenate(name="join")([encoder(a), encoder(b)])), name="shared"
    )


def nested():
    inner = keras.Sequential(
        [keras.Input((4,)), L.Dense(3, "relu", name="inner_a"), L.Dense(2, name="inner_b")], name="inner"
    )
    inputs = keras.Input((4,), name="x")
    x = inner(inputs)
    x = L.Dropout(0.25, name="drop")(x)
    return keras.Model(inputs, L.Dense(1, "sigmoid", name="head")(x), name="nested")


def operations():
    """Keras ops on symbolic tensors become layers of the graph."""
    inputs = keras.Input((4,), name="x")
    x = L.Dense(4, name="dense")(inputs)
    y = keras.ops.relu(x) * 2.0 + inputs
    y = keras.ops.sum(y, axis=-1, keepdims=True)
    return keras.Model(inputs, y, name="operations")


def recurrent():
    """Words in, a class out, with masks, states handed on, and every kind of recurrent layer."""
    words = keras.Input((None,), dtype="int32", name="words")
    x = L.Embedding(9, 3, mask_zero=True, name="vectors")(words)
    x = L.Bidirectional(L.GRU(2, return_sequences=True, dropout=0.2), name="both_ways")(x)
    x, h, c = L.LSTM(2, return_sequences=True, return_state=True, name="encoder")(x)
    x = L.LSTM(2, return_sequences=True, recurrent_dropout=0.1, name="decoder")(x, initial_state=[h, c])
    x = L.RNN([L.LSTMCell(2), L.GRUCell(3, reset_after=False)], return_sequences=True, name="stack")(x)
    x = L.SimpleRNN(3, go_backwards=True, name="last")(x)
    return keras.Model(words, L.Dense(2, "softmax", name="kind")(x), name="recurrent")


def attentive():
    """Words in, a class out, with masks: every kind of attention, and layers that wrap others."""
    words = keras.Input((None,), dtype="int32", name="words")
    x = L.Embedding(9, 4, mask_zero=True, name="vectors")(words)
    y = L.MultiHeadAttention(2, 3, dropout=0.1, name="heads")(x, x, use_causal_mask=True)
    x = L.LayerNormalization(name="norm")(L.Add(name="sum")([x, y]))
    y = L.GroupQueryAttention(2, 4, 2, use_gate=True, name="groups")(query=x, value=x, key=y)
    x = L.TimeDistributed(L.Dense(3, "relu", name="each"), name="steps")(y)
    x = L.EinsumDense("abc,cde->abde", (None, 2, 2), bias_axes="de", name="split")(x)
    x = L.Reshape((-1, 4), name="join")(x)
    x, scores = L.Attention(use_scale=True, name="dot")([x, x], return_attention_scores=True)
    x = L.AdditiveAttention(name="additive")([x, x])
    x = L.SpectralNormalization(L.Dense(3, name="bounded"), name="spectral")(x)
    x = L.GlobalAveragePooling1D(name="pool")(x)
    return keras.Model(words, [L.Dense(2, "softmax", name="kind")(x), scores], name="attentive")


def frozen():
    model = mlp()
    model.layers[0].trainable = False
    return model


def article():
    """The CNN of the demo, for its summary and its JSON; its weights are too many to record."""
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            L.Conv2D(32, kernel_size=(3, 3), activation="relu"),
            L.MaxPooling2D(pool_size=(2, 2)),
            L.Conv2D(64, kernel_size=(3, 3), activation="relu"),
            L.MaxPooling2D(pool_size=(2, 2)),
            L.Flatten(),
            L.Dense(1024, activation="relu"),
            L.Dropout(0.5),
            L.Dense(10, activation="softmax"),
        ]
    )


MODELS = {
    "mlp": mlp,
    "cnn": cnn,
    "normalized": normalized,
    "regularized": regularized,
    "constrained": constrained,
    "text": text_model,
    "two_headed": two_headed,
    "dict_headed": dict_headed,
    "residual": residual,
    "shared": shared,
    "nested": nested,
    "operations": operations,
    "recurrent": recurrent,
    "attentive": attentive,
    "frozen": frozen,
}


def randomize(model, name):
    """The same starting weights here and in the test: given, with few decimals."""
    rng = rng_for("models/" + name)
    values = []
    for v in model.weights:
        shape = tuple(v.shape)
        if "variance" in v.name:
            value = rng.uniform(0.5, 1.5, shape)
        elif v.dtype.startswith("float"):
            value = rng.uniform(-0.6, 0.6, shape)
        else:
            values.append(v.numpy())
            continue
        values.append(np.round(value, 2))
    model.set_weights(values)


def weights(model):
    return [{"name": v.name, "path": v.path, "value": snapshot(v)} for v in model.weights]


def inputs_for(model, n=3):
    rng = rng_for("models/inputs/" + model.name)

    def one(spec):
        shape = (n, *(4 if d is None else d for d in spec.shape[1:]))
        if spec.dtype.startswith("int"):
            return rng.integers(0, 7, shape).astype(spec.dtype)
        return np.round(rng.uniform(-1, 1, shape), 2).astype("float32")

    return keras.tree.map_structure(
        one, model._inputs_struct if hasattr(model, "_inputs_struct") else model.inputs[0]
    )


def classes(name, n=23, features=4, kinds=3):
    rng = rng_for("models/data/" + name)
    y = rng.integers(0, kinds, n)
    centers = rng.uniform(-1, 1, (kinds, features))
    x = np.round(centers[y] + rng.normal(0, 0.3, (n, features)), 2)
    return x.astype("float32"), y.astype("int32")


def images_of_three_kinds(n=17):
    rng = rng_for("models/data/images")
    y = rng.integers(0, 3, n)
    x = rng.uniform(0, 0.4, (n, 8, 8, 1))
    for i, kind in enumerate(y):
        x[i, 2 * kind : 2 * kind + 3] += 0.5
    return np.round(x, 2).astype("float32"), np.eye(3, dtype="float32")[y]


def start_of(make, name):
    model = make()
    randomize(model, name)
    return [snapshot(v) for v in model.weights]
