"""Calls of ops that reduce or order: sums, norms, sorting, cumulative ops, segments."""

import numpy as np

from .common import rand, randint, rng_for, t
from .ops_elementwise import INF, MAYBE, NAN

REDUCTIONS = ["sum", "mean", "prod", "max", "min", "any", "all", "std", "var", "logsumexp"]


AXES = [
    {},
    {"axis": -1},
    {"axis": 0, "keepdims": True},
    {"axis": [0, 2]},
    {"axis": [-1, -2], "keepdims": True},
    {"keepdims": True},
]


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
            rows += [
                (op, [t(np.zeros((0, 3)))], {"axis": 0, MAYBE: True}),
                (op, [t(np.zeros((2, 0)))], {"axis": 0, MAYBE: True}),
            ]
    x = rand(rng_for("ops/initial"), (2, 3))
    rows += [
        ("max", [x], {"axis": 1, "initial": 1.0}),
        ("min", [x], {"initial": -1.0}),
        ("max", [t(np.zeros((0, 2)))], {"axis": 0, "initial": 3.0}),
    ]
    rows += [
        ("logsumexp", [t([[1000.0, 1000.0], [-1000.0, -1000.0]])], {"axis": 1}),
        ("logsumexp", [t([-INF, -INF])], {}),
    ]
    rows += [("sum", [t(np.full((4,), 2.0**40), "int64")], {}), ("mean", [t([1e30, 1e30, -1e30])], {})]
    for op in ("count_nonzero",):
        x = t([[0.0, 1.0, 0.0], [2.0, 0.0, -0.0]])
        rows += [
            (op, [x], {}),
            (op, [x], {"axis": 0}),
            (op, [x], {"axis": -1}),
            (op, [t([True, False, True], "bool")], {}),
            (op, [t([[0, 3]], "int32")], {"axis": [0, 1]}),
        ]
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
        ("normalize", [t([1, 2, 2], "int32")], {MAYBE: True}),
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
        (
            "bincount",
            [t([[1, 1, 3], [0, 2, 2]], "int32")],
            {"weights": t([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), "minlength": 5},
        ),
        ("segment_sum", [rand(rng, (5,)), t([0, 0, 2, 1, 2], "int32")], {}),
        ("segment_sum", [rand(rng, (4, 2)), t([0, 3, 3, 1], "int32")], {"num_segments": 5}),
        ("segment_sum", [rand(rng, (4, 2)), t([0, 0, 1, 1], "int32")], {"sorted": True}),
        ("segment_sum", [randint(rng, (4,), 0, 9), t([1, 1, 0, 1], "int32")], {}),
        ("segment_max", [rand(rng, (5,)), t([0, 0, 2, 1, 2], "int32")], {}),
        ("segment_max", [rand(rng, (4, 2)), t([0, 0, 1, 1], "int32")], {"num_segments": 2}),
    ]
    return rows
