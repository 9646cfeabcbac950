/**
 * A training loop without side effects, as Keras 3 has it for JAX: layers, optimizer and metric are functions of their state,
 * and one compiled step takes all state to the next.
 *
 *   npx tsx examples/stateless-loop.ts --epochs 5
 */
import * as keras from '../src/index.js';
import { loadDigits } from './digits-data.js';
import { asProgram, type Outcome } from './program.js';

const { layers, ops } = keras;
type Tensor = keras.Tensor;
const FLAGS = { epochs: 5, samples: 1797, batch_size: 64, seed: 1 };

interface State {
  trainable: Tensor[];
  non_trainable: Tensor[];
  optimizer: Tensor[];
  metric: Tensor[];
}

const modelOf = (): keras.Sequential => new keras.Sequential([
  keras.Input({ shape: [8, 8, 1] }),
  new layers.Flatten(),
  new layers.Dense(64),
  new layers.BatchNormalization(),
  new layers.Activation('relu'),
  new layers.Dropout(0.2),
  new layers.Dense(10),
]);

export async function main({ epochs, samples, batch_size, seed }: typeof FLAGS): Promise<Outcome> {
  keras.utils.set_random_seed(seed);
  const { images, labels } = loadDigits();
  const model = modelOf();
  const loss_fn = new keras.losses.SparseCategoricalCrossentropy({ from_logits: true });
  const optimizer = new keras.optimizers.Adam(1e-2);
  const metric = new keras.metrics.Mean();
  optimizer.build(model.trainable_variables);

  const compute_loss = keras.value_and_grad(
    (trainable: Tensor[], non_trainable: Tensor[], x: Tensor, y: Tensor): [Tensor, Tensor[]] => {
      const [y_pred, updated] = model.stateless_call(trainable, non_trainable, x, { training: true });
      return [loss_fn(y, y_pred), updated];
    }, { has_aux: true });

  const train_step = keras.jit((state: State, x: Tensor, y: Tensor): State => {
    const [[loss, non_trainable], gradients] =
      compute_loss(state.trainable, state.non_trainable, x, y) as [[Tensor, Tensor[]], Tensor[]];
    const [trainable, slots] = optimizer.stateless_apply(state.optimizer, gradients, state.trainable);
    return { trainable, non_trainable, optimizer: slots, metric: metric.stateless_update_state(state.metric, loss) };
  });

  const valuesOf = (variables: readonly keras.Variable[]): Tensor[] => variables.map((variable) => variable.value);
  let state: State = {
    trainable: valuesOf(model.trainable_variables), non_trainable: valuesOf(model.non_trainable_variables),
    optimizer: valuesOf(optimizer.variables), metric: valuesOf(metric.variables),
  };
  const losses: number[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    state = { ...state, metric: metric.stateless_reset_state() };
    const order = keras.random.shuffle(ops.arange(samples), { seed: seed + epoch });
    for (let start = 0; start + batch_size <= samples; start += batch_size) {
      const rows = ops.slice(order, [start], [batch_size]);
      state = train_step(state, ops.take(images, rows, 0), ops.take(labels, rows, 0));
    }
    // A turn of the event loop in which what the steps left behind is freed.
    const [loss] = await (metric.stateless_result(state.metric) as Tensor).data().then((data) => Array.from(data as Float32Array));
    losses.push(loss);
    console.log(`Epoch ${epoch + 1}: loss ${loss.toFixed(4)}`);
  }

  // The model gets its state back, to be used and saved.
  model.trainable_variables.forEach((variable, i) => variable.assign(state.trainable[i]));
  model.non_trainable_variables.forEach((variable, i) => variable.assign(state.non_trainable[i]));
  train_step.dispose();
  return { first: losses[0], last: losses.at(-1)! };
}

await asProgram(import.meta.url, 'Trains on digits with stateless functions', FLAGS, main);
