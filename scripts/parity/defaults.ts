/** Defaults of a class, seen in the config of an instance that was made with its required arguments alone. */
import type { Default } from './api.js';

/** Values for required arguments, by name. */
const SAMPLES: Readonly<Record<string, unknown>> = {
  axes: 1, cells: [], decay_rate: 0.9, decay_steps: 10, dims: [1], factor: 0.5, filters: 2, first_decay_steps: 10,
  head_dim: 2, height: 4, width: 4, initial_learning_rate: 0.1, input_dim: 4, output_dim: 3, kernel_size: 1, key_dim: 2,
  num_classes: 2, num_heads: 2, num_key_value_heads: 1, num_query_heads: 2, n: 2, num_bins: 3, output_size: 2, pool_size: 2,
  precision: 0.5, rate: 0.5, recall: 0.5, scale: 2, sensitivity: 0.5, specificity: 0.5, stddev: 0.1,
  target_class_ids: [0], target_shape: [1], units: 2, max_number: 2, boundaries: [1], values: [1, 2],
  activation: 'relu', filepath: 'model.keras', filename: 'log.csv', mode: 'int8',
};

/** An instance made of samples; undefined where there is none for a required argument, or the class refuses it. */
export function sampleOf(cls: object, required: readonly string[]): object | undefined {
  if (!required.every((name) => name in SAMPLES)) return undefined;
  const options = Object.fromEntries(required.map((name) => [name, SAMPLES[name]]));
  try {
    const made = cls as new (...args: unknown[]) => object;
    return required.length === 0 ? new made() : new made(options);
  } catch {
    return undefined;
  }
}

/** Whether a default is the value that a config shows: `glorot_uniform` is written as its class and settings. */
export function isShownAs(expected: Default, shown: unknown): boolean {
  // Configs show what an argument came to: one number for every dimension, and floats as float32 holds them.
  if (typeof expected === 'number' && Array.isArray(shown)) return shown.every((item) => isShownAs(expected, item));
  if (typeof expected === 'number' && typeof shown === 'number') return Math.fround(expected) === Math.fround(shown);
  if (typeof expected === 'string' && expected.startsWith('((')) return isShownAs(tuple(expected), shown);
  if (Array.isArray(expected)) {
    return Array.isArray(shown) && expected.length === shown.length && expected.every((item, i) => isShownAs(item, shown[i]));
  }
  if (typeof shown === 'object' && shown !== null && 'class_name' in shown) {
    const { class_name, config } = shown as { class_name: unknown; config?: unknown };
    const name = class_name === 'function' ? config : class_name;
    return typeof expected === 'string' && snakeCase(ALIASES[expected] ?? expected) === snakeCase(String(name));
  }
  return expected === (shown ?? null);
}

/** Short identifiers of initializers and losses. */
const ALIASES: Readonly<Record<string, string>> = { mse: 'mean_squared_error', uniform: 'random_uniform', normal: 'random_normal' };

/** `((1, 1), (1, 1))`, as Python prints nested tuples. */
const tuple = (text: string): Default => JSON.parse(text.replaceAll('(', '[').replaceAll(')', ']')) as Default;

const snakeCase = (name: string): string => name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();

/**
 * Names whose config does not show the argument: Keras settles a null from other arguments or from its configuration,
 * writes what the class makes of it, or leaves it out.
 */
export const SETTLED: ReadonlySet<string> = new Set([
  'axes', 'layers', 'name', 'dtype', 'data_format', 'activity_regularizer', 'strides', 'activation', 'seed', 'epsilon', 'axis', 'policy_map',
  'value_dim', 'exclude_layers',
]);
