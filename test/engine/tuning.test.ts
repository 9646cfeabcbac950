/** `jit_compile: 'auto'`: the optimising compiler is tried in the background, and kept where it is faster. */
import { expect } from 'chai';
import type { Backend, Executable, Handle } from '../../src/backend/backend.js';
import type { Graph } from '../../src/engine/graph.js';
import { Trace } from '../../src/engine/trace.js';
import { compileTuned } from '../../src/engine/tuning.js';
import * as keras from '../../src/index.js';

const { ops } = keras;
const turn = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 1));

function spin(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

/** A backend that computes nothing, slowly, and notes which of its executables run. `beside`: the plain one's time while the other is compiled. */
function slowBackend(
  times: { plain: number; optimised: number; beside?: number }, optimisedFails = false,
): { backend: Backend; ran: string[]; disposed: string[] } {
  const ran: string[] = [];
  const disposed: string[] = [];
  let isCompiling = false;
  const backend = {
    name: 'slow', device: 'CPU:0', features: new Set(['jit', 'async']),
    upload: () => ({}), dispose: () => {}, createVariable: () => ({}), disposeVariable: () => {},
    compile: (_: Graph, { jit }: { jit: boolean }): Executable => {
      const way = jit ? 'optimised' : 'plain';
      const run = (): Handle[] => {
        if (jit && optimisedFails) throw new Error('no such op');
        ran.push(way);
        spin(jit || !isCompiling ? times[way] : times.beside!);
        return [{}];
      };
      const runAsync = async (): Promise<Handle[]> => {
        if (jit && times.beside !== undefined && !ran.includes(way)) {
          isCompiling = true;
          for (let i = 0; i < 15; i++) await turn();
          isCompiling = false;
        }
        return run();
      };
      return { run, runAsync, dispose: () => void disposed.push(way) };
    },
  };
  return { backend: backend as unknown as Backend, ran, disposed };
}

function graphOf(fn: (x: keras.Tensor) => keras.Tensor): Graph {
  const trace = new Trace();
  const x = trace.input({ shape: [2], dtype: 'float32' });
  return trace.finish([trace.run(() => fn(x))]);
}

async function runs(executable: Executable, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await executable.runAsync([{}], 1);
    await turn();
  }
}

describe('tuning', () => {
  const graph = graphOf((x) => ops.exp(x));

  it('keeps the optimised form where it is faster', async () => {
    const { backend, ran, disposed } = slowBackend({ plain: 4, optimised: 0.5 });
    const executable = compileTuned(backend, graph, { name: 'f' });
    await runs(executable, 40);
    ran.length = 0;
    await runs(executable, 5);
    expect(new Set(ran)).to.deep.equal(new Set(['optimised']));
    executable.dispose();
    expect(disposed).to.have.members(['plain', 'optimised']);
  });

  it('keeps the plain form where the other is slower, or cannot be compiled', async () => {
    for (const [times, fails] of [
      [{ plain: 2, optimised: 8 }, false], [{ plain: 2, optimised: 0 }, true], [{ plain: 2, optimised: 4, beside: 8 }, false],
    ] as const) {
      const { backend, ran } = slowBackend(times, fails);
      const executable = compileTuned(backend, graph, { name: 'f' });
      await runs(executable, 80);
      expect(ran.includes('optimised')).to.equal(!fails);
      ran.length = 0;
      await runs(executable, 5);
      expect(new Set(ran)).to.deep.equal(new Set(['plain']));
    }
  });

  it('tries nothing where random numbers would differ, or where it is known to be slow', () => {
    for (const fn of [
      (x: keras.Tensor) => ops.add(x, keras.random.normal([2], { seed: 1 })),
      (x: keras.Tensor) => ops.add(x, ops.sum(ops.conv(ops.ones([1, 4, 1]), ops.ones([2, 1, 1])))),
    ]) {
      let compiled = 0;
      const { backend } = slowBackend({ plain: 0, optimised: 0 });
      const counting = { ...backend, features: backend.features, compile: (...args: Parameters<Backend['compile']>) => {
        compiled++;
        return backend.compile(...args);
      } };
      const executable = compileTuned(counting as Backend, graphOf(fn), { name: 'f' });
      for (let i = 0; i < 30; i++) executable.run([{}]);
      expect(compiled).to.equal(1);
    }
  });

  it('gives the numbers of the plain form, dropout included, and leaves variables alone while it tries', async function () {
    if (keras.config.backend() !== 'tensorflow') this.skip();
    const state = new keras.Variable(ops.zeros([64]));
    const seeds = new keras.random.SeedGenerator(3);
    const step = (x: keras.Tensor): keras.Tensor => {
      state.assign(ops.add(state, keras.random.dropout(x, 0.5, { seed: seeds })));
      return ops.sum(state);
    };
    const results: number[][] = [];
    for (const jit_compile of [false, 'auto'] as const) {
      state.assign(ops.zeros([64]));
      seeds.state.assign(ops.cast([3, 0], seeds.state.dtype));
      const compiled = keras.jit(step, { jit_compile });
      const x = ops.ones([64]);
      const sums: number[] = [];
      const end = performance.now() + (jit_compile ? 1500 : 0);
      while (sums.length < 300 || performance.now() < end) {
        const sum = await compiled.runAsync(x);
        sums.push(sum.item());
        sum.dispose();
      }
      results.push(sums.slice(0, 300));
      compiled.dispose();
    }
    results[0].forEach((sum, i) => expect(results[1][i]).to.be.closeTo(sum, 1e-3));
  });
});
