/** `fit` and `train_on_batch` of the MLP and the CNN. */
import { head, TRAINING } from './models.js';
import { clock } from './protocol.js';
import type { Keras, Rounds } from './types.js';

/** Times each epoch of a fit. */
function epochClock(keras: Keras) {
  return new (class extends keras.callbacks.Callback {
    spans: number[] = [];
    #begin = 0;
    override on_epoch_begin(): void {
      this.#begin = clock();
    }
    override on_epoch_end(): void {
      this.spans.push(clock() - this.#begin);
    }
  })();
}

export const training: Rounds = async ({ keras, workload }) => {
  const { make, data, batchSize, steps, epochs } = TRAINING[workload];
  const model = make(keras);
  const [x, y] = data(keras, batchSize * steps);
  const started = clock();
  await model.fit(x, y, { batch_size: batchSize, epochs: 1, verbose: 0 });
  const firstEpoch = (clock() - started) / 1e3;
  const one = [head(keras, x, batchSize), head(keras, y, batchSize)] as const;
  await model.train_on_batch(...one);
  const calls = Math.max(5, steps >> 1);

  const round = async () => {
    const epochsClock = epochClock(keras);
    let begin = clock();
    await model.fit(x, y, { batch_size: batchSize, epochs, verbose: 0, callbacks: [epochsClock] });
    const whole = clock() - begin;
    begin = clock();
    for (let i = 0; i < calls; i++) await model.train_on_batch(...one);
    return {
      // The first epoch holds what fit prepares; the peers are measured alike.
      'fit step ms': epochsClock.spans.slice(1).reduce((a, b) => a + b) / (epochs - 1) / steps,
      'fit call / steps ms': whole / epochs / steps,
      'train_on_batch ms': (clock() - begin) / calls,
    };
  };
  return [round, { params: model.count_params(), jit_compile: model.jit_compile, 'first epoch s': firstEpoch }];
};
