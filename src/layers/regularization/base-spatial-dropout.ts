/** What SpatialDropout1D, SpatialDropout2D and SpatialDropout3D share. */
import { standardize_data_format, type ImageDataFormat } from '../../backend/config.js';
import type { Tensor } from '../../engine/tensor.js';
import { namedArguments } from '../../utils/arguments.js';
import { InputSpec } from '../input-spec.js';
import type { LayerOptions } from '../layer.js';
import { Dropout } from './dropout.js';

export interface SpatialDropoutOptions extends Pick<LayerOptions, 'name' | 'dtype'> {
  /** The part of the channels that is left out, from 0 to 1. */
  rate: number;
  /** An integer makes the random numbers the same in every run. */
  seed?: number | null;
}
export interface ImageSpatialDropoutOptions extends SpatialDropoutOptions {
  /** Default: the configured one. */
  data_format?: ImageDataFormat | null;
}

export abstract class BaseSpatialDropout extends Dropout {
  readonly data_format: ImageDataFormat;

  constructor(rank: number, names: readonly string[], args: readonly unknown[]) {
    const { data_format, ...options } =
      namedArguments<ImageSpatialDropoutOptions>(new.target.name, names, args, ['name', 'dtype']);
    super(options);
    this.data_format = rank === 1 ? 'channels_last' : standardize_data_format(data_format);
    this.input_spec = new InputSpec({ ndim: rank + 2 });
  }

  /** A channel is kept or left out as a whole. */
  protected override noiseShape({ shape }: Tensor): readonly number[] {
    const channels = this.data_format === 'channels_last' ? shape.length - 1 : 1;
    return shape.map((d, axis) => (axis === 0 || axis === channels ? d : 1));
  }

  /** As in Keras, only these are kept: not `trainable`, and the policy by its dtype. */
  override get_config(): Record<string, unknown> {
    return { rate: this.rate, seed: this.seed, name: this.name, dtype: this.dtype };
  }
}
