import { expect } from 'chai';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as keras from '../../src/index.js';
import { ExportError } from '../../src/export/input-signature.js';
import { CORPUS_OBJECTS } from '../saving/corpus-objects.js';
import { goldenPath, type GoldenTensor } from '../golden/golden.js';
import { tensorOf } from '../golden/tensors.js';
import { BACKENDS, describeBackends } from '../support/backends.js';

const { layers, ops } = keras;

/** Holds a function as Python's byte code. */
const LAMBDA = 'code.keras';

interface Saved {
  file: string;
  inputs: GoldenTensor[];
  outputs: GoldenTensor[];
}

const spec = (shape: (number | null)[], name?: string): keras.InputSpec => new keras.InputSpec({ shape, dtype: 'float32', name });

function expectClose(actual: keras.Tensor, shape: readonly number[], data: ArrayLike<number>, tolerance = 1e-5): void {
  expect([...actual.shape]).to.deep.equal([...shape]);
  const values = actual.dataSync() as Float32Array;
  Array.from(data).forEach((value, i) => expect(values[i], `element ${i}`).to.be.closeTo(value, tolerance));
}

/** What an exported function gives, in the order of its results. */
const run = (path: string, endpoint: string, inputs: unknown): keras.Tensor[] =>
  keras.tree.flatten(new layers.TFSMLayer(path, endpoint)(inputs)) as keras.Tensor[];

