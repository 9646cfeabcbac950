/** Batch renormalization (Ioffe, 2017): statistics of a batch are corrected towards their moving averages. */
import { tidy } from '../../engine/scope.js';
import type { DType } from '../../engine/dtype.js';
import type { Shape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import type { Variable } from '../../engine/variable.js';
import type { Identifier, InitializerFunction } from '../../initializers/index.js';
import * as ops from '../../ops/index.js';
import { ArgumentError } from '../../utils/checks.js';

/** Limits of the correction: scale from `rmin` to `rmax`, shift from -`dmax` to `dmax`. */
export interface RenormClipping {
  rmin?: number | null;
  rmax?: number | null;
  dmax?: number | null;
}

/** What it uses of the layer. */
interface Normalized {
  readonly epsilon: number;
  readonly momentum: number;
  readonly renorm_momentum: number;
  readonly renorm_clipping: RenormClipping | null;
  readonly moving_mean_initializer: InitializerFunction;
  readonly moving_variance_initializer: InitializerFunction;
  readonly moving_mean: Variable;
  readonly moving_variance: Variable;
}

export function checkClipping(clipping: RenormClipping): RenormClipping {
  const unknown = Object.keys(clipping).find((key) => !['rmin', 'rmax', 'dmax'].includes(key));
  if (unknown) {
    throw new ArgumentError(`BatchNormalization: renorm_clipping has no key '${unknown}'. Known keys: ` +
      `rmin, rmax, dmax.`);
  }
  const { rmin, rmax, dmax } = clipping;
  if (typeof rmin === 'number' && typeof rmax === 'number' && rmax < rmin) {
    throw new ArgumentError(`BatchNormalization: in renorm_clipping, rmax must not be below rmin, received ` +
      `${rmax} and ${rmin}.`);
  }
  if (typeof dmax === 'number' && dmax < 0) {
    throw new ArgumentError(`BatchNormalization: in renorm_clipping, dmax must be >= 0, received ${dmax}.`);
  }
  return clipping;
}

/** One step of an exponential moving average. */
export const movingAverage = (moving: Tensor, value: Tensor, momentum: number): Tensor =>
  ops.add(ops.multiply(moving, momentum), ops.multiply(value, 1 - momentum));

/** The further moving averages, and the correction they give. */
export class Renorm {
  readonly #layer: Normalized;
  readonly #moving_stddev: Variable;
  readonly #renorm_mean: Variable;
  readonly #renorm_stddev: Variable;

  constructor(layer: Normalized, statistic: (name: string, initializer: Identifier) => Variable) {
    this.#layer = layer;
    const stddev = (shape: Shape, dtype?: DType): Tensor =>
      tidy(() => ops.sqrt(layer.moving_variance_initializer(shape, dtype)));
    this.#moving_stddev = statistic('moving_stddev', stddev);
    this.#renorm_mean = statistic('renorm_mean', layer.moving_mean_initializer);
    this.#renorm_stddev = statistic('renorm_stddev', stddev);
  }

  /** Updates the averages; returns gamma and beta with the correction in them. */
  step(mean: Tensor, variance: Tensor, gamma: Tensor | null, beta: Tensor | null): [Tensor, Tensor] {
    const { epsilon, momentum, renorm_momentum, moving_mean, moving_variance } = this.#layer;
    const stddev = ops.sqrt(ops.add(variance, epsilon));
    const [scale, shift] = this.#correction(mean, stddev);
    const update = (variable: Variable, value: Tensor, share: number): Tensor => {
      const next = movingAverage(ops.cast(variable, value.dtype), value, share);
      variable.assign(next);
      return next;
    };
    update(this.#renorm_mean, mean, renorm_momentum);
    update(this.#renorm_stddev, stddev, renorm_momentum);
    update(moving_mean, mean, momentum);
    const moved = update(this.#moving_stddev, stddev, momentum);
    moving_variance.assign(ops.relu(ops.subtract(ops.square(moved), epsilon)));
    const offset = gamma ? ops.multiply(shift, gamma) : shift;
    return [gamma ? ops.multiply(scale, gamma) : scale, beta ? ops.add(offset, beta) : offset];
  }

  /** Scale and shift from the batch's statistics to the moving ones; no gradient flows through them. */
  #correction(mean: Tensor, stddev: Tensor): [Tensor, Tensor] {
    const { epsilon, renorm_clipping } = this.#layer;
    const least = ops.maximum(ops.cast(this.#renorm_stddev, mean.dtype), Math.sqrt(epsilon));
    let scale = ops.divide(stddev, least);
    let shift = ops.divide(ops.subtract(mean, ops.cast(this.#renorm_mean, mean.dtype)), least);
    const { rmin, rmax, dmax } = renorm_clipping ?? {};
    if (typeof rmin === 'number') scale = ops.maximum(scale, rmin);
    if (typeof rmax === 'number') scale = ops.minimum(scale, rmax);
    if (typeof dmax === 'number') shift = ops.clip(shift, -dmax, dmax);
    return [ops.stop_gradient(scale), ops.stop_gradient(shift)];
  }
}
