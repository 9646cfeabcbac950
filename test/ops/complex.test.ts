/**
 * Functions of complex numbers and their gradients against TensorFlow: pairs of real numbers go in, real and imaginary
 * parts of all results come out.
 */
import { expect } from 'chai';
import type { Backend } from '../../src/backend/backend.js';
import { context } from '../../src/engine/context.js';
import { grad } from '../../src/engine/gradients.js';
import { jit } from '../../src/engine/jit.js';
import type { Tensor } from '../../src/engine/tensor.js';
import * as ops from '../../src/ops/index.js';
import { difference, loadGolden, type ActualTensor, type GoldenTensor } from '../golden/golden.js';
import { tensorOf } from '../golden/tensors.js';
import { backendNamed } from '../support/backends.js';
import { opNamed } from '../support/check-op.js';

interface ComplexRow {
  op: string;
  args: GoldenTensor[];
  outputs: [GoldenTensor];
  probe: [GoldenTensor];
  grads: GoldenTensor[];
}

/** Ops whose gradient differs on purpose, and why. */
const DEPARTURES: Readonly<Record<string, string>> = { det: 'TensorFlow leaves out a conjugate' };

const TOLERANCE = { rtol: 1e-4, atol: 2e-5 };
const hostOf = (x: Tensor): ActualTensor => ({ shape: x.shape, dtype: x.dtype, data: x.dataSync() as Float32Array });

/** Parts of all results in one vector. The phase of an eigenvector is free, so its size is taken. */
function partsOf(op: string, pairs: readonly Tensor[]): Tensor {
  const result = opNamed(op)(...pairs.map((x) => ops.view_as_complex(x)));
  const [first, second] = [result].flat() as Tensor[];
  const results = second === undefined ? [first] : [first, op === 'eig' ? ops.absolute(second) : second];
  return ops.concatenate(results.flatMap((x) => [ops.ravel(ops.real(x)), ops.ravel(ops.imag(x))]));
}

describe('complex numbers against TensorFlow', () => {
  let former: Backend | undefined;
  before(function () {
    const backend = backendNamed('tensorflow');
    if (!backend) this.skip();
    former = context.backend;
    context.backend = backend;
  });
  after(() => {
    context.backend = former;
  });

  const { cases } = loadGolden<ComplexRow>('gradients', 'complex_numbers');
  for (const { op, args, outputs, probe, grads } of cases) {
    it(op, () => {
      const pairs = args.map(tensorOf);
      expect(difference(hostOf(partsOf(op, pairs)), outputs[0], TOLERANCE)).to.equal(undefined);
      if (op in DEPARTURES) return;
      const total = (xs: Tensor[]): Tensor => ops.sum(ops.multiply(partsOf(op, xs), tensorOf(probe[0])));
      (grad(total)(pairs) as Tensor[]).forEach((gradient, i) =>
        expect(difference(hostOf(gradient), grads[i], TOLERANCE), `by operand ${i}`).to.equal(undefined));
    });
  }

  it('refuses what has no kernel by name, in a compiled function too', () => {
    const z = ops.view_as_complex([[1, 2]]);
    const run = jit((x: Tensor) => ops.floor(x));
    for (const call of [() => ops.floor(z), () => run(z)]) {
      expect(call).to.throw(TypeError, /floor.*complex64.*tensorflow/);
    }
    run.dispose();
  });

  it('det against finite differences', () => {
    const [{ args: [golden] }] = cases.filter(({ op }) => op === 'det');
    const x = tensorOf(golden);
    const f = (y: Tensor): Tensor => ops.sum(ops.multiply(partsOf('det', [y]), [0.7, -1.3]));
    const gradient = (grad(f)(x) as Tensor).dataSync() as Float32Array;
    gradient.forEach((value, i) => {
      const step = ops.reshape(ops.one_hot(i, x.size), x.shape);
      const at = (distance: number): number => f(ops.add(x, ops.multiply(step, distance))).item();
      // A determinant of two rows is of first degree in each element, so that any step is exact.
      expect(value).to.be.closeTo((at(1) - at(-1)) / 2, 1e-4);
    });
  });

  it('has derivatives of second order', () => {
    // |z^2|^2 = (x^2 + y^2)^2, of which the second derivative by x is 12 x^2 + 4 y^2.
    const f = (x: Tensor): Tensor => ops.square(ops.absolute(ops.square(ops.view_as_complex(x))));
    const first = grad(f);
    const second = grad((x: Tensor) => ops.get_item(first(x) as Tensor, 0));
    const values = (second(ops.convert_to_tensor([1.5, 0.5])) as Tensor).dataSync() as Float32Array;
    expect(values[0]).to.be.closeTo(12 * 2.25 + 4 * 0.25, 1e-3);
    expect(values[1]).to.be.closeTo(8 * 1.5 * 0.5, 1e-3);
  });
});
