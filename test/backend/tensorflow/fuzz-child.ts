/**
 * Random calls of every function of the native addon, in a process of its own: a crash shows as a signal.
 *
 * Usage: fuzz-child.ts <path of the addon> <seed> <calls>
 * With KERAS_NODE_FUZZ_TRACE set, each call goes to stderr before it is made.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { loadBinding, TF_DTYPE } from '../../../src/backend/tensorflow/binding.js';
import { OpDefs } from '../../../src/backend/tensorflow/proto.js';
import { knownOps } from './fuzz-ops.js';
import { below, chance, pick, setSeed, shape, times } from './fuzz-random.js';
import { attr, functionDef } from './messages.js';

const [path, seed, calls] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
setSeed(seed);
const binding = loadBinding(path);
const loose = binding as unknown as Record<string, (...args: unknown[]) => unknown>;

// What is alive, as far as the fuzz knows.
const tensors: number[] = [];
const dtypeOf = new Map<number, number>();
const ops: number[] = [];
const nameOf = new Map<number, string>();
const sequences: number[] = [];
/** How many inputs each takes. */
const sequenceInputs = new Map<number, number>();
const cancellations: number[] = [];
const functions: string[] = [];
const views: unknown[] = [];
const pending = new Set<Promise<unknown>>();

// 1. Odd values: what no caller should pass.

function detached(): Uint8Array {
  const bytes = new Uint8Array(16);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
}

/** An array whose first element does mischief while it is read. */
function hostile(): unknown[] {
  const items: unknown[] = [1, 2, 3];
  Object.defineProperty(items, 0, {
    get() {
      if (chance(0.3)) throw new Error('from a getter');
      if (tensors.length > 0) binding.deleteTensor(tensors.splice(below(tensors.length), 1)[0]);
      if (chance(0.3)) items.length = below(5);
      return pick([1, 2, tensors[0]]);
    },
  });
  return items;
}

const oddValues: (() => unknown)[] = [
  () => pick([undefined, null, true, NaN, Infinity, -1, -0, 0.5, 2 ** 31, 2 ** 32, 2 ** 53, 1e300, 10n]),
  () => pick([Symbol('s'), () => 1, new Date(), new Proxy([1, 2], {}), {}, { length: 3 }]),
  () => pick(['', 'AddV2', 'a\0b', '\ud800', 'x'.repeat(below(5000))]),
  () => pick([[], [[]], [NaN], [-1], [2 ** 40, 2 ** 40], [0, 2 ** 60], [null], ['a'], times(300, () => 1)]),
  () => pick([new Float64Array(below(5)), new BigInt64Array(2), new Uint8Array(below(40)), detached()]),
  () => pick([new ArrayBuffer(8), new DataView(new ArrayBuffer(8)), new Int8Array(new SharedArrayBuffer(8))]),
  () => Uint8Array.from(times(below(60), () => below(256))),
  () => pick([below(40), pick(tensors), pick(ops)]),
  () => new Int32Array(9).fill(below(5)),
  hostile,
];

// 2. Arguments that mostly suit.

const { float32, int32, int64, ...others } = TF_DTYPE;
const widths: Record<number, number> = {
  [float32]: 4, [int32]: 4, [int64]: 8, [others.float64]: 8, [others.uint8]: 1, [others.int16]: 2,
  [others.int8]: 1, [others.complex64]: 8, [others.bool]: 1, [others.bfloat16]: 2, [others.uint16]: 2,
  [others.float16]: 2, [others.uint32]: 4, [others.uint64]: 8,
};
const dtype = (): number => pick([float32, float32, float32, int32, ...Object.keys(widths).map(Number)]);
const id = (): unknown => (chance(0.95) ? pick(tensors) : below(100_000));

function data(kind: number, dims: readonly number[]): ArrayBufferView {
  const length = dims.reduce((n, d) => n * d, 1);
  if (kind === float32) return Float32Array.from({ length }, () => pick([0, 1, -1, 0.5, 2, NaN, Infinity]));
  if (kind === int32) return Int32Array.from({ length }, () => below(6) - 1);
  if (kind === int64) return BigInt64Array.from({ length }, () => BigInt(below(6) - 1));
  return new Uint8Array(length * widths[kind]).map(() => below(3));
}

