/** Precision: how many of the predicted labels are right. */
import type { TensorLike } from '../engine/convert.js';
import { tidy } from '../engine/scope.js';
import type { Tensor } from '../engine/tensor.js';
import type { Variable } from '../engine/variable.js';
import { add, divideNoNan } from '../ops/tensor-math.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { requirePair } from '../utils/checks.js';
import { oneOrAll } from './condition-count.js';
import { NEVER, parseThresholds, updateConfusionMatrix } from './confusion-matrix.js';
import { Metric, type MetricOptions } from './metric.js';
import { weightsOf, type SampleWeight } from './samplewise.js';

export interface PrecisionOptions extends MetricOptions {
  /**
   * Predictions above count as positive: one number, or several for as many results. Default 0.5, or none
   * with top_k.
   */
  thresholds?: number | readonly number[] | null;
  /** Only the k largest predictions of a sample count as positive. Default null: all. */
  top_k?: number | null;
  /** Only this class counts. Default null: all. */
  class_id?: number | null;
}
const NAMES = ['thresholds', 'top_k', 'class_id', 'name', 'dtype'] as const;

export interface Precision {
  (y_true: TensorLike, y_pred: TensorLike, sample_weight?: SampleWeight): Tensor;
}

/**
 * The part of the labels predicted as 1 that are 1. Source: keras.metrics.Precision.
 * @example
 * new keras.metrics.Precision()([0, 1, 1, 1], [1, 0, 1, 1]).item(); // 0.6667
 */
export class Precision extends Metric {
  readonly thresholds: readonly number[];
  readonly top_k: number | null;
  readonly class_id: number | null;
  readonly true_positives: Variable;
  readonly false_positives: Variable;
  readonly #given: number | readonly number[] | null;

  constructor(...args: ConstructorArgs<PrecisionOptions, typeof NAMES>) {
    const { thresholds = null, top_k = null, class_id = null, name, dtype } =
      namedArguments<PrecisionOptions>('Precision', NAMES, args, []);
    super({ name, dtype });
    this.#given = thresholds;
    this.top_k = top_k;
    this.class_id = class_id;
    this.thresholds = parseThresholds('Precision', thresholds, top_k === null ? 0.5 : NEVER);
    this.true_positives = this.add_variable([this.thresholds.length], { name: 'true_positives' });
    this.false_positives = this.add_variable([this.thresholds.length], { name: 'false_positives' });
  }

  override update_state(y_true: TensorLike, y_pred: TensorLike, sample_weight?: SampleWeight): void {
    requirePair(`${this.constructor.name} '${this.name}'`, y_true, y_pred);
    const { true_positives, false_positives, thresholds, top_k, class_id } = this;
    tidy(() => updateConfusionMatrix({ true_positives, false_positives }, y_true, y_pred,
      { thresholds, top_k, class_id, sample_weight: weightsOf(sample_weight) }));
  }

  override result(): Tensor {
    const found = this.true_positives.value;
    return oneOrAll(divideNoNan(found, add(found, this.false_positives.value)));
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), thresholds: this.#given, top_k: this.top_k, class_id: this.class_id };
  }
}
kerasExport(Precision, 'keras.metrics.Precision');
