/** OneHotMeanIoU: the mean overlap of all classes over their union, for one-hot labels. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { MeanIoU } from './mean-iou.js';
import type { IoUOptions } from './iou.js';
import { Metric } from './metric.js';

export type OneHotMeanIoUOptions = Omit<IoUOptions, 'target_class_ids' | 'sparse_y_true'>;
const NAMES = ['num_classes', 'name', 'dtype', 'ignore_class', 'sparse_y_pred', 'axis'] as const;

/**
 * The mean over all classes of overlap over union, for one-hot labels and, by default, predicted
 * probabilities. Source: keras.metrics.OneHotMeanIoU.
 * @example
 * new keras.metrics.OneHotMeanIoU({num_classes: 2})([[0, 1], [1, 0]], [[0.2, 0.8], [0.6, 0.4]]).item(); // 1
 */
export class OneHotMeanIoU extends MeanIoU {
  constructor(...args: ConstructorArgs<OneHotMeanIoUOptions, typeof NAMES>) {
    const options = namedArguments<OneHotMeanIoUOptions>('OneHotMeanIoU', NAMES, args, []);
    super({
      ...options, sparse_y_true: false, sparse_y_pred: options.sparse_y_pred ?? false,
    });
  }

  override get_config(): Record<string, unknown> {
    const { num_classes, ignore_class, sparse_y_pred, axis } = this;
    return { ...Metric.prototype.get_config.call(this), num_classes, ignore_class, sparse_y_pred, axis };
  }
}
kerasExport(OneHotMeanIoU, 'keras.metrics.OneHotMeanIoU');