const opDefs = new OpDefs(binding.opDefs());
const inputCounts = new Map(knownOps.map(({ name }) => [name, opDefs.get(name).input_arg.length]));

/** An op and inputs: mostly as many as the op takes, and of one dtype, with an int32 here and there. */
function opAndInputs(): [unknown, unknown[]] {
  const op = pick(ops);
  const suits = (inputCounts.get(nameOf.get(op) ?? '') ?? 1) + (chance(0.05) ? 1 : 0);
  const first = chance(0.6) ? tensors.find((x) => dtypeOf.get(x) === float32) : pick(tensors);
  const alike = tensors.filter((x) => dtypeOf.get(x) === dtypeOf.get(first!));
  const ints = tensors.filter((x) => dtypeOf.get(x) === int32);
  const input = (): unknown => (chance(0.02) ? id() : pick(chance(0.7) ? alike : ints));
  return [op, times(chance(0.95) ? suits : below(14), input)];
}

function mutated(bytes: Uint8Array): Uint8Array {
  if (chance(0.3)) return bytes.subarray(0, below(bytes.length + 1));
  const copy = Uint8Array.from(bytes);
  for (let i = below(4); i >= 0 && copy.length > 0; i--) copy[below(copy.length)] = below(256);
  return copy;
}

function opArguments(): unknown[] {
  const op = pick(knownOps);
  const attrs = Object.entries(op.attrs());
  for (const pair of attrs) if (chance(0.1)) pair[1] = mutated(pair[1]);
  const stray = pick([attr.int(3), attr.type(99), attr.bool(true)]);
  if (chance(0.05)) attrs.push([pick(['T', 'N', 'junk', '_note', 'dtype']), stray]);
  const name = chance(0.1) ? pick(['f0', 'f1', 'f2', 'Nope']) : op.name;
  const outputs = chance(0.95) ? op.outputs : below(5);
  return [name, attrs, outputs, ...(chance(0.05) ? [pick(['CPU:0', 'GPU:0', 'x', '/device:CPU:0'])] : [])];
}

function functionBytes(): Uint8Array {
  const op = pick(['AddV2', 'Mul', 'Nope', `f${below(6)}`, 'PartitionedCall']);
  const call = { Tin: attr.types([1]), Tout: attr.types([1]), f: attr.func(`f${below(6)}`) };
  const binary = !op.startsWith('f') && op !== 'PartitionedCall';
  const attrs = op === 'PartitionedCall' ? call : binary ? { T: attr.type(1) } : undefined;
  const bytes = functionDef({
    name: `f${below(6)}`, inputs: { x: 1 }, outputs: { y: 1 },
    nodes: [{ name: 'n', op, input: binary ? ['x', 'x'] : ['x'], attrs }],
    ret: { y: pick(['n:z:0', 'n:y:0', 'n:output:0', 'x', 'm:z:0']) },
  });
  return chance(0.3) ? mutated(bytes) : bytes;
}

/** A few steps whose operands are arguments and results of steps before, mostly as many as the ops take. */
function sequenceArguments(): unknown[] {
  const inputs = below(4);
  let slots = inputs;
  const steps = times(1 + below(4), () => {
    const op = pick(ops);
    const name = nameOf.get(op) ?? '';
    const count = chance(0.95) ? inputCounts.get(name) ?? 1 : below(5);
    const step = [op, times(count, () => below(slots + (chance(0.02) ? 3 : 0))), chance(0.3) ? 1 : 0];
    slots += knownOps.find((known) => known.name === name)?.outputs ?? 1;
    return step;
  });
  return [inputs, steps, times(below(4), () => below(slots))];
}

/** A sequence and tensors, mostly as many as it takes. */
function sequenceAndInputs(): [unknown, unknown[]] {
  const sequence = pick(sequences);
  return [sequence, times(chance(0.95) ? sequenceInputs.get(sequence) ?? 1 : below(5), id)];
}

