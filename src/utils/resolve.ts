/**
 * `get`, `serialize` and `deserialize` of a module: a name, a config, a class, a function or an object becomes the
 * object that is meant. One function for activations, initializers, losses, optimizers and all others.
 */
import { isPlainObject } from '../engine/structure.js';
import {
  get_registered_object, getExportsOf, isClass, kerasExport, type CustomObjects, type Registrable,
} from '../saving/registration.js';
import { deserialize_keras_object, serialize_keras_object } from '../saving/serialization.js';
import { to_snake_case } from './naming.js';

/** An identifier does not say what is meant: unknown name, or a value of the wrong kind. */
export class UnknownIdentifierError extends Error {
  override name = 'UnknownIdentifierError';
}

/**
 * What stands for an object of type T in an option: its name, its config, a class, the object itself, or
 * null for none.
 */
export type Identifier<T> = string | T | { class_name: string; [key: string]: unknown } | (new () => T) | null;

export interface Resolver<T> {
  /** The object that an identifier means, null for null. */
  get(identifier: unknown): T | null;
  /** The config of an object: what JSON holds of it. */
  serialize(object: unknown): unknown;
  /** The object of a config or a name. */
  deserialize(config: unknown, custom_objects?: CustomObjects | null): T;
}

export interface ResolverOptions {
  /** Public path of the module, such as `keras.initializers`. */
  module: string;
  /** How errors call what is looked up: `initializer`. */
  what: string;
  /** Further names, each for one that is exported. */
  aliases?: Readonly<Record<string, string>>;
  /** The second spelling of the classes' names. Default: snake case. */
  spelling?: (className: string) => string;
  /** Whether a name in snake case that a function and a class share means the class. Default false. */
  classesFirst?: boolean;
}

const serialize = (object: unknown): unknown => serialize_keras_object(object ?? null);

const OWN_FUNCTIONS = new Set(['get', 'serialize', 'deserialize']);

/** Makes the three functions. `publishResolver` exports them, or a module's own versions of them. */
export function makeResolver<T>(options: ResolverOptions): Resolver<T> {
  const { module, what, aliases = {}, classesFirst = false, spelling = to_snake_case } = options;
  let names: CustomObjects = {};
  let size = -1;
  /** What the module exports, by public names, class names in snake case, and aliases. */
  const moduleObjects = (): CustomObjects => {
    const exported = getExportsOf(module);
    if (exported.size === size) return names;
    size = exported.size;
    const own = [...exported].filter(([name]) => !OWN_FUNCTIONS.has(name));
    const respelled = own.filter(([, target]) => isClass(target)).map(([name, target]) => [spelling(name), target] as const);
    const found: Record<string, Registrable> =
      Object.fromEntries(classesFirst ? [...own, ...respelled] : [...respelled, ...own]);
    for (const [alias, name] of Object.entries(aliases)) if (found[name]) found[alias] = found[name];
    return (names = found);
  };
  const fail = (identifier: unknown, reason: string): never => {
    const shown = typeof identifier === 'string' ? `'${identifier}'` : JSON.stringify(identifier) ?? String(identifier);
    throw new UnknownIdentifierError(`Cannot make out the ${what} ${shown}: ${reason}`);
  };
  const byName = (name: string): unknown => {
    // Names in saved files and of one's own classes may be registered under a package.
    const found = get_registered_object(name, null, moduleObjects());
    if (found === null) {
      fail(name, `no ${what} has this name. Known names: ${Object.keys(moduleObjects()).toSorted().join(', ')}.`);
    }
    return found;
  };
  const deserialize = (config: unknown, custom_objects: CustomObjects | null = null): T => {
    const found = deserialize_keras_object(config, { custom_objects, module_objects: moduleObjects() });
    return (typeof found === 'string' ? byName(found) : found) as T;
  };
  const get = (identifier: unknown): T | null => {
    if (identifier === null || identifier === undefined) return null;
    let found: unknown = identifier;
    if (typeof identifier === 'string') found = byName(identifier);
    else if (isPlainObject(identifier)) found = deserialize(identifier);
    if (isClass(found)) found = new (found as unknown as new () => unknown)();
    // Objects of these modules are callable; optimizers are told by their get_config.
    const isObject = typeof found === 'function' ||
      typeof (found as { get_config?: unknown } | null)?.get_config === 'function';
    if (!isObject) fail(identifier, `expected a name, a config, a function or an object of ${module}.`);
    return found as T;
  };
  return { get, serialize, deserialize };
}

/** Exports the functions under the module's public path. */
export function publishResolver<R extends { get: Registrable; serialize: Registrable; deserialize: Registrable }>(
  module: string, functions: R,
): R {
  for (const name of OWN_FUNCTIONS) {
    const fn = functions[name as keyof R] as Registrable;
    Object.defineProperty(fn, 'name', { value: name });
    kerasExport(fn, `${module}.${name}`);
  }
  return functions;
}
