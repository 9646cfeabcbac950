/** The trainings of test/golden/callbacks/tensorboard.json. */
import * as keras from '../../src/index.js';
import { loadGolden, type GoldenTensor, type GoldenValue } from '../golden/golden.js';
import { argumentOf } from '../golden/tensors.js';
import { withoutBuildConfig } from './without-build-config.js';

export interface BoardCase {
  label: string;
  options: object;
  fit: object;
  start: { value: GoldenTensor }[];
  runs: Record<string, {
    tags: Record<string, { plugin: string; steps: number[]; shape?: number[]; values: (string | (number | number[])[])[] }>;
  }>;
}

interface Family {
  cases: BoardCase[];
  model: Record<string, unknown>;
  x: GoldenValue;
  y: GoldenValue;
}

const family = (): Family => loadGolden<BoardCase>('callbacks', 'tensorboard') as unknown as Family;

export const tensorboardCases = (): BoardCase[] => family().cases;

export async function trainWithBoard({ start, options, fit }: BoardCase, log_dir: string): Promise<keras.Model> {
  const { model: json, x, y } = family();
  const model = keras.saving.deserialize_keras_object(withoutBuildConfig(json)) as keras.Model;
  model.set_weights(start.map(({ value }) => argumentOf(value) as keras.Tensor));
  model.compile({ optimizer: new keras.optimizers.SGD(0.5), loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'] });
  await model.fit(argumentOf(x), argumentOf(y), { shuffle: false, verbose: 0, ...fit,
    callbacks: new keras.callbacks.TensorBoard({ log_dir, ...options }) });
  return model;
}
