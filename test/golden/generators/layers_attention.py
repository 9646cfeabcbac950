"""Attention layers."""

import keras
import numpy as np

from .common import rand, t
from .layers_case import L, case, rng_of


def _bool(rows):
    return t(rows, "bool")


Q_MASK, V_MASK = _bool([[1, 1, 0], [1, 1, 1]]), _bool([[1, 1, 1, 0], [1, 0, 1, 1]])


def attention():
    rng = rng_of("attention")
    q, v, k = rand(rng, (2, 3, 2)), rand(rng, (2, 4, 5)), rand(rng, (2, 4, 2))
    same = rand(rng, (2, 4, 2))
    scores, causal = {"return_attention_scores": True}, {"use_causal_mask": True}
    return [
        case(L.Attention(), [q, same]),
        case(L.Attention(use_scale=True), [q, v, k]),
        case(L.Attention(score_mode="concat"), [q, v, k], call=scores),
        case(L.Attention(score_mode="concat", use_scale=True), [q, same]),
        case(L.Attention(), [q, v, k], mask=[Q_MASK, V_MASK, None]),
        case(L.Attention(use_scale=True), [q, v, k], mask=[None, V_MASK, None], call={**causal, **scores}),
        case(L.Attention(), [same, same], call=causal),
        case(L.Attention(dropout=0.5, seed=3, name="dropped"), [q, v, k], training=True),
        case(L.Attention(dtype="mixed_float16"), [q, v, k], mask=[Q_MASK, V_MASK, None]),
    ]


def additive_attention():
    rng = rng_of("additive_attention")
    q, v, k = rand(rng, (2, 3, 2)), rand(rng, (2, 4, 5)), rand(rng, (2, 4, 2))
    return [
        case(L.AdditiveAttention(), [q, k]),
        case(L.AdditiveAttention(use_scale=False), [q, v, k], call={"return_attention_scores": True}),
        case(L.AdditiveAttention(), [q, v, k], mask=[Q_MASK, V_MASK, None], call={"use_causal_mask": True}),
        case(L.AdditiveAttention(dropout=0.2, seed=1, dtype="mixed_bfloat16"), [q, k]),
    ]


def multi_head_attention():
    rng = rng_of("multi_head_attention")
    M = L.MultiHeadAttention
    q, v, k = rand(rng, (2, 3, 4)), rand(rng, (2, 4, 5)), rand(rng, (2, 4, 3))
    same = rand(rng, (2, 4, 4))
    allowed = _bool(np.array([[[1, 1, 0, 1], [0, 1, 1, 0], [1, 0, 0, 1]]] * 2))
    scores = {"return_attention_scores": True}
    r = keras.regularizers
    return [
        case(M(2, 3), q, call={"value": v}),
        case(M(2, 3, value_dim=2, output_shape=5), q, call={"value": v, "key": k}),
        case(M(2, 3), q, call={"value": v, "key": k, "attention_mask": allowed, **scores}),
        case(M(2, 3, use_bias=False), q, call={"value": v, "attention_mask": allowed}),
        case(M(1, 2, use_gate=True), same, call={"value": same, "use_causal_mask": True}),
        case(M(2, 2, sliding_window=2), same, call={"value": same}),
        case(M(2, 2, sliding_window=2), same, call={"value": same, "use_causal_mask": True, **scores}),
        case(M(2, 2, dropout=0.5, seed=1, name="dropped"), q, call={"value": v}, training=True),
        case(M(2, 2), q, call={"value": v, "value_mask": V_MASK}, mask=[Q_MASK]),
        case(M(2, 2), q, call={"value": v, "key": k, "key_mask": V_MASK, "use_causal_mask": True, **scores}),
        case(
            M(2, 2, attention_axes=(2,), output_shape=(2, 3)),
            rand(rng, (2, 2, 3, 4)),
            call={"value": rand(rng, (2, 2, 4, 4)), **scores},
        ),
        case(M(1, 2), rand(rng, (1, 2, 3, 2)), call={"value": rand(rng, (1, 2, 3, 2))}),
        case(
            M(
                2,
                2,
                kernel_initializer="he_normal",
                kernel_regularizer=r.L2(0.01),
                bias_regularizer="l1",
                activity_regularizer=r.L1(0.1),
                kernel_constraint="max_norm",
                bias_constraint="non_neg",
            ),
            q,
            call={"value": v},
        ),
        case(M(2, 2, dtype="mixed_bfloat16"), q, call={"value": v, "value_mask": V_MASK}),
    ]


def group_query_attention():
    rng = rng_of("group_query_attention")
    G = L.GroupQueryAttention
    q, v, k = rand(rng, (2, 3, 4)), rand(rng, (2, 4, 4)), rand(rng, (2, 4, 4))
    scores = {"return_attention_scores": True}
    return [
        case(G(2, 4, 2), q, call={"value": v}),
        case(G(2, 4, 2), q, call={"value": v, "key": k, **scores}),
        case(G(3, 2, 2, use_bias=False, use_gate=True), q, call={"value": v}),
        case(G(2, 3, 1), v, call={"value": v, "use_causal_mask": True}),
        case(G(2, 3, 1, sliding_window=2), v, call={"value": v, "use_causal_mask": True, **scores}),
        case(G(2, 2, 1, dropout=0.5, seed=3, name="dropped"), q, call={"value": v, "value_mask": V_MASK}, training=True),
        case(G(2, 2, 1, activity_regularizer="l2", kernel_regularizer="l2"), q, call={"value": v}),
    ]


FAMILIES = {
    "attention": attention,
    "additive_attention": additive_attention,
    "multi_head_attention": multi_head_attention,
    "group_query_attention": group_query_attention,
}
