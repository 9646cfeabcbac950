"""The backend API of Keras 1: calls of keras.src.legacy.backend where a function survives there, else of NumPy."""

import numpy as np
import tensorflow as tf
from keras.src.legacy import backend as K

from .common import rand, randint, rng_for, t


def to_last(x):
    return tf.transpose(x, [0, *range(2, x.ndim), 1])


def to_first(x):
    return tf.transpose(x, [0, x.ndim - 1, *range(1, x.ndim - 1)])


def window_last(kernel):
    """A kernel of Theano's order as TensorFlow has it."""
    return tf.transpose(kernel, [*range(2, kernel.ndim), 1, 0])


def conv(function, x, kernel, strides, border_mode="valid", dim_ordering="th", **more):
    """Keras 1's arguments, computed with Keras 2's function: channels last, which TensorFlow has on CPU."""
    if dim_ordering == "tf":
        return function(x, kernel, strides, border_mode, "channels_last", **more)
    return to_first(function(to_last(x), window_last(kernel), strides, border_mode, "channels_last", **more))


def conv2d(x, kernel, strides=(1, 1), border_mode="valid", dim_ordering="th", filter_dilation=(1, 1), **_):
    return conv(K.conv2d, x, kernel, tuple(strides), border_mode, dim_ordering, dilation_rate=tuple(filter_dilation))


def conv3d(x, kernel, strides=(1, 1, 1), border_mode="valid", dim_ordering="th", **_):
    return conv(K.conv3d, x, kernel, tuple(strides), border_mode, dim_ordering)


def deconv2d(x, kernel, output_shape, strides=(1, 1), border_mode="valid", dim_ordering="th"):
    if dim_ordering == "tf":
        return K.conv2d_transpose(x, kernel, tuple(output_shape), tuple(strides), border_mode, "channels_last")
    n, c, h, w = output_shape
    out = K.conv2d_transpose(
        to_last(x), tf.transpose(kernel, [2, 3, 1, 0]), (n, h, w, c), tuple(strides), border_mode, "channels_last"
    )
    return to_first(out)


FORMATS = {"th": "channels_first", "tf": "channels_last"}
both = lambda p: (p, p) if isinstance(p, int) else tuple(p)


def spatial_2d_padding(x, padding=(1, 1), dim_ordering="th"):
    return K.spatial_2d_padding(x, tuple(map(both, padding)), FORMATS[dim_ordering])


def spatial_3d_padding(x, padding=(1, 1, 1), dim_ordering="th"):
    return K.spatial_3d_padding(x, tuple(map(both, padding)), FORMATS[dim_ordering])


def temporal_padding(x, padding=1):
    return K.temporal_padding(x, both(padding))


def resize_images(X, height_factor, width_factor, dim_ordering, interpolation="nearest"):
    return K.resize_images(X, height_factor, width_factor, FORMATS[dim_ordering], interpolation)


def resize_volumes(X, depth_factor, height_factor, width_factor, dim_ordering):
    return K.resize_volumes(X, depth_factor, height_factor, width_factor, FORMATS[dim_ordering])


def batch_normalization(x, mean, std, beta, gamma, epsilon=1e-4):
    return K.batch_normalization(x, mean, std, beta, gamma, epsilon=epsilon)


def normalize_batch_in_training(x, gamma, beta, reduction_axes, epsilon=1e-4):
    """With NumPy in float64: the function did not survive."""
    a = x.numpy().astype("float64")
    axes = tuple(reduction_axes)
    shape = [1 if i in axes else d for i, d in enumerate(a.shape)]
    mean, var = a.mean(axes), a.var(axes)
    y = (a - mean.reshape(shape)) / np.sqrt(var.reshape(shape) + epsilon)
    y = y * gamma.numpy().reshape(shape) + beta.numpy().reshape(shape)
    return [t(y), t(mean), t(var)]


