"""Writes src/backend/conformance/reference.ts: what every primitive gives for small operands, by NumPy and TensorFlow.

    python test/golden/backend/conformance.py

Inputs are quarters of small integers, so that all float dtypes hold them exactly.
"""

import json
import math
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
import numpy as np
import tensorflow as tf

OUT = Path(__file__).resolve().parents[3] / "src/backend/conformance/reference.ts"

FLOATS = ["float32", "float64", "float16", "bfloat16"]
WIDE = ["float32", "float64"]
SIGNED = ["int8", "int16", "int32", "int64"]
INTS = SIGNED + ["uint8", "uint16", "uint32", "uint64"]
ALL = FLOATS + INTS + ["complex64"]
MOVED = ALL + ["bool"]

rows: dict[str, list[str]] = {}


class Pairs:
    """A complex operand or result."""

    def __init__(self, value):
        self.value = np.asarray(value, np.complex128)
        self.dtype = "complex64"


class Fixed:
    """An operand or result whose dtype does not follow the row's."""

    def __init__(self, value, dtype):
        self.value = np.asarray(value)
        self.dtype = dtype


def number(v):
    if isinstance(v, (bool, np.bool_)):
        return "1" if v else "0"
    if isinstance(v, (str, np.str_)):
        return "'" + str(v) + "'"
    v = float(v)
    if math.isnan(v):
        return "NaN"
    if math.isinf(v):
        return "Infinity" if v > 0 else "-Infinity"
    if v == int(v) and abs(v) < 1e15:
        return "-0" if v == 0 and math.copysign(1, v) < 0 else str(int(v))
    text = repr(float(f"{v:.12g}"))
    return text[:-2] if text.endswith(".0") else text


def literal(x):
    value = x.value if isinstance(x, (Fixed, Pairs)) else np.asarray(x)
    shape = ", ".join(str(d) for d in value.shape)
    if isinstance(x, Pairs):
        value = np.stack([value.real, value.imag], -1)
    values = ", ".join(number(v) for v in value.reshape(-1).tolist())
    dtype = f", '{x.dtype}'" if isinstance(x, (Fixed, Pairs)) else ""
    return f"t([{shape}], [{values}]{dtype})"


def js(value):
    return json.dumps(value).replace('"', "'")


def row(name, inputs, expected, params=None, dtypes=("float32",), tolerance=None):
    parts = [
        f"inputs: [{', '.join(literal(x) for x in inputs)}]",
        f"params: {js(params or {})}",
        f"expected: [{', '.join(literal(x) for x in expected)}]",
        f"dtypes: {js(list(dtypes))}",
    ]
    if tolerance:
        parts.append(f"tolerance: {tolerance}")
    rows.setdefault(name, []).append("{ " + ", ".join(parts) + " }")


def i32(x):
    return Fixed(x, "int32")


def i64(x):
    return Fixed(x, "int64")


def boolean(x):
    return Fixed(np.asarray(x, bool), "bool")


def text(x):
    return Fixed(np.asarray(x), "string")


def quarters(shape, start=-9, step=7, modulus=37):
    """Distinct-looking quarters between about -4 and 5."""
    n = int(np.prod(shape))
    return (((np.arange(n) * step) % modulus + start) / 4).reshape(shape)


def whole(shape, start=0, step=7, modulus=11):
    n = int(np.prod(shape))
    return ((np.arange(n) * step) % modulus + start).reshape(shape)


def of_tf(fn, *xs):
    return fn(*[tf.constant(x, tf.float64) for x in xs]).numpy()


# --- elementwise ----------------------------------------------------------------------------------------------------
SIGNS = np.array([[-2.25, -0.5, 0.0], [0.75, 1.5, 2.5]])
POSITIVE = np.array([[0.25, 0.5, 1.0], [1.75, 2.5, 3.0]])
UNIT = np.array([[-0.75, -0.5, 0.0], [0.25, 0.5, 0.75]])
EMPTY = np.zeros((0, 3))

UNARY = {
    "negative": (np.negative, SIGNS), "absolute": (np.abs, SIGNS), "sign": (np.sign, SIGNS), "square": (np.square, SIGNS),
    "floor": (np.floor, SIGNS), "ceil": (np.ceil, SIGNS), "round": (np.round, np.array([-2.5, -1.5, -0.5, 0.5, 1.5, 2.75])),
    "reciprocal": (np.reciprocal, POSITIVE), "sqrt": (np.sqrt, POSITIVE), "rsqrt": (lambda x: 1 / np.sqrt(x), POSITIVE),
    "exp": (np.exp, SIGNS), "expm1": (np.expm1, SIGNS), "log": (np.log, POSITIVE), "log1p": (np.log1p, POSITIVE),
    "sin": (np.sin, SIGNS), "cos": (np.cos, SIGNS), "tan": (np.tan, UNIT), "asin": (np.arcsin, UNIT),
    "acos": (np.arccos, UNIT), "atan": (np.arctan, SIGNS), "sinh": (np.sinh, SIGNS), "cosh": (np.cosh, SIGNS),
    "tanh": (np.tanh, SIGNS), "asinh": (np.arcsinh, SIGNS), "acosh": (np.arccosh, POSITIVE + 1),
    "atanh": (np.arctanh, UNIT), "erf": (lambda x: of_tf(tf.math.erf, x), SIGNS),
    "erfc": (lambda x: of_tf(tf.math.erfc, x), SIGNS * 1.5),
    "bessel_i0": (lambda x: of_tf(tf.math.bessel_i0, x), SIGNS * 1.5),
    "bessel_i1": (lambda x: of_tf(tf.math.bessel_i1, x), SIGNS * 1.5),
    "erf_inv": (lambda x: of_tf(tf.math.erfinv, x), UNIT),
    "lgamma": (lambda x: of_tf(tf.math.lgamma, x), np.array([-2.25, -0.5, 0.25, 1.5, 3.0, 20.0])),
    "digamma": (lambda x: of_tf(tf.math.digamma, x), np.array([-2.25, -0.5, 0.25, 1.25, 3.0, 20.0])),
    "sigmoid": (lambda x: 1 / (1 + np.exp(-x)), SIGNS), "softplus": (lambda x: np.log1p(np.exp(x)), SIGNS),
    "relu": (lambda x: np.maximum(x, 0), SIGNS), "relu6": (lambda x: np.clip(x, 0, 6), SIGNS * 3),
    "elu": (lambda x: np.where(x < 0, np.expm1(x), x), SIGNS), "selu": (lambda x: of_tf(tf.nn.selu, x), SIGNS),
    "stop_gradient": (lambda x: x, SIGNS),
}
for name, (fn, x) in UNARY.items():
    # The size of a complex number is real.
    row(name, [x], [fn(x)], dtypes=FLOATS + ([] if name == "absolute" else ["complex64"]))
    row(name, [x.flat[2]], [fn(x.flat[2])])
    row(name, [EMPTY], [EMPTY])
LINE = np.array([-3, 0, 5])
for name in ["negative", "absolute", "sign", "square"]:
    row(name, [LINE], [UNARY[name][0](LINE)], dtypes=SIGNED)
row("relu", [LINE], [np.maximum(LINE, 0)], dtypes=["int32", "int64"])
FAR = np.array([-40.0, -3.0, 3.0, 9.0, 40.0])
for name in ["erfc", "bessel_i0", "bessel_i1"]:
    far = FAR[:4] / (1 if name == "erfc" else 2)
    row(name, [far], [UNARY[name][0](far)], dtypes=WIDE)
row("bessel_i0", [FAR[[0, 4]]], [of_tf(tf.math.bessel_i0, FAR[[0, 4]])], dtypes=WIDE, tolerance=2e-5)
row("stop_gradient", [text([["a", "", "é"]])], [text([["a", "", "é"]])])
# Values at the ends of the range.
ENDS = np.array([-np.inf, -100.0, -1e-6, 1e-6, 100.0, np.inf, np.nan])
for name in ["tanh", "sigmoid", "softplus", "relu", "elu", "is_nan"]:
    fn = {"softplus": lambda x: np.logaddexp(x, 0), "is_nan": np.isnan}.get(name) or UNARY[name][0]
    with np.errstate(all="ignore"):
        y = fn(ENDS)
    row(name, [ENDS], [boolean(y) if name == "is_nan" else y], dtypes=WIDE)
