/** Keras's public API as a table: every symbol with its arguments and defaults, as Python's `inspect` gives them. */
import { readFileSync } from 'node:fs';

export type Default = null | boolean | number | string | readonly Default[];

export interface Signature {
  required: readonly string[];
  optional: Readonly<Record<string, Default>>;
  /** `*args` and `**kwargs`. */
  variadic?: readonly string[];
}

export interface ApiSymbol extends Signature {
  kind: 'class' | 'function';
  aliases: readonly string[];
  members?: Readonly<Record<string, Signature | 'property'>>;
}

export interface Api {
  keras: string;
  symbols: Readonly<Record<string, ApiSymbol>>;
}

export function readApi(): Api {
  return JSON.parse(readFileSync(new URL('./keras-api.json', import.meta.url), 'utf8')) as Api;
}

/** Why a symbol has no place in a package for Node; undefined for those that have. */
export function reasonToLeaveOut(path: string): string | undefined {
  return LEFT_OUT.find(([pattern]) => pattern.test(path))?.[1];
}

const LEFT_OUT: readonly (readonly [RegExp, string])[] = [
  [/\.TorchModuleWrapper$/, 'wraps modules of PyTorch, a Python library'],
  [/\.FlaxLayer$/, 'wraps modules of Flax, a Python library'],
  [/\.JaxLayer$/, 'wraps functions of JAX, a Python library'],
  [/^keras\.wrappers\.SKLearn/, 'wraps models for scikit-learn, a Python library'],
  [/\.OrbaxCheckpoint$/, 'writes through Orbax, a Python library'],
];
