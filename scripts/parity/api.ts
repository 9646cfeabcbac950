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

/** Arguments, members and aliases that are left out of symbols which are here, and why. */
const LEFT_OUT_PARTS: readonly (readonly [symbols: RegExp, parts: readonly string[], reason: string])[] = [
  [/^keras\.(Operation|layers\.\w+|models\.\w+)$/, [
    'lora_rank', 'lora_alpha', 'enable_lora', 'quantization_config', 'gptq_unpacked_column_size', 'quantized_build', 'quantized_call',
    'quantize', 'get_quantization_layer_structure', 'variable_serialization_spec',
  ], 'LoRA and quantization come later'],
  [/\.StatelessScope$/, ['initialize_variables'], 'variables that are made in the scope have their first values at once'],
  [/\.TensorBoard$/, ['summary'], 'is the module tensorflow.summary of Python'],
  [/\.CustomObjectScope$/, ['keras.utils.custom_object_scope', 'keras.saving.custom_object_scope'],
    'is a function that runs another one in the scope, for want of a `with`'],
];

/** The parts of a symbol that are left out, by their names. */
export function partsLeftOut(symbol: string): ReadonlyMap<string, string> {
  return new Map(LEFT_OUT_PARTS.filter(([symbols]) => symbols.test(symbol))
    .flatMap(([, parts, reason]) => parts.map((part) => [part, reason] as const)));
}