/** For each function of the addon, arguments and how often it is called. */
const generators: Record<string, { weight: number; args: () => unknown[] }> = {
  initialize: { weight: 1, args: () => [new Uint8Array(below(5))] },
  version: { weight: 1, args: () => [] },
  opDefs: { weight: 0.1, args: () => [] },
  devices: { weight: 1, args: () => [] },
  memoryInfo: { weight: 1, args: () => [pick(['/job:localhost/replica:0/task:0/device:CPU:0', 'GPU:0'])] },
  counts: { weight: 1, args: () => [] },
  createTensor: {
    weight: 6,
    args: () => {
      const [kind, dims] = [dtype(), shape()];
      return [kind, dims, data(kind, dims)];
    },
  },
  createStringTensor: {
    weight: 1,
    args: () => {
      const dims = shape();
      const value = (): unknown => (chance(0.5) ? 'é'.repeat(below(30)) : new Uint8Array(below(30)));
      return [dims, times(dims.reduce((n, d) => n * d, 1), value)];
    },
  },
  gatherRows: {
    weight: 1,
    args: () => {
      const [kind, dims] = [dtype(), shape().slice(0, 2)];
      const indices = Int32Array.from({ length: 6 }, () => below(5) - (chance(0.05) ? 1 : 0));
      return [kind, dims, data(kind, [5, ...dims]), indices, below(3), below(5)];
    },
  },
  readTensor: { weight: 2, args: () => [id()] },
  makeBuffer: { weight: 0.2, args: () => [below(3) * (1 << 22)] },
  readTensorAsync: { weight: 1, args: () => [id()] },
  viewTensor: { weight: 1, args: () => [id()] },
  releaseView: { weight: 1, args: () => [chance(0.9) ? pick(views) : new ArrayBuffer(8)] },
  readScalars: { weight: 1, args: () => [times(below(4), id)] },
  readStrings: { weight: 1, args: () => [id()] },
  tensorInfo: { weight: 1, args: () => [id()] },
  deleteTensor: { weight: 1, args: () => [id()] },
  deleteTensors: { weight: 1, args: () => [times(below(3), id)] },
  prepareOp: { weight: 4, args: opArguments },
  releaseOp: { weight: 1, args: () => [pick(ops)] },
  execute: { weight: 12, args: () => opAndInputs().flat() },
  executeAsync: {
    weight: 4,
    args: () => [...opAndInputs(), chance(0.3) ? pick(cancellations) : undefined, ...(chance(0.5) ? [below(4)] : [])],
  },
  prepareSequence: { weight: 2, args: sequenceArguments },
  releaseSequence: { weight: 0.5, args: () => [pick(sequences)] },
  runSequence: { weight: 6, args: () => sequenceAndInputs().flat() },
  runSequenceAsync: {
    weight: 3,
    args: () => [...sequenceAndInputs(), chance(0.3) ? pick(cancellations) : undefined, ...(chance(0.5) ? [below(4)] : [])],
  },
  createCancellation: { weight: 1, args: () => [] },
  cancel: { weight: 1, args: () => [pick(cancellations)] },
  releaseCancellation: { weight: 1, args: () => [pick(cancellations)] },
  addFunction: { weight: 1, args: () => [functionBytes()] },
  enableCollectives: { weight: 0.2, args: () => [new Uint8Array(below(5)), ...(chance(0.5) ? [pick(['127.0.0.1', 'localhost'])] : [])] },
  checkPeers: { weight: 0.2, args: () => [times(below(3), () => '/job:worker/replica:0/task:1'), 1 + below(5)] },
  checkPeersAsync: { weight: 0.2, args: () => [times(below(3), () => '/job:worker/replica:0/task:1'), 1 + below(5)] },
  watchPeers: { weight: 0.2, args: () => [times(below(3), () => '/job:worker/replica:0/task:1'), 1 + below(5), 1 + below(5)] },
  lostPeers: { weight: 0.2, args: () => [] },
  abortCollectives: { weight: 0.2, args: () => [`why ${below(5)}`] },
  removeFunction: { weight: 1, args: () => [chance(0.9) ? `f${below(6)}` : pick(functions)] },
};
const names = Object.entries(generators).flatMap(([name, { weight }]) => times(weight * 10, () => name));

// 3. What comes of a call.

