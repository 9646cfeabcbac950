/** RootMeanSquaredError: the root of the mean of squared differences. */
import { toTensor, type TensorLike } from '../engine/convert.js';
import { tidy } from '../engine/scope.js';
import type { Tensor } from '../engine/tensor.js';
import { sameRank } from '../losses/reduction.js';
import { sqrt, squaredDifference } from '../ops/tensor-math.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { requirePair } from '../utils/checks.js';
import { Mean } from './mean.js';
import type { MetricOptions } from './metric.js';
import { weightsOf, type SampleWeight } from './samplewise.js';

const NAMES = ['name', 'dtype'] as const;

export interface RootMeanSquaredError {
  (y_true: TensorLike, y_pred: TensorLike, sample_weight?: SampleWeight): Tensor;
}

/**
 * The root of the mean of squared differences. Source: keras.metrics.RootMeanSquaredError.
 * @example
 * new keras.metrics.RootMeanSquaredError()([[0, 0]], [[3, 3]]).item(); // 3
 */
export class RootMeanSquaredError extends Mean {
  constructor(...args: ConstructorArgs<MetricOptions, typeof NAMES>) {
    const { name, dtype } = namedArguments<MetricOptions>('RootMeanSquaredError', NAMES, args, []);
    super({ name: name ?? 'root_mean_squared_error', dtype });
  }

  override update_state(y_true: TensorLike, y_pred: TensorLike, sample_weight?: SampleWeight): void {
    requirePair(`${this.constructor.name} '${this.name}'`, y_true, y_pred);
    tidy(() => {
      const [t, p] = sameRank(toTensor(y_true, this.dtype), toTensor(y_pred, this.dtype));
      this.addValues(squaredDifference(p, t), weightsOf(sample_weight));
    });
  }

  override result(): Tensor {
    return sqrt(super.result());
  }
}
kerasExport(RootMeanSquaredError, 'keras.metrics.RootMeanSquaredError');