def pooled(function):
    def call(x, pool_size, strides=None, padding="valid", data_format=None, pool_mode="max"):
        steps = tuple(strides) if strides else (1,) * len(pool_size)
        if data_format == "channels_first":
            return to_first(function(to_last(x), tuple(pool_size), steps, padding, "channels_last", pool_mode))
        return function(x, tuple(pool_size), steps, padding, "channels_last", pool_mode)

    return call


def tupled(name):
    """The legacy function with tuples for lists, as its arithmetic on strides wants."""
    function = getattr(K, name)

    def call(*args, **kwargs):
        put = lambda v: tuple(v) if isinstance(v, list) and all(isinstance(i, int) for i in v) else v
        return function(*map(put, args), **{k: put(v) for k, v in kwargs.items()})

    return call


OWN = {
    **{f.__name__: f for f in (
        conv2d, conv3d, deconv2d, spatial_2d_padding, spatial_3d_padding, temporal_padding, resize_images,
        resize_volumes, batch_normalization, normalize_batch_in_training,
    )},
    "pool2d": pooled(K.pool2d),
    "pool3d": pooled(K.pool3d),
    "shape": K.int_shape,
    "clip": K.clip,
}
for _name in ("conv1d", "conv2d_transpose", "depthwise_conv2d", "separable_conv2d"):
    OWN[_name] = tupled(_name)


def shapes():
    rng = rng_for("legacy/shapes")
    r = lambda *shape: rand(rng, shape)
    x, cube = r(2, 3), r(2, 3, 4)
    return [
        ("shape", [cube], {}),
        ("gather", [cube, t([1, 0, 1], "int32")], {}),
        ("gather", [x, t([[1], [0]], "int32")], {}),
        ("permute_dimensions", [cube, [0, 2, 1]], {}),
        ("permute_dimensions", [cube], {"pattern": [2, 0, 1]}),
        ("repeat_elements", [cube, 2], {"axis": 1}),
        ("repeat_elements", [cube, 3, 2], {}),
        ("repeat", [x, 2], {}),
        ("batch_flatten", [cube], {}),
        ("batch_flatten", [r(3, 2, 1, 2)], {}),
        ("flatten", [cube], {}),
        ("expand_dims", [x], {}),
        ("expand_dims", [x, 1], {}),
        ("squeeze", [r(2, 1, 3), 1], {}),
        ("concatenate", [[x, r(2, 2)]], {}),
        ("concatenate", [[x, r(1, 3)]], {"axis": 0}),
        ("concatenate", [[cube, r(2, 1, 4)]], {"axis": -2}),
        ("stack", [[x, x]], {"axis": 1}),
        ("tile", [x, [2, 3]], {}),
        ("reverse", [cube, 1], {}),
        ("reverse", [cube, [0, 2]], {}),
        ("reshape", [x, [3, 2]], {}),
        ("transpose", [x], {}),
        ("temporal_padding", [cube], {}),
        ("temporal_padding", [cube], {"padding": 2}),
        ("temporal_padding", [cube, [0, 2]], {}),
        ("spatial_2d_padding", [r(1, 2, 3, 2)], {}),
        ("spatial_2d_padding", [r(1, 2, 3, 2), [1, 2], "tf"], {}),
        ("spatial_2d_padding", [r(1, 2, 3, 2)], {"padding": [[0, 1], [2, 0]], "dim_ordering": "tf"}),
        ("spatial_3d_padding", [r(1, 1, 2, 2, 2)], {}),
        ("spatial_3d_padding", [r(1, 2, 2, 2, 1), [0, 1, 2], "tf"], {}),
        ("resize_images", [r(1, 2, 2, 3), 2, 3, "th"], {}),
        ("resize_images", [r(1, 2, 3, 2), 2, 3, "tf"], {}),
        ("resize_images", [r(1, 2, 3, 2), 2, 2, "tf"], {"interpolation": "bilinear"}),
        ("resize_images", [r(1, 1, 3, 2), 2, 2, "th"], {"interpolation": "bicubic"}),
        ("resize_volumes", [r(1, 1, 2, 2, 2), 2, 1, 3, "th"], {}),
        ("resize_volumes", [r(1, 2, 1, 2, 2), 1, 2, 2, "tf"], {}),
        ("one_hot", [t([1, 0, 2], "int32"), 3], {}),
        ("ones_like", [x], {}),
        ("zeros_like", [cube], {}),
        ("cast", [t([1, 2], "int32"), "float32"], {}),
    ]


