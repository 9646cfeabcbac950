/** Runs rows of the golden families `ops/*` and `gradients/*`: eagerly, compiled, symbolically, and backwards. */
import { isFloat, type DType } from '../../src/engine/dtype.js';
import { grad } from '../../src/engine/gradients.js';
import { jit } from '../../src/engine/jit.js';
import { flatten } from '../../src/engine/structure.js';
import { Tensor } from '../../src/engine/tensor.js';
import * as ops from '../../src/ops/index.js';
import { KerasTensor } from '../../src/ops/keras-tensor.js';
import { ellipsis, Slice } from '../../src/utils/slice.js';
import { isGoldenTensor, type GoldenCall, type GoldenTensor, type GoldenValue, type Tolerance } from '../golden/golden.js';
import { expectTensor, tensorOf } from '../golden/tensors.js';

export interface OpCase extends GoldenCall {
  /** For get_item: whether a list as the key is Python's tuple (an index for each axis) or one list of indices. */
  key_is_tuple?: boolean;
}
export interface GradientCase extends Omit<OpCase, 'outputs'> {
  probe: GoldenTensor[];
  grads: (GoldenTensor | null)[];
  second_probe?: (GoldenTensor | null)[];
  second_grads?: (GoldenTensor | null)[];
}

type AnyOp = (...args: unknown[]) => unknown;

/** The op named in a golden row (`sum`, `image.resize`). */
export function opOf(name: string): AnyOp {
  let found: unknown = ops;
  for (const part of name.split('.')) found = (found as Record<string, unknown>)[part];
  if (typeof found !== 'function') throw new Error(`ops has no function '${name}'`);
  return found as AnyOp;
}

/** Arguments as they are in JavaScript: golden tensors by `make`, slices and the ellipsis as Keras's own. */
function convert(value: GoldenValue, make: (tensor: GoldenTensor) => unknown): unknown {
  if (isGoldenTensor(value)) return make(value);
  if (Array.isArray(value)) return value.map((item) => convert(item, make));
  if (typeof value !== 'object' || value === null) return value;
  if ('slice' in value) {
    const [start, stop, step] = value.slice as (number | null)[];
    return new Slice(start, stop, step);
  }
  if ('ellipsis' in value) return ellipsis;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, convert(item as GoldenValue, make)]));
}

/** Positional arguments, and those given by name as a trailing object. */
function argumentsOf(row: Omit<OpCase, 'outputs'>, make: (tensor: GoldenTensor) => unknown): unknown[] {
  const args = row.args.map((arg) => convert(arg, make));
  if (row.op === 'get_item' && row.key_is_tuple === false) args[1] = [args[1]];
  if (row.op === 'einsum' || Object.keys(row.kwargs).length === 0) return args;
  return [...args, convert(row.kwargs as GoldenValue, make)];
}

/** A short name for a row, for the title of its test. */
export function titleOf(row: Omit<OpCase, 'outputs'>): string {
  const text = (value: GoldenValue): string => {
    if (isGoldenTensor(value)) return `${value.dtype}[${value.shape.join(', ')}]`;
    if (Array.isArray(value)) return `[${value.map(text).join(', ')}]`;
    return typeof value === 'bigint' ? `${value}n` : JSON.stringify(value);
  };
  const named = Object.entries(row.kwargs).map(([key, value]) => `${key}: ${text(value as GoldenValue)}`);
  return `${row.op}(${[...row.args.map(text), ...named].join(', ')})`;
}

const goldenTensors = (row: Omit<OpCase, 'outputs'>): GoldenTensor[] => {
  const found: GoldenTensor[] = [];
  argumentsOf(row, (tensor) => void found.push(tensor));
  return found;
};

/** Calls the op with these values in the place of its tensors, in order. */
function callWith(row: Omit<OpCase, 'outputs'>, values: readonly unknown[]): unknown {
  let next = 0;
  return opOf(row.op)(...argumentsOf(row, () => values[next++]));
}

const isResult = (leaf: unknown): boolean => leaf instanceof Tensor || leaf instanceof KerasTensor;
/** The results of a call in the order of the golden outputs. */
const resultsOf = (value: unknown): unknown[] => (flatten(value).some(isResult) ? flatten(value) : [value]);

export interface Looseness extends Tolerance {
  /** The dtype follows from Python literals, which JavaScript's numbers are not: only values are compared. */
  ignoreDType?: boolean;
}

function compare(row: OpCase, results: readonly unknown[], { ignoreDType, ...tolerance }: Looseness): void {
  if (results.length !== row.outputs.length) {
    throw new Error(`expected ${row.outputs.length} results, received ${results.length}`);
  }
  row.outputs.forEach((expected, i) => {
    const actual = results[i];
    if (isGoldenTensor(expected)) {
      const golden = ignoreDType ? { ...expected, dtype: (actual as Tensor).dtype } : expected;
      expectTensor(actual as Tensor, golden, `result ${i}`, tolerance);
    } else if (JSON.stringify(actual) !== JSON.stringify(expected)) {
      throw new Error(`result ${i}: expected ${JSON.stringify(expected)}, received ${JSON.stringify(actual)}`);
    }
  });
}

