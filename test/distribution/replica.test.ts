import { expect } from 'chai';
import { jit } from '../../src/engine/jit.js';
import { Replica, shareFromText, shareToText } from '../../src/engine/replica.js';
import * as keras from '../../src/index.js';
import { cutOf } from '../../src/trainers/data/shard.js';
import { describeBackends } from '../support/backends.js';

const { ops } = keras;

describe('the rows of a process', () => {
  it('follow each other and are of nearly equal numbers', () => {
    const shares = [0, 1, 2].map((index) => cutOf({ index, size: 3, isOwn: false }, 8));
    expect(shares.map(({ begin, end }) => [begin, end])).to.deep.equal([[0, 2], [2, 5], [5, 8]]);
    expect(shares.map(({ share }) => share)).to.deep.equal(['rows 0-2/8', 'rows 2-5/8', 'rows 5-8/8']);
  });

  it('where there are none, one is read that does not count', () => {
    expect(cutOf({ index: 0, size: 3, isOwn: false }, 1)).to.deep.equal({ begin: 0, end: 1, share: 'rows 0-0/1' });
    expect(cutOf({ index: 2, size: 3, isOwn: false }, 1)).to.deep.equal({ begin: 0, end: 1, share: 'rows 0-1/1' });
  });

  it('of data of its own are all', () => {
    const { share } = cutOf({ index: 1, size: 3, isOwn: true }, 5);
    expect(share).to.equal('rows 0-5/?');
    expect(shareToText(shareFromText(share))).to.equal(share);
  });
});

// One process that believes to have a part of the rows, and whose group is itself alone: what it adds up are its own parts.
describeBackends('a replica', () => {
  for (const isCompiled of [false, true]) {
    const run = <T>(fn: () => T): T => (isCompiled ? jit(fn)() : fn());
    const replica = (from: number, to: number, index = 0): Replica => new Replica({ size: 1, index }, { from, to, total: 8 });
    const how = isCompiled ? 'compiled' : 'eagerly';

    it(`weighs means by rows, adds up what was added to sums, keeps integers: ${how}`, () => {
      const mean = new keras.Variable(ops.array([4, 8]));
      const sum = new keras.Variable(ops.array([1, 1]), { aggregation: 'sum' });
      const count = new keras.Variable(ops.array([5], 'int32'));
      const [gradient] = run(() => {
        const part = replica(0, 2);
        return part.run(() => {
          mean.assign(ops.array([8, 16]));
          sum.assign_add(ops.array([10, 20]));
          count.assign_add(1);
          expect(part.read(sum)).not.to.equal(undefined);
          return part.reduce([ops.array([4, 40]), null]) as [keras.Tensor, null];
        });
      });
      expect(gradient.arraySync()).to.deep.equal([1, 10]);
      expect(mean.arraySync()).to.deep.equal([2, 4]);
      expect(sum.arraySync()).to.deep.equal([11, 21]);
      expect(count.arraySync()).to.deep.equal([6]);
    });

    it(`a share without rows counts for nothing, whatever it holds: ${how}`, () => {
      const sum = new keras.Variable(ops.array([1, 1]), { aggregation: 'sum' });
      const [gradient] = run(() => {
        const part = replica(2, 2);
        return part.run(() => {
          sum.assign_add(ops.array([NaN, 3]));
          return part.reduce([ops.array([NaN, 7])]) as [keras.Tensor];
        });
      });
      expect(gradient.arraySync()).to.deep.equal([0, 0]);
      expect(sum.arraySync()).to.deep.equal([1, 1]);
    });

    it(`gathers rows into their place: ${how}`, () => {
      const [floats, flags] = run(() => replica(2, 4).run(() => {
        const part = replica(2, 4);
        return [part.gather(ops.array([[1, 2], [3, 4]])), part.gather(ops.array([true, true]))];
      }));
      expect(floats.arraySync()).to.deep.equal([[0, 0], [0, 0], [1, 2], [3, 4], [0, 0], [0, 0], [0, 0], [0, 0]]);
      expect([flags.dtype, flags.arraySync()]).to.deep.equal(['bool', [false, false, true, true, false, false, false, false]]);
    });
  }

  it('draws random numbers of its own', () => {
    const draw = (index: number): unknown => new Replica({ size: 1, index }, { from: 0, to: 1, total: 2 }).run(() =>
      keras.random.uniform([4], { seed: new keras.random.SeedGenerator(3) }).arraySync());
    expect(draw(0)).to.deep.equal(keras.random.uniform([4], { seed: new keras.random.SeedGenerator(3) }).arraySync());
    expect(draw(1)).not.to.deep.equal(draw(0));
    expect(draw(2)).not.to.deep.equal(draw(1));
  });
});
