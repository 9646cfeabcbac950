/** Mean: the mean of values. */
import { scalarTensor, type TensorLike } from '../engine/convert.js';
import { tidy } from '../engine/scope.js';
import type { Tensor } from '../engine/tensor.js';
import type { Variable } from '../engine/variable.js';
import { divideNoNan, mean, sum } from '../ops/tensor-math.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { Metric, type MetricOptions } from './metric.js';
import { samplewise, weightsOf, type SampleWeight } from './samplewise.js';

const NAMES = ['name', 'dtype'] as const;

export interface Mean {
  (values: TensorLike, sample_weight?: SampleWeight): Tensor;
}

/**
 * The (weighted) mean of all values. Source: keras.metrics.Mean.
 * @example
 * new keras.metrics.Mean()([1, 3, 5]).item(); // 3
 */
export class Mean extends Metric {
  readonly total: Variable;
  readonly count: Variable;

  constructor(...args: ConstructorArgs<MetricOptions, typeof NAMES>) {
    const { name, dtype } = namedArguments<MetricOptions>('Mean', NAMES, args, []);
    super({ name: name ?? 'mean', dtype });
    this.total = this.add_variable({ dtype: this.dtype, name: 'total' });
    this.count = this.add_variable({ dtype: this.dtype, name: 'count' });
  }

  // The parameters are wider than a mean needs: metrics of labels and predictions derive from it.
  override update_state(values: TensorLike, ...rest: unknown[]): void {
    tidy(() => this.addValues(values, weightsOf(rest[0] as SampleWeight)));
  }

  /** Adds values, weighted. */
  protected addValues(given: TensorLike, sample_weight: TensorLike | undefined): void {
    const { values, weights } = samplewise(given, sample_weight, this.dtype, mean);
    this.total.assign_add(sum(values));
    this.count.assign_add(weights ? sum(weights) : scalarTensor(values.shape[0] ?? 1, this.dtype));
  }

  override result(): Tensor {
    return divideNoNan(this.total.value, this.count.value);
  }
}
kerasExport(Mean, 'keras.metrics.Mean');
