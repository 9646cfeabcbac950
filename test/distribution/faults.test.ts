import { expect } from 'chai';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { backendNamed, BACKENDS } from '../support/backends.js';
import { launch, runAlone, type Ended } from './processes.js';

/** What a process said at its end. */
const said = ({ lines }: Ended, index: number): string =>
  lines.filter((line) => line.startsWith(`[${index}] at `)).map((line) => line.replace(/^.*?: /, '')).join('\n');

const weightsOf = ({ lines }: Ended): number[][] =>
  lines.filter((line) => line.includes('weights [')).map((line) => JSON.parse(line.slice(line.indexOf('weights') + 8)) as number[]);

(BACKENDS.includes('tensorflow') && backendNamed('tensorflow') ? describe : describe.skip)('faults of processes that train together', function suite() {
  this.timeout(120_000);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'keras-node-faults-'));
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  it('one that is killed: the others end and name it', async () => {
    const ended = await launch(['--workers', '3'], 'fault-job.ts', ['kill']);
    expect(ended.code, ended.lines.join('\n')).to.equal(137);
    for (const index of [0, 2]) expect(said(ended, index)).to.match(/^ProcessLostError: Process 1 \(127\.0\.0\.1:\d+\).* ended or does not answer/);
    expect(ended.lines.join('\n')).to.match(/worker 1 was ended by SIGKILL/);
  });

  it('one that is frozen: the others end and name it', async () => {
    const ended = await launch(['--workers', '2'], 'fault-job.ts', ['freeze']);
    expect(ended.code, ended.lines.join('\n')).to.equal(1);
    expect(said(ended, 0)).to.match(/^ProcessLostError: Process 1 \(127\.0\.0\.1:\d+\) ended or does not answer/);
  });

  it('one that fails by itself says why', async () => {
    const ended = await launch(['--workers', '2'], 'fault-job.ts', ['throw']);
    expect(said(ended, 1)).to.match(/throw\nError: a mistake of its own/);
    expect(said(ended, 0)).to.match(/^ProcessLostError: Process 1 /);
  });

  it('one that never comes', async () => {
    const ended = await launch(['--workers', '2'], 'fault-job.ts', ['missing'], { KERAS_DISTRIBUTION_TIMEOUT: '1' });
    expect(ended.code).to.equal(1);
    expect(said(ended, 0)).to.match(/^ProcessMissingError: Process 0 of 2 has waited 1 s for process 1 \(127\.0\.0\.1:\d+\)/);
  });

  it('different models', async () => {
    const ended = await launch(['--workers', '2'], 'fault-job.ts', ['model']);
    for (const [index, shape] of [[0, 5], [1, 6]]) {
      expect(said(ended, index)).to.match(new RegExp('^DisagreementError: the first step of a Sequential.*the weights of the model of process 1 ' +
        `\\(127.*\\) differ from those of process 0 .*float32\\[4,${shape}\\]`));
    }
  });

  it('different calls', async () => {
    const ended = await launch(['--workers', '2'], 'fault-job.ts', ['call']);
    for (const index of [0, 1]) expect(said(ended, index)).to.match(/^DisagreementError: .*the calls of process 1 .*differ/);
  });

  it('with BackupAndRestore and --restart training ends as without the fault', async () => {
    const [alone, ended] = [await runAlone('fault-job.ts', ['none']),
      await launch(['--workers', '2', '--restart', '1'], 'fault-job.ts', ['restart', path.join(folder, 'backup')])];
    expect(ended.code, ended.lines.join('\n')).to.equal(0);
    expect(ended.lines.join('\n')).to.match(/starting all workers again \(1 of 1\)/);
    const [expected] = weightsOf(alone);
    const received = weightsOf(ended);
    expect(received).to.have.length(2);
    for (const weights of received) weights.forEach((value, i) => expect(value).to.be.closeTo(expected[i], 1e-5));
    expect(received[0]).to.deep.equal(received[1]);
  });
});
