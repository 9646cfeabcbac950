/** Options of compile, fit, evaluate and predict: names, order and defaults are Keras's. */
import type { Callback } from '../callbacks/callback.js';
import type { CallbackList } from '../callbacks/callback-list.js';
import { isPlainObject } from '../engine/structure.js';
import { namedArguments } from '../utils/arguments.js';
import { ArgumentError } from '../utils/checks.js';
import type { ClassWeight } from './data/class-weight.js';

export { ArgumentError };

export type Verbose = 'auto' | 0 | 1 | 2;

export interface CompileArguments {
  /** Optimizer, its name or its config. Default `rmsprop`. */
  optimizer?: unknown;
  /** Loss (name, function, instance, config), or one for each output as a list or by name. */
  loss?: unknown;
  /** Weights of the losses of several outputs. */
  loss_weights?: unknown;
  /** Metrics without sample weights. */
  metrics?: unknown;
  /** Metrics with sample and class weights. */
  weighted_metrics?: unknown;
  /** Run op by op, for debugging. Default false. */
  run_eagerly?: boolean;
  /** Batches that one call of the device works off. Default 1. */
  steps_per_execution?: number;
  /** Compile steps with XLA. 'auto' (default) compiles them as TensorFlow graphs. */
  jit_compile?: boolean | 'auto';
  /** Whether a model of the dtype policy mixed_float16 has its optimizer in a LossScaleOptimizer. Default true. */
  auto_scale_loss?: boolean;
}

export interface FitArguments {
  x?: unknown;
  y?: unknown;
  batch_size?: number | null;
  /** Default 1. */
  epochs?: number;
  /** 0 silent, 1 a progress bar, 2 one line an epoch. Default 'auto': 1. */
  verbose?: Verbose;
  callbacks?: Callback | readonly Callback[] | CallbackList | null;
  /** Fraction at the end of the arrays that is kept for validation. Default 0. */
  validation_split?: number;
  /** [x, y] or [x, y, sample_weight], or a generator of such batches. */
  validation_data?: unknown;
  /** Whether arrays are shuffled before each epoch; 'batch' shuffles whole batches. Default true. */
  shuffle?: boolean | 'batch';
  class_weight?: ClassWeight | null;
  sample_weight?: unknown;
  /** Default 0. */
  initial_epoch?: number;
  steps_per_epoch?: number | null;
  validation_steps?: number | null;
  validation_batch_size?: number | null;
  /** Validate every n-th epoch, or in the epochs listed (counted from 1). Default 1. */
  validation_freq?: number | readonly number[];
}

export interface EvaluateArguments {
  x?: unknown;
  y?: unknown;
  batch_size?: number | null;
  verbose?: Verbose;
  sample_weight?: unknown;
  steps?: number | null;
  callbacks?: Callback | readonly Callback[] | CallbackList | null;
  /** Results by name instead of a list. Default false. */
  return_dict?: boolean;
}

export interface PredictArguments {
  x?: unknown;
  batch_size?: number | null;
  verbose?: Verbose;
  steps?: number | null;
  callbacks?: Callback | readonly Callback[] | CallbackList | null;
}

export interface BatchArguments {
  x?: unknown;
  y?: unknown;
  sample_weight?: unknown;
  class_weight?: ClassWeight | null;
  return_dict?: boolean;
}

export const COMPILE = ['optimizer', 'loss', 'loss_weights', 'metrics', 'weighted_metrics', 'run_eagerly',
  'steps_per_execution', 'jit_compile', 'auto_scale_loss'] as const;
export const FIT = ['x', 'y', 'batch_size', 'epochs', 'verbose', 'callbacks', 'validation_split',
  'validation_data',
  'shuffle', 'class_weight', 'sample_weight', 'initial_epoch', 'steps_per_epoch', 'validation_steps',
  'validation_batch_size', 'validation_freq'] as const;
