/** Inference, from arrays of JavaScript to arrays of JavaScript. */
import { gpt, GPT, lstm, mlp, mobile, noise, resnet50, tokens } from './models.js';
import { clock, medianMs } from './protocol.js';
import type { Keras, Rounds, Values } from './types.js';

type Model = InstanceType<Keras['Model']>;
interface Call {
  run(): unknown;
  /** Milliseconds to spend on it in a round. */
  budget?: number;
}

/** Times some calls of a model, each once for itself beforehand. */
const timed = (prepare: (keras: Keras) => { model: Model; calls: Record<string, Call> }): Rounds => async ({ keras }) => {
  const { model, calls } = prepare(keras);
  for (const { run } of Object.values(calls)) await run();
  const round = async () => {
    const values: Values = {};
    for (const [name, { run, budget }] of Object.entries(calls)) values[name] = await medianMs(run, budget, 3);
    return values;
  };
  return [round, { params: model.count_params() }];
};

export const mlpPredict = timed((keras) => {
  const model = mlp(keras);
  const row = noise(keras, [1, 784]);
  const rows = noise(keras, [10_000, 784]);
  return { model, calls: {
    '1 row predict ms': { run: () => model.predict(row, { verbose: 0 }) },
    '1 row predict_on_batch ms': { run: () => model.predict_on_batch(row) },
    '1 row model(x) ms': { run: () => keras.tidy(() => keras.ops.convert_to_numpy(model(row, { training: false }))) },
    '10k rows predict ms': { run: () => model.predict(rows, { verbose: 0 }) },
    '10k rows predict batch 1024 ms': { run: () => model.predict(rows, { batch_size: 1024, verbose: 0 }) },
  } };
});

/** One image, and sixteen. */
const images = (make: (keras: Keras) => Model): Rounds => timed((keras) => {
  const model = make(keras);
  const [one, many] = [1, 16].map((count) => noise(keras, [count, 224, 224, 3]));
  return { model, calls: {
    'batch 1 predict_on_batch ms': { run: () => model.predict_on_batch(one) },
    'batch 1 predict ms': { run: () => model.predict(one, { verbose: 0 }) },
    'batch 16 predict_on_batch ms': { run: () => model.predict_on_batch(many), budget: 1500 },
  } };
});
export const resnetPredict = images((keras) => resnet50(keras, 224));
export const mobilePredict = images(mobile);

export const lstmPredict = timed((keras) => {
  const model = lstm(keras);
  const [one, many] = [1, 64].map((count) => tokens(keras, [count, 100], 10_000));
  return { model, calls: {
    'batch 1 predict_on_batch ms': { run: () => model.predict_on_batch(one) },
    'batch 64 predict_on_batch ms': { run: () => model.predict_on_batch(many) },
  } };
});

/** Token by token: the most likely one behind the window is appended, and the window moves on when it is full. */
export const gptGenerate: Rounds = async ({ keras }) => {
  const model = gpt(keras);
  const count = 32;
  const generate = async (): Promise<void> => {
    const text = [1];
    for (let i = 0; i < count; i++) {
      const window = text.slice(-GPT.length);
      const padded = Int32Array.from({ length: GPT.length }, (_, at) => window[at] ?? 0);
      const { data } = await model.predict_on_batch(new keras.NDArray(padded, [1, GPT.length]));
      const from = (window.length - 1) * GPT.vocabulary;
      let best = 0;
      for (let token = 1; token < GPT.vocabulary; token++) {
        if (data[from + token] > data[from + best]) best = token;
      }
      text.push(best);
    }
  };
  await generate();
  const round = async () => {
    const begin = clock();
    await generate();
    return { 'token ms': (clock() - begin) / count };
  };
  return [round, { params: model.count_params() }];
};
