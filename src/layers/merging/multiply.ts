/** Multiply: the product of the inputs. */
import type { Tensor } from '../../engine/tensor.js';
import type { KerasTensor } from '../../ops/keras-tensor.js';
import * as ops from '../../ops/index.js';
import { kerasExport } from '../../saving/registration.js';
import type { ConstructorArgs } from '../../utils/arguments.js';
import type { LayerOptions } from '../layer.js';
import { BaseMerge, spreadMasks, type MERGE_ARGUMENTS } from './base-merge.js';

/**
 * The product of the inputs, element by element. Masked steps count as 1, and the product as 0 where all
 * inputs are masked.
 *
 * Input shape: an array of shapes that broadcast to one another. Output shape: the broadcast shape.
 * Source: keras.layers.Multiply.
 *
 * @example
 * const [a, b] = [keras.ops.array([[1, 5]]), keras.ops.array([[3, 4]])];
 * new keras.layers.Multiply()([a, b]).arraySync(); // [[3, 20]]
 */
export class Multiply extends BaseMerge {
  constructor(...args: ConstructorArgs<LayerOptions, typeof MERGE_ARGUMENTS>) {
    super(args);
  }

  protected override merge(inputs: readonly Tensor[]): Tensor {
    const { masks, joint } = spreadMasks(inputs);
    const factors = inputs.map((x, i) => (masks[i] ? ops.where(masks[i], x, 1) : x));
    const product = factors.reduce((a, b) => ops.multiply(a, b));
    if (!joint) return product;
    const output = ops.where(joint, product, 0);
    output.mask = ops.any(joint, -1);
    return output;
  }
}
kerasExport(Multiply, 'keras.layers.Multiply');

/**
 * The product of the inputs: `Multiply` as a function. Options are those of all layers. Source:
 * keras.layers.multiply.
 * @example
 * keras.layers.multiply([keras.ops.array([[1, 5]]), keras.ops.array([[3, 4]])]).arraySync(); // [[3, 20]]
 */
export function multiply<T extends Tensor | KerasTensor>(
  inputs: readonly T[], options: LayerOptions = {},
): T {
  return new Multiply(options)<readonly T[], T>(inputs);
}
kerasExport(multiply, 'keras.layers.multiply');
