/** Operands large enough for vectorised kernels, checked against formulas in double precision. */
import type { PrimitiveName } from '../../engine/primitives/index.js';
import { sizeOf, type Shape } from '../../engine/shape.js';
import { t, type Literal, type ReferenceRow } from './literal.js';

/** Quarters from `low` on, in an order that repeats only after 251 elements. */
const quarters = (size: number, low: number, range: number): number[] =>
  Array.from({ length: size }, (_, i) => low + ((i * 97) % 251) % (range * 4) / 4);

/** Function and the range of its operands. */
const UNARY: Partial<Record<PrimitiveName, readonly [(x: number) => number, low: number, range: number]>> = {
  negative: [(x) => -x, -8, 16], absolute: [Math.abs, -8, 16], sign: [Math.sign, -8, 16], square: [(x) => x * x, -8, 16],
  floor: [Math.floor, -8, 16], ceil: [Math.ceil, -8, 16], reciprocal: [(x) => 1 / x, 0.25, 16],
  sqrt: [Math.sqrt, 0, 16], rsqrt: [(x) => 1 / Math.sqrt(x), 0.25, 16], exp: [Math.exp, -8, 12], expm1: [Math.expm1, -8, 12],
  log: [Math.log, 0.25, 16], log1p: [Math.log1p, -0.75, 16], sin: [Math.sin, -8, 16], cos: [Math.cos, -8, 16],
  tanh: [Math.tanh, -8, 16], sigmoid: [(x) => 1 / (1 + Math.exp(-x)), -8, 16],
  softplus: [(x) => Math.log1p(Math.exp(x)), -8, 16], relu: [(x) => Math.max(x, 0), -8, 16],
  relu6: [(x) => Math.min(Math.max(x, 0), 6), -8, 16], elu: [(x) => (x < 0 ? Math.expm1(x) : x), -8, 16],
};

const BINARY: Partial<Record<PrimitiveName, (x: number, y: number) => number>> = {
  add: (x, y) => x + y, subtract: (x, y) => x - y, multiply: (x, y) => x * y, divide: (x, y) => x / y,
  maximum: Math.max, minimum: Math.min, squared_difference: (x, y) => (x - y) ** 2, power: (x, y) => Math.abs(x) ** y,
};

const COMPARISONS: Partial<Record<PrimitiveName, (x: number, y: number) => boolean>> = {
  equal: (x, y) => x === y, not_equal: (x, y) => x !== y, greater: (x, y) => x > y, greater_equal: (x, y) => x >= y,
  less: (x, y) => x < y, less_equal: (x, y) => x <= y,
};

const SHAPES: readonly (readonly [Shape, Shape])[] = [
  [[37, 61], [37, 61]], [[37, 61], [61]], [[61], [37, 61]], [[7, 1, 61], [11, 1]], [[], [2257]], [[2257], [1]],
  [[3, 1, 13, 1, 5], [7, 1, 6, 5]],
];

/** The operand's element for the element at `index` of the result. */
function broadcastIndex(index: number, from: Shape, to: Shape): number {
  let rest = index;
  let position = 0;
  let step = 1;
  for (let axis = to.length - 1; axis >= 0; axis--) {
    const at = rest % to[axis];
    rest = Math.floor(rest / to[axis]);
    const own = axis - (to.length - from.length);
    if (own < 0) continue;
    if (from[own] !== 1) position += at * step;
    step *= from[own];
  }
  return position;
}

interface Pair {
  x: Literal;
  y: Literal;
  shape: Shape;
  /** The two operands' elements for an element of the result. */
  at(i: number): [number, number];
}

function pair(a: Shape, b: Shape, low: number): Pair {
  const rank = Math.max(a.length, b.length);
  const shape = Array.from({ length: rank }, (_, i) =>
    Math.max(a[a.length - rank + i] ?? 1, b[b.length - rank + i] ?? 1));
  const xs = quarters(sizeOf(a), low, 12);
  const ys = quarters(sizeOf(b), 0.25, 4);
  return {
    x: t(a, xs), y: t(b, ys), shape,
    at: (i) => [xs[broadcastIndex(i, a, shape)], ys[broadcastIndex(i, b, shape)]],
  };
}

type Large = readonly [PrimitiveName, ReferenceRow<object>];

