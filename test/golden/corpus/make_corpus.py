"""Writes small model files with one version of Keras, for test/saving/corpus.test.ts.

    python make_corpus.py            with the Keras that this Python has (3.0 and newer)
    python make_corpus.py tf_keras   with the package tf_keras, which is Keras 2

Run it once for each version, in an environment of its own or with the version's package first in PYTHONPATH. Writes
VERSION/NAME.keras, NAME.h5 or NAME.weights.h5 and VERSION/corpus.json with inputs and predictions. RESULTS.md
beside this file names the versions.
"""

import json
import os
import sys
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import numpy as np

LEGACY = sys.argv[1:] == ["tf_keras"]
if LEGACY:
    import tf_keras as keras
else:
    import keras
layers = keras.layers
VERSION = tuple(int(part) for part in keras.__version__.split(".")[:2])


def mlp():
    model = keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(5, activation="relu", kernel_regularizer="l2"),
            layers.Dropout(0.3),
            layers.Dense(3, activation="softmax", kernel_initializer="he_normal"),
        ],
        name="mlp",
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    random = np.random.default_rng(1)
    model.fit(random.normal(size=(16, 4)), random.integers(0, 3, 16), epochs=2, verbose=0)
    return model


def cnn():
    model = keras.Sequential(
        [
            keras.Input((8, 8, 2)),
            layers.Conv2D(3, 3, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.Activation("relu"),
            layers.MaxPooling2D(2),
            layers.SeparableConv2D(4, 3, activation="elu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(2),
        ],
        name="cnn",
    )
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), "mse")
    random = np.random.default_rng(2)
    model.fit(random.normal(size=(8, 8, 8, 2)), random.normal(size=(8, 2)), verbose=0)
    return model


def branches():
    a, b = keras.Input((3,), name="a"), keras.Input((2,), name="b")
    shared = layers.Dense(4, activation="tanh", name="shared")
    left, right = shared(a), shared(layers.Dense(3, name="widen")(b))
    joined = layers.Concatenate(name="join")([left, right, layers.Add(name="sum")([left, right])])
    outputs = [layers.Dense(2, name="first")(joined), layers.Dense(1, activation="sigmoid", name="second")(joined)]
    model = keras.Model([a, b], outputs, name="branches")
    model.compile("rmsprop", ["mse", "binary_crossentropy"], loss_weights=[1.0, 0.5])
    return model


def nested():
    inner_in = keras.Input((4,), name="inner_in")
    inner = keras.Model(inner_in, layers.Dense(4, activation="relu", name="inner_dense")(inner_in), name="inner")
    head = keras.Sequential([keras.Input((4,)), layers.Dense(3, name="head_dense"), layers.LayerNormalization()], name="head")
    x = inputs = keras.Input((4,), name="outer_in")
    for _ in range(2):
        x = inner(x)
    return keras.Model(inputs, head(x), name="nested")


def text():
    return keras.Sequential(
        [
            keras.Input((6,), dtype="int32"),
            layers.Embedding(10, 4, mask_zero=True),
            layers.Conv1D(3, 2, padding="causal" if not LEGACY else "valid"),
            layers.GlobalMaxPooling1D(),
            layers.Dense(2, activation="softmax"),
        ],
        name="text",
    )


def recurrent():
    x = inputs = keras.Input((5, 3), name="steps")
    x = layers.Bidirectional(layers.LSTM(2, return_sequences=True), name="both")(x)
    x = layers.GRU(3, name="gru")(x)
    return keras.Model(inputs, layers.Dense(2)(x), name="recurrent")


def attention():
    x = inputs = keras.Input((5, 4), name="tokens")
    attended = layers.MultiHeadAttention(2, 3, name="heads")(x, x)
    x = layers.LayerNormalization(name="norm")(layers.Add(name="residual")([x, attended]))
    return keras.Model(inputs, layers.GlobalAveragePooling1D(name="mean")(x), name="attention")


def activations():
    x = inputs = keras.Input((6,), name="features")
    for layer in (
        layers.PReLU(),
        layers.LeakyReLU(),
        layers.ELU(0.5),
        layers.ReLU(max_value=2.0, negative_slope=0.1),
        layers.Softmax(),
        layers.Activation("gelu"),
        layers.Reshape((2, 3)),
        layers.Permute((2, 1)),
        layers.Flatten(),
        layers.RepeatVector(2),
        layers.UnitNormalization(),
    ):
        x = layer(x)
    return keras.Model(inputs, x, name="activations")


def half():
    policy = "mixed_float16"
    return keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(8, activation="relu", dtype=policy),
            layers.Dense(2, dtype="float16"),
            layers.Activation("linear", dtype="float32"),
        ],
        name="half",
    )


