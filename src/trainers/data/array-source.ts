/** Batches of arrays: typed arrays, NDArrays, nested arrays, tensors, in any structure. */
import { apply } from '../../engine/apply.js';
import { activeBackend } from '../../engine/context.js';
import { naturalDType, NDArray, toTensor, type TensorLike } from '../../engine/convert.js';
import { dtypeOfArray, getDefaultFloat, type DType, type HostData } from '../../engine/dtype.js';
import { numbersToBits, toBits } from '../../engine/host.js';
import { flatten, isPlainObject, packAs } from '../../engine/structure.js';
import { formatShape, type Shape } from '../../engine/shape.js';
import { Tensor } from '../../engine/tensor.js';
import { Variable } from '../../engine/variable.js';
import { DataError, type Batch, type BatchSource } from './batch-source.js';
import { classWeights, type ClassWeight } from './class-weight.js';
import { Passes } from './passes.js';
import { cutOf, type Shard } from './shard.js';

/** A whole array, ready to be cut into batches: host data in the device's format, or a tensor there. */
interface Column {
  shape: Shape;
  dtype: DType;
  host: HostData | undefined;
  tensor: Tensor | undefined;
}

const isArrayObject = (value: unknown): boolean => value instanceof Tensor || value instanceof Variable ||
  value instanceof NDArray || ArrayBuffer.isView(value);

/** Arrays of numbers are one array; arrays and objects that hold arrays of their own kind are structures. */
export function arrayStructure(value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (isArrayObject(value)) return value;
  if (Array.isArray(value)) {
    return isStructure(value) ? value.map(arrayStructure) : asNDArray(value as TensorLike[]);
  }
  if (isPlainObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, arrayStructure(item)]));
  }
  throw new DataError(`Cannot read data from ${String(value)}. Expected tensors, typed arrays, NDArrays, ` +
    'nested arrays of numbers, objects or arrays of these, or a generator of batches.');
}

const isStructure = (value: readonly unknown[]): boolean =>
  value.some((item) => isArrayObject(item) || isPlainObject(item));

const isNumeric = (value: unknown): boolean => typeof value === 'number' || typeof value === 'boolean';

function asNDArray(value: readonly TensorLike[]): NDArray {
  const dtype = naturalDType(value);
  const shape: number[] = [];
  let first: unknown = value;
  for (; Array.isArray(first); first = first[0]) shape.push(first.length);
  const kind = typeof first;
  const leaves: (number | boolean | bigint | string)[] = [];
  const visit = (node: unknown, axis: number): void => {
    if (Array.isArray(node) !== axis < shape.length || (Array.isArray(node) && node.length !== shape[axis])) {
      throw new DataError(`The data is a ragged array: expected shape ${formatShape(shape)}, but an ` +
        `element at depth ${axis} is ` +
        `${Array.isArray(node) ? `of length ${node.length}` : JSON.stringify(node)}.`);
    }
    if (Array.isArray(node)) for (const item of node) visit(item, axis + 1);
    else if (typeof node === kind || (isNumeric(node) && kind !== 'string')) leaves.push(node as number);
    else {
      throw new DataError(`The data holds ${JSON.stringify(node) ?? 'undefined'} among elements of type ` +
        `${kind}. Expected numbers, or only strings; a missing number is NaN.`);
    }
  };
  visit(value, 0);
  if (dtype === 'string') return new NDArray(leaves.map(String), shape, 'string');
  return new NDArray(numbersToBits(leaves as number[], dtype), shape, dtype);
}

function toColumn(value: unknown, what: string): Column {
  if (value instanceof Variable) return toColumn(value.value, what);
  const hasShape = value instanceof Tensor || value instanceof NDArray;
  const shape: Shape = hasShape ? value.shape : [(value as ArrayLike<number>).length];
  if (shape.length === 0) throw new DataError(`${what} is a scalar; data needs an axis of samples.`);
  if (value instanceof Tensor) return { shape, dtype: value.dtype, host: undefined, tensor: value };
  const array = value as NDArray | Float64Array;
  const given: DType = array instanceof NDArray ? array.dtype : dtypeOfArray(array);
  // float64 host data is computed in floatx, as Keras does.
  const dtype = given === 'float64' ? getDefaultFloat() : given;
  const data = array instanceof NDArray ? array.data : array;
  return { shape, dtype, host: toBits(data as HostData, given, dtype), tensor: undefined };
}

