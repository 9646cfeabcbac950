"""Calls of ops on whole arrays: reductions, order, shape, indexing, creation, products."""

import numpy as np

from .common import rand, randint, rng_for, t
from .ops_elementwise import INF, MAYBE, NAN

REDUCTIONS = ["sum", "mean", "prod", "max", "min", "any", "all", "std", "var", "logsumexp"]
AXES = [{}, {"axis": -1}, {"axis": 0, "keepdims": True}, {"axis": [0, 2]}, {"axis": [-1, -2], "keepdims": True}, {"keepdims": True}]


def reductions():
    rows = []
    for op in REDUCTIONS:
        rng = rng_for("ops/" + op)
        x = rand(rng, (2, 3, 4))
        if op in ("any", "all"):
            x = t(rng.integers(0, 3, (2, 3, 4)) > (1 if op == "any" else 0), "bool")
        rows += [(op, [x], kwargs) for kwargs in AXES]
        rows += [
            (op, [rand(rng, ())], {}),
            (op, [rand(rng, (3, 1))], {"axis": 1}),
            (op, [rand(rng, (1,))], {"axis": 0}),
            (op, [t([[1.0, NAN], [INF, 2.0], [-INF, INF]])], {"axis": 1}),
            (op, [rand(rng, (5,), dtype="float16")], {}),
            (op, [rand(rng, (5,), dtype="bfloat16")], {}),
            (op, [rand(rng, (2, 2), dtype="float64")], {"axis": 1}),
            (op, [randint(rng, (2, 3), -4, 5)], {"axis": 1, MAYBE: True}),
            (op, [randint(rng, (4,), -4, 5, "int64")], {MAYBE: True}),
            (op, [randint(rng, (4,), 0, 5, "uint8")], {MAYBE: True}),
            (op, [randint(rng, (4,), -4, 5, "int8")], {MAYBE: True}),
            (op, [t([True, False, True], "bool")], {MAYBE: True}),
            (op, [x], {"axis": []}),
        ]
        if op not in ("max", "min"):
            rows += [(op, [t(np.zeros((0, 3)))], {"axis": 0, MAYBE: True}), (op, [t(np.zeros((2, 0)))], {"axis": 0, MAYBE: True})]
    x = rand(rng_for("ops/initial"), (2, 3))
    rows += [("max", [x], {"axis": 1, "initial": 1.0}), ("min", [x], {"initial": -1.0}), ("max", [t(np.zeros((0, 2)))], {"axis": 0, "initial": 3.0})]
    rows += [("logsumexp", [t([[1000.0, 1000.0], [-1000.0, -1000.0]])], {"axis": 1}), ("logsumexp", [t([-INF, -INF])], {})]
    rows += [("sum", [t(np.full((4,), 2.0**40), "int64")], {}), ("mean", [t([1e30, 1e30, -1e30])], {})]
    for op in ("count_nonzero",):
        x = t([[0.0, 1.0, 0.0], [2.0, 0.0, -0.0]])
        rows += [(op, [x], {}), (op, [x], {"axis": 0}), (op, [x], {"axis": -1}), (op, [t([True, False, True], "bool")], {}), (op, [t([[0, 3]], "int32")], {"axis": [0, 1]})]
    return rows


def norms():
    rng = rng_for("ops/norm")
    m, v, b = rand(rng, (2, 3)), rand(rng, (4,)), rand(rng, (2, 3, 2))
    rows = [("norm", [m], {}), ("norm", [b], {MAYBE: True}), ("norm", [v], {"keepdims": True})]
    for order in (1, 2, 3, 0, float("inf"), float("-inf"), 2.5):
        rows.append(("norm", [v], {"ord": order}))
        rows.append(("norm", [b], {"ord": order, "axis": 1}))
    for order in ("fro", "nuc", 1, -1, 2, -2, float("inf"), float("-inf")):
        rows.append(("norm", [m], {"ord": order, "axis": [0, 1]}))
    rows += [
        ("norm", [b], {"ord": "fro", "axis": [1, 2], "keepdims": True}),
        ("norm", [b], {"axis": -1}),
        ("norm", [randint(rng, (3,), -3, 4)], {}),
        ("normalize", [m], {}),
        ("normalize", [m], {"axis": 0}),
        ("normalize", [m], {"order": 1}),
        ("normalize", [b], {"axis": 1, "order": 3}),
        ("normalize", [t([[0.0, 0.0], [3.0, 4.0]])], {}),
        ("normalize", [t([[0.0, 0.0], [3.0, 4.0]])], {"epsilon": 0.5}),
        ("normalize", [t([1, 2, 2], "int32")], {}),
    ]
    return rows


