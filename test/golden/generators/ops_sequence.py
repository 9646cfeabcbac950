"""Calls of ops on sequences: attention."""

import numpy as np

from .common import rand, rng_for, t


def attention():
    rng = rng_for("ops/attention")
    r = lambda *shape, dtype="float32": rand(rng, shape, dtype=dtype)
    bits = lambda *shape: t(rng.integers(0, 2, shape), "bool")
    op = "dot_product_attention"
    q, k, v = r(2, 3, 2, 4), r(2, 5, 2, 4), r(2, 5, 2, 4)
    same = r(1, 4, 2, 3)
    half = lambda dtype: [r(1, 3, 2, 4, dtype=dtype) for _ in range(3)]
    return [
        (op, [q, k, v], {}),
        (op, [q, k, v, r(2, 2, 3, 5)], {}),
        (op, [q, k, v, r(1, 2, 1, 5)], {"scale": 0.5}),
        (op, [q, k, v, r(5)], {}),
        (op, [q, k, v], {"mask": bits(2, 1, 3, 5)}),
        (op, [q, k, v], {"mask": bits(3, 5), "scale": 2.0}),
        (op, [q, k, v, r(1, 1, 3, 5)], {"mask": bits(2, 2, 3, 5), "is_causal": True}),
        (op, [q, k, v], {"is_causal": True}),
        (op, [same, same, same], {"is_causal": True}),
        (op, [q, k, v], {"mask": t(np.zeros((1, 1, 3, 5)), "bool")}),
        (op, [r(1, 3, 4, 2), r(1, 5, 2, 2), r(1, 5, 2, 2)], {}),
        (op, [r(1, 3, 6, 2), r(1, 2, 3, 2), r(1, 2, 3, 2)], {"mask": bits(1, 6, 3, 2)}),
        (op, [r(1, 3, 2, 4), r(1, 5, 2, 4), r(1, 5, 2, 3)], {}),
        (op, [r(1, 1, 1, 1), r(1, 1, 1, 1), r(1, 1, 1, 1)], {}),
        (op, [r(0, 3, 2, 4), r(0, 5, 2, 4), r(0, 5, 2, 4)], {}),
        (op, half("float16"), {}),
        (op, half("bfloat16"), {"is_causal": True}),
        (op, half("float64"), {}),
        (op, half("float64"), {"scale": 0.3}),
        (op, [r(1, 2, 1, 3, dtype="float16"), r(1, 2, 1, 3), r(1, 2, 1, 3)], {}),
        (op, [same * 3, same, same], {}),
        (op, [t([[[[float("nan"), 1.0]]]]), r(1, 2, 1, 2), r(1, 2, 1, 2)], {}),
    ]
