/**
 * The Mersenne Twister MT19937, seeded and read as Python's `random` module does, so that seeds which Keras draws
 * there are the same here. Source: Matsumoto and Nishimura, 1998; CPython, Modules/_randommodule.c.
 */
const N = 624;
const M = 397;

export class MersenneTwister {
  readonly #state = new Uint32Array(N);
  #position = N;

  /** @param seed an integer; its sign does not count, as in Python */
  constructor(seed: number | bigint) {
    this.#initByArray(words(seed));
  }

  /** Seeded as NumPy's `RandomState(seed)` is. @param seed an integer in [0, 2^32) */
  static ofRandomState(seed: number): MersenneTwister {
    const generator = new MersenneTwister(0);
    generator.#init(seed);
    return generator;
  }

  #init(seed: number): void {
    this.#state[0] = seed;
    for (let i = 1; i < N; i++) {
      const previous = this.#state[i - 1];
      this.#state[i] = Math.imul(1812433253, previous ^ (previous >>> 30)) + i;
    }
  }

  #initByArray(key: readonly number[]): void {
    this.#init(19650218);
    const state = this.#state;
    let i = 1;
    const mix = (multiplier: number, added: number): void => {
      const previous = state[i - 1];
      state[i] = (state[i] ^ Math.imul(previous ^ (previous >>> 30), multiplier)) + added;
      if (++i >= N) {
        state[0] = state[N - 1];
        i = 1;
      }
    };
    let j = 0;
    for (let k = Math.max(N, key.length); k > 0; k--) {
      mix(1664525, key[j] + j);
      if (++j >= key.length) j = 0;
    }
    for (let k = N - 1; k > 0; k--) mix(1566083941, -i);
    state[0] = 0x80000000;
  }

  #refill(): void {
    const state = this.#state;
    for (let i = 0; i < N; i++) {
      const y = (state[i] & 0x80000000) | (state[(i + 1) % N] & 0x7fffffff);
      state[i] = state[(i + M) % N] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.#position = 0;
  }

  /** The next 32 bits, as an unsigned number. */
  nextUint32(): number {
    if (this.#position >= N) this.#refill();
    let y = this.#state[this.#position++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return y >>> 0;
  }

  /** A float in [0, 1) with 53 bits, as Python's `random.random()`. */
  random(): number {
    const high = this.nextUint32() >>> 5;
    const low = this.nextUint32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** An integer in [0, n), 0 < n <= 2^32, as Python's `random.randrange(n)`. */
  below(n: number): number {
    const bits = n.toString(2).length;
    let value: number;
    do value = bits > 32 ? this.nextUint32() : this.nextUint32() >>> (32 - bits); while (value >= n);
    return value;
  }

  /** An integer in [low, high], as Python's `random.randint`. */
  randint(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }
}

/** The magnitude in words of 32 bits, the lowest first. */
function words(seed: number | bigint): number[] {
  let rest = BigInt(seed);
  if (rest < 0n) rest = -rest;
  const found: number[] = [];
  do {
    found.push(Number(rest & 0xffffffffn));
    rest >>= 32n;
  } while (rest > 0n);
  return found;
}
