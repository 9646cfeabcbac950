/** Mean: the (weighted) mean of values. */
import { apply } from '../engine/apply.js';
import { scalarTensor, type TensorLike } from '../engine/convert.js';
import type { Tensor } from '../engine/tensor.js';
import type { Variable } from '../engine/variable.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { Metric, weightOf, type MetricOptions } from './metric.js';
import { samplewise } from './samplewise.js';
import { NAME_DTYPE, total } from './sum.js';

/**
 * The sum of values times weights, divided by the sum of weights (0 when nothing was seen).
 * Source: keras.metrics.Mean.
 *
 * @example
 * const mean = new keras.metrics.Mean();
 * mean.update_state([1, 3, 5, 7]);
 * mean.result().item(); // 4
 */
export class Mean extends Metric {
  readonly total: Variable;
  readonly count: Variable;

  constructor(...args: ConstructorArgs<MetricOptions, typeof NAME_DTYPE>) {
    const options = namedArguments<MetricOptions>('Mean', NAME_DTYPE, args, []);
    super({ ...options, name: options.name ?? 'mean' });
    this.total = this.add_variable({ name: 'total' });
    this.count = this.add_variable({ name: 'count' });
  }

  override update_state(...args: unknown[]): void {
    this.accumulate(args[0] as TensorLike, weightOf('Mean.update_state', ['values'], args));
  }

  protected accumulate(values: TensorLike, sample_weight: TensorLike | undefined): void {
    const [samples, weights] = samplewise(values, sample_weight, 'reduce_mean', this.dtype);
    this.total.assign_add(total(samples));
    this.count.assign_add(weights ? total(weights) : scalarTensor(samples.ndim > 0 ? samples.shape[0] : 1, this.dtype));
  }

  override result(): Tensor {
    // 0 / 0 is 0 here.
    const { value: count } = this.count;
    const none = apply('equal', [count, scalarTensor(0, count.dtype)]);
    const safe = apply('select', [none, scalarTensor(1, count.dtype), count]);
    return apply('select', [none, scalarTensor(0, count.dtype), apply('divide', [this.total.value, safe])]);
  }
}
kerasExport(Mean, 'keras.metrics.Mean');
