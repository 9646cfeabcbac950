/** The golden files are whole, and the helpers that compare with them see differences. */
import { expect } from 'chai';
import { readdirSync, statSync } from 'node:fs';
import type { GoldenTensor } from './golden.js';
import { closeTo, difference, equalTo, goldenPath, isGoldenTensor, loadGolden } from './golden.js';

const AREAS = [
  'ops', 'gradients', 'dtypes', 'random', 'initializers', 'layers', 'losses', 'metrics', 'optimizers',
  'models', 'saved', 'digits', 'control', 'utils',
];

function floats(data: number[], shape = [data.length], dtype = 'float32'): GoldenTensor {
  return { dtype, shape, data };
}

describe('golden data', () => {
  for (const area of AREAS) {
    it(`${area}: every file has its versions, its cases and a small size`, () => {
      const families = readdirSync(goldenPath(area)).filter((name) => name.endsWith('.json'));
      expect(families.length).to.be.above(0);
      for (const file of families) {
        expect(statSync(goldenPath(area, file)).size, file).to.be.below(300_000);
        const golden = loadGolden(area, file.replace('.json', ''));
        expect(golden.versions, file).to.include({ keras: '3.15.1', tensorflow: '2.21.0' });
        expect(golden.cases.length, file).to.be.above(0);
      }
    });
  }

  it('says which command makes a missing file', () => {
    expect(() => loadGolden('ops', 'nothing')).to.throw('python test/golden/make.py ops/nothing');
  });

  it('decodes integers of 64 bits, booleans, slices and what is not finite', () => {
    const unary = loadGolden('ops', 'unary').cases.filter(({ op }) => op === 'absolute');
    const dtypes = new Set(unary.map(({ args }) => (isGoldenTensor(args[0]) ? args[0].dtype : '')));
    expect([...dtypes]).to.include.members(['float32', 'float64', 'bfloat16', 'int64', 'bool']);
    const inputs = unary.map(({ args }) => args[0] as GoldenTensor);
    const special = inputs.find(({ data }) => Number.isNaN(data[2]));
    expect(special?.data).to.deep.equal([0, -0, NaN, Infinity, -Infinity]);
    const wide = inputs.find(({ dtype }) => dtype === 'int64');
    expect(wide?.data[0]).to.be.a('bigint');
    const calls = loadGolden('ops', 'indexing').cases.filter(({ op }) => op === 'get_item');
    const keys = calls.map(({ args }) => args[1]);
    expect(keys).to.deep.include({ slice: [1, null, null] });
    expect(keys).to.deep.include({ ellipsis: true });
  });
});

describe('comparison with golden data', () => {
  it('accepts rounding of the dtype, equal NaNs and equal infinities', () => {
    const expected = floats([1, NaN, Infinity, -Infinity, 0]);
    expect(difference({ data: [1.000001, NaN, Infinity, -Infinity, 1e-9] }, expected)).to.equal(undefined);
    expect(difference({ data: [1.002] }, floats([1], [1], 'float16'))).to.equal(undefined);
  });

  it('names the first differing index, both values and the largest difference', () => {
    const message = difference({ data: [1, 2, 3, 4.5] }, floats([1, 2, 3.25, 4], [2, 2]));
    expect(message).to.contain('2 of 4').and.to.contain('first at [1, 0]: expected 3.25, received 3');
    expect(message).to.contain('max abs difference 0.5');
  });

  it('sees NaN on one side, infinities of different sign, shape and dtype', () => {
    expect(difference({ data: [NaN] }, floats([1]))).to.contain('received NaN');
    expect(difference({ data: [-Infinity] }, floats([Infinity]))).to.contain('received -Infinity');
    expect(difference({ data: [1], shape: [1, 1] }, floats([1]))).to.contain('expected [1], received [1, 1]');
    expect(difference({ data: [1], dtype: 'int32' }, floats([1]))).to.contain('dtype: expected float32');
    expect(difference({ data: [1, 2] }, floats([1]))).to.contain('size: expected 1');
  });

  it('compares integers exactly, also beyond 2^53', () => {
    const wide: GoldenTensor = { dtype: 'int64', shape: [1], data: [9007199254740993n] };
    expect(difference({ data: [9007199254740992n] }, wide)).to.contain('received 9007199254740992');
    expect(() => closeTo({ data: [3] }, floats([4], [1], 'int32'))).to.throw('expected 4, received 3');
    expect(() => equalTo({ data: [1.0000001] }, floats([1]), 'draw')).to.throw('draw: 1 of 1');
  });
});
