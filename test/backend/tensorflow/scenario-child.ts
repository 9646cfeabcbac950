/**
 * Things the tests of the native addon do to a process of their own.
 *
 * Usage: scenario-child.ts <path of the addon> <scenario>
 */
import { Worker } from 'node:worker_threads';
import { loadBinding, TF_DTYPE } from '../../../src/backend/tensorflow/binding.js';
import { attr, functionDef } from './messages.js';

const [path, scenario] = process.argv.slice(2);
const ANONYMOUS = 'cd2c89b7-88b7-44c8-ad83-06c2a9158347';

const loopFunction = (name: string, output: number, op: string): Uint8Array =>
  functionDef({
    name,
    inputs: { i: TF_DTYPE.int32 },
    outputs: { o: output },
    nodes: [{ name: 'n', op, input: ['i', 'i'], attrs: { T: attr.type(TF_DTYPE.int32) } }],
    ret: { o: 'n:z:0' },
  });
const loopFunctions = [
  loopFunction('always', TF_DTYPE.bool, 'GreaterEqual'),
  loopFunction('twice', TF_DTYPE.int32, 'AddV2'),
];
const loopAttrs: [string, Uint8Array][] = [
  ['T', attr.types([TF_DTYPE.int32])],
  ['cond', attr.func('always')],
  ['body', attr.func('twice')],
];

/** Starts an op that runs until it is cancelled. */
function runForEver(): void {
  const binding = loadBinding(path);
  for (const bytes of loopFunctions) binding.addFunction(bytes);
  const one = binding.createTensor(TF_DTYPE.int32, [], Int32Array.of(1));
  void binding.executeAsync(binding.prepareOp('While', loopAttrs, 1), [one]).catch(() => {});
}

/** Resident memory in MB after garbage has been collected. */
function memory(): number {
  globalThis.gc!();
  return process.memoryUsage().rss / 2 ** 20;
}

/** Prints the memory that `step` leaves behind, in MB, once it is warm. */
function printGrowth(warm: number, count: number, step: (i: number) => void): void {
  for (let i = 0; i < warm; i++) step(i);
  const before = memory();
  for (let i = 0; i < count; i++) step(i);
  console.log(memory() - before);
}

/** Computes in a worker; then `end` runs there, with endless ops under way. */
function inWorker(end: 'return' | 'process.exit(3)' | 'stop'): void {
  // Plain JavaScript, so that the worker needs no loader.
  const worker = new Worker(
    `
    const { parentPort, workerData } = require('node:worker_threads');
    const addon = { exports: {} };
    process.dlopen(addon, workerData.path);
    const binding = addon.exports;
    binding.initialize();
    process.on('exit', () => binding.stop());
    const x = binding.createTensor(1, [2], Float32Array.of(1, 2));
    const sum = binding.execute(binding.prepareOp('AddV2', [], 1), x, x);
    parentPort.postMessage([...new Float32Array(binding.readTensor(sum))].join());
    if (workerData.end !== 'return') {
      for (const bytes of workerData.loopFunctions) binding.addFunction(bytes);
      const endless = binding.prepareOp('While', workerData.loopAttrs, 1);
      const one = binding.createTensor(3, [], Int32Array.of(1));
      for (let i = 0; i < 6; i++) binding.executeAsync(endless, [one]);
      binding.readTensorAsync(sum);
      if (workerData.end === 'stop') setTimeout(() => parentPort.postMessage('stop me'), 50);
      else setTimeout(() => process.exit(3), 50);
    }
  `,
    { eval: true, workerData: { path, end, loopFunctions, loopAttrs } },
  );
  worker.on('message', (message: string) => {
    console.log(message);
    if (message === 'stop me') void worker.terminate();
  });
  worker.on('error', (error) => console.log(String(error)));
  worker.on('exit', (code) => console.log(`ended with ${code}`));
}

const scenarios: Record<string, () => void> = {
  'exit while an op runs': () => {
    runForEver();
    setTimeout(() => process.exit(7), 100);
  },
  'exit before an op has started': () => {
    runForEver();
    process.exit(8);
  },
  'throw while an op runs': () => {
    runForEver();
    setTimeout(() => {
      throw new Error('thrown on purpose');
    }, 100);
  },
  'create, execute and delete': () => {
    const binding = loadBinding(path);
    const add = binding.prepareOp('AddV2', [], 1);
    const data = new Float32Array(256);
    printGrowth(20_000, 200_000, () => {
      const x = binding.createTensor(TF_DTYPE.float32, [16, 16], data);
      const sum = binding.execute(add, x, x) as number;
      binding.deleteTensors([x, sum]);
    });
  },
  'fail to execute': () => {
    const binding = loadBinding(path);
    const matMul = binding.prepareOp('MatMul', [], 1);
    const x = binding.createTensor(TF_DTYPE.float32, [64], new Float32Array(64));
    printGrowth(2000, 20_000, () => {
      try {
        binding.execute(matMul, x, x);
      } catch {
        return;
      }
      throw new Error('MatMul took vectors');
    });
  },
  'make strings': () => {
    const binding = loadBinding(path);
    const long = 'x'.repeat(10_000);
    printGrowth(100, 2000, () => {
      const id = binding.createStringTensor(
        [10],
        Array.from({ length: 10 }, () => long),
      );
      binding.readStrings(id);
      binding.deleteTensor(id);
    });
  },
  'make variables': () => {
    const binding = loadBinding(path);
    const type = attr.type(TF_DTYPE.float32);
    const shape = attr.shape([512, 512]);
    const make = binding.prepareOp(
      'VarHandleOp',
      [
        ['dtype', type],
        ['shape', shape],
        ['shared_name', attr.string(ANONYMOUS)],
      ],
      1,
    );
    const assign = binding.prepareOp('AssignVariableOp', [['dtype', type]], 0);
    const data = new Float32Array(512 * 512);
    printGrowth(20, 300, () => {
      const variable = binding.execute(make) as number;
      const value = binding.createTensor(TF_DTYPE.float32, [512, 512], data);
      binding.execute(assign, variable, value);
      binding.deleteTensors([value, variable]);
    });
  },
  'prepare and release': () => {
    const binding = loadBinding(path);
    printGrowth(2000, 20_000, () =>
      binding.releaseOp(binding.prepareOp('Softmax', [['T', attr.type(1)]], 1)),
    );
  },
  'a worker returns': () => inWorker('return'),
  'a worker exits while ops run': () => inWorker('process.exit(3)'),
  'a worker is stopped while ops run': () => inWorker('stop'),
  'four workers at once': () => {
    for (const end of ['return', 'stop', 'process.exit(3)', 'return'] as const) inWorker(end);
  },
};

scenarios[scenario]();
