/**
 * `keras.json`: where it lies, what it says, and which backend it or the environment asks for. Imports nothing of
 * the engine, so that `keras-node doctor` can use it where nothing else works.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findJsonError } from './json-position.js';

/** `keras.json` cannot be used; the message names the file and the place. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/** Backends of Python Keras that a shared keras.json may name; the default takes their place. */
const PYTHON_ONLY: ReadonlySet<string> = new Set(['jax', 'torch', 'numpy', 'openvino', 'theano', 'cntk']);

/** Keras's folder: `KERAS_HOME`, else `~/.keras`. */
export const kerasHome = (env: NodeJS.ProcessEnv = process.env): string => env.KERAS_HOME || path.join(os.homedir(), '.keras');

/** `keras.json` in Keras's folder. */
export const configPath = (env: NodeJS.ProcessEnv = process.env): string => path.join(kerasHome(env), 'keras.json');

/**
 * What the file says, or undefined when there is none.
 * @throws ConfigError when it cannot be read or is not a JSON object, with the line and column of the mistake
 */
export function readKerasJson(file: string): Record<string, unknown> | undefined {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new ConfigError(`${file} cannot be read: ${(error as Error).message}. Mend or delete the file.`, { cause: error });
  }
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch (error) {
    const { line, column, expected, received } = findJsonError(text);
    throw new ConfigError(`${file} is not valid JSON: line ${line}, column ${column}: expected ${expected}, ` +
      `received ${received}. Mend or delete the file.`, { cause: error });
  }
  if (config === null || typeof config !== 'object' || Array.isArray(config)) {
    throw new ConfigError(`${file} must hold a JSON object such as {"floatx": "float32"}, received ${text.trim().slice(0, 40)}.`);
  }
  return config as Record<string, unknown>;
}

export interface AskedBackend {
  /** The backend to use; undefined for the default. */
  name: string | undefined;
  /** Who asked: `KERAS_BACKEND`, the path of the file, or undefined when nobody did. */
  by: string | undefined;
  /** A backend of Python that was asked for, whose place the default takes. */
  ofPython: string | undefined;
}

/** The backend that the environment, or else the file, asks for. `known` are registered by name. */
export function askedBackend(
  config: Record<string, unknown> | undefined, known: (name: string) => boolean = () => false,
  env: NodeJS.ProcessEnv = process.env,
): AskedBackend {
  const by = env.KERAS_BACKEND ? 'KERAS_BACKEND' : configPath(env);
  const name = env.KERAS_BACKEND || config?.backend;
  if (name === undefined) return { name: undefined, by: undefined, ofPython: undefined };
  if (typeof name !== 'string') {
    throw new ConfigError(`${by}: the backend must be a string such as "tensorflow", received ${JSON.stringify(name)}.`);
  }
  if (PYTHON_ONLY.has(name) && !known(name)) return { name: undefined, by, ofPython: name };
  return { name, by, ofPython: undefined };
}
