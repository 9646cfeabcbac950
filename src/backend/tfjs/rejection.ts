/**
 * Distributions whose samples are drawn again until one is accepted, with TensorFlow's bits. Each sample has blocks of
 * words of its own, and is computed in float64. Sources in TensorFlow: core/kernels/stateless_random_gamma_op.cc,
 * core/kernels/random_binomial_op.cc, core/lib/random/random_distributions.h.
 */
import { Philox, RESERVED } from './philox.js';

/** A float64 in [0, 1) from two words: 20 bits of the first, then the second. */
const fraction = (high: number, low: number): number => ((high & 0xfffff) * 2 ** 32 + low) / 2 ** 52;

/** The numbers drawn for one sample: uniform and normal ones by two from each block, the second first. */
class Draws {
  readonly #generator: Philox;
  #block = 0;
  readonly #uniform: number[] = [];
  readonly #normal: number[] = [];

  constructor(seed: ArrayLike<number>) {
    this.#generator = new Philox(seed);
  }

  /** Goes to the blocks of a sample. */
  start(sample: number, reserved: number): void {
    this.#block = sample * reserved;
    this.#uniform.length = 0;
    this.#normal.length = 0;
  }

  #words(): Uint32Array {
    return this.#generator.block(this.#block++);
  }

  uniform(): number {
    if (this.#uniform.length === 0) {
      const words = this.#words();
      this.#uniform.push(fraction(words[0], words[1]), fraction(words[2], words[3]));
    }
    return this.#uniform.pop()!;
  }

  normal(): number {
    if (this.#normal.length === 0) {
      const words = this.#words();
      const radius = Math.sqrt(-2 * Math.log(Math.max(fraction(words[0], words[1]), 1e-7)));
      const angle = 2 * Math.PI * fraction(words[2], words[3]);
      this.#normal.push(Math.sin(angle) * radius, Math.cos(angle) * radius);
    }
    return this.#normal.pop()!;
  }
}

/** Gamma distributed with scale 1. Source: Marsaglia and Tsang, 2000. */
function gamma(draws: Draws, alpha: number): number {
  if (alpha === 1) return -Math.log1p(-draws.uniform());
  const isSmall = alpha < 1;
  const d = alpha + (isSmall ? 2 / 3 : -1 / 3);
  const c = 1 / 3 / Math.sqrt(d);
  // A parameter that is no number is accepted never, and would be drawn forever.
  if (!(alpha >= 0)) return NaN;
  for (;;) {
    const x = draws.normal();
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    const u = draws.uniform();
    if (u < 1 - 0.0331 * x ** 4 || Math.log(u) < 0.5 * x * x + d * (1 - v + Math.log(v))) {
      return isSmall ? d * v * draws.uniform() ** (1 / alpha) : d * v;
    }
  }
}

/** One alpha after the other has all its samples, which lie apart by the number of alphas. */
export function fillGamma(seed: ArrayLike<number>, alphas: ArrayLike<number>, out: { [i: number]: number; length: number }): void {
  const draws = new Draws(seed);
  const each = out.length / alphas.length;
  for (let a = 0; a < alphas.length; a++) {
    for (let i = 0; i < each; i++) {
      draws.start(a * each + i, RESERVED);
      out[i * alphas.length + a] = gamma(draws, alphas[a]);
    }
  }
}

/** How many geometric numbers fit into the count. */
function byInversion(draws: Draws, count: number, probability: number): number {
  let sum = 0;
  for (let successes = 0; ; successes++) {
    sum += Math.ceil(Math.log(draws.uniform()) / Math.log1p(-probability));
    if (sum > count) return successes;
  }
}

/** What Stirling's formula for the logarithm of k! leaves out, for k up to 9. */
const TAILS = [
  0.0810614667953272, 0.0413406959554092, 0.0276779256849983, 0.02079067210376509, 0.0166446911898211,
  0.0138761288230707, 0.0118967099458917, 0.0104112652619720, 0.00925546218271273, 0.00833056343336287,
];

function stirlingTail(k: number): number {
  if (k <= 9) return TAILS[Math.trunc(k)];
  const square = (k + 1) * (k + 1);
  return (1 / 12 - (1 / 360 - 1 / 1260 / square) / square) / (k + 1);
}

/** Transformed rejection, for counts that are not small. Source: Hormann, 1993. */
function byRejection(draws: Draws, count: number, probability: number): number {
  const deviation = Math.sqrt(count * probability * (1 - probability));
  const b = 1.15 + 2.53 * deviation;
  const a = -0.0873 + 0.0248 * b + 0.01 * probability;
  const c = count * probability + 0.5;
  const accepted = 0.92 - 4.2 / b;
  const odds = probability / (1 - probability);
  const alpha = (2.83 + 5.1 / b) * deviation;
  const mode = Math.floor((count + 1) * probability);
  for (;;) {
    const u = draws.uniform() - 0.5;
    const v = draws.uniform();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor((2 * a / us + b) * u + c);
    if (us >= 0.07 && v <= accepted) return k;
    if (k < 0 || k > count) continue;
    const bound = (mode + 0.5) * Math.log((mode + 1) / (odds * (count - mode + 1))) +
      (count + 1) * Math.log((count - mode + 1) / (count - k + 1)) +
      (k + 0.5) * Math.log(odds * (count - k + 1) / (k + 1)) +
      stirlingTail(mode) + stirlingTail(count - mode) - stirlingTail(k) - stirlingTail(count - k);
    if (Math.log(v * alpha / (a / (us * us) + b)) <= bound) return k;
  }
}

/** Blocks that TensorFlow reserves for a sample by inversion. */
const RESERVED_BY_INVERSION = 42;

function binomial(draws: Draws, sample: number, count: number, probability: number): number {
  if (!Number.isFinite(count) || Number.isNaN(probability)) return NaN;
  if (count <= 0 || probability <= 0) return 0;
  if (probability >= 1) return count;
  const rarer = probability <= 0.5 ? probability : 1 - probability;
  const isLarge = count * rarer >= 10;
  draws.start(sample, isLarge ? RESERVED : RESERVED_BY_INVERSION);
  const found = (isLarge ? byRejection : byInversion)(draws, count, rarer);
  return rarer === probability ? found : count - found;
}

/** The samples of one pair of parameters after those of the other, which lie apart by the number of pairs. */
export function fillBinomial(
  seed: ArrayLike<number>, counts: ArrayLike<number>, probabilities: ArrayLike<number>, out: { [i: number]: number; length: number },
): void {
  const draws = new Draws(seed);
  const each = out.length / counts.length;
  for (let pair = 0; pair < counts.length; pair++) {
    for (let i = 0; i < each; i++) {
      out[i * counts.length + pair] = binomial(draws, pair * each + i, counts[pair], probabilities[pair]);
    }
  }
}
