/** Ctrl-C, and the end of a process in the middle of a training. */
import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as keras from '../../src/index.js';
import { backendNamed } from '../support/backends.js';
import { start } from './child.js';
import { samples } from './network.js';

describe('a process that ends while it trains', () => {
  let folder: string;
  before(function () {
    if (!backendNamed('tensorflow')) this.skip();
    folder = mkdtempSync(join(tmpdir(), 'keras-signals-'));
  });
  after(() => {
    if (folder) rmSync(folder, { recursive: true });
  });

  it('stops after the running step when a handler asks for it, with the weights intact', async () => {
    const file = join(folder, 'stopped.keras');
    const program = start('interrupted.ts', ['stops', file]);
    await program.says('training');
    program.process.kill('SIGINT');
    const { code, stdout, stderr } = await program.end;
    expect(code, stderr).to.equal(0);
    const [, interrupted, last] = stdout.trim().split('\n');
    expect(interrupted).to.equal('interrupted');
    const { iterations, predicted } = JSON.parse(last) as { iterations: number; predicted: number[] };
    expect(iterations).to.be.at.least(12);
    expect(predicted.every(Number.isFinite)).to.equal(true);
    // What was saved behind the last step is the model as it stood.
    const saved = await keras.models.load_model(file) as keras.Sequential;
    const again = [...(await saved.predict(samples()[0], { verbose: 0 })).data as Float32Array];
    again.forEach((value, i) => expect(value).to.be.closeTo(predicted[i], 1e-6));
    expect(Number(saved.optimizer!.iterations.arraySync())).to.equal(iterations);
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`dies of ${signal} when nobody handles it`, async () => {
      const program = start('interrupted.ts', ['dies']);
      await program.says('training');
      program.process.kill(signal);
      expect((await program.end).signal).to.equal(signal);
    });
  }

  it('ends at process.exit, with steps under way', async () => {
    const { code, stderr } = await start('interrupted.ts', ['exits']).end;
    expect(code, stderr).to.equal(7);
    expect(stderr.trim()).to.equal('Using TensorFlow backend.');
  });
});
