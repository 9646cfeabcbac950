"""Gradients of sum(output * probe) with respect to every float tensor among the arguments.

`grads` follows the float tensors in the order in which they stand in `args`, nested lists included; null
where nothing flows. `probe` follows the float outputs.
"""

import numpy as np
import tensorflow as tf

from .common import rand, rng_for, t
from .ops_elementwise import ARITHMETIC, UNARY, WITH_ARGUMENTS
from .ops_goldens import TABLES, call, rows_of

NOT_DIFFERENTIABLE = {
    "isnan",
    "isinf",
    "isfinite",
    "isposinf",
    "isneginf",
    "logical_not",
    "argmax",
    "argmin",
    "argsort",
    "any",
    "all",
    "count_nonzero",
    "shape",
    "size",
    "ndim",
    "in_top_k",
    "bincount",
    "nonzero",
    "one_hot",
    "multi_hot",
    "zeros_like",
    "ones_like",
    # TensorFlow has an approximation: the gradient transformed back.
    "image.affine_transform",
    "image.perspective_transform",
    "unique",
    "matrix_rank",
    "eig",
}
FLOATS = (tf.float32, tf.float64)


def _is_float(value):
    return isinstance(value, tf.Tensor) and value.dtype in FLOATS


def _row(op, args, kwargs, second=False):
    # One tensor object at two places would collect the gradients of both.
    args = [
        [tf.identity(a) if _is_float(a) else a for a in arg]
        if isinstance(arg, (list, tuple))
        else (tf.identity(arg) if _is_float(arg) else arg)
        for arg in args
    ]
    sources = [a for arg in args for a in (arg if isinstance(arg, (list, tuple)) else [arg]) if _is_float(a)]
    rng = rng_for(f"gradients/{op} {[tuple(s.shape) for s in sources]}")
    with tf.GradientTape(persistent=True) as outer:
        outer.watch(sources)
        with tf.GradientTape() as tape:
            tape.watch(sources)
            out = call(op, args, kwargs)
            outs = [o for o in (out if isinstance(out, (list, tuple)) else [out]) if _is_float(o)]
            probe = [t(np.round(rng.uniform(-1, 1, o.shape), 2), o.dtype.name) for o in outs]
            total = [tf.reduce_sum(o * p) for o, p in zip(outs, probe)]
        grads = tape.gradient(total, sources) if total and sources else []
        if second and grads:
            again = [
                None if g is None else t(np.round(rng.uniform(-1, 1, g.shape), 2), g.dtype.name)
                for g in grads
            ]
            sums = [tf.reduce_sum(g * a) for g, a in zip(grads, again) if g is not None]
    if not sources or not outs or all(g is None for g in grads):
        return None
    case = {
        "op": op,
        "args": args,
        "kwargs": {k: v for k, v in kwargs.items() if k != "key_is_tuple"},
        "probe": probe,
        "grads": [None if g is None else tf.convert_to_tensor(g) for g in grads],
    }
    if second:
        result = outer.gradient(sums, sources)
        if all(r is None for r in result):
            return None
        case["second_probe"] = again
        case["second_grads"] = [None if r is None else tf.convert_to_tensor(r) for r in result]
    if "key_is_tuple" in kwargs:
        case["key_is_tuple"] = kwargs["key_is_tuple"]
    return case


def _family(table):
    def generate():
        cases = []
        for op, args, kwargs, _ in rows_of(table):
            if op in NOT_DIFFERENTIABLE:
                continue
            try:
                case = _row(op, args, kwargs)
            except Exception:
                # Rows that Keras refuses, and kernels without a gradient in TensorFlow.
                continue
            if case is not None:
                cases.append(case)
        return cases

    return generate


