/** Permute: the axes of each sample in another order. */
import type { Tensor } from '../../engine/tensor.js';
import * as ops from '../../ops/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { ArgumentError } from '../../utils/checks.js';
import { InputSpec } from '../input-spec.js';
import { Layer, type LayerOptions } from '../layer.js';

export interface PermuteOptions extends LayerOptions {
  /** The axes in their new order, counted from 1; the batch is axis 0 and stays. */
  dims: readonly number[];
}

const ARGUMENTS = ['dims'] as const;

/**
 * Puts the axes of each sample in another order.
 *
 * Input shape: `[batch, ...]`. Output shape: `[batch, ...]` in the order of `dims`. Source:
 * keras.layers.Permute.
 *
 * @example
 * new keras.layers.Permute([2, 1])(keras.ops.ones([5, 10, 64])).shape; // [5, 64, 10]
 */
export class Permute extends Layer {
  static override call_arguments: readonly string[] = [];

  readonly dims: readonly number[];

  constructor(...args: ConstructorArgs<PermuteOptions, typeof ARGUMENTS>) {
    const options = namedArguments<PermuteOptions>('Permute', ARGUMENTS, args);
    super(options);
    const { dims } = options;
    if (!Array.isArray(dims) || dims.toSorted((a, b) => a - b).some((axis, i) => axis !== i + 1)) {
      throw new ArgumentError("Permute: the argument 'dims' must hold each of 1, 2, ... up to the number of " +
        `axes once, received ${JSON.stringify(dims)}.`);
    }
    this.dims = [...dims];
    this.input_spec = new InputSpec({ ndim: dims.length + 1 });
  }

  override call(inputs: Tensor): Tensor {
    return ops.transpose(inputs, [0, ...this.dims]);
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), dims: this.dims };
  }
}
kerasExport(Permute, 'keras.layers.Permute');
