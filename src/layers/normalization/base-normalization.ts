/** What the normalization layers with a scale (gamma) and an offset (beta) share. */
import { canonicalAxis, formatShape, type SymbolicShape } from '../../engine/shape.js';
import type { Variable } from '../../engine/variable.js';
import * as constraints from '../../constraints/index.js';
import * as initializers from '../../initializers/index.js';
import * as regularizers from '../../regularizers/index.js';
import { Layer, LayerError, type LayerOptions } from '../layer.js';

export interface ScaleAndOffsetOptions extends LayerOptions {
  /** Whether an offset `beta` is added. Default true. */
  center?: boolean;
  /** Whether the result is multiplied by `gamma`. Default true. */
  scale?: boolean;
  /** Default `zeros`. */
  beta_initializer?: initializers.Identifier;
  /** Default `ones`. */
  gamma_initializer?: initializers.Identifier;
  beta_regularizer?: regularizers.Identifier;
  gamma_regularizer?: regularizers.Identifier;
  beta_constraint?: constraints.Identifier;
  gamma_constraint?: constraints.Identifier;
}

export abstract class BaseNormalization extends Layer {
  readonly center: boolean;
  readonly scale: boolean;
  readonly beta_initializer: initializers.InitializerFunction;
  readonly gamma_initializer: initializers.InitializerFunction;
  readonly beta_regularizer: regularizers.RegularizerFunction | null;
  readonly gamma_regularizer: regularizers.RegularizerFunction | null;
  readonly beta_constraint: constraints.ConstraintFunction | null;
  readonly gamma_constraint: constraints.ConstraintFunction | null;
  gamma: Variable | null = null;
  beta: Variable | null = null;

  constructor(options: ScaleAndOffsetOptions) {
    super(options);
    this.center = options.center ?? true;
    this.scale = options.scale ?? true;
    this.beta_initializer = initializers.get(options.beta_initializer ?? 'zeros');
    this.gamma_initializer = initializers.get(options.gamma_initializer ?? 'ones');
    this.beta_regularizer = regularizers.get(options.beta_regularizer ?? null);
    this.gamma_regularizer = regularizers.get(options.gamma_regularizer ?? null);
    this.beta_constraint = constraints.get(options.beta_constraint ?? null);
    this.gamma_constraint = constraints.get(options.gamma_constraint ?? null);
    this.supports_masking = true;
  }

  /** Makes gamma and beta. They are not read in half precision: statistics are computed in float32. */
  protected addScaleAndOffset(
    shape: readonly (number | null)[], { gamma = this.scale, beta = this.center } = {},
  ): void {
    if (gamma) {
      this.gamma = this.add_weight({
        name: 'gamma', shape, initializer: this.gamma_initializer, regularizer: this.gamma_regularizer,
        constraint: this.gamma_constraint, autocast: false });
    }
    if (beta) {
      this.beta = this.add_weight({
        name: 'beta', shape, initializer: this.beta_initializer, regularizer: this.beta_regularizer,
        constraint: this.beta_constraint, autocast: false });
    }
  }

  /** The length of an axis, which must be known. */
  protected lengthOf(shape: SymbolicShape, axis: number): number {
    const length = shape[canonicalAxis(axis, shape.length, `The axis of ${this.describe()},`)];
    if (length === null) {
      throw new LayerError(`Axis ${axis} of the inputs of ${this.describe()} must have a known length, ` +
        `received the input shape ${formatShape(shape)}.`);
    }
    return length;
  }

  override compute_output_shape(input_shape: SymbolicShape): SymbolicShape {
    return input_shape;
  }

  protected scaleAndOffsetConfig(): Record<string, unknown> {
    return {
      beta_initializer: initializers.serialize(this.beta_initializer),
      gamma_initializer: initializers.serialize(this.gamma_initializer),
      ...this.penaltiesConfig(),
    };
  }

  protected penaltiesConfig(): Record<string, unknown> {
    return {
      beta_regularizer: regularizers.serialize(this.beta_regularizer),
      gamma_regularizer: regularizers.serialize(this.gamma_regularizer),
      beta_constraint: constraints.serialize(this.beta_constraint),
      gamma_constraint: constraints.serialize(this.gamma_constraint),
    };
  }
}
