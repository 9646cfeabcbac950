/** How long a 5 ms timer has to wait while the CNN trains. */
import { TRAINING } from './models.js';
import { clock, mainThreadMs } from './protocol.js';
import type { Rounds } from './types.js';

const PERIOD = 5;

export const eventLoop: Rounds = async ({ keras }) => {
  const { make, data, batchSize, steps, epochs } = TRAINING['cnn-train'];
  const model = make(keras);
  const [x, y] = data(keras, batchSize * steps);
  await model.fit(x, y, { batch_size: batchSize, epochs: 1, verbose: 0 });

  const round = async () => {
    const gaps: number[] = [];
    const stretches: number[] = [];
    let last = clock();
    let ran = mainThreadMs();
    const timer = setInterval(() => {
      const now = clock();
      const total = mainThreadMs();
      gaps.push(now - last);
      stretches.push(total - ran);
      [last, ran] = [now, total];
    }, PERIOD);
    const begin = last;
    await model.fit(x, y, { batch_size: batchSize, epochs, verbose: 0 });
    const end = clock();
    clearInterval(timer);
    // A timer that never came is a gap as long as the training.
    gaps.push(end - last);
    const sorted = gaps.toSorted((a, b) => a - b);
    return {
      'worst gap ms': sorted[sorted.length - 1],
      'p99 gap ms': sorted[Math.floor(0.99 * (sorted.length - 1))],
      // A gap holds also what the thread waited for a core; this is what it computed itself, and nothing else could run.
      'longest busy stretch ms': Math.max(0, ...stretches),
      'ticks of those due %': 100 * (gaps.length - 1) / ((end - begin) / PERIOD),
    };
  };
  return [round, { params: model.count_params() }];
};
