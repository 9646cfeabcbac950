/** OneHotIoU: the overlap of classes over their union, for one-hot labels. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { IoU } from './iou.js';
import type { IoUOptions } from './iou.js';
import { Metric } from './metric.js';

export type OneHotIoUOptions = Omit<IoUOptions, 'sparse_y_true'>;
const NAMES = ['num_classes', 'target_class_ids', 'name', 'dtype', 'ignore_class', 'sparse_y_pred', 'axis'] as const;

/**
 * Overlap over union of the given classes, for one-hot labels and, by default, predicted probabilities.
 * Source: keras.metrics.OneHotIoU.
 * @example
 * new keras.metrics.OneHotIoU({num_classes: 2, target_class_ids: [0, 1]})([[0, 1], [1, 0]], [[0.2, 0.8], [0.6, 0.4]]).item(); // 1
 */
export class OneHotIoU extends IoU {
  constructor(...args: ConstructorArgs<OneHotIoUOptions, typeof NAMES>) {
    const options = namedArguments<OneHotIoUOptions>('OneHotIoU', NAMES, args, []);
    super({
      ...options, sparse_y_true: false, sparse_y_pred: options.sparse_y_pred ?? false,
    });
  }

  override get_config(): Record<string, unknown> {
    const { num_classes, target_class_ids, ignore_class, sparse_y_pred, axis } = this;
    return { ...Metric.prototype.get_config.call(this), num_classes, target_class_ids, ignore_class, sparse_y_pred, axis };
  }
}
kerasExport(OneHotIoU, 'keras.metrics.OneHotIoU');