def reductions():
    rng = rng_for("legacy/reductions")
    x, cube = rand(rng, (2, 3)), rand(rng, (2, 3, 4))
    flags = t([[True, False], [True, True]], "bool")
    rows = []
    for name in ("sum", "prod", "max", "min", "mean", "std", "var"):
        rows += [
            (name, [cube], {}),
            (name, [cube, 1], {}),
            (name, [cube], {"axis": [0, -1], "keepdims": True}),
        ]
    for name in ("any", "all"):
        rows += [(name, [flags], {}), (name, [flags, 1], {}), (name, [flags], {"axis": 0, "keepdims": True})]
    return rows + [
        ("mean", [flags], {"axis": 1}),
        ("std", [flags], {}),
        ("argmax", [cube], {}),
        ("argmax", [cube, 0], {}),
        ("argmin", [cube], {"axis": 1}),
        ("cumsum", [cube], {}),
        ("cumsum", [cube, 2], {}),
        ("cumprod", [x], {"axis": 1}),
        ("l2_normalize", [x], {}),
        ("l2_normalize", [cube], {"axis": 1}),
        ("batch_normalization", [x, t([0.5, -1, 0]), t([1, 2, 0.25]), t([1, 0, -1]), t([2, 1, 3])], {}),
        ("batch_normalization", [x, t([0.5, -1, 0]), t([1, 2, 0]), t([1, 0, -1]), t([2, 1, 3]), 0.01], {}),
        ("normalize_batch_in_training", [x, t([2, 1, 3]), t([1, 0, -1]), [0]], {}),
        ("normalize_batch_in_training", [cube, t([2, 1, 3]), t([1, 0, -1]), [0, 2]], {"epsilon": 0.01}),
        ("normalize_batch_in_training", [rand(rng, (2, 2, 3, 2)), t([2, 1]), t([1, 0]), [0, 1, 2]], {}),
    ]


