/** Arguments of a layer's call: which is which, what becomes a tensor, and which shapes `build` is given. */
import { apply } from '../engine/apply.js';
import { isTensorLike, naturalDType, NDArray, toTensor } from '../engine/convert.js';
import { isFloat, type DType } from '../engine/dtype.js';
import type { SymbolicShape } from '../engine/shape.js';
import { isPlainObject, mapStructure } from '../engine/structure.js';
import { Tensor } from '../engine/tensor.js';
import { Variable } from '../engine/variable.js';
import { hasKerasTensor, KerasTensor } from '../ops/keras-tensor.js';
import { Operation } from '../ops/operation.js';
import { withoutFill } from '../ops/symbolic.js';
import { UnknownArgumentError } from '../utils/arguments.js';
import type { CallOptions } from './layer-options.js';

/** The arguments of a call whose first one, of another name than `inputs`, may be given by name too. */
export function firstByName(args: readonly unknown[], first: string): readonly unknown[] {
  const [named] = args;
  if (first === 'inputs' || args.length !== 1 || !isPlainObject(named) || !(first in named)) return args;
  const { [first]: inputs, ...rest } = named;
  return [inputs, rest];
}

/** The arguments after the inputs, by name. `names`: those the layer knows; null when it takes any. */
export function nameArguments(
  args: readonly unknown[], names: readonly string[] | null, layer: string,
): CallOptions {
  if (args.length === 0) throw new TypeError(`The ${layer} was called without inputs.`);
  const last = args[args.length - 1];
  const hasOptions = args.length > 1 && isPlainObject(last);
  const options: CallOptions = hasOptions ? { ...last } : {};
  const positional = args.slice(1, hasOptions ? -1 : undefined);
  if (positional.length > (names?.length ?? 0)) {
    const known = names?.length ? ` (${names.join(', ')})` : '';
    const declare = names ? '' : ', or declare static call_arguments';
    throw new UnknownArgumentError(`The ${layer} takes ${names?.length ?? 0} positional arguments after ` +
      `its inputs${known}, received ${positional.length}. Pass further ones by name, as in ` +
      `layer(x, {training: true})${declare}; several inputs go in one array.`, names ?? []);
  }
  positional.forEach((value, i) => {
    if (names![i] in options) {
      throw new UnknownArgumentError(`The ${layer} received the argument '${names![i]}' twice: by ` +
        `position and by name.`, names!);
    }
    options[names![i]] = value;
  });
  if (names) {
    const known = [...new Set([...names, 'training', 'mask'])];
    const unknown = Object.keys(options).find((key) => !known.includes(key));
    if (unknown) {
      throw new UnknownArgumentError(`The ${layer} has no argument '${unknown}'. ` +
        `Known arguments: ${known.join(', ')}.`, known);
    }
  }
  return options;
}

/**
 * A call as the graph remembers it: tensors given by position stay there, as in Keras's files; the rest has names.
 * @param args as they were given
 * @param options those after the first one, by name
 */
export function recordedArguments(
  args: readonly unknown[], options: CallOptions, names: readonly string[] | null, first: string,
): [args: unknown[], kwargs: CallOptions] {
  const [inputs] = firstByName(args, first);
  if (inputs !== args[0]) return [[], { [first]: inputs, ...options }];
  let count = 1;
  while (count < args.length && !isPlainObject(args[count]) && hasKerasTensor(args[count])) count++;
  const positional = names?.slice(0, count - 1) ?? [];
  const kwargs = Object.fromEntries(Object.entries(options).filter(([name]) => !positional.includes(name)));
  return [args.slice(0, count), kwargs];
}

const isTensorValue = (value: unknown): value is Tensor | KerasTensor | NDArray | Variable =>
  value instanceof Tensor || value instanceof KerasTensor || value instanceof NDArray ||
  value instanceof Variable;

