/** What Conv1DTranspose, Conv2DTranspose and Conv3DTranspose share. */
import { standardize_data_format, type ImageDataFormat } from '../../backend/config.js';
import type { SymbolicShape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import type { Variable } from '../../engine/variable.js';
import * as activations from '../../activations/index.js';
import * as constraints from '../../constraints/index.js';
import * as initializers from '../../initializers/index.js';
import * as ops from '../../ops/index.js';
import { transposedLength } from '../../ops/windows.js';
import * as regularizers from '../../regularizers/index.js';
import { namedArguments } from '../../utils/arguments.js';
import { ArgumentError, requireOneOf, requirePositiveInteger, standardizeTuple } from '../../utils/checks.js';
import { InputSpec } from '../input-spec.js';
import { Layer, type LayerOptions } from '../layer.js';
import { channelAxis, imageShape, spaceOf } from '../window.js';
import { addBias, requireChannels, requireOneStep } from './shared.js';

export interface ConvTransposeOptions extends LayerOptions {
  /** Number of filters: channels of the output. */
  filters: number;
  /** Length of the window along each spatial axis. */
  kernel_size: number | readonly number[];
  /** Enlargement along each spatial axis. Default 1. */
  strides?: number | readonly number[];
  /** 'valid' (default) or 'same'. */
  padding?: 'valid' | 'same';
  /**
   * Elements added after each spatial axis of the output, fewer than the stride. Default null: as the padding
   * needs.
   */
  output_padding?: number | readonly number[] | null;
  /** Default: the configured one. */
  data_format?: ImageDataFormat | null;
  /** Distance of the window's elements. Default 1; not with strides. */
  dilation_rate?: number | readonly number[];
  /** Applied to the result: a name, a function or a layer. Default: none. */
  activation?: activations.Identifier;
  /** Whether a bias is added. Default true. */
  use_bias?: boolean;
  /** Default `glorot_uniform`. */
  kernel_initializer?: initializers.Identifier;
  /** Default `zeros`. */
  bias_initializer?: initializers.Identifier;
  kernel_regularizer?: regularizers.Identifier;
  bias_regularizer?: regularizers.Identifier;
  kernel_constraint?: constraints.Identifier;
  bias_constraint?: constraints.Identifier;
}
export const CONV_TRANSPOSE_ARGUMENTS = ['filters', 'kernel_size', 'strides', 'padding', 'output_padding',
  'data_format', 'dilation_rate', 'activation', 'use_bias', 'kernel_initializer', 'bias_initializer',
  'kernel_regularizer', 'bias_regularizer', 'activity_regularizer', 'kernel_constraint',
  'bias_constraint'] as const;

export abstract class BaseConvTranspose extends Layer {
  static override call_arguments: readonly string[] = [];

  readonly rank: number;
  readonly filters: number;
  readonly kernel_size: readonly number[];
  readonly strides: readonly number[];
  readonly padding: 'valid' | 'same';
  readonly output_padding: readonly number[] | null;
  readonly data_format: ImageDataFormat;
  readonly dilation_rate: readonly number[];
  readonly activation: activations.Activation;
  readonly use_bias: boolean;
  readonly kernel_initializer: initializers.InitializerFunction;
  readonly bias_initializer: initializers.InitializerFunction;
  readonly kernel_regularizer: regularizers.RegularizerFunction | null;
  readonly bias_regularizer: regularizers.RegularizerFunction | null;
  readonly kernel_constraint: constraints.ConstraintFunction | null;
  readonly bias_constraint: constraints.ConstraintFunction | null;
  kernel!: Variable;
  bias: Variable | null = null;

  constructor(rank: number, args: readonly unknown[], names: readonly string[] = CONV_TRANSPOSE_ARGUMENTS) {
    const what = new.target.name;
    const options = namedArguments<ConvTransposeOptions>(what, names, args);
    super(options);
    this.rank = rank;
    this.filters = requirePositiveInteger(what, 'filters', options.filters);
    this.kernel_size = standardizeTuple(what, 'kernel_size', options.kernel_size, rank);
    this.strides = standardizeTuple(what, 'strides', options.strides ?? 1, rank);
    this.padding = requireOneOf(what, 'padding', options.padding ?? 'valid', ['valid', 'same']);
    const { output_padding = null } = options;
    this.output_padding = output_padding === null
      ? null : standardizeTuple(what, 'output_padding', output_padding, rank, true);
    this.data_format = standardize_data_format(options.data_format);
    this.dilation_rate = standardizeTuple(what, 'dilation_rate', options.dilation_rate ?? 1, rank);
    this.activation = activations.get(options.activation ?? null);
    this.use_bias = options.use_bias ?? true;
    this.kernel_initializer = initializers.get(options.kernel_initializer ?? 'glorot_uniform');
    this.bias_initializer = initializers.get(options.bias_initializer ?? 'zeros');
    this.kernel_regularizer = regularizers.get(options.kernel_regularizer ?? null);
    this.bias_regularizer = regularizers.get(options.bias_regularizer ?? null);
    this.kernel_constraint = constraints.get(options.kernel_constraint ?? null);
    this.bias_constraint = constraints.get(options.bias_constraint ?? null);
    requireOneStep(what, this.strides, this.dilation_rate);
    if (this.output_padding?.some((p, i) => p >= this.strides[i])) {
      throw new ArgumentError(`${what}: the output_padding must be less than the strides on every axis, ` +
        `received output_padding [${this.output_padding.join(', ')}] and strides ` +
        `[${this.strides.join(', ')}].`);
    }
    this.input_spec = new InputSpec({ min_ndim: rank + 2 });
  }

  override build(input_shape: SymbolicShape): void {
    const channels = requireChannels(this.describe(), input_shape, this.data_format);
    this.kernel = this.add_weight({
      name: 'kernel', shape: [...this.kernel_size, this.filters, channels],
      initializer: this.kernel_initializer, regularizer: this.kernel_regularizer,
      constraint: this.kernel_constraint });
    if (this.use_bias) {
      this.bias = this.add_weight({
        name: 'bias', shape: [this.filters], initializer: this.bias_initializer,
        regularizer: this.bias_regularizer, constraint: this.bias_constraint });
    }
    const axes = { [channelAxis(this.data_format)]: channels };
    this.input_spec = new InputSpec({ min_ndim: this.rank + 2, axes });
  }

  override call(inputs: Tensor): Tensor {
    const x = ops.conv_transpose(inputs, this.kernel, this.strides, this.padding, this.output_padding,
      this.data_format, this.dilation_rate);
    return this.activation(addBias(x, this.bias, this.data_format));
  }

  override compute_output_shape(input_shape: SymbolicShape): SymbolicShape {
    const { kernel_size, strides, dilation_rate, output_padding, data_format } = this;
    const space = spaceOf(input_shape, data_format).map((d, i) => (d === null ? null : transposedLength(
      d, kernel_size[i], strides[i], this.padding, output_padding?.[i] ?? null, dilation_rate[i])));
    return imageShape(input_shape[0], space, this.filters, data_format);
  }

  override get_config(): Record<string, unknown> {
    return {
      ...super.get_config(),
      filters: this.filters,
      kernel_size: this.kernel_size,
      strides: this.strides,
      padding: this.padding,
      output_padding: this.output_padding,
      data_format: this.data_format,
      dilation_rate: this.dilation_rate,
      activation: activations.serialize(this.activation),
      use_bias: this.use_bias,
      kernel_initializer: initializers.serialize(this.kernel_initializer),
      bias_initializer: initializers.serialize(this.bias_initializer),
      kernel_regularizer: regularizers.serialize(this.kernel_regularizer),
      bias_regularizer: regularizers.serialize(this.bias_regularizer),
      activity_regularizer: regularizers.serialize(this.activity_regularizer),
      kernel_constraint: constraints.serialize(this.kernel_constraint),
      bias_constraint: constraints.serialize(this.bias_constraint),
    };
  }
}