def elementwise():
    rng = rng_for("legacy/elementwise")
    x, y = rand(rng, (2, 4), -3, 3), rand(rng, (2, 4), -3, 3)
    p, q = rand(rng, (2, 3), 0.05, 0.95), rand(rng, (2, 3), 0.05, 0.95)
    hot = t([[0, 1, 0], [1, 0, 0]])
    ids = t([2, 0], "int32")
    rows = [(name, [x], {}) for name in (
        "abs", "exp", "sqrt", "square", "sin", "cos", "sign", "round", "sigmoid", "hard_sigmoid", "tanh", "softplus",
        "softsign", "relu", "elu", "softmax")]
    rows += [(name, [x, y], {}) for name in (
        "maximum", "minimum", "equal", "not_equal", "greater", "greater_equal", "less", "less_equal")]
    return rows + [
        ("log", [p], {}),
        ("pow", [p, 3.0], {}),
        ("relu", [x], {"alpha": 0.1}),
        ("relu", [x], {"max_value": 1.5}),
        ("relu", [x], {"threshold": 1.0}),
        ("relu", [x], {"alpha": 0.2, "max_value": 1.0, "threshold": 0.5}),
        ("relu", [x], {"max_value": 6}),
        ("elu", [x, 0.5], {}),
        ("clip", [x, -1.0, 1.0], {}),
        ("clip", [x, 1.0, -1.0], {}),
        ("clip", [x, -0.5, None], {}),
        ("clip", [x, None, 0.5], {}),
        ("softmax", [rand(rng, (2, 2, 3))], {"axis": 1}),
        ("softmax", [rand(rng, (2, 2, 3))], {"axis": [1, 2]}),
        ("binary_crossentropy", [hot, p], {}),
        ("binary_crossentropy", [hot, x[:, :3]], {"from_logits": True}),
        ("binary_focal_crossentropy", [hot, p], {}),
        ("binary_focal_crossentropy", [hot, p], {"apply_class_balancing": True, "alpha": 0.3, "gamma": 1.5}),
        ("binary_focal_crossentropy", [hot, x[:, :3]], {"from_logits": True}),
        ("categorical_crossentropy", [q, p], {}),
        ("categorical_crossentropy", [q, x[:, :3]], {"from_logits": True}),
        ("categorical_crossentropy", [q, p], {"axis": 0}),
        ("categorical_focal_crossentropy", [q, p], {}),
        ("categorical_focal_crossentropy", [q, x[:, :3]], {"from_logits": True, "gamma": 1.0}),
        ("sparse_categorical_crossentropy", [ids, p], {}),
        ("sparse_categorical_crossentropy", [ids, x[:, :3]], {"from_logits": True}),
        ("sparse_categorical_crossentropy", [ids, p], {"ignore_class": 0}),
        ("sparse_categorical_crossentropy", [t([[0, 1], [1, 0]], "int32"), rand(rng, (2, 3, 2), 0.1, 0.9)], {"axis": 1}),
        ("sparse_categorical_crossentropy", [t([[0, 1], [1, 0]], "int32"), rand(rng, (2, 2, 2), 0.1, 0.9)], {}),
        ("in_top_k", [p, ids, 2], {}),
        ("bias_add", [x, t([1, 2, 3, 4])], {}),
        ("bias_add", [rand(rng, (1, 2, 3, 2)), t([1, 2])], {"data_format": "channels_last"}),
        ("bias_add", [rand(rng, (1, 2, 2)), t([[1, 2], [3, 4]])], {"data_format": "channels_last"}),
        ("bias_add", [rand(rng, (1, 3, 2)), t([[1, 2, 3], [4, 5, 6]])], {"data_format": "channels_first"}),
        ("switch", [t(True, "bool"), x, y], {}),
        ("switch", [t(False, "bool"), x, y], {}),
        ("switch", [t([[True, False, True, False], [False, True, True, True]], "bool"), x, y], {}),
        ("switch", [t([[True, False], [False, True]], "bool"), rand(rng, (2, 2, 3)), rand(rng, (2, 2, 3))], {}),
    ]


def products():
    rng = rng_for("legacy/products")
    r = lambda *shape: rand(rng, shape)
    two = t([[1, 2], [3, 4]]), t([[5, 6], [7, 8]])
    rows = [("batch_dot", [*two], {"axes": 1}), ("batch_dot", [*two], {})]
    for x, y, axes in [
        ((2, 3), (2, 3, 4), None), ((2, 4, 3), (2, 3), None), ((2, 4, 3), (2, 3, 5), None),
        ((2, 3, 4), (2, 3, 5), 1), ((2, 3, 4), (2, 5, 4), 2), ((2, 3, 4), (2, 3), [1, 1]),
        ((2, 3), (2, 4, 3), [1, 2]), ((2, 3, 4), (2, 5, 3), [1, 2]), ((2, 3, 4), (2, 5, 4), [-1, -1]),
        ((2, 3, 4, 5), (2, 5), None), ((2, 3, 4, 5), (2, 6, 5, 2), None), ((2, 3, 4, 5), (2, 4, 6), [2, 1]),
        ((2, 4), (2, 3, 4, 5), [1, 2]), ((2, 3, 1), (2, 4, 3), [1, 2]),
    ]:
        rows.append(("batch_dot", [r(*x), r(*y)], {} if axes is None else {"axes": axes}))
    return rows + [
        ("dot", [r(2, 3), r(3, 4)], {}),
        ("dot", [r(2, 3), r(4, 3, 5)], {}),
        ("dot", [r(2, 3, 4), r(4, 2)], {}),
        ("dot", [r(2, 1, 3), r(2, 3, 4)], {}),
    ]


