/** What a layer accepts: rank, dtype and dimensions of its inputs, checked before `build` and `call`. */
import { standardizeDType } from '../engine/dtype.js';
import { formatShape, ShapeError, type SymbolicShape } from '../engine/shape.js';
import { flatten, isPlainObject } from '../engine/structure.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';

export interface InputSpecOptions {
  dtype?: string | null;
  /** Exact shape; null for any size. */
  shape?: SymbolicShape | null;
  ndim?: number | null;
  max_ndim?: number | null;
  min_ndim?: number | null;
  /** Sizes of some axes, negative ones counted from the end. */
  axes?: Record<number, number | null> | null;
  /** Whether a missing last dimension of size 1 is accepted. */
  allow_last_axis_squeeze?: boolean;
  name?: string | null;
  optional?: boolean;
}

const ARGUMENTS = ['dtype', 'shape', 'ndim', 'max_ndim', 'min_ndim', 'axes', 'allow_last_axis_squeeze', 'name',
  'optional'] as const;

/**
 * Rank, dtype and dimensions that a layer's input must have; what is null is not checked.
 * Source: keras.layers.InputSpec.
 *
 * @example
 * class Rows extends keras.layers.Layer {
 *   input_spec = new keras.InputSpec({ ndim: 2 });
 *   call(inputs) { return inputs; }
 * }
 * new Rows()(keras.ops.ones([2, 3])).shape; // [2, 3]
 */
export class InputSpec {
  readonly dtype: string | null;
  readonly shape: SymbolicShape | null;
  readonly ndim: number | null;
  readonly max_ndim: number | null;
  readonly min_ndim: number | null;
  readonly axes: ReadonlyMap<number, number | null>;
  readonly allow_last_axis_squeeze: boolean;
  readonly name: string | null;
  readonly optional: boolean;

  constructor(...args: ConstructorArgs<InputSpecOptions, typeof ARGUMENTS>) {
    const options = namedArguments<InputSpecOptions>('InputSpec', ARGUMENTS, args, [], ['axes']);
    this.dtype = options.dtype ? standardizeDType(options.dtype) : null;
    this.shape = options.shape ?? null;
    this.ndim = options.shape ? options.shape.length : options.ndim ?? null;
    this.max_ndim = options.max_ndim ?? null;
    this.min_ndim = options.min_ndim ?? null;
    this.axes = new Map(Object.entries(options.axes ?? {}).map(([axis, size]) => [Number(axis), size]));
    this.allow_last_axis_squeeze = options.allow_last_axis_squeeze ?? false;
    this.name = options.name ?? null;
    this.optional = options.optional ?? false;
  }

  get_config(): Record<string, unknown> {
    return {
      dtype: this.dtype, shape: this.shape, ndim: this.ndim, max_ndim: this.max_ndim, min_ndim: this.min_ndim,
      axes: Object.fromEntries(this.axes), optional: this.optional,
    };
  }

  /** A specification from what `get_config` gave. */
  static from_config(config: InputSpecOptions): InputSpec {
    return new InputSpec(config);
  }
}
kerasExport(InputSpec, 'keras.InputSpec', 'keras.layers.InputSpec');

/** Inputs that a layer does not accept. */
export class IncompatibleInputError extends ShapeError {
  override name = 'IncompatibleInputError';
}

interface Described {
  shape: SymbolicShape;
  dtype: string;
}
const isDescribed = (value: unknown): value is Described =>
  value !== null && typeof value === 'object' && 'shape' in value && 'dtype' in value;

/** Checks the first argument of a call against a layer's `input_spec`. */
export function assertInputCompatibility(
  spec: InputSpec | readonly InputSpec[] | Readonly<Record<string, InputSpec>> | null, inputs: unknown,
  layer: string,
): void {
  if (!spec) return;
  const specs = flatten(spec instanceof InputSpec ? [spec] : spec) as InputSpec[];
  const values = flatten(byName(specs, inputs, layer));
  if (specs.length !== values.length) {
    throw new IncompatibleInputError(`The ${layer} expects ${specs.length} input(s), but received ` +
      `${values.length}.`);
  }
  specs.forEach((one, i) => {
    const value = values[i];
    const named = one.name ? ` ('${one.name}')` : '';
    const what = specs.length > 1 ? `Input ${i}${named} of ${layer}` : `The input of ${layer}`;
    if (value === null || value === undefined) {
      if (one.optional) return;
      throw new IncompatibleInputError(`${what} is missing.`);
    }
    if (isDescribed(value)) check(one, value, what);
  });
}

/** An object of inputs in the order of the specs, where all of these have names. */
function byName(specs: readonly InputSpec[], inputs: unknown, layer: string): unknown {
  if (!isPlainObject(inputs) || !specs.every((spec) => spec.name)) return inputs;
  return specs.map(({ name, optional }) => {
    const key = name!;
    if (!(key in inputs) && !optional) {
      throw new IncompatibleInputError(`The data for input '${name}' of ${layer} is missing. Received the ` +
        `keys ${Object.keys(inputs).join(', ')}; expected ${specs.map((spec) => spec.name).join(', ')}.`);
    }
    return inputs[key];
  });
}

/** The shape without a last axis of size 1. */
const squeezed = (shape: SymbolicShape): SymbolicShape =>
  (shape.length > 1 && shape[shape.length - 1] === 1 ? shape.slice(0, -1) : shape);

function check(spec: InputSpec, { shape, dtype }: Described, what: string): void {
  const received = `Received shape ${formatShape(shape)}.`;
  const rank = shape.length;
  if (spec.ndim !== null && rank !== spec.ndim && !spec.allow_last_axis_squeeze) {
    throw new IncompatibleInputError(`${what} must have rank ${spec.ndim}, but has rank ${rank}. ` +
      `${received}`);
  }
  if (spec.max_ndim !== null && rank > spec.max_ndim) {
    throw new IncompatibleInputError(`${what} must have rank at most ${spec.max_ndim}, but has rank ` +
      `${rank}. ${received}`);
  }
  if (spec.min_ndim !== null && rank < spec.min_ndim) {
    throw new IncompatibleInputError(`${what} must have rank at least ${spec.min_ndim}, but has rank ` +
      `${rank}. ${received}`);
  }
  if (spec.dtype !== null && dtype !== spec.dtype) {
    throw new IncompatibleInputError(`${what} must have dtype ${spec.dtype}, but has dtype ${dtype}. ` +
      `${received}`);
  }
  for (const [axis, size] of spec.axes) {
    const actual = shape[axis < 0 ? axis + rank : axis];
    if (size !== null && actual !== null && actual !== size) {
      throw new IncompatibleInputError(`${what} must have size ${size} along axis ${axis}, but has ` +
        `${actual ?? 'no such axis'}. ${received}`);
    }
  }
  if (spec.shape === null) return;
  const adjust = spec.allow_last_axis_squeeze ? squeezed : (full: SymbolicShape): SymbolicShape => full;
  const [expected, actual] = [adjust(spec.shape), adjust(shape)];
  const differs = expected.some((size, i) => size !== null && actual[i] !== null && actual[i] !== size);
  if (differs || expected.length !== actual.length) {
    throw new IncompatibleInputError(`${what} must have shape ${formatShape(spec.shape)}. ${received}`);
  }
}
