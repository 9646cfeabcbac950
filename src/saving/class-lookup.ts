/** Which class or function of this process a config means. */
import {
  findInAnyPackage, get_registered_object, getExportedObject, isClass, type CustomObjects, type Registrable,
} from './registration.js';
import { whereNow } from './scopes.js';

/** A config cannot be turned into an object. */
export class DeserializationError extends Error {
  override name = 'DeserializationError';
}

/** What a config says about a class or function. */
export interface Reference {
  module: unknown;
  class_name: string;
  registered_name: unknown;
  config: unknown;
}

/** Modules whose functions a file may name. Others (`keras.utils.get_file`) do more than compute. */
const FUNCTION_MODULES = [
  'keras.activations', 'keras.constraints', 'keras.initializers', 'keras.losses', 'keras.metrics', 'keras.regularizers',
  'keras.ops', 'keras.ops.nn', 'keras.ops.numpy', 'keras.ops.image', 'keras.ops.linalg',
];
/** Functions in those modules that make objects. */
const MAKERS: ReadonlySet<string> = new Set(['get', 'serialize', 'deserialize']);

/** Parts of module names, in files of older versions, that tell where a class has its place today. */
const FAMILIES = [
  'layers', 'losses', 'metrics', 'optimizers', 'schedules', 'initializers', 'regularizers', 'constraints', 'models',
  'dtype_policies', 'random',
];

/** The class that a config means, or undefined. */
export function findClass(reference: Reference, custom_objects: CustomObjects | null): Registrable | undefined {
  const { module, class_name, registered_name } = reference;
  if (typeof registered_name === 'string') {
    // The second name is how a caller may give a class that was registered elsewhere.
    const custom = get_registered_object(registered_name, custom_objects) ?? get_registered_object(class_name, custom_objects);
    if (typeof custom === 'function') return custom;
    // A name with a package was registered. Another class that happens to be called the same is not it.
    if (registered_name.includes('>')) return undefined;
  }
  if (typeof module !== 'string' || !/^(tf_)?keras(_core)?(\.|$)/.test(module)) return undefined;
  const today = module.replace(/^(tf_keras|keras_core)/, 'keras');
  const exported = getExportedObject(`${today}.${class_name}`);
  if (exported) return isClass(exported) ? exported : undefined;
  // Classes that were saved from an internal module, or from one that has moved since.
  const parts = today.split('.');
  const family = FAMILIES.find((name) => parts.includes(name));
  if (!family) return undefined;
  const place = family === 'schedules' ? 'optimizers.schedules' : family;
  const moved = getExportedObject(`keras.${place}.${class_name}`);
  return moved && isClass(moved) ? moved : undefined;
}

/** The function that a config means, or undefined. */
export function findFunction(
  name: string, module: unknown, custom_objects: CustomObjects | null,
): ((...args: unknown[]) => unknown) | undefined {
  const bare = name.slice(name.lastIndexOf('>') + 1);
  const custom = get_registered_object(name, custom_objects) ?? get_registered_object(bare, custom_objects);
  if (typeof custom === 'function') return custom as (...args: unknown[]) => unknown;
  const modules = typeof module === 'string' && FUNCTION_MODULES.includes(module) ? [module] : FUNCTION_MODULES;
  const isKerass = module !== null && module !== undefined && !MAKERS.has(name);
  for (const candidate of isKerass ? modules : []) {
    const found = getExportedObject(`${candidate}.${name}`);
    if (found && !isClass(found)) return found as (...args: unknown[]) => unknown;
  }
  // Keras up to 3.6 saved the function `my_package>my_fn` as `my_fn`, and Python looks for it among its modules.
  const elsewhere = findInAnyPackage(name, custom_objects);
  return typeof elsewhere === 'function' ? (elsewhere as (...args: unknown[]) => unknown) : undefined;
}

/** The error for a class or function that is not known here, with what to write so that it is. */
export function unknownReference(reference: Reference, kind: 'class' | 'function'): DeserializationError {
  const { module, class_name, registered_name } = reference;
  const name = kind === 'function' ? String(reference.config) : class_name;
  const lines = [
    `Cannot load ${kind} '${name}': it is not known here.`,
    `  Where: ${whereNow()}`,
    `  In the config: module ${quote(module)}, class_name ${quote(class_name)}, registered_name ${quote(registered_name)}`,
  ];
  const isKerass = kind === 'class' && typeof module === 'string' && /^keras(\.|$)/.test(module);
  if (isKerass && !String(registered_name).includes('>')) {
    lines.push(`${module as string}.${class_name} is a class of Keras that this version of keras-node does not have.`,
      'A class of your own can stand in for it:');
  } else lines.push(`If it is a ${kind} of yours, register it before loading:`);
  lines.push('', ...stub(reference, kind).map((line) => `  ${line}`));
  return new DeserializationError(lines.join('\n'));
}

const quote = (value: unknown): string => JSON.stringify(value) ?? 'not given';

/** Lines of code that make a class or function known, to be copied. */
function stub({ class_name, registered_name, config }: Reference, kind: 'class' | 'function'): string[] {
  const name = kind === 'function' ? String(config) : class_name;
  const key = typeof registered_name === 'string' && registered_name !== 'function' ? registered_name : name;
  const plain = name.slice(name.lastIndexOf('>') + 1).replaceAll(/\W/g, '_');
  const [packageName, registeredAs] = key.includes('>') ? key.split('>', 2) : [undefined, key];
  const lines = kind === 'function'
    ? [`function ${plain}(...args) { /* ... */ }`]
    : [`class ${plain} extends ${baseFor(config)} { /* ... */ }`];
  lines.push(packageName === undefined
    ? `const model = await keras.saving.load_model(path, {custom_objects: {${JSON.stringify(key)}: ${plain}}});`
    : `keras.saving.register_keras_serializable(${JSON.stringify(packageName)}, ${JSON.stringify(registeredAs)})(${plain});`);
  return lines;
}

/** The base class that a config's keys suggest. */
function baseFor(config: unknown): string {
  const has = (key: string): boolean => typeof config === 'object' && config !== null && key in config;
  if (has('learning_rate')) return 'keras.optimizers.Optimizer';
  if (has('reduction')) return 'keras.losses.Loss';
  if (has('layers')) return 'keras.Model';
  return 'keras.layers.Layer';
}
