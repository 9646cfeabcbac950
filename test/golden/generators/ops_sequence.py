"""Calls of ops on sequences: attention, connectionist temporal classification."""

import numpy as np

from .common import rand, rng_for, t
from .ops_elementwise import MAYBE


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


def ctc():
    rng = rng_for("ops/ctc")
    logits, labels = rand(rng, (3, 6, 5), dtype="float32"), t([[1, 2, 3], [2, 2, 0], [4, 0, 0]], "int32")
    lengths, frames = t([3, 2, 1], "int32"), t([6, 5, 3], "int32")
    op, decode = "ctc_loss", "ctc_decode"
    last = t([[0, 1, 2], [2, 2, 0], [3, 0, 0]], "int32")
    long = rand(rng, (1, 12, 3))
    spoken = rand(rng, (2, 7, 4))
    return [
        (op, [labels, logits, lengths, frames], {}),
        (op, [last, logits, lengths, frames], {"mask_index": 4}),
        (op, [last, logits, lengths, frames], {"mask_index": -1}),
        (op, [t([[1, 1, 1]], "int32"), rand(rng, (1, 4, 3)), t([3], "int32"), t([4], "int32")], {}),
        (op, [t([[1, 0]], "int32"), rand(rng, (1, 3, 2)), t([0], "int32"), t([3], "int32")], {}),
        (op, [t([[1, 2, 1, 2, 2, 1]], "int32"), long, t([6], "int32"), t([12], "int32")], {}),
        (op, [t([[1]], "int64"), rand(rng, (1, 1, 2)), t([1], "int64"), t([1], "int64")], {}),
        (op, [t([[1, 2]], "int32"), rand(rng, (1, 4, 3)) * 20, t([2], "int32"), t([4], "int32")], {}),
        (op, [labels, t(logits, "float16"), lengths, frames], {}),
        (op, [labels, t(logits, "bfloat16"), lengths, frames], {}),
        (op, [labels, t(logits, "float64"), lengths, frames], {}),
        (op, [t(np.zeros((0, 2)), "int32"), rand(rng, (0, 3, 4)), t(np.zeros(0), "int32"), t(np.zeros(0), "int32")], {MAYBE: True}),
        (decode, [logits, frames], {}),
        (decode, [logits, frames], {"merge_repeated": False}),
        (decode, [logits, frames], {"mask_index": 4}),
        (decode, [logits, frames], {"mask_index": -1}),
        (decode, [t(logits, "float64"), frames], {}),
        (decode, [t(logits, "float16"), frames], {}),
        (decode, [t([[[0, 5, 0], [0, 5, 0], [5, 0, 0], [0, 5, 0]]], "float32"), t([4], "int32")], {}),
        (decode, [t([[[0, 5], [5, 0]]], "float32"), t([0], "int32")], {}),
        (decode, [spoken, t([7, 4], "int32")], {"strategy": "beam_search"}),
        (decode, [spoken, t([7, 4], "int32")], {"strategy": "beam_search", "top_paths": 3, "beam_width": 4}),
        (decode, [spoken, t([7, 6], "int32"), "beam_search"], {"top_paths": 2, "mask_index": 2}),
        (decode, [spoken, t([7, 6], "int32"), "beam_search"], {"beam_width": 1, "mask_index": 3}),
        (decode, [long, t([12], "int32"), "beam_search", 10, 5], {}),
        (decode, [t(spoken, "float16"), t([7, 4], "int32")], {"strategy": "beam_search"}),
        (decode, [t(spoken, "float64"), t([7, 4], "int32")], {"strategy": "beam_search"}),
    ]
