/** What SeparableConv1D and SeparableConv2D share. */
import { standardize_data_format, type ImageDataFormat } from '../../backend/config.js';
import type { SymbolicShape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import type { Variable } from '../../engine/variable.js';
import * as activations from '../../activations/index.js';
import * as constraints from '../../constraints/index.js';
import * as initializers from '../../initializers/index.js';
import * as ops from '../../ops/index.js';
import * as regularizers from '../../regularizers/index.js';
import { namedArguments } from '../../utils/arguments.js';
import { requireOneOf, requirePositiveInteger, standardizeTuple } from '../../utils/checks.js';
import { InputSpec } from '../input-spec.js';
import { Layer, type LayerOptions } from '../layer.js';
import { channelAxis, windowedOutputShape } from '../window.js';
import { addBias, requireChannels } from './shared.js';

export interface SeparableConvOptions extends LayerOptions {
  /** Number of filters: channels of the output. */
  filters: number;
  /** Length of the window along each spatial axis. */
  kernel_size: number | readonly number[];
  /** Step of the window. Default 1. */
  strides?: number | readonly number[];
  /** 'valid' (default) or 'same'. */
  padding?: 'valid' | 'same';
  /** Default: the configured one. */
  data_format?: ImageDataFormat | null;
  /** Distance of the window's elements. Default 1. */
  dilation_rate?: number | readonly number[];
  /** Channels that the depthwise step makes of each input channel. Default 1. */
  depth_multiplier?: number;
  /** Applied to the result: a name, a function or a layer. Default: none. */
  activation?: activations.Identifier;
  /** Whether a bias is added. Default true. */
  use_bias?: boolean;
  /** Default `glorot_uniform`. */
  depthwise_initializer?: initializers.Identifier;
  /** Default `glorot_uniform`. */
  pointwise_initializer?: initializers.Identifier;
  /** Default `zeros`. */
  bias_initializer?: initializers.Identifier;
  depthwise_regularizer?: regularizers.Identifier;
  pointwise_regularizer?: regularizers.Identifier;
  bias_regularizer?: regularizers.Identifier;
  depthwise_constraint?: constraints.Identifier;
  pointwise_constraint?: constraints.Identifier;
  bias_constraint?: constraints.Identifier;
}
export const SEPARABLE_CONV_ARGUMENTS = ['filters', 'kernel_size', 'strides', 'padding', 'data_format',
  'dilation_rate', 'depth_multiplier', 'activation', 'use_bias', 'depthwise_initializer',
  'pointwise_initializer', 'bias_initializer', 'depthwise_regularizer', 'pointwise_regularizer',
  'bias_regularizer', 'activity_regularizer', 'depthwise_constraint', 'pointwise_constraint',
  'bias_constraint'] as const;

export abstract class BaseSeparableConv extends Layer {
  static override call_arguments: readonly string[] = [];

  readonly rank: number;
  readonly depth_multiplier: number;
  readonly filters: number;
  readonly kernel_size: readonly number[];
  readonly strides: readonly number[];
  readonly padding: 'valid' | 'same';
  readonly data_format: ImageDataFormat;
  readonly dilation_rate: readonly number[];
  readonly activation: activations.Activation;
  readonly use_bias: boolean;
  readonly depthwise_initializer: initializers.InitializerFunction;
  readonly pointwise_initializer: initializers.InitializerFunction;
  readonly bias_initializer: initializers.InitializerFunction;
  readonly depthwise_regularizer: regularizers.RegularizerFunction | null;
  readonly pointwise_regularizer: regularizers.RegularizerFunction | null;
  readonly bias_regularizer: regularizers.RegularizerFunction | null;
  readonly depthwise_constraint: constraints.ConstraintFunction | null;
  readonly pointwise_constraint: constraints.ConstraintFunction | null;
  readonly bias_constraint: constraints.ConstraintFunction | null;
  depthwise_kernel!: Variable;
  pointwise_kernel!: Variable;
  bias: Variable | null = null;

  constructor(rank: number, args: readonly unknown[]) {
    const what = new.target.name;
    const options = namedArguments<SeparableConvOptions>(what, SEPARABLE_CONV_ARGUMENTS, args);
    super(options);
    this.rank = rank;
    this.depth_multiplier = requirePositiveInteger(what, 'depth_multiplier', options.depth_multiplier ?? 1);
    this.filters = requirePositiveInteger(what, 'filters', options.filters);
    this.kernel_size = standardizeTuple(what, 'kernel_size', options.kernel_size, rank);
    this.strides = standardizeTuple(what, 'strides', options.strides ?? 1, rank);
    this.padding = requireOneOf(what, 'padding', options.padding ?? 'valid', ['valid', 'same']);
    this.data_format = standardize_data_format(options.data_format);
    this.dilation_rate = standardizeTuple(what, 'dilation_rate', options.dilation_rate ?? 1, rank);
    this.activation = activations.get(options.activation ?? null);
    this.use_bias = options.use_bias ?? true;
    this.depthwise_initializer = initializers.get(options.depthwise_initializer ?? 'glorot_uniform');
    this.pointwise_initializer = initializers.get(options.pointwise_initializer ?? 'glorot_uniform');
    this.bias_initializer = initializers.get(options.bias_initializer ?? 'zeros');
    this.depthwise_regularizer = regularizers.get(options.depthwise_regularizer ?? null);
    this.pointwise_regularizer = regularizers.get(options.pointwise_regularizer ?? null);
    this.bias_regularizer = regularizers.get(options.bias_regularizer ?? null);
    this.depthwise_constraint = constraints.get(options.depthwise_constraint ?? null);
    this.pointwise_constraint = constraints.get(options.pointwise_constraint ?? null);
    this.bias_constraint = constraints.get(options.bias_constraint ?? null);
    this.input_spec = new InputSpec({ min_ndim: rank + 2 });
  }

  override build(input_shape: SymbolicShape): void {
    const channels = requireChannels(this.describe(), input_shape, this.data_format);
    this.compute_output_shape(input_shape);
    this.depthwise_kernel = this.add_weight({
      name: 'depthwise_kernel', shape: [...this.kernel_size, channels, this.depth_multiplier],
      initializer: this.depthwise_initializer, regularizer: this.depthwise_regularizer,
      constraint: this.depthwise_constraint });
    this.pointwise_kernel = this.add_weight({
      name: 'pointwise_kernel',
      shape: [...this.kernel_size.map(() => 1), this.depth_multiplier * channels, this.filters],
      initializer: this.pointwise_initializer, regularizer: this.pointwise_regularizer,
      constraint: this.pointwise_constraint });
    if (this.use_bias) {
      this.bias = this.add_weight({
        name: 'bias', shape: [this.filters], initializer: this.bias_initializer,
        regularizer: this.bias_regularizer, constraint: this.bias_constraint });
    }
    const axes = { [channelAxis(this.data_format)]: channels };
    this.input_spec = new InputSpec({ min_ndim: this.rank + 2, axes });
  }

  override call(inputs: Tensor): Tensor {
    const x = ops.separable_conv(inputs, this.depthwise_kernel, this.pointwise_kernel, this.strides,
      this.padding, this.data_format, this.dilation_rate);
    return this.activation(addBias(x, this.bias, this.data_format));
  }

  override compute_output_shape(input_shape: SymbolicShape): SymbolicShape {
    const { kernel_size: size, strides, dilation_rate: dilations, padding, data_format } = this;
    return windowedOutputShape(input_shape, this.filters, { size, strides, dilations, padding, data_format },
      this.describe());
  }

  override get_config(): Record<string, unknown> {
    return {
      ...super.get_config(),
      depth_multiplier: this.depth_multiplier,
      filters: this.filters,
      kernel_size: this.kernel_size,
      strides: this.strides,
      padding: this.padding,
      data_format: this.data_format,
      dilation_rate: this.dilation_rate,
      activation: activations.serialize(this.activation),
      use_bias: this.use_bias,
      depthwise_initializer: initializers.serialize(this.depthwise_initializer),
      pointwise_initializer: initializers.serialize(this.pointwise_initializer),
      bias_initializer: initializers.serialize(this.bias_initializer),
      depthwise_regularizer: regularizers.serialize(this.depthwise_regularizer),
      pointwise_regularizer: regularizers.serialize(this.pointwise_regularizer),
      bias_regularizer: regularizers.serialize(this.bias_regularizer),
      activity_regularizer: regularizers.serialize(this.activity_regularizer),
      depthwise_constraint: constraints.serialize(this.depthwise_constraint),
      pointwise_constraint: constraints.serialize(this.pointwise_constraint),
      bias_constraint: constraints.serialize(this.bias_constraint),
    };
  }
}
