"""Calls of elementwise ops: one argument, two arguments, comparison, clipping, choosing.

Every table is a function that gives rows (op, args, kwargs). A row marked with `MAYBE` is left out where Keras
on TensorFlow refuses it (a dtype that a kernel does not have).
"""

import numpy as np

from .common import rand, randint, rng_for, t

MAYBE = "maybe"
INF, NAN = float("inf"), float("nan")

# Range of arguments for each op of one argument, and points at which it is delicate.
UNARY = {
    "absolute": (-3, 3, [0.0, -0.0]),
    "negative": (-3, 3, [0.0, -0.0]),
    "sign": (-3, 3, [0.0, -0.0]),
    "square": (-3, 3, [1e20]),
    "sqrt": (0, 9, [0.0, -1.0]),
    "rsqrt": (0.1, 9, [0.0, -1.0]),
    "exp": (-3, 3, [100.0, -100.0]),
    "expm1": (-3, 3, [1e-5, -1e-5, 100.0]),
    "log": (0.1, 9, [0.0, -1.0]),
    "log1p": (-0.9, 9, [1e-5, -1.0, -2.0]),
    "log2": (0.1, 9, [0.0, 8.0]),
    "log10": (0.1, 9, [0.0, 1000.0]),
    "sin": (-4, 4, [100.0]),
    "cos": (-4, 4, [100.0]),
    "tan": (-1.4, 1.4, [3.0]),
    "arcsin": (-1, 1, [1.0, -1.0, 1.5]),
    "arccos": (-1, 1, [1.0, -1.0, 1.5]),
    "arctan": (-5, 5, [1e6]),
    "sinh": (-3, 3, [1e-4, 100.0]),
    "cosh": (-3, 3, [100.0]),
    "tanh": (-3, 3, [50.0, -50.0, 1e-4]),
    "arcsinh": (-5, 5, [1e-4, 1e6]),
    "arccosh": (1, 5, [1.0, 0.5, 1e6]),
    "arctanh": (-0.9, 0.9, [1.0, -1.0, 2.0]),
    "floor": (-3, 3, [-0.5, 0.5, 2.0, -2.0]),
    "ceil": (-3, 3, [-0.5, 0.5, 2.0, -2.0]),
    "round": (-3, 3, [0.5, 1.5, 2.5, -0.5, -1.5, -2.5]),
    "trunc": (-3, 3, [-0.5, 0.5, 2.7, -2.7]),
    "reciprocal": (0.2, 3, [0.0, -0.0, -4.0]),
    "isnan": (-3, 3, []),
    "isinf": (-3, 3, []),
    "isfinite": (-3, 3, []),
    "logical_not": (-1, 1, [0.0, -0.0]),
    "erf": (-3, 3, [6.0, -6.0, 1e-4]),
    "sigmoid": (-5, 5, [100.0, -100.0]),
    "relu": (-3, 3, [0.0, -0.0]),
    "relu6": (-3, 9, [0.0, 6.0, 7.0]),
    "leaky_relu": (-3, 3, [0.0]),
    "elu": (-3, 3, [0.0, -100.0]),
    "selu": (-3, 3, [0.0, -100.0]),
    "gelu": (-3, 3, [10.0, -10.0]),
    "hard_sigmoid": (-4, 4, [3.0, -3.0, 2.5]),
    "silu": (-4, 4, [100.0, -100.0]),
    "hard_silu": (-4, 4, [3.0, -3.0]),
    "softplus": (-4, 4, [100.0, -100.0]),
    "softsign": (-4, 4, [1e6]),
    "log_sigmoid": (-4, 4, [100.0, -100.0]),
    "celu": (-3, 3, [0.0, -100.0]),
    "hard_tanh": (-3, 3, [1.0, -1.0]),
    "hard_shrink": (-2, 2, [0.5, -0.5]),
    "soft_shrink": (-2, 2, [0.5, -0.5]),
    "tanh_shrink": (-3, 3, [0.0]),
    "sparse_plus": (-2, 2, [1.0, -1.0]),
    "sparse_sigmoid": (-2, 2, [1.0, -1.0]),
    "squareplus": (-4, 4, [0.0, 100.0]),
}
ACTIVATIONS = list(UNARY)[list(UNARY).index("sigmoid") :]

