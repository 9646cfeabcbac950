/** BackupAndRestore: processes that are killed in the middle of an epoch, and started again. */
import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { context } from '../../src/engine/context.js';
import * as keras from '../../src/index.js';
import { backendNamed } from '../support/backends.js';
import { bundled } from '../support/bundled.js';
import { filesIn, temporaryFolder } from '../support/callback-golden.js';
import { errorOf } from '../support/capture.js';
import { train, type Job, type Result } from './backup-job.js';

/** Runs the child, on JavaScript's own backend, which starts quickest; gives the signal where one ended it. */
function run(folder: string, job: Job): Promise<Result | NodeJS.Signals> {
  const child = bundled(fileURLToPath(new URL('./backup-child.ts', import.meta.url)));
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [child, folder, JSON.stringify(job)],
      { env: { ...process.env, KERAS_BACKEND: 'cpu', KERAS_NODE_QUIET: '1' } }, (error, stdout, stderr) => {
        if (!error) resolve(JSON.parse(stdout) as Result);
        else if (error.signal) resolve(error.signal);
        else reject(new Error(stderr));
      });
  });
}

async function onCpu<T>(fn: () => Promise<T>): Promise<T> {
  const before = context.backend;
  context.backend = backendNamed('cpu');
  try {
    return await fn();
  } finally {
    context.backend = before;
  }
}

describe('BackupAndRestore', function () {
  this.timeout(60_000);
  const rows: Job[] = [
    { data: 'arrays', save_freq: 2, kill: [1, 3] },
    { data: 'dataset', save_freq: 3, kill: [2, 4] },
    { data: 'generator', save_freq: 2, kill: [1, 2] },
  ];
  for (const job of rows) {
    it(`${job.data}, backup each ${job.save_freq}, killed at ${job.kill!.join('/')}: ends as without the fault`, async () => {
      using folder = temporaryFolder();
      const backup = join(folder.path, 'backup');
      expect(await run(backup, job)).to.equal('SIGKILL');
      expect(filesIn(backup)).to.include.members(['latest.weights.h5', 'training_metadata.json']);
      const again = await run(backup, { ...job, kill: undefined }) as Result;
      const fresh = await onCpu(() => train(join(folder.path, 'none'), { ...job, kill: undefined }));
      expect(again.weights).to.deep.equal(fresh.weights);
      expect(again.state).to.deep.equal(fresh.state);
      // Epochs from the one that was interrupted, with losses and metrics of the whole of it.
      expect(again.epoch).to.deep.equal(fresh.epoch.slice(job.kill![0]));
      for (const [name, values] of Object.entries(fresh.history)) {
        expect(again.history[name], name).to.deep.equal(values.slice(job.kill![0]));
      }
      expect(existsSync(backup), 'removed at the end').to.equal(false);
    });
  }

  const x = [[1], [2], [3], [4]];
  function model(): keras.Sequential {
    const made = new keras.Sequential([keras.Input({ shape: [1] }), new keras.layers.Dense(1, { kernel_initializer: 'zeros' })]);
    made.compile({ optimizer: 'adam', loss: 'mse' });
    return made;
  }
  /** A training that an error ends in its third epoch. */
  async function interrupted(backup: keras.callbacks.BackupAndRestore): Promise<keras.Sequential> {
    const failing = new keras.callbacks.LambdaCallback({ on_epoch_begin: (epoch) => {
      if (epoch === 2) throw new Error('on purpose');
    } });
    const m = model();
    await errorOf(() => m.fit(x, x, { epochs: 5, verbose: 0, callbacks: [backup, failing] }), 'on purpose');
    return m;
  }

  it('a kill between two renames leaves the new weights with their own metadata', async () => {
    using folder = temporaryFolder();
    const backup = new keras.callbacks.BackupAndRestore(folder.path, { delete_checkpoint: false });
    await interrupted(backup);
    const metadata = readFileSync(join(folder.path, 'training_metadata.json'), 'utf8');
    writeFileSync(join(folder.path, 'next.json'), metadata);
    writeFileSync(join(folder.path, 'training_metadata.json'), JSON.stringify({ epoch: 1, batch: 0, weights: 'of another file' }));
    const history = await model().fit(x, x, { epochs: 5, verbose: 0, callbacks: backup });
    expect(history.epoch).to.deep.equal([2, 3, 4]);
  });

  it('a damaged backup is an error; with double_checkpoint the one before it is used', async () => {
    for (const double_checkpoint of [false, true]) {
      using folder = temporaryFolder();
      const backup = new keras.callbacks.BackupAndRestore(folder.path, { double_checkpoint });
      await interrupted(backup);
      writeFileSync(join(folder.path, 'latest.weights.h5'), 'rubbish');
      if (double_checkpoint) {
        expect((await model().fit(x, x, { epochs: 4, verbose: 0, callbacks: backup })).epoch).to.deep.equal([1, 2, 3]);
      } else {
        const error = await errorOf(() => model().fit(x, x, { epochs: 4, verbose: 0, callbacks: backup }), folder.path, 'damaged');
        expect(error).to.be.instanceOf(keras.callbacks.BackupError);
      }
    }
  });

  it('goes on from a backup as Python writes it', async () => {
    using folder = temporaryFolder();
    const backup = new keras.callbacks.BackupAndRestore(folder.path, { delete_checkpoint: false });
    await interrupted(backup);
    for (const name of filesIn(folder.path)) if (name !== 'latest.weights.h5') rmSync(join(folder.path, name));
    writeFileSync(join(folder.path, 'training_metadata.json'), '{"epoch": 3, "batch": 0}');
    expect((await model().fit(x, x, { epochs: 5, verbose: 0, callbacks: backup })).epoch).to.deep.equal([3, 4]);
    copyFileSync(join(folder.path, 'latest.weights.h5'), join(folder.path, 'copy.weights.h5'));
    await model().load_weights(join(folder.path, 'copy.weights.h5'));
  });

  it('says what is wrong', async () => {
    expect(() => new keras.callbacks.BackupAndRestore('')).to.throw(/backup_dir/);
    expect(() => new keras.callbacks.BackupAndRestore('x', { save_freq: 1.5 })).to.throw(/save_freq.*1\.5/);
    const unbuilt = new keras.Sequential([new keras.layers.Dense(1)]);
    unbuilt.compile({ optimizer: 'sgd', loss: 'mse' });
    using folder = temporaryFolder();
    await errorOf(() => unbuilt.fit(x, x, { verbose: 0, callbacks: new keras.callbacks.BackupAndRestore(folder.path) }), 'built before fit');
  });
});
