/** Reshape: the elements of each sample in another shape. */
import { resolveReshape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import * as ops from '../../ops/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { ArgumentError } from '../../utils/checks.js';
import { Layer, type LayerOptions } from '../layer.js';

export interface ReshapeOptions extends LayerOptions {
  /** Shape of one sample, without the batch; one dimension may be -1 and follows from the others. */
  target_shape: readonly number[];
}

const ARGUMENTS = ['target_shape'] as const;

/**
 * Gives each sample another shape with the same number of elements.
 *
 * Input shape: `[batch, ...]`. Output shape: `[batch, ...target_shape]`. Source: keras.layers.Reshape.
 *
 * @throws ShapeError when the number of elements would change
 * @example
 * new keras.layers.Reshape([-1, 2])(keras.ops.ones([3, 12])).shape; // [3, 6, 2]
 */
export class Reshape extends Layer {
  static override call_arguments: readonly string[] = [];

  readonly target_shape: readonly number[];

  constructor(...args: ConstructorArgs<ReshapeOptions, typeof ARGUMENTS>) {
    const options = namedArguments<ReshapeOptions>('Reshape', ARGUMENTS, args);
    super(options);
    const { target_shape: target } = options;
    if (!Array.isArray(target) || target.some((d) => !Number.isInteger(d) || d < -1) ||
      target.filter((d) => d === -1).length > 1) {
      throw new ArgumentError("Reshape: the argument 'target_shape' must be an array of integers >= 0, one of " +
        `which may be -1, received ${JSON.stringify(target)}.`);
    }
    this.target_shape = [...target];
    this.built = true;
  }

  override call(inputs: Tensor): Tensor {
    const [batch, ...sample] = inputs.shape;
    return ops.reshape(inputs, [batch, ...resolveReshape(sample, this.target_shape)]);
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), target_shape: this.target_shape };
  }
}
kerasExport(Reshape, 'keras.layers.Reshape');
