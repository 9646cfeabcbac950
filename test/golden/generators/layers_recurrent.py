"""Recurrent layers and their cells."""

import keras
import numpy as np

from .common import config_json, rand, snapshot, t
from .layers_case import L, _random_weight, _weights, case, flatten, rng_of

MASK = t([[1, 1, 0, 1], [0, 1, 1, 0]], "bool")
PADDED = t([[1, 1, 1, 0], [1, 1, 0, 0]], "bool")


def _common(cls, rng, extra):
    """Every recurrent layer under the options that they share."""
    x = rand(rng, (2, 4, 3))
    return [
        case(cls(2), x),
        case(cls(3, return_sequences=True), x),
        case(cls(2, return_sequences=True, return_state=True, go_backwards=True), x),
        case(cls(2, return_state=True), x, mask=[MASK]),
        case(cls(2, return_sequences=True), x, mask=[MASK]),
        case(cls(2, return_sequences=True, go_backwards=True, zero_output_for_mask=True), x, mask=[MASK]),
        case(cls(2, return_sequences=True, zero_output_for_mask=True, unroll=True), x, mask=[PADDED]),
        case(cls(2, unroll=True, use_bias=False, activation="relu"), rand(rng, (1, 1, 2))),
        case(
            cls(
                2,
                kernel_regularizer="l2",
                recurrent_regularizer=keras.regularizers.L1(0.02),
                bias_regularizer="l1",
                kernel_constraint="non_neg",
                recurrent_constraint=keras.constraints.MaxNorm(1.5),
                bias_constraint="unit_norm",
                kernel_initializer="he_normal",
                recurrent_initializer="glorot_uniform",
                bias_initializer="ones",
                name="regularized",
            ),
            rand(rng, (2, 2, 1)),
        ),
        case(cls(2, dtype="mixed_float16", return_state=True), rand(rng, (2, 2, 2))),
        case(cls(2, trainable=False, dtype="float64"), rand(rng, (1, 2, 2), dtype="float64")),
        *extra(x),
    ]


def _states(rng, count, units, batch=2):
    return [rand(rng, (batch, units), -1, 1) for _ in range(count)]


def simple_rnn():
    rng = rng_of("simple_rnn")

    def extra(x):
        return [
            case(L.SimpleRNN(2, activation=None), x, call={"initial_state": _states(rng, 1, 2)}),
            case(L.SimpleRNN(1, activation="sigmoid", return_sequences=True), rand(rng, (3, 2, 1))),
        ]

    return _common(L.SimpleRNN, rng, extra)


def gru():
    rng = rng_of("gru")
    small = rand(rng, (2, 2, 3), -0.5, 0.5)

    def extra(x):
        return [
            case(L.GRU(2, reset_after=False), x, mask=[MASK]),
            case(L.GRU(2, reset_after=False, use_bias=False, return_sequences=True), x),
            case(L.GRU(2, implementation=1, return_state=True), x, call={"initial_state": _states(rng, 1, 2)}),
            case(L.GRU(3, activation="softsign", recurrent_activation="hard_sigmoid", reset_after=False), x),
            case(L.GRU(2, recurrent_activation=None, implementation=1, use_cudnn=False), small),
        ]

    return _common(L.GRU, rng, extra)


def lstm():
    rng = rng_of("lstm")
    small = rand(rng, (2, 2, 3), -0.5, 0.5)

    def extra(x):
        return [
            case(L.LSTM(2, unit_forget_bias=False, return_state=True), x, call={"initial_state": _states(rng, 2, 2)}),
            case(L.LSTM(3, activation="softsign", recurrent_activation="hard_sigmoid"), x),
            case(L.LSTM(2, implementation=1, return_sequences=True), x, mask=[PADDED]),
            # With initial_state the mask of the inputs counts only where it is given by name.
            case(L.LSTM(2, return_sequences=True), x, mask=[MASK], call={"initial_state": _states(rng, 2, 2)}),
            case(L.LSTM(2, return_state=True), x, call={"initial_state": _states(rng, 2, 2), "mask": MASK}),
            case(L.LSTM(2, activation=None, recurrent_activation=None, use_cudnn=False), small),
        ]

    return _common(L.LSTM, rng, extra)