def convolutions():
    x = inputs = keras.Input((6, 6, 2), name="picture")
    x = layers.ZeroPadding2D(1)(x)
    x = layers.DepthwiseConv2D(3, depth_multiplier=2)(x)
    x = layers.Conv2DTranspose(2, 3, strides=2, padding="same")(x)
    x = layers.AveragePooling2D(2)(x)
    x = layers.UpSampling2D(2)(x)
    x = layers.Cropping2D(1)(x)
    return keras.Model(inputs, layers.SpatialDropout2D(0.2)(x), name="convolutions")


def operations():
    x = inputs = keras.Input((3,), name="x")
    x = keras.ops.concatenate([keras.ops.sin(x), keras.ops.square(x)], axis=-1)
    x = layers.Dense(2)(x) * 2.0 + 1.0
    return keras.Model(inputs, keras.ops.softmax(keras.ops.reshape(x, (-1, 2))), name="operations")


def recurrent_more():
    x = inputs = keras.Input((4, 6, 1), name="frames")
    x = layers.TimeDistributed(layers.Dense(2), name="each")(x)
    # Keras 2's default, hard_sigmoid, is another function in Keras 3.
    gates = {"recurrent_activation": "sigmoid"}
    x = layers.ConvLSTM1D(2, 3, return_sequences=True, padding="same", name="conv_lstm", **gates)(x)
    x = layers.Reshape((4, 12), name="flat")(x)
    cells = [layers.LSTMCell(3, name="first_cell"), layers.GRUCell(2, name="second_cell")]
    x = layers.RNN(cells, return_sequences=True, name="stacked")(x)
    x = layers.SimpleRNN(3, go_backwards=True, return_sequences=True, name="simple")(x)
    x, *state = layers.LSTM(2, return_sequences=True, return_state=True, name="stateful")(x)
    x = layers.GRU(2, reset_after=False, recurrent_activation="sigmoid", name="gru")(x, initial_state=state[0])
    return keras.Model(inputs, [x, *state], name="recurrent_more")


def attention_more():
    query, value = keras.Input((3, 4), name="query"), keras.Input((5, 4), name="value")
    a = layers.Attention(use_scale=True, name="dot")([query, value])
    b = layers.AdditiveAttention(name="additive")([query, value])
    c = layers.MultiHeadAttention(2, 2, value_dim=3, output_shape=4 if LEGACY or VERSION > (3, 6) else (4,), name="heads")(query, value)
    x = layers.Concatenate(name="all")([a, b, c])
    x = layers.EinsumDense("abc,cd->abd", output_shape=(None, 3), bias_axes="d", name="einsum")(x)
    return keras.Model([query, value], x, name="attention_more")


def regularized():
    return keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(
                4,
                kernel_initializer=keras.initializers.VarianceScaling(2.0, "fan_out", "uniform", seed=4),
                kernel_regularizer=keras.regularizers.L1L2(0.01, 0.02),
                kernel_constraint=keras.constraints.MaxNorm(2.0),
                bias_constraint="non_neg",
                activity_regularizer="l1",
            ),
            layers.GaussianNoise(0.1),
            layers.AlphaDropout(0.1),
            layers.Dense(2, kernel_initializer=keras.initializers.Orthogonal(0.5), bias_initializer=keras.initializers.Constant(0.2)),
        ],
        name="regularized",
    )


# Classes and functions of a user's. In Keras 2 a package is named in the same way.
register = keras.saving.register_keras_serializable


@register("corpus")
def squash(x):
    return x / (1.0 + abs(x))


@register("corpus")
class Scale(layers.Layer):
    """Has a weight, an option and a layer of its own."""

    def __init__(self, factor=1.0, activation=None, **options):
        super().__init__(**options)
        self.factor = factor
        self.activation = keras.activations.get(activation)
        self.inner = layers.Dense(3, name="inner")

    def build(self, input_shape):
        self.gain = self.add_weight(shape=(input_shape[-1],), initializer="ones", name="gain")
        self.inner.build(input_shape)
        self.built = True

    def call(self, inputs):
        return self.activation(self.inner(inputs * self.gain) * self.factor)

    def get_config(self):
        activation = keras.activations.serialize(self.activation)
        return {**super().get_config(), "factor": self.factor, "activation": activation}