row("is_nan", [ENDS[4:]], [boolean([0, 0, 1])], dtypes=["float16", "bfloat16"])
row("is_inf", [ENDS], [boolean(np.isinf(ENDS))], dtypes=FLOATS)
row("is_finite", [ENDS], [boolean(np.isfinite(ENDS))], dtypes=FLOATS)
row("logical_not", [boolean([True, False])], [boolean([False, True])])
row("bitwise_not", [np.array([0, 5, 127])], [np.array([-1, -6, -128])], dtypes=SIGNED)
row("bitwise_not", [Fixed([0, 5, 255], "uint8")], [Fixed([255, 250, 0], "uint8")])

G, Y = quarters((2, 3)), np.array([[-0.5, 0.0, 0.25], [0.75, 6.0, 7.0]])
row("relu_grad", [G, Y], [np.where(Y > 0, G, 0)], dtypes=FLOATS)
row("relu6_grad", [G, Y], [np.where((Y > 0) & (Y < 6), G, 0)], dtypes=FLOATS)
row("elu_grad", [G, Y], [np.where(Y < 0, G * (Y + 1), G)], dtypes=FLOATS)
SCALE, ALPHA = 1.0507009873554805, 1.7580993408473768
row("selu_grad", [G, Y], [np.where(Y < 0, G * (Y + ALPHA), G * SCALE)], dtypes=FLOATS)
row("sigmoid_grad", [G, UNIT], [G * UNIT * (1 - UNIT)], dtypes=FLOATS)
row("tanh_grad", [G, UNIT], [G * (1 - UNIT * UNIT)], dtypes=FLOATS)
for name in ["relu_grad", "relu6_grad", "elu_grad", "selu_grad", "sigmoid_grad", "tanh_grad"]:
    row(name, [EMPTY, EMPTY], [EMPTY])

BINARY = {
    "add": np.add, "subtract": np.subtract, "multiply": np.multiply, "divide": np.divide,
    "floor_divide": np.floor_divide, "mod": np.mod, "maximum": np.maximum, "minimum": np.minimum,
    "squared_difference": lambda a, b: np.square(a - b), "arctan2": np.arctan2,
    "power": lambda a, b: np.power(np.abs(a) + 0.0, b),
}
SHAPES = [((2, 3), (2, 3)), ((2, 3), (3,)), ((3,), (2, 3)), ((2, 1, 2), (3, 1)), ((), (2, 2)), ((1, 1), ()), ((0, 3), (3,)),
          ((2, 1), (1, 0)), ((2, 3, 4), (4,)), ((2, 3, 4), (3, 1))]
for name, fn in BINARY.items():
    for i, (sa, sb) in enumerate(SHAPES):
        a, b = quarters(sa, -9), quarters(sb, 2, 5, 13)
        if name == "power":
            a = np.abs(a)
        if name in ("floor_divide", "mod"):
            b = np.where(b % 2 == 0, -b - 0.5, b)  # quotients away from whole numbers
        dtypes = FLOATS + ["complex64"] if i == 1 else ["float32"]
        row(name, [a, b], [fn(a, b)], dtypes=dtypes)
A, B = np.array([[-7, 6, 3], [2, -1, 5]]), np.array([2, -4, 3])
POS_A, POS_B = np.array([[7, 6, 3], [2, 11, 5]]), np.array([2, 1, 3])
for name in ["add", "subtract", "multiply", "maximum", "minimum", "floor_divide", "mod", "squared_difference"]:
    row(name, [A, B], [BINARY[name](A, B)], dtypes=SIGNED if name != "squared_difference" else ["int32", "int64"])
    if name != "squared_difference":
        row(name, [POS_A + 4, POS_B], [BINARY[name](POS_A + 4, POS_B)], dtypes=["uint8", "uint16", "uint32", "uint64"])
row("power", [A, np.array([2, 3, 0])], [np.power(A, np.array([2, 3, 0]))], dtypes=["int32", "int64"])
row("divide", [np.array([1.0, -1.0, 0.0]), np.array([0.0])], [np.array([np.inf, -np.inf, np.nan])], dtypes=WIDE)
row("maximum", [np.array([np.nan, 1.0, 2.0]), np.array([1.0, np.nan, 3.0])], [np.array([np.nan, np.nan, 3.0])])
row("minimum", [np.array([np.nan, 1.0, 2.0]), np.array([1.0, np.nan, 3.0])], [np.array([np.nan, np.nan, 2.0])])
# Arithmetic wraps around in the dtype.
row("add", [Fixed([127, -128], "int8"), Fixed([1, -1], "int8")], [Fixed([-128, 127], "int8")])
row("add", [Fixed([250], "uint8"), Fixed([10], "uint8")], [Fixed([4], "uint8")])
row("subtract", [Fixed([3], "uint8"), Fixed([5], "uint8")], [Fixed([254], "uint8")])
row("multiply", [Fixed([300], "int16"), Fixed([300], "int16")], [Fixed([24464], "int16")])
row("multiply", [i32([123456789, -7]), i32([987654321, 3])], [i32([-67153019, -21])])
row("add", [i32([2147483647]), i32([1])], [i32([-2147483648])])

BITS_A, BITS_B = np.array([12, 10, 7]), np.array([10, 3, 1])
for name, fn in {"bitwise_and": np.bitwise_and, "bitwise_or": np.bitwise_or, "bitwise_xor": np.bitwise_xor}.items():
    row(name, [BITS_A, BITS_B], [fn(BITS_A, BITS_B)], dtypes=INTS)
    row(name, [BITS_A.reshape(3, 1), BITS_B], [fn(BITS_A.reshape(3, 1), BITS_B)], dtypes=["int32"])
row("left_shift", [BITS_A, np.array([1, 2, 3])], [np.left_shift(BITS_A, [1, 2, 3])], dtypes=INTS)
row("right_shift", [BITS_A, np.array([1, 2, 3])], [np.right_shift(BITS_A, [1, 2, 3])], dtypes=INTS)
row("right_shift", [np.array([-12, -1]), np.array([2, 1])], [np.array([-3, -1])], dtypes=SIGNED)
TF_ = np.array([[True], [False]])
row("logical_and", [boolean(TF_), boolean([True, False])], [boolean(TF_ & np.array([True, False]))])
row("logical_or", [boolean(TF_), boolean([True, False])], [boolean(TF_ | np.array([True, False]))])
COMPARE = {
    "equal": np.equal, "not_equal": np.not_equal, "greater": np.greater, "greater_equal": np.greater_equal,
    "less": np.less, "less_equal": np.less_equal,
}
for name, fn in COMPARE.items():
    a, b = np.array([[1, 2, 3], [3, 2, 1]]), np.array([2, 2, 2])
    row(name, [a, b], [boolean(fn(a, b))], dtypes=ALL)
    row(name, [np.array([np.nan, 1.0, -0.0]), np.array([np.nan, 1.0, 0.0])],
        [boolean(fn(np.array([np.nan, 1.0, -0.0]), np.array([np.nan, 1.0, 0.0])))])
    row(name, [EMPTY, EMPTY], [boolean(np.zeros((0, 3), bool))])
row("equal", [text(["a", "b", ""]), text(["a"])], [boolean([True, False, False])])
row("not_equal", [text(["a", "b", ""]), text(["a"])], [boolean([False, True, True])])
row("equal", [boolean([True, False]), boolean([True, True])], [boolean([True, False])])
for c, sx, sy in [((2, 3), (2, 3), (2, 3)), ((2, 1), (3,), ()), ((), (2, 2), (1, 2)), ((2, 1, 1), (1, 2, 1), (2,)), ((0, 1), (1, 3), ())]:
    cond = np.asarray(whole(c) % 2 == 0)
    x, y = whole(sx, 1), whole(sy, 20)
    row("select", [boolean(cond), x, y], [np.where(cond, x, y)], dtypes=MOVED[:-1] if c == (2, 3) else ["float32"])
row("select", [boolean([True, False]), boolean([True, True]), boolean([False, False])], [boolean([True, False])])
row("select", [boolean([True, False]), text(["a", "b"]), text(["c"])], [text(["a", "c"])])
CASTS = FLOATS + INTS + ["bool"]
for source in CASTS:
    for target in CASTS:
        values = np.array([0, 1, 5])
        result = (values != 0).astype(int) if "bool" in (source, target) else values
        row("cast", [Fixed(result if source == "bool" else values, source)], [Fixed(result, target)], {"dtype": target})
