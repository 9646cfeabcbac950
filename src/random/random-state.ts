/** What the datasets need of NumPy's former generator. Source: NumPy, numpy/random/mtrand.pyx, `RandomState.shuffle`. */
import { MersenneTwister } from './mersenne-twister.js';

/** NumPy's `RandomState`, for orders of samples. */
export class RandomState {
  readonly #generator: MersenneTwister;

  /** @throws RangeError when the seed is no integer in [0, 2^32) */
  constructor(seed: number) {
    if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
      throw new RangeError(`The seed of a dataset must be an integer from 0 to 4294967295, received ${String(seed)}.`);
    }
    this.#generator = MersenneTwister.ofRandomState(seed);
  }

  /** The numbers from 0 to n - 1 in the order that `shuffle` gives them. */
  shuffled(n: number): Uint32Array {
    const indices = Uint32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      // As many bits as i has, drawn again where they make a larger number.
      const mask = 2 ** (32 - Math.clz32(i)) - 1;
      let j: number;
      do j = (this.#generator.nextUint32() & mask) >>> 0; while (j > i);
      [indices[i], indices[j]] = [indices[j], indices[i]];
    }
    return indices;
  }
}