export const EVALUATE = ['x', 'y', 'batch_size', 'verbose', 'sample_weight', 'steps', 'callbacks',
  'return_dict'] as const;
export const PREDICT = ['x', 'batch_size', 'verbose', 'steps', 'callbacks'] as const;
export const TRAIN_ON_BATCH = ['x', 'y', 'sample_weight', 'class_weight', 'return_dict'] as const;
export const TEST_ON_BATCH = ['x', 'y', 'sample_weight', 'return_dict'] as const;
/** Arguments whose values may be plain objects. */
export const STRUCTURED = ['x', 'y', 'sample_weight', 'class_weight', 'loss', 'loss_weights', 'metrics',
  'weighted_metrics',
  'optimizer', 'validation_data'] as const;

const show = (value: unknown): string => JSON.stringify(value) ?? String(value);

function fail(method: string, name: string, expected: string, value: unknown): never {
  throw new ArgumentError(`${method}: the argument ${name} must be ${expected}, received ${show(value)}.`);
}

export function requireChoice(
  method: string, name: string, value: unknown, choices: readonly unknown[],
): void {
  if (!choices.includes(value)) fail(method, name, `one of ${choices.map(show).join(', ')}`, value);
}

/** The level of printing that `verbose` asks for. */
export function verbosity(method: string, verbose: Verbose | undefined): 0 | 1 | 2 {
  requireChoice(method, 'verbose', verbose ?? 'auto', ['auto', 0, 1, 2]);
  return verbose === undefined || verbose === 'auto' ? 1 : verbose;
}

const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0;

/** Numbers of fit with their defaults, checked. */
export function fitSettings(
  { epochs = 1, initial_epoch = 0, validation_freq = 1, validation_split = 0, shuffle = true }: FitArguments,
): Required<Pick<FitArguments, 'epochs' | 'initial_epoch' | 'validation_freq' | 'shuffle'>> {
  if (!isCount(epochs)) fail('fit()', 'epochs', 'an integer >= 0', epochs);
  if (!isCount(initial_epoch)) fail('fit()', 'initial_epoch', 'an integer >= 0', initial_epoch);
  if (![validation_freq].flat().every((n) => Number.isInteger(n) && n > 0)) {
    fail('fit()', 'validation_freq', 'a positive integer or an array of epochs', validation_freq);
  }
  if (!(typeof validation_split === 'number' && validation_split >= 0 && validation_split < 1)) {
    fail('fit()', 'validation_split', 'a fraction >= 0 and < 1', validation_split);
  }
  requireChoice('fit()', 'shuffle', shuffle, [true, false, 'batch']);
  return { epochs, initial_epoch, validation_freq, shuffle };
}

/** Whether an epoch, counted from 0, ends with a validation. */
export const shouldValidate = (epoch: number, frequency: number | readonly number[]): boolean =>
  (typeof frequency === 'number' ? (epoch + 1) % frequency === 0 : frequency.includes(epoch + 1));

/** What fit is given as validation_data, in parts. */
export function validationParts(data: unknown): [x: unknown, y: unknown, sample_weight: unknown] {
  if (!Array.isArray(data)) return [data, undefined, undefined];
  if (data.length === 2 || data.length === 3) return [data[0], data[1], data[2]];
  throw new ArgumentError('fit(): the argument validation_data must be [x, y], [x, y, sample_weight] ' +
    `or a generator of batches, received an array of ${data.length} elements.`);
}

/**
 * Arguments of fit and its like by name. A single object may also be data, of a model with inputs by name;
 * not so when it has the key `x` and that of another argument.
 */
export function dataArguments<O extends object>(
  method: string, names: readonly string[], args: readonly unknown[],
): O {
  const [only] = args;
  if (args.length === 1 && isPlainObject(only)) {
    const known = Object.keys(only).filter((key) => names.includes(key));
    if (known.includes('x') && known.length > 1) return namedArguments<O>(method, names, args, []);
  }
  return namedArguments<O>(method, names, args, [], STRUCTURED);
}
