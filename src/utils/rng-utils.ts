/** Reproducible runs. */
import { resetGlobalSeedGenerator, seedDefaults } from '../random/seed-generator.js';
import { kerasExport } from '../saving/registration.js';

let randomSeed: number | null = null;

/**
 * Makes what follows reproducible: initial weights, shuffling and dropout without seeds of their own depend on this
 * seed alone, and are those of Python Keras after the same call. Source: keras.utils.set_random_seed.
 *
 * @param seed an integer from 0 to 2^32 - 1
 * @throws TypeError when it is not
 * @example
 * keras.utils.set_random_seed(42);
 */
export function set_random_seed(seed: number): void {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
    throw new TypeError(`set_random_seed takes an integer from 0 to 4294967295, received ${String(seed)}.`);
  }
  randomSeed = seed;
  seedDefaults(seed);
}
kerasExport(set_random_seed, 'keras.utils.set_random_seed');

/** As if no seed had been given, for random functions that are called without one. */
export function forgetRandomSeed(): void {
  randomSeed = null;
  resetGlobalSeedGenerator();
}

/** The seed given to `set_random_seed`, or null. */
export const getRandomSeed = (): number | null => randomSeed;
