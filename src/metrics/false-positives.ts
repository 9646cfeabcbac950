/** FalsePositives: labels that were predicted wrongly. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { ConditionCount, type ConditionCountOptions } from './condition-count.js';

const NAMES = ['thresholds', 'name', 'dtype'] as const;

/**
 * The (weighted) number of labels 0 that were predicted as 1. Source: keras.metrics.FalsePositives.
 * @example
 * new keras.metrics.FalsePositives()([0, 1, 1, 1], [1, 0, 1, 1]).item(); // 1
 */
export class FalsePositives extends ConditionCount {
  constructor(...args: ConstructorArgs<ConditionCountOptions, typeof NAMES>) {
    super('false_positives', namedArguments<ConditionCountOptions>('FalsePositives', NAMES, args, []));
  }
}
kerasExport(FalsePositives, 'keras.metrics.FalsePositives');
