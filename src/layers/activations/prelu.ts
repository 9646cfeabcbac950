/** PReLU: the slope on the negative side is learned. */
import type { SymbolicShape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import type { Variable } from '../../engine/variable.js';
import * as constraints from '../../constraints/index.js';
import * as initializers from '../../initializers/index.js';
import * as ops from '../../ops/index.js';
import * as regularizers from '../../regularizers/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { requireIntegers } from '../../utils/checks.js';
import { InputSpec } from '../input-spec.js';
import { Layer, type LayerOptions } from '../layer.js';

export interface PReLUOptions extends LayerOptions {
  /** Default `zeros`. */
  alpha_initializer?: initializers.Identifier;
  alpha_regularizer?: regularizers.Identifier;
  alpha_constraint?: constraints.Identifier;
  /** Axes along which the slope is the same, counted from 1 for the first after the batch. Default: none. */
  shared_axes?: number | readonly number[] | null;
}

const ARGUMENTS = ['alpha_initializer', 'alpha_regularizer', 'alpha_constraint', 'shared_axes'] as const;

/**
 * x where x >= 0, else `alpha x`, with a learned `alpha` for each feature.
 *
 * Input shape: `[batch, ...]`, all but the batch known; the output has the same.
 * Source: keras.layers.PReLU; He et al., 2015.
 *
 * @example
 * new keras.layers.PReLU('zeros')([[-1, 2]]).arraySync(); // [[0, 2]]
 */
export class PReLU extends Layer {
  static override call_arguments: readonly string[] = [];

  readonly alpha_initializer: initializers.InitializerFunction;
  readonly alpha_regularizer: regularizers.RegularizerFunction | null;
  readonly alpha_constraint: constraints.ConstraintFunction | null;
  readonly shared_axes: readonly number[] | null;
  alpha!: Variable;

  constructor(...args: ConstructorArgs<PReLUOptions, typeof ARGUMENTS>) {
    const options = namedArguments<PReLUOptions>('PReLU', ARGUMENTS, args);
    super(options);
    this.alpha_initializer = initializers.get(options.alpha_initializer ?? 'zeros');
    this.alpha_regularizer = regularizers.get(options.alpha_regularizer ?? null);
    this.alpha_constraint = constraints.get(options.alpha_constraint ?? null);
    const { shared_axes = null } = options;
    if (shared_axes !== null) requireIntegers('PReLU', 'shared_axes', shared_axes);
    this.shared_axes = typeof shared_axes === 'number' ? [shared_axes] : shared_axes;
    this.supports_masking = true;
  }

  override build(input_shape: SymbolicShape): void {
    const shared = this.shared_axes ?? [];
    this.alpha = this.add_weight({
      name: 'alpha', shape: input_shape.map((d, axis) => (shared.includes(axis) ? 1 : d)).slice(1),
      initializer: this.alpha_initializer, regularizer: this.alpha_regularizer,
      constraint: this.alpha_constraint });
    const axes = Object.fromEntries([...input_shape.entries()].slice(1).filter(([axis]) =>
      !shared.includes(axis)));
    this.input_spec = new InputSpec({ ndim: input_shape.length, axes: shared.length > 0 ? axes : {} });
  }

  override call(inputs: Tensor): Tensor {
    const negative = ops.multiply(ops.negative(this.alpha), ops.relu(ops.negative(inputs)));
    return ops.add(ops.relu(inputs), negative);
  }

  override compute_output_shape(input_shape: SymbolicShape): SymbolicShape {
    return input_shape;
  }

  override get_config(): Record<string, unknown> {
    return {
      ...super.get_config(),
      alpha_initializer: initializers.serialize(this.alpha_initializer),
      alpha_regularizer: regularizers.serialize(this.alpha_regularizer),
      alpha_constraint: constraints.serialize(this.alpha_constraint),
      shared_axes: this.shared_axes,
    };
  }
}
kerasExport(PReLU, 'keras.layers.PReLU');
