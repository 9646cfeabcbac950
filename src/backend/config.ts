/** Global configuration: `keras.json`, the backend registry, floatx, epsilon, image data format. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { context, setBackendPicker } from '../engine/context.js';
import { getDefaultFloat, isFloat, setDefaultFloat, standardizeDType, type DType } from '../engine/dtype.js';
import { notice } from '../utils/notice.js';
import type { Backend, BackendFactory } from './backend.js';
import { createTensorFlowBackend, RuntimeMissingError } from './tensorflow/index.js';
import { createCpuBackend, createWasmBackend } from './tfjs/index.js';

export type ImageDataFormat = 'channels_last' | 'channels_first';

/** `keras.json` cannot be used; the message names the file and the place. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

const factories = new Map<string, BackendFactory>([
  ['tensorflow', createTensorFlowBackend],
  ['wasm', createWasmBackend],
  ['cpu', createCpuBackend],
]);
/** Backends of Python Keras that a shared keras.json may name. */
const PYTHON_ONLY = new Set(['jax', 'torch', 'numpy', 'openvino', 'theano', 'cntk']);

interface Settings {
  epsilon: number;
  image_data_format: ImageDataFormat;
  /** The backend asked for by name; undefined for the default with its fallback. */
  backend: string | undefined;
}
const settings: Settings = { epsilon: 1e-7, image_data_format: 'channels_last', backend: undefined };

/** Fuzz factor that keeps divisions and logarithms finite. Default 1e-7. */
export const epsilon = (): number => settings.epsilon;

export function set_epsilon(value: number): void {
  if (!(value > 0)) throw new RangeError(`epsilon must be a positive number, received ${String(value)}.`);
  settings.epsilon = value;
}

/** The float dtype of new variables and of numbers. Default `float32`. */
export const floatx = (): DType => getDefaultFloat();

export function set_floatx(value: string): void {
  const dtype = standardizeDType(value);
  if (!isFloat(dtype)) {
    throw new TypeError(`floatx must be one of float16, bfloat16, float32, float64, received '${value}'.`);
  }
  setDefaultFloat(dtype);
}

/** Default place of the channels in image tensors. */
export const image_data_format = (): ImageDataFormat => settings.image_data_format;

export function set_image_data_format(value: string): void {
  settings.image_data_format = standardize_data_format(value);
}

/** Checks a data format; null and undefined give the configured one. */
export function standardize_data_format(value: string | null | undefined): ImageDataFormat {
  if (value === null || value === undefined) return settings.image_data_format;
  if (value !== 'channels_last' && value !== 'channels_first') {
    throw new TypeError(`data_format must be 'channels_last' or 'channels_first', received '${value}'.`);
  }
  return value;
}

/** Makes a backend known by name. The factory runs when the backend is first used. */
export function register_backend(name: string, factory: BackendFactory): void {
  factories.set(name, factory);
}

/** Names of the registered backends. */
export const list_backends = (): string[] => [...factories.keys()];

/** The name of the backend in use; starts it when none is. */
export const backend = (): string => (context.backend ?? startBackend()).name;

/**
 * Chooses the backend by name, or hands one over. Tensors and variables of the former backend stay with it, so
 * choose before making any.
 */
export function set_backend(choice: string | Backend): void {
  if (typeof choice !== 'string') {
    context.backend = choice;
    return;
  }
  const factory = factories.get(choice);
  if (!factory) {
    throw new ConfigError(`Unknown backend '${choice}'. Registered backends: ${list_backends().join(', ')}.`);
  }
  settings.backend = choice;
  context.backend = factory();
}

const asked = (): { name: string | undefined; by: string } => {
  if (process.env.KERAS_BACKEND) return { name: process.env.KERAS_BACKEND, by: 'KERAS_BACKEND' };
  return { name: settings.backend, by: 'keras.json' };
};

function startBackend(): Backend {
  loadConfigFile();
  const { name, by } = asked();
  if (name && PYTHON_ONLY.has(name) && !factories.has(name)) {
    notice(`${by} names the backend '${name}', which is Python's; keras-node uses 'tensorflow'.`);
  } else if (name && name !== 'tensorflow') {
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

let loaded = false;

/** Reads `$KERAS_HOME/keras.json` (default `~/.keras`); writes it with the defaults when there is none. */
export function loadConfigFile(): void {
  if (loaded) return;
  loaded = true;
  const file = path.join(process.env.KERAS_HOME ?? path.join(os.homedir(), '.keras'), 'keras.json');
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') writeDefaults(file);
    return;
  }
  let config: Record<string, unknown>;
  try {
    config = JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    throw new ConfigError(`${file} is not valid JSON: ${(error as Error).message}. Mend or delete the file.`, { cause: error });
  }
  if (config === null || typeof config !== 'object' || Array.isArray(config)) {
    throw new ConfigError(`${file} must hold a JSON object such as {"floatx": "float32"}.`);
  }
  try {
    if (config.epsilon !== undefined) set_epsilon(config.epsilon as number);
    if (config.floatx !== undefined) set_floatx(config.floatx as string);
    const format = config.image_data_format ?? dimOrdering(config.image_dim_ordering);
    if (format !== undefined) set_image_data_format(format as string);
    if (typeof config.backend === 'string') settings.backend ??= config.backend;
  } catch (error) {
    throw new ConfigError(`${file}: ${(error as Error).message}`, { cause: error });
  }
}

/** Keras 1's spelling of the data format. */
const dimOrdering = (value: unknown): unknown =>
  value === 'tf' ? 'channels_last' : value === 'th' ? 'channels_first' : value;

function writeDefaults(file: string): void {
  const defaults = { floatx: 'float32', epsilon: 1e-7, backend: 'tensorflow', image_data_format: 'channels_last' };
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, `${JSON.stringify(defaults, null, 4)}\n`, { flag: 'wx' });
  } catch {
    // A home that cannot be written to is no reason to fail: the defaults hold without a file.
  }
}

setBackendPicker(startBackend);
