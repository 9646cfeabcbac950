/** Identity: the identity matrix. */
import type { Shape } from '../engine/shape.js';
import { formatShape, ShapeError } from '../engine/shape.js';
import { fromHost } from '../engine/convert.js';
import { numbersToBits } from '../engine/host.js';
import type { Tensor } from '../engine/tensor.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { dtypeOf, Initializer, type DTypeArgument } from './initializer.js';

export interface IdentityOptions {
  /** What stands on the diagonal; default 1. */
  gain?: number;
}
const NAMES = ['gain'] as const;

/**
 * The identity matrix times a gain, for weights of two axes. Source: keras.initializers.Identity.
 * @throws ShapeError for other than two axes
 * @example
 * new keras.initializers.Identity()([2, 2]).arraySync(); // [[1, 0], [0, 1]]
 */
export class Identity extends Initializer {
  readonly gain: number;

  constructor(...args: ConstructorArgs<IdentityOptions, typeof NAMES>) {
    super();
    this.gain = namedArguments<IdentityOptions>('Identity', NAMES, args, []).gain ?? 1;
  }

  override __call__(shape: Shape, dtype?: DTypeArgument): Tensor {
    if (shape.length !== 2) {
      throw new ShapeError(`The Identity initializer makes matrices, received shape ${formatShape(shape)}.`);
    }
    const [rows, columns] = shape;
    const values = new Float64Array(rows * columns);
    for (let i = 0; i < Math.min(rows, columns); i++) values[i * columns + i] = this.gain;
    const type = dtypeOf(dtype);
    return fromHost(numbersToBits(values, type), shape, type);
  }

  /** Python Keras leaves the gain out and so loses it; it is written where it is not the default. */
  override get_config(): Record<string, unknown> {
    return this.gain === 1 ? {} : { gain: this.gain };
  }
}
kerasExport(Identity,
  'keras.initializers.Identity', 'keras.initializers.identity', 'keras.initializers.IdentityInitializer');
export { Identity as identity, Identity as IdentityInitializer };
