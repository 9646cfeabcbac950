/** Dense: every input connected to every unit. */
import type { Tensor } from '../../engine/tensor.js';
import type { Variable } from '../../engine/variable.js';
import * as activations from '../../activations/index.js';
import * as constraints from '../../constraints/index.js';
import * as initializers from '../../initializers/index.js';
import * as ops from '../../ops/index.js';
import * as regularizers from '../../regularizers/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { requirePositiveInteger } from '../../utils/checks.js';
import { InputSpec } from '../input-spec.js';
import { Layer, type LayerOptions } from '../layer.js';
import type { SymbolicShape } from '../../engine/shape.js';

export interface DenseOptions extends LayerOptions {
  /** Size of the output's last axis, a positive integer. */
  units: number;
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

const ARGUMENTS = ['units', 'activation', 'use_bias', 'kernel_initializer', 'bias_initializer',
  'kernel_regularizer', 'bias_regularizer', 'activity_regularizer', 'kernel_constraint',
  'bias_constraint'] as const;

/**
 * `activation(inputs . kernel + bias)`: the last axis of the inputs is multiplied by a matrix.
 *
 * Input shape: `[batch, ..., features]`. Output shape: `[batch, ..., units]`.
 * Source: keras.layers.Dense.
 *
 * @example
 * const y = new keras.layers.Dense(64, 'relu')(keras.ops.ones([2, 16]));
 * y.shape; // [2, 64]
 */
export class Dense extends Layer {
  static override call_arguments: readonly string[] = [];

  readonly units: number;
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

  constructor(...args: ConstructorArgs<DenseOptions, typeof ARGUMENTS>) {
    const options = namedArguments<DenseOptions>('Dense', ARGUMENTS, args);
    super(options);
    this.units = requirePositiveInteger('Dense', 'units', options.units);
    this.activation = activations.get(options.activation ?? null);
    this.use_bias = options.use_bias ?? true;
    this.kernel_initializer = initializers.get(options.kernel_initializer ?? 'glorot_uniform');
    this.bias_initializer = initializers.get(options.bias_initializer ?? 'zeros');
    this.kernel_regularizer = regularizers.get(options.kernel_regularizer ?? null);
    this.bias_regularizer = regularizers.get(options.bias_regularizer ?? null);
    this.kernel_constraint = constraints.get(options.kernel_constraint ?? null);
    this.bias_constraint = constraints.get(options.bias_constraint ?? null);
    this.input_spec = new InputSpec({ min_ndim: 2 });
    this.supports_masking = true;
  }

  override build(input_shape: SymbolicShape): void {
    const features = input_shape[input_shape.length - 1] as number;
    this.kernel = this.add_weight({
      name: 'kernel', shape: [features, this.units], initializer: this.kernel_initializer,
      regularizer: this.kernel_regularizer, constraint: this.kernel_constraint });
    if (this.use_bias) {
      this.bias = this.add_weight({
        name: 'bias', shape: [this.units], initializer: this.bias_initializer,
        regularizer: this.bias_regularizer, constraint: this.bias_constraint });
    }
    this.input_spec = new InputSpec({ min_ndim: 2, axes: { [-1]: features } });
  }

  override call(inputs: Tensor): Tensor {
    let x = ops.matmul(inputs, this.kernel);
    if (this.bias) x = ops.add(x, this.bias);
    return this.activation(x);
  }

  override compute_output_shape(input_shape: SymbolicShape): SymbolicShape {
    return [...input_shape.slice(0, -1), this.units];
  }

  override get_config(): Record<string, unknown> {
    return {
      ...super.get_config(),
      units: this.units,
      activation: activations.serialize(this.activation),
      use_bias: this.use_bias,
      kernel_initializer: initializers.serialize(this.kernel_initializer),
      bias_initializer: initializers.serialize(this.bias_initializer),
      kernel_regularizer: regularizers.serialize(this.kernel_regularizer),
      bias_regularizer: regularizers.serialize(this.bias_regularizer),
      kernel_constraint: constraints.serialize(this.kernel_constraint),
      bias_constraint: constraints.serialize(this.bias_constraint),
      quantization_config: null,
    };
  }
}
kerasExport(Dense, 'keras.layers.Dense');
