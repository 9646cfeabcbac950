/** What the layers that combine several inputs share. */
import { formatShape, type SymbolicShape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import * as ops from '../../ops/index.js';
import { namedArguments } from '../../utils/arguments.js';
import { IncompatibleInputError } from '../input-spec.js';
import { Layer, type LayerOptions } from '../layer.js';

/** Merge layers take the options of all layers, by name. */
export const MERGE_ARGUMENTS = [] as const;

const format = (shapes: readonly SymbolicShape[]): string => shapes.map(formatShape).join(', ');

export abstract class BaseMerge extends Layer {
  static override call_arguments: readonly string[] = [];

  constructor(args: readonly unknown[]) {
    super(namedArguments<LayerOptions>(new.target.name, MERGE_ARGUMENTS, args));
    this.supports_masking = true;
  }

  /** Combines inputs of equal rank. */
  protected abstract merge(inputs: readonly Tensor[]): Tensor;

  /** An error unless these are shapes of one or more inputs. */
  protected requireShapes(shapes: unknown): readonly SymbolicShape[] {
    if (!Array.isArray(shapes) || shapes.length === 0 || !shapes.every((shape) => Array.isArray(shape))) {
      throw new IncompatibleInputError(`The ${this.describe()} is called on an array of tensors, as in ` +
        `layer([a, b]), received one tensor of shape ` +
        `${Array.isArray(shapes) ? formatShape(shapes as SymbolicShape) : String(shapes)}.`);
    }
    return shapes as SymbolicShape[];
  }

  override build(input_shape: unknown): void {
    const shapes = this.requireShapes(input_shape);
    const batches = new Set(shapes.map((shape) => shape[0]).filter((d) => typeof d === 'number'));
    if (batches.size > 1) {
      throw new IncompatibleInputError(`The inputs of ${this.describe()} must have one batch size, ` +
        `received the shapes ${format(shapes)}.`);
    }
    this.compute_output_shape(shapes);
  }

  override call(inputs: unknown): Tensor {
    const tensors = inputs as Tensor[];
    const rank = Math.max(...tensors.map((x) => x.ndim));
    // Inputs of lower rank get axes of length 1 after the batch.
    return this.merge(tensors.map((x) => {
      if (x.ndim === rank) return x;
      const ones = Array.from({ length: rank - x.ndim }, () => 1);
      const full = ops.reshape(x, [x.shape[0], ...ones, ...x.shape.slice(1)]);
      full.mask = x.mask;
      return full;
    }));
  }

  override compute_output_shape(input_shape: unknown): SymbolicShape {
    const shapes = this.requireShapes(input_shape);
    const rest = shapes.map((shape): SymbolicShape => shape.slice(1))
      .reduce((a, b) => this.#broadcast(a, b, shapes));
    const batches = [...new Set(shapes.map((shape) => shape[0]).filter((d) => d !== null))];
    return [batches.length === 1 ? batches[0] : null, ...rest];
  }

  #broadcast(a: SymbolicShape, b: SymbolicShape, shapes: readonly SymbolicShape[]): SymbolicShape {
    const rank = Math.max(a.length, b.length);
    return Array.from({ length: rank }, (_, i) => {
      const x = i < rank - a.length ? 1 : a[i - rank + a.length];
      const y = i < rank - b.length ? 1 : b[i - rank + b.length];
      if (x === 1) return y;
      if (y === 1) return x;
      if (x === null || y === null) return null;
      if (x !== y) {
        throw new IncompatibleInputError(`The inputs of ${this.describe()} must have equal shapes, or ` +
          `dimensions of 1 where they differ, received the shapes ${format(shapes)}.`);
      }
      return x;
    });
  }

  /** A step counts where it counts in one of the inputs; without a mask of each of them there is none. */
  override compute_mask(_inputs: unknown, previous_mask: unknown): unknown {
    const masks = Array.isArray(previous_mask) ? (previous_mask as (Tensor | null | undefined)[]) : [];
    if (masks.length === 0 || masks.some((mask) => !mask)) return undefined;
    return (masks as Tensor[]).reduce((a, b) => ops.logical_or(a, b));
  }
}

/**
 * The masks of inputs, spread over the last axis, and the mask of a result that counts where any input does:
 * undefined unless all inputs have one.
 */
export function spreadMasks(
  inputs: readonly Tensor[],
): { masks: (Tensor | undefined)[]; joint: Tensor | undefined } {
  const masks = inputs.map(({ mask, shape }) =>
    (mask ? ops.broadcast_to(ops.expand_dims(mask, -1), shape) : undefined));
  const isFull = masks.every((mask) => mask !== undefined);
  const joint = isFull ? masks.reduce((a, b) => ops.logical_or(a, b)) : undefined;
  return { masks, joint };
}

/** Combines inputs so that masked steps of one take the values of the other: for maxima and minima. */
export function mergeUnmasked(inputs: readonly Tensor[], combine: (a: Tensor, b: Tensor) => Tensor): Tensor {
  const { masks, joint } = spreadMasks(inputs);
  let [output] = inputs;
  let [known] = masks;
  for (let i = 1; i < inputs.length; i++) {
    const [x, mask] = [inputs[i], masks[i]];
    const filled = mask ? ops.where(mask, x, output) : x;
    const before = known ? ops.where(known, output, filled) : output;
    known = mask && known ? ops.logical_or(known, mask) : undefined;
    output = combine(before, filled);
  }
  if (joint) output.mask = ops.any(joint, -1);
  return output;
}
