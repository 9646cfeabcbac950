/** Control flow against Python Keras, eager and compiled, on every backend; and what the goldens cannot say. */
import { expect } from 'chai';
import * as keras from '../../../src/index.js';
import { activeBackend } from '../../../src/engine/context.js';
import { prune, type Graph } from '../../../src/engine/graph.js';
import { grad } from '../../../src/engine/gradients.js';
import { jit } from '../../../src/engine/jit.js';
import { tidy } from '../../../src/engine/scope.js';
import { Tensor } from '../../../src/engine/tensor.js';
import { Trace } from '../../../src/engine/trace.js';
import { Variable } from '../../../src/engine/variable.js';
import { difference, loadGolden, type GoldenTensor } from '../../golden/golden.js';
import { tensorOf } from '../../golden/tensors.js';
import { describeBackends } from '../../support/backends.js';
import { programs, type Program } from '../../support/control-programs.js';

const { ops } = keras;

interface ControlCase {
  program: string;
  inputs: GoldenTensor[];
  outputs: GoldenTensor[];
  probes: GoldenTensor[];
  grads: (GoldenTensor | null)[];
  second?: (GoldenTensor | null)[];
}

const isFloat = ({ dtype }: { dtype: string }): boolean => dtype.startsWith('float');
const TOLERANCE = { rtol: 2e-5, atol: 2e-5 };

function compare(what: string, actual: readonly Tensor[], expected: readonly (GoldenTensor | null)[]): void {
  expect(actual.length, what).to.equal(expected.length);
  expected.forEach((golden, i) => {
    const { shape, dtype } = actual[i];
    const data = actual[i].dataSync() as ArrayLike<number>;
    if (golden) expect(difference({ shape, dtype, data }, golden, TOLERANCE), `${what} ${i}`).to.equal(undefined);
    else expect(Array.from(data).every((v) => v === 0), `${what} ${i} is zero`).to.equal(true);
  });
}

/** Gradients of the weighted outputs by the float inputs, as a function of all inputs. */
const gradientsOf = (program: Program, probes: readonly Tensor[]) => (...inputs: Tensor[]): Tensor[] => {
  const isSource = inputs.map(isFloat);
  return grad((sources: Tensor[]) => {
    let next = 0;
    const outputs = program(...inputs.map((x, i) => (isSource[i] ? sources[next++] : x))).filter(isFloat);
    return outputs.map((y, i) => ops.sum(ops.multiply(y, probes[i]))).reduce((a, b) => ops.add(a, b));
  })(inputs.filter(isFloat)) as Tensor[];
};

/** Gradients of the sum of squares of the gradients. */
const secondOf = (program: Program, probes: readonly Tensor[]) => (...inputs: Tensor[]): Tensor[] => {
  const isSource = inputs.map(isFloat);
  return grad((sources: Tensor[]) => {
    let next = 0;
    const first = gradientsOf(program, probes)(...inputs.map((x, i) => (isSource[i] ? sources[next++] : x)));
    return first.map((g) => ops.sum(ops.square(g))).reduce((a, b) => ops.add(a, b));
  })(inputs.filter(isFloat)) as Tensor[];
};

function traced(fn: (...args: Tensor[]) => Tensor[], ...shapes: number[][]): Graph {
  const trace = new Trace();
  const args = shapes.map((shape) => trace.input({ shape, dtype: 'float32' }));
  return prune(trace.finish(trace.run(() => fn(...args))));
}

