/** Base of the metrics that ask how good one figure can be where another is good enough. */
import type { TensorLike } from '../engine/convert.js';
import { tidy } from '../engine/scope.js';
import type { Tensor } from '../engine/tensor.js';
import type { Variable } from '../engine/variable.js';
import { add, divideNoNan, greaterEqual, max, where } from '../ops/tensor-math.js';
import { updateConfusionMatrix } from './confusion-matrix.js';
import { Metric, type MetricOptions } from './metric.js';
import { weightsOf, type SampleWeight } from './samplewise.js';
import { requirePair } from '../utils/checks.js';

export interface TradeOffOptions extends MetricOptions {
  /** How many thresholds are tried, from 1; default 200. */
  num_thresholds?: number;
  /** Only this class counts. Default null: all. */
  class_id?: number | null;
}

/** `count` thresholds from 0 to 1. */
export const evenThresholds = (count: number): number[] => Array.from({ length: count }, (_, i) => i / (count - 1));

export abstract class TradeOff extends Metric {
  readonly num_thresholds: number;
  readonly class_id: number | null;
  readonly thresholds: readonly number[];
  readonly true_positives: Variable;
  readonly false_positives: Variable;
  readonly true_negatives: Variable;
  readonly false_negatives: Variable;
  /** The least value of the figure that is constrained. */
  protected readonly bound: number;
  readonly #boundName: string;

  protected constructor(boundName: string, bound: number, { num_thresholds = 200, class_id = null, name, dtype }: TradeOffOptions) {
    super({ name, dtype });
    const owner = new.target.name;
    if (!(bound >= 0 && bound <= 1)) throw new RangeError(`The argument ${boundName} of ${owner} is from 0 to 1, received ${String(bound)}.`);
    if (!Number.isInteger(num_thresholds) || num_thresholds < 1) {
      throw new RangeError(`The argument num_thresholds of ${owner} is an integer from 1, received ${String(num_thresholds)}.`);
    }
    this.#boundName = boundName;
    this.bound = bound;
    this.num_thresholds = num_thresholds;
    this.class_id = class_id;
    this.thresholds = num_thresholds === 1 ? [0.5] : evenThresholds(num_thresholds);
    const shape = [this.thresholds.length];
    this.true_positives = this.add_variable(shape, { name: 'true_positives' });
    this.false_positives = this.add_variable(shape, { name: 'false_positives' });
    this.true_negatives = this.add_variable(shape, { name: 'true_negatives' });
    this.false_negatives = this.add_variable(shape, { name: 'false_negatives' });
  }

  override update_state(y_true: TensorLike, y_pred: TensorLike, sample_weight?: SampleWeight): void {
    requirePair(`${this.constructor.name} '${this.name}'`, y_true, y_pred);
    const { true_positives, false_positives, true_negatives, false_negatives, thresholds, class_id } = this;
    tidy(() => updateConfusionMatrix({ true_positives, false_positives, true_negatives, false_negatives }, y_true, y_pred,
      { thresholds, class_id, sample_weight: weightsOf(sample_weight) }));
  }

  /** The part of one count in the sum of two. */
  protected part(of: Variable, beside: Variable): Tensor {
    return divideNoNan(of.value, add(of.value, beside.value));
  }

  protected get recalls(): Tensor {
    return this.part(this.true_positives, this.false_negatives);
  }

  protected get precisions(): Tensor {
    return this.part(this.true_positives, this.false_positives);
  }

  protected get specificities(): Tensor {
    return this.part(this.true_negatives, this.false_positives);
  }

  /** The largest of the wanted values where the constrained one is good enough; 0 where it never is. */
  protected best(constrained: Tensor, wanted: Tensor): Tensor {
    return max(where(greaterEqual(constrained, this.bound), wanted, 0));
  }

  override get_config(): Record<string, unknown> {
    return {
      ...super.get_config(), class_id: this.class_id, num_thresholds: this.num_thresholds, [this.#boundName]: this.bound,
    };
  }
}
