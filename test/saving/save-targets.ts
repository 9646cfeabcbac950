/** A model of some megabytes and how it is saved, by the name of the file: for `faults.test.ts` and its child. */
import * as keras from '../../src/index.js';

/** All weights are `value`. */
export function modelFor(path: string, value: number): keras.Model {
  const side = path.endsWith('model.json') ? 1200 : 512; // a layers-model of several shards
  const model = new keras.Sequential([keras.Input([side]), new keras.layers.Dense(side), new keras.layers.Dense(side)]);
  fill(model, value);
  return model;
}

export function fill(model: keras.Model, value: number): void {
  for (const variable of model.weights) variable.assign(keras.ops.full(variable.shape, value));
}

export async function saveTo(path: string, model: keras.Model): Promise<void> {
  if (path.endsWith('.weights.h5')) return model.save_weights(path);
  // A kernel and its bias in each shard.
  if (path.endsWith('.weights.json')) return model.save_weights(path, { max_shard_size: 1.1 / 1024 });
  if (path.endsWith('.onnx')) return model.export(path, { format: 'onnx', verbose: false });
  if (path.endsWith('/m')) return model.export(path, { format: 'tf_saved_model', verbose: false });
  return model.save(path);
}
