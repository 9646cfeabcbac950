import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as keras from '../../src/index.js';
import { setMirror } from '../../src/datasets/source.js';
import { loadGolden, type GoldenTensor } from '../golden/golden.js';
import { captured, errorOf } from '../support/capture.js';
import { FileServer } from '../support/file-server.js';

const { datasets, NDArray } = keras;

type Expected = GoldenTensor | number[][] | { shape_of: number[]; dtype_of: string; sha256: string };
const golden = loadGolden('utils', 'datasets') as unknown as {
  cases: { dataset: keyof typeof datasets; kwargs: object; result: Expected[][] }[]; files: Record<string, string>;
};

function compare(actual: unknown, expected: Expected, what: string): void {
  if (Array.isArray(expected)) {
    expect(actual, what).to.deep.equal(expected);
    return;
  }
  expect(actual, what).to.be.instanceOf(NDArray);
  const { shape, dtype, data } = actual as keras.NDArray;
  const numeric = data as Float64Array;
  if ('sha256' in expected) {
    const sha256 = createHash('sha256').update(Buffer.from(numeric.buffer, numeric.byteOffset, numeric.byteLength)).digest('hex');
    expect({ shape_of: shape, dtype_of: dtype, sha256 }, what).to.deep.equal(expected);
  } else {
    expect({ shape, dtype }, what).to.deep.equal({ shape: expected.shape, dtype: expected.dtype });
    expect(Array.from(numeric, Number), what).to.deep.equal(Array.from(expected.data as number[], Number));
  }
}

describe('keras.datasets, as in Python, on small archives', () => {
  const home = mkdtempSync(join(tmpdir(), 'keras-node-datasets-'));
  const before_ = process.env.KERAS_HOME;
  let server: FileServer;
  before(async () => {
    process.env.KERAS_HOME = home;
    server = await FileServer.start();
    for (const [name, content] of Object.entries(golden.files)) server.files.set(name, Buffer.from(content, 'base64'));
    setMirror(server.url());
  });
  after(async () => {
    setMirror(undefined);
    if (before_ === undefined) delete process.env.KERAS_HOME;
    else process.env.KERAS_HOME = before_;
    await server.stop();
    rmSync(home, { recursive: true });
  });

  for (const { dataset, kwargs, result } of golden.cases) {
    it(`${dataset} ${JSON.stringify(kwargs)}`, async () => {
      const { load_data } = datasets[dataset] as { load_data: (options: object) => Promise<unknown[][]> };
      let loaded: unknown[][] = [];
      await captured('stdout', async () => {
        loaded = await (Object.keys(kwargs).length > 0 ? load_data(kwargs) : (load_data as () => Promise<unknown[][]>)());
      });
      result.forEach((pair, i) => pair.forEach((expected, k) => compare(loaded[i][k], expected, `${['train', 'test'][i]} ${'xy'[k]}`)));
    });
  }

  it('each file is fetched once, and lies where Keras has it', async () => {
    expect(new Set(server.requests).size).to.equal(server.requests.length);
    expect(readdirSync(join(home, 'datasets'))).to.include.members(['mnist.npz', 'imdb.npz', 'fashion-mnist', 'cifar-10-batches-py-target_archive']);
  });

  it('channels_first', async () => {
    keras.config.set_image_data_format('channels_first');
    try {
      const [[x]] = await datasets.cifar10.load_data();
      expect(x.shape).to.deep.equal([10, 3, 32, 32]);
      // The first batch counts in steps of 7 from 1, row by row.
      expect(Array.from((x.data as Uint8Array).subarray(0, 3))).to.deep.equal([1, 8, 15]);
    } finally {
      keras.config.set_image_data_format('channels_last');
    }
  });

  it('words with their numbers, topics', async () => {
    await captured('stdout', async () => {
      expect(await datasets.imdb.get_word_index()).to.deep.equal({ fawn: 34701, the: 1 });
      expect(await datasets.reuters.get_word_index()).to.deep.equal({ mdbl: 10996, café: 3 });
    });
    expect(datasets.reuters.get_label_names()).to.have.length(46);
  });

  it('arguments that make no sense', async () => {
    await errorOf(() => datasets.boston_housing.load_data({ test_split: 1 }), 'test_split is from 0 to less than 1, received 1');
    await errorOf(() => datasets.imdb.load_data({ maxlen: 1 }), 'No text is shorter than maxlen=1');
    await errorOf(() => datasets.reuters.load_data({ seed: -1 }), 'The seed of a dataset must be an integer from 0');
    await errorOf(() => datasets.cifar100.load_data('rough' as 'fine'), '\'label_mode\' must be one of "fine", "coarse"');
    await errorOf(() => datasets.california_housing.load_data({ version: 'medium' as 'small' }), '\'version\' must be one of');
  });

  it('another server must have the same files', async () => {
    setMirror(undefined);
    process.env.KERAS_NODE_DATASETS = server.url();
    try {
      const output = await captured('stdout', () => errorOf(() => datasets.mnist.load_data('other.npz'),
        'is incomplete or not the expected file', '731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1'));
      expect(output).to.include(`Downloading data from ${server.url('mnist.npz')}`);
      expect(readdirSync(join(home, 'datasets')).filter((name) => name.startsWith('other'))).to.deep.equal([]);
    } finally {
      delete process.env.KERAS_NODE_DATASETS;
      setMirror(server.url());
    }
  });
});
