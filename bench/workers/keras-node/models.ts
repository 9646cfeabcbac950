/** The models and data that all contenders share. */
import type { Keras } from './types.js';

type Model = InstanceType<Keras['Sequential']>;
type Data = InstanceType<Keras['NDArray']>;

export interface Training {
  make(keras: Keras): Model;
  shape: readonly number[];
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

export const TRAINING: Record<string, Training> = {
  'mlp-train': { make: mlp, shape: [784], batchSize: 32, steps: 200, epochs: 5 },
  'cnn-train': { make: cnn, shape: [28, 28, 1], batchSize: 128, steps: 25, epochs: 3 },
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
  return new keras.NDArray((array.data as Float32Array).slice(0, count * size), [count, ...array.shape.slice(1)]);
}
