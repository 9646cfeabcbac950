import { expect } from 'chai';
import { Readable } from 'node:stream';
import { DTYPES, makeHostArray, type DType } from '../../../src/engine/dtype.js';
import { openH5 } from '../../../src/saving/h5/reader.js';
import { findNode, type H5Array, type H5Dataset, type H5Group } from '../../../src/saving/h5/types.js';
import { H5Writer } from '../../../src/saving/h5/writer.js';

async function bytesOf(writer: H5Writer): Promise<Uint8Array> {
  const { byteLength, chunks } = await writer.finish();
  const bytes = new Uint8Array(Buffer.concat(await Readable.from(chunks()).toArray() as Uint8Array[]));
  expect(bytes.length).to.equal(byteLength);
  return bytes;
}

/** Every element a different bit pattern. */
function sample(dtype: DType, shape: readonly number[]): H5Array {
  const size = shape.reduce((n, d) => n * d, 1);
  if (dtype === 'string') return { shape, dtype, data: Array.from({ length: size }, (_, i) => 'ß'.repeat(i)) };
  const data = makeHostArray(dtype, size);
  const bytes = new Uint8Array(data.buffer);
  for (let i = 0; i < bytes.length; i++) bytes[i] = dtype === 'bool' ? i % 2 : (37 * i + 11) % 120;
  return { shape, dtype, data };
}

/** Types that jsfive does not read exactly: a file that has them is read by h5wasm. */
const NOT_FOR_JSFIVE: readonly DType[] = ['bool', 'complex64'];

describe('saving/h5 writer', () => {
  for (const [reader, dtypes] of [
    ['jsfive', DTYPES.filter((dtype) => !NOT_FOR_JSFIVE.includes(dtype))], ['h5wasm', DTYPES],
  ] as const) {
    it(`writes every dtype and rank so that ${reader} reads the same bits`, async () => {
      const writer = new H5Writer();
      const arrays = new Map<string, H5Array>();
      for (const dtype of dtypes) {
        for (const shape of [[], [5], [2, 3], [0, 4], [1, 2, 1, 2, 2], [70_000]]) {
          if (dtype === 'string' && shape[0] === 70_000) continue;
          const path = `group_${dtype}/nested/${shape.length}_${shape.join('x')}`;
          arrays.set(path, sample(dtype, shape));
          writer.createDataset(path, arrays.get(path)!);
        }
      }
      const file = await openH5(await bytesOf(writer), 'written.h5');
      expect(file.reader).to.equal(reader);
      for (const [path, { shape, dtype, data }] of arrays) {
        const found = (findNode(file.root, path) as H5Dataset).read();
        expect({ ...found, shape: [...found.shape] }, path).to.deep.equal({ shape, dtype, data });
      }
    });

    it(`writes attributes so that ${reader} reads them`, async () => {
      const writer = new H5Writer();
      writer.createGroup('empty/inner');
      if (reader === 'h5wasm') writer.createDataset('flag', sample('bool', [1]));
      const attributes = {
        name: 'dense', unicode: 'größer 日本', nothing: '', long: 'x'.repeat(70_000), whole: -3, part: 0.25,
        texts: ['a', '', 'ß'], numbers: [1.5, -2], integers: [1, 2, 3], none: [],
      };
      for (const [name, value] of Object.entries(attributes)) writer.setAttribute('empty/inner', name, value);
      writer.setAttribute('', 'keras_version', '3.15.1');
      const file = await openH5(await bytesOf(writer), 'written.h5');
      const plain = (v: unknown): unknown => (typeof v === 'bigint' ? Number(v) : Array.isArray(v) ? v.map(plain) : v);
      const found = (findNode(file.root, 'empty/inner') as H5Group).attributes;
      expect(Object.fromEntries([...found].map(([k, v]) => [k, plain(v)]))).to.deep.equal(attributes);
      expect(file.root.attributes.get('keras_version')).to.equal('3.15.1');
    });

    for (const count of [0, 1, 8, 9, 256, 257, 9000]) {
      it(`writes a group of ${count} members so that ${reader} finds each`, async function () {
        this.timeout(20_000);
        const writer = new H5Writer();
        writer.createGroup('group');
        if (reader === 'h5wasm') writer.createDataset('flag', sample('bool', [1]));
        for (let i = 0; i < count; i++) {
          writer.createDataset(`group/${i}`, { shape: [1], dtype: 'float32', data: Float32Array.of(i) });
        }
        const file = await openH5(await bytesOf(writer), 'written.h5');
        const { children } = findNode(file.root, 'group') as H5Group;
        expect(children.size).to.equal(count);
        for (let i = 0; i < count; i += 1 + Math.floor(count / 50)) {
          expect((children.get(String(i)) as H5Dataset).read().data).to.deep.equal(Float32Array.of(i));
        }
      });
    }
  }

  it('gives large arrays out as they are, without a copy', async () => {
    const writer = new H5Writer();
    const data = new Float32Array(100_000);
    writer.createDataset('0', { shape: [100_000], dtype: 'float32', data });
    const chunks = await Readable.from((await writer.finish()).chunks()).toArray() as Uint8Array[];
    expect(chunks.some((chunk) => chunk.buffer === data.buffer)).to.equal(true);
  });

  it('refuses what would make a wrong file', () => {
    const writer = new H5Writer();
    writer.createDataset('a/0', sample('float32', [2]));
    expect(() => writer.createDataset('a/0', sample('float32', [2]))).to.throw(/'a\/0' exists/);
    expect(() => writer.createDataset('a/0/1', sample('float32', [2]))).to.throw(/an array, not a group/);
    expect(() => writer.createGroup('a//b')).to.throw(/no path/);
    expect(() => writer.createDataset('b', { ...sample('int8', [2]), shape: [3] })).to.throw(/shape \[3\]/);
    expect(() => writer.setAttribute('nowhere', 'x', 1)).to.throw(/no 'nowhere'/);
    expect(() => writer.setAttribute('a', 'huge', Array.from({ length: 9000 }, (_, i) => i))).to.throw(/'huge' takes/);
  });
});

