/**
 * Things the tests of the native addon do to a process of their own.
 *
 * Usage: node --expose-gc --import tsx scenario-child.ts <path of the addon> <scenario>
 */
import { Worker } from 'node:worker_threads';
import { loadBinding, TF_DTYPE } from '../../../src/backend/tensorflow/binding.js';
import { attr, functionDef } from './messages.js';

const [path, scenario] = process.argv.slice(2);
const ANONYMOUS = 'cd2c89b7-88b7-44c8-ad83-06c2a9158347';

/** A prepared function that loops until it is cancelled. */
function endless(binding: ReturnType<typeof loadBinding>): number {
  const loop = (name: string, output: number, node: string) => binding.addFunction(functionDef({
    name, inputs: { i: TF_DTYPE.int32 }, outputs: { o: output },
    nodes: [{ name: 'n', op: node, input: ['i', 'i'], attrs: { T: attr.type(TF_DTYPE.int32) } }], ret: { o: 'n:z:0' },
  }));
  loop('always', TF_DTYPE.bool, 'GreaterEqual');
  loop('double', TF_DTYPE.int32, 'AddV2');
  return binding.prepareOp('While', [
    ['T', attr.types([TF_DTYPE.int32])], ['cond', attr.func('always')], ['body', attr.func('double')],
  ], 1);
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

function inWorker(end: string): void {
  // Plain JavaScript, so that the worker needs no loader; `end` is what it does when all is running.
  const worker = new Worker(`
    const { parentPort } = require('node:worker_threads');
    const module_ = { exports: {} };
    process.dlopen(module_, ${JSON.stringify(path)});
    const b = module_.exports;
    b.initialize();
    const x = b.createTensor(1, [2], Float32Array.of(1, 2));
    const sum = b.execute(b.prepareOp('AddV2', [], 1), x, x);
    parentPort.postMessage([...new Float32Array(b.readTensor(sum))]);
    const endless = (${endless.toString().replaceAll(/\(0, .*?\.(\w+)\)/g, '$1')});
    ${end}
  `, { eval: true });
  worker.on('message', (message) => console.log(JSON.stringify(message)));
  worker.on('error', (error) => console.log(String(error)));
  worker.on('exit', (code) => console.log(`worker ended with ${code}`));
}

const scenarios: Record<string, () => void | Promise<void>> = {
  'exit while an op runs': () => {
    const binding = loadBinding(path);
    const one = binding.createTensor(TF_DTYPE.int32, [], Int32Array.of(1));
    void binding.executeAsync(endless(binding), [one]).catch(() => {});
    setTimeout(() => process.exit(7), 100);
  },
  'exit before an op has started': () => {
    const binding = loadBinding(path);
    const one = binding.createTensor(TF_DTYPE.int32, [], Int32Array.of(1));
    void binding.executeAsync(endless(binding), [one]).catch(() => {});
    process.exit(8);
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
      const id = binding.createStringTensor([10], Array.from({ length: 10 }, () => long));
      binding.readStrings(id);
      binding.deleteTensor(id);
    });
  },
  'make variables': () => {
    const binding = loadBinding(path);
    const type = attr.type(TF_DTYPE.float32);
    const shape = attr.shape([512, 512]);
    const make = binding.prepareOp('VarHandleOp',
      [['dtype', type], ['shape', shape], ['shared_name', attr.string(ANONYMOUS)]], 1);
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
    printGrowth(2000, 20_000, () => binding.releaseOp(binding.prepareOp('Softmax', [['T', attr.type(1)]], 1)));
  },
  'a worker ends': () => inWorker(''),
  'a worker is stopped while ops run': () => inWorker(`
    const { attr, functionDef, TF_DTYPE } = require(${JSON.stringify(path)}) && {};
  `),
};

await scenarios[scenario]();
