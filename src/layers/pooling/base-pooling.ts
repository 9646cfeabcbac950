/** What the layers that pool windows share. */
import { standardize_data_format, type ImageDataFormat } from '../../backend/config.js';
import type { SymbolicShape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import * as ops from '../../ops/index.js';
import { namedArguments } from '../../utils/arguments.js';
import { requireOneOf, standardizeTuple } from '../../utils/checks.js';
import { InputSpec } from '../input-spec.js';
import { Layer, type LayerOptions } from '../layer.js';
import { channelsOf, windowedOutputShape } from '../window.js';

export interface PoolingOptions extends LayerOptions {
  /** Length of the window along each spatial axis. Default 2. */
  pool_size?: number | readonly number[];
  /** Step of the window. Default: `pool_size`. */
  strides?: number | readonly number[] | null;
  /** 'valid' (default): windows lie inside; 'same': the output has `ceil(length / stride)` elements. */
  padding?: 'valid' | 'same';
  /** Default: the configured one. */
  data_format?: ImageDataFormat | null;
}
export const POOLING_ARGUMENTS = ['pool_size', 'strides', 'padding', 'data_format', 'name'] as const;

/** The same, where Keras has no default for the window. */
export interface RequiredPoolingOptions extends PoolingOptions {
  pool_size: number | readonly number[];
}

export abstract class BasePooling extends Layer {
  static override call_arguments: readonly string[] = [];

  readonly pool_mode: 'max' | 'average';
  readonly pool_size: readonly number[];
  readonly strides: readonly number[];
  readonly padding: 'valid' | 'same';
  readonly data_format: ImageDataFormat;

  /** @param default_size the window where none is given; undefined where one must be */
  constructor(
    pool_mode: 'max' | 'average', rank: number, default_size: number | undefined, args: readonly unknown[],
  ) {
    const what = new.target.name;
    const options = namedArguments<PoolingOptions>(what, POOLING_ARGUMENTS, args);
    super(options);
    this.pool_mode = pool_mode;
    const pool_size = options.pool_size ?? default_size;
    this.pool_size = standardizeTuple(what, 'pool_size', pool_size, rank);
    this.strides = standardizeTuple(what, 'strides', options.strides ?? pool_size, rank);
    this.padding = requireOneOf(what, 'padding', options.padding ?? 'valid', ['valid', 'same']);
    this.data_format = standardize_data_format(options.data_format);
    this.input_spec = new InputSpec({ ndim: rank + 2 });
    this.buildAtInit();
  }

  override call(inputs: Tensor): Tensor {
    const pool = this.pool_mode === 'max' ? ops.max_pool : ops.average_pool;
    return pool(inputs, this.pool_size, this.strides, this.padding, this.data_format);
  }

  override compute_output_shape(input_shape: SymbolicShape): SymbolicShape {
    const { pool_size: size, strides, padding, data_format } = this;
    return windowedOutputShape(input_shape, channelsOf(input_shape, data_format),
      { size, strides, dilations: size.map(() => 1), padding, data_format }, this.describe());
  }

  override get_config(): Record<string, unknown> {
    return {
      ...super.get_config(), pool_size: this.pool_size, padding: this.padding, strides: this.strides,
      data_format: this.data_format,
    };
  }
}
