import { expect } from 'chai';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { backendNamed, BACKENDS } from '../support/backends.js';
import { launch, runAlone } from './processes.js';

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
  expect(received.length, what).to.equal(expected.size).and.greaterThan(0);
  for (const [at, value] of received) expect(Math.abs(value - expected.get(at)!), `${what}${at}`).to.be.at.most(tolerance);
}

(BACKENDS.includes('tensorflow') && backendNamed('tensorflow') ? describe : describe.skip)('several processes against one', function suite() {
  this.timeout(120_000);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'keras-node-distribution-'));
  const read = (size: number, index: number): Results =>
    JSON.parse(fs.readFileSync(path.join(folder, `results-${size}-${index}.json`), 'utf8')) as Results;
  before(async () => {
    const ends = [
      await runAlone('training-job.ts', [folder]),
      await launch(['--workers', '2'], 'training-job.ts', [folder]),
      await launch(['--workers', '3'], 'training-job.ts', [folder]),
    ];
    for (const { code, lines } of ends) expect(code, lines.join('\n')).to.equal(0);
  });
  after(() => fs.rmSync(folder, { recursive: true }));

  for (const name of ['sgd', 'adam', 'evaluate', 'predict', 'sum', 'weighted', 'clipped', 'shuffled', 'generator', 'normalized',
    'masked', 'two', 'losses', 'eager']) {
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

  it('files are written by process 0 alone', () => {
    const files = fs.readdirSync(folder);
    // One of each run, of 1, 2 and 3 processes.
    expect(files.filter((file) => file.endsWith('.csv'))).to.have.length(3);
    expect(files.filter((file) => file.endsWith('.keras'))).to.have.length(3);
  });
});
