/** Sum: the sum of values. */
import type { TensorLike } from '../engine/convert.js';
import { tidy } from '../engine/scope.js';
import type { Tensor } from '../engine/tensor.js';
import type { Variable } from '../engine/variable.js';
import { sum } from '../ops/tensor-math.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { Metric, type MetricOptions } from './metric.js';
import { samplewise, weightsOf, type SampleWeight } from './samplewise.js';

const NAMES = ['name', 'dtype'] as const;

export interface Sum {
  (values: TensorLike, sample_weight?: SampleWeight): Tensor;
}

/**
 * The (weighted) sum of all values. Source: keras.metrics.Sum.
 * @example
 * new keras.metrics.Sum()([1, 3, 5]).item(); // 9
 */
export class Sum extends Metric {
  readonly total: Variable;

  constructor(...args: ConstructorArgs<MetricOptions, typeof NAMES>) {
    const { name, dtype } = namedArguments<MetricOptions>('Sum', NAMES, args, []);
    super({ name: name ?? 'sum', dtype });
    this.total = this.add_variable({ dtype: this.dtype, name: 'total' });
  }

  override update_state(values: TensorLike, sample_weight?: SampleWeight): void {
    tidy(() => this.total.assign_add(sum(samplewise(values, weightsOf(sample_weight), this.dtype, sum).values)));
  }

  override result(): Tensor {
    return this.total.value;
  }
}
kerasExport(Sum, 'keras.metrics.Sum');