def rnn():
    rng = rng_of("rnn")
    x = rand(rng, (2, 4, 3))
    stack = [L.LSTMCell(2), L.GRUCell(3), L.SimpleRNNCell(1)]
    return [
        case(L.RNN(L.SimpleRNNCell(2)), x),
        case(L.RNN(L.GRUCell(2, reset_after=False), return_sequences=True, return_state=True), x, mask=[MASK]),
        case(L.RNN(L.LSTMCell(2), go_backwards=True, zero_output_for_mask=True, return_sequences=True), x, mask=[MASK]),
        case(L.RNN(stack, return_sequences=True, return_state=True), x, mask=[MASK]),
        case(L.RNN([L.LSTMCell(2, dtype="float64"), L.LSTMCell(2, dtype="float64")], dtype="float64"), x),
        case(L.RNN(L.StackedRNNCells([L.GRUCell(2), L.GRUCell(2)], name="tower"), unroll=True, return_state=True), x),
        case(L.RNN([L.LSTMCell(2)], return_state=True), x),
    ]


def rnn_cells():
    """One step of each cell, standing alone."""
    rng = rng_of("rnn_cells")
    x = rand(rng, (2, 3))
    one, two = _states(rng, 1, 2), _states(rng, 2, 2)
    rows = [
        (L.SimpleRNNCell(2), one),
        (L.SimpleRNNCell(2, activation="relu", use_bias=False, seed=3, name="step"), one),
        (L.GRUCell(2), one),
        (L.GRUCell(2, reset_after=False, implementation=1, bias_initializer="ones"), one),
        (L.LSTMCell(2, kernel_regularizer="l2"), two),
        (L.LSTMCell(2, implementation=1, unit_forget_bias=False, recurrent_activation="hard_sigmoid"), two),
        (L.LSTMCell(2, recurrent_dropout=1.5, dropout=-1), two),
        (L.StackedRNNCells([L.LSTMCell(2), L.SimpleRNNCell(2)]), [two, one]),
    ]
    cases = []
    for cell, states in rows:
        initial = cell.get_initial_state(batch_size=3)
        cell.build((2, 3))
        biases = [snapshot(v) for v in cell.weights if v.name == "bias"]
        cell.set_weights([_random_weight(rng, v) for v in cell.weights])
        output, after = cell(x, states)
        cases.append(
            {
                "class_name": type(cell).__name__,
                "config": config_json(cell.get_config()),
                "serialized": config_json(keras.saving.serialize_keras_object(cell)),
                "initial_biases": biases,
                "initial_shapes": [list(s.shape) for s in flatten(initial)],
                "weights": _weights(cell),
                "inputs": x,
                "states": states,
                "output": output,
                "after": after,
            }
        )
    return cases


def _calls(layer, inputs, trainings, mask=None, reset=()):
    """What a row of calls gives, with the states of the seeds and of stateful layers after each."""
    results = []
    for i, training in enumerate(trainings):
        if i in reset:
            layer.reset_state()
        x = inputs[i % len(inputs)]
        out = layer(x, training=training, mask=mask)
        seeds = [v for v in layer.variables if v.name == "seed_generator_state"]
        row = {"inputs": x, "training": training, "output": out, "seeds": [snapshot(v) for v in seeds]}
        if i in reset:
            row["reset"] = True
        results.append(row)
    return results


def _history(layer, rng, inputs, trainings, mask=None, reset=()):
    layer.build(tuple(inputs[0].shape))
    layer.set_weights([_random_weight(rng, v) for v in layer.weights])
    row = {
        "class_name": type(layer).__name__,
        "config": config_json(layer.get_config()),
        "build_config": config_json(layer.get_build_config()),
        "weights": _weights(layer),
    }
    # Configs of layers hold neither of these.
    if isinstance(layer, L.SimpleRNN):
        row["more"] = {"seed": layer.cell.seed}
    if getattr(getattr(layer, "cell", None), "implementation", 2) == 1:
        row["more"] = {"implementation": 1}
    if mask is not None:
        row["mask"] = mask
    row["calls"] = _calls(layer, inputs, trainings, mask, reset)
    return row


