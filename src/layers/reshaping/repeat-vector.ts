/** RepeatVector: each sample several times, as a sequence. */
import type { Tensor } from '../../engine/tensor.js';
import * as ops from '../../ops/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { requirePositiveInteger } from '../../utils/checks.js';
import { InputSpec } from '../input-spec.js';
import { Layer, type LayerOptions } from '../layer.js';

export interface RepeatVectorOptions extends LayerOptions {
  /** How many times, a positive integer. */
  n: number;
}

const ARGUMENTS = ['n'] as const;

/**
 * Repeats each sample n times.
 *
 * Input shape: `[batch, features]`. Output shape: `[batch, n, features]`. Source: keras.layers.RepeatVector.
 *
 * @example
 * new keras.layers.RepeatVector(3)(keras.ops.ones([2, 32])).shape; // [2, 3, 32]
 */
export class RepeatVector extends Layer {
  static override call_arguments: readonly string[] = [];

  readonly n: number;

  constructor(...args: ConstructorArgs<RepeatVectorOptions, typeof ARGUMENTS>) {
    const options = namedArguments<RepeatVectorOptions>('RepeatVector', ARGUMENTS, args);
    super(options);
    this.n = requirePositiveInteger('RepeatVector', 'n', options.n);
    this.input_spec = new InputSpec({ ndim: 2 });
  }

  override call(inputs: Tensor): Tensor {
    const [batch, features] = inputs.shape;
    return ops.broadcast_to(ops.expand_dims(inputs, 1), [batch, this.n, features]);
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), n: this.n };
  }
}
kerasExport(RepeatVector, 'keras.layers.RepeatVector');
