/** Maximum: the larger of the inputs. */
import type { Tensor } from '../../engine/tensor.js';
import type { KerasTensor } from '../../ops/keras-tensor.js';
import * as ops from '../../ops/index.js';
import { kerasExport } from '../../saving/registration.js';
import type { ConstructorArgs } from '../../utils/arguments.js';
import type { LayerOptions } from '../layer.js';
import { BaseMerge, mergeUnmasked, type MERGE_ARGUMENTS } from './base-merge.js';

/**
 * The larger of the inputs, element by element. Masked steps do not count.
 *
 * Input shape: an array of shapes that broadcast to one another. Output shape: the broadcast shape.
 * Source: keras.layers.Maximum.
 *
 * @example
 * new keras.layers.Maximum()([keras.ops.array([[1, 5]]), keras.ops.array([[3, 4]])]).arraySync(); // [[3, 5]]
 */
export class Maximum extends BaseMerge {
  constructor(...args: ConstructorArgs<LayerOptions, typeof MERGE_ARGUMENTS>) {
    super(args);
  }

  protected override merge(inputs: readonly Tensor[]): Tensor {
    return mergeUnmasked(inputs, ops.maximum);
  }
}
kerasExport(Maximum, 'keras.layers.Maximum');

/**
 * The larger of the inputs: `Maximum` as a function. Options are those of all layers. Source:
 * keras.layers.maximum.
 * @example
 * keras.layers.maximum([keras.ops.array([[1, 5]]), keras.ops.array([[3, 4]])]).arraySync(); // [[3, 5]]
 */
export function maximum<T extends Tensor | KerasTensor>(inputs: readonly T[], options: LayerOptions = {}): T {
  return new Maximum(options)<readonly T[], T>(inputs);
}
kerasExport(maximum, 'keras.layers.maximum');
