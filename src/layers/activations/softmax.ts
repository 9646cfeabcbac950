/** Softmax: positive numbers that add up to 1. */
import { formatShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import * as activations from '../../activations/index.js';
import * as ops from '../../ops/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { requireIntegers } from '../../utils/checks.js';
import { Layer, type CallOptions, type LayerOptions } from '../layer.js';

export interface SoftmaxOptions extends LayerOptions {
  /** Axis or axes over which the results add up to 1. Default -1. */
  axis?: number | readonly number[];
}

const ARGUMENTS = ['axis'] as const;
/** So low that the exponential is 0, in the range of float16 and of the wider floats. */
const LOW_FLOAT16 = -3e4;
const LOW = -1e9;

/**
 * exp(x) divided by its sum along an axis. The output has the shape of the input. In a call, `mask`
 * (broadcast to the inputs) tells which elements take part; the others become 0. Source:
 * keras.layers.Softmax.
 *
 * @throws ShapeError when the mask does not fit the inputs
 * @example
 * new keras.layers.Softmax()([0, 0]).arraySync(); // [0.5, 0.5]
 */
export class Softmax extends Layer {
  static override call_arguments: readonly string[] = ['mask'];

  readonly axis: number | readonly number[];

  constructor(...args: ConstructorArgs<SoftmaxOptions, typeof ARGUMENTS>) {
    const options = namedArguments<SoftmaxOptions>('Softmax', ARGUMENTS, args);
    super(options);
    this.axis = requireIntegers('Softmax', 'axis', options.axis ?? -1);
    this.supports_masking = true;
    this.buildAtInit();
  }

  override call(inputs: Tensor, { mask }: CallOptions = {}): Tensor {
    if (mask === undefined || mask === null) return activations.softmax(inputs, this.axis);
    const kept = this.#maskFor(inputs, mask as Tensor);
    const logits = ops.where(kept, inputs, inputs.dtype === 'float16' ? LOW_FLOAT16 : LOW);
    return ops.where(kept, activations.softmax(logits, this.axis), 0);
  }

  #maskFor(inputs: Tensor, mask: Tensor): Tensor {
    const fits = mask.ndim <= inputs.ndim &&
      mask.shape.every((d, i) => d === 1 || d === inputs.shape[inputs.ndim - mask.ndim + i]);
    if (!fits) {
      throw new ShapeError(`The mask of ${this.describe()} has shape ${formatShape(mask.shape)}, which ` +
        `does not broadcast to the inputs of shape ${formatShape(inputs.shape)}: each dimension must be 1 ` +
        `or equal.`);
    }
    return mask.dtype === 'bool' ? mask : ops.greater(mask, 0.5);
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), axis: this.axis };
  }
}
kerasExport(Softmax, 'keras.layers.Softmax');
