/**
 * Configs as TensorFlow.js 4 reads them: those of Keras 2, without modules, with the calls of layers as lists, for the
 * layers that it has. What it does not have, or would compute otherwise, is an error that names the layer.
 */
import { flatten, isPlainObject } from '../../engine/structure.js';

type Config = Record<string, unknown>;

/** A model has something that TensorFlow.js does not know. */
export class BrowserModelError extends Error {
  override name = 'BrowserModelError';
}

/** The layers of tfjs-layers 4.22 that compute what Keras's of the same name do. */
const LAYERS: ReadonlySet<string> = new Set([
  'Activation', 'Add', 'AlphaDropout', 'Average', 'AveragePooling1D', 'AveragePooling2D', 'AveragePooling3D',
  'BatchNormalization', 'Bidirectional', 'Concatenate', 'Conv1D', 'Conv2D', 'Conv2DTranspose', 'Conv3D',
  'Conv3DTranspose', 'ConvLSTM2D', 'Cropping2D', 'Dense', 'DepthwiseConv2D', 'Dot', 'Dropout', 'ELU', 'Embedding',
  'Flatten', 'Functional', 'GRU', 'GRUCell', 'GaussianDropout', 'GaussianNoise', 'GlobalAveragePooling1D',
  'GlobalAveragePooling2D', 'GlobalMaxPooling1D', 'GlobalMaxPooling2D', 'InputLayer', 'LSTM', 'LSTMCell',
  'LayerNormalization', 'LeakyReLU', 'Masking', 'MaxPooling1D', 'MaxPooling2D', 'MaxPooling3D', 'Maximum', 'Minimum',
  'Multiply', 'PReLU', 'Permute', 'RNN', 'ReLU', 'RepeatVector', 'Rescaling', 'Reshape', 'SeparableConv2D',
  'Sequential', 'SimpleRNN', 'SimpleRNNCell', 'Softmax', 'SpatialDropout1D', 'StackedRNNCells', 'TimeDistributed',
  'UpSampling2D', 'ZeroPadding2D',
]);
/** Activations that agree with Keras 3's. `hard_sigmoid` has another slope there. */
const ACTIVATIONS: Record<string, string> = {
  elu: 'elu', gelu: 'gelu', linear: 'linear', log_softmax: 'log_softmax', mish: 'mish', relu: 'relu', relu6: 'relu6',
  selu: 'selu', sigmoid: 'sigmoid', silu: 'swish', softmax: 'softmax', softplus: 'softplus', softsign: 'softsign',
  swish: 'swish', tanh: 'tanh',
};
/** Options that must have one value, since another would be ignored or refused. */
const FIXED: Record<string, Record<string, unknown>> = {
  ELU: { alpha: 1 }, ReLU: { negative_slope: 0, threshold: 0 }, GRU: { reset_after: false }, GRUCell: { reset_after: false },
  Conv1D: { groups: 1 }, Conv2D: { groups: 1 }, Conv3D: { groups: 1 }, BatchNormalization: { renorm: false },
  ...Object.fromEntries(['Conv2DTranspose', 'Conv3DTranspose'].map((name) => [name, { output_padding: null }])),
};
const RENAMED: Record<string, Record<string, string>> = {
  InputLayer: { batch_shape: 'batch_input_shape' }, LeakyReLU: { negative_slope: 'alpha' },
};
const DROPPED = ['optional', 'registered_name', 'build_config', 'build_input_shape', 'quantization_config', 'backward_layer'];

const INITIALIZERS: ReadonlySet<string> = new Set([
  'Constant', 'GlorotNormal', 'GlorotUniform', 'HeNormal', 'HeUniform', 'Identity', 'Ones', 'Orthogonal', 'RandomNormal',
  'RandomUniform', 'TruncatedNormal', 'VarianceScaling', 'Zeros',
]);
const CONSTRAINTS: ReadonlySet<string> = new Set(['MaxNorm', 'MinMaxNorm', 'NonNeg', 'UnitNorm']);

/**
 * The config of a model, or of a layer in one, for TensorFlow.js.
 *
 * @param serialized What `serialize_keras_object` gives.
 * @throws BrowserModelError
 */
export function browserConfig(serialized: Config): Config {
  const { class_name, config, name } = serialized as { class_name: string; config: Config; name?: string };
  const where = `layer '${String(config?.name ?? name ?? class_name)}' (${class_name})`;
  const isKerass = typeof serialized.module === 'string' && /^keras(\.|$)/.test(serialized.module);
  if (!isKerass || !LAYERS.has(class_name)) {
    throw new BrowserModelError(`TensorFlow.js has no counterpart of the ${where}. ` +
      `It knows: ${[...LAYERS].join(', ')}.`);
  }
  for (const [key, value] of Object.entries(FIXED[class_name] ?? {})) {
    if (config[key] === undefined || config[key] === value) continue;
    throw new BrowserModelError(`TensorFlow.js has the ${where} only with '${key}' ${JSON.stringify(value)}; here ` +
      `it is ${JSON.stringify(config[key])}.`);
  }
  if (config.padding === 'causal') {
    throw new BrowserModelError(`TensorFlow.js cannot compute the ${where} with padding 'causal'.`);
  }
  const options = Object.entries(config).filter(([key]) => !DROPPED.includes(key))
    .map(([key, value]) => [RENAMED[class_name]?.[key] ?? key, option(key, value, where)]);
  const converted = Object.fromEntries(options) as Config;
  if (class_name === 'Bidirectional') withoutDirection(converted.layer as Config);
  if (class_name === 'Functional') Object.assign(converted, graphOf(config, where));
  return { class_name, config: converted };
}

