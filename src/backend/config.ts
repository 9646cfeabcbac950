/** Global configuration: `keras.json`, the backend registry, floatx, epsilon, image data format. */
import fs from 'node:fs';
import path from 'node:path';
import { context, setBackendPicker } from '../engine/context.js';
import { getDefaultFloat, isFloat, setDefaultFloat, standardizeDType, type DType } from '../engine/dtype.js';
import { notice } from '../utils/notice.js';
import type { Backend, BackendFactory } from './backend.js';
import { askedBackend, ConfigError, configPath, readKerasJson } from './keras-json.js';
import { createTensorFlowBackend, RuntimeMissingError, type GroupOptions } from './tensorflow/index.js';
import { createCpuBackend, createWasmBackend } from './tfjs/index.js';
import { fixThreads, noteUnusedThreads, threads } from './threads.js';

export type ImageDataFormat = 'channels_last' | 'channels_first';

export { ConfigError } from './keras-json.js';

const factories = new Map<string, BackendFactory>([
  ['tensorflow', () => startTensorFlow()],
  ['wasm', createWasmBackend],
  ['cpu', createCpuBackend],
]);

/** Starts the `tensorflow` backend with the threads asked for, alone or in a group of processes. */
export function startTensorFlow(group?: GroupOptions): Backend {
  const { intra_op, inter_op } = threads();
  const started = createTensorFlowBackend({
    intra_op_threads: intra_op ?? undefined, inter_op_threads: inter_op ?? undefined, group });
  fixThreads();
  return started;
}

interface Settings {
  epsilon: number;
  image_data_format: ImageDataFormat;
}
const settings: Settings = { epsilon: 1e-7, image_data_format: 'channels_last' };

/**
 * Fuzz factor that keeps divisions and logarithms finite. Default 1e-7.
 * @example
 * keras.config.epsilon(); // 1e-7
 */
export const epsilon = (): number => settings.epsilon;

/**
 * Sets the fuzz factor. Source: keras.config.set_epsilon.
 *
 * @param value above 0
 * @example
 * keras.config.set_epsilon(1e-6);
 * keras.config.set_epsilon(1e-7);
 */
export function set_epsilon(value: number): void {
  if (typeof value !== 'number' || !(value > 0)) {
    throw new RangeError(`epsilon must be a positive number, received ${JSON.stringify(value)}.`);
  }
  settings.epsilon = value;
}

/**
 * The float dtype of new variables and of numbers. Default `float32`.
 * @example
 * keras.config.floatx(); // 'float32'
 */
export const floatx = (): DType => getDefaultFloat();

/**
 * Sets the float dtype of what is made from now on. Source: keras.config.set_floatx.
 *
 * @param value float16, bfloat16, float32 or float64
 * @throws TypeError for other dtypes
 * @example
 * keras.config.set_floatx('float64');
 * ops.array([1, 2]).dtype; // 'float64'
 * keras.config.set_floatx('float32');
 */
export function set_floatx(value: string): void {
  const dtype = standardizeDType(value);
  if (!isFloat(dtype)) {
    throw new TypeError(`floatx must be one of float16, bfloat16, float32, float64, received '${value}'.`);
  }
  setDefaultFloat(dtype);
}

/**
 * Default place of the channels in image tensors.
 * @example
 * keras.config.image_data_format(); // 'channels_last'
 */
export const image_data_format = (): ImageDataFormat => settings.image_data_format;

/**
 * Sets where layers and ops that are not told look for the channels of images.
 * Source: keras.config.set_image_data_format.
 *
 * @param data_format channels_last or channels_first
 * @example
 * keras.config.set_image_data_format('channels_first');
 * keras.config.set_image_data_format('channels_last');
 */
export function set_image_data_format(data_format: string): void {
  settings.image_data_format = standardize_data_format(data_format);
}

/** Checks a data format; null and undefined give the configured one. */
export function standardize_data_format(value: string | null | undefined): ImageDataFormat {
  if (value === null || value === undefined) return settings.image_data_format;
  if (value !== 'channels_last' && value !== 'channels_first') {
    throw new TypeError(`data_format must be 'channels_last' or 'channels_first', received '${value}'.`);
  }
  return value;
}