def convolution():
    rng = rng_for("legacy/convolution")
    r = lambda *shape: rand(rng, shape)
    last = {"data_format": "channels_last"}
    return [
        ("conv2d", [r(1, 2, 4, 5), r(3, 2, 3, 2)], {}),
        ("conv2d", [r(1, 2, 4, 5), r(2, 2, 3, 3), [2, 2], "same"], {}),
        ("conv2d", [r(1, 2, 5, 5), r(2, 2, 2, 2)], {"filter_dilation": [2, 2]}),
        ("conv2d", [r(1, 4, 5, 2), r(3, 2, 2, 3)], {"dim_ordering": "tf", "border_mode": "same"}),
        ("conv2d", [r(2, 1, 3, 3), r(1, 1, 2, 2)], {"image_shape": [2, 1, 3, 3], "filter_shape": [1, 1, 2, 2]}),
        ("conv3d", [r(1, 1, 3, 3, 4), r(2, 1, 2, 2, 2)], {}),
        ("conv3d", [r(1, 3, 3, 4, 2), r(2, 2, 2, 2, 2)], {"dim_ordering": "tf", "strides": [2, 1, 1], "border_mode": "same"}),
        ("deconv2d", [r(1, 2, 2, 3), r(2, 3, 3, 3), [1, 3, 4, 5]], {}),
        ("deconv2d", [r(1, 2, 3, 2), r(3, 3, 1, 2), [1, 4, 6, 1], [2, 2], "same", "tf"], {}),
        ("conv1d", [r(1, 5, 2), r(3, 2, 2)], {**last}),
        ("conv1d", [r(1, 5, 2), r(2, 2, 2)], {**last, "padding": "causal", "dilation_rate": 2}),
        ("conv1d", [r(1, 5, 2), r(2, 2, 2)], {**last, "padding": "same", "strides": 2}),
        ("conv2d_transpose", [r(1, 2, 3, 2), r(3, 3, 2, 2), [1, 4, 5, 2]], {**last}),
        ("conv2d_transpose", [r(1, 2, 3, 2), r(3, 3, 2, 2), [1, 3, 5, 2], [2, 2], "same"], {**last}),
        ("conv2d_transpose", [r(1, 3, 3, 2), r(2, 2, 1, 2), [1, 5, 5, 1]], {**last, "dilation_rate": [2, 2]}),
        ("depthwise_conv2d", [r(1, 4, 4, 2), r(2, 2, 2, 2)], {**last}),
        ("depthwise_conv2d", [r(1, 4, 4, 2), r(3, 3, 2, 1), [2, 2], "same"], {**last}),
        ("separable_conv2d", [r(1, 4, 4, 2), r(2, 2, 2, 2), r(1, 1, 4, 3)], {**last}),
        ("pool2d", [r(1, 4, 4, 2), [2, 2]], {**last}),
        ("pool2d", [r(1, 4, 5, 1), [2, 3], [2, 2], "same"], {**last, "pool_mode": "avg"}),
        ("pool2d", [r(1, 2, 4, 4), [2, 2], [2, 2]], {"data_format": "channels_first"}),
        ("pool3d", [r(1, 3, 4, 4, 1), [2, 2, 2], [1, 2, 2]], {**last}),
        ("pool3d", [r(1, 3, 2, 4, 1), [2, 2, 2], [1, 2, 2], "same"], {**last, "pool_mode": "avg"}),
    ]


