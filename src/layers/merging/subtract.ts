/** Subtract: the difference of two inputs. */
import type { Tensor } from '../../engine/tensor.js';
import type { KerasTensor } from '../../ops/keras-tensor.js';
import * as ops from '../../ops/index.js';
import { kerasExport } from '../../saving/registration.js';
import type { ConstructorArgs } from '../../utils/arguments.js';
import { IncompatibleInputError } from '../input-spec.js';
import type { LayerOptions } from '../layer.js';
import { BaseMerge, type MERGE_ARGUMENTS } from './base-merge.js';

/**
 * The difference of two inputs, element by element.
 *
 * Input shape: an array of shapes that broadcast to one another. Output shape: the broadcast shape.
 * Source: keras.layers.Subtract.
 *
 * @example
 * const [a, b] = [keras.ops.array([[1, 5]]), keras.ops.array([[3, 4]])];
 * new keras.layers.Subtract()([a, b]).arraySync(); // [[-2, 1]]
 */
export class Subtract extends BaseMerge {
  constructor(...args: ConstructorArgs<LayerOptions, typeof MERGE_ARGUMENTS>) {
    super(args);
  }

  override build(input_shape: unknown): void {
    const shapes = this.requireShapes(input_shape);
    if (shapes.length !== 2) {
      throw new IncompatibleInputError(`The ${this.describe()} takes exactly 2 inputs, received ` +
        `${shapes.length}.`);
    }
    super.build(shapes);
  }

  protected override merge([a, b]: readonly Tensor[]): Tensor {
    return ops.subtract(a, b);
  }
}
kerasExport(Subtract, 'keras.layers.Subtract');

/**
 * The difference of two inputs: `Subtract` as a function. Options are those of all layers. Source:
 * keras.layers.subtract.
 * @example
 * keras.layers.subtract([keras.ops.array([[1, 5]]), keras.ops.array([[3, 4]])]).arraySync(); // [[-2, 1]]
 */
export function subtract<T extends Tensor | KerasTensor>(
  inputs: readonly T[], options: LayerOptions = {},
): T {
  return new Subtract(options)<readonly T[], T>(inputs);
}
kerasExport(subtract, 'keras.layers.subtract');
