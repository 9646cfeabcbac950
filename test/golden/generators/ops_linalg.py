"""Calls of linear algebra, Fourier transforms, complex numbers and signals."""

import numpy as np
import tensorflow as tf

from .common import rand, randint, rng_for, t
from .ops_elementwise import INF, MAYBE, NAN


def _definite(rng, shape, dtype="float32"):
    """Symmetric positive definite matrices."""
    a = np.round(rng.uniform(-1, 1, shape), 2)
    return t(np.round(a @ np.swapaxes(a, -1, -2), 2) + 2 * np.eye(shape[-1]), dtype)


def _regular(rng, shape, dtype="float32"):
    """Matrices far from singular."""
    return t(np.round(rng.uniform(-1, 1, shape), 2) + 2 * np.eye(*shape[-2:]), dtype)


def linalg():
    rng = rng_for("ops/linalg")
    rows = []
    for shape in [(3, 3), (2, 1, 2, 2), (1, 1), (0, 2, 2)]:
        x = _definite(rng, shape)
        rows += [
            ("cholesky", [x], {}),
            ("cholesky", [x], {"upper": True}),
            ("cholesky_inverse", [tf.linalg.cholesky(x)], {}),
            ("cholesky_inverse", [tf.linalg.matrix_transpose(tf.linalg.cholesky(x))], {"upper": True}),
            ("logdet", [x], {}),
        ]
    rows.append(("cholesky", [_definite(rng, (2, 2), "float64")], {}))
    rows.append(("logdet", [_definite(rng, (2, 2), "float64")], {}))
    for shape in [(3, 3), (2, 1, 2, 2), (1, 1), (2, 0, 0)]:
        x = _regular(rng, shape)
        for op in ["det", "slogdet", "inv", "lu_factor"]:
            # Keras on TensorFlow inverts the permutation of a single matrix only.
            rows.append((op, [x], {MAYBE: True} if 0 in shape or op == "lu_factor" else {}))
    for op in ["det", "slogdet", "inv", "lu_factor"]:
        rows.append((op, [_regular(rng, (3, 3), "float64")], {}))
    rows += [
        ("det", [t([[1.0, 2.0], [2.0, 4.0]])], {}),
        ("slogdet", [t([[1.0, 2.0], [2.0, 4.0]])], {}),
        ("slogdet", [t([[0.0, 1.0], [2.0, 0.0]])], {}),
        ("lu_factor", [t([[0.0, 1.0, 2.0], [4.0, 1.0, 0.0], [2.0, 3.0, 1.0]])], {}),
    ]
    for op in ["solve", "solve_triangular"]:
        rows += [
            (op, [_regular(rng, (3, 3)), rand(rng, (3, 2))], {}),
            (op, [_regular(rng, (3, 3)), rand(rng, (3,))], {}),
            (op, [_regular(rng, (2, 2, 2)), rand(rng, (2, 2))], {}),
            (op, [_regular(rng, (2, 2, 2)), rand(rng, (2, 2, 1))], {}),
            (op, [_regular(rng, (1, 1)), rand(rng, (1, 3))], {}),
            (op, [_regular(rng, (2, 2), "float64"), rand(rng, (2, 1), dtype="float64")], {}),
        ]
    rows += [
        ("solve_triangular", [_regular(rng, (3, 3)), rand(rng, (3, 2))], {"lower": True}),
        ("solve_triangular", [_regular(rng, (2, 2, 2)), rand(rng, (2, 2))], {"lower": True}),
    ]
    for shape in [(3, 3), (4, 2), (2, 3), (2, 2, 2), (1, 1)]:
        rows.append(("qr", [rand(rng, shape)], {}))
        rows.append(("qr", [rand(rng, shape)], {"mode": "complete"}))
        rows.append(("svd", [rand(rng, shape)], {"compute_uv": False}))
        rows.append(("svd", [rand(rng, shape)], {"full_matrices": False}))
        if shape != (4, 2):
            rows.append(("svd", [rand(rng, shape)], {}))
        rows.append(("pinv", [rand(rng, shape)], {}))
        rows.append(("matrix_rank", [rand(rng, shape)], {}))
    for op in ["qr", "svd", "pinv", "matrix_rank"]:
        rows.append((op, [rand(rng, (3, 3), dtype="float64")], {}))
    deficient = t([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [0.0, 1.0, 0.0]])
    rows += [
        ("pinv", [deficient], {}),
        ("pinv", [deficient], {"rcond": 0.3}),
        ("matrix_rank", [deficient], {}),
        ("matrix_rank", [deficient], {"tol": 5.0}),
        ("matrix_rank", [t(np.zeros((2, 3)))], {}),
        ("lstsq", [rand(rng, (4, 2)), rand(rng, (4,))], {}),
        ("lstsq", [rand(rng, (4, 2)), rand(rng, (4, 3))], {}),
        ("lstsq", [rand(rng, (2, 3)), rand(rng, (2,))], {}),
        ("lstsq", [deficient, rand(rng, (3, 1))], {}),
        ("lstsq", [rand(rng, (3, 3)), rand(rng, (3, 1))], {"rcond": 0.5}),
        ("lstsq", [rand(rng, (3, 2), dtype="float64"), rand(rng, (3,), dtype="float64")], {}),
    ]
    for shape in [(3, 3), (2, 2, 2), (1, 1)]:
        rows.append(("eigh", [_definite(rng, shape)], {}))
        rows.append(("eig", [_regular(rng, shape)], {}))
    rows.append(("eigh", [_definite(rng, (3, 3), "float64")], {}))
    rows.append(("eig", [t([[0.0, -1.0], [1.0, 0.0]])], {}))
    return rows


