/** Options that every optimizer has. */
import type { TensorLike } from '../engine/convert.js';
import { ArgumentError } from '../utils/checks.js';
import type { LearningRateSchedule } from './schedules/learning-rate-schedule.js';

/** A number, a schedule, or a function that gives the present rate. */
export type LearningRate = number | LearningRateSchedule | (() => TensorLike);

export interface OptimizerOptions {
  /** Size of the steps. */
  learning_rate?: LearningRate | Record<string, unknown>;
  /** Part of each weight, times the learning rate, that is taken off at each step; default null: none. */
  weight_decay?: number | null;
  /** Greatest norm of the gradient of each weight; longer ones are shortened. Default null. */
  clipnorm?: number | null;
  /** Greatest magnitude of an element of a gradient. Default null. */
  clipvalue?: number | null;
  /** Greatest norm of all gradients together. Default null. */
  global_clipnorm?: number | null;
  /** Whether a moving average of the weights is kept, which takes their place after `fit`. Default false. */
  use_ema?: boolean;
  /** How much of the average stays at each step, from 0 to 1; default 0.99. */
  ema_momentum?: number;
  /** After how many steps the weights are set to their average; default null: only after `fit`. */
  ema_overwrite_frequency?: number | null;
  /** Factor of the loss while gradients are computed, against underflow in float16. Default null. */
  loss_scale_factor?: number | null;
  /**
   * Over how many steps gradients are averaged before weights change; an integer from 2. Default null: at
   * each step.
   */
  gradient_accumulation_steps?: number | null;
  /** Default: the class's name in snake case, with a number. */
  name?: string | null;
}

/** The common options in the order of Keras's constructors, where they come last. */
export const BASE_ARGUMENTS = [
  'weight_decay', 'clipnorm', 'clipvalue', 'global_clipnorm', 'use_ema', 'ema_momentum', 'ema_overwrite_frequency',
  'loss_scale_factor', 'gradient_accumulation_steps', 'name',
] as const;

/** @throws ArgumentError for a value that an option cannot have, and for two ways of clipping at once */
export function checkOptions(owner: string, options: OptimizerOptions): void {
  const require = (name: keyof OptimizerOptions, valid: (value: number) => boolean, what: string): void => {
    const value = options[name];
    if (typeof value !== 'number' || valid(value)) return;
    throw new ArgumentError(`${owner}: the argument '${name}' must be ${what}, received ${value}.`);
  };
  require('gradient_accumulation_steps', (v) => Number.isInteger(v) && v >= 2, 'an integer >= 2 or null');
  if (options.use_ema) {
    require('ema_momentum', (v) => v >= 0 && v <= 1, 'between 0 and 1');
    require('ema_overwrite_frequency', (v) => Number.isInteger(v) && v >= 1, 'an integer >= 1 or null');
  }
  const clips = Object.entries({
    clipnorm: options.clipnorm, clipvalue: options.clipvalue, global_clipnorm: options.global_clipnorm,
  }).filter(([, value]) => value !== null && value !== undefined);
  if (clips.length > 1) {
    throw new ArgumentError(`${owner}: only one of clipnorm, clipvalue and global_clipnorm can be set, received ` +
      `${clips.map(([name, value]) => `${name}=${String(value)}`).join(', ')}.`);
  }
}
