/** Base of the metrics that count one kind of right or wrong predictions. */
import type { TensorLike } from '../engine/convert.js';
import { tidy } from '../engine/scope.js';
import type { Tensor } from '../engine/tensor.js';
import type { Variable } from '../engine/variable.js';
import { reshape } from '../ops/tensor-math.js';
import { parseThresholds, updateConfusionMatrix, type Counts } from './confusion-matrix.js';
import { Metric, type MetricOptions } from './metric.js';
import { weightsOf, type SampleWeight } from './samplewise.js';
import { requirePair } from '../utils/checks.js';

export interface ConditionCountOptions extends MetricOptions {
  /** Predictions above count as positive: one number, or several for as many counts. Default 0.5. */
  thresholds?: number | readonly number[] | null;
}

/** Counts at one threshold as a number, at several as a vector. */
export const oneOrAll = (counts: Tensor): Tensor => (counts.size === 1 ? reshape(counts, []) : counts);

export abstract class ConditionCount extends Metric {
  readonly thresholds: readonly number[];
  readonly accumulator: Variable;
  readonly #condition: keyof Counts;
  readonly #given: number | readonly number[] | null;

  protected constructor(condition: keyof Counts, { thresholds = null, name, dtype }: ConditionCountOptions) {
    super({ name, dtype });
    this.#condition = condition;
    this.#given = thresholds;
    this.thresholds = parseThresholds(new.target.name, thresholds);
    this.accumulator = this.add_variable([this.thresholds.length], { name: 'accumulator' });
  }

  override update_state(y_true: TensorLike, y_pred: TensorLike, sample_weight?: SampleWeight): void {
    requirePair(`${this.constructor.name} '${this.name}'`, y_true, y_pred);
    tidy(() => updateConfusionMatrix({ [this.#condition]: this.accumulator }, y_true, y_pred,
      { thresholds: this.thresholds, sample_weight: weightsOf(sample_weight) }));
  }

  override result(): Tensor {
    return oneOrAll(this.accumulator.value);
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), thresholds: this.#given };
  }
}
