/**
 * Random calls of every function of the native addon, in a process of its own: a crash shows as a signal.
 *
 * Usage: node --import tsx fuzz-child.ts <path of the addon> <seed> <calls>
 */
import { setImmediate as turn } from 'node:timers/promises';
import { loadBinding, TF_DTYPE } from '../../../src/backend/tensorflow/binding.js';
import { OpDefs } from '../../../src/backend/tensorflow/proto.js';
import { attr, functionDef } from './messages.js';

const [path, seed, calls] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const binding = loadBinding(path);
const loose = binding as unknown as Record<string, (...args: unknown[]) => unknown>;

// Numbers from a seed (mulberry32), so that a failure can be played again.
let state = seed;
function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}
const below = (n: number): number => Math.floor(random() * n);
const chance = (p: number): boolean => random() < p;
const pick = <T>(items: readonly T[]): T => items[below(items.length)];
const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

const tensors: number[] = [];
const ops: number[] = [];
const cancellations: number[] = [];
const functions: string[] = [];
const prepared = new Map<number, string>();
const pending = new Set<Promise<unknown>>();

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

const odd: (() => unknown)[] = [
  () => undefined, () => null, () => true, () => NaN, () => Infinity, () => -1, () => -0, () => 0.5, () => 2 ** 31,
  () => 2 ** 32, () => 2 ** 53, () => 1e300, () => below(40), () => 10n, () => Symbol('s'), () => () => 1, () => '',
  () => 'AddV2', () => 'a\0b', () => '\ud800', () => 'x'.repeat(below(5000)), () => ({}), () => ({ length: 3 }), () => [],
  () => [[]], () => [NaN], () => [-1], () => [2 ** 40, 2 ** 40], () => [0, 2 ** 60], () => [null], () => ['a', 'b'],
  () => times(300, () => 1), () => new Proxy([1, 2], {}), hostile, detached, () => new Uint8Array(below(40)),
  () => new Float64Array(below(5)), () => new Int32Array(below(9)).fill(below(5)), () => new DataView(new ArrayBuffer(8)),
  () => new ArrayBuffer(8), () => new Uint8Array(new SharedArrayBuffer(8)), () => new BigInt64Array(2),
  () => Uint8Array.from(times(below(60), () => below(256))), () => new Date(), () => pick(tensors), () => pick(ops),
];

const shape = (): number[] => times(below(5), () => pick([0, 1, 1, 2, 2, 3, 4]));
const sizeOf = (dims: readonly number[]): number => dims.reduce((n, d) => n * d, 1);
const dtypes = Object.values(TF_DTYPE);
const numeric = dtypes.filter((d) => ![TF_DTYPE.string, TF_DTYPE.resource, TF_DTYPE.variant].includes(d as 7 | 20 | 21));
const widths: Record<number, number> = {
  1: 4, 2: 8, 3: 4, 4: 1, 5: 2, 6: 1, 8: 8, 9: 8, 10: 1, 14: 2, 17: 2, 19: 2, 22: 4, 23: 8,
};
const dtype = (): number => pick([1, 1, 1, 3, 3, 9, 10, ...numeric]);
const id = (): unknown => (chance(0.95) ? pick(tensors) : below(100_000));

function data(kind: number, dims: readonly number[]): ArrayBufferView {
  const n = sizeOf(dims);
  if (kind === TF_DTYPE.float32) return Float32Array.from({ length: n }, () => pick([0, 1, -1, 0.5, 2, NaN, Infinity, 3]));
  if (kind === TF_DTYPE.int32) return Int32Array.from({ length: n }, () => below(6) - 1);
  if (kind === TF_DTYPE.int64) return BigInt64Array.from({ length: n }, () => BigInt(below(6) - 1));
  return new Uint8Array(n * widths[kind]).map(() => below(3));
}