/** The eager values. */
export function checkEager(row: OpCase, looseness: Looseness = {}): void {
  compare(row, resultsOf(callWith(row, goldenTensors(row).map(tensorOf))), looseness);
}

/** The values of the op in a compiled function whose arguments are the tensors. */
export function checkCompiled(row: OpCase, looseness: Looseness = {}): void {
  const compiled = jit((...tensors: Tensor[]) => callWith(row, tensors));
  compare(row, resultsOf(compiled(...goldenTensors(row).map(tensorOf))), looseness);
  compiled.dispose();
}

/** Shapes and dtypes of symbolic results are those of the values. */
export function checkSymbolic(row: OpCase, { ignoreDType }: Looseness = {}): void {
  const inputs = goldenTensors(row).map(({ shape, dtype }) => new KerasTensor(shape, dtype));
  if (inputs.length === 0) return;
  const results = resultsOf(callWith(row, inputs));
  row.outputs.forEach((expected, i) => {
    if (!isGoldenTensor(expected)) return;
    const { shape, dtype } = results[i] as KerasTensor;
    if (shape.join() !== expected.shape.join() || (!ignoreDType && dtype !== expected.dtype)) {
      throw new Error(`symbolic result ${i}: expected ${expected.dtype}[${expected.shape.join(', ')}], ` +
        `received ${dtype}[${shape.join(', ')}]`);
    }
  });
}

/**
 * With an unknown first dimension of the tensors with two axes or more, the symbolic result has the rank of the values,
 * and every dimension that it knows is right.
 * @returns false when the call does not allow it: a fixed size, or an axis named, stands in the way
 */
export function checkUnknownBatch(row: OpCase): boolean {
  const tensors = goldenTensors(row);
  if (!tensors.some(({ shape }) => shape.length >= 2)) return false;
  const inputs = tensors.map(({ shape, dtype }) =>
    new KerasTensor(shape.length >= 2 && shape[0] !== 1 ? [null, ...shape.slice(1)] : shape, dtype));
  let results: unknown[];
  try {
    results = resultsOf(callWith(row, inputs));
  } catch (error) {
    if (/Shape|Range|TracedValue|Type/.test((error as Error).name)) return false;
    throw error;
  }
  row.outputs.forEach((expected, i) => {
    if (!isGoldenTensor(expected)) return;
    const { shape } = results[i] as KerasTensor;
    if (shape.length !== expected.shape.length || shape.some((d, axis) => d !== null && d !== expected.shape[axis])) {
      throw new Error(`symbolic result ${i}: [${shape.join(', ')}] does not fit [${expected.shape.join(', ')}]`);
    }
  });
  return true;
}

const isFloatTensor = (leaf: unknown): leaf is Tensor => leaf instanceof Tensor && isFloat(leaf.dtype);

/** Gradients of sum(output * probe) by the float tensors among the arguments, eagerly and compiled. */
export function checkGradients(row: GradientCase, tolerance: Tolerance = {}): void {
  const golden = goldenTensors(row);
  const all = golden.map(tensorOf);
  const positions = all.flatMap((t, i) => (isFloatTensor(t) ? [i] : []));
  const loss = (...sources: Tensor[]): Tensor => {
    const values = all.map((t, i) => (positions.includes(i) ? sources[positions.indexOf(i)] : t));
    const results = resultsOf(callWith(row, values)).filter(isFloatTensor);
    const terms = results.map((result, i) => ops.sum(ops.cast(ops.multiply(result, tensorOf(row.probe[i])), 'float32')));
    return terms.reduce((a, b) => ops.add(a, b));
  };
  if (positions.length === 0 || row.grads.length === 0) return;
  const gradients = grad(loss, { argnums: positions.map((_, i) => i) }) as (...sources: Tensor[]) => Tensor[];
  const sources = positions.map((i) => all[i]);
  for (const [mode, run] of [['eager', gradients], ['compiled', jit(gradients)]] as const) {
    run(...sources).forEach((gradient, i) => {
      const expected = row.grads[i] ?? zerosOf(golden[positions[i]]);
      expectTensor(gradient, expected, `${mode} gradient ${i}`, tolerance);
    });
  }
}

const zerosOf = ({ dtype, shape, data }: GoldenTensor): GoldenTensor =>
  ({ dtype, shape, data: Array.from(data, () => 0) });

/** A KerasTensor for each shape, in nested arrays. */
export const symbolic = (shape: readonly (number | null)[], dtype: DType = 'float32'): KerasTensor =>
  new KerasTensor(shape, dtype);
