/** AUC: the area under a curve of thresholds. */
import { epsilon } from '../backend/config.js';
import { toTensor, type TensorLike } from '../engine/convert.js';
import { tidy } from '../engine/scope.js';
import { formatShape, ShapeError } from '../engine/shape.js';
import { isPlainObject } from '../engine/structure.js';
import type { Tensor } from '../engine/tensor.js';
import type { Variable } from '../engine/variable.js';
import { apply } from '../engine/apply.js';
import {
  add, divide, divideNoNan, equal, greater, log, logicalAnd, maximum, mean, minimum, multiply, sliceAxis, subtract, sum, where,
} from '../ops/tensor-math.js';
import { kerasExport } from '../saving/registration.js';
import { deserialize_keras_object } from '../saving/serialization.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { requirePair } from '../utils/checks.js';
import { updateConfusionMatrix } from './confusion-matrix.js';
import { Metric, type MetricOptions } from './metric.js';
import { weightsOf, type SampleWeight } from './samplewise.js';
import { evenThresholds } from './trade-off.js';

const CURVES = ['ROC', 'PR', 'PRGAIN'] as const;
const METHODS = ['interpolation', 'majoring', 'minoring'] as const;
type Curve = (typeof CURVES)[number];
type Method = (typeof METHODS)[number];

export interface AUCOptions extends MetricOptions {
  /** How finely the curve is drawn, from 2; default 200. */
  num_thresholds?: number;
  /** 'ROC' (default): true over false positives; 'PR': precision over recall; 'PRGAIN': the same as gains. */
  curve?: Curve | Lowercase<Curve>;
  /** Height of the curve between two points: their mean ('interpolation', default), the larger or the smaller one. */
  summation_method?: Method | Capitalize<Method>;
  /** Thresholds between 0 and 1 to use instead of evenly spaced ones. */
  thresholds?: readonly number[] | null;
  /** Whether each label has an area of its own, of which the mean is taken. Default false. */
  multi_label?: boolean;
  /** Number of labels, where state is wanted before the first batch; with `multi_label` only. */
  num_labels?: number | null;
  /** Weights of the labels. Default null: all alike. */
  label_weights?: readonly number[] | Tensor | null;
  /** Whether predictions are logits rather than probabilities. Default false. */
  from_logits?: boolean;
}
const NAMES = [
  'num_thresholds', 'curve', 'summation_method', 'name', 'dtype', 'thresholds', 'multi_label', 'num_labels',
  'label_weights', 'from_logits',
] as const;

function choice<T extends string>(name: string, value: string, known: readonly T[]): T {
  const found = known.find((item) => item.toLowerCase() === value.toLowerCase());
  if (!found) throw new TypeError(`The ${name} of AUC is one of ${known.join(', ')}, received '${value}'.`);
  return found;
}

export interface AUC {
  (y_true: TensorLike, y_pred: TensorLike, sample_weight?: SampleWeight): Tensor;
}

/**
 * The area under the ROC or precision-recall curve, by sums over thresholds. Source: keras.metrics.AUC.
 * @example
 * new keras.metrics.AUC({num_thresholds: 3})([0, 0, 1, 1], [0, 0.5, 0.3, 0.9]).item(); // 0.75
 */
export class AUC extends Metric {
  readonly num_thresholds: number;
  readonly thresholds: readonly number[];
  readonly curve: Curve;
  readonly summation_method: Method;
  readonly multi_label: boolean;
  readonly num_labels: number | null;
  readonly label_weights: readonly number[] | null;
  readonly #fromLogits: boolean;
  readonly #ownThresholds: boolean;
  true_positives!: Variable;
  false_positives!: Variable;
  true_negatives!: Variable;
  false_negatives!: Variable;
  #built = false;

  constructor(...args: ConstructorArgs<AUCOptions, typeof NAMES>) {
    const options = namedArguments<AUCOptions>('AUC', NAMES, args, []);
    const { num_thresholds = 200, thresholds = null, label_weights = null, num_labels = null } = options;
    super({ name: options.name, dtype: options.dtype });
    if (!thresholds && !(Number.isInteger(num_thresholds) && num_thresholds > 1)) {
      throw new RangeError(`The num_thresholds of AUC is an integer above 1, received ${String(num_thresholds)}.`);
    }
    this.curve = choice('curve', options.curve ?? 'ROC', CURVES);
    this.summation_method = choice('summation_method', options.summation_method ?? 'interpolation', METHODS);
    this.multi_label = options.multi_label ?? false;
    if (num_labels && !this.multi_label) throw new TypeError('num_labels of AUC is for multi_label: true only.');
    this.#ownThresholds = thresholds !== null;
    const inner = thresholds ? [...thresholds].toSorted((a, b) => a - b) : evenThresholds(num_thresholds).slice(1, -1);
    // A little beyond both ends, so that every prediction is above the first and none above the last.
    this.thresholds = [-epsilon(), ...inner, 1 + epsilon()];
    this.num_thresholds = this.thresholds.length;
    this.num_labels = num_labels;
    this.label_weights = label_weights && Array.from(toTensor(label_weights, this.dtype).dataSync() as Float32Array);
    this.#fromLogits = options.from_logits ?? false;
    if (!this.multi_label) this.#build([]);
    else if (num_labels) this.#build([num_labels]);
  }

