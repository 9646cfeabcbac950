/** R2Score: the part of the labels' variance that predictions explain. */
import { apply } from '../engine/apply.js';
import { scalarTensor, toTensor, type TensorLike } from '../engine/convert.js';
import { tidy } from '../engine/scope.js';
import { formatShape, ShapeError } from '../engine/shape.js';
import type { Tensor } from '../engine/tensor.js';
import type { Variable } from '../engine/variable.js';
import { sameRank } from '../losses/reduction.js';
import {
  add, divide, expandDims, greater, mean, multiply, squaredDifference, subtract, sum, where,
} from '../ops/tensor-math.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { requirePair } from '../utils/checks.js';
import { Metric, type MetricOptions } from './metric.js';
import { weightsOf, type SampleWeight } from './samplewise.js';

const AGGREGATIONS = [null, 'uniform_average', 'variance_weighted_average'] as const;

export interface R2ScoreOptions extends MetricOptions {
  /** Mean of the outputs' scores ('uniform_average', default), by their variance, or one score an output (null). */
  class_aggregation?: (typeof AGGREGATIONS)[number];
  /** Number of independent variables, for the adjusted score; default 0: not adjusted. */
  num_regressors?: number;
}
const NAMES = ['class_aggregation', 'num_regressors', 'name', 'dtype'] as const;

export interface R2Score {
  (y_true: TensorLike, y_pred: TensorLike, sample_weight?: SampleWeight): Tensor;
}

/**
 * 1 minus squared errors over the labels' variance: 1 for perfect predictions, 0 for the mean. For labels and
 * predictions [samples, outputs]. Source: keras.metrics.R2Score.
 * @example
 * new keras.metrics.R2Score()([[1], [4], [3]], [[2], [4], [4]]).item(); // 0.5714
 */
export class R2Score extends Metric {
  readonly class_aggregation: (typeof AGGREGATIONS)[number];
  readonly num_regressors: number;
  readonly num_samples: Variable;
  #state: Record<'squared_sum' | 'sum' | 'residual' | 'count', Variable> | undefined;

  constructor(...args: ConstructorArgs<R2ScoreOptions, typeof NAMES>) {
    const { class_aggregation = 'uniform_average', num_regressors = 0, name, dtype } =
      namedArguments<R2ScoreOptions>('R2Score', NAMES, args, []);
    super({ name: name ?? 'r2_score', dtype });
    if (!AGGREGATIONS.includes(class_aggregation)) {
      throw new TypeError(`The class_aggregation of R2Score is one of ${AGGREGATIONS.map((a) => JSON.stringify(a)).join(', ')}, ` +
        `received ${JSON.stringify(class_aggregation)}.`);
    }
    if (!(num_regressors >= 0)) throw new RangeError(`The num_regressors of R2Score is from 0, received ${String(num_regressors)}.`);
    this.class_aggregation = class_aggregation;
    this.num_regressors = num_regressors;
    this.num_samples = this.add_variable([], { name: 'num_samples' });
  }

  #build(y_true: Tensor): Record<'squared_sum' | 'sum' | 'residual' | 'count', Variable> {
    if (y_true.ndim !== 2) {
      throw new ShapeError(`R2Score takes labels and predictions [samples, outputs], received shape ${formatShape(y_true.shape)}.`);
    }
    const make = (name: string): Variable => this.add_variable([y_true.shape[1]], { name });
    return { squared_sum: make('squared_sum'), sum: make('sum'), residual: make('residual'), count: make('count') };
  }

  override update_state(y_true: TensorLike, y_pred: TensorLike, sample_weight?: SampleWeight): void {
    requirePair(`${this.constructor.name} '${this.name}'`, y_true, y_pred);
    tidy(() => {
      const [t, p] = sameRank(toTensor(y_true, this.dtype), toTensor(y_pred, this.dtype));
      const state = (this.#state ??= this.#build(t));
      const given = toTensor(weightsOf(sample_weight) ?? 1, this.dtype);
      const weights = apply('broadcast_to', [given.ndim === 1 ? expandDims(given, 1) : given], { shape: t.shape });
      const weighted = multiply(t, weights);
      state.sum.assign_add(sum(weighted, 0));
      state.squared_sum.assign_add(sum(multiply(t, weighted), 0));
      state.residual.assign_add(sum(multiply(squaredDifference(t, p), weights), 0));
      state.count.assign_add(sum(weights, 0));
      this.num_samples.assign_add(scalarTensor(t.size, this.num_samples.dtype));
    });
  }

  override result(): Tensor {
    if (!this.#state) throw new Error(`R2Score '${this.name}' has no result before its first batch, which tells the number of outputs.`);
    const { squared_sum, residual, count } = this.#state;
    const total = this.#state.sum.value;
    const variance = subtract(squared_sum.value, multiply(total, divide(total, count.value)));
    const raw = subtract(1, divide(residual.value, variance));
    const scores = where(apply('is_inf', [raw]), 0, raw);
    const score = this.class_aggregation === 'uniform_average' ? mean(scores)
      : this.class_aggregation === 'variance_weighted_average' ? divide(sum(multiply(variance, scores)), sum(variance)) : scores;
    return this.num_regressors === 0 ? score : this.#adjusted(score);
  }

  /** With no more samples than regressors there is nothing to adjust by. */
  #adjusted(score: Tensor): Tensor {
    const n = this.num_samples.value;
    const freedom = subtract(n, this.num_regressors + 1);
    const isEnough = greater(freedom, 0);
    const unexplained = multiply(subtract(1, score), add(n, -1));
    return where(isEnough, subtract(1, divide(unexplained, where(isEnough, freedom, 1))), score);
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), class_aggregation: this.class_aggregation, num_regressors: this.num_regressors };
  }
}
kerasExport(R2Score, 'keras.metrics.R2Score');
