/** Dot: products of two inputs, summed over an axis of each. */
import { canonicalAxis, formatShape, type SymbolicShape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import * as ops from '../../ops/index.js';
import type { KerasTensor } from '../../ops/keras-tensor.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { ArgumentError } from '../../utils/checks.js';
import { IncompatibleInputError } from '../input-spec.js';
import type { LayerOptions } from '../layer.js';
import { BaseMerge } from './base-merge.js';

export interface DotOptions extends LayerOptions {
  /** The axis over which is summed, or one for each input; not the batch. */
  axes: number | readonly [number, number] | readonly number[];
  /**
   * Whether the inputs are divided by their length along the axis first: the result is the cosine. Default
   * false.
   */
  normalize?: boolean;
}

const ARGUMENTS = ['axes', 'normalize'] as const;

/**
 * The dot product of two inputs along an axis of each, for each sample.
 *
 * Input shape: two shapes with equal batch. Output shape: the batch, the other axes of the first, then of the
 * second; `[batch, 1]` when there are none. Source: keras.layers.Dot.
 *
 * @throws IncompatibleInputError when the axes have different lengths
 * @example
 * new keras.layers.Dot(1)([keras.ops.ones([2, 3]), keras.ops.ones([2, 3])]).arraySync(); // [[3], [3]]
 */
export class Dot extends BaseMerge {
  readonly axes: number | readonly number[];
  readonly normalize: boolean;

  constructor(...args: ConstructorArgs<DotOptions, typeof ARGUMENTS>) {
    const { axes, normalize, ...options } = namedArguments<DotOptions>('Dot', ARGUMENTS, args);
    super([options]);
    const given = typeof axes === 'number' ? [axes, axes] : axes;
    if (!Array.isArray(given) || given.length !== 2 || !given.every((axis) => Number.isInteger(axis))) {
      throw new ArgumentError(`Dot: the argument 'axes' must be an integer or two of them, received ` +
        `${JSON.stringify(axes)}.`);
    }
    this.axes = axes;
    this.normalize = normalize ?? false;
  }

  #axesOf(shapes: readonly SymbolicShape[]): [number, number] {
    const { axes } = this;
    const what = `The axis of ${this.describe()},`;
    const [a, b] = typeof axes === 'number' ? [axes, axes] : axes;
    return [canonicalAxis(a, shapes[0].length, what), canonicalAxis(b, shapes[1].length, what)];
  }

  override build(input_shape: unknown): void {
    const shapes = this.requireShapes(input_shape);
    if (shapes.length !== 2) {
      throw new IncompatibleInputError(`The ${this.describe()} takes exactly 2 inputs, received ` +
        `${shapes.length}.`);
    }
    const [a, b] = this.#axesOf(shapes);
    const [m, n] = [shapes[0][a], shapes[1][b]];
    if ((m !== null && n !== null && m !== n) || a === 0 || b === 0) {
      throw new IncompatibleInputError(`The ${this.describe()} sums over axis ${a} of its first and axis ` +
        `${b} of its second input: they must have one length and not be the batch. Received the shapes ` +
        `${shapes.map(formatShape).join(' and ')}.`);
    }
  }

  override call(inputs: unknown): Tensor {
    return this.merge(inputs as Tensor[]);
  }

  protected override merge([x, y]: readonly Tensor[]): Tensor {
    const [a, b] = this.#axesOf([x.shape, y.shape]);
    // As matrices [batch, others of x, axis] and [batch, axis, others of y].
    const left = flattenTo(this.#unit(x, a), a, 'end');
    const right = flattenTo(this.#unit(y, b), b, 'start');
    const rest = [...without(x.shape, a).slice(1), ...without(y.shape, b).slice(1)];
    return ops.reshape(ops.matmul(left, right), [x.shape[0], ...(rest.length === 0 ? [1] : rest)]);
  }

  #unit(x: Tensor, axis: number): Tensor {
    return this.normalize ? ops.normalize(x, axis) : x;
  }

  override compute_output_shape(input_shape: unknown): SymbolicShape {
    const shapes = this.requireShapes(input_shape);
    const [a, b] = this.#axesOf(shapes);
    const rest = [...without(shapes[0], a).slice(1), ...without(shapes[1], b).slice(1)];
    return [shapes[0][0], ...(rest.length === 0 ? [1] : rest)];
  }

  /** Steps are summed over, so no mask is left. */
  override compute_mask(): undefined {
    return undefined;
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), axes: this.axes, normalize: this.normalize };
  }
}
kerasExport(Dot, 'keras.layers.Dot');

const without = <T>(values: readonly T[], at: number): T[] => values.filter((_, i) => i !== at);

/** A tensor as [batch, others, axis] (end) or [batch, axis, others] (start). */
function flattenTo(x: Tensor, axis: number, place: 'start' | 'end'): Tensor {
  const others = x.shape.map((_, i) => i).filter((i) => i !== 0 && i !== axis);
  const moved = ops.transpose(x, place === 'end' ? [0, ...others, axis] : [0, axis, ...others]);
  const count = others.reduce((n, i) => n * x.shape[i], 1);
  const [batch, length] = [x.shape[0], x.shape[axis]];
  return ops.reshape(moved, place === 'end' ? [batch, count, length] : [batch, length, count]);
}

/**
 * The dot product along an axis of each: `Dot` as a function. Source: keras.layers.dot.
 *
 * @param inputs two tensors
 * @param axes default -1
 * @example
 * keras.layers.dot([keras.ops.ones([2, 3]), keras.ops.ones([2, 3])]).arraySync(); // [[3], [3]]
 */
export function dot<T extends Tensor | KerasTensor>(
  inputs: readonly T[], ...args: ConstructorArgs<Partial<DotOptions>, typeof ARGUMENTS>): T {
  const options = namedArguments<Partial<DotOptions>>('dot', ARGUMENTS, args);
  return new Dot({ ...options, axes: options.axes ?? -1 })<readonly T[], T>(inputs);
}
kerasExport(dot, 'keras.layers.dot');