def ordering():
    rows = []
    for op in ("argmax", "argmin"):
        rng = rng_for("ops/" + op)
        x = rand(rng, (2, 3, 4))
        rows += [
            (op, [x], {}),
            (op, [x], {"axis": 1}),
            (op, [x], {"axis": -1, "keepdims": True}),
            (op, [x], {"keepdims": True}),
            (op, [t([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]])], {"axis": 1}),
            (op, [t([1.0, NAN, 3.0])], {}),
            (op, [t([0.0, -0.0])], {}),
            (op, [randint(rng, (4,), -4, 5)], {}),
            (op, [t([True, False, True], "bool")], {MAYBE: True}),
            (op, [rand(rng, (4,), dtype="bfloat16")], {}),
            (op, [t([2**53, 2**53 + 1], "int64")], {}),
        ]
    for op in ("sort", "argsort"):
        rng = rng_for("ops/" + op)
        x = rand(rng, (2, 3, 4))
        rows += [
            (op, [x], {}),
            (op, [x], {"axis": 1}),
            (op, [x], {"axis": 0}),
            (op, [x], {"axis": None}),
            (op, [t([2.0, 1.0, 2.0, 1.0])], {}),
            (op, [t([3.0, INF, -INF, 0.0])], {}),
            (op, [randint(rng, (2, 5), -5, 5)], {}),
            (op, [t([5, 3, 250], "uint8")], {MAYBE: True}),
            (op, [t([True, False, True], "bool")], {MAYBE: True}),
            (op, [rand(rng, (4,), dtype="float16")], {}),
            (op, [t(np.zeros((2, 0)))], {}),
            (op, [rand(rng, (3, 1))], {}),
        ]
    for op in ("cumsum", "cumprod"):
        rng = rng_for("ops/" + op)
        x = rand(rng, (2, 3, 2))
        rows += [
            (op, [x], {}),
            (op, [x], {"axis": 1}),
            (op, [x], {"axis": -1}),
            (op, [x], {"axis": 0, "dtype": "float64"}),
            (op, [randint(rng, (5,), -3, 4)], {}),
            (op, [t([True, True, False, True], "bool")], {}),
            (op, [t([1.0, NAN, 2.0])], {}),
            (op, [rand(rng, (4,), dtype="float16")], {}),
            (op, [t(np.zeros((0, 2)))], {"axis": 0}),
            (op, [rand(rng, (3,))], {"dtype": "int32"}),
        ]
    rng = rng_for("ops/top_k")
    x = rand(rng, (2, 5))
    rows += [
        ("top_k", [x, 2], {}),
        ("top_k", [x, 5], {}),
        ("top_k", [x, 1], {}),
        ("top_k", [t([1.0, 3.0, 3.0, 2.0]), 3], {}),
        ("top_k", [randint(rng, (2, 2, 4), -5, 5), 2], {}),
        ("top_k", [rand(rng, (4,), dtype="float16"), 2], {}),
        ("in_top_k", [t([0, 1, 2], "int32"), rand(rng, (3, 4)), 2], {}),
        ("in_top_k", [t([0, 3], "int32"), rand(rng, (2, 4)), 1], {}),
        ("in_top_k", [t([0, 1], "int32"), t([[1.0, 1.0, 0.0], [0.5, 0.5, 0.5]]), 1], {}),
        ("in_top_k", [t([0, 1], "int32"), t([[NAN, 1.0], [1.0, INF]]), 1], {}),
        ("in_top_k", [t([2, 1], "int32"), rand(rng, (2, 3)), 3], {}),
        ("bincount", [t([1, 1, 3, 0], "int32")], {}),
        ("bincount", [t([1, 1, 3, 0], "int32")], {"minlength": 6}),
        ("bincount", [t([1, 1, 3, 0], "int32")], {"weights": t([0.5, 1.0, 2.0, 3.0])}),
        ("bincount", [t([[1, 1, 3], [0, 2, 2]], "int32")], {}),
        ("bincount", [t([[1, 1, 3], [0, 2, 2]], "int32")], {"weights": t([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), "minlength": 5}),
        ("segment_sum", [rand(rng, (5,)), t([0, 0, 2, 1, 2], "int32")], {}),
        ("segment_sum", [rand(rng, (4, 2)), t([0, 3, 3, 1], "int32")], {"num_segments": 5}),
        ("segment_sum", [rand(rng, (4, 2)), t([0, 0, 1, 1], "int32")], {"sorted": True}),
        ("segment_sum", [randint(rng, (4,), 0, 9), t([1, 1, 0, 1], "int32")], {}),
        ("segment_max", [rand(rng, (5,)), t([0, 0, 2, 1, 2], "int32")], {}),
        ("segment_max", [rand(rng, (4, 2)), t([0, 0, 1, 1], "int32")], {"num_segments": 2}),
    ]
    return rows


def shapes():
    rng = rng_for("ops/shapes")
    x, y, z = rand(rng, (2, 3, 4)), rand(rng, (2, 3)), rand(rng, (1, 3, 1, 2))
    i = randint(rng, (2, 3), 0, 9)
    return [
        ("reshape", [x, [4, 6]], {}),
        ("reshape", [x, [-1]], {}),
        ("reshape", [x, [2, -1, 2]], {}),
        ("reshape", [t([5.0]), []], {}),
        ("reshape", [t(np.zeros((0, 3))), [3, 0]], {}),
        ("reshape", [t([True, False], "bool"), [2, 1]], {}),
        ("transpose", [x], {}),
        ("transpose", [x], {"axes": [1, 0, 2]}),
        ("transpose", [x], {"axes": [2, 0, 1]}),
        ("transpose", [z, [-1, 0, 2, 1]], {MAYBE: True}),
        ("transpose", [i], {}),
        ("transpose", [t([1.0, 2.0])], {}),
        ("expand_dims", [y, 0], {}),
        ("expand_dims", [y, -1], {}),
        ("expand_dims", [y, 1], {}),
        ("expand_dims", [y, [0, -1]], {}),
        ("expand_dims", [t(3.0), 0], {}),
        ("squeeze", [z], {}),
        ("squeeze", [z], {"axis": 0}),
        ("squeeze", [z], {"axis": -2}),
        ("squeeze", [z], {"axis": [0, 2]}),
        ("squeeze", [t([[7]], "int32")], {}),
        ("concatenate", [[y, rand(rng, (2, 2))]], {"axis": 1}),
        ("concatenate", [[y, y, y]], {}),
        ("concatenate", [[y, rand(rng, (2, 1))]], {"axis": -1}),
        ("concatenate", [[i, y]], {"axis": 0}),
        ("concatenate", [[t(np.zeros((0, 3))), y]], {"axis": 0}),
        ("concatenate", [[y]], {"axis": 0}),
        ("stack", [[y, y * 2]], {}),
        ("stack", [[y, y * 2]], {"axis": 1}),
        ("stack", [[y, y * 2, y]], {"axis": -1}),
        ("stack", [[i, y]], {}),
        ("stack", [[t(1.0), t(2.0)]], {}),
        ("unstack", [y], {}),
        ("unstack", [y], {"axis": 1}),
        ("unstack", [x], {"axis": -1}),
        ("unstack", [i], {"num": 2}),
        ("split", [x, 2], {"axis": 2}),
        ("split", [x, 3], {"axis": 1}),
        ("split", [x, [1, 3]], {"axis": -1}),
        ("split", [y, 2], {}),
        ("split", [y, [0, 1, 1]], {"axis": 1}),
        ("pad", [y, [[1, 0], [0, 2]]], {}),
        ("pad", [y, 1], {MAYBE: True}),
        ("pad", [t([1.0, 2.0]), 1], {}),
        ("pad", [y, [1, 2]], {MAYBE: True}),
        ("pad", [y, [[1, 1], [2, 1]]], {"constant_values": 7}),
        ("pad", [y, [[1, 1], [2, 1]]], {"mode": "reflect"}),
        ("pad", [y, [[1, 1], [2, 1]]], {"mode": "symmetric"}),
        ("pad", [i, [[0, 1], [1, 0]]], {"constant_values": -1}),
        ("pad", [t([True], "bool"), [[1, 1]]], {MAYBE: True}),
        ("tile", [y, [2, 1]], {}),
        ("tile", [y, [2]], {}),
        ("tile", [y, 2], {MAYBE: True}),
        ("tile", [y, [2, 1, 3]], {}),
        ("tile", [t([1, 2], "int32"), [0]], {}),
        ("repeat", [y, 2], {}),
        ("repeat", [y, 2], {"axis": 1}),
        ("repeat", [y, [1, 0, 2]], {"axis": -1}),
        ("repeat", [y, [2, 1]], {"axis": 0}),
        ("repeat", [t([1, 2], "int32"), 3], {"axis": 0}),
        ("broadcast_to", [t([1.0, 2.0, 3.0]), [2, 3]], {}),
        ("broadcast_to", [t([[1.0], [2.0]]), [2, 3]], {}),
        ("broadcast_to", [t(5, "int32"), [2, 2]], {}),
        ("broadcast_to", [rand(rng, (1, 3)), [0, 3]], {}),
        ("flip", [x], {}),
        ("flip", [x], {"axis": 1}),
        ("flip", [x], {"axis": -1}),
        ("flip", [x], {"axis": [0, 2]}),
        ("flip", [i], {"axis": 0}),
        ("roll", [x, 1], {}),
        ("roll", [x, 1], {"axis": 1}),
        ("roll", [x, -2], {"axis": -1}),
        ("roll", [x, [1, 2]], {"axis": [0, 2]}),
        ("roll", [t([1, 2, 3], "int32"), 5], {}),
        ("swapaxes", [x, 0, 2], {}),
        ("swapaxes", [x, -1, 1], {}),
        ("swapaxes", [y, 0, 1], {}),
        ("swapaxes", [y, 1, 1], {}),
        ("moveaxis", [x, 0, -1], {}),
        ("moveaxis", [x, 2, 0], {}),
        ("moveaxis", [x, [0, 1], [-1, 0]], {}),
        ("moveaxis", [y, -1, 0], {}),
        ("ravel", [x], {}),
        ("ravel", [t(3.0)], {}),
        ("ravel", [i], {}),
        ("ravel", [t(np.zeros((0, 2)))], {}),
        ("shape", [x], {}),
        ("shape", [t(1.0)], {}),
        ("shape", [t(np.zeros((0, 2)))], {}),
        ("shape", [i], {}),
        ("size", [x], {}),
        ("size", [t(1.0)], {}),
        ("size", [t(np.zeros((0, 2)))], {}),
        ("size", [i], {}),
        ("ndim", [x], {}),
        ("ndim", [t(1.0)], {}),
        ("ndim", [i], {}),
        ("ndim", [z], {}),
        ("cast", [t([1.7, -1.7, 0.0]), "int32"], {}),
        ("cast", [t([1.7, -1.7, 0.0, NAN]), "bool"], {}),
        ("cast", [t([0, 1, 5], "int32"), "bool"], {}),
        ("cast", [t([True, False], "bool"), "float32"], {}),
        ("cast", [t([300, -1], "int32"), "uint8"], {}),
        ("cast", [t([1 / 3, 65519.0, 1e-8]), "float16"], {}),
        ("cast", [t([1 / 3, 3.4e38]), "bfloat16"], {}),
        ("cast", [t([2**53 + 1, -5], "int64"), "float64"], {}),
        ("cast", [t([1.5, 2.5], "float16"), "int64"], {}),
        ("cast", [t([2**31 + 5, -7], "int64"), "int32"], {}),
        ("cast", [t([0.1, 0.2], "float64"), "float32"], {}),
    ]


def indexing():
    rng = rng_for("ops/indexing")
    x, y = rand(rng, (3, 4, 2)), rand(rng, (3, 4))
    i = randint(rng, (5,), 0, 9)
    whole = slice(None)
    rows = [
        ("take", [y, t([2, 0], "int32")], {"axis": 0}),
        ("take", [y, t([2, 0, 2], "int32")], {"axis": 1}),
        ("take", [y, t([[0, -1], [5, 11]], "int32")], {}),
        ("take", [x, t([[0, 1], [1, -1]], "int32")], {"axis": -1}),
        ("take", [y, 1], {"axis": 0}),
        ("take", [y, [0, -1]], {"axis": 1}),
        ("take", [i, t([4], "int64")], {}),
        ("take_along_axis", [y, t([[0, 3], [1, 1], [-1, 2]], "int32")], {"axis": 1}),
        ("take_along_axis", [y, t([[2, 1, 0, 0]], "int32")], {"axis": 0}),
        ("take_along_axis", [x, t([[[1], [0], [1], [0]]], "int32")], {"axis": -1}),
        ("take_along_axis", [y, t([3, 11, 0], "int32")], {"axis": None, MAYBE: True}),
        ("take_along_axis", [t([5, 6, 7], "int32"), t([2, -1], "int32")], {"axis": 0}),
        ("slice", [y, [1, 1], [2, 2]], {}),
        ("slice", [y, [0, 2], [3, -1]], {MAYBE: True}),
        ("slice", [x, [2, 0, 1], [1, 4, 1]], {}),
        ("slice", [i, [2], [0]], {}),
        ("slice", [y, t([1, 0], "int32"), [1, 4]], {MAYBE: True}),
        ("slice_update", [y, [1, 1], t([[9.0, 8.0]])], {}),
        ("slice_update", [y, [0, 3], rand(rng, (3, 1))], {}),
        ("slice_update", [i, [3], t([7, 7], "int32")], {}),
        ("slice_update", [x, [0, 0, 1], rand(rng, (1, 2, 1))], {}),
        ("scatter", [t([[0, 1], [2, 0]], "int32"), t([5.0, 6.0]), [3, 2]], {}),
        ("scatter", [t([[1], [1], [3]], "int32"), t([5.0, 6.0, 7.0]), [4]], {}),
        ("scatter", [t([[1], [0]], "int32"), rand(rng, (2, 3)), [3, 3]], {}),
        ("scatter", [t([[2]], "int32"), t([4], "int32"), [3]], {}),
        ("scatter_update", [y, t([[0, 1], [2, 3]], "int32"), t([5.0, 6.0])], {}),
        ("scatter_update", [y, t([[1]], "int32"), rand(rng, (1, 4))], {}),
        ("scatter_update", [i, t([[0], [4]], "int32"), t([1, 2], "int32")], {}),
        ("scatter_update", [x, t([[0, 0, 0], [1, 2, 1], [2, 3, 0]], "int32"), t([1.0, 2.0, 3.0])], {}),
        ("scatter_update", [y, t([[0, 1], [0, 1]], "int32"), t([5.0, 6.0])], {"reduction": "add"}),
        ("scatter_update", [y, t([[0, 1], [2, 3]], "int32"), t([5.0, -6.0])], {"reduction": "max"}),
        ("scatter_update", [y, t([[0, 1], [2, 3]], "int32"), t([5.0, -6.0])], {"reduction": "min"}),
        ("scatter_update", [y, t([[0, 1], [2, 3]], "int32"), t([5.0, -6.0])], {"reduction": "mul"}),
        ("one_hot", [t([0, 2, 1], "int32"), 3], {}),
        ("one_hot", [t([[0, 2], [1, 1]], "int32"), 3], {"axis": 0}),
        ("one_hot", [t([0, 5, -1], "int32"), 4], {}),
        ("one_hot", [t([1, 0], "int64"), 2], {"dtype": "int32"}),
        ("one_hot", [t([[0, 1]], "int32"), 2], {"axis": 1, "dtype": "bool"}),
        ("one_hot", [t([1, 0], "uint8"), 2], {"dtype": "float16"}),
        ("one_hot", [2, 4], {}),
        ("multi_hot", [t([0, 2, 2], "int32"), 4], {}),
        ("multi_hot", [t([[0, 2], [1, 1]], "int32"), 3], {}),
        ("multi_hot", [t([[0, 2], [1, 1]], "int32")], {"num_classes": 4, "axis": 1}),
        ("multi_hot", [t([[0, 1]], "int32"), 2], {"dtype": "int32"}),
        ("diag", [t([1.0, 2.0, 3.0])], {}),
        ("diag", [t([1.0, 2.0])], {"k": 1}),
        ("diag", [t([1.0, 2.0])], {"k": -1}),
        ("diag", [y], {}),
        ("diag", [y], {"k": 2}),
        ("diag", [t([1, 2], "int32")], {"k": 0}),
        ("diagonal", [y], {}),
        ("diagonal", [y], {"offset": 1}),
        ("diagonal", [y], {"offset": -2}),
        ("diagonal", [x], {"axis1": 0, "axis2": 2}),
        ("diagonal", [x], {"axis1": 2, "axis2": 1}),
    ]
    for op in ("tril", "triu"):
        rows += [(op, [y], {}), (op, [y], {"k": 1}), (op, [y], {"k": -1}), (op, [x], {}), (op, [randint(rng, (2, 3), 1, 9)], {"k": 5, MAYBE: True}), (op, [t([[True, True], [True, True]], "bool")], {MAYBE: True})]
    keys = [
        1, -1, whole, slice(1, None), slice(None, None, 2), slice(None, None, -1), slice(-2, None), slice(0, 0), Ellipsis, None,
        [0, 1], [whole, 2], [whole, slice(1, 3)], [slice(None, None, -2), slice(3, 0, -1)], [Ellipsis, 0], [0, Ellipsis], [None, 1, None],
        [whole, None, slice(None, 2)], [1, Ellipsis, None], [-1, -1], [slice(5, 9)], [slice(-9, 2)],
    ]  # fmt: skip
    for key in keys:
        rows.append(("get_item", [y, key], {"key_is_tuple": isinstance(key, list)}))
    rows += [
        ("get_item", [x, [1, slice(None, None, 2), -1]], {"key_is_tuple": True}),
        ("get_item", [x, [Ellipsis, None, 0]], {"key_is_tuple": True}),
        ("get_item", [x, [slice(1, 3), Ellipsis, slice(0, 1)]], {"key_is_tuple": True}),
        ("get_item", [i, slice(1, 4)], {"key_is_tuple": False}),
        ("get_item", [t([True, False, True], "bool"), slice(None, None, -1)], {"key_is_tuple": False}),
    ]
    return rows


def creation():
    rng = rng_for("ops/creation")
    y, i = rand(rng, (2, 3)), randint(rng, (2, 2), 0, 9)
    rows = [
        ("arange", [5], {}),
        ("arange", [1, 6], {}),
        ("arange", [1, 6, 2], {}),
        ("arange", [6, 1, -2], {}),
        ("arange", [0.5, 3.0, 0.5], {}),
        ("arange", [5], {"dtype": "float16"}),
        ("arange", [3], {"dtype": "int64"}),
        ("arange", [0], {}),
        ("arange", [2.5], {}),
        ("linspace", [0, 1], {"num": 5}),
        ("linspace", [0.0, 10.0], {"num": 4, "endpoint": False}),
        ("linspace", [2.0, -1.0], {"num": 3}),
        ("linspace", [0, 1], {"num": 1}),
        ("linspace", [t([0.0, 1.0]), t([4.0, 5.0])], {"num": 3}),
        ("linspace", [t([0.0, 1.0]), t([4.0, 5.0])], {"num": 3, "axis": -1}),
        ("linspace", [0, 10], {"num": 3, "dtype": "int32"}),
        ("linspace", [0.0, 1.0], {"num": 3, "retstep": True}),
        ("zeros", [[2, 3]], {}),
        ("zeros", [[2]], {"dtype": "int32"}),
        ("zeros", [[]], {"dtype": "bool"}),
        ("zeros", [[0, 2]], {}),
        ("ones", [[2, 3]], {}),
        ("ones", [[2]], {"dtype": "float16"}),
        ("ones", [[2]], {"dtype": "bool"}),
        ("ones", [[]], {"dtype": "int64"}),
        ("full", [[2, 2], 7.5], {}),
        ("full", [[2], 7], {}),
        ("full", [[2], 7], {"dtype": "int32"}),
        ("full", [[2, 3], t([1.0, 2.0, 3.0])], {}),
        ("full", [[2], True], {}),
        ("full", [[], 1.5], {"dtype": "bfloat16"}),
        ("eye", [3], {}),
        ("eye", [2, 4], {}),
        ("eye", [4, 2], {"k": -1}),
        ("eye", [3], {"k": 1, "dtype": "int32"}),
        ("eye", [3], {"k": 2}),
        ("zeros_like", [y], {}),
        ("zeros_like", [i], {}),
        ("zeros_like", [y], {"dtype": "int32"}),
        ("zeros_like", [t([True], "bool")], {}),
        ("ones_like", [y], {}),
        ("ones_like", [i], {}),
        ("ones_like", [i], {"dtype": "float64"}),
        ("ones_like", [t(np.zeros((0, 2)))], {}),
        ("full_like", [y, 2], {}),
        ("full_like", [i, 2.5], {}),
        ("full_like", [i, 2.5], {"dtype": "float32"}),
        ("full_like", [y, t([1.0, 2.0, 3.0])], {}),
        ("meshgrid", [t([1.0, 2.0]), t([3.0, 4.0, 5.0])], {}),
        ("meshgrid", [t([1.0, 2.0]), t([3.0, 4.0, 5.0])], {"indexing": "ij"}),
        ("meshgrid", [t([1, 2], "int32"), t([3], "int32"), t([4, 5], "int32")], {}),
        ("meshgrid", [t([1.0, 2.0])], {}),
        ("convert_to_tensor", [1], {}),
        ("convert_to_tensor", [1.5], {}),
        ("convert_to_tensor", [True], {}),
        ("convert_to_tensor", [[[1.5, 2.0], [3.0, 4.5]]], {}),
        ("convert_to_tensor", [[1, 2, 3]], {}),
        ("convert_to_tensor", [[True, False]], {}),
        ("convert_to_tensor", [[1, 2]], {"dtype": "float16"}),
        ("convert_to_tensor", [[0.5, 1.5]], {"dtype": "int32", MAYBE: True}),
        ("convert_to_tensor", [[]], {}),
        ("convert_to_tensor", [y], {"dtype": "float64"}),
        ("convert_to_tensor", [[0, 1]], {"dtype": "bool"}),
    ]
    return rows


def products():
    rng = rng_for("ops/products")
    r = lambda *shape, d="float32": rand(rng, shape, dtype=d)
    n = lambda *shape: randint(rng, shape, -3, 4)
    return [
        ("matmul", [r(2, 3), r(3, 4)], {}),
        ("matmul", [r(3), r(3)], {}),
        ("matmul", [r(3), r(3, 2)], {}),
        ("matmul", [r(2, 3), r(3)], {}),
        ("matmul", [r(2, 2, 3), r(3, 2)], {}),
        ("matmul", [r(2, 1, 2, 3), r(3, 3, 2)], {}),
        ("matmul", [r(2, 2, 3), r(3)], {}),
        ("matmul", [r(3), r(2, 3, 2)], {}),
        ("matmul", [n(2, 3), n(3, 2)], {}),
        ("matmul", [n(2, 3), r(3, 2)], {}),
        ("matmul", [t([[1, 2]], "int8"), t([[3], [4]], "int8")], {}),
        ("matmul", [r(2, 3, d="float16"), r(3, 2, d="float16")], {}),
        ("matmul", [r(2, 3, d="bfloat16"), r(3, 2)], {}),
        ("matmul", [t(np.zeros((0, 3))), r(3, 2)], {}),
        ("matmul", [t(np.zeros((2, 0))), t(np.zeros((0, 2)))], {}),
        ("matmul", [t([[True, False]], "bool"), t([[True], [True]], "bool")], {MAYBE: True}),
        ("dot", [r(3), r(3)], {}),
        ("dot", [r(2, 3), r(3)], {}),
        ("dot", [r(2, 3), r(3, 2)], {}),
        ("dot", [r(2, 2, 3), r(3)], {}),
        ("dot", [r(2, 2, 3), r(2, 3, 2)], {}),
        ("dot", [r(), r(3)], {}),
        ("dot", [n(3), n(3)], {}),
        ("tensordot", [r(2, 3, 4), r(3, 4, 2)], {}),
        ("tensordot", [r(2, 3), r(3, 2)], {"axes": 1}),
        ("tensordot", [r(2, 3), r(2, 3)], {"axes": [[0, 1], [0, 1]]}),
        ("tensordot", [r(2, 3, 4), r(4, 3)], {"axes": [[1, 2], [1, 0]]}),
        ("tensordot", [r(2), r(3)], {"axes": 0}),
        ("tensordot", [r(2, 3), r(4, 3)], {"axes": [1, 1]}),
        ("tensordot", [n(2, 3), n(3)], {"axes": 1}),
        ("einsum", ["ij,jk->ik", r(2, 3), r(3, 2)], {}),
        ("einsum", ["ij->ji", r(2, 3)], {}),
        ("einsum", ["ij->", r(2, 3)], {}),
        ("einsum", ["ij->j", r(2, 3)], {}),
        ("einsum", ["i,j->ij", r(2), r(3)], {}),
        ("einsum", ["bij,bjk->bik", r(2, 2, 3), r(2, 3, 2)], {}),
        ("einsum", ["bhqd,bhkd->bhqk", r(1, 2, 2, 3), r(1, 2, 3, 3)], {}),
        ("einsum", ["abc,cd->abd", r(2, 2, 3), r(3, 4)], {}),
        ("einsum", ["...ij,...jk->...ik", r(2, 2, 3), r(2, 3, 1)], {}),
        ("einsum", ["ij,ij->i", r(2, 3), r(2, 3)], {}),
        ("einsum", ["ii->i", r(3, 3)], {}),
        ("einsum", ["ii", r(3, 3)], {}),
        ("einsum", ["ij,jk", r(2, 3), r(3, 2)], {}),
        ("einsum", ["ij,jk,kl->il", r(2, 3), r(3, 2), r(2, 2)], {}),
        ("einsum", ["abcd,cde->abe", r(1, 2, 2, 3), r(2, 3, 2)], {}),
        ("einsum", ["ij,jk->ik", n(2, 3), n(3, 2)], {}),
        ("outer", [r(3), r(2)], {}),
        ("outer", [r(2, 2), r(2)], {}),
        ("outer", [n(2), n(2)], {}),
        ("outer", [r(2), 3.5], {}),
        ("inner", [r(3), r(3)], {}),
        ("inner", [r(2, 3), r(3)], {}),
        ("inner", [r(2, 3), r(4, 3)], {}),
        ("inner", [n(3), n(3)], {}),
        ("vdot", [r(3), r(3)], {}),
        ("vdot", [r(2, 2), r(2, 2)], {}),
        ("vdot", [n(3), n(3)], {}),
        ("vdot", [r(3), n(3)], {}),
    ]