row("cast", [np.array([-2.75, -0.5, 0.25, 2.75])], [i32([-2, 0, 0, 2])], {"dtype": "int32"}, FLOATS)
row("cast", [Fixed([300, -1], "int32")], [Fixed([44, 255], "uint8")], {"dtype": "uint8"})
row("cast", [Fixed([200, -129], "int32")], [Fixed([-56, 127], "int8")], {"dtype": "int8"})
row("cast", [Fixed([0.1, 1.001], "float32")], [Fixed([0.0999755859375, 1.0009765625], "float16")], {"dtype": "float16"}, tolerance=1e-9)
row("cast", [Fixed([0.1, 1.01], "float32")], [Fixed([0.10009765625, 1.0078125], "bfloat16")], {"dtype": "bfloat16"}, tolerance=1e-9)

# --- reductions -----------------------------------------------------------------------------------------------------
REDUCE = {"reduce_sum": np.sum, "reduce_mean": np.mean, "reduce_prod": np.prod, "reduce_max": np.max, "reduce_min": np.min}
for name, fn in REDUCE.items():
    x = quarters((2, 3, 4), -5, 5, 11) if name != "reduce_prod" else quarters((2, 3, 4), 2, 3, 5)
    for axes, keep in [((0,), False), ((1,), True), ((2,), False), ((0, 2), False), ((0, 1), False), ((0, 1, 2), True), ((0, 1, 2), False), ((), False)]:
        row(name, [x], [fn(x, axis=axes, keepdims=keep)], {"axes": axes, "keepdims": keep}, FLOATS + ["complex64"] if axes == (0, 1) else ["float32"])
    row(name, [np.float64(1.5)], [np.float64(1.5)], {"axes": [], "keepdims": False})
    row(name, [np.zeros((0, 3))], [np.zeros((0,))], {"axes": [1], "keepdims": False})
    if name != "reduce_mean":
        w = np.array([[1, 3, 2], [2, 1, 4]])
        row(name, [w], [fn(w, axis=1)], {"axes": [1], "keepdims": False}, INTS)
    neutral = {"reduce_sum": 0, "reduce_prod": 1, "reduce_max": -np.inf, "reduce_min": np.inf, "reduce_mean": np.nan}[name]
    row(name, [np.zeros((0, 2))], [np.full((2,), neutral)], {"axes": [0], "keepdims": False})
row("reduce_max", [np.zeros((2, 0))], [np.full((2,), -2147483648)], {"axes": [1], "keepdims": False}, ["int32"])
ONE = np.array([[True, False], [True, True], [False, False]])
for name, fn in {"reduce_any": np.any, "reduce_all": np.all}.items():
    row(name, [boolean(ONE)], [boolean(fn(ONE, axis=1))], {"axes": [1], "keepdims": False})
    row(name, [boolean(ONE)], [boolean(fn(ONE, axis=(0, 1), keepdims=True))], {"axes": [0, 1], "keepdims": True})
    row(name, [boolean(np.zeros((2, 0)))], [boolean(fn(np.zeros((2, 0), bool), axis=1))], {"axes": [1], "keepdims": False})
for name, fn in {"argmax": np.argmax, "argmin": np.argmin}.items():
    x = np.array([[[1, 5, 2], [7, 5, 0]], [[3, 3, 3], [0, 9, 9]]])
    for axis in [0, 1, 2]:
        row(name, [x], [i32(fn(x, axis=axis))], {"axis": axis, "dtype": "int32"}, FLOATS + ["int32"] if axis == 2 else ["float32"])
    row(name, [x], [i64(fn(x, axis=2))], {"axis": 2, "dtype": "int64"})
    row(name, [np.zeros((0, 3))], [i32(np.zeros((0,)))], {"axis": 1, "dtype": "int32"})
row("argmax", [x], [Fixed(np.argmax(x, axis=2), "uint8")], {"axis": 2, "dtype": "uint8"})
for name, op in {"cumsum": tf.cumsum, "cumprod": tf.math.cumprod}.items():
    x = quarters((2, 3, 2), 1, 3, 5)
    for axis in [0, 1, 2]:
        for reverse in [False, True]:
            for exclusive in [False, True]:
                y = op(tf.constant(x), axis=axis, reverse=reverse, exclusive=exclusive).numpy()
                plain = axis == 1 and not reverse and not exclusive
                row(name, [x], [y], {"axis": axis, "reverse": reverse, "exclusive": exclusive}, FLOATS if plain else ["float32"])
    row(name, [EMPTY], [EMPTY], {"axis": 0, "reverse": False, "exclusive": False})
    w = np.array([[1, 2, 3]])
    row(name, [w], [op(tf.constant(w), axis=1).numpy()], {"axis": 1, "reverse": False, "exclusive": False}, ["int32", "int64"])

# --- structure ------------------------------------------------------------------------------------------------------
for value, shape, dtype in [(1.5, [2, 3], "float32"), (-3, [], "int32"), (0, [0, 2], "float32"), (1, [3], "bool"), (7, [2], "int64"),
                            (2.5, [1, 2], "float16"), (2.5, [2], "bfloat16"), (0.25, [2], "float64"), (255, [2], "uint8"), (-5, [2], "int8")]:
    row("full", [], [Fixed(np.full(shape, value), dtype)], {"value": value, "shape": shape, "dtype": dtype})
for start, step, length, dtype in [(0, 1, 5, "int32"), (3, -2, 4, "int32"), (0.5, 0.25, 4, "float32"), (2, 3, 3, "int64"), (0, 1, 0, "int32"),
                                   (5, 0, 3, "int32"), (1, 1, 3, "uint8"), (0, 0.5, 3, "float16"), (-1, 0.5, 3, "float64")]:
    row("iota", [], [Fixed(start + step * np.arange(length), dtype)], {"start": start, "step": step, "length": length, "dtype": dtype})
X = whole((2, 3, 4))
row("reshape", [X], [X.reshape(4, 6)], {"shape": [4, 6]}, MOVED[:-1])
row("reshape", [X], [X.reshape(2, 12)], {"shape": [2, -1]})
row("reshape", [EMPTY], [np.zeros((3, 0, 2))], {"shape": [3, 0, 2]})
row("reshape", [np.ones((1, 1))], [np.float64(1)], {"shape": []})
row("reshape", [text([["a", "b"]])], [text(["a", "b"])], {"shape": [2]})
for shape, perm in [((2, 3, 4), (2, 0, 1)), ((2, 3, 4), (0, 2, 1)), ((2, 3), (1, 0)), ((), ()), ((1, 3, 1, 2), (3, 2, 1, 0)), ((0, 3), (1, 0)),
                    ((2, 1, 2, 1, 2, 3), (5, 3, 4, 0, 1, 2))]:
    x = whole(shape)
    row("transpose", [x], [np.transpose(x, perm)], {"permutation": perm}, MOVED[:-1] if shape == (2, 3) else ["float32"])
row("transpose", [text([["a", "b"], ["c", "d"]])], [text([["a", "c"], ["b", "d"]])], {"permutation": [1, 0]})
row("transpose", [boolean(ONE)], [boolean(ONE.T)], {"permutation": [1, 0]})
for shape, target in [((3,), (2, 3)), ((2, 1), (2, 4)), ((), (2, 2)), ((1, 3, 1), (2, 3, 2)), ((1,), (0,)), ((2, 2), (2, 2)), ((1, 0), (3, 0))]:
    x = whole(shape)
    row("broadcast_to", [x], [np.broadcast_to(x, target)], {"shape": target}, MOVED[:-1] if target == (2, 3) else ["float32"])
row("broadcast_to", [boolean([True, False])], [boolean([[True, False]] * 2)], {"shape": [2, 2]})
for shapes, axis in [([(2, 2), (2, 3)], 1), ([(1, 3), (2, 3), (0, 3)], 0), ([(2, 3)], 0), ([(2, 1, 2), (2, 2, 2)], 1), ([(0,), (0,)], 0), ([(3,), (0,)], 0)]:
    xs = [whole(s, i) for i, s in enumerate(shapes)]
    row("concatenate", xs, [np.concatenate(xs, axis)], {"axis": axis}, MOVED[:-1] if axis == 1 and len(shapes[0]) == 2 else ["float32"])
row("concatenate", [text(["a"]), text(["b", "c"])], [text(["a", "b", "c"])], {"axis": 0})
row("concatenate", [boolean([True]), boolean([False])], [boolean([True, False])], {"axis": 0})
for shape, count, axis in [((2, 3), 2, 0), ((2, 3), 2, 1), ((2, 3), 3, 2), ((), 2, 0), ((2,), 1, 0), ((0, 2), 2, 1)]:
    xs = [whole(shape, i) for i in range(count)]
    row("stack", xs, [np.stack(xs, axis)], {"axis": axis}, MOVED[:-1] if axis == 1 and shape == (2, 3) else ["float32"])