async function errorOf(work: () => unknown): Promise<Error> {
  try {
    await work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('it did not fail');
}

const isThere = BACKENDS.includes('tensorflow');

(isThere ? describeBackends : () => undefined)('export as SavedModel', (backend) => {
  if (backend !== 'tensorflow') return;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keras-saved-model-'));
  });
  after(() => rm(folder, { recursive: true }));

  describe('what Python Keras predicted, by the exported function', () => {
    const { cases } = JSON.parse(readFileSync(goldenPath('corpus', '3.15.1', 'corpus.json'), 'utf8')) as { cases: Saved[] };
    for (const { file, inputs, outputs } of cases.filter((saved) => saved.file.endsWith('.keras') && saved.file !== LAMBDA)) {
      it(file, async () => {
        const model = await keras.saving.load_model(goldenPath('corpus', '3.15.1', file), { custom_objects: CORPUS_OBJECTS }) as keras.Model;
        const path = join(folder, file);
        await model.export(path, { verbose: false });
        // Keras has floating-point inputs in float32, whatever the policy.
        const given = inputs.map(tensorOf);
        const results = run(path, 'serve', given.length > 1 ? keras.tree.pack_sequence_as(model.input, given) : given[0]);
        const tolerance = file.startsWith('half') ? 1e-2 : 1e-5;
        outputs.forEach(({ shape, data }, i) => expectClose(results[i], shape, data as number[], tolerance));
      });
    }
  });

  it('has several endpoints over the same variables, of any sizes', async () => {
    const model = new keras.Sequential([keras.Input({ shape: [4], name: 'features' }), new layers.Dense(2, { name: 'scores' })]);
    const archive = new keras.export.ExportArchive();
    archive.track(model);
    archive.add_endpoint('scores', (x: keras.Tensor) => model(x), [spec([null, 4])]);
    archive.add_endpoint('totals', (x: keras.Tensor, y: keras.Tensor) => ({
      rows: ops.sum(ops.concatenate([x, y], 1), 1), mean: ops.mean(y), count: ops.full_like(ops.sum(x), y.shape[1] * 2 + 1) }),
    [spec([null, 4], 'x'), spec([null, null], 'y')]);
    archive.add_endpoint('pair', ([x, y]: [keras.Tensor, keras.Tensor]) => [ops.add(x, y), ops.reshape(x, [-1])],
      [[spec([null, null, 2], 'x'), spec([null, null, 2], 'y')]]);
    archive.add_variable_collection('kernels', [model.weights[0]]);
    expect(archive.variables).to.deep.equal(model.weights);
    const path = join(folder, 'several');
    await archive.write_out(path, { verbose: false });
    expect((await readdir(path)).toSorted()).to.deep.equal(['assets', 'saved_model.pb', 'variables']);

    const x = ops.reshape(ops.arange(12, { dtype: 'float32' }), [3, 4]);
    const [scores] = run(path, 'scores', x);
    expectClose(scores, [3, 2], (model(x) as keras.Tensor).dataSync() as Float32Array);
    const pair = [ops.ones([2, 5, 2]), ops.ones([2, 5, 2])];
    const [sum, flat] = run(path, 'pair', pair);
    expectClose(sum, [2, 5, 2], Array.from({ length: 20 }, () => 2));
    expectClose(flat, [20], Array.from({ length: 20 }, () => 1));
    expect((await errorOf(() => new layers.TFSMLayer(path, 'totals'))).message).to.match(/takes 2 arguments; a layer calls functions of one/);
    expect((await errorOf(() => new layers.TFSMLayer(path, 'other'))).message)
      .to.match(/has no endpoint 'other'\. Its endpoints: scores, totals, pair, serving_default/);
  });

  it('keeps constants from outside, loops whose length is a size, and scalars that follow from sizes', async () => {
    const offset = ops.convert_to_tensor([[1, 2, 3]]);
    const archive = new keras.export.ExportArchive();
    archive.add_endpoint('serve', (x: keras.Tensor) => {
      const shifted = ops.add(x, offset);
      const [, running] = ops.scan((carry: keras.Tensor, row: keras.Tensor) => {
        const next = ops.add(carry, row);
        return [next, next];
      }, ops.zeros([3]), shifted, { reverse: true }) as [keras.Tensor, keras.Tensor];
      const positions = ops.arange(x.shape[0], { dtype: 'float32' });
      return { running, share: ops.multiply(positions, 1 / x.shape[0]), half: ops.full([], x.shape[0] * 2 + 5) };
    }, [spec([null, 3])]);
    const path = join(folder, 'loops');
    await archive.write_out(path, { verbose: false });
    const [half, running, share] = run(path, 'serve', ops.zeros([2, 3]));
    expectClose(running, [2, 3], [2, 4, 6, 1, 2, 3]);
    expectClose(share, [2], [0, 0.5]);
    expectClose(half, [], [9]);
  });

  it('changes variables in the file that is loaded, and not those here', async () => {
    const counter = new keras.Variable(0, { dtype: 'float32', name: 'counter' });
    const archive = new keras.export.ExportArchive();
    archive.add_endpoint('serve', (x: keras.Tensor) => {
      counter.assign(ops.add(counter, 1));
      return ops.add(x, counter);
    }, [spec([null])]);
    const path = join(folder, 'counting');
    await archive.write_out(path, { verbose: false });
    const layer = new layers.TFSMLayer(path);
    const values = [1, 2, 3].map(() => (layer(ops.zeros([1])) as keras.Tensor).arraySync());
    expect(values).to.deep.equal([[1], [2], [3]]);
    expect(counter.value.item()).to.equal(0);
  });

  it('replaces a SavedModel, and nothing else', async () => {
    const model = new keras.Sequential([keras.Input({ shape: [2] }), new layers.Dense(1)]);
    const path = join(folder, 'replaced');
    await model.export(path, { verbose: false });
    model.set_weights([ops.ones([2, 1]), ops.ones([1])]);
    await model.export(path, { verbose: false });
    expectClose(run(path, 'serve', ops.ones([1, 2]))[0], [1, 1], [3]);
    const other = join(folder, 'other');
    await mkdir(other);
    await writeFile(join(other, 'thesis.txt'), 'years of work');
    expect(await errorOf(() => model.export(other, { verbose: false }))).to.be.instanceOf(ExportError)
      .with.property('message').that.matches(/it is there, and is not a SavedModel/);
    expect(existsSync(join(other, 'thesis.txt'))).to.equal(true);
    expect((await readdir(folder)).filter((name) => name.startsWith('.'))).to.deep.equal([]);
  });

  it('refuses what it cannot do, and says why', async () => {
    const archive = new keras.export.ExportArchive();
    expect((await errorOf(() => archive.write_out(join(folder, 'empty')))).message).to.match(/No endpoints have been set yet/);
    const add = (name: string, fn: (x: keras.Tensor) => unknown): Promise<Error> => errorOf(() => archive.add_endpoint(name, fn, [spec([null])]));
    archive.add_endpoint('serve', (x: keras.Tensor) => x, [spec([null])]);
    expect((await add('serve', (x) => x)).message).to.equal("Endpoint name 'serve' is already taken.");
    expect((await add('variables', (x) => x)).message).to.match(/'variables' cannot be the name/);
    expect((await add('text', () => 'text')).message).to.match(/returns tensors, .* received text/);
    const strange = new keras.export.ExportArchive();
    strange.add_endpoint('serve', (x: keras.Tensor) => ops.full([], x.shape[0] ** 3 + x.shape[0]), [spec([null])]);
    expect((await errorOf(() => strange.write_out(join(folder, 'strange')))).message).to.match(/depends on sizes of the inputs in a way/);
    expect(existsSync(join(folder, 'strange'))).to.equal(false);
    expect((await errorOf(() => archive.add_endpoint('none', (x: keras.Tensor) => x))).message).to.match(/needs an input_signature/);
    expect((await errorOf(() => archive.track(new layers.Dense(2)))).message).to.match(/has not been built/);
    expect((await errorOf(() => archive.add_variable_collection('list', [1] as never))).message).to.match(/must be an array of keras.Variable/);
    expect((await errorOf(() => new keras.export.ExportArchive('neptune' as never))).message).to.match(/'format' must be one of/);
  });
});

describeBackends('export as SavedModel, elsewhere', (backend) => {
  if (backend === 'tensorflow') return;
  it('is an error that names the backend', async () => {
    const model = new keras.Sequential([keras.Input({ shape: [2] }), new layers.Dense(1)]);
    const message = new RegExp(`needs TensorFlow, and the backend is '${backend}'`);
    expect((await errorOf(() => model.export(join(tmpdir(), 'nowhere'), { verbose: false }))).message).to.match(message);
    expect((await errorOf(() => new layers.TFSMLayer(goldenPath('exported', 'python_model')))).message).to.match(message);
  });
});