  #build(labels: readonly number[]): void {
    const shape = [this.num_thresholds, ...labels];
    this.true_positives = this.add_variable(shape, { name: 'true_positives' });
    this.false_positives = this.add_variable(shape, { name: 'false_positives' });
    this.true_negatives = this.add_variable(shape, { name: 'true_negatives' });
    this.false_negatives = this.add_variable(shape, { name: 'false_negatives' });
    this.#built = true;
  }

  get #weights(): Tensor | undefined {
    return this.label_weights ? toTensor(this.label_weights, this.dtype) : undefined;
  }

  override update_state(y_true: TensorLike, y_pred: TensorLike, sample_weight?: SampleWeight): void {
    requirePair(`${this.constructor.name} '${this.name}'`, y_true, y_pred);
    tidy(() => {
      const given = toTensor(y_pred);
      if (!this.#built) {
        if (given.ndim !== 2) {
          throw new ShapeError(`AUC with multi_label takes predictions [samples, labels], received shape ${formatShape(given.shape)}.`);
        }
        this.#build([given.shape[1]]);
      }
      const predictions = this.#fromLogits ? apply('sigmoid', [given]) : given;
      const { true_positives, false_positives, true_negatives, false_negatives, thresholds, multi_label } = this;
      updateConfusionMatrix({ true_positives, false_positives, true_negatives, false_negatives }, y_true, predictions, {
        thresholds, multi_label, sample_weight: weightsOf(sample_weight),
        label_weights: multi_label ? undefined : this.#weights,
      });
    });
  }

  /** Neighbours along the thresholds. */
  #pairs(x: Tensor): [before: Tensor, after: Tensor] {
    return [sliceAxis(x, 0, 0, this.num_thresholds - 1), sliceAxis(x, 0, 1, this.num_thresholds)];
  }

  #add(parts: Tensor): Tensor {
    if (!this.multi_label) return sum(parts);
    const byLabel = sum(parts, 0);
    const weights = this.#weights;
    return weights ? divideNoNan(sum(multiply(byLabel, weights)), sum(weights)) : mean(byLabel);
  }

  /**
   * Precision is not linear between two thresholds; true positives over all positives are. Source: Davis and
   * Goadrich, 2006, by way of keras.metrics.AUC.interpolate_pr_auc.
   */
  interpolate_pr_auc(): Tensor {
    const tp = this.true_positives.value;
    const [, tpAfter] = this.#pairs(tp);
    const dtp = subtract(...this.#pairs(tp));
    const [before, after] = this.#pairs(add(tp, this.false_positives.value));
    const slope = divideNoNan(dtp, maximum(subtract(before, after), 0));
    const intercept = subtract(tpAfter, multiply(slope, after));
    const isPositive = logicalAnd(greater(before, 0), greater(after, 0));
    const ratio = where(isPositive, divideNoNan(before, maximum(after, 0)), 1);
    const [, missed] = this.#pairs(this.false_negatives.value);
    const area = multiply(slope, add(dtp, multiply(intercept, log(ratio))));
    return this.#add(divideNoNan(area, maximum(add(tpAfter, missed), 0)));
  }

  #axes(): [x: Tensor, y: Tensor] {
    const [tp, fp, tn, fn] =
      [this.true_positives, this.false_positives, this.true_negatives, this.false_negatives].map((v) => v.value);
    const part = (of: Tensor, beside: Tensor): Tensor => divideNoNan(of, add(of, beside));
    if (this.curve === 'ROC') return [part(fp, tn), part(tp, fn)];
    if (this.curve === 'PR') return [part(tp, fn), part(tp, fp)];
    const scale = divideNoNan(add(tp, fn), add(tn, fp));
    const gain = (errors: Tensor): Tensor => subtract(1, multiply(scale, divideNoNan(errors, tp)));
    const none = equal(tp, 0);
    return [maximum(where(none, 0, gain(fn)), 0), where(none, 1, gain(fp))];
  }

  override result(): Tensor {
    if (this.curve === 'PR' && this.summation_method === 'interpolation') return this.interpolate_pr_auc();
    const [x, y] = this.#axes();
    const [before, after] = this.#pairs(y);
    const heights = {
      interpolation: () => divide(add(before, after), 2),
      minoring: () => minimum(before, after),
      majoring: () => maximum(before, after),
    }[this.summation_method]();
    return this.#add(multiply(subtract(...this.#pairs(x)), heights));
  }

  static override from_config(config: Record<string, unknown>): Metric {
    // Files hold the label weights as a tensor.
    const { label_weights } = config;
    const read = isPlainObject(label_weights) ? deserialize_keras_object(label_weights) : label_weights;
    return super.from_config({ ...config, label_weights: read });
  }

  override get_config(): Record<string, unknown> {
    const { num_thresholds, curve, summation_method, multi_label, num_labels } = this;
    return {
      ...super.get_config(), num_thresholds, curve, summation_method, multi_label, num_labels,
      label_weights: this.#weights ?? null, from_logits: this.#fromLogits,
      ...(this.#ownThresholds ? { thresholds: this.thresholds.slice(1, -1) } : {}),
    };
  }
}
kerasExport(AUC, 'keras.metrics.AUC');
