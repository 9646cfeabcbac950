/**
 * Names of things in saved files.
 *
 * Two registries live here, and nothing else in the library keeps a list of classes:
 * - `kerasExport(Dense, 'keras.layers.Dense')`, once behind every public class or function of this library,
 *   gives its public path, its name in saved files and its place in the documentation;
 * - `register_keras_serializable('my_package')(MyLayer)` does the same for a user's class or function.
 *
 * This file imports nothing of the library, so that every other file may import it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

/** A class or a function, as found in the registries. */
// oxlint-disable-next-line typescript/no-unsafe-function-type -- abstract classes, private constructors and
// plain functions all go in here, and no narrower type holds them all
export type Registrable = Function;

/** Names and what they stand for: `{MyLayer, 'my_package>MyLoss': MyLoss}`. */
export type CustomObjects = Record<string, unknown>;

/** Whether an object given where custom objects or options may stand can only be the former. */
export const isCustomObjects = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.values(value).every((item) => typeof item === 'function');

// ---------------------------------------------------------------------------------------------------------
// Public things of this library

const exportedByPath = new Map<string, Registrable>();
const exportedByModule = new Map<string, Map<string, Registrable>>();
const pathsOfExported = new Map<Registrable, string[]>();

/**
 * Declares the public path(s) of a class or function of this library, and gives it the last part of the first one as
 * its name: names of layers and of weights in files come from it, and bundlers and minifiers change the names in the code.
 *
 * The first path is the canonical one: it is written to saved files (`keras.layers.Dense` becomes
 * `{"module": "keras.layers", "class_name": "Dense"}`). The others are aliases, understood when reading.
 *
 * @param target The class or function.
 * @param paths One or more paths that begin with `keras.`.
 * @throws Error when a path already belongs to something else.
 */
export function kerasExport(target: Registrable, ...paths: string[]): void {
  if (paths.length === 0) throw new Error(`kerasExport(${target.name}) needs at least one path.`);
  for (const path of paths) {
    if (!/^keras(\.\w+)+$/.test(path)) {
      throw new Error(`kerasExport: a public path looks like keras.layers.Dense. Received: '${path}'`);
    }
    const holder = exportedByPath.get(path);
    if (holder !== undefined && holder !== target) {
      throw new Error(`kerasExport: the path '${path}' is taken by ${holder.name}; ${target.name} wants it too.`);
    }
    exportedByPath.set(path, target);
    const dot = path.lastIndexOf('.');
    const module = path.slice(0, dot);
    const inModule = exportedByModule.get(module) ?? new Map<string, Registrable>();
    exportedByModule.set(module, inModule.set(path.slice(dot + 1), target));
  }
  const known = pathsOfExported.get(target) ?? [];
  if (known.length === 0) Object.defineProperty(target, 'name', { value: paths[0].split('.').at(-1), configurable: true });
  pathsOfExported.set(target, [...known, ...paths.filter((path) => !known.includes(path))]);
}

/** The canonical public path of a class or function (`keras.layers.Dense`), if it has one. */
export function getExportedPath(target: Registrable): string | undefined {
  return pathsOfExported.get(target)?.[0];
}

/**
 * The path under which files name a class or function: the canonical one, or, for the few classes that Keras saves
 * from a module of its own source (`keras.src.models.functional.Functional`), that one.
 */
export function getSerializedPath(target: Registrable): string | undefined {
  const paths = pathsOfExported.get(target);
  return paths?.find((path) => path.startsWith('keras.src.')) ?? paths?.[0];
}

/** The class or function behind a public path, canonical or alias. */
export function getExportedObject(path: string): Registrable | undefined {
  return exportedByPath.get(path);
}

/**
 * What is exported directly under a module: `getExportsOf('keras.activations').get('relu')`.
 * Aliases are included.
 */
export function getExportsOf(module: string): ReadonlyMap<string, Registrable> {
  return exportedByModule.get(module) ?? new Map<string, Registrable>();
}

/** Every exported class and function with all its paths, the canonical one first. */
export function listExports(): { target: Registrable; paths: readonly string[] }[] {
  return [...pathsOfExported].map(([target, paths]) => ({ target, paths }));
}

// ---------------------------------------------------------------------------------------------------------
// A user's own classes and functions

const customObjects: CustomObjects = {};
const customNames = new Map<unknown, string>();

/**
 * Registers a class or function of your own, so that models that use it can be saved and loaded.
 *
 * @param package_ Name of the package it belongs to; part of the name in the file. Default `'Custom'`.
 * @param name Name within the package. Default: the name of the class or function. Give it where code is
 *   minified, since a minifier changes class names.
 * @returns A function that registers its argument under `'package>name'` and returns it; also usable as a
 *   class decorator.
 * @throws Error when a class has no `get_config` method, or when no name can be found.
 *
 * @example
 * class Twice extends keras.layers.Layer {
 *   call(x) { return keras.ops.multiply(x, 2); }
 * }
 * keras.saving.register_keras_serializable('my_package')(Twice);
 * keras.saving.get_registered_name(Twice); // 'my_package>Twice'
 */
export function register_keras_serializable(
  package_: string | { package?: string; name?: string | null } = 'Custom',
  name: string | null = null,
): <T extends Registrable>(target: T) => T {
  const options = readOptions(package_, name);
  return <T extends Registrable>(target: T): T => {
    const ownName = options.name ?? target.name;
    if (!ownName) {
      throw new Error(
        'register_keras_serializable: the class or function has no name of its own. ' +
          `Give one: register_keras_serializable('${options.package}', 'MyName')(...)`,
      );
    }
    if (isClass(target) && typeof target.prototype.get_config !== 'function') {
      throw new Error(
        `register_keras_serializable: class ${ownName} has no get_config() method, so it cannot be saved. ` +
          'Add get_config(), which returns the constructor options as a plain object.',
      );
    }
    const registeredName = `${options.package}>${ownName}`;
    customObjects[registeredName] = target;
    customNames.set(target, registeredName);
    return target;
  };
}

