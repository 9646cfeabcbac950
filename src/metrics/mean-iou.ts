/** MeanIoU: the mean overlap of all classes over their union. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { IoU } from './iou.js';
import type { IoUOptions } from './iou.js';
import { Metric } from './metric.js';

export type MeanIoUOptions = Omit<IoUOptions, 'target_class_ids'>;
const NAMES = ['num_classes', 'name', 'dtype', 'ignore_class', 'sparse_y_true', 'sparse_y_pred', 'axis'] as const;

/**
 * The mean over all classes of overlap over union. Source: keras.metrics.MeanIoU.
 * @example
 * new keras.metrics.MeanIoU({num_classes: 2})([0, 0, 1, 1], [0, 1, 0, 1]).item(); // 0.3333
 */
export class MeanIoU extends IoU {
  constructor(...args: ConstructorArgs<MeanIoUOptions, typeof NAMES>) {
    const options = namedArguments<MeanIoUOptions>('MeanIoU', NAMES, args, []);
    super({
      ...options, target_class_ids: Array.from({ length: options.num_classes }, (_, i) => i),
    });
  }

  override get_config(): Record<string, unknown> {
    const { num_classes, ignore_class, sparse_y_true, sparse_y_pred, axis } = this;
    return { ...Metric.prototype.get_config.call(this), num_classes, ignore_class, sparse_y_true, sparse_y_pred, axis };
  }
}
kerasExport(MeanIoU, 'keras.metrics.MeanIoU');
