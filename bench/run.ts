/** `npm run bench`: measures keras-node beside its peers. See README.md in this folder. */
import { writeFileSync } from 'node:fs';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { contendersFor, prepareOurWorker } from './harness/contenders.js';
import { describeMachine } from './harness/machine.js';
import { measure, type Result } from './harness/measure.js';
import { goalsReport, outcomes, workloadReport } from './harness/report.js';
import { WORKLOADS } from './harness/workloads.js';

const names = WORKLOADS.map(({ name }) => name);
const args = await yargs(hideBin(process.argv))
  .scriptName('npm run bench --')
  .usage('Measures keras-node beside its peers.\n\nUsage: $0 [options]')
  .env('BENCH')
  .strict()
  .option('workload', { type: 'array', string: true, choices: names, default: names, describe: 'What to measure' })
  .option('rounds', { type: 'number', default: 5, describe: 'Turns of each contender' })
  .option('json', { type: 'string', describe: 'File for all samples' })
  .option('tf-python', { type: 'string', describe: 'Python with keras and tensorflow' })
  .option('jax-python', { type: 'string', describe: 'Python with keras and jax' })
  .option('tfjs-dir', { type: 'string', describe: 'Folder made by bench/peers/setup-tfjs.sh' })
  .option('onnx-dir', { type: 'string', describe: 'Folder with onnxruntime-node installed' })
  .option('xla', { type: 'boolean', default: false, describe: 'Also Python Keras with jit_compile=True' })
  .option('only', { type: 'array', string: true, describe: 'Only these contenders' })
  .option('turns', { type: 'number', default: 10_000, describe: 'Steps of the workload memory' })
  .option('patience', { type: 'number', default: 10, describe: 'Seconds to wait for a quiet machine before a turn' })
  .epilogue('Each option but the first can be set by the environment: BENCH_TF_PYTHON, BENCH_TFJS_DIR, ...')
  .parseAsync();

process.env.BENCH_TURNS = String(args.turns);
const ours = prepareOurWorker();
const machine = describeMachine();
console.log(Object.entries(machine).map(([key, value]) => `${key}: ${value}`).join(', '));
console.log(`keras-node runs ${ours.runs}`);
if (ours.warning) console.log(`WARNING: ${ours.warning}`);
const log = process.stderr.isTTY ? (line: string) => process.stderr.write(`\r\x1b[K${line}`) : () => {};

const results: Result[] = [];
for (const workload of WORKLOADS.filter(({ name }) => args.workload.includes(name))) {
  const contenders = contendersFor(workload, ours, { ...args, only: args.only });
  const result = await measure(workload, contenders, {
    // Growth over many steps is no matter of luck: one round tells.
    rounds: workload.name === 'memory' ? 1 : args.rounds, patience: args.patience, log });
  results.push(result);
  log('');
  console.log(workloadReport(result));
  if (args.json) {
    const text = JSON.stringify({ machine, 'keras-node runs': ours.runs, results, goals: outcomes(results) }, null, 1);
    writeFileSync(args.json, `${text}\n`);
  }
}
const found = outcomes(results);
if (found.length > 0) console.log(goalsReport(found));
if (results.some(({ failed }) => Object.keys(failed).length > 0)) process.exitCode = 1;
