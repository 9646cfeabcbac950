/**
 * Configs of Keras 2, and those in Keras 3's HDF5 files, in the form of today: `{module, class_name, config,
 * registered_name}`.
 *
 * Most of the old forms name classes without their modules, so that the key under which an object stands has to tell what it
 * is (`Identity` is a layer and an initializer), and they have other names for some options.
 * Source: keras/src/legacy/saving/saving_utils.py, `model_from_config`.
 */
import { isPlainObject } from '../../engine/structure.js';
import { warn } from '../load-report.js';
import { getExportedObject } from '../registration.js';
import { DeserializationError } from '../serialization.js';

type Config = Record<string, unknown>;

/** What is looked for under a key; layers anywhere else. */
const FAMILIES: readonly (readonly [key: RegExp, module: string])[] = [
  [/initializer$/, 'keras.initializers'], [/regularizer$/, 'keras.regularizers'], [/constraint$/, 'keras.constraints'],
  [/^optimizer/, 'keras.optimizers'], [/^learning_rate$/, 'keras.optimizers.schedules'], [/^loss$/, 'keras.losses'],
  [/metrics$/, 'keras.metrics'], [/^dtype/, 'keras.dtype_policies'],
];

const SPATIAL = ['trainable', 'noise_shape'];
const KERNEL = ['groups', 'kernel_initializer', 'kernel_regularizer', 'kernel_constraint'];

/** Options of Keras 2 that have no meaning in Keras 3, of all layers, of a family, of a class. */
const DROPPED: Record<string, readonly string[]> = {
  'keras.layers': ['implementation', 'time_major', 'batch_input_shape', 'input_shape', 'input_dtype'],
  'keras.optimizers': ['decay', 'jit_compile', 'is_legacy_optimizer'],
  InputLayer: ['ragged', 'sparse'],
  Embedding: ['input_length'],
  Lambda: ['module', 'function_type', 'output_shape_type', 'output_shape_module'],
  MultiHeadAttention: ['query_shape', 'key_shape', 'value_shape', 'softmax_robust_masking'],
  DepthwiseConv1D: KERNEL, DepthwiseConv2D: KERNEL, SeparableConv1D: KERNEL, SeparableConv2D: KERNEL,
  SpatialDropout1D: SPATIAL, SpatialDropout2D: SPATIAL, SpatialDropout3D: SPATIAL,
  Conv1DTranspose: ['groups'], Conv2DTranspose: ['groups'], Conv3DTranspose: ['groups'],
};
/** Names that classes had in Keras 2, or have in its `.h5` files alone, and options with other names than today. */
const CLASSES: Record<string, string> = { Model: 'Functional', CuDNNLSTM: 'LSTM', CuDNNGRU: 'GRU', GroupedQueryAttention: 'GroupQueryAttention' };
const OPTIONS: Record<string, Record<string, string>> = {
  LeakyReLU: { alpha: 'negative_slope' }, InputLayer: { batch_input_shape: 'batch_shape' },
};
/** The oldest names of layers' options, of Keras 1. */
const OPTIONS_OF_KERAS_1: Record<string, string> = {
  output_dim: 'units', init: 'kernel_initializer', bias: 'use_bias', p: 'rate', W_regularizer: 'kernel_regularizer',
  b_regularizer: 'bias_regularizer', W_constraint: 'kernel_constraint', b_constraint: 'bias_constraint',
};

/**
 * The config of a model, or of any object in one, in today's form. What has that form already keeps it.
 *
 * @param config As the file has it: not changed.
 * @param key Under which it stands, where it is not the model itself.
 * @throws DeserializationError where it is none.
 */
export function modernConfig(config: unknown, key = ''): unknown {
  if (Array.isArray(config)) return config.map((item) => modernConfig(item, key));
  if (!isPlainObject(config)) return config;
  if (typeof config.class_name !== 'string' || !('config' in config)) {
    return mapEntries(config, (value, name) => modernConfig(value, FAMILIES.some(([family]) => family.test(key)) ? key : name));
  }
  const isValue = config.class_name.startsWith('__') || ('module' in config && !isPlainObject(config.config));
  return isValue ? config : modernObject(config as Config & Named, key);
}