describeBackends('control flow', (backend) => {
  const forms: [string, (fn: Program) => Program][] = [['eager', (fn) => fn], ['compiled', (fn) => jit(fn)]];
  if (backend === 'tensorflow') forms.push(['XLA', (fn) => jit(fn, { jit_compile: true })]);
  for (const family of ['scans', 'loops', 'choices']) {
    const { cases } = loadGolden<ControlCase>('control', family);
    for (const [form, make] of forms) {
      it(`${family}: as Python Keras, ${form}`, function () {
        this.timeout(60_000);
        const seen = new Set<string>();
        for (const { program: name, inputs, outputs, probes, grads, second } of cases) {
          // XLA takes its time: once for each program, without second derivatives.
          if (form === 'XLA' && seen.has(name)) continue;
          seen.add(name);
          const program = programs[name];
          // Compiled without a bound, a loop has no gradient.
          const hasGradient = grads.length > 0 && !(name === 'while_doubling' && form !== 'eager');
          tidy(() => {
            const given = inputs.map(tensorOf);
            const weights = probes.map(tensorOf);
            compare(`${name}: result`, make(program)(...given), outputs);
            if (!hasGradient) return;
            compare(`${name}: gradient`, make(gradientsOf(program, weights))(...given), grads);
            if (second && form !== 'XLA') compare(`${name}: second`, make(secondOf(program, weights))(...given), second);
          });
        }
      });
    }
  }

  it('derivatives in a direction: as Python Keras, and of those again', () => {
    const { cases } = loadGolden<ControlCase & { tangents: GoldenTensor[]; derivatives: GoldenTensor[] }>('control', 'jvp');
    for (const { program: name, inputs, tangents, outputs, derivatives } of cases) {
      const program = programs[name];
      const points = inputs.map(tensorOf);
      const directions = tangents.map(tensorOf);
      const both = (...all: Tensor[]): Tensor[] => ops.jvp(program, all.slice(0, points.length), all.slice(points.length)).flat();
      for (const fn of [both, jit(both)]) {
        tidy(() => compare(name, fn(...points, ...directions), [...outputs, ...derivatives]));
      }
    }
    // (x^3)' t = 3 x^2 t, and of that in the direction s: 6 x t s; its gradient by x: 6 t s.
    const cube = (x: Tensor): Tensor => ops.multiply(x, ops.square(x));
    const first = (x: Tensor): Tensor => ops.jvp(cube, [x], [ops.array(2)])[1];
    const second = (x: Tensor): Tensor => ops.jvp(first, [x], [ops.array(5)])[1];
    for (const wrap of [(f: typeof first) => f, (f: typeof first) => jit(f)]) {
      expect(wrap(first)(ops.array(3)).item()).to.be.closeTo(54, 1e-4);
      expect(wrap(second)(ops.array(3)).item()).to.be.closeTo(180, 1e-3);
      expect(wrap(grad(second) as typeof first)(ops.array(3)).item()).to.be.closeTo(60, 1e-3);
    }
    const [value, tangent, aux] = ops.jvp((x: Tensor) => [ops.square(x), 'more'] as const, [ops.array(3)], [ops.array(1)], { has_aux: true });
    expect([value.item(), tangent.item(), aux]).to.deep.equal([9, 6, 'more']);
    // One tensor as two arguments.
    const x = ops.array(3);
    expect(ops.jvp((a: Tensor, b: Tensor) => ops.multiply(a, ops.square(b)), [x, x], [ops.array(1), ops.array(0)])[1].item()).to.equal(9);
    expect(() => ops.jvp(ops.sin, [x], [ops.ones([2])])).to.throw('expected [], received [2]');
  });

  it('vectorized_map: control flow, closures, and functions that read values', () => {
    const x = ops.array([[1, 2], [3, 4], [-5, 6]]);
    const functions: ((row: Tensor) => Tensor)[] = [
      (row) => ops.cond(ops.greater(ops.sum(row), 2), () => ops.square(row), () => ops.negative(row)),
      (row) => ops.while_loop((v) => ops.less(ops.sum(v), 20), (v) => ops.add(ops.multiply(v, 2), 9), row),
      (row) => ops.scan((c, v) => [ops.add(ops.multiply(c, v), 1), c] as const, ops.sum(row), row)[1],
      (row) => ops.fori_loop(0, 3, (i, v) => ops.add(v, ops.multiply(row, ops.cast(i, 'float32'))), row),
      (row) => ops.matmul(ops.reshape(row, [1, 2]), ops.transpose(x)),
      () => ops.array([1, 2]),
    ];
    for (const f of functions) {
      const expected = ops.map(f, x).arraySync();
      expect(ops.vectorized_map(f, x).arraySync()).to.deep.equal(expected);
      expect(jit((t: Tensor) => ops.vectorized_map(f, t))(x).arraySync()).to.deep.equal(expected);
    }
    const reading = (row: Tensor): Tensor => ops.multiply(row, ops.sum(row).item());
    expect(ops.vectorized_map(reading, x).arraySync()).to.deep.equal([[3, 6], [21, 28], [-5, 6]]);
    const reversed = ops.custom_gradient((v: Tensor) => [ops.square(v), (g: Tensor) => ops.multiply(g, v)]);
    const gradient = grad((t: Tensor) => ops.sum(ops.vectorized_map((row) => reversed(row), t)))(x) as Tensor;
    expect(gradient.arraySync()).to.deep.equal(x.arraySync());
  });

  it('the graph does not grow with the number of steps', () => {
    const sizes = [3, 300].map((length) => {
      const step = gradientsOf(programs.scan_reverse, [ops.ones([2]), ops.ones([length, 2])]);
      return traced((x, h) => step(x, h), [length, 2], [2]).nodes.length;
    });
    expect(sizes[0]).to.equal(sizes[1]);
  });

  it('a scan stacks only what is used', () => {
    const f = (x: Tensor, h: Tensor): Tensor[] => [programs.scan_reverse(x, h)[0]];
    const [scan] = traced(f, [5, 2], [2]).nodes;
    expect([scan.primitive, scan.outputs.length]).to.deep.equal(['scan', 1]);
    const [x, h] = [ops.ones([5, 2]), ops.ones([2])];
    expect(jit(f)(x, h)[0].arraySync()).to.deep.equal(f(x, h)[0].arraySync());
  });

  it('variables are read and assigned inside, eagerly and compiled', () => {
    const run = (compile: boolean): number[] => {
      const total = new Variable(ops.array(1));
      const scale = new Variable(ops.array(2));
      const body = (x: Tensor): Tensor => {
        const [carry] = ops.scan((c, v) => {
          total.assign_add(ops.multiply(v, scale));
          return [ops.add(c, total), null];
        }, ops.array(0), x);
        ops.cond(ops.greater(carry, 10), () => total.assign(ops.multiply(total, -1)), () => null);
        return ops.while_loop((i) => ops.less(i, 3), (i) => {
          scale.assign_add(ops.array(1));
          return ops.add(i, 1);
        }, carry);
      };
      const result = (compile ? jit(body) : body)(ops.array([1, 2, 3])).item();
      return [result, total.value.item(), scale.value.item()];
    };
    expect(run(true)).to.deep.equal([23, -13, 2]);
    expect(run(false)).to.deep.equal([23, -13, 2]);
  });

  it('gradients flow to variables read inside', () => {
    const w = new Variable(ops.array(0.5));
    const loss = (x: Tensor): unknown => keras.variable_gradients(() => {
      const [carry] = ops.scan((c, v) => [ops.multiply(ops.add(c, v), w), null], ops.array(0), x);
      return carry;
    }, [w])[1];
    const x = ops.array([1, 2]);
    // ((0 + 1) w + 2) w = w^2 + 2 w
    for (const fn of [loss, jit(loss as (x: Tensor) => Tensor[])]) {
      expect((fn(x) as Tensor[])[0].item()).to.be.closeTo(3, 1e-6);
    }
  });

  it('custom gradients count inside of loops and branches', () => {
    const clipped = ops.custom_gradient((x: Tensor) => [ops.multiply(x, 3), (g: Tensor) => ops.multiply(g, 10)]);
    const f = (x: Tensor): Tensor => ops.scan((c, v) => [ops.add(clipped(c), v), null], x, ops.array([1, 2]))[0];
    const g = (x: Tensor): Tensor => ops.cond(ops.greater(x, 0), () => clipped(x), () => x);
    for (const [fn, expected] of [[f, 100], [g, 10]] as const) {
      expect((grad(fn)(ops.array(1)) as Tensor).item()).to.equal(expected);
      expect((jit(grad(fn) as (x: Tensor) => Tensor)(ops.array(1))).item()).to.equal(expected);
    }
  });

  it('a loop without a bound refuses to be differentiated when compiled', () => {
    const f = (x: Tensor): Tensor => ops.while_loop((v) => ops.less(v, 10), (v) => ops.multiply(v, v), x);
    expect((grad(f)(ops.array(2)) as Tensor).item()).to.equal(32);
    expect(() => jit(grad(f))(ops.array(2))).to.throw('maximum_iterations');
  });

  it('unrolled steps give the same', () => {
    const x = ops.array([[1, 2], [3, -1], [0.5, 2], [1, 1], [-2, 0.5]]);
    const f = (unroll: number | boolean, reverse: boolean) => (xs: Tensor): [Tensor, Tensor] =>
      ops.scan((c, row) => [ops.add(ops.multiply(c, 0.5), row), ops.multiply(c, row)] as const, ops.zeros([2]), xs,
        { unroll, reverse }) as [Tensor, Tensor];
    for (const reverse of [false, true]) {
      const expected = f(1, reverse)(x).map((t) => t.arraySync());
      for (const unroll of [2, 3, 7, true]) {
        for (const fn of [f(unroll, reverse), jit(f(unroll, reverse))]) {
          expect(fn(x).map((t) => t.arraySync()), `${unroll} ${reverse}`).to.deep.equal(expected);
        }
      }
    }
  });

  it('any number of steps, however many go into a turn of a loop', () => tidy(() => {
    for (const length of [9, 10, 11, 23, 40]) {
      for (const reverse of [false, true]) {
        const f = (xs: Tensor): Tensor => {
          const [last, ys] = ops.scan((carry: Tensor, x: Tensor): [Tensor, Tensor] => {
            const next = ops.sin(ops.add(ops.multiply(carry, 1.1), x));
            return [next, ops.multiply(next, x)];
          }, ops.array([0.5, -0.5]), xs, null, reverse) as [Tensor, Tensor];
          return ops.concatenate([ops.reshape(last, [1, 2]), ys], 0);
        };
        const total = (xs: Tensor): Tensor => ops.sum(ops.square(f(xs)));
        const xs = ops.reshape(ops.sin(ops.arange(2 * length, { dtype: 'float32' })), [length, 2]);
        for (const fn of [f, grad(total) as (xs: Tensor) => Tensor]) {
          const expected = fn(xs).dataSync() as Float32Array;
          const found = jit(fn)(xs).dataSync() as Float32Array;
          found.forEach((value, i) => expect(value, `${length} steps, number ${i}`).to.be.closeTo(expected[i], 1e-4));
        }
      }
    }
  }));

  it('no steps at all', () => {
    const f = (x: Tensor): [Tensor, Tensor] =>
      ops.scan((c, row) => [ops.add(c, row), ops.sum(row)], ops.array([7, 8]), x) as [Tensor, Tensor];
    for (const fn of [f, jit(f)]) {
      const [carry, ys] = fn(ops.zeros([0, 2]));
      expect(carry.arraySync()).to.deep.equal([7, 8]);
      expect(ys.shape).to.deep.equal([0]);
    }
  });

  it('nothing is left behind', () => {
    const inputs = [ops.ones([4, 3]), ops.ones([3])];
    const probes = [ops.ones([3]), ops.ones([4, 3])];
    const step = gradientsOf(programs.scan_reverse, probes);
    const compiled = jit(step);
    const doubling = jit(programs.while_doubling);
    const run = (): void => {
      for (const fn of [step, compiled, programs.scan_reverse, programs.while_doubling, doubling]) {
        tidy(() => void fn(...inputs));
      }
    };
    run();
    const before = activeBackend().memory().tensors;
    run();
    expect(activeBackend().memory().tensors).to.equal(before);
  });

  it('eager loops free each step', () => {
    let peak = 0;
    const before = activeBackend().memory().tensors;
    tidy(() => ops.while_loop((i) => ops.less(i, 50), (i) => {
      peak = Math.max(peak, activeBackend().memory().tensors - before);
      return ops.add(ops.multiply(i, 1), 1);
    }, ops.array(0)));
    expect(peak).to.be.below(12);
  });
});

