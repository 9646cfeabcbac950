/** FalseNegatives: labels that were missed. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { ConditionCount, type ConditionCountOptions } from './condition-count.js';

const NAMES = ['thresholds', 'name', 'dtype'] as const;

/**
 * The (weighted) number of labels 1 that were predicted as 0. Source: keras.metrics.FalseNegatives.
 * @example
 * new keras.metrics.FalseNegatives()([0, 1, 1, 1], [1, 0, 1, 1]).item(); // 1
 */
export class FalseNegatives extends ConditionCount {
  constructor(...args: ConstructorArgs<ConditionCountOptions, typeof NAMES>) {
    super('false_negatives', namedArguments<ConditionCountOptions>('FalseNegatives', NAMES, args, []));
  }
}
kerasExport(FalseNegatives, 'keras.metrics.FalseNegatives');