def awkward():
    """Points where the derivative jumps, is infinite, or could go to several places."""
    at = [-1.0, 0.0, -0.0, 1.0]
    rows = [
        ("absolute", [t(at)], {}),
        ("sign", [t(at)], {}),
        ("sqrt", [t([0.0, 4.0])], {}),
        ("rsqrt", [t([0.0, 4.0])], {}),
        ("reciprocal", [t([0.0, 2.0])], {}),
        ("log", [t([0.0, -1.0])], {}),
        ("arcsin", [t([1.0, -1.0])], {}),
        ("arccosh", [t([1.0])], {}),
        ("relu", [t(at)], {}),
        ("relu6", [t([0.0, 6.0, 3.0, 7.0])], {}),
        ("leaky_relu", [t(at)], {}),
        ("elu", [t(at)], {}),
        ("selu", [t(at)], {}),
        ("celu", [t(at)], {}),
        ("hard_sigmoid", [t([-3.0, 3.0, 0.0, 4.0])], {}),
        ("hard_silu", [t([-3.0, 3.0, 0.0, 4.0])], {}),
        ("hard_tanh", [t([-1.0, 1.0, 0.5, 2.0])], {}),
        ("hard_shrink", [t([-0.5, 0.5, 0.6, 0.0])], {}),
        ("soft_shrink", [t([-0.5, 0.5, 0.6, 0.0])], {}),
        ("threshold", [t([0.5, 0.4, 0.6]), 0.5, 0.0], {}),
        ("softplus", [t([100.0, -100.0])], {}),
        ("sparse_plus", [t([-1.0, 1.0, 0.0])], {}),
        ("sparse_sigmoid", [t([-1.0, 1.0, 0.0])], {}),
        ("clip", [t([-1.0, 0.0, 1.0, 2.0, 0.5]), 0.0, 1.0], {}),
        ("maximum", [t([1.0, 2.0, 0.0]), t([1.0, 0.0, 0.0])], {}),
        ("minimum", [t([1.0, 2.0, 0.0]), t([1.0, 0.0, 0.0])], {}),
        ("maximum", [t(at), 0.0], {}),
        ("max", [t([[1.0, 1.0, 0.0], [2.0, 2.0, 2.0]])], {"axis": 1}),
        ("max", [t([3.0, 3.0, 1.0, 3.0])], {}),
        ("min", [t([[1.0, 1.0, 2.0], [0.0, 0.0, 0.0]])], {"axis": 0}),
        ("prod", [t([0.0, 2.0, 3.0])], {}),
        ("prod", [t([0.0, 0.0, 3.0])], {}),
        ("prod", [t([[1.0, 0.0], [2.0, 3.0]])], {"axis": 1}),
        ("cumprod", [t([2.0, 0.0, 3.0])], {}),
        ("power", [t([0.0, 0.0, 0.0, 2.0]), t([0.0, 1.0, 2.0, 0.0])], {}),
        ("power", [t([-2.0, -2.0]), t([2.0, 3.0])], {}),
        ("power", [t([0.0, -3.0]), 2], {}),
        ("power", [t([0.0, 4.0]), 0.5], {}),
        ("power", [2.0, t([0.0, -1.0])], {}),
        ("divide", [t([1.0, 0.0]), t([0.0, 0.0])], {}),
        ("arctan2", [t([0.0, 1.0]), t([0.0, 0.0])], {}),
        ("norm", [t([0.0, 0.0])], {}),
        ("norm", [t([[3.0, 4.0], [0.0, 0.0]])], {"axis": 1}),
        ("normalize", [t([[3.0, 4.0], [0.0, 0.0]])], {}),
        ("std", [t([2.0, 2.0])], {}),
        ("logsumexp", [t([1000.0, 0.0])], {}),
        ("where", [t([True, False], "bool"), t([1.0, 2.0]), t([3.0, 4.0])], {}),
        ("sort", [t([2.0, 1.0, 2.0])], {}),
        ("top_k", [t([2.0, 1.0, 2.0]), 2], {}),
        ("segment_max", [t([2.0, 2.0, 1.0]), t([0, 0, 1], "int32")], {}),
        ("take", [t([1.0, 2.0, 3.0]), t([0, 0, 2], "int32")], {"axis": 0}),
        ("max_pool", [t(np.zeros((1, 4, 4, 1))), 2], {}),
        ("max_pool", [t(np.ones((1, 3, 3, 1))), 2], {"strides": 1}),
        ("categorical_crossentropy", [t([[0.0, 1.0]]), t([[1.0, 0.0]])], {}),
        ("categorical_crossentropy", [t([[0.0, 1.0]]), t([[3.0, 5.0]])], {}),
        ("binary_crossentropy", [t([[0.0, 1.0, 1.0]]), t([[1.0, 0.0, 1.0]])], {}),
        ("sparse_categorical_crossentropy", [t([0], "int32"), t([[0.0, 1.0]])], {}),
        ("batch_normalization", [t([[2.0], [2.0]]), t([2.0]), t([0.0])], {"axis": -1}),
        ("layer_normalization", [t([[2.0, 2.0]])], {}),
        ("var", [t([[2.0]])], {}),
        ("softmax", [t([[1000.0, 0.0]])], {}),
        ("mod", [t([5.5, -5.5]), t([2.0, 2.0])], {}),
        ("floor_divide", [t([5.5, -5.5]), t([2.0, 2.0])], {}),
        ("round", [t([0.4, 0.5])], {}),
        # Equal and vanishing eigenvalues and singular values.
        ("svd", [t([[2.0, 0.0], [0.0, 2.0]])], {"compute_uv": False}),
        ("svd", [t(np.zeros((2, 3)))], {"compute_uv": False}),
        ("svd", [t([[2.0, 0.0], [0.0, 2.0]])], {}),
        ("eigh", [t([[2.0, 0.0], [0.0, 2.0]])], {}),
        ("eigh", [t([[2.0, 5.0], [0.0, 1.0]])], {}),
        ("norm", [t([[1.0, 2.0], [2.0, 4.0]])], {"ord": "nuc", "axis": (0, 1)}),
        ("pinv", [t([[1.0, 2.0], [2.0, 4.0], [0.0, 0.0]])], {}),
        ("cholesky", [t([[2.0, 7.0], [1.0, 3.0]])], {}),
        ("slogdet", [t([[0.0, 1.0], [1.0, 0.0]])], {}),
        ("solve_triangular", [t([[2.0, 1.0], [5.0, 4.0]]), t([[1.0], [2.0]])], {}),
        ("i0", [t([0.0, -0.0, 20.0])], {}),
        ("erfc", [t([0.0, 9.0, -9.0])], {}),
        ("angle", [t([0.0, -1.0])], {}),
    ]
    cases = [_row(*row) for row in rows]
    return [c for c in cases if c is not None]