/**
 * Warns where a model of Keras 2 has an activation that Keras 3 computes otherwise under the same name: `hard_sigmoid` was
 * `0.2 x + 0.5` between 0 and 1, and is `x / 6 + 0.5`.
 */
export function warnOfChanges(config: unknown, keras_version: unknown, file: string): void {
  if (!String(keras_version).startsWith('2.') || !JSON.stringify(config).includes('"hard_sigmoid"')) return;
  warn(`The model in ${file} was made with Keras 2, whose hard_sigmoid had another slope than Keras 3's: ` +
    'it will not compute quite the same. Train it on, or replace that activation by a function of your own.');
}

interface Named {
  class_name: string;
  config: unknown;
}

function modernObject(object: Config & Named, key: string): unknown {
  const class_name = CLASSES[object.class_name] ?? object.class_name;
  // A policy of mixed precision is known by its name.
  if (/^(Mixed)?Policy(V1)?$/.test(class_name) && isPlainObject(object.config)) return object.config.name;
  const isKnown = 'module' in object && class_name !== 'Functional';
  const reference = isKnown ? { module: object.module as string | null } : referenceTo(class_name, key);
  if (class_name === 'Sequential') {
    return withModernCompilation({ ...object, ...reference, config: sequentialConfig(object.config) });
  }
  if (!isPlainObject(object.config)) {
    throw new DeserializationError(`The config of a ${class_name} is ${JSON.stringify(object.config)}, not an object.`);
  }
  const config = modernOptions(class_name, reference.module, object.config);
  const modern: Config = { ...object, ...reference, config: class_name === 'Functional' ? withModernNodes(config) : config };
  return withModernCompilation(modern);
}

/** Layers are built when they are called; what Keras 2 noted of that does not say all that today's layers want. */
function withModernCompilation({ build_config, ...object }: Config): Config {
  const kept = object.module === 'keras.layers' ? object : { ...object, ...(build_config !== undefined && { build_config }) };
  return 'compile_config' in kept ? { ...kept, compile_config: modernConfig(kept.compile_config) } : kept;
}

/** Where a class has its place: in the module that its key tells, or as a class of the user's. */
function referenceTo(name: string, key: string): { module: string | null; class_name: string; registered_name: string | null } {
  const bare = name.slice(name.lastIndexOf('>') + 1);
  const family = FAMILIES.find(([pattern]) => pattern.test(key))?.[1];
  // Keras 2's optimizers call themselves custom.
  const isKerass = !name.includes('>') || (family === 'keras.optimizers' && getExportedObject(`${family}.${bare}`));
  if (!isKerass) return { module: null, class_name: bare, registered_name: name };
  if (bare === 'Functional') return { module: 'keras.src.models.functional', class_name: bare, registered_name: bare };
  const places = family ? [family] : ['keras.layers', 'keras', 'keras.initializers', 'keras.losses', 'keras.metrics'];
  const module = places.find((place) => getExportedObject(`${place}.${bare}`)) ?? places[0];
  // A class that is registered under its bare name comes before Keras's.
  return { module, class_name: bare, registered_name: bare };
}

function modernOptions(class_name: string, module: string | null, config: Config): Config {
  const dropped = new Set([...(DROPPED[module ?? ''] ?? []), ...(DROPPED[class_name] ?? [])]);
  const named = Object.fromEntries(Object.entries(config).map(([name, value]) => [newName(class_name, name, config), value]));
  if (Array.isArray(named.axis) && named.axis.length === 1) [named.axis] = named.axis as unknown[];
  if (class_name === 'Lambda' && Array.isArray(named.function)) named.function = { class_name: '__lambda__', config: {} };
  if (typeof named.fn === 'string') {
    named.fn = { module: 'builtins', class_name: 'function', config: named.fn, registered_name: 'function' };
  }
  if (named.reduction === 'auto') named.reduction = 'sum_over_batch_size';
  const kept = Object.fromEntries(Object.entries(named).filter(([name]) => !dropped.has(name)));
  return mapEntries(kept, (value, name) => (name === 'name' ? value : modernConfig(value, name)));
}

