/**
 * A functional model with several inputs and outputs by name: from the words, the length and the sender of a message, how
 * urgent it is (a number) and who shall answer it (a choice).
 *
 *   npx tsx examples/multi-output.ts --epochs 15
 */
import * as keras from '../src/index.js';
import { asProgram, type Outcome } from './program.js';

const { layers, ops } = keras;
const FLAGS = { epochs: 15, samples: 800, seed: 1 };
const WORDS = 50;
const SENDERS = 8;
const DEPARTMENTS = 4;

/** Messages whose words point to a department, and whose sender and length say how urgent they are. */
function messages(count: number, seed: number): { x: Record<string, keras.NDArray>; y: Record<string, keras.NDArray> } {
  const words = keras.random.randint([count, 12], 1, WORDS, { seed });
  const sender = keras.random.randint([count, 1], 0, SENDERS, { seed: seed + 1 });
  const length = keras.random.uniform([count, 1], { seed: seed + 2 });
  const ofSender = ops.divide(ops.cast(sender, 'float32'), SENDERS);
  const urgency = ops.multiply(ops.add(ofSender, length), 0.5);
  const department = ops.expand_dims(ops.argmax(ops.stack(Array.from({ length: DEPARTMENTS }, (_, i) =>
    ops.sum(ops.cast(ops.equal(ops.mod(words, DEPARTMENTS), i), 'int32'), 1)), 1), 1), 1);
  const hosts = (tensors: Record<string, keras.Tensor>): Record<string, keras.NDArray> =>
    Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, ops.convert_to_numpy(tensor)]));
  return { x: hosts({ words, sender, length }), y: hosts({ urgency, department }) };
}

function modelOf(): keras.Model {
  const inputs = {
    words: keras.Input({ shape: [null], dtype: 'int32', name: 'words' }),
    sender: keras.Input({ shape: [1], dtype: 'int32', name: 'sender' }),
    length: keras.Input({ shape: [1], name: 'length' }),
  };
  const text = new layers.GlobalAveragePooling1D()(new layers.Embedding(WORDS, 16)(inputs.words));
  const person = new layers.Flatten()(new layers.Embedding(SENDERS, 4)(inputs.sender));
  const all = new layers.Concatenate()([text, person, inputs.length]);
  const hidden = new layers.Dense(32, 'relu')(all);
  const outputs = {
    urgency: new layers.Dense(1, { name: 'urgency' })(hidden),
    department: new layers.Dense(DEPARTMENTS, 'softmax', { name: 'department' })(hidden),
  };
  return new keras.Model(inputs, outputs);
}

export async function main({ epochs, samples, seed }: typeof FLAGS): Promise<Outcome & { accuracy: number }> {
  keras.utils.set_random_seed(seed);
  const { x, y } = messages(samples, seed);
  const model = modelOf();
  model.summary();
  model.compile({
    optimizer: new keras.optimizers.Adam(1e-2),
    loss: { urgency: 'mse', department: 'sparse_categorical_crossentropy' },
    loss_weights: { urgency: 2, department: 1 },
    metrics: { urgency: ['mae'], department: ['accuracy'] },
  });
  const { history } = await model.fit(x, y, { epochs, batch_size: 32, verbose: 2 });
  const scores = await model.evaluate(x, y, { verbose: 0, return_dict: true }) as Record<string, number>;
  const predicted = await model.predict(x, { verbose: 0 }) as unknown as Record<string, keras.NDArray>;
  console.log(`Urgency to ${scores.urgency_mae.toFixed(3)}, the department right in ` +
    `${(100 * scores.department_accuracy).toFixed(0)}% of ${predicted.department.shape[0]} messages`);
  return { first: history.loss[0], last: history.loss.at(-1)!, accuracy: scores.department_accuracy };
}

await asProgram(import.meta.url, 'Trains a model with three inputs and two outputs', FLAGS, main);
