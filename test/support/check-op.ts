/**
 * One call of an op against its golden row: eager, compiled and symbolic results, inputs left as they were,
 * gradients. The rows are in `test/golden/ops` and `test/golden/gradients`.
 */
import { UnsupportedError } from '../../src/backend/tfjs/storage.js';
import { context } from '../../src/engine/context.js';
import { grad } from '../../src/engine/gradients.js';
import { jit } from '../../src/engine/jit.js';
import { tidy } from '../../src/engine/scope.js';
import { Tensor } from '../../src/engine/tensor.js';
import * as ops from '../../src/ops/index.js';
import { KerasTensor } from '../../src/ops/keras-tensor.js';
import { ellipsis, slice } from '../../src/utils/slice.js';
import {
  difference, isGoldenTensor, type ActualTensor, type GoldenCall, type GoldenTensor, type GoldenValue,
  type Tolerance,
} from '../golden/golden.js';
import { tensorOf } from '../golden/tensors.js';

export type OpFunction = (...args: unknown[]) => unknown;

/** A row of `test/golden/gradients`. */
export interface GradientCall extends Omit<GoldenCall, 'outputs'> {
  probe: GoldenTensor[];
  grads: (GoldenTensor | null)[];
  second_probe?: (GoldenTensor | null)[];
  second_grads?: (GoldenTensor | null)[];
}

/** What may differ from Python Keras, by op. */
export interface OpCheck {
  /** By dtype; the others have the default. */
  tolerances?: Readonly<Record<string, Tolerance>>;
  /** The shape of the result depends on values, so nothing can be traced. */
  eagerOnly?: boolean;
  /** Vectors have free signs: on backends other than tensorflow sizes are compared, and gradients are not. */
  freeSigns?: boolean;
  /** A bare literal decides the dtype, by JavaScript's rule and not by Python's. */
  anyDType?: boolean;
}

/** The op of a dotted name under keras.ops. */
export function opNamed(name: string): OpFunction {
  let found: unknown = ops;
  for (const part of name.split('.')) found = (found as Record<string, unknown> | undefined)?.[part];
  if (typeof found !== 'function') throw new Error(`keras.ops.${name} does not exist`);
  return found as OpFunction;
}

/** An argument with `tensor(golden)` in the place of every tensor, and slices and ellipses as our own. */
function argumentOf(value: GoldenValue, tensor: (golden: GoldenTensor) => unknown): unknown {
  if (isGoldenTensor(value)) return tensor(value);
  if (Array.isArray(value)) return value.map((item) => argumentOf(item, tensor));
  if (typeof value !== 'object' || value === null) return value;
  if ('ellipsis' in value) return ellipsis;
  if ('slice' in value) return slice(...(value.slice as [number | null, number | null, number | null]));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, argumentOf(item, tensor)]));
}

/** The tensors of a value, in order. */
export function tensorsIn(value: GoldenValue): GoldenTensor[] {
  if (isGoldenTensor(value)) return [value];
  if (Array.isArray(value)) return value.flatMap(tensorsIn);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(tensorsIn) : [];
}

type Arguments = Pick<GoldenCall, 'args' | 'kwargs'>;
const isTensor = (value: unknown): boolean => value instanceof Tensor || value instanceof KerasTensor;

/** Calls an op with these values in the place of the row's tensors. */
export function callWith(op: OpFunction, { args, kwargs }: Arguments, values: unknown[]): unknown[] {
  let next = 0;
  const take = (): unknown => values[next++];
  const positional = args.map((value) => argumentOf(value, take));
  const named = argumentOf(kwargs, take) as object;
  const result = Object.keys(named).length > 0 ? op(...positional, named) : op(...positional);
  return Array.isArray(result) && result.some(isTensor) ? (result as unknown[]) : [result];
}

const printed = (value: GoldenValue): string => JSON.stringify(value, (_, item: unknown) => {
  if (typeof item === 'bigint') return `${item}n`;
  if (isGoldenTensor(item)) return `${item.dtype}[${item.shape.join(',')}]`;
  return item;
});

/** A row in one line: `sum(float32[2,3], {"axis":1})`. */
export function describeCall({ op, args, kwargs }: Pick<GoldenCall, 'op' | 'args' | 'kwargs'>): string {
  const named = Object.keys(kwargs).length > 0 ? [printed(kwargs)] : [];
  return `${op}(${[...args.map(printed), ...named].join(', ')})`;
}

