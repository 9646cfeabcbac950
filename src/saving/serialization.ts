/**
 * Objects to configs and back: `{module, class_name, config, registered_name}`, as in Python.
 *
 * Source of the format: keras/src/saving/serialization_lib.py. Nothing in a config is ever run: classes and functions
 * are looked up by name among those that this process has.
 */
import { isPlainObject } from '../engine/structure.js';
import { OpOperation } from '../ops/define.js';
import { positionalArguments } from '../utils/arguments.js';
import { Callable } from '../utils/callable.js';
import { DeserializationError, findClass, findFunction, unknownReference, type Reference } from './class-lookup.js';
import { operationFromConfig, serializeOperation } from './operations.js';
import {
  custom_object_scope, get_registered_name, get_registered_object, getExportedPath, getSerializedPath, isClass,
  isCustomObjects, isRegistered, kerasExport, type CustomObjects, type Registrable,
} from './registration.js';
import {
  at, enable_unsafe_deserialization, inSafeMode, namesAround, noteDeserialized, noteSerialized, sharedObject, whereNow,
  withSafeMode,
} from './scopes.js';
import { isSpecialValue, readSpecialValue, writeSpecialValue } from './value-codecs.js';

export { DeserializationError } from './class-lookup.js';
export { enable_unsafe_deserialization, withObjectSharing } from './scopes.js';
export { serializedHistory } from './value-codecs.js';

type Config = Record<string, unknown>;

/** An object that can be serialized. */
interface Serializable {
  get_config(): Config;
  get_build_config?(): Config | null | undefined;
  get_compile_config?(): Config | null | undefined;
}

const isMethod = (value: unknown, name: string): boolean =>
  typeof (value as Record<string, unknown> | null | undefined)?.[name] === 'function';

/** A function in the ordinary sense: no class, and no callable layer. */
const isPlainFunction = (value: unknown): value is Registrable =>
  typeof value === 'function' && !(value instanceof Callable) && !isClass(value);

// ---------------------------------------------------------------------------------------------------------
// Serialization

/**
 * The config of an object: plain values that JSON can hold.
 *
 * @param obj A layer, model, loss, metric, optimizer, ...; a function; a tensor or array; or lists and plain objects
 *   of those.
 * @throws TypeError for what has no `get_config`, and for functions without a name.
 *
 * @example
 * keras.saving.serialize_keras_object(new keras.regularizers.L2(0.01));
 * // {module: 'keras.regularizers', class_name: 'L2', config: {l2: 0.01}, registered_name: null}
 */
export function serialize_keras_object(obj: unknown): unknown {
  if (obj === null || obj === undefined) return null;
  if (['string', 'number', 'boolean', 'bigint'].includes(typeof obj)) return obj;
  if (Array.isArray(obj)) return at('a list', () => obj.map(serialize_keras_object));
  if (obj instanceof Map) return serializeDict(Object.fromEntries(obj) as Config);
  if (isPlainObject(obj)) return serializeDict(obj);
  const special = writeSpecialValue(obj);
  if (special) return special;
  if (obj instanceof OpOperation) return serializeOperationOf(obj);
  if (isPlainFunction(obj)) return serializeFunction(obj);
  if (!isMethod(obj, 'get_config')) {
    throw new TypeError(
      `Cannot serialize ${describeValue(obj)} at ${whereNow()}: it has no get_config() method. ` +
      'Expected numbers, strings, booleans, null, lists, plain objects, tensors, or objects with get_config().');
  }
  return serializeObject(obj as Serializable);
}

function serializeDict(dict: Config): Config {
  return at('a dict', () =>
    Object.fromEntries(Object.entries(dict).map(([key, value]) => [key, serialize_keras_object(value)])));
}

function serializeOperationOf(operation: OpOperation): Config {
  const serialized = serializeOperation(operation);
  return { ...serialized, config: serializeDict(serialized.config as Config) };
}

function serializeFunction(fn: Registrable): Config {
  const exported = getExportedPath(fn);
  const name = exported ? exported.slice(exported.lastIndexOf('.') + 1) : get_registered_name(fn);
  if (!name) {
    throw new TypeError(
      `Cannot serialize a function without a name at ${whereNow()}. Give it one ` +
      '(const scale = (x) => ...), and register it: keras.saving.register_keras_serializable(\'my_package\')(scale).');
  }
  return { module: 'builtins', class_name: 'function', config: name, registered_name: 'function' };
}

