import { expect } from 'chai';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as keras from '../../src/index.js';
import { goldenPath } from '../golden/golden.js';

const { layers } = keras;
const { KerasFileEditor } = keras.saving;

type Compared = [counts: { status: string; error_count: number; match_count: number }, lines: string[]];
const golden = JSON.parse(readFileSync(goldenPath('saving', 'editor.json'), 'utf8')) as
  { summary: string[]; same: Compared; other: Compared; edited: Compared };

/** Python's lines in the form of ours: shapes and lists. The totals are left out: Python counts what is nested twice. */
const ours = (lines: readonly string[]): string[] => lines
  .map((line) => line.replace(/\((\d+(?:, \d+)*),?\)/, '[$1]').replace(/\['(.*)'\]/, '$1').replaceAll('\', \'', ', '))
  .filter((line) => !/Found \d/.test(line));

async function printed<T>(work: () => Promise<T>): Promise<[T, string[]]> {
  const { write } = process.stdout;
  let text = '';
  process.stdout.write = (chunk: string | Uint8Array): boolean => {
    text += String(chunk);
    return true;
  };
  try {
    const result = await work();
    return [result, text.split('\n').slice(0, -1)];
  } finally {
    process.stdout.write = write;
  }
}

const reference = (units = 5): keras.Model => new keras.Sequential(
  [keras.Input([4]), new layers.Dense(units), new layers.Dropout(0.3), new layers.Dense(3)], { name: 'reference' });

async function errorOf(work: () => Promise<unknown>): Promise<Error> {
  try {
    await work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected an error');
}

describe('saving/file-editor', () => {
  let folder: string;
  let path: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keras-editor-'));
    path = join(folder, 'mlp.weights.h5');
    const model = await keras.saving.load_model(goldenPath('corpus', '3.15.1', 'mlp.keras'), { compile: false });
    await model.save_weights(path);
  });
  after(() => rm(folder, { recursive: true }));

  const open = async (source = path): Promise<keras.saving.KerasFileEditor> => {
    const editor = new KerasFileEditor(source);
    await printed(() => editor.summary());
    return editor;
  };

  it('shows what Python shows', async () => {
    const editor = await open();
    expect((await printed(() => editor.summary()))[1].map((line) => line.replace(/ \('.*'\)$/, ''))).to.deep.equal(ours(golden.summary));
    const [same, lines] = await printed(() => editor.compare(reference()));
    expect(same).to.deep.equal({ status: 'success', error_count: 0, match_count: 4 });
    expect(ours(lines)).to.deep.equal(ours(golden.same[1]));
    const [other, otherLines] = await printed(() => editor.compare(reference(6)));
    expect(other).to.deep.equal({ status: 'error', error_count: 3, match_count: 1 });
    expect(ours(otherLines)).to.deep.equal(ours(golden.other[1]));
  });

  it('edits, compares and saves', async () => {
    const editor = await open();
    await editor.rename_object('layers/dense_1', 'head');
    await editor.add_object('layers/extra', { 0: keras.ops.ones([2]) });
    await editor.delete_weight('dense', '1');
    const [, lines] = await printed(() => editor.compare(reference()));
    expect(ours(lines).toSorted()).to.deep.equal(ours(golden.edited[1]).toSorted());
    await editor.rename_object('head', 'dense_1');
    await editor.delete_object('extra');
    await editor.add_weights('layers/dense', { 1: [1, 2, 3, 4, 5] });
    await editor.save(join(folder, 'edited.weights.h5'));
    const model = reference();
    await model.load_weights(join(folder, 'edited.weights.h5'));
    const before = reference();
    await before.load_weights(path);
    const [kernel, bias, ...rest] = model.get_weights().map((w) => w.tolist());
    expect(bias).to.deep.equal([1, 2, 3, 4, 5]);
    const expected = before.get_weights().map((w) => w.tolist());
    expect([kernel, ...rest]).to.deep.equal([expected[0], ...expected.slice(2)]);
  });

  it('tells what a .keras file says of itself', async () => {
    const editor = new KerasFileEditor(goldenPath('corpus', '3.15.1', 'cnn.keras'));
    const [, lines] = await printed(() => editor.summary());
    expect(lines[1]).to.match(/Saved with Keras 3\.15\.1 - date: /);
    expect(editor.config).to.deep.include({ class_name: 'Sequential' });
    await editor.resave_weights(join(folder, 'cnn.weights.h5'));
    const again = await open(join(folder, 'cnn.weights.h5'));
    expect(Object.keys(again.weights_dict)).to.have.members(Object.keys(editor.weights_dict));
    expect(editor.object_metadata).to.deep.include(again.object_metadata);
  });

  it('says what it cannot find or do', async () => {
    const editor = await open();
    for (const [work, expected] of [
      [() => editor.delete_object('nothing'), /Nothing in the file is called 'nothing'/],
      [() => editor.delete_object('layers/nothing'), /'layers\/nothing' is not in the file/],
      [() => editor.delete_object('0'), /there 2 times: layers\/dense\/0, layers\/dense_1\/0/],
      [() => editor.rename_object('dense', 'a/b'), /without a path/],
      [() => editor.rename_object('dense', 'dense_1'), /there is a 'dense_1'/],
      [() => editor.delete_weight('dense', '7'), /no weight '7'.*0, 1/],
      [() => editor.add_object('a/b', {}), /'a' is not in the file/],
      [() => editor.add_weights('dense', 7 as unknown as Record<string, number>), /object of arrays/],
      [() => editor.save(join(folder, 'x.h5')), /\.weights\.h5/],
    ] as [() => Promise<void>, RegExp][]) {
      expect((await errorOf(work)).message).to.match(expected);
    }
    expect(() => new KerasFileEditor('model.txt')).to.throw(/\.keras or \.weights\.h5/);
    await writeFile(join(folder, 'bad.weights.h5'), 'no');
    expect((await errorOf(() => new KerasFileEditor(join(folder, 'bad.weights.h5')).summary())).message).to.match(/not a weights file/);
  });
});
