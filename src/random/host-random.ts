/** Random numbers in host memory: the order of samples in fit. They follow from `set_random_seed`. */
import { MersenneTwister } from './mersenne-twister.js';
import { make_default_seed } from './seed-generator.js';

/** A source of numbers in [0, 1), seeded by the global seed where no other is given. */
export function hostRandom(seed = make_default_seed()): () => number {
  const generator = new MersenneTwister(seed);
  return () => generator.random();
}
