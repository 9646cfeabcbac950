/**
 * Discrete Fourier transforms of any length in double precision: radix 2 for powers of two, others as a convolution of
 * such a length. Source: Bluestein 1970, "A linear filtering approach to the computation of discrete Fourier transform".
 */

/** Roots of unity exp(-i pi k / half), k < count. */
function roots(count: number, half: number): { re: Float64Array; im: Float64Array } {
  const re = new Float64Array(count);
  const im = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    re[k] = Math.cos((Math.PI * k) / half);
    im[k] = -Math.sin((Math.PI * k) / half);
  }
  return { re, im };
}

/** Transforms of one length, in place; made once for many rows. */
export class FourierPlan {
  readonly length: number;
  readonly #twiddles: { re: Float64Array; im: Float64Array };
  readonly #chirp: Chirp | undefined;

  constructor(length: number) {
    this.length = length;
    const isPower = (length & (length - 1)) === 0;
    this.#twiddles = isPower ? roots(length >> 1, length / 2) : roots(0, 1);
    this.#chirp = isPower ? undefined : new Chirp(length);
  }

  run(re: Float64Array, im: Float64Array): void {
    if (this.#chirp) this.#chirp.run(re, im);
    else this.#radix2(re, im);
  }

  #radix2(re: Float64Array, im: Float64Array): void {
    const n = this.length;
    // 1. bit-reversed order
    for (let i = 1, j = 0; i < n; i++) {
      let bit = n >> 1;
      for (; j & bit; bit >>= 1) j ^= bit;
      j ^= bit;
      if (i < j) {
        [re[i], re[j]] = [re[j], re[i]];
        [im[i], im[j]] = [im[j], im[i]];
      }
    }
    // 2. butterflies of growing width
    const { re: wr, im: wi } = this.#twiddles;
    for (let half = 1; half < n; half *= 2) {
      const step = n / (2 * half);
      for (let start = 0; start < n; start += 2 * half) {
        for (let k = 0; k < half; k++) {
          const [i, j] = [start + k, start + k + half];
          const [c, s] = [wr[k * step], wi[k * step]];
          const tr = re[j] * c - im[j] * s;
          const ti = re[j] * s + im[j] * c;
          re[j] = re[i] - tr;
          im[j] = im[i] - ti;
          re[i] += tr;
          im[i] += ti;
        }
      }
    }
  }
}

/** jk = (j^2 + k^2 - (k - j)^2) / 2 makes the sum a convolution with a chirp. */
class Chirp {
  readonly #length: number;
  readonly #plan: FourierPlan;
  readonly #re: Float64Array;
  readonly #im: Float64Array;
  readonly #filterRe: Float64Array;
  readonly #filterIm: Float64Array;

  constructor(length: number) {
    this.#length = length;
    let size = 1;
    while (size < 2 * length - 1) size *= 2;
    this.#plan = new FourierPlan(size);
    this.#re = new Float64Array(length);
    this.#im = new Float64Array(length);
    this.#filterRe = new Float64Array(size);
    this.#filterIm = new Float64Array(size);
    for (let k = 0; k < length; k++) {
      // k^2 modulo the period keeps the angle exact.
      const angle = (Math.PI * ((k * k) % (2 * length))) / length;
      this.#re[k] = Math.cos(angle);
      this.#im[k] = -Math.sin(angle);
      for (const at of k === 0 ? [0] : [k, size - k]) {
        this.#filterRe[at] = this.#re[k];
        this.#filterIm[at] = -this.#im[k];
      }
    }
    this.#plan.run(this.#filterRe, this.#filterIm);
  }

  run(re: Float64Array, im: Float64Array): void {
    const size = this.#plan.length;
    const ar = new Float64Array(size);
    const ai = new Float64Array(size);
    for (let k = 0; k < this.#length; k++) {
      ar[k] = re[k] * this.#re[k] - im[k] * this.#im[k];
      ai[k] = re[k] * this.#im[k] + im[k] * this.#re[k];
    }
    this.#plan.run(ar, ai);
    // Swapped parts make the next transform the inverse.
    const pr = new Float64Array(size);
    const pi = new Float64Array(size);
    for (let k = 0; k < size; k++) {
      pi[k] = (ar[k] * this.#filterRe[k] - ai[k] * this.#filterIm[k]) / size;
      pr[k] = (ar[k] * this.#filterIm[k] + ai[k] * this.#filterRe[k]) / size;
    }
    this.#plan.run(pr, pi);
    for (let k = 0; k < this.#length; k++) {
      re[k] = pi[k] * this.#re[k] - pr[k] * this.#im[k];
      im[k] = pi[k] * this.#im[k] + pr[k] * this.#re[k];
    }
  }
}