const EXACT: Tolerance = { rtol: 0, atol: 0 };
const isTensorFlow = (): boolean => context.backend?.name === 'tensorflow';
/** Sizes of the elements. */
const unsigned = <T extends ActualTensor>(tensor: T): T =>
  ({ ...tensor, data: Array.from(tensor.data as ArrayLike<number>, Math.abs) });
const hostOf = (tensor: Tensor): ActualTensor =>
  ({ shape: tensor.shape, dtype: tensor.dtype, data: tensor.dataSync() as ArrayLike<number | bigint> });

/** Differences between results and golden results; a result that is no tensor (a shape) as JSON. */
function compare(results: unknown[], outputs: GoldenValue[], check: OpCheck): string[] {
  if (results.length !== outputs.length) return [`${results.length} results, expected ${outputs.length}`];
  return outputs.flatMap((output, i) => {
    const result = results[i];
    if (!isGoldenTensor(output)) {
      const received = result instanceof Tensor ? result.arraySync() : result;
      const same = JSON.stringify(received) === JSON.stringify(output);
      return same ? [] : [`expected ${JSON.stringify(output)}, received ${JSON.stringify(received)}`];
    }
    if (!(result instanceof Tensor)) return [`result ${i} is no tensor but ${String(result)}`];
    const host = hostOf(result);
    const actual = check.anyDType ? { shape: host.shape, data: host.data } : host;
    const tolerance = check.tolerances?.[output.dtype];
    const isFree = check.freeSigns && !isTensorFlow();
    return (isFree ? difference(unsigned(actual), unsigned(output), tolerance)
      : difference(actual, output, tolerance)) ?? [];
  });
}

function compareSpecs(results: unknown[], outputs: GoldenValue[], check: OpCheck): string[] {
  return outputs.flatMap((output, i) => {
    const spec = results[i];
    if (!isGoldenTensor(output)) return [];
    if (!(spec instanceof KerasTensor)) return [`result ${i} is no KerasTensor but ${String(spec)}`];
    if (spec.shape.join() !== output.shape.join()) {
      return [`expected shape [${output.shape.join(', ')}], received [${spec.shape.join(', ')}]`];
    }
    if (check.anyDType || spec.dtype === output.dtype) return [];
    return [`expected ${output.dtype}, received ${spec.dtype}`];
  });
}

/** Dtypes that the backends other than TensorFlow do not have. */
const NOT_HELD = /for dtype (float64|u?int64|uint32|complex64)/;

/** Runs a step of a check; what it throws is one more difference, save that a backend lacks the dtype. */
function attempt(step: string, run: () => string[]): string[] {
  try {
    return tidy(run).map((message) => `${step}: ${message}`);
  } catch (error) {
    if (error instanceof UnsupportedError && NOT_HELD.test(error.message)) return [];
    return [`${step}: threw ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`];
  }
}

/** Everything in which a call differs from its golden row; empty where it agrees. */
export function checkCall(row: GoldenCall, check: OpCheck = {}, find: (name: string) => OpFunction = opNamed): string[] {
  const op = find(row.op);
  const golden = [...row.args, row.kwargs].flatMap(tensorsIn);
  const messages = attempt('eager', () => {
    const inputs = golden.map(tensorOf);
    const found = compare(callWith(op, row, inputs), row.outputs, check);
    const changed = inputs.flatMap((input, i) => difference(hostOf(input), golden[i], EXACT) ?? []);
    return [...found, ...changed.map((message) => `an input changed: ${message}`)];
  });
  if (check.eagerOnly || golden.length === 0) return messages;
  const compiled = attempt('compiled', () => {
    const run = jit((...inputs: unknown[]) => callWith(op, row, inputs));
    const results = run(...golden.map(tensorOf));
    run.dispose();
    return compare(results, row.outputs, check);
  });
  const symbolic = attempt('symbolic', () => {
    const inputs = golden.map(({ shape, dtype }) => new KerasTensor(shape, dtype));
    return compareSpecs(callWith(op, row, inputs), row.outputs, check);
  });
  return [...messages, ...compiled, ...symbolic];
}

const isFloat = ({ dtype }: { dtype: string }): boolean => dtype.includes('float');
/** What the generator differentiates by: tensors of full precision. */
const isSource = ({ dtype }: GoldenTensor): boolean => dtype === 'float32' || dtype === 'float64';

