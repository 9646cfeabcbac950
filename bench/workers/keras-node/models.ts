/** The models and data that all contenders share. */
import type { Keras } from './types.js';

type Model = InstanceType<Keras['Model']>;
type Data = InstanceType<Keras['NDArray']>;
type Symbolic = InstanceType<Keras['KerasTensor']>;

export interface Training {
  make(keras: Keras): Model;
  /** Inputs and labels of so many samples. */
  data(keras: Keras, count: number): [x: Data, y: Data];
  batchSize: number;
  /** Steps an epoch. */
  steps: number;
  /** Epochs a round. */
  epochs: number;
}

function compiled(model: Model): Model {
  model.compile({ optimizer: 'adam', loss: 'categorical_crossentropy', metrics: ['accuracy'] });
  return model;
}

export const mlp = (keras: Keras): Model => compiled(new keras.Sequential([
  keras.Input({ shape: [784] }),
  new keras.layers.Dense(64, 'relu'),
  new keras.layers.Dense(64, 'relu'),
  new keras.layers.Dense(10, 'softmax'),
]));

export const cnn = (keras: Keras): Model => compiled(new keras.Sequential([
  keras.Input({ shape: [28, 28, 1] }),
  new keras.layers.Conv2D(32, 3, { activation: 'relu' }),
  new keras.layers.MaxPooling2D(2),
  new keras.layers.Conv2D(64, 3, { activation: 'relu' }),
  new keras.layers.MaxPooling2D(2),
  new keras.layers.Flatten(),
  new keras.layers.Dense(1024, 'relu'),
  new keras.layers.Dropout(0.5),
  new keras.layers.Dense(10, 'softmax'),
]));

export function lstm(keras: Keras): Model {
  const model = new keras.Sequential([
    keras.Input({ shape: [100], dtype: 'int32' }),
    new keras.layers.Embedding(10_000, 64),
    new keras.layers.LSTM(64),
    new keras.layers.Dense(1, 'sigmoid'),
  ]);
  model.compile({ optimizer: 'adam', loss: 'binary_crossentropy', metrics: ['accuracy'] });
  return model;
}

/** Adds a vector of its own at each position. */
const positions = (keras: Keras) => new (class Positions extends keras.Layer {
  table!: InstanceType<Keras['Variable']>;
  override build([, ...shape]: number[]): void {
    this.table = this.add_weight({ shape, initializer: 'uniform', name: 'table' });
  }
  override call(x: InstanceType<Keras['Tensor']>) {
    return keras.ops.add(x, this.table);
  }
})();

interface TransformerOptions {
  vocabulary: number;
  width: number;
  length: number;
  heads: number;
  blocks: number;
}

/** A decoder with normalization before each part, from tokens to logits. */
function decoder(keras: Keras, { vocabulary, width, length, heads, blocks }: TransformerOptions): Model {
  const { layers, ops } = keras;
  const input = keras.Input({ shape: [length], dtype: 'int32' });
  let x = positions(keras)(new layers.Embedding(vocabulary, width)(input) as Symbolic) as Symbolic;
  for (let block = 0; block < blocks; block++) {
    const attended = new layers.LayerNormalization()(x);
    x = ops.add(x, new layers.MultiHeadAttention(heads, width / heads)(attended, attended, { use_causal_mask: true }));
    const hidden = new layers.Dense(2 * width, 'relu')(new layers.LayerNormalization()(x));
    x = ops.add(x, new layers.Dense(width)(hidden));
  }
  return new keras.Model(input, new layers.Dense(vocabulary)(new layers.LayerNormalization()(x)));
}

export function transformer(keras: Keras): Model {
  const model = decoder(keras, { vocabulary: 5000, width: 128, length: 64, heads: 4, blocks: 2 });
  model.compile({ optimizer: 'adam', loss: new keras.losses.SparseCategoricalCrossentropy({ from_logits: true }) });
  return model;
}

export const GPT = { vocabulary: 1000, width: 128, length: 64, heads: 4, blocks: 4 };
export const gpt = (keras: Keras): Model => decoder(keras, GPT);

const relu = (keras: Keras, x: Symbolic): Symbolic => new keras.layers.Activation('relu')(x);
const normalized = (keras: Keras, layer: InstanceType<Keras['Layer']>, x: Symbolic, epsilon: number): Symbolic =>
  new keras.layers.BatchNormalization({ epsilon })(layer(x));