/** TensorFlow.js puts `forward_` before the name of the layer; Keras 3 has it there already. */
function withoutDirection({ config }: Config): void {
  const options = config as Config;
  options.name = String(options.name).replace(/^forward_/, '');
}

function option(key: string, value: unknown, where: string): unknown {
  if (key === 'layers') return (value as Config[]).map(browserConfig);
  if (key === 'dtype') return where.endsWith('(InputLayer)') ? value : 'float32';
  if (key.endsWith('activation')) return activation(value, where);
  if (key.endsWith('initializer')) return initializer(value as Config | null);
  if (key.endsWith('_regularizer')) return regularizer(value as Config | null, where);
  if (key.endsWith('_constraint')) return constraint(value as Config | null, where);
  if (Array.isArray(value)) return value.map((item) => option('', item, where));
  return isPlainObject(value) && 'class_name' in value ? browserConfig(value) : value;
}

function activation(value: unknown, where: string): string | null {
  if (value === null) return null;
  const name = isPlainObject(value) ? value.config : value;
  const known = typeof name === 'string' ? ACTIVATIONS[name] : undefined;
  if (known) return known;
  throw new BrowserModelError(`TensorFlow.js does not know the activation ${JSON.stringify(name)} of the ${where}. ` +
    `It knows: ${Object.keys(ACTIVATIONS).join(', ')}.`);
}

/** What made the first values says nothing more once there are others: any will do where the one meant is not known. */
function initializer(value: Config | null): Config | null {
  if (value === null) return null;
  const { class_name, config } = value;
  return INITIALIZERS.has(String(class_name)) ? { class_name, config } : { class_name: 'Zeros', config: {} };
}

function regularizer(value: Config | null, where: string): Config | null {
  if (value === null) return null;
  const { class_name, config } = value as { class_name: string; config: Config };
  if (['L1', 'L2', 'L1L2'].includes(class_name)) {
    return { class_name: 'L1L2', config: { l1: config.l1 ?? 0, l2: config.l2 ?? 0 } };
  }
  throw new BrowserModelError(`TensorFlow.js does not know the regularizer ${class_name} of the ${where}.`);
}

function constraint(value: Config | null, where: string): Config | null {
  if (value === null) return null;
  const { class_name, config } = value as { class_name: string; config: Config };
  if (CONSTRAINTS.has(class_name)) return { class_name, config };
  throw new BrowserModelError(`TensorFlow.js does not know the constraint ${class_name} of the ${where}.`);
}

// ---------------------------------------------------------------------------------------------------------
// The graph of a functional model

type Place = [layer: string, node: number, tensor: number];

/** Models inside a model count the call that they were born with. */
function graphOf(config: Config, where: string): Config {
  const layers = config.layers as Config[];
  const models = new Set(layers.filter(({ class_name }) => class_name === 'Functional' || class_name === 'Sequential')
    .map(({ name }) => name));
  const sequentials = new Set(layers.filter(({ class_name }) => class_name === 'Sequential').map(({ name }) => name));
  const placeOf = ([layer, node, tensor]: Place, born: ReadonlySet<unknown>): Place =>
    [layer, born.has(layer) ? node + 1 : node, tensor];
  const ends = (value: unknown): Place[] => places(value).map((place) => placeOf(place, sequentials));
  return {
    layers: layers.map((layer) => ({
      ...browserConfig(layer), name: layer.name,
      inbound_nodes: (layer.inbound_nodes as { args: unknown; kwargs: Config }[])
        .map((node) => callOf(node, String(layer.name), (place) => placeOf(place, models))),
    })),
    input_layers: places(config.input_layers), output_layers: ends(config.output_layers),
    name: config.name ?? where,
  };
}

/** All places in a nested structure of them. */
function places(value: unknown): Place[] {
  if (Array.isArray(value) && value.length === 3 && typeof value[0] === 'string') return [value as Place];
  const inside = isPlainObject(value) ? Object.values(value) : value;
  return Array.isArray(inside) ? inside.flatMap(places) : [];
}

function callOf(
  { args, kwargs }: { args: unknown; kwargs: Config }, layer: string, placeOf: (place: Place) => Place,
): unknown[] {
  const refuse = (): never => {
    throw new BrowserModelError(`TensorFlow.js cannot call the layer '${layer}' as this model does: ` +
      'with other arguments than one tensor, or a list of tensors.');
  };
  const tensors: Place[] = [];
  const collect = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(collect);
    else if (isPlainObject(value) && value.class_name === '__keras_tensor__') {
      tensors.push(placeOf((value.config as { keras_history: Place }).keras_history));
    } else refuse();
  };
  if (!Array.isArray(args) || args.length !== 1) refuse();
  collect(args);
  const named = Object.entries(kwargs).filter(([, value]) => flatten(value).some((leaf) => leaf !== null));
  if (named.some(([, value]) => typeof value === 'object')) refuse();
  return tensors.map((place) => [...place, Object.fromEntries(named)]);
}
