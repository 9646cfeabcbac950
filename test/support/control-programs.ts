/** The programs of `test/golden/control`, as the generator writes them in Python. */
import * as ops from '../../src/ops/index.js';
import type { Tensor } from '../../src/engine/tensor.js';

export type Program = (...inputs: Tensor[]) => Tensor[];

const scan = ops.scan as (f: unknown, init: unknown, xs: unknown, options?: object) => [Tensor, Tensor];
const loop = ops.while_loop as (cond: unknown, body: unknown, vars: unknown, options?: object) => Tensor[];
const { add, multiply, sin, cos, exp, tanh, matmul, sum, sigmoid } = ops;

export const programs: Record<string, Program> = {
  scan_recurrent: (x, w, h) => scan((carry: Tensor, row: Tensor) => {
    const next = tanh(add(matmul(row, w), matmul(carry, w)));
    return [next, multiply(next, 2)];
  }, h, x),
  scan_reverse: (x, h) => scan((c: Tensor, row: Tensor) =>
    [add(multiply(c, 0.5), sin(row)), multiply(c, row)], h, x, { reverse: true }),
  scan_counted: (h) => scan((c: Tensor) => [add(multiply(c, 1.5), 0.25), cos(c)], h, null, { length: 4 }),
  scan_gates: (x, h0, c0, u, b) => {
    const [carry, ys] = ops.scan(([h, c], row) => {
      const [i, f, g, o] = ops.split(add(add(row, matmul(h, u)), b), 4, -1);
      const next = add(multiply(sigmoid(f), c), multiply(sigmoid(i), tanh(g)));
      const out = multiply(sigmoid(o), tanh(next));
      return [[out, next], [out, next]] as const;
    }, [h0, c0] as const, x);
    return [...carry, ...ys];
  },
  scan_of_scan: (x, h) => scan((carry: Tensor, row: Tensor) => {
    const [next] = scan((c: Tensor, v: Tensor) => [sin(multiply(c, v)), c], carry, row);
    return [next, multiply(next, next)];
  }, h, x),
  scan_with_cond: (x, h) => scan((carry: Tensor, v: Tensor) => {
    const next = ops.cond(ops.greater(v, 0), () => multiply(carry, v), () => exp(ops.negative(carry)));
    return [next, next];
  }, h, x),
  scan_integers: (x, n) => scan((c: Tensor, v: Tensor) => [add(c, v), multiply(c, v)], n, x),
  while_doubling: (x) => loop((v: Tensor) => ops.less(sum(v), 100),
    (v: Tensor, n: Tensor) => [multiply(v, 2), add(n, 1)], [x, ops.array(0, 'int32')]),
  while_bounded: (x, y) => loop((a: Tensor) => ops.less(sum(a), 10),
    (a: Tensor, b: Tensor) => [add(multiply(a, b), 0.5), b], [x, y], { maximum_iterations: 5 }),
  while_cut_short: (x) => [ops.while_loop((v: Tensor) => ops.all(ops.less(v, 1e6)),
    (v: Tensor) => add(multiply(v, v), 1), x, { maximum_iterations: 2 })],
  fori_power: (x, y) => [ops.fori_loop(1, 4, (i, v) => add(multiply(v, x), multiply(ops.cast(i, 'float32'), y)), y)],
  fori_nothing: (x) => [ops.fori_loop(3, 3, (_, v) => multiply(v, 2), x)],
  cond_chosen: (p, x, y) => [ops.cond(p, () => multiply(x, y), () => sin(x))],
  switch_clamped: (i, x, y) => [ops.switch(i, [
    (a: Tensor, b: Tensor) => multiply(a, b), (a: Tensor, b: Tensor) => ops.subtract(a, multiply(b, b)),
    (a: Tensor) => exp(a),
  ], x, y)],
  map_rows: (x, w) => {
    const out = ops.map((row) => ({ a: matmul(w, row), b: sum(multiply(row, row)) }), x);
    return [out.a, out.b];
  },
  associative_products: (x) => [ops.associative_scan((a, b) => matmul(a, b), x)],
  associative_sums: (x) => [ops.associative_scan((a, b) => add(a, b), x, { reverse: true, axis: 1 })],
  vectorized_rows: (x, w) => {
    const out = ops.vectorized_map((row) => ({
      a: matmul(w, row), b: add(tanh(ops.get_item(row, 0)), ops.get_item(w, [0, 0])),
    }), x);
    return [out.a, out.b];
  },
  vectorized_pairs: (x, y) => [ops.vectorized_map(([a, b]) => multiply(sum(multiply(a, b)), a), [x, y])],
  associative_linear: (a, b) => ops.associative_scan((first, second) => [
    multiply(second[0], first[0]), add(multiply(second[0], first[1]), second[1]),
  ], [a, b]),
};