export interface ArraySourceOptions {
  batch_size?: number | null;
  steps?: number | null;
  shuffle?: boolean | 'batch';
  class_weight?: ClassWeight | null;
  /** Gives a number in [0, 1) for each draw: the order of samples follows from it. */
  random?: () => number;
  /** The part that this process takes, when several train together. */
  shard?: Shard;
}

export class ArraySource implements BatchSource {
  readonly num_batches: number;
  readonly batch_size: number;
  readonly samples: number;
  readonly #columns: Column[];
  readonly #structures: unknown[];
  readonly #counts: number[];
  readonly #options: ArraySourceOptions;
  readonly #order: Int32Array;
  readonly readAhead = 1;
  readonly #passes: Passes<[start: number, count: number]>;

  constructor(x: unknown, y: unknown, sample_weight: unknown, options: ArraySourceOptions) {
    this.#options = options;
    const parts = [arrayStructure(x), arrayStructure(y), arrayStructure(sample_weight)];
    if (parts[0] === undefined) throw new DataError('No data was given: x is missing.');
    const names = ['x', 'y', 'sample_weight'];
    const leaves = parts.map((part) => (part === undefined ? [] : flatten(part)));
    this.#columns = leaves.flatMap((part, i) =>
      part.map((leaf, j) => toColumn(leaf, `${names[i]}${part.length > 1 ? `[${j}]` : ''}`)));
    this.#structures = parts;
    this.#counts = leaves.map((part) => part.length);
    if (options.class_weight) {
      const weights = classWeights(parts[1], parts[2], options.class_weight);
      this.#columns.push(toColumn(weights, 'class_weight'));
      this.#structures[2] = weights;
      this.#counts[2] = 1;
    }
    this.samples = this.#columns[0].shape[0];
    const sizes = this.#columns.map((column) => column.shape[0]);
    if (sizes.some((size) => size !== this.samples)) {
      const detail = leaves.map((part, i) => (part.length > 0 ? `${names[i]}: ${part.map((_, j) =>
        sizes[leaves.slice(0, i).reduce((n, p) => n + p.length, 0) +
          j]).join(', ')}` : '')).filter(Boolean).join('; ');
      throw new DataError(`All arrays must hold the same number of samples, received ${detail}.`);
    }
    if (this.samples === 0) throw new DataError('The data holds no samples.');
    // As many batches as steps, where only these are given.
    this.batch_size = options.batch_size ?? (options.steps ? Math.ceil(this.samples / options.steps) : 32);
    const all = Math.ceil(this.samples / this.batch_size);
    this.num_batches = Math.min(options.steps ?? all, all);
    this.#passes = new Passes(() => this.#pass(), all, options.steps ?? null);
    this.#order = Int32Array.from({ length: this.samples }, (_, i) => i);
  }

  *epoch(): Generator<Batch> {
    const { shard } = this.#options;
    for (const [start, count] of this.#passes.epoch()) {
      const { begin, end, share } = shard ? cutOf(shard, count) : { begin: 0, end: count, share: undefined };
      yield { ...this.#batch(start + begin, end - begin), share };
    }
  }

  skip(epochs: number, steps: number): void {
    this.#passes.skip(epochs, steps);
  }

  /** Every sample once. */
  *#pass(): Generator<[start: number, count: number], void> {
    const { shuffle, random = Math.random } = this.#options;
    if (shuffle === 'batch') this.#shuffleBatches(random);
    else if (shuffle) shuffleInPlace(this.#order, random);
    for (let start = 0; start < this.samples; start += this.batch_size) {
      yield [start, Math.min(this.batch_size, this.samples - start)];
    }
  }

  #batch(start: number, count: number): Batch {
    const owned: Tensor[] = [];
    const whole = !this.#options.shuffle;
    const tensors = this.#columns.map((column) => {
      let tensor: Tensor;
      if (column.tensor) {
        const { tensor: all } = column;
        tensor = whole
          ? apply('strided_slice', [all], { begin: all.shape.map((_, i) => (i === 0 ? start : 0)),
            size: all.shape.map((d, i) => (i === 0 ? count : d)), strides: all.shape.map(() => 1) })
          : this.#gather(all, start, count);
      } else {
        const backend = activeBackend();
        const handle = backend.uploadRows(column.host!, column.shape.slice(1), column.dtype, this.#order,
          start, count);
        tensor = new Tensor([count, ...column.shape.slice(1)], column.dtype, backend, handle);
      }
      owned.push(tensor);
      return tensor;
    });
    let from = 0;
    const [x, y, sample_weight] = this.#structures.map((structure, i) => {
      const part = tensors.slice(from, (from += this.#counts[i]));
      return structure === undefined ? undefined : packAs(structure, part);
    });
    return { x, y, sample_weight, owned };
  }

  #gather(all: Tensor, start: number, count: number): Tensor {
    const indices = toTensor(this.#order.slice(start, start + count));
    const rows = apply('gather', [all, indices], { axis: 0, batchDims: 0 });
    indices.dispose();
    return rows;
  }

  #shuffleBatches(random: () => number): void {
    const batches = Int32Array.from({ length: Math.floor(this.samples / this.batch_size) }, (_, i) => i);
    shuffleInPlace(batches, random);
    let position = 0;
    for (const batch of batches) {
      for (let i = 0; i < this.batch_size; i++) this.#order[position++] = batch * this.batch_size + i;
    }
    // The last, smaller batch stays at the end.
    while (position < this.samples) this.#order[position] = position++;
  }

  on_epoch_begin(): void {}

  on_epoch_end(): void {}

  async close(): Promise<void> {}
}