/** ResNet50 as in keras.applications, with random weights. */
export function resnet50(keras: Keras, size: number): Model {
  const { layers } = keras;
  const convolved = (x: Symbolic, filters: number, kernel_size: number, strides: number, padding: 'same' | 'valid'): Symbolic =>
    normalized(keras, new layers.Conv2D({ filters, kernel_size, strides, padding }), x, 1.001e-5);
  const input = keras.Input({ shape: [size, size, 3] });
  let x = relu(keras, convolved(new layers.ZeroPadding2D({ padding: 3 })(input), 64, 7, 2, 'valid'));
  x = new layers.MaxPooling2D({ pool_size: 3, strides: 2 })(new layers.ZeroPadding2D({ padding: 1 })(x));
  for (const [filters, blocks, first] of [[64, 3, 1], [128, 4, 2], [256, 6, 2], [512, 3, 2]]) {
    for (let block = 0; block < blocks; block++) {
      const strides = block > 0 ? 1 : first;
      const shortcut = block > 0 ? x : convolved(x, 4 * filters, 1, strides, 'valid');
      const narrow = relu(keras, convolved(x, filters, 1, strides, 'valid'));
      const wide = convolved(relu(keras, convolved(narrow, filters, 3, 1, 'same')), 4 * filters, 1, 1, 'valid');
      x = relu(keras, new layers.Add()([shortcut, wide]));
    }
  }
  return new keras.Model(input, new layers.Dense(1000, 'softmax')(new layers.GlobalAveragePooling2D()(x)));
}

function resnet(keras: Keras): Model {
  const model = resnet50(keras, 96);
  model.compile({ optimizer: 'adam', loss: 'sparse_categorical_crossentropy' });
  return model;
}

/** Separable blocks as in MobileNet, with random weights. */
export function mobile(keras: Keras): Model {
  const { layers } = keras;
  const input = keras.Input({ shape: [224, 224, 3] });
  let x = relu(keras, normalized(keras, new layers.Conv2D(32, 3, { strides: 2, padding: 'same', use_bias: false }), input, 1e-3));
  for (const [filters, strides] of [[64, 1], [128, 2], [128, 1], [256, 2], [256, 1], [512, 2], [512, 1], [512, 1], [1024, 2]]) {
    const depthwise = new layers.DepthwiseConv2D(3, { strides, padding: 'same', use_bias: false });
    x = relu(keras, normalized(keras, depthwise, x, 1e-3));
    x = relu(keras, normalized(keras, new layers.Conv2D(filters, 1, { use_bias: false }), x, 1e-3));
  }
  return new keras.Model(input, new layers.Dense(1000, 'softmax')(new layers.GlobalAveragePooling2D()(x)));
}

/** Random integers below a bound. */
export function tokens(keras: Keras, shape: readonly number[], below: number): Data {
  const size = shape.reduce((a, b) => a * b, 1);
  return new keras.NDArray(Int32Array.from({ length: size }, () => Math.floor(Math.random() * below)), shape);
}

const floats = (keras: Keras, { data, shape }: Data): Data => new keras.NDArray(Float32Array.from(data as Int32Array), shape);

export const TRAINING: Record<string, Training> = {
  'mlp-train': { make: mlp, data: (keras, n) => samples(keras, n, [784]), batchSize: 32, steps: 200, epochs: 5 },
  'cnn-train': { make: cnn, data: (keras, n) => samples(keras, n, [28, 28, 1]), batchSize: 128, steps: 25, epochs: 3 },
  'lstm-train': { make: lstm, batchSize: 64, steps: 10, epochs: 3,
    data: (keras, n) => [tokens(keras, [n, 100], 10_000), floats(keras, tokens(keras, [n, 1], 2))] },
  'transformer-train': { make: transformer, batchSize: 32, steps: 10, epochs: 3,
    data: (keras, n) => [tokens(keras, [n, 64], 5000), tokens(keras, [n, 64], 5000)] },
  'resnet-train': { make: resnet, batchSize: 8, steps: 4, epochs: 3,
    data: (keras, n) => [noise(keras, [n, 96, 96, 3]), tokens(keras, [n], 1000)] },
};

/** Random inputs. */
export function noise(keras: Keras, shape: readonly number[]): Data {
  const size = shape.reduce((a, b) => a * b, 1);
  return new keras.NDArray(Float32Array.from({ length: size }, () => Math.random() * 2 - 1), shape);
}

/** Random inputs, and random labels of ten classes, one-hot. */
export function samples(keras: Keras, count: number, shape: readonly number[]): [x: Data, y: Data] {
  const labels = new Float32Array(count * 10);
  for (let i = 0; i < count; i++) labels[i * 10 + Math.floor(Math.random() * 10)] = 1;
  return [noise(keras, [count, ...shape]), new keras.NDArray(labels, [count, 10])];
}

/** The first rows of an array. */
export function head(keras: Keras, array: Data, count: number): Data {
  const size = array.size / array.shape[0];
  return new keras.NDArray((array.data as Float32Array | Int32Array).slice(0, count * size), [count, ...array.shape.slice(1)]);
}
