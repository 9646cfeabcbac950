/** SensitivityAtSpecificity: the best sensitivity for a given specificity. */
import type { Tensor } from '../engine/tensor.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { TradeOff, type TradeOffOptions } from './trade-off.js';

export interface SensitivityAtSpecificityOptions extends TradeOffOptions {
  /** The least specificity that is good enough, from 0 to 1. */
  specificity: number;
}
const NAMES = ['specificity', 'num_thresholds', 'class_id', 'name', 'dtype'] as const;

/**
 * The largest part of labels 1 that is found at a threshold where at least a given part of labels 0 is
 * told. Source: keras.metrics.SensitivityAtSpecificity.
 * @example
 * new keras.metrics.SensitivityAtSpecificity(0.5)([0, 0, 1, 1], [0.1, 0.4, 0.3, 0.9]).dtype; // 'float32'
 */
export class SensitivityAtSpecificity extends TradeOff {
  constructor(...args: ConstructorArgs<SensitivityAtSpecificityOptions, typeof NAMES>) {
    const { specificity, ...options } = namedArguments<SensitivityAtSpecificityOptions>('SensitivityAtSpecificity', NAMES, args, []);
    super('specificity', specificity, options);
  }

  override result(): Tensor {
    return this.best(this.specificities, this.recalls);
  }
}
kerasExport(SensitivityAtSpecificity, 'keras.metrics.SensitivityAtSpecificity');
