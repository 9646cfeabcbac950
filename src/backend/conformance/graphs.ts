/** Cases of compiled graphs: results, state, and the memory they leave behind. */
import assert from 'node:assert/strict';
// Variables take their first value by it.
import '../../engine/convert.js';
import type { Backend, Executable, Handle } from '../backend.js';
import { apply, applyAll } from '../../engine/apply.js';
import { withContext } from '../../engine/context.js';
import { prune } from '../../engine/graph.js';
import { sizeOf, type Shape } from '../../engine/shape.js';
import { Tensor } from '../../engine/tensor.js';
import { Trace } from '../../engine/trace.js';
import { Variable } from '../../engine/variable.js';
import { expectRefusal, untilRefused, type ConformanceCase } from './case.js';
import { expectValues, t } from './literal.js';

/** A place to build graphs and run them, which frees everything at the end. */
class Bench {
  readonly backend: Backend;
  #free: (() => void)[] = [];

  constructor(backend: Backend) {
    this.backend = backend;
  }

  upload(values: readonly number[], shape: Shape = [values.length]): Handle {
    const handle = this.backend.upload(Float32Array.from(values), shape, 'float32');
    this.#free.push(() => this.backend.dispose(handle));
    return handle;
  }

  /** A tensor of the engine, to be captured. */
  tensor(values: readonly number[], shape: Shape = [values.length]): Tensor {
    return new Tensor(shape, 'float32', this.backend, this.upload(values, shape));
  }

  variable(values: readonly number[], shape: Shape = [values.length]): Variable {
    const initial = this.tensor(values, shape);
    const variable = withContext({ backend: this.backend }, () => new Variable(initial));
    this.#free.push(() => variable.dispose());
    return variable;
  }

  /** Traces `fn` over arguments of these shapes, compiles it, and gives a way to run it. */
  compile(
    shapes: readonly Shape[], fn: (...args: Tensor[]) => readonly Tensor[], { jit = false, repeat = 1 } = {},
  ): Compiled {
    const trace = new Trace();
    const args = shapes.map((shape) => trace.input({ shape, dtype: 'float32' }));
    const outputs = withContext({ backend: this.backend, tapes: [], variableScopes: [] },
      () => trace.run(() => fn(...args)));
    const graph = prune(trace.finish(outputs));
    const compile = (): Executable => this.backend.compile(graph, { name: 'conformance', jit, repeat });
    for (const { primitive, inputs, outputs: made } of graph.nodes) {
      expectRefusal(this.backend, primitive, [...inputs, ...made], compile);
    }
    const executable = compile();
    this.#free.push(() => executable.dispose());
    const operands = (given: readonly Handle[]): Handle[] =>
      [...given, ...[...graph.captures.map(({ tensor }) => tensor), ...graph.state.map(({ variable }) => variable)]
        .map(({ handle }) => handle)];
    return { executable, operands };
  }

  /** Checks values, row-major, and frees the handles. */
  expect(handles: readonly Handle[], ...expected: readonly (readonly number[])[]): void {
    assert.equal(handles.length, expected.length, 'number of results');
    handles.forEach((handle, i) => {
      expectValues(this.backend, handle, t([expected[i].length], expected[i], 'float32'), 'float32', `result ${i}`);
      this.backend.dispose(handle);
    });
  }

  expectVariable(variable: Variable, expected: readonly number[]): void {
    const handle = this.backend.readVariable(variable.handle, variable);
    expectValues(this.backend, handle, t([expected.length], expected, 'float32'), 'float32', 'variable');
    this.backend.dispose(handle);
  }

