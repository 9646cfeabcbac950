/** The MLP on one row and on many, from arrays of JavaScript to arrays of JavaScript. */
import { mlp, noise } from './models.js';
import { medianMs } from './protocol.js';
import type { Rounds, Values } from './types.js';

export const inference: Rounds = async ({ keras }) => {
  const model = mlp(keras);
  const row = noise(keras, [1, 784]);
  const rows = noise(keras, [10_000, 784]);
  const calls: Record<string, () => unknown> = {
    '1 row predict ms': () => model.predict(row, { verbose: 0 }),
    '1 row predict_on_batch ms': () => model.predict_on_batch(row),
    '1 row model(x) ms': () => keras.tidy(() => keras.ops.convert_to_numpy(model(row, { training: false }))),
    '10k rows predict ms': () => model.predict(rows, { verbose: 0 }),
    '10k rows predict batch 1024 ms': () => model.predict(rows, { batch_size: 1024, verbose: 0 }),
  };
  for (const call of Object.values(calls)) await call();
  const round = async () => {
    const values: Values = {};
    for (const [name, call] of Object.entries(calls)) values[name] = await medianMs(call);
    return values;
  };
  return [round, { params: model.count_params() }];
};