function readOptions(
  package_: string | { package?: string; name?: string | null },
  name: string | null,
): { package: string; name: string | null } {
  if (typeof package_ === 'string') return { package: package_, name };
  for (const key of Object.keys(package_)) {
    if (key !== 'package' && key !== 'name') {
      throw new Error(`register_keras_serializable: unknown option '${key}'. Known: package, name.`);
    }
  }
  return { package: package_.package ?? 'Custom', name: package_.name ?? name };
}

/** Whether a value was made by `class`: as opposed to a function, or to a callable layer or model. */
export function isClass(value: unknown): value is Registrable & { prototype: Record<string, unknown> } {
  return typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value));
}

/**
 * The name under which a class or function was registered (`'my_package>MyLayer'`), or its own name when it
 * was not.
 * @example
 * keras.saving.get_registered_name(MyLayer); // 'MyLayer', as it was not registered
 */
export function get_registered_name(obj: Registrable): string {
  return customNames.get(obj) ?? obj.name;
}

/** Whether a class or function was given to `register_keras_serializable`. */
export function isRegistered(obj: unknown): boolean {
  return customNames.has(obj);
}

/**
 * The class or function registered under a name, or `null`.
 *
 * Looked up in the enclosing `custom_object_scope`s, then among what `register_keras_serializable` was given,
 * then in `custom_objects`, then in `module_objects`.
 *
 * @param name For instance `'my_package>MyLayer'`.
 * @param custom_objects Names and classes of the caller.
 * @param module_objects More of them, consulted last.
 * @example
 * keras.saving.get_registered_object('MyLayer', { MyLayer }) === MyLayer; // true
 */
export function get_registered_object(
  name: string,
  custom_objects: CustomObjects | null = null,
  module_objects: CustomObjects | null = null,
): unknown {
  for (const objects of [...openScopes(), customObjects, custom_objects, module_objects]) {
    if (objects && Object.hasOwn(objects, name)) return objects[name];
  }
  return null;
}

/** What is registered, or in a scope or `custom_objects`, under a name in any package. */
export function findInAnyPackage(name: string, custom_objects: CustomObjects | null): unknown {
  const ending = `>${name}`;
  for (const objects of [...openScopes(), customObjects, custom_objects ?? {}]) {
    const key = Object.keys(objects).find((candidate) => candidate.endsWith(ending));
    if (key !== undefined) return objects[key];
  }
  return undefined;
}

/**
 * The live table of everything given to `register_keras_serializable`, which may be changed in place.
 *
 * @example
 * keras.saving.get_custom_objects()['MyLayer'] = MyLayer;
 */
export function get_custom_objects(): CustomObjects {
  return customObjects;
}

// ---------------------------------------------------------------------------------------------------------
// Scopes

interface OpenScope {
  objects: CustomObjects;
  parent: OpenScope | undefined;
}

// A scope around a function must also hold after an `await` in it, and must not be seen by other asynchronous
// work that runs meanwhile; hence the storage of Node rather than a global.
const asyncScopes = new AsyncLocalStorage<OpenScope>();
const usingScopes: CustomObjectScope[] = [];

/** The objects of all open scopes, innermost first. */
function openScopes(): CustomObjects[] {
  const found: CustomObjects[] = [];
  for (let scope = asyncScopes.getStore(); scope; scope = scope.parent) found.push(scope.objects);
  for (let i = usingScopes.length - 1; i >= 0; i--) found.push(usingScopes[i].custom_objects);
  return found;
}

/**
 * Makes custom classes and functions known while it is open, for loading and deserializing.
 *
 * Open it with `using`; it closes at the end of the block. For a scope around asynchronous work prefer
 * `custom_object_scope(objects, fn)`, which other work that runs meanwhile does not see.
 *
 * @example
 * {
 *   using scope = new keras.saving.CustomObjectScope({ MyLayer });
 *   const layer = keras.layers.deserialize(config);
 * }
 */
export class CustomObjectScope implements Disposable {
  readonly custom_objects: CustomObjects;

  constructor(custom_objects: CustomObjects | null) {
    this.custom_objects = { ...custom_objects };
    usingScopes.push(this);
  }

  [Symbol.dispose](): void {
    const at = usingScopes.lastIndexOf(this);
    if (at >= 0) usingScopes.splice(at, 1);
  }
}

/**
 * Runs `fn` with custom classes and functions known to loading and deserializing, also across the awaits in
 * it, and returns what it returns. Scopes nest; the innermost wins.
 *
 * @param custom_objects Names and classes, such as `{ MyLayer }`.
 * @param fn What to run; may be asynchronous.
 *
 * @example
 * const model = await keras.saving.custom_object_scope({ MyLayer }, () =>
 *   keras.saving.load_model('model.keras'));
 */
export function custom_object_scope<T>(custom_objects: CustomObjects | null, fn: () => T): T {
  return asyncScopes.run({ objects: { ...custom_objects }, parent: asyncScopes.getStore() }, fn);
}

const inSaving = (name: string): string[] => [`keras.saving.${name}`, `keras.utils.${name}`];
kerasExport(register_keras_serializable, ...inSaving('register_keras_serializable'));
kerasExport(get_registered_name, ...inSaving('get_registered_name'));
kerasExport(get_registered_object, ...inSaving('get_registered_object'));
kerasExport(get_custom_objects, ...inSaving('get_custom_objects'));
kerasExport(CustomObjectScope, ...inSaving('CustomObjectScope'));
kerasExport(custom_object_scope, ...inSaving('custom_object_scope'));
