import { expect } from 'chai';
import { NDArray } from '../../src/index.js';
import { readNpy, writeNpy } from '../../src/utils/numpy-files/npy.js';
import { readPickle, type Pickled } from '../../src/utils/numpy-files/pickle.js';
import { loadGolden, type GoldenTensor } from '../golden/golden.js';
import { errorOf } from '../support/capture.js';

const golden = loadGolden('utils', 'numpy_files') as unknown as {
  cases: { name: string; file: string; value: GoldenTensor }[];
  texts: { file: string; shape: number[]; json: string }[];
  pickles: { protocol: number; pickle: string }[];
  refused: string[];
};
const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));
const numbers = (values: ArrayLike<number | bigint | boolean>): number[] => Array.from(values, Number);

describe('files of NumPy', () => {
  for (const { name, file, value } of golden.cases) {
    it(`${name}: read as NumPy wrote it, written as NumPy does`, () => {
      const array = readNpy(bytesOf(file), name);
      expect({ shape: array.shape, dtype: array.dtype }).to.deep.equal({ shape: value.shape, dtype: value.dtype });
      expect(numbers(array.data as Float64Array)).to.deep.equal(numbers(value.data));
      const again = readNpy(writeNpy(array), name);
      expect(again).to.deep.equal(array);
      // What is in rows and in this machine's order has the same bytes.
      if (!/big_endian|columns/.test(name)) expect(Buffer.from(writeNpy(array)).toString('base64')).to.equal(file);
    });
  }

  it('texts', () => {
    for (const { file, shape, json } of golden.texts) {
      const array = readNpy(bytesOf(file), 'texts');
      expect({ shape: array.shape, dtype: array.dtype }).to.deep.equal({ shape, dtype: 'string' });
      expect(array.tolist()).to.deep.equal(JSON.parse(json));
    }
  });

  it('damaged files, and dtypes that there are not', async () => {
    const whole = bytesOf(golden.cases.find(({ name }) => name === 'float32')!.file);
    await errorOf(() => readNpy(whole.subarray(0, whole.length - 1), 'a.npy'), 'takes 24 bytes, received 23');
    await errorOf(() => readNpy(whole.subarray(0, 40), 'a.npy'), 'a.npy has no header');
    await errorOf(() => readNpy(new Uint8Array(100), 'a.npy'), 'a.npy is no file of a NumPy array');
    const other = Buffer.from(Buffer.from(whole).toString('latin1').replace('<f4', '<M8'), 'latin1');
    await errorOf(() => readNpy(other, 'a.npy'), 'NumPy\'s dtype \'<M8\' are not read');
    await errorOf(() => writeNpy(new NDArray(new Float32Array(1), [1], 'bfloat16')), 'no dtype bfloat16');
  });
});

describe('pickles of plain data', () => {
  it('of every protocol', () => {
    for (const { protocol, pickle } of golden.pickles) {
      const value = readPickle(bytesOf(pickle)) as Map<string, Pickled>;
      expect(value.get('a'), String(protocol)).to.deep.equal([1, -2, 2 ** 40, 1.5, null, true, false]);
      const [x, second, third] = value.get('b') as Pickled[];
      if (protocol < 3) expect([x, second, third]).to.deep.equal(['x', [], [[]]]);
      else expect([x, Buffer.from(second as Uint8Array).toString(), third]).to.deep.equal(['x', 'yz', []]);
    }
  });

  it('nothing else is read, and nothing is run', () => {
    for (const pickle of golden.refused) expect(() => readPickle(bytesOf(pickle))).to.throw(/refused|not one of plain data/);
    const system = Buffer.from('cos\nsystem\n(S\'touch /tmp/pwned\'\ntR.');
    expect(() => readPickle(system)).to.throw(/os\.system, which no dataset of Keras's does/);
  });

  it('damaged ones are errors, whatever is changed in them', () => {
    const known = golden.pickles.map(({ pickle }) => bytesOf(pickle));
    let refused = 0;
    for (let i = 0; i < 3000; i++) {
      const bytes = known[i % known.length].slice();
      bytes[(i * 7919) % bytes.length] ^= 1 << (i % 8);
      try {
        readPickle(i % 5 === 0 ? bytes.subarray(0, (i * 31) % bytes.length) : bytes);
      } catch (error) {
        refused++;
        expect(error).to.have.property('name', 'NumpyFileError');
      }
    }
    expect(refused).to.be.above(500);
  });
});
