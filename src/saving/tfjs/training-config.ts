/** How a model of TensorFlow.js was compiled, as a compilation of Keras's. */
import { isPlainObject } from '../../engine/structure.js';
import { modernConfig } from '../legacy/modern-config.js';

type Config = Record<string, unknown>;

/** Optimizers by their names there, with what their settings are called here. */
const OPTIMIZERS: Record<string, { class_name: string; settings: Record<string, string> }> = {
  SGD: { class_name: 'SGD', settings: {} },
  Momentum: { class_name: 'SGD', settings: { momentum: 'momentum', useNesterov: 'nesterov' } },
  RMSProp: { class_name: 'RMSprop', settings: { decay: 'rho', momentum: 'momentum', epsilon: 'epsilon', centered: 'centered' } },
  Adagrad: { class_name: 'Adagrad', settings: { initialAccumulatorValue: 'initial_accumulator_value' } },
  Adadelta: { class_name: 'Adadelta', settings: { rho: 'rho', epsilon: 'epsilon' } },
  Adam: { class_name: 'Adam', settings: { beta1: 'beta_1', beta2: 'beta_2', epsilon: 'epsilon' } },
  Adamax: { class_name: 'Adamax', settings: { beta1: 'beta_1', beta2: 'beta_2', epsilon: 'epsilon' } },
};

/** Losses and metrics that Keras has under another name. */
const NAMES: Record<string, string> = {
  cosine_proximity: 'cosine_similarity', cosine: 'cosine_similarity', precision: 'Precision', recall: 'Recall', r2_score: 'R2Score',
};

/**
 * The compilation in a `model.json`; undefined where there is none.
 *
 * @param json The file: `trainingConfig` is TensorFlow.js's own, `modelTopology.training_config` that of a model of Keras 2
 *   which its converter passed on.
 * @throws Error for an optimizer that is not known.
 */
export function compileConfigIn({ trainingConfig, modelTopology }: Config): Config | undefined {
  const converted = isPlainObject(modelTopology) ? modelTopology.training_config : undefined;
  if (isPlainObject(converted)) {
    const { optimizer_config, ...rest } = converted;
    return mapValues({ ...rest, optimizer: optimizer_config ?? rest.optimizer }, modernConfig);
  }
  if (!isPlainObject(trainingConfig)) return undefined;
  const { loss, metrics, optimizer_config } = trainingConfig;
  return { optimizer: optimizerOf(optimizer_config), loss: renamed(loss), metrics: renamed(metrics) };
}

function optimizerOf(value: unknown): Config {
  const { class_name, config } = (isPlainObject(value) ? value : {}) as { class_name?: unknown; config?: Config };
  const known = typeof class_name === 'string' && Object.hasOwn(OPTIMIZERS, class_name) ? OPTIMIZERS[class_name] : undefined;
  if (!known || !isPlainObject(config)) {
    throw new Error(`its optimizer is ${JSON.stringify(class_name)}; known are ${Object.keys(OPTIMIZERS).join(', ')}.`);
  }
  const settings = Object.entries({ learningRate: 'learning_rate', ...known.settings })
    .flatMap(([theirs, ours]) => (config[theirs] === undefined || config[theirs] === null ? [] : [[ours, config[theirs]]]));
  return {
    module: 'keras.optimizers', class_name: known.class_name, config: Object.fromEntries(settings), registered_name: null,
  };
}

function renamed(value: unknown): unknown {
  if (typeof value === 'string') return NAMES[value] ?? value;
  if (Array.isArray(value)) return value.map(renamed);
  return isPlainObject(value) ? mapValues(value, renamed) : (value ?? null);
}

function mapValues(object: Config, fn: (value: unknown, key: string) => unknown): Config {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, fn(value, key)]));
}
