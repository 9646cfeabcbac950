/** A small network with fixed weights, and data for it. */
import * as keras from '../../src/index.js';

const { layers } = keras;

export const ROWS = 64;

/** @param shift makes another network and other data of it */
export function samples(shift = 0): [x: keras.NDArray, y: Int32Array] {
  const x = new keras.NDArray(Float32Array.from({ length: ROWS * 144 }, (_, i) => Math.sin(i + shift)), [ROWS, 12, 12, 1]);
  return [x, Int32Array.from({ length: ROWS }, (_, i) => (i + shift) % 3)];
}

export function network(shift = 0): keras.Sequential {
  const model = new keras.Sequential([keras.Input({ shape: [12, 12, 1] }), new layers.Conv2D(8, 3, { activation: 'relu' }),
    new layers.MaxPooling2D(2), new layers.Flatten(), new layers.Dense(3, 'softmax')]);
  model.set_weights(model.get_weights().map(({ size, shape }) =>
    new keras.NDArray(Float32Array.from({ length: size }, (_, i) => Math.cos(i * 7 + shift) / 4), shape)));
  model.compile({ optimizer: 'adam', loss: 'sparse_categorical_crossentropy' });
  return model;
}

/**
 * Losses of some epochs in the order of the data.
 *
 * @param begun called once, behind the first epoch
 */
export async function train(shift: number, epochs: number, begun?: () => void): Promise<number[]> {
  const [x, y] = samples(shift);
  const on_epoch_end = (epoch: number): void => void (epoch === 0 && begun?.());
  const history = await network(shift).fit(x, y, { epochs, batch_size: 16, shuffle: false, verbose: 0,
    callbacks: [new keras.callbacks.LambdaCallback({ on_epoch_end })] });
  return history.history.loss as number[];
}
