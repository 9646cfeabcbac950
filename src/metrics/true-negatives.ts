/** TrueNegatives: labels 0 that were predicted. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { ConditionCount, type ConditionCountOptions } from './condition-count.js';

const NAMES = ['thresholds', 'name', 'dtype'] as const;

/**
 * The (weighted) number of labels 0 that were predicted as 0. Source: keras.metrics.TrueNegatives.
 * @example
 * new keras.metrics.TrueNegatives()([0, 1, 1, 1], [1, 0, 1, 1]).item(); // 0
 */
export class TrueNegatives extends ConditionCount {
  constructor(...args: ConstructorArgs<ConditionCountOptions, typeof NAMES>) {
    super('true_negatives', namedArguments<ConditionCountOptions>('TrueNegatives', NAMES, args, []));
  }
}
kerasExport(TrueNegatives, 'keras.metrics.TrueNegatives');