/** Well-known ops with attributes that suit them. Inputs are given at random. */
const known: [string, number, () => [string, Uint8Array][]][] = [
  ...['AddV2', 'Mul', 'Sub', 'RealDiv', 'FloorMod', 'Maximum', 'Pow', 'Less', 'Equal', 'LogicalAnd', 'MatMul', 'BatchMatMulV2',
    'Reshape', 'Transpose', 'Relu', 'Sigmoid', 'Softmax', 'Exp', 'Log', 'Neg', 'Identity', 'Sum', 'Max', 'Mean', 'ArgMax',
    'GatherV2', 'GatherNd', 'ScatterNd', 'OneHot', 'Tile', 'Pad', 'PadV2', 'MirrorPad', 'Slice', 'StridedSlice', 'Fill',
    'Range', 'SelectV2', 'Where', 'TopKV2', 'Cumsum', 'BiasAdd', 'ExpandDims', 'Squeeze', 'BroadcastTo', 'BroadcastArgs',
    'InvertPermutation', 'MatrixInverse', 'Cholesky', 'MatrixSolve', 'FFT', 'UnsortedSegmentSum', 'ReverseV2', 'Shape', 'Size',
    'ZerosLike', 'TensorScatterUpdate', 'StatelessRandomUniformV2', 'StatelessRandomGetKeyCounter', 'ResizeBilinear',
    'LinSpace', 'Bincount', 'SpaceToBatchND', 'L2Loss', 'Unique', 'Snapshot', 'All', 'Any', 'Prod', 'Min', 'Cumprod',
    'BitwiseAnd', 'LeftShift', 'BroadcastTo', 'BiasAddGrad', 'Relu6Grad', 'EluGrad', 'SigmoidGrad', 'LogSoftmax', 'Lgamma',
    'Erfinv', 'StatelessRandomNormalV2', 'StatelessRandomUniformIntV2', 'StatelessTruncatedNormalV2', 'SplitV',
    'TensorScatterAdd', 'TensorScatterMax', 'TensorStridedSliceUpdate', 'SquaredDifference', 'NotEqual', 'MatrixDeterminant',
  ].map((name): [string, number, () => [string, Uint8Array][]] => [name, 1, () => []]),
  // Not to integers: NaN becomes the least int64, on which GatherV2 (TensorFlow 2.21) aborts when it is the axis.
  ['Cast', 1, () => [['DstT', attr.type(pick([1, 2, 10, 14, 19, 8]))]]],
  ['ConcatV2', 1, () => [['N', attr.int(pick([2, 3]))], ['T', attr.type(dtype())], ['Tidx', attr.type(3)]]],
  ['Pack', 1, () => [['N', attr.int(2)], ['T', attr.type(dtype())], ['axis', attr.int(below(4) - 1)]]],
  ['AddN', 1, () => [['N', attr.int(below(4))], ['T', attr.type(1)]]],
  ['Split', 2, () => [['num_split', attr.int(below(4))]]],
  ['Unpack', 2, () => [['num', attr.int(2)], ['axis', attr.int(below(4) - 2)]]],
  ['Conv2D', 1, () => [['strides', attr.ints(pick([[1, 1, 1, 1], [1, 2, 2, 1], [1], [0, 0, 0, 0]]))], ['padding', attr.string(pick(['SAME', 'VALID', 'x']))]]],
  ...['Conv2DBackpropInput', 'Conv2DBackpropFilter', 'DepthwiseConv2dNativeBackpropInput', 'DepthwiseConv2dNativeBackpropFilter',
  ].map((name): [string, number, () => [string, Uint8Array][]] => [name, 1,
    () => [['strides', attr.ints([1, 1, 1, 1])], ['padding', attr.string('SAME')]]]),
  ...['MaxPool', 'AvgPool', 'MaxPoolGrad', 'MaxPoolGradGrad', 'AvgPoolGrad'].map(
    (name): [string, number, () => [string, Uint8Array][]] => [name, 1, () => [['ksize', attr.ints(pick([[1, 2, 2, 1], [1, 9, 9, 1], [0, 0, 0, 0]]))],
      ['strides', attr.ints(pick([[1, 1, 1, 1], [1, 2, 2, 1]]))], ['padding', attr.string(pick(['VALID', 'SAME']))]]]),
  ['Conv3D', 1, () => [['strides', attr.ints([1, 1, 1, 1, 1])], ['padding', attr.string('SAME')]]],
  ['NoOp', 0, () => []],
  ['SoftmaxCrossEntropyWithLogits', 2, () => []],
  ['Svd', 3, () => []],
  ['Qr', 2, () => []],
  ['DepthwiseConv2dNative', 1, () => [['strides', attr.ints([1, 1, 1, 1])], ['padding', attr.string('SAME')]]],
  ['FusedBatchNormV3', 6, () => [['is_training', attr.bool(chance(0.5))]]],
  ['SparseSoftmaxCrossEntropyWithLogits', 2, () => []],
  ['Einsum', 1, () => [['N', attr.int(2)], ['T', attr.type(1)], ['equation', attr.string(pick(['ij,jk->ik', 'i,j->', '...', 'zz']))]]],
  ['VarHandleOp', 1, () => [['dtype', attr.type(1)], ['shape', attr.shape(shape())], ['shared_name', attr.string('cd2c89b7-88b7-44c8-ad83-06c2a9158347')]]],
  ['ReadVariableOp', 1, () => [['dtype', attr.type(1)]]],
  ['AssignVariableOp', 0, () => [['dtype', attr.type(1)]]],
  ['ResourceApplyAdam', 0, () => []],
  ['PartitionedCall', 1, () => [['Tin', attr.types([1])], ['Tout', attr.types([1])], ['f', attr.func(pick(['f0', 'f1', 'nope']))]]],
];