def rnn():
    """A step of a simple recurrent layer: output tanh(x w + h u) * c, state tanh(x w + h u)."""
    rng = rng_for("legacy/rnn")
    x, h = rand(rng, (2, 4, 3)), rand(rng, (2, 2))
    w, u, c = rand(rng, (3, 2)), rand(rng, (2, 2)), rand(rng, (2, 2))
    mask = t([[1, 1, 0, 1], [0, 1, 1, 0]], "bool")
    step = lambda inputs, states: (
        (n := tf.tanh(inputs @ w + states[0] @ u)) * (states[1] if len(states) > 1 else 1.0), [n])
    rows = []
    for kwargs in [
        {}, {"go_backwards": True}, {"mask": mask}, {"mask": mask, "go_backwards": True}, {"constants": [c]},
        {"mask": mask, "zero_output_for_mask": True}, {"return_all_outputs": False}, {"input_length": t([2, 4], "int32")},
        {"input_length": t([2, 4], "int32"), "go_backwards": True}, {"input_length": 4}, {"time_major": True},
        {"time_major": True, "mask": tf.transpose(mask)},
    ]:
        for unroll in (False, True):
            lengths = "input_length" in kwargs
            if unroll and lengths and not isinstance(kwargs["input_length"], int):
                continue  # Keras ignores it there.
            major = "time_major" in kwargs
            last, outputs, states = K.rnn(
                step, tf.transpose(x, [1, 0, 2]) if major else x, [h], unroll=unroll, **kwargs)
            rows.append({
                "inputs": tf.transpose(x, [1, 0, 2]) if major else x, "state": h, "kwargs": {**kwargs, "unroll": unroll},
                "last": last, "outputs": outputs, "states": list(states),
            })
    return rows, {"w": w, "u": u}


def ctc():
    rng = rng_for("legacy/ctc")
    p = np.round(rng.dirichlet(np.ones(4), (3, 5)), 3)
    y, lengths = t(p), t([5, 4, 3], "int32")
    labels, counts = t([[0, 1, 2], [1, 1, 0], [2, 0, 0]], "int32"), t([[3], [2], [1]], "int32")
    return [
        ("ctc_batch_cost", [labels, y, lengths[:, None], counts], {}),
        ("ctc_decode", [y, lengths], {}),
        ("ctc_decode", [y, lengths], {"greedy": False, "beam_width": 10, "top_paths": 2}),
    ]


def folds():
    """map_fn, foldl and foldr with fixed functions."""
    rng = rng_for("legacy/folds")
    x, start = rand(rng, (4, 2)), rand(rng, (2,))
    with_start = {"initializer": start}
    fold = lambda a, e: 0.5 * a - e
    return [
        {"op": "map_fn", "elems": x, "kwargs": {}, "output": K.map_fn(tf.square, x)},
        {"op": "foldl", "elems": x, "kwargs": {}, "output": K.foldl(fold, x)},
        {"op": "foldl", "elems": x, "kwargs": with_start, "output": K.foldl(fold, x, **with_start)},
        {"op": "foldr", "elems": x, "kwargs": {}, "output": K.foldr(fold, x)},
        {"op": "foldr", "elems": x, "kwargs": with_start, "output": K.foldr(fold, x, **with_start)},
    ]


def _family(table):
    def generate():
        cases = []
        for op, args, kwargs in table():
            found = OWN.get(op) or getattr(K, op)
            out = found(*args, **kwargs)
            if op == "ctc_decode":
                outputs = [*(tf.cast(path, "int32") for path in out[0]), out[1]]
            elif op == "normalize_batch_in_training":
                outputs = out
            else:
                outputs = [list(out) if op == "shape" else out]
            cases.append({"op": op, "args": args, "kwargs": kwargs, "outputs": outputs})
        return cases

    return generate


FAMILIES = {
    **{table.__name__: _family(table) for table in (shapes, reductions, elementwise, products, convolution, ctc)},
    "rnn": rnn,
    "folds": folds,
}
