/** Concatenate: the inputs one behind the other along an axis. */
import { canonicalAxis, formatShape, type SymbolicShape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import * as ops from '../../ops/index.js';
import type { KerasTensor } from '../../ops/keras-tensor.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { IncompatibleInputError } from '../input-spec.js';
import type { LayerOptions } from '../layer.js';
import { BaseMerge } from './base-merge.js';

export interface ConcatenateOptions extends LayerOptions {
  /** The axis along which the inputs are joined. Default -1. */
  axis?: number;
}

const ARGUMENTS = ['axis'] as const;

/**
 * Joins the inputs along an axis.
 *
 * Input shape: an array of shapes that are equal but for the axis. Output shape: the same, with the sum of
 * the lengths along it. Source: keras.layers.Concatenate.
 *
 * @example
 * new keras.layers.Concatenate()([keras.ops.ones([2, 3]), keras.ops.ones([2, 1])]).shape; // [2, 4]
 */
export class Concatenate extends BaseMerge {
  readonly axis: number;

  constructor(...args: ConstructorArgs<ConcatenateOptions, typeof ARGUMENTS>) {
    const { axis, ...options } = namedArguments<ConcatenateOptions>('Concatenate', ARGUMENTS, args);
    super([options]);
    this.axis = axis ?? -1;
  }

  override build(input_shape: unknown): void {
    this.compute_output_shape(input_shape);
  }

  override call(inputs: unknown): Tensor {
    return this.merge(inputs as Tensor[]);
  }

  protected override merge(inputs: readonly Tensor[]): Tensor {
    return ops.concatenate(inputs, this.axis);
  }

  override compute_output_shape(input_shape: unknown): SymbolicShape {
    const shapes = this.requireShapes(input_shape);
    const [first] = shapes;
    const axis = canonicalAxis(this.axis, first.length, `The axis of ${this.describe()},`);
    return first.map((_, i) => {
      const sizes = shapes.map((shape) => (shape.length === first.length ? shape[i] : undefined));
      if (i === axis && !sizes.includes(undefined)) {
        return sizes.includes(null) ? null : (sizes as number[]).reduce((a, b) => a + b);
      }
      const known = new Set(sizes.filter((d) => d !== null));
      if (known.size > 1 || known.has(undefined)) {
        throw new IncompatibleInputError(`The inputs of ${this.describe()} must have equal shapes but for ` +
          `axis ${this.axis}, received the shapes ${shapes.map(formatShape).join(', ')}.`);
      }
      return [...known][0] ?? null;
    });
  }

  /** Masks are joined like the inputs; what has none counts. */
  override compute_mask(inputs: unknown, previous_mask: unknown): unknown {
    if (!Array.isArray(previous_mask) || previous_mask.every((mask) => !mask)) return undefined;
    const masks = (inputs as Tensor[]).map((x, i) => {
      const mask = previous_mask[i] as Tensor | null | undefined;
      if (!mask) return ops.ones_like(x, 'bool');
      return mask.ndim < x.ndim ? ops.logical_or(ops.expand_dims(mask, -1), ops.zeros_like(x, 'bool')) : mask;
    });
    return ops.any(ops.concatenate(masks, this.axis), -1);
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), axis: this.axis };
  }
}
kerasExport(Concatenate, 'keras.layers.Concatenate');

/**
 * Joins tensors along an axis: `Concatenate` as a function. Source: keras.layers.concatenate.
 * @example
 * keras.layers.concatenate([keras.ops.ones([2, 3]), keras.ops.ones([2, 1])]).shape; // [2, 4]
 */
export function concatenate<T extends Tensor | KerasTensor>(
  inputs: readonly T[], ...args: ConstructorArgs<ConcatenateOptions, typeof ARGUMENTS>): T {
  return new Concatenate(...args)<readonly T[], T>(inputs);
}
kerasExport(concatenate, 'keras.layers.concatenate');
