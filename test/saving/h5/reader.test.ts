import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { bytesPerElement, type DType } from '../../../src/engine/dtype.js';
import { openH5 } from '../../../src/saving/h5/reader.js';
import { findNode, H5Error, type H5Dataset, type H5File, type H5Group } from '../../../src/saving/h5/types.js';
import { goldenPath } from '../../golden/golden.js';

interface Expected {
  datasets: Record<string, { shape: number[]; dtype: string; bytes?: string; strings?: string[] }>;
  attributes: Record<string, Record<string, unknown>>;
}
const golden = JSON.parse(readFileSync(goldenPath('saving', 'h5.json'), 'utf8')) as Record<string, Expected>;

const openGolden = (name: string): Promise<H5File> =>
  openH5(new Uint8Array(readFileSync(goldenPath('saving', `${name}.h5`))), `${name}.h5`);

/** int64 attributes come as bigint; JSON has numbers. */
const asJSON = (value: unknown): unknown =>
  typeof value === 'bigint' ? Number(value) : Array.isArray(value) ? value.map(asJSON) : value;

async function failure(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    expect(error).to.be.instanceOf(H5Error);
    return error as Error;
  }
  throw new Error('expected an error');
}

async function readValues(name: string): Promise<unknown> {
  const file = await openGolden(name);
  return (findNode(file.root, 'values') as H5Dataset).read();
}

describe('saving/h5 reader', () => {
  for (const [name, reader] of [
    ['h5_keras', 'jsfive'], ['h5_wide', 'jsfive'], ['h5_classic', 'h5wasm'], ['h5_latest', 'h5wasm'], ['h5_ordered', 'h5wasm'],
    ['h5_filters', 'h5wasm'],
  ]) {
    it(`reads all of ${name}.h5, through ${reader}`, async () => {
      const file = await openGolden(name);
      expect(file.reader).to.equal(reader);
      for (const [path, expected] of Object.entries(golden[name].datasets)) {
        const node = findNode(file.root, path) as H5Dataset;
        expect(node.kind, path).to.equal('dataset');
        const { shape, dtype, data } = node.read();
        expect({ shape, dtype }, path).to.deep.equal({ shape: expected.shape, dtype: expected.dtype });
        if (expected.strings) expect(data, path).to.deep.equal(expected.strings);
        else {
          const { buffer, byteOffset, byteLength } = data as Uint8Array;
          expect(Buffer.from(buffer, byteOffset, byteLength).toString('hex'), path).to.equal(expected.bytes);
          expect(byteLength).to.equal(shape.reduce((n, d) => n * d, 1) * bytesPerElement(dtype as DType));
        }
      }
      for (const [path, expected] of Object.entries(golden[name].attributes)) {
        const attributes = findNode(file.root, path)!;
        const found = Object.fromEntries((attributes as H5Group).attributes);
        expect(Object.fromEntries(Object.entries(found).map(([k, v]) => [k, asJSON(v)])), path).to.deep.equal(expected);
      }
    });
  }

  it('finds every link of a wide group', async () => {
    const file = await openGolden('h5_wide');
    expect((file.root.children.get('many') as H5Group).children.size).to.equal(1200);
  });

  it('names soft and external links and follows none', async () => {
    const file = await openGolden('h5_forbidden');
    expect(file.root.children.get('soft')).to.deep.include({ kind: 'link', target: '/real' });
    expect(file.root.children.get('dangling')).to.deep.include({ kind: 'link', target: '/nowhere' });
    expect(file.root.children.get('external')).to.deep.include({ kind: 'link' });
    expect((findNode(file.root, 'real') as H5Dataset).read().data).to.deep.equal(Float32Array.of(1));
    expect(findNode(file.root, 'soft/deeper')).to.equal(undefined);
  });

  it('says which dataset has a type that Keras does not know', async () => {
    const file = await openGolden('h5_forbidden');
    for (const name of ['compound', 'ragged']) {
      expect(() => (findNode(file.root, name) as H5Dataset).read()).to.throw(H5Error, `Dataset '${name}' holds`);
    }
  });

  for (const name of ['h5_virtual', 'h5_external_data']) {
    it(`reads no other file for ${name}.h5`, async () => {
      expect((await failure(readValues(name))).message).to.match(/other file/);
    });
  }

  it('refuses a dataset that declares more than its file can hold', async () => {
    const file = await openGolden('h5_bomb');
    expect(() => (findNode(file.root, 'bomb') as H5Dataset).read()).to.throw(H5Error, /decompression bomb/);
  });

  it('refuses a group that contains itself', async () => {
    expect((await failure(openGolden('h5_loop'))).message).to.match(/h5_loop.h5.*contains itself/);
  });

  it('says that other bytes are no HDF5 file', async () => {
    expect((await failure(openH5(Buffer.from('PK\x03\x04 and so on'), 'a.h5'))).message).to.match(/'a.h5' is not a valid/);
    expect((await failure(openH5(new Uint8Array(0), 'a.h5'))).message).to.match(/'a.h5' is not a valid/);
  });

  it('says that a file is cut short, wherever it is cut', async () => {
    const whole = new Uint8Array(readFileSync(goldenPath('saving', 'h5_classic.h5')));
    for (let size = 0; size < whole.length; size += 997) {
      const { message } = await failure(openH5(whole.subarray(0, size), 'cut.h5'));
      expect(message).to.match(/'cut.h5' is not a valid HDF5 file/);
    }
  });
});
