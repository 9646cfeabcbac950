/** Average: the mean of the inputs. */
import type { Tensor } from '../../engine/tensor.js';
import type { KerasTensor } from '../../ops/keras-tensor.js';
import * as ops from '../../ops/index.js';
import { kerasExport } from '../../saving/registration.js';
import type { ConstructorArgs } from '../../utils/arguments.js';
import type { LayerOptions } from '../layer.js';
import { BaseMerge, type MERGE_ARGUMENTS } from './base-merge.js';

/**
 * The mean of the inputs, element by element.
 *
 * Input shape: an array of shapes that broadcast to one another. Output shape: the broadcast shape.
 * Source: keras.layers.Average.
 *
 * @example
 * const [a, b] = [keras.ops.array([[1, 5]]), keras.ops.array([[3, 4]])];
 * new keras.layers.Average()([a, b]).arraySync(); // [[2, 4.5]]
 */
export class Average extends BaseMerge {
  constructor(...args: ConstructorArgs<LayerOptions, typeof MERGE_ARGUMENTS>) {
    super(args);
  }

  protected override merge(inputs: readonly Tensor[]): Tensor {
    return ops.divide(inputs.reduce((a, b) => ops.add(a, b)), inputs.length);
  }
}
kerasExport(Average, 'keras.layers.Average');

/**
 * The mean of the inputs: `Average` as a function. Options are those of all layers. Source:
 * keras.layers.average.
 * @example
 * keras.layers.average([keras.ops.array([[1, 5]]), keras.ops.array([[3, 4]])]).arraySync(); // [[2, 4.5]]
 */
export function average<T extends Tensor | KerasTensor>(inputs: readonly T[], options: LayerOptions = {}): T {
  return new Average(options)<readonly T[], T>(inputs);
}
kerasExport(average, 'keras.layers.average');