function newName(class_name: string, name: string, config: Config): string {
  if (name === 'lr') return 'learning_rate';
  // Keras 1 had no `units`; an embedding's `output_dim` is today's name, too.
  const isOld = class_name === 'Dense' ? !('units' in config) : class_name === 'Dropout' && !('rate' in config);
  return OPTIONS[class_name]?.[name] ?? (isOld ? (OPTIONS_OF_KERAS_1[name] ?? name) : name);
}

const RECURRENT: ReadonlySet<string> = new Set(
  ['RNN', 'SimpleRNN', 'LSTM', 'GRU', 'Bidirectional', 'ConvLSTM1D', 'ConvLSTM2D', 'ConvLSTM3D']);

/** Keras 2 hands states to recurrent layers behind their input, in one list. */
function withInitialState(call: Call[]): Call[] {
  const [input, ...states] = call;
  if (states.length === 0 || typeof input === 'string') return call;
  const [layer, node, tensor, named] = input;
  return [[layer, node, tensor, { ...named, initial_state: states.map((state) => state.slice(0, 3)) }]];
}

type Call = [layer: string, node: number, tensor: number, named?: Config];

/**
 * Keras 2 counts the call that a model inside another was born with as its first, wherever it names one; Keras 3 does so
 * only where functional models are among the outputs.
 */
function withModernNodes(config: Config): Config {
  const { layers, output_layers } = config as { layers?: (Config & { class_name: string; name: string })[]; output_layers?: unknown };
  if (!Array.isArray(layers)) return config;
  const models = new Map(layers.flatMap(({ class_name, name }) =>
    (class_name === 'Functional' || class_name === 'Sequential' ? [[name, class_name]] : [])));
  const renumber = (value: unknown, isOutput: boolean): unknown => {
    if (!Array.isArray(value)) return isPlainObject(value) && !isOutput ? mapEntries(value, (item) => renumber(item, false)) : value;
    const [layer, node, ...rest] = value as Call;
    if (typeof layer !== 'string' || typeof node !== 'number') return value.map((item) => renumber(item, isOutput));
    const isCounted = models.has(layer) && node > 0 && !(isOutput && models.get(layer) === 'Functional');
    return [layer, isCounted ? node - 1 : node, ...rest.map((item) => renumber(item, false))];
  };
  const isOld = layers.some(({ inbound_nodes: nodes }) => Array.isArray(nodes) && nodes.some(Array.isArray));
  if (!isOld) return config;
  return {
    ...config,
    layers: layers.map((layer) => {
      const calls = renumber(layer.inbound_nodes, false) as Call[][];
      return { ...layer, inbound_nodes: RECURRENT.has(layer.class_name) ? calls.map(withInitialState) : calls };
    }),
    output_layers: renumber(output_layers, true),
  };
}

/** The layers of a Sequential, in its oldest form a list alone. The first may tell the shape of the input. */
function sequentialConfig(config: unknown): Config {
  const form: Config = Array.isArray(config) ? { layers: config } : (config as Config);
  if (!isPlainObject(form) || !Array.isArray(form.layers)) {
    throw new DeserializationError('The config of a Sequential holds no list of layers.');
  }
  const layers = form.layers as (Config & Named)[];
  const [first] = layers;
  const options = isPlainObject(first?.config) ? first.config : {};
  const shape = options.batch_input_shape;
  const starts = first?.class_name !== 'InputLayer' && Array.isArray(shape);
  const input = { class_name: 'InputLayer', config: { batch_shape: shape, dtype: inputDType(first, options) } };
  return { ...form, layers: modernConfig(starts ? [input, ...layers] : layers) };
}

/** Keras 2 noted the dtype of the input with the layer that takes it. */
const inputDType = (first: Named | undefined, options: Config): string =>
  first?.class_name === 'Embedding' || typeof options.dtype !== 'string' ? 'float32' : options.dtype;

function mapEntries(object: Config, fn: (value: unknown, key: string) => unknown): Config {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, fn(value, key)]));
}