/**
 * Makes a backend known by name. The factory runs when the backend is first used.
 * @example
 * keras.config.register_backend('mine', () => {
 *   throw new Error('Not here yet.');
 * });
 * keras.config.list_backends().includes('mine'); // true
 */
export function register_backend(name: string, factory: BackendFactory): void {
  factories.set(name, factory);
}

/**
 * Names of the registered backends.
 * @example
 * keras.config.list_backends().includes('wasm'); // true
 */
export const list_backends = (): string[] => [...factories.keys()];

/**
 * The name of the backend in use; starts it when none is.
 * @example
 * keras.config.list_backends().includes(keras.config.backend()); // true
 */
export const backend = (): string => (context.backend ?? startBackend()).name;

/**
 * Chooses the backend by name, or hands one over. Tensors and variables of the former backend stay with it, so
 * choose before making any.
 * @example
 * const first = () => keras.config.set_backend('cpu');
 */
export function set_backend(backend_: string | Backend): void {
  if (typeof backend_ !== 'string') {
    context.backend = backend_;
    _BACKEND = backend_.name;
    return;
  }
  const factory = factories.get(backend_);
  if (!factory) throw new ConfigError(`Unknown backend '${backend_}'. ${registered()}`);
  context.backend = factory();
  _BACKEND = backend_;
  if (backend_ !== 'tensorflow') noteUnusedThreads(backend_);
}

const registered = (): string => `Registered backends: ${list_backends().join(', ')}.`;

/** What keras.json says, which is read when the package is loaded. */
const file = configPath();
const config = readKerasJson(file);

/** Keras 1's name for the backend in use; before one is started, for the one that will be tried. */
export let _BACKEND: string = askedBackend(config).name ?? 'tensorflow';

function startBackend(): Backend {
  const { name, by, ofPython } = askedBackend(config, (known) => factories.has(known));
  if (ofPython) notice(`${by} names the backend '${ofPython}', which is Python's; keras-node uses 'tensorflow'.`);
  if (name && name !== 'tensorflow') {
    if (!factories.has(name)) throw new ConfigError(`${by} names the unknown backend '${name}'. ${registered()}`);
    set_backend(name);
    notice(`Using ${name} backend.`);
    return context.backend!;
  }
  try {
    set_backend('tensorflow');
    notice('Using TensorFlow backend.');
  } catch (error) {
    // Asked for by name in the environment, it must work; as a default, the slower backend takes its place.
    if (!(error instanceof RuntimeMissingError) || process.env.KERAS_BACKEND === 'tensorflow') throw error;
    set_backend('wasm');
    notice(`${error.message} Until then the slower wasm backend is used.`);
  }
  return context.backend!;
}

/** Keras 1's spelling of the data format. */
const dimOrdering = (value: unknown): unknown =>
  value === 'tf' ? 'channels_last' : value === 'th' ? 'channels_first' : value;

function applyConfig(found: Record<string, unknown>): void {
  try {
    if (found.epsilon !== undefined) set_epsilon(found.epsilon as number);
    if (found.floatx !== undefined) set_floatx(found.floatx as string);
    const format = found.image_data_format ?? dimOrdering(found.image_dim_ordering);
    if (format !== undefined) set_image_data_format(format as string);
  } catch (error) {
    throw new ConfigError(`${file}: ${(error as Error).message}`, { cause: error });
  }
}

function writeDefaults(): void {
  const defaults = { floatx: 'float32', epsilon: 1e-7, backend: 'tensorflow', image_data_format: 'channels_last' };
  const whole = `${file}.${process.pid}`;
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(whole, `${JSON.stringify(defaults, null, 4)}\n`);
    // A link appears with all its content, which a process that starts at the same time may read, and replaces no file.
    fs.linkSync(whole, file);
  } catch {
    // A home that cannot be written to is no reason to fail: the defaults hold without a file.
  } finally {
    fs.rmSync(whole, { force: true });
  }
}

if (config) applyConfig(config);
else writeDefaults();
setBackendPicker(startBackend);