row("stack", [text(["a"]), text(["b"])], [text([["a"], ["b"]])], {"axis": 0})
for shape, axis, sizes in [((2, 5), 1, [2, 3]), ((5, 2), 0, [1, 0, 4]), ((2, 3), 1, [3]), ((2, 4, 2), 1, [1, 1, 2]), ((0, 2), 1, [1, 1])]:
    x = whole(shape)
    cuts = np.cumsum(sizes)[:-1]
    row("split", [x], np.split(x, cuts, axis), {"axis": axis, "sizes": sizes}, MOVED[:-1] if axis == 1 and sizes == [2, 3] else ["float32"])
SLICES = [((5, 4), (1, 0), (3, 2), (1, 1)), ((5, 4), (0, 1), (3, 2), (2, 2)), ((5, 4), (4, 3), (5, 2), (-1, -2)), ((5,), (3,), (0,), (1,)),
          ((5,), (2,), (3,), (-1,)), ((2, 3, 4), (0, 2, 0), (2, 1, 4), (1, -1, 1)), ((), (), (), ()), ((0, 2), (0, 0), (0, 1), (1, 1)),
          ((4, 4), (3, 0), (2, 0), (-1, 1)), ((3, 2, 2, 2, 2), (0, 1, 0, 0, 1), (2, 1, 2, 1, 1), (2, 1, 1, 1, 1))]
for shape, begin, size, strides in SLICES:
    x = whole(shape)
    index = tuple(b + s * np.arange(n) for b, n, s in zip(begin, size, strides))
    y = x[np.ix_(*index)] if index else x
    generic = strides in ((1, 1), (2, 2))
    row("strided_slice", [x], [y], {"begin": begin, "size": size, "strides": strides}, MOVED[:-1] if generic and shape == (5, 4) else ["float32"])
row("strided_slice", [text(["a", "b", "c"])], [text(["c", "b"])], {"begin": [2], "size": [2], "strides": [-1]})
M = whole((4, 3))
for start in [(1, 1), (3, 2), (-5, 0), (0, 9)]:
    b = [min(max(start[0], 0), 2), min(max(start[1], 0), 1)]
    row("dynamic_slice", [M, i32(start)], [M[b[0]:b[0] + 2, b[1]:b[1] + 2]], {"size": [2, 2]}, MOVED[:-1] if start == (1, 1) else ["float32"])
    y = M.copy()
    y[b[0]:b[0] + 2, b[1]:b[1] + 2] = [[50, 51], [52, 53]]
    row("dynamic_update_slice", [M, i32(start), np.array([[50, 51], [52, 53]])], [y], {}, MOVED[:-1] if start == (1, 1) else ["float32"])
row("dynamic_slice", [np.float64(3), i32(np.zeros((0,)))], [np.float64(3)], {"size": []})
row("dynamic_slice", [M, i32([1, 1])], [np.zeros((0, 2))], {"size": [0, 2]})
row("dynamic_update_slice", [np.float64(3), i32(np.zeros((0,))), np.float64(4)], [np.float64(4)])
row("dynamic_update_slice", [M, i32([1, 1]), np.zeros((0, 2))], [M])
P = whole((2, 3))
row("pad", [P], [np.pad(P, [(1, 2), (0, 1)], constant_values=7)], {"paddings": [[1, 2], [0, 1]], "mode": "constant", "value": 7}, ALL)
row("pad", [P], [np.pad(P[:, 1:], [(1, 0), (0, 2)])], {"paddings": [[1, 0], [-1, 2]], "mode": "constant", "value": 0})
row("pad", [P], [P[1:, :2]], {"paddings": [[-1, 0], [0, -1]], "mode": "constant", "value": 0})
row("pad", [np.zeros((0, 2))], [np.full((2, 2), 4)], {"paddings": [[1, 1], [0, 0]], "mode": "constant", "value": 4})
row("pad", [np.float64(2)], [np.float64(2)], {"paddings": [], "mode": "constant", "value": 0})
row("pad", [boolean([True])], [boolean([False, True])], {"paddings": [[1, 0]], "mode": "constant", "value": 0})
for mode in ["reflect", "symmetric"]:
    row("pad", [P], [np.pad(P, [(1, 1), (2, 1)], mode=mode)], {"paddings": [[1, 1], [2, 1]], "mode": mode, "value": 0}, WIDE + ["int32"])
    x = whole((2, 2, 3))
    row("pad", [x], [np.pad(x, [(0, 0), (1, 0), (0, 2)], mode=mode)], {"paddings": [[0, 0], [1, 0], [0, 2]], "mode": mode, "value": 0})
for axes in [[0], [1], [0, 1], []]:
    row("reverse", [M], [np.flip(M, axes) if axes else M], {"axes": axes}, MOVED[:-1] if axes == [1] else ["float32"])
row("reverse", [text(["a", "b"])], [text(["b", "a"])], {"axes": [0]})
row("reverse", [EMPTY], [EMPTY], {"axes": [0]})
for shape, reps in [((2, 3), (2, 1)), ((2, 3), (1, 2)), ((2,), (3,)), ((2, 1, 2), (2, 3, 2)), ((2,), (0,)), ((), ()), ((0, 2), (2, 2))]:
    x = whole(shape)
    row("tile", [x], [np.tile(x, reps) if reps else x], {"repeats": reps}, MOVED[:-1] if reps == (2, 1) else ["float32"])

# --- indexing -------------------------------------------------------------------------------------------------------
GATHERS = [((4, 3), [2, 0, 2], 0, 0), ((4, 3), [[1, 2], [0, 1]], 1, 0), ((2, 3, 2), [[2, 0], [1, 1]], 1, 1), ((2, 3), [[0, 2], [1, 0]], 1, 1),
           ((2, 2, 3), [[0, 2], [1, 1]], 2, 1), ((4,), 2, 0, 0), ((4, 3), np.zeros((0,), int), 0, 0), ((2, 0), [1, 0], 0, 0), ((2, 2, 3), [1, 0, 0], 1, 0)]
for shape, idx, axis, batch in GATHERS:
    x, idx = whole(shape), np.asarray(idx)
    y = tf.gather(tf.constant(x), tf.constant(idx, tf.int32), axis=axis, batch_dims=batch).numpy()
    generic = shape == (4, 3) and axis == 0 and idx.size > 0
    row("gather", [x, i32(idx)], [y], {"axis": axis, "batchDims": batch}, MOVED[:-1] if generic else ["float32"])
row("gather", [whole((4, 3)), i64([3, 1])], [whole((4, 3))[[3, 1]]], {"axis": 0, "batchDims": 0})
row("gather", [text(["a", "b", "c"]), i32([2, 0])], [text(["c", "a"])], {"axis": 0, "batchDims": 0})
row("gather", [boolean([True, False]), i32([1, 0])], [boolean([False, True])], {"axis": 0, "batchDims": 0})
for shape, idx in [((4, 3), [[2], [0]]), ((4, 3), [[2, 1], [0, 0], [3, 2]]), ((2, 2, 2), [[[0, 1]], [[1, 0]]]), ((4, 3), np.zeros((0, 2), int)), ((3,), [1])]:
    x, idx = whole(shape), np.asarray(idx)
    y = tf.gather_nd(tf.constant(x), tf.constant(idx, tf.int32)).numpy()
    row("gather_nd", [x, i32(idx)], [y], dtypes=ALL if shape == (4, 3) and idx.shape == (2, 1) else ["float32"])
row("gather_nd", [whole((4, 3)), i64([[3]])], [whole((4, 3))[[3]]])
for shape, idx, vshape in [((4,), [[1], [3], [1]], (3,)), ((3, 2), [[2], [0]], (2, 2)), ((2, 3), [[0, 1], [1, 2], [0, 1]], (3,)), ((3,), np.zeros((0, 1), int), (0,)), ((2, 2), [[[1]], [[1]]], (2, 1, 2))]:
    idx, v = np.asarray(idx), whole(vshape, 1)
    y = tf.scatter_nd(tf.constant(idx, tf.int32), tf.constant(v), shape).numpy()
    row("scatter_nd", [i32(idx), v], [y], {"shape": shape}, FLOATS + ["int32", "int64", "uint8", "int8"] if shape == (4,) else ["float32"])
