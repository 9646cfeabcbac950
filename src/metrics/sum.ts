/** Sum: the (weighted) sum of values. */
import { apply } from '../engine/apply.js';
import { toTensor, type TensorLike } from '../engine/convert.js';
import type { Tensor } from '../engine/tensor.js';
import type { Variable } from '../engine/variable.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { Metric, weightOf, type MetricOptions } from './metric.js';
import { samplewise } from './samplewise.js';

export const NAME_DTYPE = ['name', 'dtype'] as const;

/** A sum of all elements. */
export const total = (x: Tensor): Tensor =>
  (x.ndim === 0 ? x : apply('reduce_sum', [x], { axes: x.shape.map((_, i) => i), keepdims: false }));

/**
 * The sum of all values, times their weights. Source: keras.metrics.Sum.
 *
 * @example
 * const sum = new keras.metrics.Sum();
 * sum.update_state([1, 3, 5, 7], { sample_weight: [1, 1, 0, 0] });
 * sum.result().item(); // 4
 */
export class Sum extends Metric {
  readonly total: Variable;

  constructor(...args: ConstructorArgs<MetricOptions, typeof NAME_DTYPE>) {
    const options = namedArguments<MetricOptions>('Sum', NAME_DTYPE, args, []);
    super({ ...options, name: options.name ?? 'sum' });
    this.total = this.add_variable({ name: 'total' });
  }

  override update_state(values: TensorLike, ...rest: unknown[]): void {
    const weight = weightOf('Sum.update_state', ['values'], [values, ...rest]);
    const [samples] = samplewise(values, weight, 'reduce_sum', this.dtype);
    this.total.assign_add(total(samples));
  }

  override result(): Tensor {
    return toTensor(this.total, this.dtype);
  }
}
kerasExport(Sum, 'keras.metrics.Sum');
