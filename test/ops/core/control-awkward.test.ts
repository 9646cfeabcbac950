/** Loops and branches at awkward points: compiled as eagerly, in value and gradients. */
import { expect } from 'chai';
import * as keras from '../../../src/index.js';
import { tidy } from '../../../src/engine/scope.js';
import type { Tensor } from '../../../src/engine/tensor.js';
import { describeBackends } from '../../support/backends.js';

const { ops } = keras;
const { add, multiply, matmul, sum, tanh } = ops;

type Scan = (f: (carry: never, x: never) => unknown, init: unknown, xs: unknown, options?: object) => [never, never];
const scan = ops.scan as unknown as Scan;

/** Numbers of a function of x [4, 2, 3], w [3, 3] and b [3]. */
const programs: Record<string, (x: Tensor, w: Tensor, b: Tensor) => Tensor> = {
  'a counter beside a state': (x, w) => {
    const [carry] = scan(([h, i]: [Tensor, Tensor], v: Tensor) => [
      [tanh(add(matmul(h, w), multiply(v, ops.cast(i, 'float32')))), add(i, 1)], i,
    ], [ops.zeros([2, 3]), ops.array(1, 'int32')], x);
    return sum(carry[0]);
  },
  'a state that each step replaces': (x, w) => sum(scan((_: Tensor, v: Tensor) => [matmul(v, w), v], x_0(x), x)[0]),
  'a state that stays': (x, w) => {
    const [c, ys] = scan((h: Tensor, v: Tensor) => [h, multiply(h, v)], matmul(x_0(x), w), x);
    return add(sum(c), sum(ops.square(ys as Tensor)));
  },
  'results alone': (x, w) => sum(ops.square(scan((h: Tensor, v: Tensor) => [tanh(add(matmul(h, w), v)), h], x_0(x), x)[1] as Tensor)),
  'no results': (x, w) => sum(scan((h: Tensor, v: Tensor) => [tanh(add(matmul(h, w), v)), null], x_0(x), x)[0]),
  'a bias inside': (x, w, b) => sum(scan((h: Tensor, v: Tensor) => [tanh(add(add(matmul(h, w), v), b)), null], x_0(x), x)[0]),
  'a weight used in several ways': (x, w, b) => sum(scan((h: Tensor, v: Tensor) => [
    add(tanh(matmul(h, ops.transpose(w))), multiply(matmul(v, w), ops.get_item(w, 0))), multiply(b, h)], x_0(x), x)[0]),
  'one tensor as state, sequence and capture': (x) => sum(scan((h: Tensor, v: Tensor) =>
    [multiply(ops.sin(h), x), sum(v)], x, x)[0]),
  'structures': (x, w, b) => {
    const [c, y] = scan((s: { h: Tensor; n: [Tensor] }, { v, u }: { v: Tensor; u: Tensor }) => [
      { h: tanh(add(s.h, multiply(v, u))), n: [add(s.n[0], sum(v))] }, { a: [multiply(s.n[0], u)] },
    ], { h: matmul(x_0(x), w), n: [sum(b)] }, { v: x, u: ops.cos(x) }) as unknown as
      [{ h: Tensor; n: [Tensor] }, { a: [Tensor] }];
    return add(add(sum(c.h), c.n[0]), sum(y.a[0]));
  },
  'backwards over a scan of a scan': (x, w) => sum(scan((h: Tensor, v: Tensor) => {
    const [inner, rows] = scan((a: Tensor, row: Tensor) => [tanh(add(matmul(ops.reshape(row, [1, 3]), w), a)), a], ops.ones([1, 3]), v);
    return [add(h, sum(inner)), rows];
  }, sum(w), x, { reverse: true })[0]),
  'products of batches': (x, w) => sum(scan((h: Tensor, v: Tensor) => [
    tanh(matmul(h, ops.reshape(add(w, sum(v)), [1, 3, 3]))), null], ops.ones([2, 1, 3]), x)[0]),
  'a loop with a bound over a capture': (x, w) => sum(ops.while_loop((h: Tensor) => ops.less(sum(ops.absolute(h)), 50),
    (h: Tensor) => add(multiply(matmul(h, w), 2), x_0(x)), x_0(x), { maximum_iterations: 6 })),
  'branches over captures, of which one is used by one': (x, w, b) => add(
    ops.cond(ops.greater(sum(x), 0), () => sum(multiply(w, b)), () => sum(ops.exp(b))),
    ops.switch(ops.cast(multiply(sum(ops.absolute(b)), 0), 'int32'), [() => sum(ops.square(x)), () => sum(w)])),
  'a branch in a loop with a bound in a scan': (x, w) => sum(scan((h: Tensor, v: Tensor) => [
    ops.while_loop((s: Tensor) => ops.less(sum(ops.absolute(s)), 8),
      (s: Tensor) => ops.cond(ops.greater(sum(s), 0), () => matmul(add(s, v), w), () => multiply(s, -1.5)), h, { maximum_iterations: 3 }),
    null], x_0(x), x)[0]),
  'vectorized in a scan': (x, w) => sum(scan((h: Tensor, v: Tensor) => [
    ops.vectorized_map(([a, c]: Tensor[]) => tanh(add(ops.squeeze(matmul(ops.reshape(a, [1, 3]), w), 0), c)), [h, v]) as Tensor,
    null], x_0(x), x)[0]),
  'a gradient inside': (x, w) => sum(scan((h: Tensor, v: Tensor) => [
    keras.grad((t: Tensor) => sum(tanh(add(matmul(t, w), v))))(h) as Tensor, null], x_0(x), x)[0]),
  'stopped and rounded': (x, w) => sum(scan((h: Tensor, v: Tensor) => [
    add(multiply(ops.stop_gradient(h), v), ops.round(matmul(h, w))), null], x_0(x), x)[0]),
  'rematerialized': (x, w) => {
    const step = keras.remat((h: Tensor, v: Tensor) => tanh(add(matmul(h, w), v)));
    return sum(scan((h: Tensor, v: Tensor) => [step(h, v), null], x_0(x), x)[0]);
  },
};
/** The first element. */
const x_0 = (x: Tensor): Tensor => ops.get_item(x, 0);

