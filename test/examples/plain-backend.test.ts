/** The backend of docs/BACKENDS.md: the conformance suite, and a model trained on it. */
import { expect } from 'chai';
import { PlainBackend } from '../../examples/plain-backend.js';
import { conformanceCases } from '../../src/backend/conformance.js';
import { context } from '../../src/engine/context.js';
import * as keras from '../../src/index.js';

describe('the plain backend of the examples', () => {
  const backend = new PlainBackend();
  for (const { name, run } of conformanceCases()) it(name, () => run(backend));

  it('is told from one that computes something else', async () => {
    class Wrong extends PlainBackend {
      override compute(...args: Parameters<PlainBackend['compute']>): ReturnType<PlainBackend['compute']> {
        return super.compute(args[0] === 'subtract' ? 'add' : args[0], args[1], args[2], args[3]);
      }
    }
    const wrong = new Wrong();
    const failed: string[] = [];
    for (const { name, run } of conformanceCases()) {
      if (!/^(add|subtract|graphs)/.test(name)) continue;
      try {
        await run(wrong);
      } catch {
        failed.push(name);
      }
    }
    expect(failed.filter((name) => name.startsWith('subtract')).length).to.be.above(2);
    expect(failed.filter((name) => name.startsWith('graphs')).length).to.be.above(0);
    expect(failed.filter((name) => name.startsWith('add:'))).to.deep.equal([]);
  });

  it('computes what its page says it does', () => {
    const names = [...new Set(conformanceCases().map(({ name }) => name.split(':')[0] as keras.backend.PrimitiveName))];
    expect(names.filter((name) => backend.unsupported(name, 'float32') === undefined)).to.have.length(28);
  });

  describe('in use', () => {
    const former = context.backend;
    before(() => keras.config.set_backend('plain'));
    after(() => {
      context.backend = former;
    });

    it('fits a line, compiled', () => {
      expect(keras.config.backend()).to.equal('plain');
      const [x, y] = [keras.ops.array([[0], [1], [2]]), keras.ops.array([[1], [3], [5]])];
      const [w, b] = [new keras.Variable([[0]]), new keras.Variable([0])];
      const step = keras.jit(() => {
        const [loss, gradients] = keras.variable_gradients(
          () => keras.ops.mean(keras.ops.square(keras.ops.subtract(keras.ops.add(keras.ops.matmul(x, w), b), y))), [w, b]);
        [w, b].forEach((v, i) => v.assign_sub(keras.ops.multiply(gradients[i]!, 0.1)));
        return loss;
      });
      let loss = Infinity;
      for (let i = 0; i < 300; i++) loss = step().item() as number;
      expect(loss).to.be.below(1e-3);
      expect(w.arraySync()).to.satisfy(([[slope]]: number[][]) => Math.abs(slope - 2) < 0.05);
    });

    it('says what it lacks', () => {
      expect(() => keras.ops.sin([1])).to.throw('Cannot compute sin for dtype float32: the plain backend has no primitive sin.');
    });
  });
});
