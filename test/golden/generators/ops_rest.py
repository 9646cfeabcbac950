"""Further calls of ops that the other tables call once or twice."""

import numpy as np

from .common import rand, randint, rng_for, t
from .ops_elementwise import INF, MAYBE, NAN


def rest():
    rng = rng_for("ops/rest")
    v, w = rand(rng, (3,)), rand(rng, (2,))
    x, y = rand(rng, (2, 3)), rand(rng, (4, 2, 6))
    i = randint(rng, (2, 3), -9, 9)
    odd = t([-1.5, -0.0, 0.0, 2.5, INF, -INF, NAN])
    empty = t(np.zeros((0, 3)))
    flags = t([True, False], "bool")
    rows = []
    for op in ["abs", "copy", "stop_gradient", "array"]:
        for a in [x, i, odd, empty]:
            rows.append((op, [a], {}))
    rows += [
        ("abs", [t([1, 200], "uint8")], {}),
        ("array", [i], {"dtype": "float16"}),
        ("copy", [flags], {}),
        ("dtype", [x], {}),
        ("dtype", [i], {}),
        ("dtype", [flags], {}),
        ("empty_like", [t(np.zeros((0, 2)), "int32")], {}),
        ("empty", [[0, 3]], {}),
        ("empty", [[2, 0]], {"dtype": "int32"}),
        ("empty", [[0]], {"dtype": "bool"}),
    ]
    for op in ["divide_no_nan", "fmod"]:
        rows += [
            (op, [x, rand(rng, (3,), 0.5, 2)], {}),
            (op, [t([1.0, -3.0, 0.0]), t([0.0, 2.0, -0.0])], {MAYBE: True}),
            (op, [t([5.5, -5.5], "float16"), t([2.0, -2.0], "float16")], {}),
            (op, [t([[7], [-7]], "int32"), t([2, 3], "int32")], {MAYBE: True}),
            (op, [empty, v], {}),
        ]
    rows += [
        ("array_split", [t(np.arange(7)), 3], {}),
        ("array_split", [y, 4], {"axis": -1}),
        ("array_split", [i, 2], {"axis": 1}),
        ("dsplit", [y, 2], {}),
        ("dsplit", [y, [1, 3]], {}),
        ("dsplit", [randint(rng, (1, 1, 4), 0, 9), 4], {}),
        ("hsplit", [x, 3], {}),
        ("hsplit", [v, [1]], {}),
        ("hsplit", [y, 1], {}),
        ("vsplit", [x, 2], {}),
        ("vsplit", [y, [1, 2]], {}),
        ("vsplit", [i, [0, 1]], {}),
        ("hstack", [[x, x, i]], {}),
        ("hstack", [[v]], {}),
        ("vstack", [[v, v]], {}),
        ("vstack", [[x, v]], {MAYBE: True}),
        ("vstack", [[i, x]], {}),
        ("vstack", [[empty, x]], {}),
        ("fliplr", [y], {}),
        ("fliplr", [i], {}),
        ("fliplr", [empty], {}),
        ("flipud", [y], {}),
        ("flipud", [v], {}),
        ("flipud", [empty], {}),
        ("diagflat", [x], {}),
        ("diagflat", [w], {"k": -1}),
        ("diagflat", [t([1, 2], "int32")], {"k": 2}),
        ("identity", [3], {}),
        ("identity", [1], {"dtype": "int32"}),
        ("identity", [0], {}),
        ("identity", [2], {"dtype": "bool"}),
        ("geomspace", [1.0, 16.0], {"num": 5}),
        ("geomspace", [2.0, 32.0], {"num": 4, "endpoint": False}),
        ("geomspace", [t([1.0, 2.0]), t([8.0, 4.0])], {"num": 3, "axis": -1, MAYBE: True}),
        ("logspace", [0.0, 2.0], {"num": 3}),
        ("logspace", [0.0, 3.0], {"num": 3, "endpoint": False, "base": 2}),
        ("logspace", [t([0.0, 1.0]), t([1.0, 2.0])], {"num": 2, "axis": 1}),
        ("cdist", [rand(rng, (1, 2)), rand(rng, (3, 2))], {}),
        ("cdist", [rand(rng, (2, 2, 2), dtype="float64"), rand(rng, (2, 1, 2), dtype="float64")], {}),
        ("cdist", [rand(rng, (0, 2)), rand(rng, (3, 2))], {}),
        ("corrcoef", [rand(rng, (2, 4), dtype="float64")], {}),
        ("corrcoef", [rand(rng, (1, 4))], {MAYBE: True}),
        ("corrcoef", [randint(rng, (3, 4), 0, 9)], {}),
        ("digitize", [t([-INF, 0.5, INF]), [0.0, 1.0]], {}),
        ("digitize", [empty, [0.0, 1.0]], {}),
        ("digitize", [t([0.5, 3.0], "float16"), [1.0]], {MAYBE: True}),
        ("erfinv", [t([[0.5, -0.25]], "float64")], {}),
        ("erfinv", [t([-1.0, 1.0, 1.5, NAN])], {}),
        ("erfinv", [empty], {}),
        ("histogram", [t([0.0, 1.0, 2.0, 2.0], "float64")], {}),
        ("histogram", [t([1, 5, 5, 9], "int32")], {"bins": 4, MAYBE: True}),
        ("histogram", [t([1.0, 1.5, 3.0])], {"bins": 2, "range": (1.0, 2.0)}),
        ("isin", [x, x[0]], {}),
        ("isin", [i, t([[1], [2]], "int32")], {"assume_unique": True}),
        ("isin", [t([1, 2, 3], "int64"), t([2, 5], "int64")], {"invert": True}),
        ("isin", [empty, v], {}),
        ("kron", [x, w], {MAYBE: True}),
        ("kron", [x, rand(rng, (1, 2))], {}),
        ("kron", [i, t([[1, 2]], "int32")], {}),
        ("kron", [v, w], {MAYBE: True}),
        ("ldexp", [x, t([1, 0, -2], "int32")], {}),
        ("ldexp", [t([0.5], "float64"), t([3], "int32")], {}),
        ("ldexp", [t([1.0, -1.0]), t([200, -200], "int32")], {}),
        ("left_shift", [t([[1, 2]], "uint8"), t([[3], [9]], "uint8")], {}),
        ("left_shift", [t([1, 2], "int64"), t([40, 1], "int64")], {}),
        ("right_shift", [t([[255, 2]], "uint8"), t([[3], [1]], "uint8")], {}),
        ("right_shift", [t([-(2**40), 2], "int64"), t([3, 1], "int64")], {}),
        ("nancumsum", [t([[1.0, NAN], [NAN, 2.0]])], {"axis": 1}),
        ("nancumsum", [i], {"axis": 0}),
        ("nancumsum", [empty], {"axis": 1}),
        ("nancumprod", [t([[1.0, NAN], [NAN, 2.0]])], {"axis": -1}),
        ("nancumprod", [i], {"axis": 0}),
        ("nancumprod", [empty], {"axis": 0}),
        ("percentile", [y, 50.0], {"axis": [0, 2], "keepdims": True}),
        ("percentile", [i, 25.0], {}),
        ("percentile", [x, t([0.0, 100.0])], {"axis": -1, "method": "nearest"}),
        ("percentile", [t([1.0, NAN]), 50.0], {}),
        ("segment_min", [x, t([1, 1], "int32")], {"num_segments": 3}),
        ("segment_min", [t([2.5, -1.0, 0.0], "float64"), t([0, 1, 0], "int32")], {"num_segments": 2}),
        ("segment_min", [empty, t([], "int32")], {"num_segments": 1}),
        ("segment_max", [t([3, -1], "int64"), t([0, 0], "int32")], {"num_segments": 2}),
        ("select", [[x > 0, x < 1], [x, x * 2]], {"default": -1.0}),
        ("select", [[i > 0], [i]], {"default": 3}),
        ("select", [[flags, flags], [t([1, 2], "int32"), t([0.5, 1.5])]], {MAYBE: True}),
        ("threshold", [odd, 0.0, -9.0], {}),
        ("threshold", [t([0.5, 1.5], "float16"), 1.0, 0.0], {}),
        ("threshold", [empty, 0.0, 1.0], {}),
        ("unravel_index", [t([5, 0], "int32"), (2, 3)], {}),
        ("unravel_index", [t([[1, 2]], "int32"), (3,)], {}),
        ("unravel_index", [t([7], "int32"), (2, 2, 2)], {}),
        ("empty_like", [t(np.zeros((2, 0)))], {"dtype": "int32"}),
    ]
    for op in ["adaptive_average_pool", "adaptive_max_pool"]:
        rows += [
            (op, [rand(rng, (1, 7, 2)), 3], {}),
            (op, [rand(rng, (2, 4, 5, 1)), (2, 3)], {}),
            (op, [rand(rng, (1, 1, 4, 6)), 2], {"data_format": "channels_first"}),
            # More decimals: TensorFlow gives all of the gradient to each of two equal elements in three dimensions.
            (op, [rand(rng, (1, 3, 2, 4, 1), decimals=4), (1, 2, 3)], {}),
        ]
    return rows
