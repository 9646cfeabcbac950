/**
 * Two LSTMs learn to add: one reads a sum as text ("27+5"), the other starts with its states and writes the result.
 *
 *   npx tsx examples/addition.ts --epochs 40
 */
import * as keras from '../src/index.js';
import { asProgram, type Outcome } from './program.js';

const { layers, ops } = keras;
const FLAGS = { epochs: 40, samples: 3000, digits: 2, units: 64, seed: 1 };

const CHARACTERS = ' +0123456789';

/** A text as numbers of characters, filled up with spaces. */
const encode = (text: string, length: number): number[] =>
  Array.from(text.padEnd(length), (character) => CHARACTERS.indexOf(character));
const decode = (numbers: readonly number[]): string => numbers.map((n) => CHARACTERS[n]).join('').trimEnd();

/** Different sums with numbers of up to so many digits, in random order, and their results. */
function sums(count: number, digits: number): { questions: string[]; answers: string[] } {
  const limit = 10 ** digits;
  const pairs = Math.min(count, limit * limit);
  const order = keras.random.shuffle(ops.arange(limit * limit)).dataSync() as Int32Array;
  const numbers = Array.from(order.slice(0, pairs), (n) => [Math.floor(n / limit), n % limit]);
  return { questions: numbers.map(([a, b]) => `${a}+${b}`), answers: numbers.map(([a, b]) => String(a + b)) };
}

function makeModel(questionLength: number, answerLength: number, units: number): keras.Model {
  const question = keras.Input({ shape: [questionLength], dtype: 'int32', name: 'question' });
  const characters = new layers.Embedding(CHARACTERS.length, 16)(question);
  // The encoder goes backwards: the last digits, with which one starts to add, come last.
  const encoder = new layers.LSTM(units, { return_state: true, go_backwards: true, name: 'encoder' });
  const [summary, h, c] = encoder<keras.KerasTensor, keras.KerasTensor[]>(characters);
  const steps = new layers.RepeatVector(answerLength)(summary);
  const decoder = new layers.LSTM(units, { return_sequences: true, name: 'decoder' });
  const written = decoder<keras.KerasTensor, keras.KerasTensor>(steps, { initial_state: [h, c] });
  return new keras.Model(question, new layers.Dense(CHARACTERS.length, 'softmax', { name: 'answer' })(written));
}

export async function main({ epochs, samples, digits, units, seed }: typeof FLAGS): Promise<Outcome & { accuracy: number }> {
  keras.utils.set_random_seed(seed);
  const { questions, answers } = sums(samples, digits);
  const [questionLength, answerLength] = [2 * digits + 1, digits + 1];
  const x = ops.array(questions.map((text) => encode(text, questionLength)), 'int32');
  const y = ops.array(answers.map((text) => encode(text, answerLength)), 'int32');

  const model = makeModel(questionLength, answerLength, units);
  const optimizer = new keras.optimizers.Adam(0.01);
  model.compile({ optimizer, loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'] });
  const { history } = await model.fit(x, y, { epochs, batch_size: 64, validation_split: 0.1, verbose: 2 });

  const unseen = Math.floor(0.9 * questions.length);
  const held = ops.slice(x, [unseen, 0], [questions.length - unseen, questionLength]);
  const guesses = ops.argmax(await model.predict(held, { verbose: 0 }) as keras.NDArray, -1);
  (guesses.arraySync() as number[][]).slice(0, 10).forEach((guess, i) => {
    const isRight = decode(guess) === answers[unseen + i];
    console.log(`${questions[unseen + i]} = ${decode(guess)} ${isRight ? 'right' : `wrong: ${answers[unseen + i]}`}`);
  });
  return { first: history.val_loss[0], last: history.val_loss.at(-1)!, accuracy: history.val_accuracy.at(-1)! };
}

await asProgram(import.meta.url, 'Trains two LSTMs to add numbers', FLAGS, main);
