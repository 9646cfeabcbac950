import { expect } from 'chai';
import { setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import '../../src/backend/config.js';
import { activeBackend } from '../../src/engine/context.js';
import { toTensor } from '../../src/engine/convert.js';
import { keep, tidy } from '../../src/engine/scope.js';
import { DisposedTensorError } from '../../src/engine/tensor.js';
import { Variable } from '../../src/engine/variable.js';
import { add, multiply, square } from '../../src/ops/numpy/arithmetic.js';

const count = (): number => activeBackend().memory().tensors;
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Finalizers run between turns of the event loop. */
async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) {
    collect();
    await wait(5);
  }
}

describe('memory', () => {
  it('tidy frees all but the result', () => {
    const x = toTensor([1, 2]);
    square(x).dispose();
    const before = count();
    const y = tidy(() => add(square(x), multiply(x, x)));
    expect(count()).to.equal(before + 1);
    expect(y.arraySync()).to.deep.equal([2, 8]);
    y.dispose();
    expect(count()).to.equal(before);
  });

  it('keep outlives scopes, also nested ones', () => {
    const kept = tidy(() => tidy(() => {
      const t = keep(toTensor([7]));
      return { size: t.size, read: () => t.arraySync() };
    }));
    expect(kept.read()).to.deep.equal([7]);
  });

  it('results in nested structures survive', () => {
    const out = tidy(() => ({ a: [toTensor([1])], b: { c: toTensor([2]) } }));
    expect(out.a[0].arraySync()).to.deep.equal([1]);
    expect(out.b.c.arraySync()).to.deep.equal([2]);
  });

  it('using frees at the end of the block', () => {
    const before = count();
    {
      using t = toTensor([1, 2, 3]);
      expect(t.size).to.equal(3);
    }
    expect(count()).to.equal(before);
  });

  it('use after dispose is an error naming the tensor', () => {
    const t = toTensor([1, 2]);
    t.dispose();
    t.dispose();
    expect(() => add(t, 1)).to.throw(DisposedTensorError, new RegExp(`Tensor ${t.id} of shape \\[2\\].*keep`));
  });

  it('tidy refuses promises', () => {
    expect(() => tidy(() => Promise.resolve(1))).to.throw(TypeError, /synchronous/);
  });

  it('unreachable tensors and variables are freed', async () => {
    await settle();
    const before = count();
    (() => {
      for (let i = 0; i < 200; i++) {
        add(toTensor([i]), 1);
        expect(new Variable(toTensor([i]), { name: 'v' }).size).to.equal(1);
      }
    })();
    await settle();
    expect(count()).to.be.lessThan(before + 20);
  });

  it('a collection comes by itself when much waits for one', async () => {
    await settle();
    const before = activeBackend().memory().bytes;
    const data = new Float32Array(8 * 1024 * 1024);
    // 2.5 GB in all, 32 MB a turn, none of it reachable for longer than its turn.
    let most = 0;
    for (let i = 0; i < 80; i++) {
      toTensor(data);
      await wait(1);
      most = Math.max(most, activeBackend().memory().bytes - before);
    }
    expect(most).to.be.lessThan(800e6);
  });
});
