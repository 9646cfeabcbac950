/**
 * Which objects inside a model have state of their own, and under what names.
 *
 * Paths in weights files are made of attribute names, so that they must come out as in Python: Keras lists the
 * attributes of an object in alphabetical order, private ones last, leaves out those that every layer (optimizer,
 * metric, ...) has, and looks into lists and dicts. Source: keras/src/saving/saving_lib.py, `_walk_saveable`.
 */
import { isPlainObject } from '../engine/structure.js';
import type { TensorLike } from '../engine/convert.js';
import { getExportedObject, type Registrable } from './registration.js';

/** The variables of one object in a file, by key: what `save_own_variables` and `load_own_variables` receive. */
export interface VariableStore {
  /** The value under a key. Throws where there is none. */
  get(key: string): TensorLike;
  /** Stores a tensor, a variable or anything that can become a tensor. */
  set(key: string, value: TensorLike): void;
  keys(): string[];
}

/** An object whose state is saved: layers and optimizers have variables, some layers files besides. */
export interface Saveable {
  readonly name?: unknown;
  save_own_variables?(store: VariableStore): void;
  load_own_variables?(store: VariableStore): void;
  save_assets?(folder: string): void;
  load_assets?(folder: string): void;
}

export type Container = readonly unknown[] | Record<string, unknown> | ReadonlyMap<unknown, unknown>;

/** The classes whose instances are walked into, the narrowest first. */
const BASES = ['keras.Layer', 'keras.Operation', 'keras.optimizers.Optimizer', 'keras.metrics.Metric', 'keras.losses.Loss'];

/** The base class of an object that can be saved; undefined for all other values. */
function baseOf(value: unknown): Registrable | undefined {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return undefined;
  for (const path of BASES) {
    const base = getExportedObject(path);
    if (base && value instanceof base) return base;
  }
  return undefined;
}

export const isSaveable = (value: unknown): value is Saveable => baseOf(value) !== undefined;

export const isContainer = (value: unknown): value is Container =>
  Array.isArray(value) || value instanceof Map || isPlainObject(value);

export function itemsOf(container: Container): unknown[] {
  if (Array.isArray(container)) return container;
  return container instanceof Map ? [...container.values()] : Object.values(container);
}

/** Names of the getters on the prototypes from one up to, and without, another. */
function accessorsOf(from: object, end: object): string[] {
  const names: string[] = [];
  for (let at = from; at && at !== end && at !== Function.prototype; at = Object.getPrototypeOf(at) as object) {
    for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(at))) if (get) names.push(name);
  }
  return names;
}

/** Private attributes come last. */
const sortKey = (name: string): string => (name.startsWith('_') ? `~${name}` : name);

/** Attributes of Keras's own base classes: what is in them has its place in files by another path, or none. */
const KERAS_OWN: ReadonlySet<string> = new Set(['_layers', '_metrics', '_functional', '_operations', 'operations']);

/**
 * The attributes of an object in which state may be, in the order in which Keras visits them. Attributes of the base
 * classes are left out: they hold no state that is not reached in another way.
 */
export function* attributesOf(saveable: Saveable): Generator<[name: string, value: unknown]> {
  const base = baseOf(saveable)!;
  const record = saveable as Record<string, unknown>;
  // The layers that a model lists as its own come first: their paths do not depend on what else refers to them.
  if (isSubclassOf(saveable, 'keras.Sequential') || constructedAs(saveable, 'Functional')) yield ['layers', record.layers];
  const ofBase = new Set([...accessorsOf(base.prototype as object, Object.prototype), ...KERAS_OWN]);
  const own = accessorsOf(Object.getPrototypeOf(saveable) as object, base.prototype as object);
  const names = new Set([...Object.keys(saveable), ...own].filter((n) => !n.startsWith('__') && !ofBase.has(n)));
  for (const name of [...names].toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))) {
    let value: unknown;
    try {
      value = record[name];
    } catch {
      continue; // a getter that has nothing to give yet, such as `output` of a layer that was never called
    }
    yield [name, value];
  }
}

function isSubclassOf(value: unknown, path: string): boolean {
  const base = getExportedObject(path);
  return base !== undefined && value instanceof base;
}

/** Functional models are no public class of Keras's, so that they are known by the name of theirs. */
function constructedAs(value: object, name: string): boolean {
  for (let at: unknown = value.constructor; typeof at === 'function'; at = Object.getPrototypeOf(at)) {
    if (at.name === name) return true;
  }
  return false;
}
