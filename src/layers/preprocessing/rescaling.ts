/** Rescaling: values times a scale, plus an offset. */
import { image_data_format } from '../../backend/config.js';
import type { TensorLike } from '../../engine/convert.js';
import type { SymbolicShape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import * as ops from '../../ops/index.js';
import { kerasExport, type CustomObjects } from '../../saving/registration.js';
import { deserialize_keras_object, serialize_keras_object } from '../../saving/serialization.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { ArgumentError } from '../../utils/checks.js';
import { Layer, type LayerOptions } from '../layer.js';

export interface RescalingOptions extends LayerOptions {
  /** Factor: a number, or one for each channel. */
  scale: TensorLike;
  /** Added to the product: a number, or one for each channel. Default 0. */
  offset?: TensorLike;
}

const ARGUMENTS = ['scale', 'offset'] as const;

/**
 * `inputs scale + offset`, in training and inference alike. `new Rescaling(1 / 255)` brings pixels to 0 ... 1,
 * `new Rescaling(1 / 127.5, -1)` to -1 ... 1. Integers become floats. The output has the shape of the input.
 *
 * @param args `scale` (a number, or an array with one for each channel), `offset` (the same; default 0)
 * @throws ArgumentError when there is no scale
 * Source: keras.layers.Rescaling.
 *
 * @example
 * new keras.layers.Rescaling(1 / 127.5, -1)([[0, 127.5, 255]]).arraySync(); // [[-1, 0, 1]]
 */
export class Rescaling extends Layer {
  static override call_arguments: readonly string[] = [];

  readonly scale: TensorLike;
  readonly offset: TensorLike;

  constructor(...args: ConstructorArgs<RescalingOptions, typeof ARGUMENTS>) {
    const options = namedArguments<RescalingOptions>('Rescaling', ARGUMENTS, args);
    super(options);
    if (options.scale === undefined || options.scale === null) {
      throw new ArgumentError(`Rescaling: the argument 'scale' must be a number or an array of numbers, received ${String(options.scale)}.`);
    }
    this.scale = options.scale;
    this.offset = options.offset ?? 0;
    this.supports_masking = true;
  }

  override call(inputs: Tensor): Tensor {
    const { compute_dtype } = this;
    let scale = ops.cast(this.scale, compute_dtype);
    if (scale.ndim > 0 && image_data_format() === 'channels_first') {
      // One factor a channel, which here come before the pixels.
      scale = ops.reshape(scale, [...scale.shape, ...Array<number>(Math.max(0, 3 - scale.ndim)).fill(1)]);
    }
    return ops.add(ops.multiply(ops.cast(inputs, compute_dtype), scale), ops.cast(this.offset, compute_dtype));
  }

  override compute_output_shape(input_shape: SymbolicShape): SymbolicShape {
    return input_shape;
  }

  override get_config(): Record<string, unknown> {
    return {
      ...super.get_config(), scale: serialize_keras_object(this.scale), offset: serialize_keras_object(this.offset),
    };
  }

  static override from_config(config: Record<string, unknown>, custom_objects: CustomObjects | null = null): Layer {
    const [scale, offset] = [config.scale, config.offset].map((value) => deserialize_keras_object(value, { custom_objects }));
    return new this({ ...config, scale, offset } as unknown as RescalingOptions);
  }
}
kerasExport(Rescaling, 'keras.layers.Rescaling');