describe('control flow, calls', () => {
  it('vectorize leaves arguments out, and checks its signature', () => {
    const scaled = ops.vectorize((x: Tensor, k: number) => ops.multiply(x, k), { excluded: [1] });
    expect((scaled([1, 2], 3)).arraySync()).to.deep.equal([3, 6]);
    const dot = ops.vectorize((a: Tensor, b: Tensor) => ops.matmul(a, b), { signature: '(m,n),(n)->(m)' });
    // The first axes broadcast, as NumPy's do.
    const [a, b] = [ops.reshape(ops.arange(12), [2, 1, 2, 3]), ops.reshape(ops.arange(12), [4, 3])];
    expect(dot(a, b).arraySync()).to.deep.equal(
      ops.squeeze(ops.matmul(a, ops.reshape(b, [1, 4, 3, 1])), -1).arraySync());
    const product = ops.vectorize((x: Tensor, y: Tensor) => ops.multiply(x, y));
    expect(product([[1], [2]], [3, 4, 5]).arraySync()).to.deep.equal([[3, 4, 5], [6, 8, 10]]);
    expect(() => dot(ops.ones([2, 3]), ops.ones([4]))).to.throw('argument 1 must end with the dimensions (n=3), received shape [4]');
    expect(() => ops.vectorize((x: Tensor) => x, { signature: 'm->m' })).to.throw("'(m,n),(n)->(m)'");
  });

  it('custom_gradient: several arguments and outputs, in structures', () => {
    const f = ops.custom_gradient((x: { a: Tensor }, y: Tensor) => [
      [ops.multiply(x.a, y), y], (g: Tensor, h: Tensor) => [ops.multiply(g, 10), ops.add(h, 1)],
    ] as [Tensor[], (...upstream: Tensor[]) => Tensor[]]);
    const loss = (a: Tensor, b: Tensor): Tensor => {
      const [p, q] = f({ a }, b);
      return ops.add(p, ops.multiply(q, 3));
    };
    const gradients = grad(loss, { argnums: [0, 1] })(ops.array(2), ops.array(5)) as Tensor[];
    expect(gradients.map((g) => g.item())).to.deep.equal([10, 4]);
    const wrong = ops.custom_gradient((x: Tensor) => [x, (g: Tensor) => [g, g]]);
    expect(() => grad(wrong)(ops.array(1))).to.throw('expected 1, received 2');
  });

  it('says what a body changed', () => {
    const f = (body: (x: Tensor) => unknown) => () => jit((x: Tensor) =>
      ops.while_loop((v) => ops.less(ops.sum(v), 10), body, x))(ops.ones([2]));
    expect(f((x) => ops.sum(x))).to.throw('expected [float32[2]], received [float32[]]');
    expect(f((x) => [x, x])).to.throw('must have the structure tensor, received [tensor, tensor]');
    expect(f((x) => ops.cast(x, 'int32'))).to.throw('expected [float32[2]], received [int32[2]]');
    expect(() => ops.while_loop((v) => ops.less(v, 10), () => ops.ones([2]), ops.array(0)))
      .to.throw('expected [float32[]], received [float32[2]]');
  });

  it('says how branches differ', () => {
    const f = jit((p: Tensor, x: Tensor) => ops.cond(p, () => x as unknown, () => [x]));
    expect(() => f(ops.array(true), ops.array(1))).to.throw("must have the structure [tensor], received tensor");
    expect(() => ops.cond(ops.array([true, false]), () => 1, () => 2)).to.throw('one truth value, received [bool[2]]');
  });

  it('says what scan lacks', () => {
    expect(() => ops.scan((c) => [c, null], ops.array(0))).to.throw('needs the length');
    expect(() => ops.scan((c) => [c, null], ops.array(0), ops.ones([3]), 4)).to.throw('length=4, but the arrays of xs have length 3');
    expect(() => ops.map((x) => x[0], [ops.ones([3]), ops.ones([2])])).to.throw('one length along axis 0, received shapes [3], [2]');
    expect(() => ops.scan((c) => [c, null], ops.array(0), ops.ones([3]), { unroll: 0 })).to.throw('received 0');
  });

  it('takes KerasTensors, in structures too, and models run them', () => {
    const x = keras.Input({ shape: [4, 3] });
    const [carry, ys] = ops.scan((c: Tensor, row: Tensor) => [ops.add(c, ops.sum(row)), row], ops.array(0), x) as
      unknown as keras.KerasTensor[];
    expect([carry.shape, ys.shape]).to.deep.equal([[], [null, 4, 3]]);
    const y = ops.cond(ops.greater(ops.sum(x), 0), () => ops.array(1), () => ops.array(2)) as unknown as keras.KerasTensor;
    expect(y.shape).to.deep.equal([]);
    const out = ops.map((row: Tensor) => ({ double: ops.multiply(row, 2) }), { a: x }.a) as unknown as { double: keras.KerasTensor };
    expect(out.double.shape).to.deep.equal([null, 4, 3]);
    const model = new keras.Model({ inputs: x, outputs: out.double });
    expect((model(ops.ones([1, 4, 3])) as Tensor).shape).to.deep.equal([1, 4, 3]);
  });
});