def second_order():
    """Gradients of gradients: `second_grads` belongs to sum(grads * second_probe)."""
    rows = []
    for op, (low, high, _) in UNARY.items():
        if op not in NOT_DIFFERENTIABLE:
            rows.append((op, [rand(rng_for("second/" + op), (3,), low, high)], {}))
    rng = rng_for("second")
    r = lambda *shape: rand(rng, shape, 0.3, 2)
    for op in ARITHMETIC:
        rows.append((op, [r(2, 1), r(3)], {}))
    for op, kwargs in WITH_ARGUMENTS:
        if op != "round":
            rows.append((op, [r(3)], kwargs))
    rows += [
        ("softmax", [r(2, 3)], {}),
        ("log_softmax", [r(2, 3)], {}),
        ("logsumexp", [r(2, 3)], {"axis": 1}),
        ("sum", [r(2, 3)], {"axis": 0}),
        ("mean", [r(2, 3)], {"axis": 1}),
        ("prod", [r(2, 3)], {"axis": 1}),
        ("max", [r(2, 3)], {"axis": 1}),
        ("var", [r(2, 3)], {"axis": 1}),
        ("std", [r(2, 3)], {"axis": 1}),
        ("norm", [r(2, 3)], {"axis": 1}),
        ("normalize", [r(2, 3)], {}),
        ("cumsum", [r(3)], {}),
        ("cumprod", [r(3)], {}),
        ("matmul", [r(2, 3), r(3, 2)], {}),
        ("matmul", [r(2, 2, 3), r(3, 2)], {}),
        ("einsum", ["bij,bjk->bik", r(2, 2, 3), r(2, 3, 2)], {}),
        ("outer", [r(2), r(3)], {}),
        ("conv", [r(1, 5, 2), r(2, 2, 2)], {"padding": "same"}),
        ("conv", [r(1, 4, 4, 1), r(3, 3, 1, 2)], {}),
        ("conv", [r(1, 4, 4, 1), r(2, 2, 1, 2)], {"strides": 2, "padding": "same"}),
        ("depthwise_conv", [r(1, 4, 4, 2), r(2, 2, 2, 1)], {}),
        ("conv_transpose", [r(1, 2, 2, 1), r(2, 2, 1, 1)], {"strides": 2}),
        ("average_pool", [r(1, 4, 4, 1), 2], {}),
        ("max_pool", [r(1, 4, 4, 1), 2], {}),
        ("layer_normalization", [r(2, 3), r(3), r(3)], {}),
        ("batch_normalization", [r(2, 3), r(3), r(3)], {"axis": -1}),
        ("categorical_crossentropy", [t([[0.0, 1.0, 0.0]]), r(1, 3)], {"from_logits": True}),
        ("sparse_categorical_crossentropy", [t([1], "int32"), r(1, 3)], {"from_logits": True}),
        ("binary_crossentropy", [t([[0.0, 1.0]]), r(1, 2)], {"from_logits": True}),
        ("take", [r(3, 2), t([0, 0, 2], "int32")], {"axis": 0}),
        ("inv", [r(2, 2)], {}),
        ("det", [r(3, 3)], {}),
        ("slogdet", [r(3, 3)], {}),
        ("solve", [r(2, 2), r(2, 1)], {}),
        ("solve_triangular", [r(2, 2), r(2, 1)], {"lower": True}),
        ("cholesky", [t([[2.0, 0.5], [0.5, 1.0]])], {}),
        ("qr", [r(3, 2)], {}),
        ("svd", [r(3, 2)], {"compute_uv": False}),
        ("fft", [[r(4), r(4)]], {}),
        ("rfft", [r(5)], {}),
        ("irfft", [[r(3), r(3)]], {}),
        ("erfc", [r(3)], {}),
        ("i0", [r(3)], {}),
    ]
    cases = []
    for row in rows:
        try:
            case = _row(*row, second=True)
        except LookupError:
            # TensorFlow has no second derivative of this kernel.
            continue
        if case is not None:
            cases.append(case)
    return cases


