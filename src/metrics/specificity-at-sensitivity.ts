/** SpecificityAtSensitivity: the best specificity for a given sensitivity. */
import type { Tensor } from '../engine/tensor.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { TradeOff, type TradeOffOptions } from './trade-off.js';

export interface SpecificityAtSensitivityOptions extends TradeOffOptions {
  /** The least sensitivity that is good enough, from 0 to 1. */
  sensitivity: number;
}
const NAMES = ['sensitivity', 'num_thresholds', 'class_id', 'name', 'dtype'] as const;

/**
 * The largest part of labels 0 that is told at a threshold where at least a given part of labels 1 is
 * found. Source: keras.metrics.SpecificityAtSensitivity.
 * @example
 * new keras.metrics.SpecificityAtSensitivity(0.5)([0, 0, 1, 1], [0.1, 0.4, 0.3, 0.9]).dtype; // 'float32'
 */
export class SpecificityAtSensitivity extends TradeOff {
  constructor(...args: ConstructorArgs<SpecificityAtSensitivityOptions, typeof NAMES>) {
    const { sensitivity, ...options } = namedArguments<SpecificityAtSensitivityOptions>('SpecificityAtSensitivity', NAMES, args, []);
    super('sensitivity', sensitivity, options);
  }

  override result(): Tensor {
    return this.best(this.recalls, this.specificities);
  }
}
kerasExport(SpecificityAtSensitivity, 'keras.metrics.SpecificityAtSensitivity');
