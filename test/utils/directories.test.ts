import { expect } from 'chai';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import * as keras from '../../src/index.js';
import { loadGolden, type GoldenTensor } from '../golden/golden.js';
import { expectTensor } from '../golden/tensors.js';
import { captured, errorOf } from '../support/capture.js';

const { utils } = keras;

type Batch = GoldenTensor | { shape_of: number[]; texts: string[] };
interface Case {
  kind: 'image' | 'text';
  kwargs: keras.utils.ImageDatasetOptions & { subset?: 'training' | 'validation' };
  class_names: string[] | null;
  file_paths: string[] | null;
  file_labels?: number[] | null;
  batches?: (Batch | Batch[])[];
}
const golden = loadGolden('utils', 'directories') as unknown as { cases: Case[]; files: Record<'images' | 'texts', Record<string, string>> };

async function batchesOf(dataset: keras.utils.Dataset): Promise<unknown[]> {
  const batches: unknown[] = [];
  for await (const batch of dataset) batches.push(batch);
  return batches;
}

function compare(actual: unknown, expected: Batch, what: string): void {
  const array = actual as keras.NDArray;
  if ('texts' in expected) {
    expect({ shape_of: array.shape, texts: array.data }, what).to.deep.equal(expected);
    return;
  }
  expect({ shape: array.shape, dtype: array.dtype }, what).to.deep.equal({ shape: expected.shape, dtype: expected.dtype });
  expectTensor(array, expected, what, { rtol: 1e-5, atol: 1e-3 });
}

describe('keras.utils: datasets of files, as in Python', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keras-node-directories-'));
  before(() => {
    for (const [kind, files] of Object.entries(golden.files)) {
      for (const [name, content] of Object.entries(files)) {
        const path = join(folder, kind, name);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, Buffer.from(content, 'base64'));
      }
    }
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const { kind, kwargs, class_names, file_paths, file_labels, batches } of golden.cases) {
    it(`${kind} ${JSON.stringify(kwargs)}`, async () => {
      const directory = join(folder, `${kind}s`);
      let dataset!: keras.utils.DirectoryDataset;
      await captured('stdout', () => {
        dataset = kind === 'image' ? utils.image_dataset_from_directory(directory, kwargs)
          : utils.text_dataset_from_directory(directory, kwargs);
      });
      expect(dataset.class_names).to.deep.equal(class_names);
      if (file_paths) expect(dataset.file_paths.map((path) => relative(directory, path))).to.deep.equal(file_paths);
      const read = await batchesOf(dataset);
      if (batches) {
        expect(read.length).to.equal(batches.length);
        batches.forEach((batch, i) => [batch].flat().forEach((expected, k) =>
          compare([read[i]].flat()[k], expected, `batch ${i}, part ${k}`)));
      }
      if (file_labels) {
        // Mixed anew in each epoch: the labels are those of the files, in another order.
        const labels = read.flatMap((batch) => Array.from((batch as keras.NDArray[])[1].data as Int32Array));
        expect(labels.toSorted()).to.deep.equal(file_labels.toSorted());
      }
    });
  }

  it('texts keep their labels when they are mixed; each epoch has another order', async () => {
    const dataset = utils.text_dataset_from_directory(join(folder, 'texts'), { seed: 5, batch_size: 4, verbose: false });
    const epochs: string[] = [];
    for (let epoch = 0; epoch < 3; epoch++) {
      const pairs = (await batchesOf(dataset) as [keras.NDArray, keras.NDArray][]).flatMap(([x, y]) =>
        (x.data as string[]).map((text, i) => `${text}=${(y.data as Int32Array)[i]}`));
      epochs.push(pairs.join('|'));
      expect(pairs.toSorted()).to.deep.equal(
        ['=1', 'alpha=0', 'beta gamma=0', 'déjà vu=0', 'eta theta=0', 'line\nline=1', 'zeta=1'].toSorted());
    }
    expect(new Set(epochs).size).to.be.above(1);
  });

  it('both parts; what is printed', async () => {
    let parts: keras.utils.DirectoryDataset[] = [];
    const output = await captured('stdout', () => {
      parts = utils.text_dataset_from_directory(join(folder, 'texts'), { validation_split: 0.3, subset: 'both', seed: 1 });
    });
    expect(output).to.equal('Found 7 files belonging to 2 classes.\nUsing 5 files for training.\nUsing 2 files for validation.\n');
    expect(parts.map(({ samples }) => samples)).to.deep.equal([5, 2]);
    expect(new Set(parts.flatMap(({ file_paths }) => file_paths)).size).to.equal(7);
  });

  it('fit takes them', async () => {
    const dataset = utils.image_dataset_from_directory(join(folder, 'images'), { image_size: [4, 4], label_mode: 'categorical', seed: 1, verbose: false });
    const model = new keras.Sequential([keras.Input({ shape: [4, 4, 3] }), new keras.layers.Flatten(), new keras.layers.Dense(3, 'softmax')]);
    model.compile({ optimizer: 'sgd', loss: 'categorical_crossentropy' });
    const { history } = await model.fit(dataset, { epochs: 2, verbose: 0 });
    expect(history.loss).to.have.length(2);
    expect(history.loss.every(Number.isFinite)).to.equal(true);
  });

  it('links to folders are followed on request, and never for ever', async () => {
    const linked = join(folder, 'linked');
    mkdirSync(join(linked, 'a'), { recursive: true });
    writeFileSync(join(linked, 'a', '1.txt'), 'one');
    symlinkSync(join(folder, 'texts', 'pos'), join(linked, 'a', 'more'));
    const count = (follow_links: boolean): number =>
      utils.text_dataset_from_directory(linked, { follow_links, verbose: false }).samples;
    expect([count(false), count(true)]).to.deep.equal([1, 4]);
    symlinkSync(linked, join(linked, 'a', 'loop'));
    expect(() => count(true)).to.throw(/nested too deeply|ELOOP/);
  });

  it('arguments and folders that make no sense', async () => {
    const images = join(folder, 'images');
    const fails = (options: object, ...parts: string[]): Promise<Error> =>
      errorOf(() => utils.image_dataset_from_directory(images, { verbose: false, ...options } as object), 'image_dataset_from_directory: ', ...parts);
    await fails({ labels: 'none' }, '\'labels\' is \'inferred\', null or a list');
    await fails({ labels: [1] }, '1 labels were given', 'has 6 files');
    await fails({ label_mode: 'binary' }, 'is for two classes, received: Z, a, b');
    await fails({ class_names: ['a', 'c'] }, 'no folder \'c\' for a class', 'It has: Z, a, b');
    await fails({ labels: null, class_names: ['a'] }, '\'class_names\' goes with labels that are \'inferred\'');
    await fails({ validation_split: 0.5 }, 'go together');
    await fails({ validation_split: 0.5, subset: 'training' }, 'needs a \'seed\'');
    await fails({ validation_split: 2, subset: 'training', seed: 1 }, 'between 0 and 1, received 2');
    await fails({ validation_split: 0.01, subset: 'validation', seed: 1 }, 'of 5 files none is left for validation');
    await fails({ color_mode: 'cmyk' }, '\'color_mode\' must be one of');
    await fails({ image_size: [1] }, '\'image_size\' is [height, width], received [1]');
    await fails({ crop_to_aspect_ratio: true, pad_to_aspect_ratio: true }, 'exclude each other');
    await errorOf(() => utils.text_dataset_from_directory(join(folder, 'none')), 'there is no folder');
    await errorOf(() => utils.text_dataset_from_directory(images, { class_names: ['a'] }), 'there are no files in', 'that end in .txt');
  });
});
