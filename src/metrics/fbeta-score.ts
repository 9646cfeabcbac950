/** FBetaScore: precision and recall in one number. */
import { epsilon } from '../backend/config.js';
import { toTensor, type TensorLike } from '../engine/convert.js';
import { tidy } from '../engine/scope.js';
import { formatShape, ShapeError } from '../engine/shape.js';
import type { Tensor } from '../engine/tensor.js';
import type { Variable } from '../engine/variable.js';
import { cast } from '../ops/promotion.js';
import {
  absolute, add, divide, expandDims, greater, greaterEqual, logicalAnd, max, mean, multiply, subtract, sum,
} from '../ops/tensor-math.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { requirePair } from '../utils/checks.js';
import { Metric, type MetricOptions } from './metric.js';
import { weightsOf, type SampleWeight } from './samplewise.js';

const AVERAGES = [null, 'micro', 'macro', 'weighted'] as const;

export interface FBetaScoreOptions extends MetricOptions {
  /**
   * How the scores of classes become one: 'micro' counts all classes together, 'macro' takes their mean,
   * 'weighted' their mean by frequency; null (default) gives one score a class.
   */
  average?: (typeof AVERAGES)[number];
  /** How much more recall counts than precision, above 0; default 1. */
  beta?: number;
  /** Predictions above it count as positive; default null: the largest of each sample. */
  threshold?: number | null;
}
const NAMES = ['average', 'beta', 'threshold', 'name', 'dtype'] as const;

export interface FBetaScore {
  (y_true: TensorLike, y_pred: TensorLike, sample_weight?: SampleWeight): Tensor;
}

/**
 * (1 + beta²) precision recall / (beta² precision + recall), for one-hot labels. Source: keras.metrics.FBetaScore.
 * @example
 * new keras.metrics.FBetaScore({average: 'micro', beta: 2})([[0, 1], [1, 0]], [[0.2, 0.8], [0.7, 0.3]]).item(); // 1
 */
export class FBetaScore extends Metric {
  readonly average: (typeof AVERAGES)[number];
  readonly beta: number;
  readonly threshold: number | null;
  #state: Record<'found' | 'wrong' | 'missed' | 'frequency', Variable> | undefined;

  constructor(...args: ConstructorArgs<FBetaScoreOptions, typeof NAMES>) {
    const { average = null, beta = 1, threshold = null, name, dtype } =
      namedArguments<FBetaScoreOptions>('FBetaScore', NAMES, args, []);
    super({ name: name ?? 'fbeta_score', dtype });
    const owner = new.target.name;
    if (!AVERAGES.includes(average)) {
      throw new TypeError(`The average of ${owner} is one of ${AVERAGES.map((a) => JSON.stringify(a)).join(', ')}, ` +
        `received ${JSON.stringify(average)}.`);
    }
    if (!(beta > 0)) throw new RangeError(`The beta of ${owner} is above 0, received ${String(beta)}.`);
    if (threshold !== null && !(threshold > 0 && threshold <= 1)) {
      throw new RangeError(`The threshold of ${owner} is above 0 and at most 1, received ${String(threshold)}.`);
    }
    this.average = average;
    this.beta = beta;
    this.threshold = threshold;
  }

  #build(y_pred: Tensor): Record<'found' | 'wrong' | 'missed' | 'frequency', Variable> {
    if (y_pred.ndim !== 2) {
      throw new ShapeError(`${this.constructor.name} takes labels and predictions [samples, classes], received predictions ` +
        `of shape ${formatShape(y_pred.shape)}.`);
    }
    const shape = this.average === 'micro' ? [] : [y_pred.shape[1]];
    const make = (name: string): Variable => this.add_variable({ shape, dtype: this.dtype, name });
    return {
      found: make('true_positives'), wrong: make('false_positives'), missed: make('false_negatives'),
      frequency: make('intermediate_weights'),
    };
  }

  override update_state(y_true: TensorLike, y_pred: TensorLike, sample_weight?: SampleWeight): void {
    requirePair(`${this.constructor.name} '${this.name}'`, y_true, y_pred);
    tidy(() => {
      const t = toTensor(y_true, this.dtype);
      const given = toTensor(y_pred, this.dtype);
      const state = (this.#state ??= this.#build(given));
      const isPositive = this.threshold === null
        // A sample of zeros has no largest prediction.
        ? logicalAnd(greaterEqual(given, max(given, -1, true)), greater(absolute(given), 1e-9))
        : greater(given, this.threshold);
      const p = cast(isPositive, this.dtype);
      const weights = weightsOf(sample_weight);
      const column = weights === undefined ? undefined : expandDims(toTensor(weights, this.dtype), 1);
      const total = (values: Tensor): Tensor => sum(column ? multiply(values, column) : values, this.average === 'micro' ? null : 0);
      state.found.assign_add(total(multiply(p, t)));
      state.wrong.assign_add(total(multiply(p, subtract(1, t))));
      state.missed.assign_add(total(multiply(subtract(1, p), t)));
      state.frequency.assign_add(total(t));
    });
  }

  override result(): Tensor {
    if (!this.#state) {
      throw new Error(`${this.constructor.name} '${this.name}' has no result before its first batch, which tells the number of classes.`);
    }
    const { found, wrong, missed, frequency } = this.#state;
    const part = (beside: Variable): Tensor => divide(found.value, add(add(found.value, beside.value), epsilon()));
    const [precision, recall] = [part(wrong), part(missed)];
    const square = this.beta ** 2;
    const mixed = divide(multiply(precision, recall), add(add(multiply(precision, square), recall), epsilon()));
    const scores = multiply(mixed, 1 + square);
    if (this.average === null) return scores;
    if (this.average !== 'weighted') return mean(scores);
    return sum(multiply(scores, divide(frequency.value, add(sum(frequency.value), epsilon()))));
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), average: this.average, beta: this.beta, threshold: this.threshold };
  }
}
kerasExport(FBetaScore, 'keras.metrics.FBetaScore');
