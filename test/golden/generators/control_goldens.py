"""Control flow of keras.ops: small programs, each written here and, under the same name, in the tests.

A case has the inputs of a program, its outputs, and the gradients of sum(output * probe) by the float inputs; null
where nothing flows. `second` holds the gradients of the sum of squares of those gradients.
"""

import tensorflow as tf
from keras import ops

from .common import rand, rng_for, t


def scan_recurrent(x, w, h):
    def step(carry, row):
        new = ops.tanh(ops.matmul(row, w) + ops.matmul(carry, w))
        return new, new * 2.0

    return list(ops.scan(step, h, x))


def scan_reverse(x, h):
    return list(ops.scan(lambda c, row: (c * 0.5 + ops.sin(row), c * row), h, x, reverse=True))


def scan_counted(h):
    return list(ops.scan(lambda c, _: (c * 1.5 + 0.25, ops.cos(c)), h, length=4))


def scan_gates(x, h, c, u, b):
    """The recurrence of an LSTM, with the inputs' product done before."""

    def step(carry, row):
        h, c = carry
        i, f, g, o = ops.split(row + ops.matmul(h, u) + b, 4, axis=-1)
        c = ops.sigmoid(f) * c + ops.sigmoid(i) * ops.tanh(g)
        h = ops.sigmoid(o) * ops.tanh(c)
        return [h, c], [h, c]

    carry, ys = ops.scan(step, [h, c], x)
    return [*carry, *ys]


def scan_of_scan(x, h):
    def outer(carry, row):
        carry, _ = ops.scan(lambda c, v: (ops.sin(c * v), c), carry, row)
        return carry, carry * carry

    return list(ops.scan(outer, h, x))


def scan_with_cond(x, h):
    def step(carry, v):
        new = ops.cond(v > 0.0, lambda: carry * v, lambda: ops.exp(-carry))
        return new, new

    return list(ops.scan(step, h, x))


def scan_integers(x, n):
    return list(ops.scan(lambda c, v: (c + v, c * v), n, x))


def while_doubling(x):
    return list(ops.while_loop(lambda x, n: ops.sum(x) < 100.0, lambda x, n: [x * 2.0, n + 1], [x, ops.array(0)]))


def while_bounded(x, y):
    return list(
        ops.while_loop(
            lambda x, y: ops.sum(x) < 10.0, lambda x, y: [x * y + 0.5, y], [x, y], maximum_iterations=5
        )
    )


def while_cut_short(x):
    return [ops.while_loop(lambda x: ops.all(x < 1e6), lambda x: x * x + 1.0, x, maximum_iterations=2)]


def fori_power(x, y):
    return [ops.fori_loop(1, 4, lambda i, v: v * x + ops.cast(i, "float32") * y, y)]


def fori_nothing(x):
    return [ops.fori_loop(3, 3, lambda i, v: v * 2.0, x)]


def cond_chosen(p, x, y):
    return [ops.cond(p, lambda: x * y, lambda: ops.sin(x))]


def switch_clamped(i, x, y):
    branches = [lambda a, b: a * b, lambda a, b: a - b * b, lambda a, b: ops.exp(a)]
    return [ops.switch(i, branches, x, y)]


def map_rows(x, w):
    out = ops.map(lambda row: {"a": ops.matmul(w, row), "b": ops.sum(row * row)}, x)
    return [out["a"], out["b"]]


def associative_products(x):
    return [ops.associative_scan(ops.matmul, x)]


def associative_sums(x):
    return [ops.associative_scan(ops.add, x, reverse=True, axis=1)]


def associative_linear(a, b):
    """The states of x' = a x + b."""

    def combine(first, second):
        return [second[0] * first[0], second[0] * first[1] + second[1]]

    return list(ops.associative_scan(combine, [a, b], axis=0))


def vectorized_rows(x, w):
    out = ops.vectorized_map(lambda row: {"a": ops.matmul(w, row), "b": ops.tanh(row[0]) + w[0, 0]}, x)
    return [out["a"], out["b"]]


def vectorized_pairs(x, y):
    return [ops.vectorized_map(lambda e: ops.sum(e[0] * e[1]) * e[0], [x, y])]


def is_float(x):
    return x.dtype in (tf.float32, tf.float64)