def fourier():
    rng = rng_for("ops/fourier")
    rows = []
    pair = lambda *shape, dtype="float32": (rand(rng, shape, dtype=dtype), rand(rng, shape, dtype=dtype))
    for shape in [(4,), (2, 6), (1,), (2, 1, 7)]:
        rows.append(("fft", [pair(*shape)], {}))
        rows.append(("rfft", [rand(rng, shape)], {}))
        rows.append(("rfft", [rand(rng, shape)], {"fft_length": 5}))
        rows.append(("irfft", [pair(*shape)], {"fft_length": 2 * shape[-1] - 1}))
        rows.append(("irfft", [pair(*shape)], {"fft_length": 4}))
        if shape[-1] > 1:
            rows.append(("irfft", [pair(*shape)], {}))
    for shape in [(2, 3), (1, 4), (2, 3, 4), (5, 5)]:
        rows.append(("fft2", [pair(*shape)], {}))
        rows.append(("ifft2", [pair(*shape)], {}))
    rows += [
        ("fft", [pair(5, dtype="float64")], {}),
        ("fft2", [pair(2, 3, dtype="float64")], {}),
        ("ifft2", [pair(2, 3, dtype="float64")], {}),
        ("rfft", [rand(rng, (6,), dtype="float64")], {}),
        ("irfft", [pair(4, dtype="float64")], {}),
    ]
    window = t([0.5, 1.0, 0.75, 0.25])
    for args, kwargs in [
        ((4, 2, 4), {}),
        ((4, 2, 8), {}),
        ((5, 3, 5), {}),
        ((4, 1, 6), {"center": False}),
        ((4, 2, 4), {"window": "hamming"}),
        ((5, 2, 8), {"window": "hamming", "center": False}),
        ((4, 2, 4), {"window": None}),
        ((4, 2, 5), {"window": window}),
    ]:
        for shape in [(12,), (2, 15)]:
            rows.append(("stft", [rand(rng, shape), *args], kwargs))
        fft_length = args[2]
        rows.append(("istft", [pair(5, fft_length // 2 + 1), *args], kwargs))
        rows.append(("istft", [pair(2, 4, fft_length // 2 + 1), *args], {**kwargs, "length": 7}))
    rows.append(("stft", [rand(rng, (9,), dtype="float64"), 4, 3, 4], {}))
    return rows


def signals():
    rng = rng_for("ops/signals")
    rows = []
    for op in ["bartlett", "blackman", "hamming", "hanning"]:
        for length in [1, 2, 5, 8]:
            rows.append((op, [length], {}))
    for length, beta in [(1, 3.0), (4, 0.0), (5, 8.6), (8, 14)]:
        rows.append(("kaiser", [length, beta], {}))
    for mode in ["valid", "same", "full"]:
        rows += [
            ("correlate", [rand(rng, (5,)), rand(rng, (3,))], {"mode": mode}),
            ("correlate", [rand(rng, (4,)), rand(rng, (2,), dtype="float64")], {"mode": mode}),
            ("correlate", [randint(rng, (4,), 0, 9), randint(rng, (4,), 0, 9)], {"mode": mode}),
            ("correlate", [rand(rng, (3,), dtype="float16"), rand(rng, (1,), dtype="float16")], {"mode": mode}),
        ]
    rows.append(("correlate", [randint(rng, (4,), 0, 9, "int64"), randint(rng, (3,), 0, 9)], {"mode": "same"}))
    rows.append(("correlate", [rand(rng, (2,)), rand(rng, (5,))], {"mode": "full"}))
    for dtype in ["int8", "uint8", "int16", "int32", "int64"]:
        a, b = t([[12, 18, 0], [7, 100, 0]], dtype), t([8, 27, 0], dtype)
        rows += [("gcd", [a, b], {}), ("lcm", [a, b], {})]
    rows += [
        ("gcd", [t([-12, 18], "int32"), t([[8], [-27]], "int32")], {}),
        ("lcm", [t([-4, 6], "int32"), t([[10], [0]], "int32")], {}),
        ("gcd", [t([12], "int16"), t([8, 9], "int64")], {}),
        ("gcd", [t([1836311903, 2147483647], "int32"), t([1134903170, 2], "int32")], {}),
        ("gcd", [t(np.zeros((0, 2)), "int32"), t([8, 9], "int32")], {}),
        ("nextafter", [t([1.0, 0.0, -1.0, 3.0, NAN, INF], "float64"), t([2.0, -1.0, 0.0, 3.0, 1.0, 0.0], "float64")], {}),
        ("nextafter", [t([[1.0], [-2.0]], "float64"), t([-5.0, 5.0], "float64")], {}),
        ("nextafter", [t([1.0, 3.0]), t([1.0, 3.0])], {}),
        ("nextafter", [t([1.0]), t([2.0])], {}),
    ]
    for op, x in [("i0", rand(rng, (2, 3), -4, 4)), ("erfc", rand(rng, (2, 3), -3, 4))]:
        rows += [
            (op, [x], {}),
            (op, [tf.cast(x, "float64")], {}),
            (op, [tf.cast(x, "float16")], {}),
            # TensorFlow's I0 of infinity is NaN.
            (op, [t([-0.0, 0.0, NAN] + ([INF, -INF] if op == "erfc" else []))], {}),
            (op, [t(np.zeros((0, 2)))], {}),
            (op, [t([[1, 2]], "int32")], {MAYBE: True}),
            (op, [t([[1, 2]], "int64")], {MAYBE: True}),
        ]
    gaps = t([[1.0, NAN, 2.5, 0.0], [NAN, NAN, NAN, NAN], [-3.0, 0.5, INF, NAN]])
    y = rand(rng, (2, 3, 4))
    for method in ["linear", "lower", "higher", "nearest", "midpoint"]:
        rows += [
            ("nanquantile", [gaps, t([0.1, 0.5, 0.77])], {"axis": 1, "method": method, MAYBE: True}),
            ("nanquantile", [gaps[::2, :3], 0.3], {"axis": 0, "method": method, "keepdims": True}),
            ("nanpercentile", [gaps, 37.0], {"method": method}),
        ]
    rows += [
        ("nanquantile", [y, 0.25], {"axis": [0, 2]}),
        ("nanquantile", [t([1.0, NAN, 4.0, 2.0], "float64"), 0.5], {}),
        ("nanpercentile", [gaps[::2], t([10.0, 90.0])], {"axis": 1, MAYBE: True}),
        ("nanmedian", [gaps], {}),
        ("nanmedian", [gaps], {"axis": 1}),
        ("nanmedian", [gaps[:, :2]], {"axis": 0, "keepdims": True}),
        ("nanmedian", [y], {"axis": [0, -1]}),
    ]
    repeated = t([[3, 1, 3], [2, 1, 7]], "int32")
    for kwargs in [
        {},
        {"return_index": True, "return_inverse": True, "return_counts": True},
        {"sorted": False, "return_counts": True},
        {"size": 3, "return_counts": True},
        {"size": 6, "fill_value": -1, "return_index": True, "return_counts": True},
    ]:
        rows.append(("unique", [repeated], kwargs))
        rows.append(("unique", [t([2.5, -1.0, 2.5, 0.0])], kwargs))
        rows.append(("unique", [t([[1, 2], [0, 1], [1, 2]], "int32")], {"axis": 0, **kwargs}))
    rows.append(("unique", [t([[1, 0, 1], [2, 1, 2]], "int64")], {"axis": 1, "return_inverse": True}))
    rows.append(("unique", [t([True, False, True], "bool")], {MAYBE: True}))
    ids = t([0, 2, 0, 2], "int32")
    x = rand(rng, (4, 2))
    rows += [
        ("segment_prod", [x, ids], {"num_segments": 4}),
        ("segment_prod", [x, ids], {}),
        ("segment_prod", [t([0.0, 2.0, 3.0, 0.0]), ids], {"num_segments": 3}),
        ("segment_prod", [t([3, 1, 2, 5], "int32"), t([0, -1, 0, 1], "int32")], {"num_segments": 2}),
        ("segment_prod", [t(np.zeros((0, 2))), t([], "int32")], {"num_segments": 2}),
    ]
    return rows


def _complex(rng, shape, low=-2.0, high=2.0):
    part = lambda: np.round(rng.uniform(low, high, shape), 2)
    return tf.constant((part() + 1j * part()).astype("complex64"))


def complex_numbers():
    rng = rng_for("ops/complex_numbers")
    z, w = _complex(rng, (2, 3)), _complex(rng, (3,))
    odd = tf.constant(np.array([0, -1, 2j, -0.5j, 1 - 1j], "complex64"))
    rows = []
    for op in ["real", "imag", "conj", "conjugate", "angle", "isreal", "absolute", "view_as_real"]:
        rows += [
            (op, [z], {}),
            (op, [odd], {}),
            (op, [rand(rng, (2, 2))], {}),
            (op, [t([1, -2], "int32")], {MAYBE: True}),
            (op, [tf.zeros((0, 2), "complex64")], {}),
        ]
    rows += [
        ("angle", [t([-1.5, -0.0, 0.0, 2.5, INF, -INF, NAN], "float64")], {}),
        ("angle", [t([1, -2], "int64")], {}),
        ("isreal", [t([True, False], "bool")], {}),
        ("polar", [rand(rng, (2, 3), 0, 2), rand(rng, (2, 3))], {}),
        ("polar", [rand(rng, (3,), 0, 2), rand(rng, (2, 1))], {}),
        ("polar", [t([0.0]), t([2.0])], {}),
        ("view_as_complex", [rand(rng, (3, 2))], {}),
        ("view_as_complex", [rand(rng, (2,), dtype="float64")], {}),
        ("view_as_complex", [t([[1, 2]], "int32")], {}),
        ("view", [t([1.0, -2.5])], {"dtype": "int32"}),
        ("view", [t([[1, -2]], "int32")], {"dtype": "uint8"}),
        ("view", [t([[1, 2, 3, 4]], "uint8")], {"dtype": "int16"}),
        ("view", [t([1.5, -2.0], "float16")], {"dtype": "int16"}),
        ("view", [t([1.0, -2.5])], {}),
        ("view", [t([1.0, 2.0])], {"dtype": "float64"}),
    ]
    for op in ["exp", "sqrt", "log", "sin", "cos", "tanh", "square", "negative", "reciprocal", "sinh", "cosh",
               "tan", "arcsinh", "expm1", "log1p", "sigmoid", "sign", "rsqrt"]:  # fmt: skip
        rows.append((op, [z], {MAYBE: True}))
        rows.append((op, [w], {MAYBE: True}))
    for op in ["add", "subtract", "multiply", "divide", "power"]:
        rows.append((op, [z, w], {MAYBE: True}))
        rows.append((op, [z, rand(rng, (3,))], {MAYBE: True}))
        rows.append((op, [w, w], {MAYBE: True}))
    for op in ["equal", "not_equal"]:
        rows.append((op, [z, tf.where(tf.constant([True, False, True]), z, w)], {MAYBE: True}))
    for op in ["sum", "mean", "prod", "cumsum"]:
        rows.append((op, [z], {"axis": 1, MAYBE: True}))
        rows.append((op, [z], {MAYBE: True}))
    for op, kwargs in [("var", {"axis": 1}), ("std", {"axis": 0}), ("norm", {"axis": 1}), ("norm", {"ord": 1, "axis": 0}),
                       ("norm", {"ord": "nuc"})]:  # fmt: skip
        rows.append((op, [z], {**kwargs, MAYBE: True}))
    rows += [
        ("matmul", [z, _complex(rng, (3, 2))], {}),
        ("matmul", [_complex(rng, (2, 2, 3)), _complex(rng, (3, 2))], {}),
        ("transpose", [z], {}),
        ("reshape", [z, (3, 2)], {}),
        ("concatenate", [[z, z]], {"axis": 0}),
        ("where", [t([True, False, True], "bool"), z, w], {}),
        ("zeros_like", [z], {}),
        ("inv", [_complex(rng, (2, 2))], {}),
        ("det", [_complex(rng, (2, 2))], {}),
        ("solve", [_complex(rng, (2, 2)), _complex(rng, (2, 1))], {}),
        ("qr", [_complex(rng, (3, 2))], {}),
        ("svd", [_complex(rng, (3, 2))], {"compute_uv": False}),
        ("eig", [_complex(rng, (2, 2))], {}),
        ("cast", [z, "float32"], {}),
        ("cast", [rand(rng, (2,)), "complex64"], {}),
    ]
    return rows