describeBackends('awkward control flow', () => {
  for (const [name, program] of Object.entries(programs)) {
    it(name, () => tidy(() => {
      const inputs = [keras.random.normal([4, 2, 3], { seed: 1 }), keras.random.normal([3, 3], { seed: 2 }), keras.random.normal([3], { seed: 3 })];
      const step = (...all: Tensor[]): Tensor[] => {
        const [value, gradients] = keras.value_and_grad(program, { argnums: [0, 1, 2] })(...(all as [Tensor, Tensor, Tensor]));
        return [value, ...gradients as Tensor[]];
      };
      const [eager, compiled] = [step(...inputs), keras.jit(step)(...inputs)];
      eager.forEach((expected, i) => {
        const scale = 1 + ops.max(ops.absolute(expected)).item();
        const difference = ops.max(ops.absolute(ops.subtract(expected, compiled[i]))).item();
        expect(difference / scale, `result ${i}`).to.be.below(2e-5);
      });
    }));
  }

  it('random numbers of a scan are those of the eager loop, and its seed goes on', () => {
    const draws = [false, true].map((compile) => {
      const seed = new keras.SeedGenerator(11);
      const f = (x: Tensor): Tensor => scan((h: Tensor, v: Tensor) =>
        [h, add(v, keras.random.uniform([2], { seed }))], ops.array(0), x)[1];
      const run = compile ? keras.jit(f) : f;
      return [run(ops.zeros([3, 2])).arraySync(), run(ops.zeros([3, 2])).arraySync()];
    });
    expect(draws[1]).to.deep.equal(draws[0]);
    expect(draws[0][0]).to.not.deep.equal(draws[0][1]);
  });
});

describe('control flow under mixed precision', () => {
  it('a scan in a layer that computes in bfloat16', async () => {
    class Steps extends keras.layers.Layer {
      declare w: keras.Variable;
      override build(): void {
        this.w = this.add_weight({ shape: [3, 3], initializer: 'orthogonal', name: 'w' });
      }
      override call(x: Tensor): Tensor {
        const [h] = ops.scan((c, v) => [tanh(add(matmul(c, this.w), v)), null],
          ops.zeros([x.shape[0], 3], x.dtype), ops.transpose(x, [1, 0, 2]));
        expect(h.dtype).to.equal('bfloat16');
        return h;
      }
    }
    const model = new keras.Sequential([new Steps({ dtype: 'mixed_bfloat16' }), new keras.layers.Dense(1)]);
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    const { history } = await model.fit(keras.random.normal([4, 5, 3], { seed: 1 }), ops.ones([4, 1]), { epochs: 5, verbose: 0 });
    const losses = history.loss as number[];
    expect(losses[4]).to.be.below(losses[0]);
  });
});