COMPLEX_UNARY = [
    "square", "exp", "sqrt", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "arcsinh", "reciprocal", "rsqrt", "expm1",
    "log1p", "negative", "conj", "real", "imag", "angle", "absolute", "sum", "mean", "prod", "transpose", "det", "inv", "qr",
    "eig", "sigmoid",
]  # fmt: skip
COMPLEX_BINARY = ["add", "subtract", "multiply", "divide", "power", "matmul", "solve"]


def complex_numbers():
    """Gradients by real pairs [..., 2] through functions of complex numbers; results are taken apart again."""
    cases = []
    for op in COMPLEX_UNARY + COMPLEX_BINARY:
        rng = rng_for("complex/" + op)
        count = 1 if op in COMPLEX_UNARY else 2
        pairs = [rand(rng, (3, 2, 2) if op == "qr" else (2, 2, 2), 0.3, 1.5) for _ in range(count)]

        def parts(*xs):
            out = call(op, [tf.complex(x[..., 0], x[..., 1]) for x in xs], {})
            # The phase of an eigenvector is free: its size is not.
            outs = [out[0], tf.abs(out[1])] if op == "eig" else list(out) if isinstance(out, (list, tuple)) else [out]
            return tf.concat([tf.reshape(p(o), [-1]) for o in outs for p in (tf.math.real, tf.math.imag)], 0)

        try:
            with tf.GradientTape() as tape:
                tape.watch(pairs)
                out = parts(*pairs)
                probe = t(np.round(rng.uniform(-1, 1, out.shape), 2))
                total = tf.reduce_sum(out * probe)
            grads = tape.gradient(total, pairs)
        except Exception:
            # Kernels that TensorFlow does not have for complex numbers.
            continue
        cases.append({"op": op, "args": pairs, "outputs": [out], "probe": [probe], "grads": grads})
    return cases


SHARED = [
    "unary", "activations", "binary", "choosing", "reductions", "norms", "ordering", "shapes", "indexing",
    "products", "einsum", "numpy_elementwise", "numpy_statistics", "numpy_arrays", "cross_entropies", "convolution",
    "pooling", "normalization", "image_resize", "attention", "ctc", "folding", "image", "image_sampling",
    "linalg", "fourier", "signals", "rest",
]  # fmt: skip

FAMILIES = {
    **{name: _family(TABLES[name]) for name in SHARED},
    "awkward": awkward,
    "complex_numbers": complex_numbers,
    "second_order": second_order,
}
