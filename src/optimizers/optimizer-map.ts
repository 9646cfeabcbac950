/** OptimizerMap: which optimizer trains which variables. */
import { isPlainObject } from '../engine/structure.js';
import type { Variable } from '../engine/variable.js';
import { kerasExport, type CustomObjects } from '../saving/registration.js';
import { deserialize_keras_object, serialize_keras_object } from '../saving/serialization.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { Callable } from '../utils/callable.js';
import { ArgumentError } from '../utils/checks.js';
import { LossScaleOptimizer } from './loss-scale-optimizer.js';
import { Optimizer, OptimizerError } from './optimizer.js';

export interface OptimizerMapOptions {
  /** Trains what no key matches. */
  default_optimizer: Optimizer;
  /** Optimizers by paths of variables, or by regular expressions that match the whole of a path. */
  optimizer_map?: Readonly<Record<string, Optimizer>> | null;
}
const ARGUMENTS = ['default_optimizer', 'optimizer_map'] as const;

export interface OptimizerMap {
  /** The optimizer of a variable. */
  (variable: Variable): Optimizer;
}

/**
 * Optimizers by the paths of variables, for MultiOptimizer. `get(path)` prefers a key that is the path itself.
 * Source: keras.optimizers.OptimizerMap.
 *
 * @example
 * const map = new keras.optimizers.OptimizerMap(new keras.optimizers.Adam());
 * map.set('.*bias', new keras.optimizers.SGD(0.1));
 * map.get('dense/bias').constructor.name; // 'SGD'
 */
export class OptimizerMap extends Callable {
  readonly default_optimizer: Optimizer;
  readonly #optimizers = new Map<string, Optimizer>();

  constructor(...args: ConstructorArgs<OptimizerMapOptions, typeof ARGUMENTS>) {
    super();
    const { default_optimizer, optimizer_map } =
      namedArguments<OptimizerMapOptions>('OptimizerMap', ARGUMENTS, args, [], ['optimizer_map']);
    if (!(default_optimizer instanceof Optimizer)) {
      throw new ArgumentError(`OptimizerMap: the argument 'default_optimizer' must be an optimizer, received ${String(default_optimizer)}.`);
    }
    this.default_optimizer = default_optimizer;
    for (const [key, optimizer] of Object.entries(optimizer_map ?? {})) this.set(key, optimizer);
  }

  /** @throws OptimizerError when several expressions match the path */
  get(path: string): Optimizer {
    const exact = this.#optimizers.get(path);
    if (exact) return exact;
    const matching = [...this.#optimizers.keys()].filter((pattern) => new RegExp(`^(?:${pattern})$`, 's').test(path));
    if (matching.length > 1) {
      throw new OptimizerError(`Several keys of the OptimizerMap match the variable '${path}': ${matching.join(', ')}. ` +
        'Make the expressions narrower, or give the path itself as a key.');
    }
    return matching.length === 1 ? this.#optimizers.get(matching[0])! : this.default_optimizer;
  }

  /** @throws OptimizerError for a key that is there, and for optimizers that hold others */
  set(key: string, optimizer: Optimizer): this {
    if (this.#optimizers.has(key)) {
      throw new OptimizerError(`The OptimizerMap has the key '${key}' already. Delete it first to replace its optimizer.`);
    }
    requirePlain(optimizer, `The OptimizerMap's optimizer of '${key}'`);
    this.#optimizers.set(key, optimizer);
    return this;
  }

  has(key: string): boolean {
    return this.#optimizers.has(key);
  }

  delete(key: string): boolean {
    return this.#optimizers.delete(key);
  }

  get size(): number {
    return this.#optimizers.size;
  }

  keys(): MapIterator<string> {
    return this.#optimizers.keys();
  }

  values(): MapIterator<Optimizer> {
    return this.#optimizers.values();
  }

  [Symbol.iterator](): MapIterator<[string, Optimizer]> {
    return this.#optimizers.entries();
  }

  override __call__(variable: Variable): Optimizer {
    return this.get(variable.path);
  }

  protected override inspectFields(): Record<string, unknown> {
    return { default_optimizer: this.default_optimizer.name, size: this.size };
  }

  get_config(): Record<string, unknown> {
    return {
      default_optimizer: serialize_keras_object(this.default_optimizer),
      optimizer_map: serialize_keras_object(Object.fromEntries(this.#optimizers)),
    };
  }

  static from_config(config: Record<string, unknown>, custom_objects: CustomObjects | null = null): OptimizerMap {
    const revive = (value: unknown): unknown => (isPlainObject(value) ? deserialize_keras_object(value, { custom_objects }) : value);
    return new OptimizerMap(revive(config.default_optimizer) as Optimizer, revive(config.optimizer_map) as Record<string, Optimizer>);
  }
}
kerasExport(OptimizerMap, 'keras.optimizers.OptimizerMap');

/** @throws OptimizerError for what is no optimizer, and for one that wraps others */
export function requirePlain(optimizer: unknown, what: string): asserts optimizer is Optimizer {
  if (!(optimizer instanceof Optimizer)) throw new OptimizerError(`${what} must be an optimizer, received ${String(optimizer)}.`);
  if (optimizer instanceof LossScaleOptimizer || 'optimizers' in optimizer) {
    throw new OptimizerError(`${what} must be one that trains by itself, received ${optimizer.constructor.name}.`);
  }
}
