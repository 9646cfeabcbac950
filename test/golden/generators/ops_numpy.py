"""Calls of the less common NumPy-like ops, each under its options."""

import numpy as np

from .common import rand, randint, rng_for, t
from .ops_elementwise import INF, MAYBE, NAN

INTS = ["uint8", "int8", "int16", "int32", "int64"]


def numpy_elementwise():
    rng = rng_for("ops/numpy_elementwise")
    x, y = rand(rng, (2, 3)), rand(rng, (2, 3))
    odd = t([-1.5, -0.0, 0.0, 2.5, INF, -INF, NAN])
    rows = []
    for op, low in [("exp2", -3), ("cbrt", -3), ("deg2rad", -3), ("rad2deg", -3), ("sinc", -3), ("fabs", -3)]:
        rows.append((op, [rand(rng, (2, 3), low, 3)], {}))
        rows.append((op, [rand(rng, (4,), low, 3, "float64")], {}))
        rows.append((op, [rand(rng, (4,), low, 3, "float16")], {}))
        rows.append((op, [randint(rng, (4,), 0, 9, "int32")], {}))
        rows.append((op, [randint(rng, (4,), 0, 9, "int64")], {}))
        rows.append((op, [odd], {}))
    for op in ["logaddexp", "logaddexp2", "hypot", "heaviside", "fmax", "fmin"]:
        rows.append((op, [x, y], {}))
        rows.append((op, [x, rand(rng, (3,))], {}))
        rows.append((op, [odd, t([0.5] * 7)], {}))
        rows.append((op, [odd, odd], {}))
        rows.append((op, [t([1, 0, 3], "int32"), t([2, 0, 1], "int32")], {MAYBE: True}))
        rows.append((op, [t([1, 0, 3], "int64"), t([2, 0, 1], "int32")], {MAYBE: True}))
    for op in ["signbit", "isposinf", "isneginf", "nan_to_num", "trunc"]:
        rows.append((op, [odd], {}))
        rows.append((op, [t([-1.5, 2.0], "float16")], {}))
        rows.append((op, [t([1, 0, 3], "int32")], {}))
        rows.append((op, [t([True, False], "bool")], {MAYBE: True}))
    rows += [
        ("nan_to_num", [odd], {"nan": 1.5, "posinf": 9.0, "neginf": -9.0}),
        ("nan_to_num", [t([NAN, INF, -INF], "float64")], {}),
        ("nan_to_num", [t([NAN, INF, -INF], "bfloat16")], {}),
        ("isclose", [t([1.0, 2.0, NAN]), t([1.000001, 2.1, NAN])], {}),
        ("isclose", [t([1.0, 2.0, NAN]), t([1.000001, 2.1, NAN])], {"equal_nan": True}),
        ("isclose", [t([1.0, 2.0]), t([1.05, 2.3])], {"rtol": 0.1}),
        ("isclose", [t([1.0, 2.0]), t([1.05, 2.3])], {"atol": 0.2}),
        ("isclose", [t([1, 2], "int32"), t([1, 3], "int32")], {}),
        ("allclose", [t([1.0, 2.0]), t([1.000001, 2.0])], {}),
        ("allclose", [t([1.0, 2.0]), t([1.1, 2.0])], {}),
        ("allclose", [t([1.0, INF]), t([1.0, INF])], {}),
        ("allclose", [t([1.0, NAN]), t([1.0, NAN])], {}),
        ("allclose", [t([1.0, NAN]), t([1.0, NAN])], {"equal_nan": True}),
        ("isin", [t([[1, 2], [3, 4]], "int32"), t([4, 1], "int32")], {}),
        ("isin", [t([1.0, 2.0]), t([2.0])], {"invert": True}),
        ("ldexp", [t([0.75, 1.0, 0.0, INF]), t([2, -3, 5, 1], "int32")], {}),
        ("select", [[t([True, False, False], "bool"), t([True, True, False], "bool")], [x[0], y[0]]], {}),
        ("select", [[t([True, False, False], "bool")], [x[0]]], {"default": 7.5}),
        ("saturate_cast", [t([-300.0, -1.5, 0.5, 255.9, 1e9, INF, -INF]), "uint8"], {}),
        ("saturate_cast", [t([-1e10, 1.5, 1e10]), "int32"], {}),
        ("saturate_cast", [t([-300, 5, 300], "int32"), "int8"], {}),
        ("saturate_cast", [t([-300, 5, 300], "int64"), "uint16"], {}),
        ("saturate_cast", [t([1e5, -1e5]), "float16"], {}),
        ("erfinv", [t([-0.9, 0.0, 0.3, 1.0])], {}),
        ("erfinv", [t([-0.9, 0.0, 0.3], "float16")], {}),
    ]
    for dtype in INTS:
        a, b = randint(rng, (4,), 0, 99, dtype), randint(rng, (4,), 0, 5, dtype)
        for op in ["bitwise_and", "bitwise_or", "bitwise_xor", "bitwise_left_shift", "bitwise_right_shift"]:
            rows.append((op, [a, b], {}))
        rows.append(("bitwise_invert", [a], {}))
        rows.append(("bitwise_not", [a], {}))
    rows.append(("left_shift", [t([1, -3], "int32"), t([2, 2], "int32")], {}))
    rows.append(("right_shift", [t([8, -8], "int32"), t([2, 2], "int32")], {}))
    rows.append(("bitwise_xor", [t([8, 5], "uint8"), t([2, 300], "int32")], {}))
    return rows


