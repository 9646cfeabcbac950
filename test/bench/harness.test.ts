/** The runner of the benchmarks: protocol, alternation, sums and tables. Nothing here asserts a time. */
import { expect } from 'chai';
import type { Contender } from '../../bench/harness/contenders.js';
import { measure, type Result } from '../../bench/harness/measure.js';
import { outcomes, short, table, verdict, workloadReport } from '../../bench/harness/report.js';
import { median, summarize } from '../../bench/harness/statistics.js';
import { GOALS, WORKLOADS, type Workload } from '../../bench/harness/workloads.js';

const rounds: Workload = { name: 'mlp-train', style: 'rounds', about: '', peers: [] };
const oneShot: Workload = { name: 'startup', style: 'one-shot', about: '', peers: [] };
const options = { rounds: 3, patience: 0, log: () => {} };

/** A contender that is a line of JavaScript. */
const program = (name: string, script: string): Contender => ({ name, env: {}, command: [process.execPath, '-e', script] });

/** Answers each round with the number of the round, times `factor`. */
const counting = (name: string, factor: number): Contender => program(name, `
  console.log('a line that means nothing');
  console.log('READY {"params": 7}');
  let round = 0;
  require('readline').createInterface({ input: process.stdin })
    .on('line', () => console.log('ROUND ' + JSON.stringify({ 'fit step ms': ${factor} * round++ })))
    .on('close', () => console.log('END {"peak RSS MB": 1}'));`);

describe('the runner of the benchmarks', () => {
  it('throws the first round away and keeps the samples of the others', async () => {
    const result = await measure(rounds, [counting('keras-node', 1), counting('keras-tf', 4)], options);
    expect(result.failed).to.deep.equal({});
    expect(result.contenders['keras-node']['fit step ms'].all).to.deep.equal([1, 2, 3]);
    expect(result.contenders['keras-tf']['fit step ms'].median).to.equal(8);
    expect(result.meta['keras-tf']).to.deep.equal({ params: 7, 'peak RSS MB': 1 });
    expect(result.turns['keras-node']).to.have.length(3);
  });

  it('starts a one-shot contender anew for each turn', async () => {
    const once = program('keras-node', 'console.log(\'RESULT {"import s": 2, "meta": {"params": 7}}\')');
    const result = await measure(oneShot, [once], options);
    expect(result.contenders['keras-node']['import s'].all).to.deep.equal([2, 2, 2]);
    expect(result.contenders['keras-node']['start to first step s'].min).to.be.greaterThan(0);
    expect(result.meta['keras-node']).to.deep.equal({ params: 7 });
  });

  it('reports a contender that gives up and goes on with the others', async () => {
    const broken = program('tfjs', 'console.error("no such backend"); process.exit(3)');
    const missing: Contender = { name: 'keras-tf', command: ['/nowhere/python'], env: {} };
    const result = await measure(rounds, [broken, missing, counting('keras-node', 1)], options);
    expect(result.failed.tfjs).to.equal('ended with code 3\nno such backend');
    expect(result.failed['keras-tf']).to.match(/^could not be started: .*ENOENT/);
    expect(Object.keys(result.contenders)).to.deep.equal(['keras-node']);
    expect(workloadReport(result)).to.include('FAILED tfjs: ended with code 3');
  });
});

describe('the report of the benchmarks', () => {
  const result = (ours: readonly number[], theirs: readonly number[], params = 7): Result => ({
    workload: 'mlp-train', rounds: ours.length, failed: {},
    contenders: {
      'keras-node': { 'fit step ms': summarize(ours) }, 'keras-tf': { 'fit step ms': summarize(theirs) } },
    meta: { 'keras-node': { params: 7 }, 'keras-tf': { params } },
    turns: { 'keras-node': [{ probes: [1, 1.1], others: 0 }], 'keras-tf': [{ probes: [1, 2], others: 0 }] },
  });

  it('compares medians and minima with the goal', () => {
    const [met] = outcomes([result([1, 2, 3], [10, 11, 12])]);
    expect(met).to.include({ byMedian: 2 / 11, byMin: 0.1, verdict: 'met' });
    expect(verdict(0.5, 0.4, 0.45)).to.equal('undecided');
    expect(verdict(0.5, 0.5, 0.45)).to.equal('missed');
  });

  it('prints times, ratios, goals and noise', () => {
    const text = workloadReport(result([1, 2, 3], [10, 11, 12]));
    expect(text).to.match(/\| fit step ms \| 2\.00 \(1\.00\) \| 11\.0 \(10\.0\) \| +0\.182 \(0\.100\) \|/);
    expect(text).to.include('Noise: 1 of 2 turns quiet; probe 1.00 to 2.00 ms.');
    expect(text).not.to.include('WARNING');
  });

  it('warns of models that are not the same', () => {
    expect(workloadReport(result([1], [1], 8))).to.include('WARNING: the models differ in their number of parameters: 7, 8.');
  });

  it('has goals for workloads that exist, against peers that take part in them', () => {
    for (const { workload, rival } of GOALS) {
      const found = WORKLOADS.find(({ name }) => name === workload);
      expect(found, workload).not.to.equal(undefined);
      if (rival) expect(found!.peers).to.include.members([...rival.peers]);
    }
  });

  it('knows medians, short numbers and tables', () => {
    expect(median([3, 1, 2])).to.equal(2);
    expect(median([4, 1, 2, 3])).to.equal(2.5);
    expect(() => median([])).to.throw(RangeError, 'no median of no values');
    expect([0, 0.01234, 12.34, 1234.5].map(short)).to.deep.equal(['0', '0.0123', '12.3', '1235']);
    expect(table([['a', 'bb'], ['long', 'c']])).to.equal('| a    | bb |\n|------|---:|\n| long |  c |');
  });
});