def case(program, *inputs, second=True):
    rng = rng_for(f"control/{program.__name__} {[tuple(x.shape) for x in inputs]}")
    sources = [x for x in inputs if is_float(x)]
    with tf.GradientTape() as outer:
        outer.watch(sources)
        with tf.GradientTape() as tape:
            tape.watch(sources)
            outputs = program(*inputs)
            floats = [y for y in outputs if is_float(y)]
            probes = [rand(rng, y.shape, -1, 1) for y in floats]
            total = sum((tf.reduce_sum(y * p) for y, p in zip(floats, probes)), tf.zeros(()))
        grads = tape.gradient(total, sources) if sources else []
        squares = sum((tf.reduce_sum(g * g) for g in grads if g is not None), tf.zeros(()))
    again = outer.gradient(squares, sources) if second and sources else None
    row = {"program": program.__name__, "inputs": inputs, "outputs": outputs, "probes": probes, "grads": grads}
    return {**row, "second": again} if again else row


def derivative(program, *inputs):
    rng = rng_for(f"control/jvp/{program.__name__} {[tuple(x.shape) for x in inputs]}")
    tangents = [rand(rng, x.shape, -1, 1) for x in inputs]
    outputs, derivatives = ops.jvp(program, inputs, tangents)
    derivatives = [tf.zeros_like(y) if d is None else d for y, d in zip(outputs, derivatives)]
    return {
        "program": program.__name__, "inputs": inputs, "tangents": tangents, "outputs": outputs,
        "derivatives": derivatives,
    }


def jvp():
    rng = rng_for("control/jvp")
    r = lambda *shape: rand(rng, shape, -1, 1)
    return [
        derivative(scan_recurrent, r(4, 2, 3), r(3, 3), r(2, 3)),
        derivative(scan_gates, r(3, 2, 12), r(2, 3), r(2, 3), r(3, 12), r(12)),
        derivative(scan_with_cond, r(5), r()),
        derivative(while_bounded, r(3) + 1.0, r(3) + 1.0),
        derivative(fori_power, r(3), r(3)),
        derivative(map_rows, r(4, 3), r(2, 3)),
        derivative(associative_linear, r(5), r(5)),
    ]


def scans():
    rng = rng_for("control/scans")
    r = lambda *shape: rand(rng, shape, -1, 1)
    return [
        case(scan_recurrent, r(5, 2, 3), r(3, 3), r(2, 3)),
        case(scan_recurrent, r(1, 1, 2), r(2, 2), r(1, 2)),
        case(scan_reverse, r(4, 3), r(3)),
        case(scan_counted, r(2, 2)),
        case(scan_counted, r()),
        case(scan_gates, r(6, 2, 12), r(2, 3), r(2, 3), r(3, 12), r(12)),
        case(scan_of_scan, r(3, 4), r()),
        case(scan_with_cond, r(6), r()),
        case(scan_integers, t([3, -1, 4, 1], "int32"), t(2, "int32")),
    ]


def loops():
    rng = rng_for("control/loops")
    r = lambda *shape: rand(rng, shape, 0.1, 1)
    return [
        case(while_doubling, r(3), second=False),
        case(while_doubling, t([200.0, 1.0]), second=False),
        case(while_bounded, r(3), r(3) + 1.0, second=False),
        case(while_cut_short, r(2, 2), second=False),
        case(fori_power, r(3), r(3)),
        case(fori_nothing, r(2)),
    ]


def choices():
    rng = rng_for("control/choices")
    r = lambda *shape: rand(rng, shape, -1, 1)
    return [
        *(case(cond_chosen, t(p, "bool"), r(2, 3), r(2, 3)) for p in (True, False)),
        *(case(switch_clamped, t(i, "int32"), r(3), r(3)) for i in (0, 1, 2, -4, 9)),
        case(map_rows, r(4, 3), r(2, 3)),
        case(associative_products, r(5, 2, 2)),
        case(associative_products, r(1, 2, 2)),
        case(associative_sums, r(2, 6, 2)),
        case(associative_linear, r(7), r(7)),
        case(associative_linear, r(2, 2), r(2, 2)),
        case(vectorized_rows, r(4, 3), r(2, 3)),
        case(vectorized_pairs, r(4, 3), r(4, 3)),
    ]


FAMILIES = {"scans": scans, "loops": loops, "choices": choices, "jvp": jvp}
