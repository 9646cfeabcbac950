import { expect } from 'chai';
import '../../src/backend/config.js';
import { activeBackend } from '../../src/engine/context.js';
import { toTensor } from '../../src/engine/convert.js';
import { jit } from '../../src/engine/jit.js';
import { TracedValueError, type Tensor } from '../../src/engine/tensor.js';
import { Variable } from '../../src/engine/variable.js';
import { add, multiply, square } from '../../src/ops/numpy/arithmetic.js';

describe('jit', () => {
  it('traces once for each signature', () => {
    let traces = 0;
    const f = jit((x: Tensor, k: number) => {
      traces += 1;
      return multiply(x, k);
    });
    expect(f(toTensor([1, 2]), 3).arraySync()).to.deep.equal([3, 6]);
    expect(f(toTensor([5, 6]), 4).arraySync()).to.deep.equal([20, 24]);
    expect(traces).to.equal(1);
    expect(f.hasTraced(toTensor([7, 8]), 5)).to.be.true;
    expect(f.hasTraced(toTensor([1, 2, 3]), 3)).to.be.false;
    f(toTensor([1, 2, 3]), 3);
    expect(f.hasTraced(toTensor([1, 2, 3]), 3)).to.be.true;
    f(toTensor([1, 2], 'int32'), 3);
    expect(traces).to.equal(3);
    expect(f.traceCount).to.equal(3);
  });

  it('keeps structures, constants and arguments that are returned as they are', () => {
    const f = jit((x: { a: Tensor; b: Tensor[] }) => ({ sum: add(x.a, x.b[0]), same: x.a, label: 'k', list: [x.b[0]] }));
    const out = f({ a: toTensor([1]), b: [toTensor([2])] });
    expect(out.sum.arraySync()).to.deep.equal([3]);
    expect(out.same.arraySync()).to.deep.equal([1]);
    expect(out.label).to.equal('k');
    expect(out.list[0].arraySync()).to.deep.equal([2]);
  });

  it('reads and assigns variables, in call and runAsync', async () => {
    const v = new Variable(toTensor([1, 2]), { name: 'state' });
    const f = jit((x: Tensor) => {
      const before = v.value;
      v.assign_add(x);
      return [before, v.value];
    });
    const [before, after] = f(toTensor([10, 10]));
    expect(before.arraySync()).to.deep.equal([1, 2]);
    expect(after.arraySync()).to.deep.equal([11, 12]);
    await f.runAsync(toTensor([1, 1]));
    expect(v.value.arraySync()).to.deep.equal([12, 13]);
    expect(f.traceCount).to.equal(1);
  });

  it('every reader of a variable sees the value before its update', () => {
    const a = new Variable(toTensor([1, 2]), { name: 'a' });
    const b = new Variable(toTensor([10, 20]), { name: 'b' });
    const swap = jit(() => {
      const [x, y] = [a.value, b.value];
      a.assign(y);
      b.assign(x);
      return square(x);
    });
    expect(swap().arraySync()).to.deep.equal([1, 4]);
    expect(a.value.arraySync()).to.deep.equal([10, 20]);
    expect(b.value.arraySync()).to.deep.equal([1, 2]);
  });

  it('captures tensors from outside', () => {
    const c = toTensor([2, 3]);
    const f = jit((x: Tensor) => multiply(x, c));
    expect(f(toTensor([1, 1])).arraySync()).to.deep.equal([2, 3]);
    expect(f(toTensor([2, 2])).arraySync()).to.deep.equal([4, 6]);
  });

  it('reading a value while tracing is an error that says what to do', () => {
    const f = jit((x: Tensor) => x.dataSync()[0]);
    expect(() => f(toTensor([1]))).to.throw(TracedValueError, /run_eagerly/);
  });

  it('a tensor kept from a finished trace is an error', () => {
    let kept: Tensor | undefined;
    jit((x: Tensor) => (kept = square(x)))(toTensor([1]));
    expect(() => add(kept!, 1)).to.throw(/outside of the function being traced|trace/);
  });

  it('inlines in another trace', () => {
    const inner = jit((x: Tensor) => square(x));
    const outer = jit((x: Tensor) => add(inner(x), 1));
    expect(outer(toTensor([3])).arraySync()).to.deep.equal([10]);
    expect(inner.traceCount).to.equal(0);
  });

  it('leaves nothing behind', () => {
    const x = toTensor([1, 2, 3]);
    const f = jit((t: Tensor) => add(square(t), 1));
    f(x).dispose();
    const before = activeBackend().memory();
    for (let i = 0; i < 100; i++) f(x).dispose();
    expect(activeBackend().memory()).to.deep.equal(before);
  });

  for (const way of ['runAsync', 'runAlone'] as const) {
    it(`${way} lets the event loop turn`, async () => {
      const v = new Variable(toTensor(0), { name: 'count' });
      const f = jit(() => {
        v.assign_add(toTensor(1));
        return v.value;
      });
      let turns = 0;
      let next: NodeJS.Immediate;
      const turn = (): void => {
        turns += 1;
        next = setImmediate(turn);
      };
      next = setImmediate(turn);
      for (let i = 0; i < 2000; i++) (await f[way]()).dispose();
      clearImmediate(next);
      expect(v.value.item()).to.equal(2000);
      expect(turns).to.be.greaterThan(3);
    });
  }

  it('runs take place in the order of their calls, alone or not', async () => {
    const v = new Variable(toTensor(1), { name: 'v' });
    const f = jit((x: Tensor, y: Tensor) => {
      v.assign(add(multiply(v, x), y));
      return v.value;
    });
    const wanted: number[] = [];
    let value = 1;
    const runs: Promise<Tensor>[] = [];
    for (let i = 0; i < 300; i++) {
      const [x, y] = [(i % 5) / 4, i % 3];
      value = Math.fround(Math.fround(value * x) + y);
      wanted.push(value);
      runs.push(i % 7 === 0 ? f.runAsync(toTensor(x), toTensor(y)) : f.runAlone(toTensor(x), toTensor(y)));
      if (i % 10 < 6) await runs.at(-1);
    }
    expect((await Promise.all(runs)).map((result) => result.item())).to.deep.equal(wanted);
  });
});
