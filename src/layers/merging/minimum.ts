/** Minimum: the smaller of the inputs. */
import type { Tensor } from '../../engine/tensor.js';
import type { KerasTensor } from '../../ops/keras-tensor.js';
import * as ops from '../../ops/index.js';
import { kerasExport } from '../../saving/registration.js';
import type { ConstructorArgs } from '../../utils/arguments.js';
import type { LayerOptions } from '../layer.js';
import { BaseMerge, mergeUnmasked, type MERGE_ARGUMENTS } from './base-merge.js';

/**
 * The smaller of the inputs, element by element. Masked steps do not count.
 *
 * Input shape: an array of shapes that broadcast to one another. Output shape: the broadcast shape.
 * Source: keras.layers.Minimum.
 *
 * @example
 * new keras.layers.Minimum()([keras.ops.array([[1, 5]]), keras.ops.array([[3, 4]])]).arraySync(); // [[1, 4]]
 */
export class Minimum extends BaseMerge {
  constructor(...args: ConstructorArgs<LayerOptions, typeof MERGE_ARGUMENTS>) {
    super(args);
  }

  protected override merge(inputs: readonly Tensor[]): Tensor {
    return mergeUnmasked(inputs, ops.minimum);
  }
}
kerasExport(Minimum, 'keras.layers.Minimum');

/**
 * The smaller of the inputs: `Minimum` as a function. Options are those of all layers. Source:
 * keras.layers.minimum.
 * @example
 * keras.layers.minimum([keras.ops.array([[1, 5]]), keras.ops.array([[3, 4]])]).arraySync(); // [[1, 4]]
 */
export function minimum<T extends Tensor | KerasTensor>(inputs: readonly T[], options: LayerOptions = {}): T {
  return new Minimum(options)<readonly T[], T>(inputs);
}
kerasExport(minimum, 'keras.layers.minimum');
