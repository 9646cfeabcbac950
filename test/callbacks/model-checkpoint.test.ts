/** ModelCheckpoint: which files, under which names, with which contents. */
import { expect } from 'chai';
import { join } from 'node:path';
import * as keras from '../../src/index.js';
import { filesIn, temporaryFolder, testCallbackFamily } from '../support/callback-golden.js';
import { captured, errorOf } from '../support/capture.js';

const { callbacks, layers } = keras;
const x = new keras.NDArray(Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)), [12, 2]);
const y = Float32Array.from({ length: 12 }, (_, i) => i % 2);

function model(learning_rate = 0.1): keras.Sequential {
  const made = new keras.Sequential([keras.Input({ shape: [2] }), new layers.Dense(1)]);
  made.compile({ optimizer: new keras.optimizers.SGD(learning_rate), loss: 'mse' });
  return made;
}

describe('ModelCheckpoint', () => {
  testCallbackFamily('checkpoints', async ({ label }, folder, trained) => {
    if (label !== 'each epoch') return;
    const loaded = await keras.models.load_model(join(folder, 'model-04.keras'));
    expect(loaded.get_weights().map((w) => w.tolist())).to.deep.equal(trained.get_weights().map((w) => w.tolist()));
  });

  it('saves the best by batches too, from the first epoch on', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, '{epoch}-{batch}.keras');
    const checkpoint = new callbacks.ModelCheckpoint(path, { monitor: 'loss', save_best_only: true, save_freq: 2, verbose: 1 });
    const text = await captured('stdout', () => model(100).fit(x, y, { batch_size: 2, epochs: 2, verbose: 0, shuffle: false,
      callbacks: checkpoint }));
    expect(filesIn(folder.path)).to.deep.equal(['1-2.keras']);
    expect(text).to.match(/Epoch 1: loss improved from None to .*1-2\.keras/).and.to.match(/Epoch 2: loss did not improve/);
  });

  it('counts batches in groups of steps_per_execution, over the epochs', async () => {
    using folder = temporaryFolder();
    const m = model();
    m.compile({ optimizer: 'sgd', loss: 'mse', steps_per_execution: 2 });
    await m.fit(x, y, { batch_size: 2, epochs: 2, verbose: 0,
      callbacks: new callbacks.ModelCheckpoint(join(folder.path, '{epoch}-{batch}.keras'), { save_freq: 4 }) });
    expect(filesIn(folder.path)).to.deep.equal(['1-4.keras', '2-2.keras', '2-6.keras']);
  });

  it('reads values from the device only for batches that it saves', async () => {
    using folder = temporaryFolder();
    const checkpoint = new callbacks.ModelCheckpoint(join(folder.path, '{batch}.keras'), { save_freq: 3 });
    const list = new callbacks.CallbackList([checkpoint], { model: model() });
    const wanted = [0, 1, 2, 3, 4, 5].map((batch) => {
      const isWanted = list.wantsBatchLogs('train', batch);
      list.passBatch('train', batch);
      return isWanted;
    });
    expect(wanted).to.deep.equal([false, false, true, false, false, true]);
    expect(list.wantsBatchLogs('test', 2)).to.equal(false);
  });

  it('saves whole models in the older format, too', async () => {
    using folder = temporaryFolder();
    const trained = model();
    await trained.fit(x, y, { verbose: 0, callbacks: new callbacks.ModelCheckpoint(join(folder.path, 'm.h5')) });
    const loaded = await keras.models.load_model(join(folder.path, 'm.h5'));
    expect(loaded.get_weights().map((w) => w.tolist())).to.deep.equal(trained.get_weights().map((w) => w.tolist()));
    expect(loaded.compiled).to.equal(true);
  });

  it('says what is wrong with a name', async () => {
    expect(() => new callbacks.ModelCheckpoint('model.json')).to.throw(/filepath.*end in \.keras or \.h5.*model\.json/);
    expect(() => new callbacks.ModelCheckpoint('model.weights.h5')).to.throw(/weights alone/);
    expect(() => new callbacks.ModelCheckpoint('m.keras', { save_weights_only: true })).to.throw(/\.weights\.h5/);
    expect(() => new callbacks.ModelCheckpoint('m.keras', { save_freq: 0 })).to.throw(/save_freq.*'epoch'.*0/);
    using folder = temporaryFolder();
    const bad = new callbacks.ModelCheckpoint(join(folder.path, '{val_loss}.keras'));
    await errorOf(() => model().fit(x, y, { verbose: 0, callbacks: bad }), "'val_loss'", 'Known: epoch, loss');
  });
});