def rnn_initial():
    """The weights that layers start with after set_random_seed: who draws a seed when."""
    makers = [
        lambda: L.SimpleRNN(3), lambda: L.GRU(2), lambda: L.LSTM(2, recurrent_initializer="he_uniform"),
        lambda: L.Bidirectional(L.LSTM(2)), lambda: L.RNN([L.GRUCell(2), L.SimpleRNNCell(2)]),
    ]  # fmt: skip
    shapes = [(2, 3, 2)] * len(makers)
    cases = []
    for make, shape in zip([*makers, lambda: L.ConvLSTM1D(2, 2)], [*shapes, (1, 2, 4, 1)]):
        keras.utils.set_random_seed(5)
        layer = make()
        layer.build(shape)
        cases.append({"class_name": type(layer).__name__, "shape": shape, "weights": _weights(layer)})
    return cases


def rnn_dropout():
    rng = rng_of("rnn_dropout")
    x = [rand(rng, (2, 3, 2))]
    runs = [True, False, True]
    image = [rand(rng, (1, 2, 3, 3, 1))]
    cells = L.StackedRNNCells([L.LSTMCell(2, dropout=0.4, seed=1), L.GRUCell(2, recurrent_dropout=0.4, seed=2)])
    return [
        _history(L.SimpleRNN(3, dropout=0.5, recurrent_dropout=0.3, seed=7), rng, x, runs),
        _history(L.GRU(3, dropout=0.5, seed=5), rng, x, runs),
        _history(L.GRU(3, dropout=0.4, recurrent_dropout=0.3, seed=6), rng, x, runs),
        _history(L.GRU(3, dropout=0.4, recurrent_dropout=0.3, seed=6, reset_after=False), rng, x, runs),
        _history(L.LSTM(3, dropout=0.5, seed=8, return_sequences=True), rng, x, runs, mask=t([[1, 0, 1], [1, 1, 0]], "bool")),
        _history(L.LSTM(3, dropout=0.5, recurrent_dropout=0.5, seed=9), rng, x, runs),
        # With use_cudnn='auto' Python Keras cannot broadcast the masks of implementation 1.
        _history(L.LSTM(2, dropout=0.5, implementation=1, seed=9, use_cudnn=False), rng, x, runs),
        _history(L.LSTM(2, dropout=1.0, recurrent_dropout=1.0, seed=4), rng, x, runs),
        _history(L.SimpleRNN(2, dropout=1.0, seed=4), rng, x, runs),
        _history(L.RNN(cells), rng, x, runs),
        _history(L.ConvLSTM2D(2, 2, dropout=0.4, recurrent_dropout=0.4, seed=3), rng, image, runs),
    ]


def rnn_stateful():
    rng = rng_of("rnn_stateful")
    xs = [rand(rng, (2, 3, 2)) for _ in range(2)]
    runs = [False, False, True, False]
    options = dict(stateful=True, return_sequences=True, return_state=True)
    mask = t([[1, 0, 1], [1, 1, 0]], "bool")
    return [
        _history(L.SimpleRNN(2, stateful=True), rng, xs, runs, reset=(3,)),
        _history(L.GRU(2, **options), rng, xs, runs, reset=(2,)),
        _history(L.LSTM(2, go_backwards=True, **options), rng, xs, runs, mask=mask, reset=(3,)),
        # reset_state of Python Keras cannot reset nested states.
        _history(L.RNN([L.LSTMCell(2), L.GRUCell(1)], stateful=True), rng, xs, runs),
        _history(L.Bidirectional(L.GRU(1, stateful=True, return_sequences=True)), rng, xs, runs, reset=(3,)),
    ]


