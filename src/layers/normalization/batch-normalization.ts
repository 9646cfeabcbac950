/** BatchNormalization: features are normalized by the batch's statistics, or by their moving averages. */
import { epsilon as fuzz } from '../../backend/config.js';
import { resultType } from '../../engine/dtype.js';
import { context } from '../../engine/context.js';
import type { Replica } from '../../engine/replica.js';
import { canonicalAxis, formatShape, ShapeError, type SymbolicShape } from '../../engine/shape.js';
import { applyAll } from '../../engine/apply.js';
import type { Tensor } from '../../engine/tensor.js';
import type { Variable } from '../../engine/variable.js';
import * as initializers from '../../initializers/index.js';
import * as ops from '../../ops/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { requireInteger } from '../../utils/checks.js';
import { InputSpec } from '../input-spec.js';
import type { CallOptions } from '../layer.js';
import { BaseNormalization, type ScaleAndOffsetOptions } from './base-normalization.js';
import { checkClipping, movingAverage, Renorm, type RenormClipping } from './renorm.js';

export interface BatchNormalizationOptions extends ScaleAndOffsetOptions {
  /** The axis of the features, usually the channels'. Default -1. */
  axis?: number;
  /** Share of the moving averages that stays in each step. Default 0.99. */
  momentum?: number;
  /** Added to the variance. Default 1e-3. */
  epsilon?: number;
  /** Default `zeros`. */
  moving_mean_initializer?: initializers.Identifier;
  /** Default `ones`. */
  moving_variance_initializer?: initializers.Identifier;
  /** Batch renormalization: corrects towards the moving averages in training too. Default false. */
  renorm?: boolean;
  /** Limits `rmin`, `rmax` and `dmax` of that correction. Default: none. */
  renorm_clipping?: RenormClipping | null;
  /** Share of the moving averages behind the correction that stays in each step. Default 0.99. */
  renorm_momentum?: number;
  /**
   * Whether processes that train together share their statistics: those of the whole batch, of which each has a part.
   * Default false.
   */
  synchronized?: boolean;
}

const ARGUMENTS = ['axis', 'momentum', 'epsilon', 'center', 'scale', 'beta_initializer', 'gamma_initializer',
  'moving_mean_initializer', 'moving_variance_initializer', 'beta_regularizer', 'gamma_regularizer',
  'beta_constraint', 'gamma_constraint', 'renorm', 'renorm_clipping', 'renorm_momentum',
  'synchronized'] as const;

/**
 * `(x - mean) / sqrt(variance + epsilon) gamma + beta` for each feature. In training (`training: true`, and the
 * layer is trainable) mean and variance are the batch's, and the moving averages go towards them:
 * `moving = moving momentum + batch (1 - momentum)`. Else they are the moving averages. Steps that are masked do
 * not count. The output has the shape of the input.
 * Source: keras.layers.BatchNormalization; Ioffe and Szegedy, 2015.
 *
 * @example
 * new keras.layers.BatchNormalization()(keras.ops.ones([4, 3]), { training: true }).shape; // [4, 3]
 */
export class BatchNormalization extends BaseNormalization {
  static override call_arguments: readonly string[] = ['training', 'mask'];

  readonly axis: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly moving_mean_initializer: initializers.InitializerFunction;
  readonly moving_variance_initializer: initializers.InitializerFunction;
  readonly renorm: boolean;
  readonly renorm_clipping: RenormClipping | null;
  readonly renorm_momentum: number;
  readonly synchronized: boolean;
  moving_mean!: Variable;
  moving_variance!: Variable;
  #renorm: Renorm | undefined;

  constructor(...args: ConstructorArgs<BatchNormalizationOptions, typeof ARGUMENTS>) {
    const options = namedArguments<BatchNormalizationOptions>('BatchNormalization', ARGUMENTS, args);
    super(options);
    this.axis = requireInteger('BatchNormalization', 'axis', options.axis ?? -1);
    this.momentum = options.momentum ?? 0.99;
    this.epsilon = options.epsilon ?? 1e-3;
    this.moving_mean_initializer = initializers.get(options.moving_mean_initializer ?? 'zeros');
    this.moving_variance_initializer = initializers.get(options.moving_variance_initializer ?? 'ones');
    this.renorm = options.renorm ?? false;
    const { renorm_clipping = null } = options;
    this.renorm_clipping = this.renorm ? checkClipping(renorm_clipping ?? {}) : renorm_clipping;
    this.renorm_momentum = options.renorm_momentum ?? 0.99;
    this.synchronized = options.synchronized ?? false;
  }

  override build(input_shape: SymbolicShape): void {
    const features = this.lengthOf(input_shape, this.axis);
    const shape = [features];
    this.addScaleAndOffset(shape);
    const statistic = (name: string, initializer: initializers.Identifier): Variable =>
      this.add_weight({ name, shape, initializer, trainable: false, autocast: false });
    this.moving_mean = statistic('moving_mean', this.moving_mean_initializer);
    this.moving_variance = statistic('moving_variance', this.moving_variance_initializer);
    if (this.renorm) this.#renorm = new Renorm(this, statistic);
    this.input_spec = new InputSpec({ ndim: input_shape.length, axes: { [this.axis]: features } });
  }