function serializeObject(obj: Serializable): Config {
  const cls = obj.constructor;
  const path = isRegistered(cls) ? undefined : getSerializedPath(cls);
  const dot = path?.lastIndexOf('.') ?? -1;
  const class_name = path ? path.slice(dot + 1) : cls.name;
  return at(describe(class_name, obj), () => {
    const config = obj.get_config();
    if (!isPlainObject(config)) {
      throw new TypeError(`get_config() of ${whereNow()} should return a plain object. It returned ${describeValue(config)}.`);
    }
    // Classes of an internal module of Keras's carry their name twice; Python asks for it.
    const isPublic = path !== undefined && !path.startsWith('keras.src.');
    const serialized: Config = {
      module: path ? path.slice(0, dot) : null,
      class_name,
      config: serializeDict(config),
      registered_name: isPublic ? null : get_registered_name(cls),
    };
    const build_config = obj.get_build_config?.();
    if (build_config) serialized.build_config = serializeDict(build_config);
    // A model that is not compiled has an empty one.
    if (obj.get_compile_config) serialized.compile_config = serializeDict(obj.get_compile_config() ?? {});
    noteSerialized(obj, serialized);
    return serialized;
  });
}

function describe(class_name: string, named: unknown): string {
  const { name } = named as { name?: unknown };
  return typeof name === 'string' ? `${class_name} '${name}'` : class_name;
}

function describeValue(value: unknown): string {
  if (isClass(value)) return `the class ${value.name} itself, rather than an object of it`;
  if (typeof value === 'object' && value !== null) return `an object of class ${value.constructor?.name ?? 'unknown'}`;
  return typeof value;
}

// ---------------------------------------------------------------------------------------------------------
// Deserialization

export interface DeserializeOptions {
  /** Classes and functions by name, besides those that are registered. */
  custom_objects?: CustomObjects | null;
  /** Whether lambdas in the config are refused. Default true. */
  safe_mode?: boolean;
  /** Classes and functions that a plain string, or a config without a module, may name. */
  module_objects?: CustomObjects | null;
}

const ARGUMENTS = ['config', 'custom_objects', 'safe_mode', 'module_objects'] as const;

/**
 * The object of a config: the reverse of `serialize_keras_object`.
 *
 * @param config What `serialize_keras_object` gave, or JSON of Python's.
 * @param options `custom_objects`, `safe_mode`, `module_objects`; the first two also by position.
 * @throws DeserializationError where a class is not known, with its place in the model and how to register it; or
 *   where it does not accept its config.
 *
 * @example
 * const config = keras.saving.serialize_keras_object(new keras.regularizers.L2(0.5));
 * keras.saving.deserialize_keras_object(config).l2; // 0.5
 */
export function deserialize_keras_object(
  config: unknown,
  ...options: [DeserializeOptions?] | [custom_objects?: CustomObjects | null, safe_mode?: boolean]
): unknown {
  const [, custom_objects, safe_mode, module_objects] = positionalArguments(
    'deserialize_keras_object', ARGUMENTS, [config, ...options],
    ['config', ...(isCustomObjects(options[0]) ? ['custom_objects'] : [])]) as [
    unknown, CustomObjects | null | undefined, boolean | undefined, CustomObjects | null | undefined];
  const reader = new Reader(custom_objects ?? null, inSafeMode(safe_mode ?? true));
  return module_objects ? reader.withModuleObjects(config, module_objects) : reader.read(config);
}

class Reader {
  readonly #custom: CustomObjects | null;
  readonly #safe: boolean;

  constructor(custom_objects: CustomObjects | null, safe_mode: boolean) {
    this.#custom = custom_objects;
    this.#safe = safe_mode;
  }

  read(config: unknown): unknown {
    if (config === null || config === undefined) return null;
    if (typeof config === 'string') return get_registered_object(config, this.#custom) ?? config;
    if (['number', 'boolean', 'bigint'].includes(typeof config)) return config;
    if (Array.isArray(config)) return at('a list', () => config.map((item) => this.read(item)));
    if (!isPlainObject(config)) {
      throw new DeserializationError(`Cannot read a config at ${whereNow()}: it contains ${describeValue(config)}. ` +
        'Expected numbers, strings, booleans, null, lists and plain objects.');
    }
    if (config.class_name === '__tuple__' && Array.isArray(config.items)) return this.read(config.items);
    if (!('class_name' in config) || !('config' in config)) return this.#dict(config);
    return this.#object(config);
  }

  #dict(config: Config): Config {
    return at('a dict', () =>
      Object.fromEntries(Object.entries(config).map(([key, value]) => [key, this.read(value)])));
  }

