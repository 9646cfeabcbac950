/** From the start of the process to the end of the first step; the runner adds the time of the whole process. */
import { mlp, samples } from './models.js';
import { clock, peakMb } from './protocol.js';
import type { OneShot } from './types.js';

export const startup: OneShot = async ({ keras, importSeconds }) => {
  const model = mlp(keras);
  const [x, y] = samples(keras, 32, [784]);
  const begin = clock();
  await model.fit(x, y, { batch_size: 32, epochs: 1, verbose: 0 });
  const values = { 'import s': importSeconds, 'first fit s': (clock() - begin) / 1e3, 'peak RSS MB': peakMb() };
  return [values, { params: model.count_params() }];
};
