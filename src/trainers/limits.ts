/** Limits of trainings for trying things out. */
import { kerasExport } from '../saving/registration.js';
import { requirePositiveInteger } from '../utils/checks.js';
import { notice } from '../utils/notice.js';

function fromEnvironment(name: string): number | null {
  const text = process.env[name];
  return text ? requirePositiveInteger('The environment', name, Number(text)) : null;
}

let maxEpochs = fromEnvironment('KERAS_MAX_EPOCHS');
let maxSteps = fromEnvironment('KERAS_MAX_STEPS_PER_EPOCH');

/**
 * The most epochs that `fit` trains, null for no limit. Source: keras.config.max_epochs.
 * @example
 * keras.config.max_epochs(); // null, unless set_max_epochs or KERAS_MAX_EPOCHS gave one
 */
export const max_epochs = (): number | null => maxEpochs;

/**
 * The most steps of an epoch in `fit`, `evaluate` and `predict`, null for no limit. Source: keras.config.max_steps_per_epoch.
 * @example
 * keras.config.max_steps_per_epoch(); // null, unless it was set
 */
export const max_steps_per_epoch = (): number | null => maxSteps;

/**
 * Limits the epochs of every `fit`, also by the environment variable KERAS_MAX_EPOCHS: for runs that only show that a
 * program works. Source: keras.config.set_max_epochs.
 *
 * @param max_epochs a positive integer, or null for no limit
 * @example
 * keras.config.set_max_epochs(2);
 * const history = await model.fit(x, y, { epochs: 50, verbose: 0 });
 * history.epoch.length; // 2
 * keras.config.set_max_epochs(null);
 */
export function set_max_epochs(max_epochs: number | null): void {
  maxEpochs = max_epochs === null ? null : requirePositiveInteger('set_max_epochs', 'max_epochs', max_epochs);
}

/**
 * Limits the steps of an epoch, also by the environment variable KERAS_MAX_STEPS_PER_EPOCH.
 * Source: keras.config.set_max_steps_per_epoch.
 *
 * @param max_steps_per_epoch a positive integer, or null for no limit
 * @example
 * keras.config.set_max_steps_per_epoch(10);
 * keras.config.set_max_steps_per_epoch(null);
 */
export function set_max_steps_per_epoch(max_steps_per_epoch: number | null): void {
  maxSteps = max_steps_per_epoch === null ? null
    : requirePositiveInteger('set_max_steps_per_epoch', 'max_steps_per_epoch', max_steps_per_epoch);
}

kerasExport(max_epochs, 'keras.config.max_epochs');
kerasExport(max_steps_per_epoch, 'keras.config.max_steps_per_epoch');
kerasExport(set_max_epochs, 'keras.config.set_max_epochs');
kerasExport(set_max_steps_per_epoch, 'keras.config.set_max_steps_per_epoch');

export function limitedEpochs(epochs: number): number {
  if (maxEpochs === null || maxEpochs >= epochs) return epochs;
  notice(`Training is limited to ${maxEpochs} epochs, by keras.config.set_max_epochs or KERAS_MAX_EPOCHS.`);
  return maxEpochs;
}

export function limitedSteps(steps: number | null | undefined): number | null | undefined {
  if (maxSteps === null || (steps && maxSteps >= steps)) return steps;
  notice(`Epochs are limited to ${maxSteps} steps, by keras.config.set_max_steps_per_epoch or KERAS_MAX_STEPS_PER_EPOCH.`);
  return maxSteps;
}