  /** Reads what `activations.get('relu')` and the like are given: names, or configs with or without a module. */
  withModuleObjects(config: unknown, objects: CustomObjects): unknown {
    const isConfig = isPlainObject(config) && typeof config.class_name === 'string';
    if (typeof config !== 'string' && !isConfig) return this.read(config);
    const isFunction = isConfig && config.class_name === 'function';
    const name = String(isConfig ? (isFunction ? config.config : config.class_name) : config);
    const custom = isConfig && typeof config.registered_name === 'string' ? config.registered_name : name;
    if (get_registered_object(custom, this.#custom) ?? get_registered_object(name, this.#custom)) return this.read(config);
    if (!Object.hasOwn(objects, name)) return isConfig ? this.read(config) : config;
    const found = objects[name];
    if (!isClass(found)) return found;
    return this.#instantiate(found, { ...(isConfig ? config : {}), class_name: name, config: isConfig ? config.config : {} });
  }

  #object(serialized: Config): unknown {
    const { class_name, module, config } = serialized;
    if (typeof class_name !== 'string') {
      throw new DeserializationError(`A config at ${whereNow()} has class_name ${JSON.stringify(class_name)}, not a string.`);
    }
    // 1. values that JSON has no form for
    if (isSpecialValue(class_name)) return readSpecialValue(class_name, isPlainObject(config) ? config : {});
    if (class_name === '__lambda__') return this.#lambda();
    if (class_name === '__typespec__') {
      throw new DeserializationError(`A TensorFlow TypeSpec at ${whereNow()} cannot be read: it has no meaning outside of Python.`);
    }
    // 2. functions
    const registered_name = 'registered_name' in serialized ? serialized.registered_name : class_name;
    const reference: Reference = { module, class_name, registered_name, config };
    if (class_name === 'function') {
      const found = typeof config === 'string' ? findFunction(config, module, this.#custom) : undefined;
      if (!found) throw unknownReference(reference, 'function');
      return found;
    }
    // 3. objects
    if (config !== null && !isPlainObject(config)) {
      throw new DeserializationError(`The config of ${class_name} at ${whereNow()} is ${JSON.stringify(config)?.slice(0, 80)}, ` +
        'not a plain object.');
    }
    const shared = sharedObject(serialized.shared_object_id);
    if (shared !== undefined) return shared;
    return at(describe(class_name, config ?? {}), () => {
      const cls = findClass(reference, this.#custom);
      if (cls) return this.#instantiate(cls, serialized);
      const operation = operationFromConfig(module, class_name, this.#dict(config ?? {}));
      if (!operation) throw unknownReference(reference, 'class');
      noteDeserialized(operation, serialized.shared_object_id);
      return operation;
    });
  }

  #instantiate(cls: Registrable, serialized: Config): unknown {
    const { class_name, config, build_config, compile_config, shared_object_id } = serialized;
    if (!isMethod(cls, 'from_config')) {
      // A function given for a class stands for itself.
      if (!isClass(cls)) return cls;
      throw new DeserializationError(`Class ${String(class_name)} at ${whereNow()} has no static from_config() method, ` +
        'so that no object can be made from its config. Add it, or extend a class of Keras.');
    }
    const make = (): Config => {
      const instance = (cls as unknown as { from_config(c: Config): Config }).from_config({ ...(config as Config | null) });
      if (isPlainObject(build_config) && !instance.built) {
        (instance.build_from_config as (c: Config) => void).call(instance, build_config);
        if (!instance.built) instance.built = true;
      }
      if (isPlainObject(compile_config) && Object.keys(compile_config).length > 0) {
        (instance.compile_from_config as (c: Config) => void).call(instance, compile_config);
      }
      return instance;
    };
    try {
      const safely = (): Config => withSafeMode(this.#safe, make);
      // A scope costs every later await of the process a little, so that none is opened for nothing.
      const instance = this.#custom ? custom_object_scope(this.#custom, safely) : safely();
      noteDeserialized(instance, shared_object_id);
      return instance;
    } catch (cause) {
      if (cause instanceof DeserializationError) throw cause;
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new DeserializationError(`Cannot make ${whereNow()} from its config: ${message}`, { cause });
    }
  }

  /** Python's lambdas are byte code. The only way to load one is to say which JavaScript function it shall be. */
  #lambda(): unknown {
    if (this.#safe) {
      throw new DeserializationError(
        `The config at ${whereNow()} contains a Python lambda: code in a file, which is refused. If you trust the ` +
        'file, and know what the lambda computes, load it with safe_mode: false and give the JavaScript function for ' +
        `it by the layer's name: load_model(path, {safe_mode: false, custom_objects: {${this.#example()}}}).`);
    }
    for (const name of [...namesAround(), '__lambda__']) {
      const found = get_registered_object(name, this.#custom);
      if (isPlainFunction(found)) return found;
    }
    throw new DeserializationError(
      `The config at ${whereNow()} contains a Python lambda, which only Python can run. Give the JavaScript function ` +
      `for it by the layer's name: custom_objects: {${this.#example()}}.`);
  }

  #example(): string {
    return `'${namesAround()[0] ?? '__lambda__'}': (x) => ...`;
  }
}

kerasExport(serialize_keras_object, 'keras.saving.serialize_keras_object', 'keras.utils.serialize_keras_object');
kerasExport(deserialize_keras_object, 'keras.saving.deserialize_keras_object', 'keras.utils.deserialize_keras_object');
kerasExport(enable_unsafe_deserialization, 'keras.config.enable_unsafe_deserialization');