/** Sum of the float results, each times its probe. */
function weigh(results: readonly unknown[], probe: readonly GoldenTensor[]): Tensor {
  const floats = results.filter((result): result is Tensor => result instanceof Tensor && isFloat(result));
  return floats
    .map((result, i) => ops.sum(ops.multiply(result, tensorOf(probe[i]))))
    .reduce((total, term) => ops.add(total, term));
}

/** Gradients by the float tensors of a row, as a function of them. */
function gradientOf(row: GradientCall): (sources: Tensor[]) => Tensor[] {
  const op = opNamed(row.op);
  const golden = [...row.args, row.kwargs].flatMap(tensorsIn);
  // As the generator has it: not by tensors in kwargs.
  const count = row.args.flatMap(tensorsIn).length;
  const isWatched = golden.map((tensor, i) => i < count && isSource(tensor));
  return (sources) => {
    const total = (inputs: Tensor[]): Tensor => {
      let next = 0;
      const values = golden.map((tensor, i) => (isWatched[i] ? inputs[next++] : tensorOf(tensor)));
      return weigh(callWith(op, row, values), row.probe);
    };
    return grad(total)(sources) as Tensor[];
  };
}

/** TensorFlow's NaN as the gradient by an argument that is not finite claims nothing. */
function claimedOf(expected: GoldenTensor, source: GoldenTensor, actual: ArrayLike<unknown>): GoldenTensor {
  const data = (expected.data as number[]).map((value, i) =>
    (Number.isNaN(value) && !Number.isFinite(source.data[i]) ? (actual[i] as number) : value));
  return { ...expected, data };
}

/** keras-node gives zeros where TensorFlow says that nothing flows. */
function compareGradients(
  actual: Tensor[], golden: (GoldenTensor | null)[], sources: GoldenTensor[], check: OpCheck,
): string[] {
  if (actual.length !== golden.length) return [`${actual.length} gradients, expected ${golden.length}`];
  return golden.flatMap((expected, i) => {
    const host = hostOf(actual[i]);
    if (expected) {
      const claimed = claimedOf(expected, sources[i], host.data);
      return difference(host, claimed, check.tolerances?.[expected.dtype]) ?? [];
    }
    return Array.from(host.data).every((value) => Number(value) === 0) ? [] : [`gradient ${i} is not zero`];
  });
}

/** Everything in which the gradients of a call differ from their golden row. */
export function checkGradient(row: GradientCall, check: OpCheck = {}): string[] {
  if (check.freeSigns && !isTensorFlow()) return [];
  const sources = row.args.flatMap(tensorsIn).filter(isSource);
  const gradient = gradientOf(row);
  const messages = attempt('gradient', () =>
    compareGradients(gradient(sources.map(tensorOf)), row.grads, sources, check));
  if (row.second_probe && row.second_grads) {
    const { second_probe, second_grads } = row;
    messages.push(...attempt('second gradient', () => {
      const again = grad((inputs: Tensor[]) => {
        const terms = gradient(inputs).flatMap((first, i) => {
          const probe = second_probe[i];
          return probe ? [ops.sum(ops.multiply(first, tensorOf(probe)))] : [];
        });
        return terms.reduce((total, term) => ops.add(total, term));
      });
      return compareGradients(again(sources.map(tensorOf)) as Tensor[], second_grads, sources, check);
    }));
  }
  return messages;
}

/**
 * One failing test with every row that differs, so that a run shows the whole extent. A known departure has
 * to differ: one that no longer does is to leave the list. Departures are named `family: call`, or by an op.
 */
export function report<Row extends Pick<GoldenCall, 'op' | 'args' | 'kwargs'>>(
  family: string, rows: readonly Row[], check: (row: Row) => string[],
  departures: Readonly<Record<string, string>>,
): void {
  const checked = rows.map((row) => {
    const call = describeCall(row);
    const messages = check(row);
    const ofCall = departures[`${family}: ${call}`];
    const reason = ofCall ?? departures[row.op];
    if (reason === undefined) return { call, messages };
    const isStale = messages.length === 0 && ofCall !== undefined && isTensorFlow();
    return { call, messages: isStale ? [`agrees, so it is no departure any more ("${reason}")`] : [] };
  });
  const failed = checked.filter(({ messages }) => messages.length > 0);
  if (failed.length === 0) return;
  const lines = failed.map(({ call, messages }) => `  ${call}\n    ${messages.join('\n    ')}`);
  const extent = `${failed.length} of ${checked.length} calls differ from Python Keras`;
  throw new Error(`${extent}:\n${lines.join('\n')}`);
}
