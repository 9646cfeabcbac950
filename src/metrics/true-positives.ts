/** TruePositives: labels that were found. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { ConditionCount, type ConditionCountOptions } from './condition-count.js';

const NAMES = ['thresholds', 'name', 'dtype'] as const;

/**
 * The (weighted) number of labels 1 that were predicted. Source: keras.metrics.TruePositives.
 * @example
 * new keras.metrics.TruePositives()([0, 1, 1, 1], [1, 0, 1, 1]).item(); // 2
 */
export class TruePositives extends ConditionCount {
  constructor(...args: ConstructorArgs<ConditionCountOptions, typeof NAMES>) {
    super('true_positives', namedArguments<ConditionCountOptions>('TruePositives', NAMES, args, []));
  }
}
kerasExport(TruePositives, 'keras.metrics.TruePositives');
