/** A model of 101 MB into a file and back. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clock, peakMb, resetPeak, rssMb } from './protocol.js';
import type { OneShot, Values } from './types.js';

export const saveLoad: OneShot = async ({ keras }) => {
  const layers = Array.from({ length: 6 }, () => new keras.layers.Dense(2048));
  const model = new keras.Sequential([keras.Input({ shape: [2048] }), ...layers]);
  const values: Values = {};
  const measure = async <T>(name: string, call: () => Promise<T>): Promise<T> => {
    resetPeak();
    const before = rssMb();
    const begin = clock();
    const result = await call();
    values[`${name} s`] = (clock() - begin) / 1e3;
    values[`${name} peak RSS rise MB`] = peakMb() - before;
    return result;
  };
  const folder = mkdtempSync(join(tmpdir(), 'keras-bench-'));
  try {
    const archive = join(folder, 'm.keras');
    const weights = join(folder, 'm.weights.h5');
    await measure('save', () => model.save(archive));
    const restored = await measure('load', () => keras.saving.load_model(archive));
    await measure('save_weights', () => model.save_weights(weights));
    await measure('load_weights', () => model.load_weights(weights));
    const [saved, loaded] = [model, restored].map((m) => m.get_weights());
    saved.forEach((array, i) => {
      if (array.data.some((value, k) => value !== loaded[i].data[k])) throw new Error('the loaded weights differ');
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
  return [values, { params: model.count_params() }];
};