def rnn_training():
    """Eight steps of Adam on small models: losses, and the weights after them."""
    cases = []
    for name, make in {
        "lstm": lambda: [L.LSTM(4, return_sequences=True), L.LSTM(3)],
        "gru": lambda: [L.GRU(4, reset_after=False)],
        "gru_reset_after": lambda: [L.GRU(4, return_sequences=True), L.GRU(2)],
        "bidirectional": lambda: [L.Bidirectional(L.LSTM(3), merge_mode="ave")],
    }.items():
        keras.backend.clear_session()
        rng = rng_of("rnn_training/" + name)
        model = keras.Sequential([keras.Input((None, 3)), L.Masking(), *make(), L.Dense(1)])
        model.set_weights([_random_weight(rng, v) for v in model.weights])
        before = _weights(model)
        x = rand(rng, (6, 5, 3)) * t(rng.integers(0, 4, (6, 5, 1)) > 0)
        y = rand(rng, (6, 1))
        model.compile(keras.optimizers.Adam(0.02), "mse")
        losses = [float(model.train_on_batch(x, y)) for _ in range(8)]
        cases.append(
            {
                "name": name,
                "model": config_json(keras.saving.serialize_keras_object(model)),
                "weights": before,
                "x": x,
                "y": y,
                "losses": losses,
                "after": _weights(model),
                "predictions": model.predict(x, verbose=0),
            }
        )
    return cases


def bidirectional():
    rng = rng_of("bidirectional")
    x = rand(rng, (2, 3, 2))
    mask, padded = t([[1, 0, 1], [0, 1, 0]], "bool"), t([[1, 1, 0], [1, 0, 0]], "bool")
    backward = L.GRU(2, go_backwards=True, return_sequences=True, name="other")
    cases = [case(L.Bidirectional(L.LSTM(1), merge_mode=mode), x) for mode in ("concat", "sum", "ave", "mul", None)]
    return [
        *cases,
        case(L.Bidirectional(L.GRU(2, return_sequences=True), merge_mode="sum"), x, mask=[mask]),
        case(L.Bidirectional(L.LSTM(1, return_sequences=True, return_state=True), merge_mode=None), x),
        case(L.Bidirectional(L.LSTM(1, return_state=True)), x, call={"initial_state": _states(rng, 4, 1)}),
        case(L.Bidirectional(L.LSTM(1, return_sequences=True)), x, mask=[padded]),
        case(L.Bidirectional(L.SimpleRNN(2, return_sequences=True, name="forward_named")), x),
        case(L.Bidirectional(L.GRU(2, return_sequences=True), backward_layer=backward, name="pair"), x),
        case(L.Bidirectional(L.RNN([L.LSTMCell(2), L.GRUCell(2)])), x, mask=[mask]),
        case(L.Bidirectional(L.LSTM(1, dtype="mixed_float16"), dtype="mixed_float16"), rand(rng, (1, 2, 2))),
    ]


def conv_lstm():
    rng = rng_of("conv_lstm")
    line = rand(rng, (2, 2, 4, 1))
    image = rand(rng, (1, 2, 3, 3, 2))
    box = rand(rng, (1, 2, 2, 2, 2, 1))
    mask = t([[1, 0], [0, 1]], "bool")
    return [
        case(L.ConvLSTM1D(2, 3), line),
        case(L.ConvLSTM1D(1, 2, padding="same", return_sequences=True, return_state=True), line, mask=[mask]),
        case(L.ConvLSTM1D(1, 2, strides=2, activation="relu", use_bias=False, go_backwards=True), line),
        case(L.ConvLSTM1D(2, 2, dilation_rate=2, unit_forget_bias=False, recurrent_activation="hard_sigmoid"), line),
        case(L.ConvLSTM2D(2, 2), image),
        case(L.ConvLSTM2D(1, (1, 2), strides=(1, 2), return_sequences=True, kernel_regularizer="l2"), image),
        case(L.ConvLSTM2D(1, 2, padding="same", return_state=True), image, call={
            "initial_state": [rand(rng, (1, 3, 3, 1), -1, 1) for _ in range(2)]}),
        case(L.ConvLSTM3D(1, 2, padding="same", return_sequences=True), box),
        case(L.ConvLSTM3D(1, (1, 2, 1), name="volume"), box),
    ]  # fmt: skip


FAMILIES = {
    "simple_rnn": simple_rnn,
    "gru": gru,
    "lstm": lstm,
    "rnn": rnn,
    "rnn_cells": rnn_cells,
    "rnn_initial": rnn_initial,
    "rnn_dropout": rnn_dropout,
    "rnn_stateful": rnn_stateful,
    "rnn_training": rnn_training,
    "bidirectional": bidirectional,
    "conv_lstm": conv_lstm,
}