export function largeRows(): Large[] {
  const rows: Large[] = [];
  const add = (name: PrimitiveName, inputs: Literal[], params: object, expected: Literal, tolerance = 1e-5): void =>
    void rows.push([name, { inputs, params, expected: [expected], dtypes: ['float32'], tolerance }]);
  for (const [name, [fn, low, range]] of Object.entries(UNARY)) {
    const x = quarters(2257, low, range);
    add(name as PrimitiveName, [t([37, 61], x)], {}, t([37, 61], x.map(fn)));
  }
  for (const [a, b] of SHAPES) {
    for (const [name, fn] of Object.entries(BINARY)) {
      const { x, y, shape, at } = pair(a, b, name === 'power' ? 0.25 : -6);
      const values = Array.from({ length: sizeOf(shape) }, (_, i) => fn(...at(i)));
      add(name as PrimitiveName, [x, y], {}, t(shape, values));
    }
    for (const [name, fn] of Object.entries(COMPARISONS)) {
      const { x, y, shape, at } = pair(a, b, -6);
      const values = Array.from({ length: sizeOf(shape) }, (_, i) => Number(fn(...at(i))));
      add(name as PrimitiveName, [x, y], {}, t(shape, values, 'bool'));
    }
  }
  addProducts(add);
  addWindows(add);
  return rows;
}

type Add = (name: PrimitiveName, inputs: Literal[], params: object, expected: Literal, tolerance?: number) => void;

function addProducts(add: Add): void {
  for (const [batch, m, k, n] of [[0, 65, 40, 33], [0, 1, 300, 17], [3, 50, 30, 40], [5, 9, 8, 7]] as const) {
    const count = Math.max(batch, 1);
    const a = quarters(count * m * k, -2, 4);
    const b = quarters(count * k * n, -1, 3);
    const y = Array.from({ length: count * m * n }, (_, i) => {
      const [at, row, column] = [Math.floor(i / (m * n)), Math.floor(i / n) % m, i % n];
      let sum = 0;
      for (let j = 0; j < k; j++) sum += a[(at * m + row) * k + j] * b[(at * k + j) * n + column];
      return sum;
    });
    const shape = (rows: number, columns: number): number[] => (batch ? [batch, rows, columns] : [rows, columns]);
    add('matmul', [t(shape(m, k), a), t(shape(k, n), b)], { transposeA: false, transposeB: false }, t(shape(m, n), y));
  }
  const x = quarters(40 * 60, -2, 4);
  const sums = (axis: 0 | 1): number[] => Array.from({ length: axis ? 40 : 60 }, (_, i) =>
    Array.from({ length: axis ? 60 : 40 }, (__, j) => x[axis ? i * 60 + j : j * 60 + i]).reduce((a, b) => a + b));
  for (const axis of [0, 1] as const) {
    add('reduce_sum', [t([40, 60], x)], { axes: [axis], keepdims: false }, t([axis ? 40 : 60], sums(axis)));
  }
}

/** A 3 x 3 convolution and pooling of images of some size, by their definition. */
function addWindows(add: Add): void {
  const [n, h, w, c, f] = [2, 13, 11, 5, 6];
  const x = quarters(n * h * w * c, -2, 4);
  const kernel = quarters(9 * c * f, -1, 3);
  const y: number[] = [];
  const max: number[] = [];
  const mean: number[] = [];
  for (let b = 0; b < n; b++) {
    for (let i = 0; i < h; i++) {
      for (let j = 0; j < w; j++) {
        for (let o = 0; o < f; o++) {
          let sum = 0;
          for (let p = 0; p < 3; p++) {
            for (let q = 0; q < 3; q++) {
              const [row, column] = [i + p - 1, j + q - 1];
              if (row < 0 || row >= h || column < 0 || column >= w) continue;
              const [from, weight] = [((b * h + row) * w + column) * c, (p * 3 + q) * c];
              for (let d = 0; d < c; d++) sum += x[from + d] * kernel[(weight + d) * f + o];
            }
          }
          y.push(sum);
        }
        if (i % 2 || j % 2) continue;
        for (let d = 0; d < c; d++) {
          const rows = [i, i + 1].filter((row) => row < h);
          const columns = [j, j + 1].filter((column) => column < w);
          const under = rows.flatMap((row) => columns.map((column) => x[((b * h + row) * w + column) * c + d]));
          max.push(Math.max(...under));
          mean.push(under.reduce((sum, v) => sum + v) / under.length);
        }
      }
    }
  }
  add('conv', [t([n, h, w, c], x), t([3, 3, c, f], kernel)], { strides: [1, 1], padding: 'same', dilations: [1, 1] },
    t([n, h, w, f], y), 1e-4);
  const pool = { window: [2, 2], strides: [2, 2], padding: 'same' };
  add('max_pool', [t([n, h, w, c], x)], pool, t([n, 7, 6, c], max));
  add('average_pool', [t([n, h, w, c], x)], pool, t([n, 7, 6, c], mean));
}
