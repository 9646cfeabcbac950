/**
 * TensorFlow's stateless random numbers: the Philox 4x32-10 generator (Salmon et al. 2011) and the way TensorFlow
 * derives its key and counter from a seed and turns its words into samples. The same seed gives the same bits as the
 * `Stateless*V2` ops on a CPU. Sources in TensorFlow: core/lib/random/philox_random.h, random_distributions.h,
 * core/kernels/stateless_random_ops.cc, core/kernels/random_op_cpu.h.
 */

/** Low and high half of a 64-bit product of two 32-bit words go to `out[0]` and `out[1]`. */
function multiply(a: number, b: number, out: Uint32Array): void {
  const [aLow, aHigh, bLow, bHigh] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const low = aLow * bLow;
  const middle = aHigh * bLow + (low >>> 16);
  const carry = aLow * bHigh + (middle % 0x10000);
  out[0] = Math.imul(a, b);
  out[1] = aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(carry / 0x10000);
}

const product0 = new Uint32Array(2);
const product1 = new Uint32Array(2);

/** Ten rounds over a counter of four words, into `out`. */
function rounds(counter: Uint32Array, key0: number, key1: number, out: Uint32Array): void {
  out.set(counter);
  let k0 = key0;
  let k1 = key1;
  for (let round = 0; round < 10; round++) {
    multiply(0xd2511f53, out[0], product0);
    multiply(0xcd9e8d57, out[2], product1);
    const [c1, c3] = [out[1], out[3]];
    out[0] = product1[1] ^ c1 ^ k0;
    out[1] = product1[0];
    out[2] = product0[1] ^ c3 ^ k1;
    out[3] = product0[0];
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
}

/** The stream of words that a seed stands for. */
export class Philox {
  readonly #key: [number, number];
  readonly #base: Uint32Array;
  readonly #counter = new Uint32Array(4);
  /** The four words of the present block. */
  readonly words = new Uint32Array(4);

  /** @param seed two integers of 32 bits, signed or not */
  constructor(seed: ArrayLike<number>) {
    // The seed is scrambled by one block of Philox under a fixed key.
    const counter = Uint32Array.of(seed[0], seed[0] < 0 ? -1 : 0, seed[1], seed[1] < 0 ? -1 : 0);
    const mixed = new Uint32Array(4);
    rounds(counter, 0x3ec8f720, 0x02461e29, mixed);
    this.#key = [mixed[0], mixed[1]];
    this.#base = Uint32Array.of(0, 0, mixed[2], mixed[3]);
  }

  /** Computes the words of block `index`. */
  block(index: number): Uint32Array {
    this.#counter.set(this.#base);
    this.#counter[0] = index;
    this.#counter[1] = Math.floor(index / 2 ** 32);
    rounds(this.#counter, this.#key[0], this.#key[1], this.words);
    return this.words;
  }
}

/** Bits of the mantissa, from which a float in [1, 2) is made. */
const MANTISSA = { float32: 23, float16: 10, bfloat16: 7 } as const;
export type RandomFloat = keyof typeof MANTISSA;

const fraction = (word: number, bits: number): number => (word & (2 ** bits - 1)) / 2 ** bits;

/** Uniform in [0, 1). */
export function fillUniform(seed: ArrayLike<number>, out: Float32Array, dtype: RandomFloat): void {
  const generator = new Philox(seed);
  const bits = MANTISSA[dtype];
  for (let i = 0; i < out.length; i++) {
    if (i % 4 === 0) generator.block(i / 4);
    out[i] = fraction(generator.words[i % 4], bits);
  }
}

const f32 = Math.fround;
const TWO_PI = 2 * Math.PI;

/** A pair of normal samples from two words, computed in float32 as TensorFlow does. */
function boxMuller(word0: number, word1: number): [number, number] {
  const u = Math.max(fraction(word0, 23), f32(1e-7));
  const angle = f32(TWO_PI * fraction(word1, 23));
  const radius = f32(Math.sqrt(f32(-2 * f32(Math.log(u)))));
  return [f32(f32(Math.sin(angle)) * radius), f32(f32(Math.cos(angle)) * radius)];
}

/** Mean 0, deviation 1. */
export function fillNormal(seed: ArrayLike<number>, out: Float32Array): void {
  const generator = new Philox(seed);
  for (let i = 0; i < out.length; i += 2) {
    if (i % 4 === 0) generator.block(i / 4);
    const [first, second] = boxMuller(generator.words[i % 4], generator.words[(i % 4) + 1]);
    out[i] = first;
    if (i + 1 < out.length) out[i + 1] = second;
  }
}

/**
 * Blocks reserved for the samples of a distribution that rejects some: for each four of `fillTruncatedNormal`, for each
 * one elsewhere.
 */
export const RESERVED = 256;

/** Normal samples; those beyond two deviations are drawn again, from blocks reserved for their group of four. */
export function fillTruncatedNormal(seed: ArrayLike<number>, out: Float32Array): void {
  const generator = new Philox(seed);
  for (let group = 0; group * 4 < out.length; group++) {
    const end = Math.min(out.length, group * 4 + 4);
    let next = group * 4;
    for (let block = group * RESERVED; next < end; block++) {
      const words = generator.block(block);
      for (let pair = 0; pair < 4 && next < end; pair += 2) {
        for (const sample of boxMuller(words[pair], words[pair + 1])) {
          if (Math.abs(sample) < 2 && next < end) out[next++] = sample;
        }
      }
    }
  }
}

/** Integers in [low, high). */
export function fillIntegers(seed: ArrayLike<number>, out: Int32Array, low: number, high: number): void {
  if (!(low < high)) throw new RangeError(`Random integers need low < high, received low=${low} and high=${high}.`);
  const generator = new Philox(seed);
  const range = high - low;
  for (let i = 0; i < out.length; i++) {
    if (i % 4 === 0) generator.block(i / 4);
    out[i] = low + (generator.words[i % 4] % range);
  }
}