/** Fisher and Yates's shuffle. */
export function shuffleInPlace(values: Int32Array, random: () => number): void {
  for (let i = values.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const value = values[i];
    values[i] = values[j];
    values[j] = value;
  }
}

/** Cuts the last fraction of every array off, for validation. */
export function train_validation_split(
  data: readonly [x: unknown, y: unknown, sample_weight: unknown], validation_split: number,
): { train: unknown[]; validation: unknown[] } {
  const [x] = data;
  if (typeof x === 'function' && !(x instanceof Tensor)) {
    throw new DataError('validation_split is for arrays. With a generator, pass another as validation_data.');
  }
  const parts = data.map(arrayStructure);
  const leaves = parts.map((part) => (part === undefined ? [] : flatten(part)));
  const columns = leaves.map((part, i) => part.map((leaf) => toColumn(leaf, ['x', 'y', 'sample_weight'][i])));
  const samples = columns[0]?.[0]?.shape[0] ?? 0;
  const at = Math.floor(samples * (1 - validation_split));
  if (!(validation_split > 0 && validation_split < 1) || at === 0 || at === samples) {
    throw new DataError(`validation_split=${validation_split} of ${samples} samples leaves no samples ` +
      `for ${at === 0 ? 'training' : 'validation'}. It must be a fraction between 0 and 1.`);
  }
  const cut = (column: Column, begin: number, end: number): NDArray | Tensor => {
    const row = column.shape.slice(1).reduce((n, d) => n * d, 1);
    const shape = [end - begin, ...column.shape.slice(1)];
    if (column.tensor) {
      const all = column.tensor;
      return apply('strided_slice', [all],
        { begin: all.shape.map((_, i) => (i === 0 ? begin : 0)), size: shape,
        strides: shape.map(() => 1) });
    }
    return new NDArray(column.host!.slice(begin * row, end * row) as HostData, shape, column.dtype);
  };
  const side = (begin: number, end: number): unknown[] => parts.map((part, i) =>
    (part === undefined ? undefined : packAs(part, columns[i].map((column) => cut(column, begin, end)))));
  return { train: side(0, at), validation: side(at, samples) };
}
