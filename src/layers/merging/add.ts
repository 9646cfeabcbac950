/** Add: the sum of the inputs. */
import type { Tensor } from '../../engine/tensor.js';
import type { KerasTensor } from '../../ops/keras-tensor.js';
import * as ops from '../../ops/index.js';
import { kerasExport } from '../../saving/registration.js';
import type { ConstructorArgs } from '../../utils/arguments.js';
import type { LayerOptions } from '../layer.js';
import { BaseMerge, type MERGE_ARGUMENTS } from './base-merge.js';

/**
 * The sum of the inputs, element by element.
 *
 * Input shape: an array of shapes that broadcast to one another. Output shape: the broadcast shape.
 * Source: keras.layers.Add.
 *
 * @example
 * new keras.layers.Add()([keras.ops.array([[1, 5]]), keras.ops.array([[3, 4]])]).arraySync(); // [[4, 9]]
 */
export class Add extends BaseMerge {
  constructor(...args: ConstructorArgs<LayerOptions, typeof MERGE_ARGUMENTS>) {
    super(args);
  }

  protected override merge(inputs: readonly Tensor[]): Tensor {
    return inputs.reduce((a, b) => ops.add(a, b));
  }
}
kerasExport(Add, 'keras.layers.Add');

/**
 * The sum of the inputs: `Add` as a function. Options are those of all layers. Source: keras.layers.add.
 * @example
 * keras.layers.add([keras.ops.array([[1, 5]]), keras.ops.array([[3, 4]])]).arraySync(); // [[4, 9]]
 */
export function add<T extends Tensor | KerasTensor>(inputs: readonly T[], options: LayerOptions = {}): T {
  return new Add(options)<readonly T[], T>(inputs);
}
kerasExport(add, 'keras.layers.add');