/** Whether a value is (or holds, as a structure) tensors, rather than plain numbers or settings. */
export function isTensorStructure(value: unknown): boolean {
  if (isTensorValue(value)) return true;
  if (Array.isArray(value)) return value.some(isTensorStructure);
  if (!isPlainObject(value)) return false;
  return Object.values(value).some((item) => isTensorStructure(item) || ArrayBuffer.isView(item));
}

/** Arrays become tensors; floating-point tensors take `dtype` where it is given. */
export function convertInputs(value: unknown, dtype: DType | undefined, layer: string): unknown {
  if (value === null || value === undefined || value instanceof KerasTensor) return value;
  if (value instanceof Tensor) return castFloat(value, dtype);
  if (isTensorStructure(value) && !isTensorValue(value)) {
    if (Array.isArray(value)) return value.map((item) => convertInputs(item, dtype, layer));
    return mapValues(value as Record<string, unknown>, (item) => convertInputs(item, dtype, layer));
  }
  if (!isTensorLike(value)) {
    throw new TypeError(`The ${layer} takes tensors, received ${describeValue(value)}.`);
  }
  return toTensor(value, dtype !== undefined && isFloat(naturalDType(value)) ? dtype : undefined);
}

function castFloat(tensor: Tensor, dtype: DType | undefined): Tensor {
  if (dtype === undefined || tensor.dtype === dtype || !isFloat(tensor.dtype)) return tensor;
  const converted = apply('cast', [tensor], { dtype });
  converted.mask = tensor.mask;
  return converted;
}

/** KerasTensors as a layer sees them inside: floating-point ones in `dtype` where it is given. */
export function castSpecs(value: unknown, dtype: DType | undefined): unknown {
  if (dtype === undefined) return value;
  return mapStructure((leaf) => (leaf instanceof KerasTensor && isFloat(leaf.dtype) && leaf.dtype !== dtype
    ? new KerasTensor(leaf.shape, dtype, leaf.name) : leaf), value);
}

/** Shapes of the inputs and of the other tensor arguments but masks: the arguments of `build`, by name. */
export function buildShapes(
  inputs: unknown, options: CallOptions, names: readonly string[] | null,
): Record<string, unknown> {
  const shapes: Record<string, unknown> = { input_shape: shapesOf(inputs) };
  for (const name of names ?? []) {
    const value = options[name];
    if (name === 'mask' || name.endsWith('_mask') || !isTensorStructure(value)) continue;
    shapes[`${name}_shape`] = shapesOf(value);
  }
  return shapes;
}

/** Nested tensors as nested shapes; null for what is no tensor. */
export const shapesOf = (value: unknown): unknown => mapStructure(
  (leaf) => (leaf instanceof Tensor ? [...withoutFill(leaf.shape)] : leaf instanceof KerasTensor ? [...leaf.shape] : null),
  value);

export const isShape = (value: unknown): value is SymbolicShape =>
  Array.isArray(value) && value.every((d) => d === null || typeof d === 'number');

/** Nested shapes as nested KerasTensors. */
export function shapesToSpecs(shapes: unknown, dtype: DType): unknown {
  if (isShape(shapes)) return new KerasTensor(shapes, dtype);
  if (Array.isArray(shapes)) return shapes.map((shape) => shapesToSpecs(shape, dtype));
  if (isPlainObject(shapes)) return mapValues(shapes, (shape) => shapesToSpecs(shape, dtype));
  return undefined;
}

export const mapValues = <R>(object: Record<string, unknown>, fn: (value: unknown) => R): Record<string, R> =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, fn(value)]));

function describeValue(value: unknown): string {
  if (value instanceof Operation) return `a layer (${value.toString()}); call it first, or pass its output`;
  if (typeof value === 'function') return `a function (${value.name || 'anonymous'})`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (isPlainObject(value)) return `an object with the keys ${Object.keys(value).join(', ')}`;
  return `a ${value.constructor.name}`;
}
