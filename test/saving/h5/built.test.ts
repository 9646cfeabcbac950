/**
 * The thread of HDF5 as it is in the package: bundled, and with an HDF5 that was started when it was built. Does what the
 * sources do, to the byte. Runs on `dist/`, which `npm test` builds first.
 */
import { expect } from 'chai';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { DTYPES } from '../../../src/engine/dtype.js';
import { readWithH5wasm } from '../../../src/saving/h5/h5wasm-reader.js';
import { layOut } from '../../../src/saving/h5/h5wasm-writer.js';
import { readWithJsfive } from '../../../src/saving/h5/jsfive-reader.js';
import type { ReadReply, ReadRequest, WriteReply, WriteRequest, WrittenDataset } from '../../../src/saving/h5/plain-tree.js';
import { compileProgram } from '../../../src/saving/h5/program.js';
import { byteLengthOf } from '../../../src/engine/shape.js';
import type { ProgramMessage, ThreadOptions } from '../../../src/saving/h5/thread.js';
import { goldenPath } from '../../golden/golden.js';

const dist = fileURLToPath(new URL('../../../dist', import.meta.url));
const folder = join(dist, 'chunks');

/** Has a new thread answer one request. */
async function ask(options: ThreadOptions, ...messages: (ReadRequest | WriteRequest | ProgramMessage)[]): Promise<unknown> {
  const worker = new Worker(join(dist, 'saving', 'h5', 'worker.cjs'), { workerData: options });
  try {
    return await new Promise((resolve, reject) => {
      worker.on('message', resolve).on('error', reject);
      for (const message of messages) worker.postMessage(message, []);
    });
  } finally {
    await worker.terminate();
  }
}

function request(): WriteRequest {
  const datasets: WrittenDataset[] = DTYPES.flatMap((dtype) => [[], [3], [300_000]].map((shape): WrittenDataset => {
    const path = `layers/${dtype}/${shape.join('x') || 'scalar'}`;
    if (dtype === 'string') return { path, shape: [2], dtype, data: ['größer', ''] };
    const bytes = byteLengthOf({ shape, dtype });
    return bytes > 2 ** 17 ? { path, shape, dtype } : { path, shape, dtype, data: new Uint8Array(bytes).map((_, i) => i % 2) };
  }));
  return {
    kind: 'write', groups: ['layers', ...DTYPES.map((dtype) => `layers/${dtype}`)],
    datasets: datasets.filter(({ path }, i) => datasets.findIndex((other) => other.path === path) === i),
    attributes: [
      { path: '', name: 'version', value: '3.15.1' }, { path: 'layers', name: 'names', value: ['a', 'ß'] },
      { path: 'layers', name: 'numbers', value: [1.5, 2] },
    ],
  };
}

/** A layout without the times at which HDF5 made its objects: seconds, of which it keeps four bytes. */
function timeless({ pieces, byteLength }: WriteReply): WriteReply {
  const now = Date.now() / 1000;
  return {
    byteLength,
    pieces: pieces.map((piece) => {
      if (!(piece instanceof Uint8Array)) return piece;
      const copy = new Uint8Array(piece);
      const view = new DataView(copy.buffer);
      for (let at = 0; at + 4 <= copy.length; at += 4) if (Math.abs(view.getUint32(at, true) - now) < 600) view.setUint32(at, 0);
      return copy;
    }),
  };
}

describe('saving/h5 thread of the package', () => {
  before(() => {
    if (!existsSync(join(folder, 'hdf5.wasm'))) throw new Error('dist/ is missing: run `npm run build` first.');
  });

  it('lays files out as the sources do, with the program sent to it, given to it, or compiled by itself', async () => {
    const expected = timeless(await layOut(request()));
    const program = await compileProgram(folder);
    const waits = { forWriting: true, folder };
    for (const [options, ...messages] of [
      [waits, { kind: 'program', program }], [waits, { kind: 'program' }], [{ ...waits, program }], [{ forWriting: false, folder }],
    ] as [ThreadOptions, ...ProgramMessage[]][]) {
      const { value } = (await ask(options, ...messages, request())) as { value: WriteReply };
      expect(timeless(value)).to.deep.equal(expected);
    }
  });

  it('says so where the program is missing', async () => {
    const answer = await ask({ forWriting: false, folder: join(folder, 'nowhere') }, request());
    expect(answer).to.have.property('error').that.matches(/ENOENT.*hdf5\.wasm/);
  });

  for (const name of ['h5_keras', 'h5_wide', 'h5_classic', 'h5_latest', 'h5_ordered', 'h5_filters', 'h5_virtual']) {
    it(`reads ${name}.h5 as the sources do`, async () => {
      const bytes = (): Uint8Array => new Uint8Array(readFileSync(goldenPath('saving', `${name}.h5`)));
      const { value } = (await ask({ forWriting: false, folder }, { kind: 'read', bytes: bytes() })) as { value: ReadReply };
      const read = value.reader === 'jsfive' ? readWithJsfive : readWithH5wasm;
      expect(value.root).to.deep.equal(await read(bytes()));
    });
  }
});
