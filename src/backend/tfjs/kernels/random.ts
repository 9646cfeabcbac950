/** Random numbers with TensorFlow's bits. */
import type { random, RandomParams } from '../../../engine/primitives/random.js';
import { fillIntegers, fillNormal, fillTruncatedNormal, fillUniform, type RandomFloat } from '../philox.js';
import { fillBinomial, fillGamma } from '../rejection.js';
import { storageOf } from '../storage.js';
import type { Kernel, KernelTable } from './kernel.js';

type Fill = (seed: ArrayLike<number>, out: Float32Array, dtype: RandomFloat) => void;

const sample = (fill: Fill): Kernel<RandomParams> =>
  (m, [seed], { params: { shape, dtype } }) => {
    const out = m.alloc(shape, storageOf(dtype));
    fill(m.numbers(seed), m.floats(out), dtype as RandomFloat);
    return out;
  };

export const randomKernels: KernelTable<keyof typeof random> = {
  random_uniform: sample(fillUniform),
  random_normal: sample(fillNormal),
  random_truncated_normal: sample(fillTruncatedNormal),
  random_integers: (m, [seed, low, high], { params: { shape, dtype } }) => {
    const out = m.alloc(shape, storageOf(dtype));
    fillIntegers(m.numbers(seed), m.numbers(out) as Int32Array, m.numbers(low)[0], m.numbers(high)[0]);
    return out;
  },
  random_gamma: (m, [seed, alpha], { params: { shape, dtype } }) => {
    const out = m.alloc(shape, storageOf(dtype));
    fillGamma(m.numbers(seed), m.numbers(alpha), m.numbers(out));
    return out;
  },
  random_binomial: (m, [seed, counts, probabilities], { params: { shape, dtype } }) => {
    const out = m.alloc(shape, storageOf(dtype));
    fillBinomial(m.numbers(seed), m.numbers(counts), m.numbers(probabilities), m.numbers(out));
    return out;
  },
};
