/** Learning rates of a model's optimizer, or of the several inside a MultiOptimizer. */
import { toTensor } from '../engine/convert.js';
import { tidy } from '../engine/scope.js';
import type { Model } from '../models/model.js';
import { LossScaleOptimizer } from '../optimizers/loss-scale-optimizer.js';
import { MultiOptimizer } from '../optimizers/multi-optimizer.js';
import type { Optimizer } from '../optimizers/optimizer.js';

export interface RatedOptimizer {
  optimizer: Optimizer;
  /** Its name in messages, where there are several. */
  label: string;
  /** Its key in the logs. */
  key: string;
}

/** The optimizers whose rates callbacks read and set. */
export function ratedOptimizers(model: Model): RatedOptimizer[] {
  const optimizer = model.optimizer instanceof LossScaleOptimizer ? model.optimizer.inner_optimizer : model.optimizer;
  if (!optimizer) return [];
  if (optimizer instanceof MultiOptimizer) {
    return optimizer.optimizers.map((inner) => ({ optimizer: inner, label: `${inner.name} `, key: `learning_rate_${inner.name}` }));
  }
  return [{ optimizer, label: '', key: 'learning_rate' }];
}

/** The present rate as a number. */
export const rateOf = (optimizer: Optimizer): number => tidy(() => toTensor(optimizer.learning_rate).item());

/** Adds the rates to the logs of an epoch. */
export function logRates(model: Model, logs: Record<string, number>): void {
  for (const { optimizer, key } of ratedOptimizers(model)) logs[key] = rateOf(optimizer);
}
