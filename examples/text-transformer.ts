/**
 * A small transformer tells whether a sentence is friendly. The sentences are made up: which words come in them says little,
 * their order all ("good but slow" ends badly, "slow but good" well, and "not" turns a word round).
 *
 *   npx tsx examples/text-transformer.ts --epochs 8
 */
import * as keras from '../src/index.js';
import { asProgram, type Outcome } from './program.js';

const { layers, ops } = keras;
type Tensor = keras.Tensor;
const FLAGS = { epochs: 8, samples: 1200, seed: 1 };

const SUBJECTS = ['the film', 'this book', 'her song', 'the play', 'our dinner', 'that trip'];
const GOOD = ['good', 'lovely', 'clever', 'warm', 'bright'];
const BAD = ['dull', 'slow', 'noisy', 'sad', 'long'];
const LENGTH = 8;

/** A sequence of pseudo-random integers: the same sentences in every run. */
function* integers(seed: number): Generator<number> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state >>> 8;
  }
}

/** Sentences as numbers of words (0 stands for nothing), and whether each is friendly. */
export function sentences(count: number, seed: number): { x: keras.NDArray; y: keras.NDArray; vocabulary: string[] } {
  const random = integers(seed);
  const pick = <T>(items: readonly T[]): T => items[random.next().value as number % items.length];
  const vocabulary = ['', ...new Set([...SUBJECTS.flatMap((subject) => subject.split(' ')), 'is', 'but', 'not', ...GOOD, ...BAD])];
  const x = new Int32Array(count * LENGTH);
  const y = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const isGood = pick([true, false]);
    const [first, last] = isGood ? [pick(BAD), pick(GOOD)] : [pick(GOOD), pick(BAD)];
    const isTurned = pick([true, false, false]);
    const words = [pick(SUBJECTS), 'is', first, 'but', ...(isTurned ? ['not'] : []), last].join(' ').split(' ');
    words.forEach((word, j) => {
      x[i * LENGTH + j] = vocabulary.indexOf(word);
    });
    y[i] = isGood === isTurned ? 0 : 1;
  }
  return { x: new keras.NDArray(x, [count, LENGTH]), y: new keras.NDArray(y, [count, 1]), vocabulary };
}

/** Vectors of words and of their places, added up. */
export class TokenAndPosition extends layers.Layer {
  readonly tokens: keras.layers.Embedding;
  readonly places: keras.layers.Embedding;

  constructor(words: number, length: number, width: number) {
    super();
    this.tokens = new layers.Embedding(words, width, { mask_zero: true });
    this.places = new layers.Embedding(length, width);
    this.supports_masking = true;
  }

  override call(ids: Tensor): Tensor {
    return ops.add(this.tokens(ids), this.places(ops.arange(ids.shape[1])));
  }

  override compute_mask(ids: Tensor): Tensor | undefined {
    return this.tokens.compute_mask(ids);
  }
}

/** Attention, then a small network for each word; each added to what comes in, and normalized. */
export class TransformerBlock extends layers.Layer {
  readonly attention: keras.layers.MultiHeadAttention;
  readonly network: keras.Sequential;
  readonly norm1 = new layers.LayerNormalization({ epsilon: 1e-6 });
  readonly norm2 = new layers.LayerNormalization({ epsilon: 1e-6 });
  readonly dropout: keras.layers.Dropout;

  constructor(width: number, heads: number, hidden: number, rate = 0.1) {
    super();
    this.attention = new layers.MultiHeadAttention(heads, width / heads);
    this.network = new keras.Sequential([new layers.Dense(hidden, 'relu'), new layers.Dense(width)]);
    this.dropout = new layers.Dropout(rate);
    this.supports_masking = true;
  }

  override call(x: Tensor): Tensor {
    const attended = this.norm1(ops.add(x, this.dropout(this.attention<Tensor, Tensor>(x, x))));
    return this.norm2(ops.add(attended, this.dropout(this.network(attended))));
  }
}

export async function main({ epochs, samples, seed }: typeof FLAGS): Promise<Outcome & { accuracy: number }> {
  keras.utils.set_random_seed(seed);
  const { x, y, vocabulary } = sentences(samples, seed);
  const width = 16;
  const ids = keras.Input({ shape: [LENGTH], dtype: 'int32' });
  let h = new TokenAndPosition(vocabulary.length, LENGTH, width)(ids);
  h = new TransformerBlock(width, 2, 32)(h);
  h = new layers.GlobalAveragePooling1D()(h);
  const model = new keras.Model(ids, new layers.Dense(1, 'sigmoid')(h));
  model.compile({ optimizer: new keras.optimizers.Adam(5e-3), loss: 'binary_crossentropy', metrics: ['accuracy'] });
  const { history } = await model.fit(x, y, { epochs, batch_size: 32, validation_split: 0.2, verbose: 2 });
  return { first: history.val_loss[0], last: history.val_loss.at(-1)!, accuracy: history.val_accuracy.at(-1)! };
}

await asProgram(import.meta.url, 'Trains a transformer on made-up sentences', FLAGS, main);