row("scatter_nd", [i64([[2]]), np.array([5])], [np.array([0, 0, 5])], {"shape": [3]})
for mode, op in {"update": tf.tensor_scatter_nd_update, "add": tf.tensor_scatter_nd_add, "max": tf.tensor_scatter_nd_max, "min": tf.tensor_scatter_nd_min}.items():
    for shape, idx, vshape in [((4,), [[1], [3]], (2,)), ((3, 2), [[2], [0]], (2, 2)), ((2, 3), [[0, 1], [1, 2]], (2,)), ((3,), np.zeros((0, 1), int), (0,))]:
        x, idx, v = whole(shape), np.asarray(idx), whole(vshape, 3)
        y = op(tf.constant(x), tf.constant(idx, tf.int32), tf.constant(v)).numpy()
        row("tensor_scatter", [x, i32(idx), v], [y], {"mode": mode}, FLOATS + ["int32", "int64", "uint8"] if shape == (4,) else ["float32"])
row("tensor_scatter", [np.array([1, 1, 1]), i32([[0], [0], [2]]), np.array([1, 2, 3])], [np.array([4, 1, 4])], {"mode": "add"})
row("tensor_scatter", [boolean([True, True]), i32([[0]]), boolean([False])], [boolean([False, True])], {"mode": "update"})
for vshape, ids, count in [((4,), [0, 2, 0, 1], 3), ((4, 2), [1, 1, -1, 0], 3), ((2, 2, 3), [[0, 1], [1, 0]], 2), ((0, 2), np.zeros((0,), int), 2), ((3,), [-1, -1, 0], 1)]:
    v, ids = whole(vshape, 1), np.asarray(ids)
    y = tf.math.unsorted_segment_sum(tf.constant(v), tf.constant(ids, tf.int32), count).numpy()
    row("segment_sum", [v, i32(ids)], [y], {"count": count}, FLOATS + ["int32", "int64"] if vshape == (4,) else ["float32"])
    y = tf.math.unsorted_segment_prod(tf.constant(v), tf.constant(ids, tf.int32), count).numpy()
    row("segment_prod", [v, i32(ids)], [y], {"count": count}, FLOATS + ["int32", "int64"] if vshape == (4,) else ["float32"])
row("segment_sum", [np.array([1, 2]), i64([1, 1])], [np.array([0, 3])], {"count": 2})
row("segment_prod", [np.array([1, 2]), i64([1, 1])], [np.array([1, 2])], {"count": 2})
for ids, depth, axis, dtype in [([0, 2], 3, 1, "float32"), ([0, 2], 3, 0, "float32"), ([[1, -1], [5, 0]], 3, 2, "float32"), ([[1, -1], [5, 0]], 3, 1, "int32"),
                                (1, 3, 0, "float32"), (np.zeros((0,), int), 2, 1, "float32"), ([1], 2, 1, "bool"), ([1], 2, 1, "float16"), ([1], 2, 1, "int64"), ([1], 2, 1, "uint8"), ([1], 2, 1, "bfloat16")]:
    ids = np.asarray(ids)
    y = tf.one_hot(tf.constant(ids, tf.int32), depth, axis=axis if axis < ids.ndim else -1).numpy()
    row("one_hot", [i32(ids)], [Fixed(y, dtype)], {"depth": depth, "axis": axis, "dtype": dtype})
row("one_hot", [i64([1])], [Fixed([[0, 1, 0]], "float32")], {"depth": 3, "axis": 1, "dtype": "float32"})
row("one_hot", [Fixed([1], "uint8")], [Fixed([[0, 1, 0]], "float32")], {"depth": 3, "axis": 1, "dtype": "float32"})
for x, k in [([[1, 5, 2, 5], [9, 0, 9, 3]], 2), ([[1, 5, 2, 5]], 4), ([3, 1, 2], 1), (np.zeros((0, 3)), 2), ([[1, 2]], 0), (np.zeros((2, 1, 3)), 3)]:
    x = np.asarray(x)
    v, i = tf.math.top_k(tf.constant(x, tf.float64), k)
    row("top_k", [x], [v.numpy(), i32(i.numpy())], {"k": k, "sorted": True}, FLOATS + INTS if x.shape == (2, 4) else ["float32"])

# --- linear ---------------------------------------------------------------------------------------------------------
MATMULS = [((2, 3), (3, 4)), ((1, 1), (1, 1)), ((2, 2, 3), (2, 3, 2)), ((2, 2, 3), (3, 2)), ((3, 2), (2, 2, 1)), ((2, 1, 2, 3), (3, 3, 2)),
           ((2, 0), (0, 3)), ((0, 2), (2, 3)), ((2, 2, 0), (2, 0, 2)), ((1, 2, 3), (2, 3, 1)), ((3, 1, 2, 2), (1, 2, 2, 2))]
for sa, sb in MATMULS:
    a, b = quarters(sa), quarters(sb, -7, 5, 19)
    for ta, tb in [(False, False), (True, False), (False, True), (True, True)]:
        pa = np.swapaxes(a, -1, -2) if ta else a
        pb = np.swapaxes(b, -1, -2) if tb else b
        row("matmul", [pa, pb], [np.matmul(a, b)], {"transposeA": ta, "transposeB": tb}, FLOATS + ["complex64"] if sa == (2, 3) else ["float32"])
row("matmul", [whole((2, 3), -4), whole((3, 2), -3)], [whole((2, 3), -4) @ whole((3, 2), -3)], {"transposeA": False, "transposeB": False}, ["int32", "int64"])