@register("corpus")
class Halved(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return 0.5 * (y_true - y_pred) ** 2


@register("corpus")
class Branched(keras.Model):
    """A subclassed model with layers in a list and in a dict, one of them shared."""

    def __init__(self, width=4, **options):
        super().__init__(**options)
        self.width = width
        self.steps = [layers.Dense(width, activation="tanh"), layers.Dense(width)]
        self.heads = {"left": layers.Dense(2), "right": layers.Dense(2, use_bias=False)}
        self.norm = layers.LayerNormalization()
        self.again = self.steps[0]

    def call(self, inputs):
        x = self.again(inputs)
        for step in self.steps:
            x = step(x)
        x = self.norm(x)
        return self.heads["left"](x) + self.heads["right"](x)

    def get_config(self):
        return {"width": self.width, "name": self.name}


def custom():
    model = keras.Sequential(
        [keras.Input((4,)), Scale(0.5, squash, name="scale"), layers.Dense(2, activation=squash, name="last")],
        name="custom",
    )
    model.compile("sgd", Halved(name="halved"))
    return model


def subclassed():
    model = Branched(4, name="branched")
    model(np.zeros((1, 4), "float32"))
    model.compile("adam", "mse")
    random = np.random.default_rng(6)
    model.fit(random.normal(size=(4, 4)), random.normal(size=(4, 2)), verbose=0)
    return model


def functions():
    """A layer of a function that is registered, rather than of a lambda."""
    x = inputs = keras.Input((3,), name="x")
    return keras.Model(inputs, layers.Dense(2)(layers.Lambda(squash, name="squash")(x)), name="functions")


def code():
    x = inputs = keras.Input((3,), name="x")
    x = layers.Lambda(lambda v: v * 2.0 + 1.0, output_shape=(3,), name="twice")(x)
    return keras.Model(inputs, layers.Dense(2)(x), name="code")


def wrappers():
    x = inputs = keras.Input((4, 6, 6, 2), name="films")
    # Keras 2 cannot have one of these wrappers in the other.
    each = layers.Conv2D(3, 3) if LEGACY else layers.SpectralNormalization(layers.Conv2D(3, 3))
    x = layers.TimeDistributed(each, name="each")(x)
    x = layers.GroupNormalization(3, name="groups")(x)
    x = layers.TimeDistributed(layers.GlobalMaxPooling2D(), name="most")(x)
    x = layers.Bidirectional(
        layers.GRU(2, return_sequences=True), backward_layer=layers.LSTM(2, return_sequences=True, go_backwards=True), name="both"
    )(x)
    x = layers.EinsumDense("abc,cd->abd", output_shape=(None, 3), bias_axes="d", name="einsum")(x)
    return keras.Model(inputs, x, name="wrappers")


def grouped():
    query, value = keras.Input((3, 4), name="query"), keras.Input((5, 4), name="value")
    x = layers.GroupQueryAttention(head_dim=3, num_query_heads=4, num_key_value_heads=2, name="grouped")(query, value)
    return keras.Model([query, value], x, name="grouped")


def volumes():
    x = inputs = keras.Input((6, 6, 6, 1), name="volume")
    x = layers.Conv3D(2, 3, padding="same", activation="relu")(x)
    x = layers.MaxPooling3D(2)(x)
    x = layers.Conv3DTranspose(2, 2)(x)
    x = layers.Reshape((8, 16))(layers.Cropping3D(((0, 0), (0, 0), (0, 0)))(x))
    x = layers.SeparableConv1D(3, 2)(x)
    x = layers.Conv1DTranspose(2, 2)(x)
    x = layers.UpSampling1D(2)(layers.AveragePooling1D(2)(x))
    return keras.Model(inputs, layers.Dot(2, normalize=True)([x, x]), name="volumes")


def half_policies():
    """Each layer has its own policy, by a map of the model's."""
    kinds = keras.dtype_policies
    policy = kinds.DTypePolicyMap(default_policy="float32")
    policy["half_policies/narrow"] = kinds.DTypePolicy("mixed_bfloat16")
    x = inputs = keras.Input((4,), name="x")
    x = layers.Dense(4, name="narrow", dtype=policy)(x)
    x = layers.Dense(3, name="half", dtype=kinds.DTypePolicy("mixed_float16"))(x)
    return keras.Model(inputs, layers.Activation("linear", dtype="float32", name="wide")(x), name="half_policies")


def adaptive():
    x = inputs = keras.Input((7, 9, 2), name="picture")
    x = layers.AdaptiveAveragePooling2D((4, 5), name="mean")(x)
    x = layers.AdaptiveMaxPooling2D(3, name="most")(x)
    x = layers.RMSNormalization(name="norm")(x)
    return keras.Model(inputs, x, name="adaptive")


def optimizer_state(make, name):
    """A model that was trained for two steps with an optimizer."""

    def build():
        model = keras.Sequential([keras.Input((3,)), layers.Dense(2, name="dense")], name=name)
        model.compile(make(), keras.losses.Huber(0.5), metrics=[keras.metrics.MeanAbsoluteError(name="error")])
        random = np.random.default_rng(5)
        model.fit(random.normal(size=(8, 3)), random.normal(size=(8, 2)), batch_size=4, verbose=0)
        return model

    build.__name__ = name
    return build


def optimizers():
    kinds = keras.optimizers
    decay = kinds.schedules.CosineDecay(0.1, 100)
    # Keras 2's Nadam keeps one of its variables out of files, so that no state can be restored.
    nadam = [] if LEGACY else [optimizer_state(lambda: kinds.Nadam(0.05, use_ema=True), "optimizer_nadam")]
    return [
        *nadam,
        optimizer_state(lambda: kinds.AdamW(decay, weight_decay=0.01, clipnorm=1.0), "optimizer_adamw"),
        optimizer_state(lambda: kinds.Adagrad(0.05), "optimizer_adagrad"),
        optimizer_state(lambda: kinds.Adadelta(0.5), "optimizer_adadelta"),
        optimizer_state(lambda: kinds.Adamax(0.05), "optimizer_adamax"),
        optimizer_state(lambda: kinds.Ftrl(0.05), "optimizer_ftrl"),
        optimizer_state(lambda: kinds.Lion(0.05), "optimizer_lion"),
        optimizer_state(lambda: kinds.RMSprop(0.05, momentum=0.5, centered=True), "optimizer_rmsprop"),
    ]


MODELS = [mlp, cnn, branches, nested, text, recurrent, attention, activations, half, convolutions]
if not LEGACY:
    MODELS.append(operations)
MODELS += [recurrent_more, regularized, attention_more]
MODELS += [custom, subclassed, code, wrappers, volumes]
if not LEGACY:
    # To Keras 2 each function in a layer is code.
    MODELS += [functions, grouped]
if VERSION >= (3, 6) and not LEGACY:
    MODELS.append(half_policies)
if VERSION >= (3, 15):
    MODELS.append(adaptive)
if LEGACY or VERSION in ((3, 0), (3, 15)):
    MODELS += optimizers()


def inputs_for(model, random):
    arrays = []
    for tensor in getattr(model, "inputs", None) or [keras.Input((4,))]:
        shape = (2, *tensor.shape[1:])
        kind = tensor.dtype if isinstance(tensor.dtype, str) else tensor.dtype.name
        values = random.integers(1, 9, shape) if kind.startswith("int") else random.normal(size=shape)
        arrays.append(values.astype(kind))
    return arrays


def tensor(array):
    array = np.asarray(array)
    return {
        "dtype": array.dtype.name,
        "shape": list(array.shape),
        "data": [float(f"{v:.9g}") for v in array.astype("float64").ravel().tolist()],
    }


def optimizer_values(model):
    """The sum of each variable of an optimizer, but for the learning rate, which Keras 2 counts elsewhere."""
    variables = model.optimizer.variables
    variables = variables() if callable(variables) else variables
    return [float(np.sum(v.numpy())) for v in variables if "learning_rate" not in v.name]


def main():
    folder = Path(__file__).resolve().parent / (f"tf_keras-{keras.__version__}" if LEGACY else keras.__version__)
    folder.mkdir(exist_ok=True)
    cases = []
    for make in MODELS:
        keras.backend.clear_session()
        keras.utils.set_random_seed(7)
        model = make()
        random = np.random.default_rng(3)
        # Biases and moving averages other than zeros and ones.
        for variable in model.weights:
            if "seed" not in variable.name:
                value = np.asarray(variable)
                variable.assign(value + random.uniform(0.01, 0.3, value.shape).astype(value.dtype))
        inputs = inputs_for(model, random)
        predicted = model.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0)
        outputs = predicted if isinstance(predicted, list) else [predicted]
        files = [f"{make.__name__}.keras"]
        # Neither ops in a graph nor subclassed models go into .h5 files.
        if make not in (operations, subclassed) and (LEGACY or VERSION in ((3, 3), (3, 15))):
            files.append(f"{make.__name__}.h5")
        for name in files:
            # Keras 2's own .keras format is one that Keras 3 reads as well.
            model.save(folder / name)
        state = {v.name: int(v.numpy()) for v in [model.optimizer.iterations]} if getattr(model, "optimizer", None) else None
        for name in files:
            cases.append(
                {
                    "file": name,
                    "inputs": [tensor(value) for value in inputs],
                    "outputs": [tensor(value) for value in outputs],
                    "iterations": next(iter(state.values())) if state else None,
                    "optimizer": optimizer_values(model) if make.__name__.startswith("optimizer") else None,
                }
            )
        if make is mlp and VERSION >= (3, 15):
            model.save_weights(folder / "mlp_shards.weights.json", max_shard_size=200 / 2**30)
        if make in (mlp, nested) and LEGACY:
            model.save_weights(folder / f"{make.__name__}_weights.h5")
    with open(folder / "corpus.json", "w", encoding="utf-8") as file:
        versions = {"keras": keras.__version__, "package": "tf_keras" if LEGACY else "keras"}
        rows = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
        file.write(f'{{"versions": {json.dumps(versions)}, "cases": [\n{rows}\n]}}\n')
    print(keras.__version__, len(cases), "files")


if __name__ == "__main__":
    main()
