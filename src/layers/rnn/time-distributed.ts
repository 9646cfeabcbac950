/** TimeDistributed: a layer applied to each time step. */
import { formatShape, ShapeError, type SymbolicShape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import * as ops from '../../ops/index.js';
import { withoutFill } from '../../ops/symbolic.js';
import { kerasExport } from '../../saving/registration.js';
import type { ConstructorArgs } from '../../utils/arguments.js';
import { Wrapper, type WrapperOptions } from '../core/wrapper.js';
import type { CallOptions } from '../layer.js';

/**
 * Applies a layer to each time step, axis 1, with the same weights. A mask `[batch, steps]` is handed on, and given to
 * the layer inside step by step when that takes one.
 *
 * Input shape: `[batch, steps, ...]`, at least of rank 3. Output shape: `[batch, steps, ...]` with what the layer makes of
 * one step. Source: keras.layers.TimeDistributed.
 *
 * @throws ShapeError for inputs without a time axis, or a mask of other batch or steps
 * @example
 * const video = keras.ops.ones([2, 5, 8, 8, 3]);
 * new keras.layers.TimeDistributed(new keras.layers.Conv2D(4, 3))(video).shape; // [2, 5, 6, 6, 4]
 */
export class TimeDistributed extends Wrapper {
  static override call_arguments: readonly string[] = ['training', 'mask'];

  constructor(...args: ConstructorArgs<WrapperOptions, readonly ['layer']>) {
    super(...args);
    this.supports_masking = true;
  }

  #step(input_shape: unknown): SymbolicShape {
    const shape = input_shape as SymbolicShape;
    if (!Array.isArray(input_shape) || Array.isArray(shape[0]) || shape.length < 3) {
      throw new ShapeError(`The ${this.describe()} takes one input [batch, steps, ...] of rank 3 or more, received the ` +
        `shape ${JSON.stringify(input_shape)}.`);
    }
    return [shape[0], ...shape.slice(2)];
  }

  override build(input_shape: SymbolicShape): void {
    super.build(this.#step(input_shape));
  }

  override call(inputs: Tensor, options: CallOptions = {}): Tensor {
    this.#step(inputs.shape);
    const mask = options.mask as Tensor | undefined;
    if (mask) this.#checkMask(mask, inputs);
    const step = (i: number): Tensor => {
      const given: CallOptions = {};
      if (options.training !== undefined) given.training = options.training;
      if (mask && this.layer._takesMask) given.mask = ops.take(mask, i, 1);
      return this.layer<Tensor, Tensor>(ops.take(inputs, i, 1), given);
    };
    const [, steps] = inputs.shape;
    // While shapes are inferred the number of steps may be unknown: all have the shape of the first.
    if (withoutFill(inputs.shape)[1] === null) return ops.repeat(ops.expand_dims(step(0), 1), steps, 1);
    return ops.stack(Array.from({ length: steps }, (_, i) => step(i)), 1);
  }

  #checkMask(mask: Tensor, inputs: Tensor): void {
    if (mask.ndim >= 2 && mask.shape[0] === inputs.shape[0] && mask.shape[1] === inputs.shape[1]) return;
    throw new ShapeError(`The mask of the ${this.describe()} begins with the batch and the steps of the inputs, ` +
      `${formatShape(inputs.shape.slice(0, 2))}; received shape ${formatShape(mask.shape)}.`);
  }

  override compute_output_shape(input_shape: SymbolicShape): SymbolicShape {
    const [batch, ...rest] = this.layer.compute_output_shape(this.#step(input_shape)) as SymbolicShape;
    return [batch, input_shape[1], ...rest];
  }
}
kerasExport(TimeDistributed, 'keras.layers.TimeDistributed');
