/** IoU: the overlap of classes over their union. */
import { epsilon } from '../backend/config.js';
import { apply } from '../engine/apply.js';
import { toTensor, type TensorLike } from '../engine/convert.js';
import { tidy } from '../engine/scope.js';
import type { Tensor } from '../engine/tensor.js';
import type { Variable } from '../engine/variable.js';
import { cast } from '../ops/promotion.js';
import {
  add, divide, greater, greaterEqual, less, logicalAnd, multiply, notEqual, reshape, subtract, sum, where,
} from '../ops/tensor-math.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { counterDType } from '../utils/counter-dtype.js';
import { requirePair } from '../utils/checks.js';
import { Metric, type MetricOptions } from './metric.js';
import { weightsOf, type SampleWeight } from './samplewise.js';

export interface IoUOptions extends MetricOptions {
  /** Number of classes. */
  num_classes: number;
  /** Classes whose overlaps are averaged. */
  target_class_ids: readonly number[];
  /** A class whose elements do not count; default null: none. */
  ignore_class?: number | null;
  /** Whether labels are class numbers (default) rather than one-hot. */
  sparse_y_true?: boolean;
  /** Whether predictions are class numbers (default) rather than probabilities. */
  sparse_y_pred?: boolean;
  /** Axis of the classes where they are not numbers; default -1. */
  axis?: number;
}
const NAMES = [
  'num_classes', 'target_class_ids', 'name', 'dtype', 'ignore_class', 'sparse_y_true', 'sparse_y_pred', 'axis',
] as const;

export interface IoU {
  (y_true: TensorLike, y_pred: TensorLike, sample_weight?: SampleWeight): Tensor;
}

/**
 * Elements where labels and predictions agree on a class, over those where either has it; the mean over the given
 * classes. Source: keras.metrics.IoU.
 * @example
 * new keras.metrics.IoU({num_classes: 2, target_class_ids: [0]})([0, 0, 1, 1], [0, 1, 0, 1]).item(); // 0.3333
 */
export class IoU extends Metric {
  readonly num_classes: number;
  readonly target_class_ids: readonly number[];
  readonly ignore_class: number | null;
  readonly sparse_y_true: boolean;
  readonly sparse_y_pred: boolean;
  readonly axis: number;
  readonly total_cm: Variable;

  constructor(...args: ConstructorArgs<IoUOptions, typeof NAMES>) {
    const options = namedArguments<IoUOptions>('IoU', NAMES, args, []);
    const { num_classes, target_class_ids, name, dtype } = options;
    super({ name, dtype: dtype ?? counterDType() });
    if (Math.max(...target_class_ids) >= num_classes) {
      throw new RangeError(`The target_class_ids of ${new.target.name} are below num_classes, ${num_classes}, received ` +
        `${target_class_ids.join(', ')}.`);
    }
    this.num_classes = num_classes;
    this.target_class_ids = [...target_class_ids];
    this.ignore_class = options.ignore_class ?? null;
    this.sparse_y_true = options.sparse_y_true ?? true;
    this.sparse_y_pred = options.sparse_y_pred ?? true;
    this.axis = options.axis ?? -1;
    this.total_cm = this.add_variable({ shape: [num_classes, num_classes], dtype: this.dtype, name: 'total_confusion_matrix' });
  }

  #classes(given: TensorLike, areNumbers: boolean): Tensor {
    const x = toTensor(given);
    const axis = this.axis < 0 ? this.axis + x.ndim : this.axis;
    const numbers = areNumbers ? x : apply('argmax', [x], { axis, dtype: 'int32' });
    return reshape(cast(cast(numbers, this.dtype), 'int32'), [-1]);
  }

  override update_state(y_true: TensorLike, y_pred: TensorLike, sample_weight?: SampleWeight): void {
    requirePair(`${this.constructor.name} '${this.name}'`, y_true, y_pred);
    tidy(() => {
      const t = this.#classes(y_true, this.sparse_y_true);
      const p = this.#classes(y_pred, this.sparse_y_pred);
      const isClass = (x: Tensor): Tensor => logicalAnd(greaterEqual(x, 0), less(x, this.num_classes));
      let counts = logicalAnd(isClass(t), isClass(p));
      if (this.ignore_class !== null) counts = logicalAnd(counts, notEqual(t, this.ignore_class));
      const given = toTensor(weightsOf(sample_weight) ?? 1, this.dtype);
      const weights = apply('broadcast_to', [given.ndim > 1 ? reshape(given, [-1]) : given], { shape: t.shape });
      // Each pair of classes has a place in the matrix; what does not count goes nowhere.
      const place = where(counts, add(multiply(t, this.num_classes), p), -1);
      const cells = apply('segment_sum', [weights, place], { count: this.num_classes ** 2 });
      this.total_cm.assign_add(reshape(cells, this.total_cm.shape));
    });
  }

  override result(): Tensor {
    const { num_classes, target_class_ids } = this;
    const matrix = cast(this.total_cm.value, 'float32');
    const index = apply('iota', [], { start: 0, step: 1, length: num_classes, dtype: 'int32' });
    const diagonal = apply('one_hot', [index], { depth: num_classes, axis: 1, dtype: 'float32' });
    const overlap = sum(multiply(matrix, diagonal), 0);
    const union = subtract(add(sum(matrix, 0), sum(matrix, 1)), overlap);
    const targets = toTensor(Int32Array.from(target_class_ids));
    const take = (x: Tensor): Tensor => apply('gather', [x, targets], { axis: 0, batchDims: 0 });
    const [shared, either] = [take(overlap), take(union)];
    const occurs = greater(either, 1e-9);
    const ratios = where(occurs, divide(shared, add(either, epsilon())), 0);
    return divide(sum(ratios), add(sum(cast(occurs, 'float32')), epsilon()));
  }

  override get_config(): Record<string, unknown> {
    const { num_classes, target_class_ids, ignore_class, sparse_y_true, sparse_y_pred, axis } = this;
    return { ...super.get_config(), num_classes, target_class_ids, ignore_class, sparse_y_true, sparse_y_pred, axis };
  }
}
kerasExport(IoU, 'keras.metrics.IoU');
