/** Cases of control flow: in compiled graphs and at once, with results and the memory they leave behind. */
import { apply, applyAll } from '../../engine/apply.js';
import { withContext } from '../../engine/context.js';
import type { Subgraph } from '../../engine/graph.js';
import type { ParamsOf } from '../../engine/primitives/index.js';
import type { control } from '../../engine/primitives/control.js';
import type { Shape } from '../../engine/shape.js';
import { traceClosed } from '../../engine/subgraph.js';
import type { Tensor } from '../../engine/tensor.js';
import type { ConformanceCase } from './case.js';
import { graph, run, runAsync } from './graphs.js';
import { t, type Literal } from './literal.js';
import { check } from './primitives.js';

const add = (a: Tensor, b: Tensor): Tensor => apply('add', [a, b]);
const mul = (a: Tensor, b: Tensor): Tensor => apply('multiply', [a, b]);
const full = (value: number): Tensor => apply('full', [], { value, shape: [], dtype: 'float32' });
const total = (x: Tensor): Tensor => apply('reduce_sum', [x], { axes: x.shape.map((_, i) => i), keepdims: false });

const part = (shapes: readonly Shape[], fn: (...args: Tensor[]) => Tensor[]): Subgraph =>
  traceClosed(shapes.map((shape) => ({ shape, dtype: 'float32' as const })), fn);

interface Row<N extends keyof typeof control> {
  name: N;
  what: string;
  inputs: Literal[];
  params: () => ParamsOf<N>;
  expected: Literal[];
}

const scanBody = (): Subgraph => part([[2], [2], [2]], (w, c, x) => {
  const next = add(mul(c, w), x);
  return [next, next, total(x)];
});
const scanRow = (what: string, length: number, reverse: boolean, xs: number[], expected: Literal[]): Row<'scan'> => ({
  name: 'scan', what, expected,
  inputs: [t([2], [2, 3]), t([2], [1, -1]), t([length, 2], xs)],
  params: () => ({ body: scanBody(), constants: 1, carries: 1, length, reverse }),
});
const doubling = (maximum: number | null): (() => ParamsOf<'while'>) => () => ({
  constants: 1, maximum,
  condition: part([[2], [2], []], (_, x) => [apply('less', [total(x), full(20)])]),
  body: part([[2], [2], []], (w, x, n) => [mul(x, w), add(n, full(1))]),
});
const branches = (): ParamsOf<'switch'> => ({ branches: [
  part([[2], [2]], (x, y) => [add(x, y), x]), part([[2], [2]], (x, y) => [mul(x, y), y]),
  part([[2], [2]], (x) => [x, x]),
] });

const rows = [
  scanRow('forwards', 3, false, [1, 2, 3, 4, 5, 6], [
    t([2], [23, 9]), t([3, 2], [3, -1, 9, 1, 23, 9]), t([3], [3, 7, 11])]),
  scanRow('backwards', 2, true, [1, 2, 3, 4], [t([2], [11, 5]), t([2, 2], [11, 5, 5, 1]), t([2], [3, 7])]),
  scanRow('no steps', 0, false, [], [t([2], [1, -1]), t([0, 2], []), t([0], [])]),
  { name: 'while', what: 'until the condition fails', inputs: [t([2], [2, 3]), t([2], [1, 1]), t([], [0])],
    params: doubling(null), expected: [t([2], [8, 27]), t([], [3])] },
  { name: 'while', what: 'no step', inputs: [t([2], [2, 3]), t([2], [10, 11]), t([], [0])], params: doubling(null),
    expected: [t([2], [10, 11]), t([], [0])] },
  { name: 'while', what: 'cut short', inputs: [t([2], [2, 3]), t([2], [1, 1]), t([], [0])], params: doubling(2),
    expected: [t([2], [4, 9]), t([], [2])] },
  ...[[t([2], [4, 7]), t([2], [1, 2])], [t([2], [3, 10]), t([2], [3, 5])], [t([2], [1, 2]), t([2], [1, 2])]].map(
    (expected, i): Row<'switch'> => ({
      name: 'switch', what: `branch ${i}`, params: branches, expected,
      inputs: [t([], [i], 'int32'), t([2], [1, 2]), t([2], [3, 5])],
    })),
  { name: 'barrier', what: 'the values', inputs: [t([2], [1, 2]), t([], [3]), t([1], [4])], params: () => ({}),
    expected: [t([2], [1, 2]), t([], [3])] },
  { name: 'with_gradient', what: 'the values', inputs: [t([2], [1, 2]), t([], [3]), t([1], [4])], expected: [t([2], [1, 2])],
    params: () => ({ values: 1, arguments: 1, backward: part([[1], [2]], (r) => [total(r)]) }) },
] as Row<keyof typeof control>[];

const atOnce = ({ name, what, inputs, params, expected }: Row<keyof typeof control>): ConformanceCase => ({
  name: `${name}: ${what}`,
  run: (backend) => check(backend, name,
    { inputs, expected, params: withContext({ backend }, params) as never, dtypes: ['float32'] }, 'float32'),
});

/** Adds a slice to the carry; as long as the sum of the elements is below 10, multiplies by w. */
const growing = (): ParamsOf<'scan'> => {
  const isSmall = (x: Tensor): Tensor => apply('less', [total(x), full(10)]);
  const loop = part([[2], [2]], (w, x) => applyAll('while', [w, x], {
    constants: 1, maximum: null,
    condition: part([[2], [2]], (_, y) => [isSmall(y)]), body: part([[2], [2]], (by, y) => [mul(y, by)]) }));
  const body = part([[2], [2], [2]], (w, c, x) => {
    const sum = add(c, x);
    const index = apply('cast', [isSmall(sum)], { dtype: 'int32' });
    const [next] = applyAll('switch', [index, w, sum], { branches: [part([[2], [2]], (_, y) => [y]), loop] });
    return [next, next];
  });
  return { body, constants: 1, carries: 1, length: 2, reverse: false };
};

const nested = (name: string, jit: boolean, start: typeof run | typeof runAsync): ConformanceCase =>
  graph(`a loop in a branch in a scan${name}`, async (bench) => {
    if (jit && !bench.backend.features.has('jit')) return;
    const [w, v] = [bench.tensor([2, 2]), bench.variable([1, 1])];
    const f = bench.compile([[2, 2]], (xs) => {
      const [carry, ys] = applyAll('scan', [w, v.value, xs], growing());
      v.assign(carry);
      return [ys];
    }, { jit });
    bench.expect(await start(f, bench.upload([0, 1, 1, 0], [2, 2])), [4, 8, 5, 8]);
    bench.expectVariable(v, [5, 8]);
    bench.expect(await start(f, bench.upload([-4, -8, 1, 0], [2, 2])), [16, 0, 17, 0]);
  });

export const controlCases = (): ConformanceCase[] => [
  ...rows.map(atOnce), nested('', false, run), nested(', asynchronously', false, runAsync), nested(', optimised', true, run),
];
