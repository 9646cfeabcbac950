/** What Conv1D, Conv2D and Conv3D share. */
import { standardize_data_format, type ImageDataFormat } from '../../backend/config.js';
import { formatShape, type SymbolicShape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import type { Variable } from '../../engine/variable.js';
import * as activations from '../../activations/index.js';
import * as constraints from '../../constraints/index.js';
import * as initializers from '../../initializers/index.js';
import * as ops from '../../ops/index.js';
import * as regularizers from '../../regularizers/index.js';
import { namedArguments } from '../../utils/arguments.js';
import { ArgumentError, requireOneOf, requirePositiveInteger, standardizeTuple } from '../../utils/checks.js';
import { InputSpec } from '../input-spec.js';
import { Layer, LayerError, type LayerOptions } from '../layer.js';
import { channelAxis, windowedOutputShape } from '../window.js';
import { addBias, requireChannels, requireOneStep } from './shared.js';

export interface ConvOptions extends LayerOptions {
  /** Number of filters: channels of the output. */
  filters: number;
  /** Length of the window along each spatial axis. */
  kernel_size: number | readonly number[];
  /** Step of the window. Default 1. */
  strides?: number | readonly number[];
  /** 'valid' (default), 'same', and in one dimension 'causal': the output at t depends on inputs up to t. */
  padding?: 'valid' | 'same' | 'causal';
  /** Default: the configured one. */
  data_format?: ImageDataFormat | null;
  /** Distance of the window's elements. Default 1; not with strides. */
  dilation_rate?: number | readonly number[];
  /** Number of groups of channels that are convolved each by itself. Default 1. */
  groups?: number;
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
export const CONV_ARGUMENTS = ['filters', 'kernel_size', 'strides', 'padding', 'data_format', 'dilation_rate',
  'groups', 'activation', 'use_bias', 'kernel_initializer', 'bias_initializer', 'kernel_regularizer',
  'bias_regularizer', 'activity_regularizer', 'kernel_constraint', 'bias_constraint'] as const;

export abstract class BaseConv extends Layer {
  static override call_arguments: readonly string[] = [];

  readonly rank: number;
  readonly filters: number;
  readonly kernel_size: readonly number[];
  readonly strides: readonly number[];
  readonly padding: 'valid' | 'same' | 'causal';
  readonly data_format: ImageDataFormat;
  readonly dilation_rate: readonly number[];
  readonly groups: number;
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

  constructor(rank: number, args: readonly unknown[]) {
    const what = new.target.name;
    const options = namedArguments<ConvOptions>(what, CONV_ARGUMENTS, args);
    super(options);
    this.rank = rank;
    this.filters = requirePositiveInteger(what, 'filters', options.filters);
    this.kernel_size = standardizeTuple(what, 'kernel_size', options.kernel_size, rank);
    this.strides = standardizeTuple(what, 'strides', options.strides ?? 1, rank);
    this.padding = requireOneOf(what, 'padding', options.padding ?? 'valid',
      rank === 1 ? ['valid', 'same', 'causal'] : ['valid', 'same']);
    this.data_format = standardize_data_format(options.data_format);
    this.dilation_rate = standardizeTuple(what, 'dilation_rate', options.dilation_rate ?? 1, rank);
    this.groups = requirePositiveInteger(what, 'groups', options.groups ?? 1);
    this.activation = activations.get(options.activation ?? null);
    this.use_bias = options.use_bias ?? true;
    this.kernel_initializer = initializers.get(options.kernel_initializer ?? 'glorot_uniform');
    this.bias_initializer = initializers.get(options.bias_initializer ?? 'zeros');
    this.kernel_regularizer = regularizers.get(options.kernel_regularizer ?? null);
    this.bias_regularizer = regularizers.get(options.bias_regularizer ?? null);
    this.kernel_constraint = constraints.get(options.kernel_constraint ?? null);
    this.bias_constraint = constraints.get(options.bias_constraint ?? null);
    if (this.filters % this.groups !== 0) {
      throw new ArgumentError(`${what}: the number of filters must be a multiple of the groups, received ` +
        `filters ${this.filters} and groups ${this.groups}.`);
    }
    requireOneStep(what, this.strides, this.dilation_rate);
    this.input_spec = new InputSpec({ min_ndim: rank + 2 });
  }

  override build(input_shape: SymbolicShape): void {
    const channels = requireChannels(this.describe(), input_shape, this.data_format);
    if (channels % this.groups !== 0) {
      throw new LayerError(`The channels of the inputs of ${this.describe()} must be a multiple of its ` +
        `${this.groups} groups, received ${channels} (input shape ${formatShape(input_shape)}).`);
    }
    this.compute_output_shape(input_shape);
    this.kernel = this.add_weight({
      name: 'kernel', shape: [...this.kernel_size, channels / this.groups, this.filters],
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

  /** The convolution itself; Conv1D pads causally first. */
  convolution_op(inputs: Tensor, kernel: Variable): Tensor {
    return ops.conv(inputs, kernel, this.strides, this.padding, this.data_format, this.dilation_rate);
  }

  override call(inputs: Tensor): Tensor {
    return this.activation(addBias(this.convolution_op(inputs, this.kernel), this.bias, this.data_format));
  }

  override compute_output_shape(input_shape: SymbolicShape): SymbolicShape {
    const { kernel_size: size, strides, dilation_rate: dilations, padding, data_format } = this;
    return windowedOutputShape(input_shape, this.filters, { size, strides, dilations, padding, data_format },
      this.describe());
  }

  override get_config(): Record<string, unknown> {
    return {
      ...super.get_config(),
      filters: this.filters,
      kernel_size: this.kernel_size,
      strides: this.strides,
      padding: this.padding,
      data_format: this.data_format,
      dilation_rate: this.dilation_rate,
      groups: this.groups,
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
