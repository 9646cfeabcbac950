/** A training with a backup, which may kill its own process. */
import * as keras from '../../src/index.js';

export interface Job {
  save_freq: 'epoch' | number;
  /** Epoch and batch at whose end the process kills itself. */
  kill?: [epoch: number, batch: number];
  data: 'arrays' | 'generator' | 'dataset';
}

const { layers } = keras;

const x = new keras.NDArray(Float32Array.from({ length: 80 }, (_, i) => Math.sin(i)), [20, 4]);
const y = Int32Array.from({ length: 20 }, (_, i) => i % 3);

const batchOf = (i: number): unknown[] => [
  new keras.NDArray((x.data as Float32Array).slice(16 * i, 16 * i + 16), [4, 4]), y.slice(4 * i, 4 * i + 4)];

class Rows extends keras.utils.PyDataset {
  override __len__(): number {
    return 5;
  }
  override __getitem__(index: number): unknown {
    return batchOf(index);
  }
}

function* batches(): Generator<unknown[]> {
  for (let i = 0; ; i++) yield batchOf(i % 5);
}

class Kill extends keras.callbacks.Callback {
  readonly #at: Job['kill'];
  #epoch = 0;
  constructor(at: Job['kill']) {
    super();
    this.#at = at;
  }
  override on_epoch_begin(epoch: number): void {
    this.#epoch = epoch;
  }
  override on_train_batch_end(batch: number): void {
    if (this.#at && this.#epoch === this.#at[0] && batch === this.#at[1]) process.kill(process.pid, 'SIGKILL');
  }
}

/** What is there in the end. */
export interface Result {
  weights: unknown;
  state: string[][];
  epoch: number[];
  history: Record<string, number[]>;
}

export async function train(folder: string, job: Job): Promise<Result> {
  keras.utils.set_random_seed(7);
  const model = new keras.Sequential([keras.Input({ shape: [4] }), new layers.Dense(6, 'relu'), new layers.Dropout(0.3),
    new layers.BatchNormalization(), new layers.Dense(3, 'softmax')]);
  model.compile({ optimizer: 'adam', loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'] });
  const epochs = 4;
  const callbacks = [new keras.callbacks.BackupAndRestore(folder, { save_freq: job.save_freq }), new Kill(job.kill)];
  const history = job.data === 'arrays' ? await model.fit(x, y, { batch_size: 4, epochs, verbose: 0, callbacks })
    : job.data === 'dataset' ? await model.fit(new Rows(), { epochs, verbose: 0, callbacks })
      : await model.fit(batches, { steps_per_epoch: 3, epochs, verbose: 0, callbacks });
  return { weights: model.get_weights().map((w) => w.tolist()),
    state: model.optimizer!.variables.map(({ value }) => [...value.dataSync()].map(String)),
    epoch: history.epoch, history: history.history };
}
