/** What the layers that pool to a given size share. */
import { standardize_data_format, type ImageDataFormat } from '../../backend/config.js';
import type { SymbolicShape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import * as ops from '../../ops/index.js';
import { namedArguments } from '../../utils/arguments.js';
import { standardizeTuple } from '../../utils/checks.js';
import { InputSpec } from '../input-spec.js';
import { Layer, type LayerOptions } from '../layer.js';
import { channelsOf, imageShape } from '../window.js';

export interface AdaptivePoolingOptions extends LayerOptions {
  /** Length of each spatial axis of the output: a positive integer, or an array with one for each axis. */
  output_size: number | readonly number[];
  /** Default: the configured one. */
  data_format?: ImageDataFormat | null;
}
export const ADAPTIVE_POOLING_ARGUMENTS = ['output_size', 'data_format'] as const;

export abstract class BaseAdaptivePooling extends Layer {
  static override call_arguments: readonly string[] = [];

  readonly pool_mode: 'max' | 'average';
  readonly output_size: readonly number[];
  readonly data_format: ImageDataFormat;

  constructor(pool_mode: 'max' | 'average', rank: number, args: readonly unknown[]) {
    const what = new.target.name;
    const options = namedArguments<AdaptivePoolingOptions>(what, ADAPTIVE_POOLING_ARGUMENTS, args);
    super(options);
    this.pool_mode = pool_mode;
    this.output_size = standardizeTuple(what, 'output_size', options.output_size, rank);
    this.data_format = standardize_data_format(options.data_format);
    this.input_spec = new InputSpec({ ndim: rank + 2 });
  }

  override call(inputs: Tensor): Tensor {
    const pool = this.pool_mode === 'max' ? ops.adaptive_max_pool : ops.adaptive_average_pool;
    return pool(inputs, this.output_size, this.data_format);
  }

  override compute_output_shape(input_shape: SymbolicShape): SymbolicShape {
    return imageShape(input_shape[0], this.output_size, channelsOf(input_shape, this.data_format), this.data_format);
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), output_size: this.output_size, data_format: this.data_format };
  }
}
