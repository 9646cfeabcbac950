/** Single ops on large tensors: here the computation counts, and how little is added to it. */
import { noise } from './models.js';
import { medianMs } from './protocol.js';
import type { Rounds, Values } from './types.js';

/** Milliseconds for each op in a round. */
const BUDGET = 300;

export const eagerLarge: Rounds = async ({ keras }) => {
  const { ops } = keras;
  const { sort } = ops;
  const tensor = (...shape: number[]) => ops.convert_to_tensor(noise(keras, shape));
  const [a, b] = [tensor(1024, 1024), tensor(1024, 1024)];
  const [images, kernel] = [tensor(8, 56, 56, 64), tensor(3, 3, 64, 64)];
  const values = tensor(1000, 1000);
  const [queries, keys] = [tensor(8, 128, 8, 64), tensor(8, 128, 8, 64)];

  const calls = {
    'add 1024x1024': () => ops.add(a, b),
    'matmul 1024x1024': () => ops.matmul(a, b),
    'conv 3x3': () => ops.conv(images, kernel, { padding: 'same' }),
    'sort 1000x1000': () => sort(values),
    'einsum of attention': () => ops.einsum('bqhd,bkhd->bhqk', queries, keys),
    'softmax 1000x1000': () => ops.softmax(values),
    'sum 1000x1000': () => ops.sum(values, { axis: 0 }),
    'transpose 1000x1000': () => ops.transpose(values),
  };
  const round = async () => {
    const found: Values = {};
    for (const [name, call] of Object.entries(calls)) found[`${name} ms`] = await medianMs(() => call().dispose(), BUDGET);
    return found;
  };
  return [round, {}];
};