WITH_ARGUMENTS = [
    ("round", {"decimals": 1}),
    ("round", {"decimals": -1}),
    ("leaky_relu", {"negative_slope": 0.3}),
    ("elu", {"alpha": 0.5}),
    ("celu", {"alpha": 2.0}),
    ("gelu", {"approximate": False}),
    ("gelu", {"approximate": True}),
    ("hard_shrink", {"threshold": 1.0}),
    ("soft_shrink", {"threshold": 1.0}),
    ("squareplus", {"b": 1}),
    ("threshold", {"threshold": 0.5, "default_value": -9.0}),
]


def _unary_rows(op, dtypes):
    low, high, special = UNARY[op]
    rng = rng_for("ops/" + op)
    rows = [
        (op, [rand(rng, (2, 3), low, high)], {}),
        (op, [rand(rng, (), low, high)], {}),
        (op, [t(np.zeros((0, 3)))], {}),
        (op, [t([*special, NAN, INF, -INF])], {}),
        (op, [rand(rng, (2, 1, 2), low, high, "float64", 3)], {}),
    ]
    rows += [(op, [rand(rng, (4,), low, high, d, 3)], {}) for d in ("float16", "bfloat16")]
    whole = max(0, int(np.ceil(low))) if low > -2 else -2
    for d in dtypes:
        start = max(0, whole) if d.startswith("u") or d == "bool" else whole
        values = np.array([start, start + 1, start + 2, 1])
        if d == "bool":
            values = np.array([1, 0, 1]) if low <= 0 else np.array([1, 1])
        if op in ("arcsin", "arccos", "arctanh"):
            values = np.array([0, 0]) if op == "arctanh" else np.array([0, 1])
        rows.append((op, [t(values, d)], {MAYBE: True}))
    return rows


def unary():
    return [
        row
        for op in UNARY
        if op not in ACTIVATIONS
        for row in _unary_rows(op, ("int32", "int64", "uint8", "bool"))
    ]


def activations():
    rows = [row for op in ACTIVATIONS for row in _unary_rows(op, ("int32",))]
    rng = rng_for("ops/with_arguments")
    for op, kwargs in WITH_ARGUMENTS:
        rows.append(
            (op, [rand(rng, (2, 5), -15 if op == "round" else -3, 15 if op == "round" else 3)], kwargs)
        )
        rows.append((op, [rand(rng, (3,), -3, 3, "float64")], kwargs))
    x = rand(rng, (2, 3, 4))
    rows.append(("round", [t([125, 135, -25, 4], "int32")], {"decimals": -1}))
    for op in ("softmax", "log_softmax", "sparsemax"):
        rows += [
            (op, [x], {}),
            (op, [x], {"axis": 1}),
            (op, [x], {"axis": 0}),
            (op, [t([[1000.0, 1001.0], [-1000.0, 0.0]])], {}),
            (op, [rand(rng, (3, 1))], {}),
            (op, [rand(rng, (2, 3), dtype="float16")], {}),
            (op, [rand(rng, (2, 3), dtype="float64")], {}),
            (op, [t([[0.0, 0.0, 0.0]])], {}),
        ]
    rows += [
        ("softmax", [x], {"axis": (1, 2)}),
        ("softmax", [x], {"axis": None}),
        ("log_softmax", [x], {"axis": None}),
    ]
    rows += [
        ("glu", [x], {}),
        ("glu", [x], {"axis": 0}),
        ("glu", [x], {"axis": -1}),
        ("glu", [rand(rng, (2, 4), dtype="float64")], {}),
    ]
    return rows


ARITHMETIC = [
    "add", "subtract", "multiply", "divide", "true_divide", "floor_divide", "mod", "power", "maximum",
    "minimum", "arctan2",
]  # fmt: skip
COMPARISON = ["equal", "not_equal", "greater", "greater_equal", "less", "less_equal"]
LOGICAL = ["logical_and", "logical_or", "logical_xor"]