  close(): void {
    for (const free of this.#free.toReversed()) free();
  }
}

interface Compiled {
  executable: Executable;
  operands(given: readonly Handle[]): Handle[];
}

export const run = ({ executable, operands }: Compiled, ...given: Handle[]): Handle[] => executable.run(operands(given));
export const runAsync = ({ executable, operands }: Compiled, ...given: Handle[]): Promise<Handle[]> =>
  executable.runAsync(operands(given), 1);

/** Runs twice; after the second time memory must be where it was before. */
export const graph = (name: string, use: (bench: Bench) => void | Promise<void>): ConformanceCase => ({
  name: `graphs: ${name}`,
  async run(backend) {
    for (let round = 0; round < 2; round++) {
      const before = backend.memory();
      const bench = new Bench(backend);
      await untilRefused(() => use(bench));
      bench.close();
      if (round === 1) assert.deepEqual(backend.memory(), before, 'memory after everything was disposed');
    }
  },
});

const add = (a: Tensor, b: Tensor): Tensor => apply('add', [a, b]);
const mul = (a: Tensor, b: Tensor): Tensor => apply('multiply', [a, b]);
const full = (value: number, shape: Shape = []): Tensor => apply('full', [], { value, shape, dtype: 'float32' });

const valueCases: ConformanceCase[] = [
  graph('two arguments', (bench) => {
    const f = bench.compile([[2], [2]], (x, y) => [add(mul(x, x), y)]);
    bench.expect(run(f, bench.upload([2, 3]), bench.upload([1, -1])), [5, 8]);
    bench.expect(run(f, bench.upload([0, 1]), bench.upload([0, 0])), [0, 1]);
  }),
  graph('captured tensors', (bench) => {
    const [c, d] = [bench.tensor([10, 20]), bench.tensor([1, 1])];
    const f = bench.compile([[2]], (x) => [add(mul(x, c), d), c]);
    bench.expect(run(f, bench.upload([2, 3])), [21, 61], [10, 20]);
  }),
  graph('results that are arguments, captures, or the same twice', (bench) => {
    const c = bench.tensor([7]);
    const f = bench.compile([[1]], (x) => {
      const y = add(x, x);
      return [x, c, y, y, x];
    });
    const x = bench.upload([3]);
    bench.expect(run(f, x), [3], [7], [6], [6], [3]);
    bench.expect(run(f, x), [3], [7], [6], [6], [3]);
  }),
  graph('the same tensor as two arguments, and an argument that is not used', (bench) => {
    const f = bench.compile([[2], [2], [3]], (x, y) => [apply('subtract', [x, y])]);
    const x = bench.upload([2, 3]);
    bench.expect(run(f, x, x, bench.upload([0, 0, 0])), [0, 0]);
  }),
  graph('no results and no nodes', (bench) => {
    const f = bench.compile([[1]], () => []);
    bench.expect(run(f, bench.upload([1])));
  }),
  graph('nodes without operands', (bench) => {
    const f = bench.compile([], () => [
      full(4, [2]), apply('iota', [], { start: 1, step: 2, length: 3, dtype: 'float32' }),
      apply('constant', [], { data: Float32Array.of(5, 6), shape: [2], dtype: 'float32' }),
    ]);
    bench.expect(run(f), [4, 4], [1, 3, 5], [5, 6]);
  }),
  graph('nodes with several results, of which some are not used', (bench) => {
    const f = bench.compile([[6]], (x) => {
      const [a, , c] = applyAll('split', [x], { axis: 0, sizes: [2, 3, 1] });
      const [values] = applyAll('top_k', [x], { k: 2, sorted: true });
      return [c, a, values];
    });
    bench.expect(run(f, bench.upload([1, 2, 9, 4, 5, 6])), [6], [1, 2], [9, 6]);
  }),
  graph('scalars, empty tensors and reshapes', (bench) => {
    const f = bench.compile([[], [0, 2], [2, 2]], (x, empty, y) => [
      add(x, x), add(empty, empty), apply('reduce_sum', [empty], { axes: [0], keepdims: false }),
      apply('reshape', [y], { shape: [4] }),
    ]);
    const operands = [bench.upload([3], []), bench.upload([], [0, 2]), bench.upload([1, 2, 3, 4], [2, 2])];
    bench.expect(run(f, ...operands), [6], [], [0, 0], [1, 2, 3, 4]);
  }),
  graph('results outlive their graph', (bench) => {
    const f = bench.compile([[1]], (x) => [add(x, x)]);
    const made = run(f, bench.upload([4]));
    f.executable.dispose();
    bench.expect(made, [8]);
  }),
  graph('a bias added to a product, and its gradient', (bench) => {
    const f = bench.compile([[2, 3], [3, 2], [2]], (x, w, b) => {
      const y = add(apply('matmul', [x, w], { transposeA: false, transposeB: false }), b);
      return [y, apply('reduce_sum', [y], { axes: [0], keepdims: false })];
    });
    const operands = [
      bench.upload([1, 2, 3, 4, 5, 6], [2, 3]), bench.upload([1, 0, 0, 1, 1, 1], [3, 2]), bench.upload([10, 20]),
    ];
    bench.expect(run(f, ...operands), [14, 25, 20, 31], [34, 56]);
  }),
];

const stateCases: ConformanceCase[] = [
  graph('a variable is read', (bench) => {
    const v = bench.variable([1, 2]);
    const f = bench.compile([[2]], (x) => [mul(v.value, x), v.value]);
    bench.expect(run(f, bench.upload([3, 4])), [3, 8], [1, 2]);
    bench.expectVariable(v, [1, 2]);
  }),
  graph('all readers of an assigned variable see the value at the start', (bench) => {
    const v = bench.variable([1, 2]);
    const f = bench.compile([], () => {
      const before = v.value;
      const doubled = add(before, before);
      v.assign(add(before, full(10)));
      return [doubled, mul(before, before), before, v.value];
    });
    bench.expect(run(f), [2, 4], [1, 4], [1, 2], [11, 12]);
    bench.expectVariable(v, [11, 12]);
    bench.expect(run(f), [22, 24], [121, 144], [11, 12], [21, 22]);
  }),
  graph('a sum and a difference assigned to their own variable', (bench) => {
    const [v, w] = [bench.variable([1, 2]), bench.variable([5, 5])];
    const f = bench.compile([[2]], (x) => {
      v.assign_add(x);
      w.assign_sub(x);
      return [];
    });
    const x = bench.upload([1, 10]);
    bench.expect(run(f, x));
    bench.expect(run(f, x));
    bench.expectVariable(v, [3, 22]);
    bench.expectVariable(w, [3, -15]);
  }),
  graph('a sum assigned to its own variable that others read, and whose value is a result', (bench) => {
    const v = bench.variable([1, 2]);
    const f = bench.compile([[2]], (x) => {
      const before = v.value;
      v.assign(add(before, x));
      return [mul(before, x), v.value];
    });
    bench.expect(run(f, bench.upload([3, 4])), [3, 8], [4, 6]);
    bench.expectVariable(v, [4, 6]);
  }),
  graph('a variable added to itself, and a broadcast sum', (bench) => {
    const [v, w] = [bench.variable([1, 2]), bench.variable([1, 2])];
    const f = bench.compile([[]], (x) => {
      v.assign(add(v.value, v.value));
      w.assign(add(w.value, x));
      return [];
    });
    bench.expect(run(f, bench.upload([5], [])));
    bench.expectVariable(v, [2, 4]);
    bench.expectVariable(w, [6, 7]);
  }),
  graph('one variable updated from another that is updated too', (bench) => {
    const [v, w] = [bench.variable([1]), bench.variable([10])];
    const f = bench.compile([], () => {
      const [a, b] = [v.value, w.value];
      v.assign(add(a, b));
      w.assign(apply('subtract', [b, a]));
      return [];
    });
    bench.expect(run(f));
    bench.expectVariable(v, [11]);
    bench.expectVariable(w, [9]);
  }),
  graph('two variables exchange their values', (bench) => {
    const [v, w] = [bench.variable([1]), bench.variable([2])];
    const f = bench.compile([], () => {
      const a = v.value;
      v.assign(w.value);
      w.assign(a);
      return [];
    });
    bench.expect(run(f));
    bench.expectVariable(v, [2]);
    bench.expectVariable(w, [1]);
    bench.expect(run(f));
    bench.expectVariable(v, [1]);
  }),
  graph('assigned twice, from an argument and from a capture', (bench) => {
    const [v, w, c] = [bench.variable([1]), bench.variable([2]), bench.tensor([9])];
    const f = bench.compile([[1]], (x) => {
      v.assign(x);
      v.assign(add(v.value, full(1)));
      w.assign(c);
      return [v.value];
    });
    bench.expect(run(f, bench.upload([5])), [6]);
    bench.expectVariable(v, [6]);
    bench.expectVariable(w, [9]);
    bench.expect([c.handle].map(() => bench.backend.readVariable(w.handle, w)), [9]);
  }),
  graph('an argument assigned to a variable stays the caller\'s', (bench) => {
    const v = bench.variable([1]);
    const f = bench.compile([[1]], (x) => {
      v.assign(x);
      return [x];
    });
    const g = bench.compile([], () => {
      v.assign_add(full(1, [1]));
      return [];
    });
    const x = bench.upload([5]);
    bench.expect(run(f, x), [5]);
    bench.expect(run(g));
    bench.expect(run(f, x), [5]);
    bench.expectVariable(v, [5]);
  }),
  graph('a read made before a run keeps its value', (bench) => {
    const v = bench.variable([1, 2]);
    const f = bench.compile([], () => {
      v.assign_add(full(1, [2]));
      return [];
    });
    const before = bench.backend.readVariable(v.handle, v);
    bench.expect(run(f));
    bench.expect([before], [1, 2]);
    bench.expectVariable(v, [2, 3]);
  }),
  ...[false, true].map((observed) => graph(`Adam in place${observed ? ', with its results in use' : ''}`, (bench) => {
    const [v, m, s] = [bench.variable([1, -2, 0.5]), bench.variable([0.25, 0, -0.5]), bench.variable([0.5, 0, 0.25])];
    const f = bench.compile([[3]], (g) => {
      const before = v.value;
      const scalars = [0.5, 0.25, 0.125, 0.75, 0.875, 0.0625].map((x) => full(x));
      const made = applyAll('adam_update', [before, m.value, s.value, ...scalars, g], {});
      [v, m, s].forEach((variable, i) => variable.assign(made[i]));
      return observed ? [mul(before, g), made[0]] : [];
    });
    const expected = [0.89525368110138, -1.86304696145285, 0.6256453415647373];
    const results = run(f, bench.upload([0.75, -1.5, 0.25]));
    if (observed) bench.expect(results, [0.75, 3, 0.125], expected);
    else bench.expect(results);
    bench.expectVariable(v, expected);
    bench.expectVariable(m, [0.375, -0.375, -0.3125]);
    bench.expectVariable(s, [0.5078125, 0.28125, 0.2265625]);
  })),
];

/** Many products of matrices: a run that takes a while. */
const slow = (x: Tensor): Tensor => {
  let y = x;
  for (let i = 0; i < 24; i++) {
    y = apply('tanh', [apply('matmul', [y, x], { transposeA: false, transposeB: false })]);
  }
  return apply('reduce_sum', [y], { axes: [0, 1], keepdims: false });
};

const asyncCases: ConformanceCase[] = [
  graph('runAsync gives what run gives', async (bench) => {
    const v = bench.variable([1]);
    const f = bench.compile([[1]], (x) => {
      v.assign_add(x);
      return [add(x, x), x];
    });
    const x = bench.upload([3]);
    bench.expect(await runAsync(f, x), [6], [3]);
    bench.expect(run(f, x), [6], [3]);
    bench.expectVariable(v, [7]);
  }),
  graph('operands of runAsync may be disposed meanwhile', async (bench) => {
    const f = bench.compile([[2]], (x) => [add(x, x)]);
    const x = bench.backend.upload(Float32Array.of(1, 2), [2], 'float32');
    const pending = runAsync(f, x);
    bench.backend.dispose(x);
    bench.expect(await pending, [2, 4]);
  }),
  graph('asynchronous runs take place in the order of their calls', async (bench) => {
    const v = bench.variable([1]);
    const f = bench.compile([[1], [1]], (x, y) => {
      v.assign(add(mul(v.value, x), y));
      return [v.value];
    });
    const given = [[2, 1], [3, 1], [10, 5]].map((pair) => pair.map((n) => bench.upload([n])));
    const results = await Promise.all(given.map((pair) => runAsync(f, ...pair)));
    results.forEach((result, i) => bench.expect(result, [[3, 10, 105][i]]));
    bench.expectVariable(v, [105]);
  }),
  graph('a graph repeated: each run sees the variables that the one before it left', async (bench) => {
    for (const jit of bench.backend.features.has('jit') ? [false, true] : [false]) {
      const v = bench.variable([1]);
      const c = bench.tensor([10]);
      const f = bench.compile([[1], [1]], (x, y) => {
        v.assign(add(mul(v.value, x), y));
        return [mul(v.value, c), x];
      }, { repeat: 3, jit });
      const given = [2, 1, 3, 1, 10, 5].map((n) => bench.upload([n]));
      bench.expect(run(f, ...given), [1050], [10]);
      bench.expectVariable(v, [105]);
      bench.expect(await runAsync(f, ...given), [10 * ((105 * 2 + 1) * 3 + 1) * 10 + 50], [10]);
    }
  }),
  graph('runs that were asked for end although their graph is disposed', async (bench) => {
    const f = bench.compile([[1]], (x) => [add(x, x)]);
    const pending = [1, 2, 3].map((n) => runAsync(f, bench.upload([n])));
    f.executable.dispose();
    for (const [i, result] of (await Promise.all(pending)).entries()) bench.expect(result, [2 * (i + 1)]);
  }),
  graph('the event loop turns during runAsync', async (bench) => {
    if (!bench.backend.features.has('async')) return;
    const shape = [160, 160];
    const f = bench.compile([shape], (x) => [slow(x)]);
    const x = bench.upload(Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 37) % 101) / 1000 - 0.05), shape);
    let turns = 0;
    const count = (): void => {
      turns++;
      timer = setImmediate(count);
    };
    let timer = setImmediate(count);
    // Several runs: on a busy machine the first may be over before this thread has its turn.
    for (let run = 0; run < 20; run++) {
      bench.backend.dispose((await runAsync(f, x))[0]);
      if (turns > 0) break;
    }
    clearImmediate(timer);
    assert.ok(turns > 0, 'no turn of the event loop');
  }),
  graph('an error in a run is thrown, and memory is freed', async (bench) => {
    const f = bench.compile([[3], [1]], (x, i) => {
      const index = apply('cast', [i], { dtype: 'int32' });
      return [add(apply('gather', [add(x, x), index], { axis: 0, batchDims: 0 }), full(1))];
    });
    const [x, good, bad] = [bench.upload([1, 2, 3]), bench.upload([2]), bench.upload([7])];
    bench.expect(run(f, x, good), [7]);
    assert.throws(() => run(f, x, bad), Error);
    await assert.rejects(() => runAsync(f, x, bad), Error);
    bench.expect(await runAsync(f, x, good), [7]);
  }),
  graph('with the optimising compiler', async (bench) => {
    if (!bench.backend.features.has('jit')) return;
    const v = bench.variable([1, 2]);
    const f = bench.compile([[2]], (x) => {
      const before = v.value;
      v.assign_add(x);
      return [apply('exp', [mul(x, full(0))]), add(before, x)];
    }, { jit: true });
    bench.expect(run(f, bench.upload([3, 4])), [1, 1], [4, 6]);
    bench.expect(await runAsync(f, bench.upload([1, 1])), [1, 1], [5, 7]);
    bench.expectVariable(v, [5, 7]);
  }),
];

export const graphCases = (): ConformanceCase[] => [...valueCases, ...stateCases, ...asyncCases];