const opDefs = new OpDefs(binding.opDefs());
const inputCounts = new Map(known.map(([name]) => [name, opDefs.get(name).input_arg.length]));
const dtypeOf = new Map<number, number>();

/** An op and inputs: mostly as many as the op takes, and of one dtype (with an int32 here and there). */
function opAndInputs(): [unknown, unknown[]] {
  const op = pick(ops);
  const count = chance(0.95) ? (inputCounts.get(prepared.get(op) ?? '') ?? 1) + (chance(0.05) ? 1 : 0) : below(14);
  const first = chance(0.6) ? tensors.find((x) => dtypeOf.get(x) === TF_DTYPE.float32) : pick(tensors);
  const alike = tensors.filter((x) => dtypeOf.get(x) === dtypeOf.get(first!));
  const ints = tensors.filter((x) => dtypeOf.get(x) === TF_DTYPE.int32);
  return [op, times(count, () => (chance(0.02) ? id() : pick(chance(0.7) ? alike : ints)))];
}

function mutated(bytes: Uint8Array): Uint8Array {
  if (chance(0.3)) return bytes.subarray(0, below(bytes.length + 1));
  const copy = Uint8Array.from(bytes);
  for (let i = below(4); i >= 0 && copy.length > 0; i--) copy[below(copy.length)] = below(256);
  return copy;
}

function makeFunction(): Uint8Array {
  const name = `f${below(6)}`;
  const op = pick(['AddV2', 'Mul', 'Nope', `f${below(6)}`, 'PartitionedCall']);
  const call = op === 'PartitionedCall';
  const one = op.startsWith('f') || call;
  const attrs: Record<string, Uint8Array> = call
    ? { Tin: attr.types([1]), Tout: attr.types([1]), f: attr.func(`f${below(6)}`) }
    : one ? {} : { T: attr.type(1) };
  const bytes = functionDef({
    name, inputs: { x: 1 }, outputs: { y: 1 },
    nodes: [{ name: 'n', op, input: one ? ['x'] : ['x', 'x'], attrs }],
    ret: { y: pick(['n:z:0', 'n:y:0', 'n:output:0', 'x', 'm:z:0']) },
  });
  return chance(0.3) ? mutated(bytes) : bytes;
}

/** For each function, arguments that often suit it. */
const generators: Record<string, () => unknown[]> = {
  initialize: () => [new Uint8Array(below(5))],
  version: () => [],
  opDefs: () => [],
  devices: () => [],
  memoryInfo: () => [pick(['/job:localhost/replica:0/task:0/device:CPU:0', 'GPU:0'])],
  counts: () => [],
  createTensor: () => {
    const [kind, dims] = [dtype(), shape()];
    return [kind, dims, data(kind, dims)];
  },
  createStringTensor: () => {
    const dims = shape();
    return [dims, times(sizeOf(dims), () => (chance(0.5) ? 'é'.repeat(below(30)) : new Uint8Array(below(30))))];
  },
  gatherRows: () => {
    const [kind, dims] = [dtype(), shape().slice(0, 2)];
    const indices = Int32Array.from({ length: 6 }, () => below(5) - (chance(0.05) ? 1 : 0));
    return [kind, dims, data(kind, [5, ...dims]), indices, below(3), below(5)];
  },
  readTensor: () => [id()],
  readTensorAsync: () => [id()],
  readScalars: () => [times(below(4), id)],
  readStrings: () => [id()],
  tensorInfo: () => [id()],
  deleteTensor: () => [id()],
  deleteTensors: () => [times(below(3), id)],
  prepareOp: () => {
    const [name, outputs, attrs] = pick(known);
    const list = attrs().map(([key, value]) => [key, chance(0.1) ? mutated(value) : value]);
    if (chance(0.05)) list.push([pick(['T', 'N', 'junk', '_note', 'dtype']), pick([attr.int(3), attr.type(99), attr.bool(true)])]);
    const called = chance(0.1) ? pick(['f0', 'f1', 'f2', 'Nope']) : name;
    return [called, list, chance(0.95) ? outputs : below(5), ...(chance(0.05) ? [pick(['CPU:0', 'GPU:0', 'x', '/device:CPU:0'])] : [])];
  },
  releaseOp: () => [pick(ops)],
  execute: () => {
    const [op, inputs] = opAndInputs();
    return [op, ...inputs];
  },
  executeAsync: () => [...opAndInputs(), ...(chance(0.3) ? [pick(cancellations)] : [])],
  createCancellation: () => [],
  cancel: () => [pick(cancellations)],
  releaseCancellation: () => [pick(cancellations)],
  addFunction: () => [makeFunction()],
  removeFunction: () => [chance(0.9) ? `f${below(6)}` : pick(functions)],
};
const weights: Record<string, number> = { execute: 12, executeAsync: 4, createTensor: 6, prepareOp: 4, readTensor: 2, opDefs: 0.05 };
const names = Object.keys(generators).flatMap((name) => times(Math.ceil((weights[name] ?? 1) * 20), () => name));