def _pairs(op):
    rng = rng_for("ops/" + op)
    low = 0.1 if op == "power" else -3
    a, b = rand(rng, (2, 3), low, 3), rand(rng, (2, 3), low, 3)
    whole = lambda shape, d="int32": randint(
        rng, shape, 1 if op in ("power", "floor_divide", "mod") else -4, 5, d
    )
    signed = t([7, -7, 7, -7, 6, 0], "int32"), t([3, 3, -3, -3, -2, 5], "int32")
    rows = [
        [a, b],
        [rand(rng, (2, 1, 3), low, 3), rand(rng, (3, 1), low, 3)],
        [rand(rng, (), low, 3), a],
        [t(np.zeros((0, 3))), rand(rng, (1, 3), low, 3)],
        [a, 2],
        [a, 0.5],
        [3, a],
        [1.5, b],
        [whole((3,)), 2],
        [whole((3,)), 1.5],
        [2, whole((3,))],
        [whole((2, 2)), whole((2, 2))],
        [whole((3,)), rand(rng, (3,), low, 3)],
        [whole((3,)), rand(rng, (3,), low, 3, "float16")],
        [whole((3,), "int64"), whole((3,))],
        [whole((3,), "uint8"), whole((3,), "int8")],
        [rand(rng, (3,), low, 3, "bfloat16"), rand(rng, (3,), low, 3, "float16")],
        [rand(rng, (3,), low, 3, "bfloat16"), 0.5],
        [rand(rng, (3,), low, 3, "float64"), rand(rng, (3,), low, 3)],
        [t([True, False, True], "bool"), t([True, True, False], "bool")],
        [t([True, False], "bool"), t([1.5, 2.5])],
        [t([True, False], "bool"), t([2, 3], "int32")],
        [t([1.0, -1.0, 0.0, 0.0, INF, NAN, INF, 2.0]), t([0.0, 0.0, 0.0, -0.0, INF, 1.0, -INF, NAN])],
        [a, [[1.0, 2.0, 3.0]]],
    ]
    if op not in ("power",):
        rows.append(list(signed))
        rows.append([t([5.5, -5.5, 5.5, -5.5]), t([2.0, 2.0, -2.0, -2.0])])
    else:
        rows += [
            [t([0.0, 0.0, 2.0, -2.0, -2.0, 0.0]), t([0.0, 2.0, 0.0, 3.0, 0.5, -1.0])],
            [t([-8.0, 4.0]), 2],
            [t([2, 3, -2], "int32"), t([3, 0, 3], "int32")],
        ]
    if op in ("equal", "not_equal"):
        rows.append([t([1, 2, 3], "int32"), t([1.0, 2.5, 3.0])])
        rows.append([t([2**53 + 1, 7], "int64"), t([2**53, 7], "int64")])
    return [(op, args, {MAYBE: True}) for args in rows]


def binary():
    return [row for op in ARITHMETIC for row in _pairs(op)]


def comparison():
    return [row for op in COMPARISON + LOGICAL for row in _pairs(op)]


def choosing():
    rng = rng_for("ops/choosing")
    x, y = rand(rng, (2, 3)), rand(rng, (2, 3))
    c = t(rng.integers(0, 2, (2, 3)), "bool")
    rows = [
        ("where", [c, x, y], {}),
        ("where", [c, x, 0.0], {}),
        ("where", [c, 1.5, y], {}),
        ("where", [c, 1, 0], {}),
        ("where", [t([[True], [False]], "bool"), x, rand(rng, (3,))], {}),
        ("where", [c, t([[1, 2, 3]], "int32"), y], {}),
        ("where", [c, t([[1, 2, 3]], "int32"), 2], {}),
        ("where", [t([1, 0, 2], "int32"), t([1.0, 2.0, 3.0]), t([4.0, 5.0, 6.0])], {}),
        ("where", [t([True, False], "bool"), t([NAN, 1.0]), t([2.0, NAN])], {}),
        ("where", [t(np.zeros((0, 2)), "bool"), t(np.zeros((0, 2))), 1.0], {}),
        ("where", [c], {}),
        ("nonzero", [t([[0.0, 1.5], [2.0, 0.0]])], {}),
        ("nonzero", [t([0, 3, 0, 4], "int32")], {}),
        ("nonzero", [c], {}),
        ("nonzero", [t(np.zeros((2, 2)))], {}),
        ("clip", [x, -0.5, 0.5], {}),
        ("clip", [x, 0, 1], {}),
        ("clip", [x, t([[-1.0], [0.0]]), t(0.25)], {}),
        ("clip", [randint(rng, (5,), -5, 5), -2, 2], {}),
        ("clip", [randint(rng, (5,), -5, 5), -1.5, 1.5], {}),
        ("clip", [t([NAN, INF, -INF, 0.0]), -1.0, 1.0], {}),
        ("clip", [t([3.0, 0.5]), 2.0, 1.0], {}),
        ("clip", [rand(rng, (3,), dtype="float16"), -1, 1], {}),
        ("clip", [t([True, False], "bool"), 0, 1], {}),
        ("clip", [t(np.zeros((0,))), 0, 1], {}),
    ]
    return [(op, args, {**kwargs, MAYBE: True}) for op, args, kwargs in rows]