def conv_nd(x, k, strides, padding, dilations):
    """A convolution by its definition."""
    rank = x.ndim - 2
    groups = x.shape[-1] // k.shape[rank]
    per = k.shape[rank]
    filters = k.shape[-1] // groups
    pads, out = [], []
    for i in range(rank):
        reach = (k.shape[i] - 1) * dilations[i] + 1
        if padding == "same":
            o = -(-x.shape[i + 1] // strides[i])
            total = max((o - 1) * strides[i] + reach - x.shape[i + 1], 0)
            pads.append((total // 2, total - total // 2))
        else:
            o = max(0, -(-(x.shape[i + 1] - reach + 1) // strides[i]))
            pads.append((0, 0))
        out.append(o)
    p = np.pad(x, [(0, 0), *pads, (0, 0)])
    y = np.zeros((x.shape[0], *out, k.shape[-1]))
    for at in np.ndindex(*out):
        for tap in np.ndindex(*k.shape[:rank]):
            pos = tuple(a * s + t * d for a, s, t, d in zip(at, strides, tap, dilations))
            for g in range(groups):
                y[(slice(None), *at, slice(g * filters, (g + 1) * filters))] += (
                    p[(slice(None), *pos, slice(g * per, (g + 1) * per))] @ k[tap][:, g * filters:(g + 1) * filters])
    return y


def linear_gradients(f, x, k, g):
    """Gradients of sum(f(x, k) g) by x and k; f is linear in both, so differences of one are exact."""
    def by(a, apply):
        out = np.zeros_like(a)
        for i in np.ndindex(a.shape):
            unit = np.zeros_like(a)
            unit[i] = 1
            out[i] = np.sum(apply(unit) * g)
        return out
    return by(x, lambda u: f(u, k)), by(k, lambda u: f(x, u))


CONVS = [
    ((1, 4, 3, 2), (2, 2, 2, 3), (1, 1), "valid", (1, 1)), ((2, 5, 4, 1), (3, 3, 1, 2), (1, 1), "same", (1, 1)),
    ((1, 5, 5, 2), (3, 2, 2, 2), (2, 2), "same", (1, 1)), ((1, 5, 5, 1), (2, 2, 1, 1), (2, 2), "valid", (1, 1)),
    ((1, 5, 5, 1), (2, 2, 1, 2), (1, 1), "valid", (2, 2)), ((1, 5, 4, 1), (3, 2, 1, 1), (1, 1), "same", (2, 1)),
    ((1, 4, 4, 4), (2, 2, 2, 2), (1, 1), "valid", (1, 1)), ((1, 3, 3, 2), (2, 2, 1, 4), (1, 1), "same", (1, 1)),
    ((2, 5, 2), (3, 2, 2), (1,), "valid", (1,)), ((1, 6, 2), (3, 2, 1), (2,), "same", (1,)), ((1, 6, 1), (2, 1, 2), (1,), "valid", (2,)),
    ((1, 4, 4), (2, 2, 4), (1,), "same", (1,)),
    ((1, 3, 3, 3, 1), (2, 2, 2, 1, 2), (1, 1, 1), "valid", (1, 1, 1)), ((1, 3, 4, 3, 2), (2, 2, 2, 2, 1), (2, 2, 2), "same", (1, 1, 1)),
    ((1, 3, 4, 5, 1), (2, 2, 2, 1, 1), (1, 1, 1), "valid", (1, 2, 3)), ((1, 2, 3, 2, 2), (2, 2, 1, 1, 2), (1, 1, 1), "same", (1, 1, 1)),
    ((1, 1, 1, 3), (1, 1, 3, 2), (1, 1), "valid", (1, 1)), ((1, 5, 6, 1), (2, 3, 1, 1), (1, 2), "valid", (1, 1)),
]
for n, (sx, sk, strides, padding, dilations) in enumerate(CONVS):
    x, k = quarters(sx, -5, 3, 11), quarters(sk, -3, 5, 8)
    f = lambda x, k: conv_nd(x, k, strides, padding, dilations)
    y = f(x, k)
    g = quarters(y.shape, -3, 5, 7)
    dx, dk = linear_gradients(f, x, k, g)
    params = {"strides": strides, "padding": padding, "dilations": dilations}
    dtypes = FLOATS if n == 0 or max(dilations) > 1 else ["float32"]
    row("conv", [x, k], [y], params, dtypes)
    row("conv_grad_input", [k, g], [dx], {**params, "inputShape": sx}, dtypes)
    row("conv_grad_kernel", [x, g], [dk], {**params, "kernelShape": sk}, dtypes)
# An empty batch.
row("conv", [np.zeros((0, 3, 3, 1)), np.ones((2, 2, 1, 2))], [np.zeros((0, 2, 2, 2))], {"strides": [1, 1], "padding": "valid", "dilations": [1, 1]})
row("conv_grad_kernel", [np.zeros((0, 3, 3, 1)), np.zeros((0, 2, 2, 2))], [np.zeros((2, 2, 1, 2))],
    {"strides": [1, 1], "padding": "valid", "dilations": [1, 1], "kernelShape": [2, 2, 1, 2]})
row("conv_grad_input", [np.ones((2, 2, 1, 2)), np.zeros((0, 2, 2, 2))], [np.zeros((0, 3, 3, 1))],
    {"strides": [1, 1], "padding": "valid", "dilations": [1, 1], "inputShape": [0, 3, 3, 1]})

DEPTHWISE = [((1, 4, 3, 2), (2, 2, 2, 1), (1, 1), "valid", (1, 1)), ((1, 4, 4, 2), (3, 3, 2, 2), (1, 1), "same", (1, 1)),
             ((1, 5, 5, 1), (2, 2, 1, 3), (2, 2), "same", (1, 1)), ((2, 5, 5, 2), (2, 2, 2, 1), (1, 1), "valid", (2, 2)), ((1, 5, 4, 3), (2, 3, 3, 1), (2, 2), "valid", (1, 1))]
for n, (sx, sk, strides, padding, dilations) in enumerate(DEPTHWISE):
    x, k = quarters(sx, -5, 3, 11), quarters(sk, -3, 5, 8)
    f = lambda x, k: conv_nd(x, k.reshape(*k.shape[:2], 1, -1), strides, padding, dilations)
    y = f(x, k)
    g = quarters(y.shape, -3, 5, 7)
    dx, dk = linear_gradients(f, x, k, g)
    params = {"strides": strides, "padding": padding, "dilations": dilations}
    dtypes = FLOATS if n == 0 or max(dilations) > 1 else ["float32"]
    row("depthwise_conv", [x, k], [y], params, dtypes)
    row("depthwise_conv_grad_input", [k, g], [dx], {**params, "inputShape": sx}, dtypes)
    row("depthwise_conv_grad_kernel", [x, g], [dk], {**params, "kernelShape": sk}, dtypes)

# --- neural ---------------------------------------------------------------------------------------------------------


def windows(sx, window, strides, padding):
    rank = len(window)
    axes = []
    for i in range(rank):
        n, w, s = sx[i + 1], window[i], strides[i]
        o = -(-n // s) if padding == "same" else max(0, -(-(n - w + 1) // s))
        before = max((o - 1) * s + w - n, 0) // 2 if padding == "same" else 0
        axes.append([[p for p in range(a * s - before, a * s - before + w) if 0 <= p < n] for a in range(o)])
    return axes


POOLS = [((1, 4, 3, 2), (2, 2), (1, 1), "valid"), ((2, 5, 4, 1), (3, 2), (2, 2), "same"), ((1, 5, 2), (2,), (2,), "same"), ((1, 6, 1), (3,), (1,), "valid"),
         ((1, 3, 4, 3, 1), (2, 2, 2), (2, 2, 2), "same"), ((1, 2, 3, 3, 2), (2, 2, 2), (1, 1, 1), "valid"), ((1, 1, 1, 2), (1, 1), (1, 1), "valid"), ((1, 5, 5, 1), (2, 2), (3, 3), "valid")]
for n, (sx, window, strides, padding) in enumerate(POOLS):
    x = quarters(sx, -20, 7, 79)
    axes = windows(sx, window, strides, padding)
    out = tuple(len(a) for a in axes)
    ymax, yavg = np.zeros((sx[0], *out, sx[-1])), np.zeros((sx[0], *out, sx[-1]))
    g = quarters(ymax.shape, -3, 5, 7)
    gg = quarters(sx, -3, 3, 11)
    dmax, davg, ddmax = np.zeros(sx), np.zeros(sx), np.zeros_like(ymax)
    for b in range(sx[0]):
        for c in range(sx[-1]):
            for at in np.ndindex(*out):
                cells = list(np.ndindex(*[len(axes[i][a]) for i, a in enumerate(at)]))
                cells = [tuple(axes[i][a][j] for (i, a), j in zip(enumerate(at), cell)) for cell in cells]
                values = [x[(b, *cell, c)] for cell in cells]
                best = cells[int(np.argmax(values))]
                o = (b, *at, c)
                ymax[o], yavg[o] = max(values), np.mean(values)
                dmax[(b, *best, c)] += g[o]
                ddmax[o] = gg[(b, *best, c)]
                for cell in cells:
                    davg[(b, *cell, c)] += g[o] / len(cells)
    params = {"window": window, "strides": strides, "padding": padding}
    # TensorFlow has no 3D pooling in float64.
    dtypes = FLOATS if n == 0 else ["float32", "float16", "bfloat16"] if n == 4 else ["float32"]
    row("max_pool", [x], [ymax], params, dtypes)
    row("average_pool", [x], [yavg], params, dtypes)
    row("max_pool_grad", [x, ymax, g], [dmax], params, dtypes)
    row("max_pool_grad_grad", [x, ymax, gg], [ddmax], params, dtypes)
    row("average_pool_grad", [g], [davg], {**params, "inputShape": sx}, dtypes)


def log_softmax(x):
    m = x - x.max(axis=-1, keepdims=True)
    return m - np.log(np.exp(m).sum(axis=-1, keepdims=True))


for shape in [(2, 3), (4,), (2, 1, 3), (3, 1)]:
    x = quarters(shape)
    dtypes = FLOATS if shape == (2, 3) else ["float32"]
    row("softmax", [x], [np.exp(log_softmax(x))], dtypes=dtypes)
    row("log_softmax", [x], [log_softmax(x)], dtypes=dtypes)
for name in ["softmax", "log_softmax"]:
    row(name, [EMPTY], [EMPTY])
    row(name, [np.array([[1000.0, 1000.0, -1000.0]])], [np.array([[0.5, 0.5, 0.0]]) if name == "softmax" else np.log(0.5) + np.array([[0, 0, -2000]])])
L = quarters((3, 4))
T = np.array([[1, 0, 0, 0], [0.25, 0.25, 0.5, 0], [0, 0.5, 0.25, 0]])
row("softmax_cross_entropy", [L, T], [-(T * log_softmax(L)).sum(-1), np.exp(log_softmax(L)) - T], dtypes=FLOATS)
row("softmax_cross_entropy", [np.zeros((0, 4)), np.zeros((0, 4))], [np.zeros((0,)), np.zeros((0, 4))])
ids = np.array([0, 3, 1])
loss = -log_softmax(L)[np.arange(3), ids]
grad = np.exp(log_softmax(L)) - np.eye(4)[ids]
row("sparse_softmax_cross_entropy", [L, i32(ids)], [loss, grad], dtypes=FLOATS)
row("sparse_softmax_cross_entropy", [L, i64(ids)], [loss, grad])
v, m, s, g = np.array([[1.0, -2.0, 0.5]]), np.array([[0.25, 0.0, -0.5]]), np.array([[0.5, 0.0, 0.25]]), np.array([[0.75, -1.5, 0.25]])
p1, p2, lr, b1, b2, eps = 0.5, 0.25, 0.125, 0.75, 0.875, 0.0625
m2, s2 = m + (g - m) * (1 - b1), s + (g * g - s) * (1 - b2)
row("adam_update", [v, m, s, *map(np.float64, (p1, p2, lr, b1, b2, eps)), g],
    [v - m2 * lr * np.sqrt(1 - p2) / (1 - p1) / (np.sqrt(s2) + eps), m2, s2], dtypes=FLOATS)

def normalized(x, gamma, beta, epsilon):
    axes = tuple(range(x.ndim - 1))
    mean, variance = x.mean(axes), x.var(axes)
    return [(x - mean) / np.sqrt(variance + epsilon) * gamma + beta, mean, variance]


def normalized_grad(g, x, gamma, mean, variance, epsilon):
    axes, factor = tuple(range(x.ndim - 1)), 1 / np.sqrt(variance + epsilon)
    hat = (x - mean) * factor
    by_x = gamma * factor * (g - g.mean(axes) - hat * (g * hat).mean(axes))
    return [by_x, (g * hat).sum(axes), g.sum(axes)]


for shape in [(2, 3, 2, 2), (6, 2), (2, 2, 2), (1, 3), (2, 1, 2, 1, 2)]:
    x, g = quarters(shape), quarters(shape)[..., ::-1] * 0.5 + 0.25
    gamma, beta = np.linspace(0.5, 1.5, shape[-1]), np.linspace(-1, 0.25, shape[-1])
    y = normalized(x, gamma, beta, 0.125)
    row("normalize_batch", [x, gamma, beta], y, {"epsilon": 0.125}, tolerance=2e-5)
    row("normalize_batch_grad", [g, x, gamma, y[1], y[2]], normalized_grad(g, x, gamma, y[1], y[2], 0.125), {"epsilon": 0.125}, tolerance=2e-5)

# --- matrices -------------------------------------------------------------------------------------------------------
def matrix_row(name, inputs, expected, params=None, dtypes=("float32",), tolerance=2e-5):
    row(name, inputs, expected, params, [d for d in dtypes if d in ("float32", "complex64")], tolerance)
    rest = [d for d in dtypes if d not in ("float32", "complex64")]
    if rest:
        row(name, inputs, expected, params, rest)


POSITIVE_DEFINITE = np.array([[4.0, 1.0, -0.5], [1.0, 3.0, 0.25], [-0.5, 0.25, 2.0]])
SQUARE = np.array([[0.5, 2.0, -1.0], [1.5, -0.25, 3.0], [2.5, 1.0, 0.75]])
BATCH = np.stack([SQUARE[:2, :2], POSITIVE_DEFINITE[1:, 1:]])
NO_MATRIX = np.zeros((0, 0))
matrix_row("cholesky", [np.tril(POSITIVE_DEFINITE) + np.triu(np.full((3, 3), 9.0), 1)], [np.linalg.cholesky(POSITIVE_DEFINITE)],
           dtypes=FLOATS + ["complex64"])
matrix_row("cholesky", [np.stack([POSITIVE_DEFINITE[:2, :2], POSITIVE_DEFINITE[1:, 1:]])],
           [np.linalg.cholesky(np.stack([POSITIVE_DEFINITE[:2, :2], POSITIVE_DEFINITE[1:, 1:]]))])
row("cholesky", [[[2.25]]], [[[1.5]]])
row("cholesky", [NO_MATRIX], [NO_MATRIX])
RIGHT = quarters((3, 2))
for is_lower in [True, False]:
    for adjoint in [True, False]:
        a = np.tril(SQUARE + np.eye(3)) if is_lower else np.triu(SQUARE + np.eye(3))
        other = np.triu(np.full((3, 3), 9.0), 1) if is_lower else np.tril(np.full((3, 3), 9.0), -1)
        x = np.linalg.solve(a.T if adjoint else a, RIGHT)
        matrix_row("triangular_solve", [a + other, RIGHT], [x], {"lower": is_lower, "adjoint": adjoint},
                   FLOATS[:3] + ["complex64"] if is_lower else ["float32"])
    matrix_row("matrix_solve", [SQUARE, RIGHT], [np.linalg.solve(SQUARE.T if is_lower else SQUARE, RIGHT)], {"adjoint": is_lower},
               FLOATS[:3] + ["complex64"])
    matrix_row("matrix_solve", [BATCH, quarters((2, 2, 1))], [np.linalg.solve(np.swapaxes(BATCH, 1, 2) if is_lower else BATCH, quarters((2, 2, 1)))],
               {"adjoint": is_lower})
row("triangular_solve", [NO_MATRIX, np.zeros((0, 2))], [np.zeros((0, 2))], {"lower": True, "adjoint": False})
row("matrix_solve", [NO_MATRIX, np.zeros((0, 2))], [np.zeros((0, 2))], {"adjoint": False})
PAIR = Pairs([[1 + 2j, 0.5j], [2.0, 1 - 1j]])
PAIR_RIGHT = Pairs([[1j], [2.0]])
row("matrix_solve", [PAIR, PAIR_RIGHT], [Pairs(np.linalg.solve(PAIR.value, PAIR_RIGHT.value))], {"adjoint": False})
row("matrix_solve", [PAIR, PAIR_RIGHT], [Pairs(np.linalg.solve(PAIR.value.conj().T, PAIR_RIGHT.value))], {"adjoint": True})
SINGULAR = np.array([[1.0, 2.0], [2.0, 4.0]])
for a, dtypes in [(SQUARE, FLOATS), (BATCH, ["float32"]), (SINGULAR, ["float32"]), (-np.eye(3), ["float32"])]:
    matrix_row("determinant", [a], [np.linalg.det(a)], dtypes=dtypes)
    with np.errstate(all="ignore"):
        matrix_row("log_determinant", [a], list(np.linalg.slogdet(a)), dtypes=dtypes)
row("determinant", [np.zeros((2, 0, 0))], [np.ones((2,))])
row("determinant", [PAIR], [Pairs(np.linalg.det(PAIR.value))])
for a, dtypes in [(SQUARE, FLOATS[:3]), (BATCH, ["float32"]), (np.array([[0.0, 2.0], [1.0, 3.0]]), ["float32"]), ([[2.5]], ["float32"])]:
    factors, places = tf.linalg.lu(tf.constant(a, tf.float64))
    matrix_row("lu", [a], [factors.numpy(), i32(places.numpy())], dtypes=dtypes)
for a, dtypes in [(SQUARE, FLOATS[:3]), (SQUARE[:, :2], ["float32"]), (SQUARE[:2], ["float32"]), (BATCH, ["float32"]), (-np.eye(2), ["float32"])]:
    for full in [False, True]:
        q, r = tf.linalg.qr(tf.constant(a, tf.float64), full_matrices=full)
        matrix_row("qr", [a], [q.numpy(), r.numpy()], {"full": full}, dtypes)
for a, dtypes in [(SQUARE, FLOATS[:3]), (SQUARE[:2], ["float32"]), (BATCH, ["float32"]), (SINGULAR, ["float32"]), (np.zeros((2, 3)), ["float32"])]:
    matrix_row("svd", [a], [np.linalg.svd(a, compute_uv=False)], {"full": False, "vectors": False}, dtypes)
# The signs of vectors are free: conformance/factorizations.ts looks at their properties.
row("svd", [[[2.0]]], [[2.0], [[1.0]], [[1.0]]], {"full": True, "vectors": True})
row("eigh", [np.zeros((2, 0, 0))], [np.zeros((2, 0)), np.zeros((2, 0, 0))])
row("eig", [NO_MATRIX], [Fixed(np.zeros((0,)), "complex64"), Fixed(NO_MATRIX, "complex64")])

# --- Fourier transforms and complex numbers ---------------------------------------------------------------------------
for shape, rank in [((4,), 1), ((6,), 1), ((2, 5), 1), ((1,), 1), ((8, 8), 2), ((2, 3, 4), 2), ((2, 7), 2)]:
    re, im = quarters(shape), quarters(shape, 3, 5, 17)
    y = np.fft.fftn(re + 1j * im, axes=[-2, -1][2 - rank:])
    dtypes = FLOATS[:3] if shape in [(4,), (6,)] else ["float32"]
    row("fft", [re, im], [y.real, y.imag], {"rank": rank}, dtypes, tolerance=4e-2 if len(dtypes) > 1 else 2e-5)
for shape in [(4,), (7,), (2, 6), (1,), (2, 1, 16)]:
    x = quarters(shape)
    y = np.fft.rfft(x)
    row("rfft", [x], [y.real, y.imag], dtypes=["float32", "float64"] if shape == (7,) else ["float32"], tolerance=2e-5)
    re, im = quarters(y.shape), quarters(y.shape, 3, 5, 17)
    row("irfft", [re, im], [np.fft.irfft(re + 1j * im, shape[-1])], {"length": shape[-1]},
        ["float32", "float64"] if shape == (7,) else ["float32"], tolerance=2e-5)
Z = Pairs([[1 + 2j, -0.5j], [-2.0, 1.5 - 1j]])
f32 = lambda x: Fixed(x, "float32")
row("complex", [f32(Z.value.real), f32(Z.value.imag)], [Z])
row("complex", [f32(np.array([1.0, 2.0])), f32(0.5)], [Pairs([1 + 0.5j, 2 + 0.5j])])
row("real", [Z], [f32(Z.value.real)])
row("imag", [Z], [f32(Z.value.imag)])
row("conj", [Z], [Pairs(Z.value.conj())])
row("absolute", [Z], [f32(np.abs(Z.value))])
for name, fn in {"square": np.square, "exp": np.exp, "sqrt": np.sqrt, "log": np.log, "sin": np.sin, "tanh": np.tanh}.items():
    row(name, [Z], [Pairs(fn(Z.value))], tolerance=2e-5)
for name, fn in {"add": np.add, "multiply": np.multiply, "divide": np.divide}.items():
    row(name, [Z, Pairs([1j, 2 - 1j])], [Pairs(fn(Z.value, np.array([1j, 2 - 1j])))])
for ta in [False, True]:
    for shape in [(2, 2), (1, 2, 2)]:
        a = Z.value.reshape(shape)
        turned = np.swapaxes(a, -1, -2) if ta else a
        row("matmul", [Pairs(a), Pairs(a)], [Pairs(turned @ a)], {"transposeA": ta, "transposeB": False})
row("bitcast", [f32([1.0, -2.5])], [i32(np.array([1.0, -2.5], np.float32).view(np.int32))], {"dtype": "int32"})
row("bitcast", [i32([[1, -2], [258, 3]])], [Fixed(np.array([[1, -2], [258, 3]], np.int32).view(np.uint8), "uint8")], {"dtype": "uint8"})
row("bitcast", [Fixed([[1, 2, 3, 4]], "uint8")], [Fixed([[513, 1027]], "int16")], {"dtype": "int16"})
row("bitcast", [Fixed([1.5, -2.0], "float16")], [Fixed(np.array([1.5, -2.0], np.float16).view(np.int16), "int16")], {"dtype": "int16"})
row("bitcast", [Fixed([1.5, -2.0], "float64")], [Fixed(np.array([1.5, -2.0]).view(np.int32), "int32")], {"dtype": "int32"})

# --- beam search ----------------------------------------------------------------------------------------------------
beam_rng = np.random.default_rng(5)
for frames, batch, classes, width, paths in [(4, 2, 3, 3, 2), (6, 3, 4, 5, 1), (5, 1, 3, 100, 4), (3, 2, 2, 1, 1), (8, 1, 5, 4, 3)]:
    # Fine steps, so that no two sequences are equally likely.
    logits = beam_rng.integers(-512, 513, (frames, batch, classes)) / 256
    lengths = np.array([frames] + [max(frames - 1, 0)] * (batch - 1))
    for dtype in WIDE:
        out = tf.raw_ops.CTCBeamSearchDecoder(inputs=tf.constant(logits, dtype), sequence_length=lengths, beam_width=width,
                                              top_paths=paths, merge_repeated=False)
        dense = [tf.raw_ops.SparseToDense(sparse_indices=i, output_shape=tf.constant([batch, frames], tf.int64), sparse_values=v,
                                          default_value=tf.constant(-1, tf.int64)).numpy()
                 for i, v in zip(out.decoded_indices, out.decoded_values)]
        row("ctc_beam_search", [Fixed(logits, dtype), i32(lengths)], [i32(np.stack(dense)), Fixed(out.log_probability.numpy(), dtype)],
            {"beamWidth": width, "paths": paths})

# --- random ---------------------------------------------------------------------------------------------------------
SEEDS = [[1, 2], [-7, 2147483647]]
for seed in SEEDS:
    s = i32(seed)
    for dtype in FLOATS:
        kw = {"seed": seed, "dtype": dtype, "alg": "philox"}
        for shape in [[2, 3], [7]] if dtype == "float32" else [[5]]:
            for name, op in {"random_uniform": tf.random.stateless_uniform, "random_normal": tf.random.stateless_normal,
                             "random_truncated_normal": tf.random.stateless_truncated_normal}.items():
                y = tf.cast(op(shape, **kw), tf.float64).numpy()
                row(name, [s], [Fixed(y, dtype)], {"shape": shape, "dtype": dtype}, tolerance=1e-9 if name == "random_uniform" else None)
    for dtype in ["int32", "int64"]:
        y = tf.random.stateless_uniform([6], seed=seed, minval=-5, maxval=100, dtype=dtype, alg="philox").numpy()
        row("random_integers", [s, Fixed(-5, dtype), Fixed(100, dtype)], [Fixed(y, dtype)], {"shape": [6], "dtype": dtype})
for name in ["random_uniform", "random_normal", "random_truncated_normal"]:
    row(name, [i32([1, 2])], [Fixed(np.zeros((0, 2)), "float32")], {"shape": [0, 2], "dtype": "float32"})
row("random_integers", [i32([1, 2]), i32(0), i32(5)], [i32(np.zeros((0,)))], {"shape": [0], "dtype": "int32"})
for seed in SEEDS:
    s = i32(seed)
    alphas = [0.0, 0.3, 0.5, 1.0, 1.5, 4.0, 30.0]
    for dtype in FLOATS[:3]:
        for shape, alpha in [([3, 7], alphas), ([2, 3], 0.25), ([5], 2.0), ([2, 0, 3], 1.5)]:
            y = tf.raw_ops.StatelessRandomGammaV2(shape=shape, seed=seed, alpha=tf.constant(alpha, dtype))
            row("random_gamma", [s, Fixed(alpha, dtype)], [Fixed(y.numpy().astype("float64"), dtype)],
                {"shape": shape, "dtype": dtype}, tolerance=1e-5 if dtype == "float32" else None)
    counts = [5.0, 40.0, 1000.0, 12.0, 30.0, 0.0, 7.0]
    chances = [0.25, 0.75, 0.5, 0.0, 1.0, 0.5, float("nan")]
    for dtype in WIDE:
        for shape, n, p in [([4, 7], counts, chances), ([2, 3], 9.0, 0.625), ([0, 2], 9.0, 0.5), ([6], 200.0, 0.25)]:
            y = tf.random.stateless_binomial(shape, seed, tf.constant(n, dtype), tf.constant(p, dtype), output_dtype=dtype)
            row("random_binomial", [s, Fixed(n, dtype), Fixed(p, dtype)], [Fixed(y.numpy(), dtype)], {"shape": shape, "dtype": dtype})

# --- one process ------------------------------------------------------------------------------------------------------
ALONE = {"size": 1, "ordinal": 0}
row("all_reduce", [SIGNS], [SIGNS], ALONE, dtypes=FLOATS)
row("all_reduce", [LINE], [LINE], ALONE, dtypes=["int32", "int64"])
row("all_reduce", [EMPTY], [EMPTY], ALONE)

lines = [
    "/**",
    " * What every primitive gives for small operands. Made by test/golden/backend/conformance.py with NumPy "
    f"{np.__version__} and",
    f" * TensorFlow {tf.__version__}; do not edit. A literal without a dtype takes each of the row's `dtypes`.",
    " */",
    "import { t, type ReferenceTable } from './literal.js';",
    "",
    "export const reference: ReferenceTable = {",
]
for name, group in rows.items():
    lines += [f"  {name}: [", *[f"    {r}," for r in group], "  ],"]
lines += ["};", ""]
OUT.parent.mkdir(exist_ok=True)
OUT.write_text("\n".join(lines))
print(sum(len(g) for g in rows.values()), "rows,", OUT.stat().st_size, "bytes")
