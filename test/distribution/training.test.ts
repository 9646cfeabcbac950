import { expect } from 'chai';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { OPTIMIZER_CASES } from './optimizer-cases.js';
import { IS_ISOLATED, launch, onTensorFlow } from './processes.js';
import { train } from './training-job.js';

const TOLERANCE = 1e-5;
type Results = Record<string, unknown>;

/** All numbers in a structure, with the way to each. */
function numbersIn(value: unknown, at = ''): [string, number][] {
  if (typeof value === 'number') return [[at, value]];
  return Object.entries(value as object).flatMap(([key, item]) => numbersIn(item, `${at}/${key}`));
}

function expectClose(results: unknown, reference: unknown, tolerance: number, what: string): void {
  const expected = new Map(numbersIn(reference));
  const received = numbersIn(results);
  expect(received.map(([at]) => at), what).to.have.members([...expected.keys()]).and.not.be.empty;
  for (const [at, value] of received) expect(Math.abs(value - expected.get(at)!), `${what}${at}`).to.be.at.most(tolerance);
}

onTensorFlow('several processes against one', function suite() {
  this.timeout(120_000);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'keras-node-distribution-'));
  const read = (size: number, index: number): Results =>
    JSON.parse(fs.readFileSync(path.join(folder, `results-${size}-${index}.json`), 'utf8')) as Results;
  before(async () => {
    await train(folder);
    for (const workers of ['2', '3']) {
      const { code, lines } = await launch(['--workers', workers], 'training-job.ts', [folder]);
      expect(code, lines.join('\n')).to.equal(0);
    }
  });
  after(() => fs.rmSync(folder, { recursive: true }));

  for (const name of ['sgd', 'adam', 'evaluate', 'predict', 'sum', 'weighted', 'clipped', 'shuffled', 'generator', 'normalized',
    'masked', 'two', 'losses', 'eager', 'own', 'stopped', ...OPTIMIZER_CASES]) {
    for (const size of [2, 3]) {
      it(`${name}, ${size} processes`, () => {
        for (let index = 0; index < size; index++) {
          expectClose(read(size, index)[name], read(1, 0)[name], TOLERANCE, `process ${index}: `);
          // In all processes the same to the last bit.
          expectClose(read(size, index)[name], read(size, 0)[name], 0, `process ${index} against 0: `);
        }
      });
    }
  }

  it('TensorFlow listens on loopback alone, as it was told', () => {
    const addresses = [0, 1, 2].flatMap((index) => read(3, index).listening as string[]);
    expect(addresses).to.have.length(3);
    for (const address of addresses) expect(address).to.match(/0100007F:/);
  });

  (IS_ISOLATED ? it : it.skip)('the processes see no network but loopback', () => {
    for (const size of [2, 3]) {
      for (let index = 0; index < size; index++) expect(read(size, index).networks).to.deep.equal(['lo']);
    }
  });

  it('what the cases of optimizers are about has happened', () => {
    const { overflow, accumulated } = read(1, 0) as Record<string, { scale: number; steps: number }>;
    // One step of four is left out, and halves the scale.
    expect([overflow.scale, overflow.steps]).to.deep.equal([2 ** 9, 3]);
    // Seven steps, of which each second changes the weights.
    expect(accumulated.steps).to.equal(3);
  });

  it('XLA is refused with several processes', () => {
    expect(read(2, 1).refusal).to.match(/is compiled with jit_compile, but XLA cannot add up over processes/);
    expect(read(1, 0).refusal).to.equal('none');
  });

  it('files are written by process 0 alone', () => {
    const files = fs.readdirSync(folder);
    // One of each run, of 1, 2 and 3 processes.
    expect(files.filter((file) => file.endsWith('.csv'))).to.have.length(3);
    expect(files.filter((file) => file.endsWith('.keras'))).to.have.length(3);
  });
});
