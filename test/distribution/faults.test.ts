import { expect } from 'chai';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { train } from './fault-job.js';
import { launch, onTensorFlow, type Ended } from './processes.js';

onTensorFlow('faults of processes that train together', function suite() {
  this.timeout(120_000);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'keras-node-faults-'));
  after(() => fs.rmSync(folder, { recursive: true, force: true }));
  const backup = (name: string): string => path.join(folder, name);
  /** What a process printed. */
  const said = ({ lines }: Ended, index: number): string[] =>
    lines.filter((line) => line.startsWith(`[${index}] `)).map((line) => line.slice(4));
  const lost = /^ProcessLostError: Process 1 \(127\.0\.0\.1:\d+\) ended or does not answer, so that process \d cannot go on/;

  let ended: Ended;
  let frozen: Ended;
  let missing: Ended;
  let diverged: Ended;
  before(async () => {
    // Together, since they wait most of the time.
    [ended, frozen, missing, diverged] = await Promise.all([
      launch(['--workers', '3', '--restart', '1'], 'fault-job.ts', ['kill', backup('kill')]),
      launch(['--workers', '2'], 'fault-job.ts', ['freeze', backup('freeze')]),
      launch(['--workers', '2'], 'fault-job.ts', ['missing', folder], { KERAS_DISTRIBUTION_TIMEOUT: '1' }),
      launch(['--workers', '2'], 'fault-job.ts', ['diverge', folder], { KERAS_DISTRIBUTION_TIMEOUT: '8' }),
    ]);
  });

  describe('one that is killed in a step, of processes that --restart starts again', () => {
    it('is named by the others, which end', () => {
      for (const index of [0, 2]) expect(said(ended, index).find((line) => lost.test(line)), ended.lines.join('\n')).to.be.a('string');
      expect(ended.lines).to.include('keras-node launch: worker 1 was ended by SIGKILL');
    });

    it('training goes on from the backup, to the weights of one process without a fault', async () => {
      expect(ended.code, ended.lines.join('\n')).to.equal(0);
      expect(ended.lines).to.include('keras-node launch: starting all workers again (1 of 1)');
      const expected = await train();
      const received = [0, 1, 2].map((index) =>
        JSON.parse(said(ended, index).find((line) => line.startsWith('weights'))!.slice(8)) as number[]);
      for (const weights of received) {
        weights.forEach((value, i) => expect(value).to.be.closeTo(expected[i], 1e-5));
        expect(weights).to.deep.equal(received[0]);
      }
    });

    it('before that, different calls, models and batches were told to all', () => {
      for (const index of [0, 1, 2]) {
        const [calls, models, batches] = said(ended, index);
        expect(calls).to.match(/^DisagreementError: .*the calls of process 1 \(127\.0\.0\.1:\d+\) differ from those of process 0/);
        expect(models).to.match(/^DisagreementError: .*the weights of the model of process 1 .*float32\[4,[56]\]/);
        expect(batches).to.match(/^DisagreementError: fit\(\): .*the numbers of batches of process 1 /);
      }
    });
  });

  it('one that is frozen in a step is named by the other, which ends; then it is ended too', () => {
    expect(frozen.code, frozen.lines.join('\n')).to.equal(1);
    expect(said(frozen, 0)[0]).to.match(lost);
  });

  it('a wait for one that does something else ends in all', () => {
    const why = 'DisagreementError: the end of an epoch: process 1 \\(127.0.0.1:\\d+\\) has waited 8 s for all to come to this call, .* ' +
      'No process of the group can go on.';
    // Twice: what comes after it ends for the same reason.
    expect(diverged.lines.toSorted().join('\n'), diverged.lines.join('\n'))
      .to.match(new RegExp(`^\\[0\\] ${why}\n\\[0\\] ${why}\n\\[1\\] ${why}\n\\[1\\] ${why}$`));
  });

  it('one that never comes', () => {
    expect(missing.code).to.equal(1);
    expect(said(missing, 0)[0]).to.match(/^ProcessMissingError: Process 0 of 2 has waited 1 s for process 1 \(127\.0\.0\.1:\d+\)/);
  });
});