def numpy_statistics():
    rng = rng_for("ops/numpy_statistics")
    x, y = rand(rng, (3, 4)), rand(rng, (2, 3, 4))
    gaps = t([[1.0, NAN, 2.5], [NAN, NAN, NAN], [-3.0, 0.5, INF]])
    rows = []
    for op in ["nansum", "nanmean", "nanprod", "nanmax", "nanmin", "nanvar", "nanstd"]:
        rows.append((op, [gaps[::2]], {}))
        rows.append((op, [gaps], {"axis": 1}))
        rows.append((op, [gaps], {"axis": 0, "keepdims": True}))
        rows.append((op, [y], {"axis": [0, -1]}))
        rows.append((op, [randint(rng, (2, 3), 0, 9)], {"axis": 1, MAYBE: True}))
    for op in ["nanargmax", "nanargmin"]:
        rows.append((op, [gaps], {"axis": 1}))
        rows.append((op, [gaps], {"axis": 0, "keepdims": True}))
        rows.append((op, [gaps[::2]], {}))
    for op in ["nancumsum", "nancumprod"]:
        rows.append((op, [gaps], {"axis": 0}))
        rows.append((op, [gaps], {}))
    for op in ["amax", "amin", "ptp"]:
        rows.append((op, [y], {}))
        rows.append((op, [y], {"axis": 1, "keepdims": True}))
        rows.append((op, [randint(rng, (2, 3), -9, 9)], {"axis": -1}))
    for op in ["max", "min"]:
        rows.append((op, [x], {"axis": 1, "initial": 0.5}))
        rows.append((op, [t(np.zeros((2, 0)))], {"axis": 1, "initial": 0.5}))
    for method in ["linear", "lower", "higher", "nearest", "midpoint"]:
        rows.append(("quantile", [x, t([0.1, 0.5, 0.77])], {"axis": 1, "method": method}))
        rows.append(("quantile", [y, 0.3], {"axis": [0, 2], "method": method, "keepdims": True}))
        rows.append(("quantile", [y, t([[0.0], [1.0]])], {"method": method}))
    rows += [
        ("quantile", [t([1.0, NAN, 2.0]), 0.5], {}),
        ("quantile", [randint(rng, (5,), 0, 9), 0.4], {}),
        ("percentile", [x, t([10.0, 90.0])], {"axis": 0}),
        ("percentile", [x, 33.0], {}),
        ("median", [x], {}),
        ("median", [y], {"axis": 1, "keepdims": True}),
        ("median", [y], {"axis": [0, 1]}),
        ("average", [x], {}),
        ("average", [x], {"axis": 1}),
        ("average", [x, 1, rand(rng, (3, 4), 0.1, 1.0)], {}),
        ("average", [x], {"axis": 1, "weights": rand(rng, (4,), 0.1, 1.0)}),
        ("average", [x], {"weights": rand(rng, (3, 4), 0.1, 1.0)}),
        ("average", [randint(rng, (2, 3), 0, 9)], {"axis": 0}),
        ("corrcoef", [rand(rng, (3, 5))], {}),
        ("diff", [x], {}),
        ("diff", [x], {"n": 2, "axis": 0}),
        ("diff", [t([True, False, False], "bool")], {}),
        ("trapezoid", [x], {}),
        ("trapezoid", [x], {"dx": 0.5, "axis": 0}),
        ("trapezoid", [x, t([0.0, 0.5, 2.0, 2.5])], {}),
        ("searchsorted", [t([1.0, 3.0, 3.0, 5.0]), t([0.0, 3.0, 4.0, 9.0])], {}),
        ("searchsorted", [t([1.0, 3.0, 3.0, 5.0]), t([0.0, 3.0, 4.0, 9.0])], {"side": "right"}),
        ("searchsorted", [t(np.arange(200) // 2), t([-1.0, 0.0, 50.0, 50.5, 99.0, 100.0])], {}),
        ("searchsorted", [t(np.arange(200) // 2), t([-1.0, 0.0, 50.0, 50.5, 99.0, 100.0])], {"side": "right"}),
        ("searchsorted", [t(np.arange(129), "int32"), t([0, 128, 129, 64], "int32")], {}),
        ("digitize", [t([0.0, 1.0, 1.5, 9.0]), [1.0, 2.0, 3.0]], {}),
        ("digitize", [t([[0, 1], [2, 3]], "int32"), [1.0, 2.0]], {}),
        ("histogram", [t([1.0, 2.0, 2.5, 4.0])], {"bins": 3}),
        ("histogram", [t([1.0, 2.0, 2.5, 4.0])], {"bins": 4, "range": (0.0, 3.0)}),
        ("segment_max", [x, t([0, 2, 0], "int32")], {"num_segments": 4}),
        ("segment_min", [x, t([0, 2, 0], "int32")], {"num_segments": 4}),
        ("segment_min", [t([3, 1, 2], "int32"), t([0, -1, 0], "int32")], {"num_segments": 2}),
        ("segment_sum", [x, t([0, -1, 0], "int32")], {"num_segments": 2}),
        ("cdist", [rand(rng, (2, 3)), rand(rng, (4, 3))], {}),
        ("cdist", [rand(rng, (2, 2, 3)), rand(rng, (2, 4, 3))], {}),
    ]
    return rows


def numpy_arrays():
    rng = rng_for("ops/numpy_arrays")
    x, y = rand(rng, (3, 4)), rand(rng, (2, 3, 4))
    v, w = rand(rng, (3,)), rand(rng, (3,))
    i = randint(rng, (2, 3), 0, 9)
    rows = [
        ("hstack", [[v, w]], {}),
        ("hstack", [[x, x]], {}),
        ("vstack", [[x, x]], {}),
        ("dstack", [[v, w]], {}),
        ("dstack", [[x, x]], {}),
        ("dstack", [[y, y]], {}),
        ("append", [v, x], {}),
        ("append", [x, x], {"axis": 1}),
        ("append", [i, x[:2, :3]], {"axis": 0}),
        ("array_split", [v, 2], {}),
        ("array_split", [y, 3], {"axis": 2}),
        ("vsplit", [x, 3], {}),
        ("hsplit", [x, [1, 3]], {}),
        ("hsplit", [v, 3], {}),
        ("dsplit", [y, 2], {}),
        ("fliplr", [x], {}),
        ("flipud", [x], {}),
        ("roll", [y, [1, -1]], {"axis": [0, 2]}),
        ("roll", [x, 7], {}),
        ("repeat", [x, [1, 0, 2]], {"axis": 0}),
        ("tile", [v, [2, 2]], {}),
        ("tile", [x, 2], {}),
        ("pad", [x, [[1, 2], [0, 1]]], {"mode": "reflect"}),
        ("pad", [x, [[1, 2], [0, 1]]], {"mode": "symmetric"}),
        ("trace", [x], {}),
        ("trace", [y], {"offset": 1, "axis1": 1, "axis2": 2, MAYBE: True}),
        ("trace", [t([[1, 2], [3, 4]], "int8")], {}),
        ("diagflat", [x[:2, :2]], {}),
        ("diagflat", [v], {"k": -1}),
        ("diagonal", [y], {"offset": 1, "axis1": 2, "axis2": 0}),
        ("vander", [v], {}),
        ("vander", [v], {"N": 2, "increasing": True}),
        ("vander", [t([1, 2, 3], "int32")], {"N": 3}),
        ("tri", [3], {}),
        ("tri", [3, 5], {"k": 1, "dtype": "int32"}),
        ("tri", [4, 3], {"k": -2}),
        ("identity", [3], {}),
        ("identity", [2], {"dtype": "int32"}),
        ("empty_like", [v], {"dtype": "int32"}),
        ("logspace", [0.5, 2.5], {"num": 5}),
        ("logspace", [0.5, 2.5], {"num": 4, "endpoint": False, "base": 2.5}),
        ("geomspace", [1.5, 100.5], {"num": 4}),
        ("geomspace", [-1.5, -100.5], {"num": 3}),
        ("linspace", [t([0.0, 1.0]), t([1.0, 3.0])], {"num": 4}),
        ("linspace", [t([0.0, 1.0]), t([1.0, 3.0])], {"num": 4, "axis": -1}),
        ("linspace", [t([0.0, 1.0]), 2.5], {"num": 3, "endpoint": False}),
        ("linspace", [0.5, 2.5], {"num": 5, "retstep": True}),
        ("kron", [x[:2, :2], y[0, :, :2]], {}),
        ("kron", [v, x], {}),
        ("cross", [v, w], {}),
        ("cross", [rand(rng, (2, 3)), v], {}),
        ("cross", [rand(rng, (4, 2)), rand(rng, (4, 2))], {}),
        ("cross", [rand(rng, (4, 2)), rand(rng, (4, 3))], {}),
        ("cross", [rand(rng, (3, 4)), rand(rng, (3, 4))], {"axis": 0}),
        ("cross", [rand(rng, (3, 4)), rand(rng, (4, 3))], {"axisa": 0, "axisb": 1, "axisc": 0}),
        ("einsum", ["ijk,ikl,jm->iml", y, rand(rng, (2, 4, 2)), rand(rng, (3, 5))], {}),
        ("einsum", ["bhqd,bhkd->bhqk", rand(rng, (2, 2, 3, 4)), rand(rng, (2, 2, 5, 4))], {}),
        ("einsum", ["ii->i", x[:, :3]], {}),
        ("einsum", ["i,j,k->kji", v, w, v], {}),
        ("einsum", ["...ij,...jk->...ik", y, rand(rng, (2, 4, 2))], {}),
        ("einsum", ["ij->", x], {}),
        ("unravel_index", [t([0, 5, 11], "int32"), (3, 4)], {}),
        ("unravel_index", [t([[0, 5], [11, 7]], "int64"), (3, 4)], {}),
        ("take_along_axis", [y, t([[[0]], [[2]]], "int32")], {"axis": 1}),
        ("take_along_axis", [v, t([2, -1], "int32")], {}),
        ("scatter_update", [x, t([[0], [2], [0]], "int32"), rand(rng, (3, 4))], {"reduction": "mul"}),
        ("scatter_update", [v, t([[0], [2]], "int32"), t([9.0, 8.0])], {"reduction": "min"}),
        ("copy", [x], {}),
    ]
    for k in [-1, 0, 1, 2, 3]:
        rows.append(("rot90", [x], {"k": k}))
        rows.append(("rot90", [y], {"k": k, "axes": (2, 0)}))
    return rows