  override call(inputs: Tensor, { training = false, mask }: CallOptions = {}): Tensor {
    // Half precision has too few digits for sums over a batch.
    const x = ops.cast(inputs, resultType(inputs.dtype, 'float32'));
    const read = (variable: Variable): Tensor => ops.cast(variable, x.dtype);
    let [gamma, beta] = [this.gamma && read(this.gamma), this.beta && read(this.beta)];
    let [mean, variance] = [read(this.moving_mean), read(this.moving_variance)];
    const isWhole = !(this.synchronized && context.replica);
    if (training && this.trainable && isWhole && this.#isPlain(x, mask)) return this.#normalizeBatch(x, gamma, beta, mean, variance);
    if (training && this.trainable) {
      const [moving_mean, moving_variance] = [mean, variance];
      [mean, variance] = isWhole ? this.#moments(x, mask) : this.#momentsOfAll(x, mask, context.replica!);
      if (this.#renorm) [gamma, beta] = this.#renorm.step(mean, variance, gamma, beta);
      else {
        this.moving_mean.assign(movingAverage(moving_mean, mean, this.momentum));
        this.moving_variance.assign(movingAverage(moving_variance, variance, this.momentum));
      }
    }
    const outputs = ops.batch_normalization(x, mean, variance, this.axis, beta, gamma, this.epsilon);
    return ops.cast(outputs, this.compute_dtype);
  }

  /** Whether backends have the training step as one kernel. */
  #isPlain(x: Tensor, mask: unknown): boolean {
    return x.dtype === 'float32' && canonicalAxis(this.axis, x.ndim) === x.ndim - 1 && x.size > 0 && !this.#renorm &&
      (mask === undefined || mask === null);
  }

  #normalizeBatch(x: Tensor, gamma: Tensor | null, beta: Tensor | null, moving_mean: Tensor, moving_variance: Tensor): Tensor {
    const features = moving_mean.shape;
    const [outputs, mean, variance] = applyAll('normalize_batch',
      [x, gamma ?? ops.ones(features), beta ?? ops.zeros(features)], { epsilon: this.epsilon });
    this.moving_mean.assign(movingAverage(moving_mean, mean, this.momentum));
    this.moving_variance.assign(movingAverage(moving_variance, variance, this.momentum));
    return ops.cast(outputs, this.compute_dtype);
  }

  /** Mean and variance over the parts of all processes that train together, each with the weight of its rows. */
  #momentsOfAll(x: Tensor, mask: unknown, replica: Replica): [Tensor, Tensor] {
    const [mean, variance] = this.#moments(x, mask);
    const all = replica.mean(ops.stack([mean, ops.add(variance, ops.square(mean))]));
    const [first, second] = ops.unstack(all);
    return [first, ops.subtract(second, ops.square(first))];
  }

  /** Mean and variance of each feature; `mask` says which steps count. */
  #moments(x: Tensor, mask: unknown): [Tensor, Tensor] {
    const features = canonicalAxis(this.axis, x.ndim);
    const axes = x.shape.map((_, i) => i).filter((i) => i !== features);
    if (mask === undefined || mask === null) return ops.moments(x, axes);
    const { shape, ndim } = mask as Tensor;
    if (ndim !== x.ndim - 1) {
      throw new ShapeError(`The mask of ${this.describe()} must have the shape of the inputs without the ` +
        `last axis, received ${formatShape(shape)} with inputs of shape ${formatShape(x.shape)}.`);
    }
    const counts = ops.cast(ops.broadcast_to(ops.expand_dims(mask as Tensor, -1), x.shape), 'bool');
    // Where nothing counts the statistics are 0, not NaN.
    const number = ops.add(ops.sum(ops.cast(counts, x.dtype), axes, true), fuzz());
    const mean = ops.divide(ops.sum(ops.where(counts, x, 0), axes, true), number);
    const deviations = ops.square(ops.where(counts, ops.subtract(x, mean), 0));
    const variance = ops.divide(ops.sum(deviations, axes, true), number);
    return [ops.reshape(mean, [x.shape[features]]), ops.reshape(variance, [x.shape[features]])];
  }

  override get_config(): Record<string, unknown> {
    return {
      ...super.get_config(),
      axis: this.axis,
      momentum: this.momentum,
      epsilon: this.epsilon,
      center: this.center,
      scale: this.scale,
      beta_initializer: initializers.serialize(this.beta_initializer),
      gamma_initializer: initializers.serialize(this.gamma_initializer),
      moving_mean_initializer: initializers.serialize(this.moving_mean_initializer),
      moving_variance_initializer: initializers.serialize(this.moving_variance_initializer),
      ...this.penaltiesConfig(),
      synchronized: this.synchronized,
      renorm: this.renorm,
      renorm_clipping: this.renorm_clipping,
      renorm_momentum: this.renorm_momentum,
    };
  }
}
kerasExport(BatchNormalization, 'keras.layers.BatchNormalization');