const failures = new Map<string, number>();
let executed = 0;

/** Any failure must be an Error with a message, and a code unless it is the caller's own. */
function check(error: unknown): void {
  if (!(error instanceof Error)) throw new Error(`not an Error: ${String(error)}`, { cause: error });
  const { code, message } = error as Error & { code?: string };
  if (message === 'from a getter') return;
  if (!code || !message) throw new Error(`no code or message: ${message}`, { cause: error });
  failures.set(code, (failures.get(code) ?? 0) + 1);
}

function addTensors(result: unknown): void {
  for (const tensor of [result].flat() as number[]) {
    tensors.push(tensor);
    dtypeOf.set(tensor, binding.tensorInfo(tensor).dtype);
  }
}

function drop(list: number[], value: unknown): void {
  const at = list.indexOf(value as number);
  if (at >= 0) list.splice(at, 1);
}

function note(name: string, args: readonly unknown[], result: unknown): void {
  if (name === 'execute') executed++;
  const made = ['createTensor', 'createStringTensor', 'gatherRows', 'execute', 'runSequence'];
  if (made.includes(name)) addTensors(result ?? []);
  if (name === 'prepareOp') ops.push(result as number);
  if (name === 'prepareOp') nameOf.set(result as number, args[0] as string);
  if (name === 'prepareSequence') sequences.push(result as number);
  if (name === 'prepareSequence') sequenceInputs.set(result as number, args[0] as number);
  if (name === 'releaseSequence') drop(sequences, args[0]);
  if (name === 'createCancellation') cancellations.push(result as number);
  if (name === 'viewTensor' && views.length < 50) views.push(result);
  if (name === 'addFunction') functions.push(result as string);
  if (name === 'deleteTensor') drop(tensors, args[0]);
  if (name === 'releaseView' && chance(0.8)) views.splice(views.indexOf(args[0]), 1);
  if (name === 'releaseOp') drop(ops, args[0]);
  if (name === 'releaseCancellation') drop(cancellations, args[0]);
}

async function settle(name: string, promise: Promise<unknown>): Promise<void> {
  try {
    const value = await promise;
    if (name === 'executeAsync' || name === 'runSequenceAsync') addTensors(value);
  } catch (error) {
    check(error);
  }
}

function describe(value: unknown): string {
  try {
    if (typeof value !== 'number' || !tensors.includes(value)) return JSON.stringify(value) ?? String(value);
    const { dtype: kind, shape: dims } = binding.tensorInfo(value);
    return `${value}:${kind}[${dims.join()}]`;
  } catch {
    return typeof value;
  }
}

function callOne(number: number): void {
  const name = pick(names);
  const args = generators[name].args();
  if (chance(0.12)) args[below(args.length + 1)] = pick(oddValues)();
  if (chance(0.02)) args.length = below(args.length + 1);
  if (process.env.KERAS_NODE_FUZZ_TRACE) {
    console.error(number, name, nameOf.get(args[0] as number) ?? '', args.map(describe).join(' '));
  }
  try {
    const result = loose[name](...args);
    if (!(result instanceof Promise)) return note(name, args, result);
    const settled = settle(name, result);
    pending.add(settled);
    void settled.finally(() => pending.delete(settled));
  } catch (error) {
    check(error);
  }
}

for (let i = 0; i < calls; i++) {
  callOne(i);
  // Keep the stock small; stale ids stay in play as random numbers.
  if (tensors.length > 60) {
    try {
      binding.deleteTensors(tensors.splice(0, 10));
    } catch (error) {
      check(error);
    }
  }
  if (ops.length > 150) binding.releaseOp(ops.shift()!);
  if (sequences.length > 50) binding.releaseSequence(sequences.shift()!);
  if (i % 64 === 0 || pending.size > 20) await turn();
}
await Promise.all(pending);
const [one, two] = [1, 2].map((x) => binding.createTensor(float32, [], Float32Array.of(x)));
const sum = binding.execute(binding.prepareOp('AddV2', [], 1), one, two) as number;
const result = { sum: binding.readScalars([sum])[0], executed, failures: Object.fromEntries(failures) };
console.log(JSON.stringify(result));
