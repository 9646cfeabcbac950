/** BinaryIoU: the overlap of two classes over their union. */
import { toTensor, type TensorLike } from '../engine/convert.js';
import { tidy } from '../engine/scope.js';
import { cast } from '../ops/promotion.js';
import { greaterEqual } from '../ops/tensor-math.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { requirePair } from '../utils/checks.js';
import { IoU } from './iou.js';
import { Metric, type MetricOptions } from './metric.js';
import type { SampleWeight } from './samplewise.js';

export interface BinaryIoUOptions extends MetricOptions {
  /** Classes whose overlaps are averaged; default [0, 1]. */
  target_class_ids?: readonly number[];
  /** Predictions from here on count as class 1; default 0.5. */
  threshold?: number;
}
const NAMES = ['target_class_ids', 'threshold', 'name', 'dtype'] as const;

/**
 * The mean overlap over union of the classes 0 and 1. Source: keras.metrics.BinaryIoU.
 * @example
 * new keras.metrics.BinaryIoU()([0, 1, 0, 1], [0.1, 0.2, 0.4, 0.7]).item(); // 0.5833
 */
export class BinaryIoU extends IoU {
  readonly threshold: number;

  constructor(...args: ConstructorArgs<BinaryIoUOptions, typeof NAMES>) {
    const { target_class_ids = [0, 1], threshold = 0.5, name, dtype } =
      namedArguments<BinaryIoUOptions>('BinaryIoU', NAMES, args, []);
    super({ num_classes: 2, target_class_ids, name, dtype });
    this.threshold = threshold;
  }

  override update_state(y_true: TensorLike, y_pred: TensorLike, sample_weight?: SampleWeight): void {
    requirePair(`${this.constructor.name} '${this.name}'`, y_true, y_pred);
    tidy(() => {
      const predicted = cast(greaterEqual(toTensor(y_pred, 'float32'), this.threshold), 'int32');
      super.update_state(y_true, predicted, sample_weight);
    });
  }

  override get_config(): Record<string, unknown> {
    return {
      target_class_ids: this.target_class_ids, threshold: this.threshold, ...Metric.prototype.get_config.call(this),
    };
  }
}
kerasExport(BinaryIoU, 'keras.metrics.BinaryIoU');
