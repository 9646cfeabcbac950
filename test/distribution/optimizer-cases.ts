/** Optimizers that decide something by all gradients, and what else fit can be given: for training-job.ts. */
import * as keras from '../../src/index.js';

const SAMPLES = 14;
const x = new keras.NDArray(Float32Array.from({ length: SAMPLES * 4 }, (_, i) => Math.sin(i * i)), [SAMPLES, 4]);
const y = new keras.NDArray(Float32Array.from({ length: SAMPLES }, (_, i) => Number(i % 3 === 0)), [SAMPLES, 1]);

/** The names under which the results are. */
export const OPTIMIZER_CASES = ['globalClip', 'accumulated', 'accumulatedClip', 'ema', 'multi', 'classWeights', 'split', 'early',
  'binary', 'scaled', 'overflow'];

const floats = (variables: readonly keras.Variable[]): number[] =>
  variables.flatMap((variable) => [...(variable.dataSync() as ArrayLike<number> as Float32Array)].map(Number));

function classifier(dtype?: string): keras.Sequential {
  const glorot = (seed: number): keras.initializers.Initializer => new keras.initializers.GlorotUniform({ seed });
  return new keras.Sequential([
    keras.Input([4]),
    new keras.layers.Dense(3, { activation: 'tanh', kernel_initializer: glorot(1), dtype }),
    new keras.layers.Dense(1, { activation: 'sigmoid', kernel_initializer: glorot(2), dtype }),
  ]);
}

/** Two epochs of batches of 4, the last of 2: fewer rows than three processes. */
async function fitted(optimizer: keras.Optimizer, options: object = {}, metrics: unknown[] = []): Promise<Record<string, unknown>> {
  const model = classifier();
  model.compile({ optimizer, loss: 'binary_crossentropy', metrics } as object);
  const { history } = await model.fit(x, y, { batch_size: 4, epochs: 2, verbose: 0, shuffle: false, ...options });
  return { weights: floats(model.weights), optimizer: floats(model.optimizer!.variables), history };
}

/**
 * Products that float16 holds exactly, however the rows are shared out, but for one row of the third batch: there the
 * gradient of one process alone is infinite.
 */
async function scaledSteps(hasOverflow: boolean): Promise<Record<string, unknown>> {
  const rows = Float32Array.from({ length: 16 }, (_, i) => (i % 3) - 1);
  if (hasOverflow) rows[11] = 60000;
  const model = new keras.Sequential([keras.Input([1]), new keras.layers.Dense(1, { dtype: 'mixed_float16', kernel_initializer: 'zeros' })]);
  const optimizer = new keras.optimizers.LossScaleOptimizer(new keras.optimizers.SGD(0.125), { initial_scale: 2 ** 10 });
  // The mean of the outputs: the gradient of the kernel is the mean of the inputs.
  model.compile({ optimizer, loss: (_: keras.Tensor, predicted: keras.Tensor) => keras.ops.cast(predicted, 'float32') } as object);
  await model.fit(new keras.NDArray(rows, [16, 1]), new keras.NDArray(rows, [16, 1]), { batch_size: 4, verbose: 0, shuffle: false });
  return {
    weights: floats(model.weights), optimizer: floats(optimizer.variables), scale: floats([optimizer.dynamic_scale!])[0],
    steps: floats([optimizer.inner_optimizer.iterations as keras.Variable])[0],
  };
}

export async function trainWithOptimizers(results: Record<string, unknown>): Promise<void> {
  const { Adam, MultiOptimizer, OptimizerMap, SGD } = keras.optimizers;
  const clip = { learning_rate: 0.5, global_clipnorm: 0.05 };
  results.globalClip = await fitted(new SGD(clip));

  const accumulating = new Adam({ learning_rate: 0.01, gradient_accumulation_steps: 2 });
  results.accumulated = { ...await fitted(accumulating, { epochs: 1, batch_size: 2 }),
    steps: Number((accumulating.iterations as keras.Tensor).dataSync()[0]) };
  results.accumulatedClip = await fitted(new SGD({ ...clip, gradient_accumulation_steps: 3 }));
  results.ema = await fitted(new SGD({ learning_rate: 0.5, use_ema: true, ema_momentum: 0.5, ema_overwrite_frequency: 3 }));
  results.multi = await fitted(new MultiOptimizer(new OptimizerMap(new SGD(0.1), { '.*bias': new Adam(0.01) })));

  results.classWeights = await fitted(new SGD(0.1), { class_weight: { 0: 0.5, 1: 3 } });
  results.split = await fitted(new SGD(0.1), { validation_split: 0.3 });
  results.early = await fitted(new SGD(0.1), { epochs: 5, callbacks: [
    new keras.callbacks.EarlyStopping({ monitor: 'loss', mode: 'max', patience: 1, restore_best_weights: true })] });
  // Named, since the history goes by names, and a process in which there was an AUC before would number this one.
  results.binary = await fitted(new SGD(0.1), {}, [
    new keras.metrics.AUC({ name: 'auc' }), new keras.metrics.F1Score({ threshold: 0.5, name: 'f1_score' }),
    new keras.metrics.Precision({ name: 'precision' }), new keras.metrics.MeanSquaredError({ name: 'mse' })]);
  results.scaled = await scaledSteps(false);
  results.overflow = await scaledSteps(true);
}