const failures = new Map<string, number>();
let successes = 0;
function check(error: unknown): void {
  if (!(error instanceof Error)) throw new Error(`not an Error: ${String(error)}`, { cause: error });
  const { code, message } = error as Error & { code?: string };
  if (message === 'from a getter' || error instanceof TypeError || error instanceof RangeError) return;
  if (typeof code !== 'string' || message === '') throw new Error(`an Error without code or message: ${message}`, { cause: error });
  failures.set(code, (failures.get(code) ?? 0) + 1);
}

function addTensors(result: unknown): void {
  for (const tensor of [result].flat() as number[]) {
    tensors.push(tensor);
    dtypeOf.set(tensor, binding.tensorInfo(tensor).dtype);
  }
}

function keep(name: string, args: unknown[], result: unknown): void {
  if (name.startsWith('create') && name.endsWith('Tensor')) addTensors(result);
  if (name === 'gatherRows') addTensors(result);
  if (name === 'execute' && result !== undefined) addTensors(result);
  if (name === 'prepareOp') {
    ops.push(result as number);
    prepared.set(result as number, args[0] as string);
  }
  if (name === 'createCancellation') cancellations.push(result as number);
  if (name === 'addFunction') functions.push(result as string);
}

function drop(list: number[], value: unknown): void {
  const at = list.indexOf(value as number);
  if (at >= 0) list.splice(at, 1);
}

async function main(): Promise<void> {
  const trace = process.env.KERAS_NODE_FUZZ_TRACE !== undefined;
  for (let i = 0; i < calls; i++) {
    const name = pick(names);
    const args = generators[name]();
    if (chance(0.12)) args[below(args.length + 1)] = pick(odd)();
    if (chance(0.02)) args.length = below(args.length + 1);
    if (trace) console.error(i, name, prepared.get(args[0] as number), args.map(describe).join(' '));
    try {
      const result = loose[name](...args);
      if (result instanceof Promise) {
        const settled = result.then((value) => { if (name === 'executeAsync') addTensors(value); }, check);
        pending.add(settled);
        void settled.finally(() => pending.delete(settled));
      } else {
        keep(name, args, result);
        if (name === 'execute') successes++;
        if (name === 'deleteTensor') drop(tensors, args[0]);
        if (name === 'releaseOp') drop(ops, args[0]);
        if (name === 'releaseCancellation') drop(cancellations, args[0]);
      }
    } catch (error) {
      check(error);
    }
    // Keep the stock small: stale ids stay in play as random numbers.
    while (tensors.length > 60) {
      const gone = tensors.shift()!;
      try { binding.deleteTensor(gone); } catch (error) { check(error); }
    }
    if (ops.length > 150) binding.releaseOp(ops.shift()!);
    if (i % 64 === 0 || pending.size > 20) await turn();
  }
  await Promise.all(pending);
  const one = binding.createTensor(TF_DTYPE.float32, [], Float32Array.of(1));
  const two = binding.createTensor(TF_DTYPE.float32, [], Float32Array.of(2));
  const sum = binding.execute(binding.prepareOp('AddV2', [], 1), one, two) as number;
  console.log(JSON.stringify({ sum: binding.readScalars([sum])[0], executed: successes, failures: Object.fromEntries(failures) }));
}

function describe(value: unknown): string {
  try {
    if (typeof value !== 'number' || !tensors.includes(value)) return JSON.stringify(value) ?? String(value);
    const { dtype: kind, shape: dims } = binding.tensorInfo(value);
    const bytes = kind === TF_DTYPE.string || kind === TF_DTYPE.resource ? undefined : binding.readTensor(value);
    return `${value}:${kind}[${dims.join()}]=${bytes ? Buffer.from(bytes).toString('hex', 0, 32) : ''}`;
  } catch {
    return typeof value;
  }
}

await main();
