/** Where the seeds of random numbers come from: a generator whose state is a Variable. */
import { randomBytes } from 'node:crypto';
import { activeBackend, context, withContext } from '../engine/context.js';
import { fromHost } from '../engine/convert.js';
import type { DType } from '../engine/dtype.js';
import type { Tensor } from '../engine/tensor.js';
import { Variable } from '../engine/variable.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { auto_name } from '../utils/naming.js';
import { add, mod, multiply } from '../ops/tensor-math.js';
import { cast } from '../ops/promotion.js';
import { MersenneTwister } from './mersenne-twister.js';

export interface SeedGeneratorOptions {
  /** An integer; default null: one that is drawn anew each time, or follows from `set_random_seed`. */
  seed?: number | null;
  name?: string | null;
}
const NAMES = ['seed', 'name'] as const;

/** Python Keras's seeds on TensorFlow are int64, and its samplers take them modulo this as int32. */
const SEED_MODULUS = 2147483646;
/** Where the jumps of the global generator wrap around, as in Python Keras. */
const JUMP_MODULUS = 933199;

/** Far enough that counts of draws do not meet: up to 2^23 draws, in 128 processes. */
const REPLICA_STRIDE = 2 ** 24;

const pair = (first: number, second: number, dtype: DType): Tensor => fromHost(
  dtype === 'int64' ? BigInt64Array.of(BigInt(first), BigInt(second)) : Int32Array.of(first, second), [2], dtype);

/**
 * Gives another seed at each use, so that random functions that share it differ from call to call. Its state is a
 * Variable: in a compiled function each run goes on where the last one ended, and it is saved with a layer.
 * Source: keras.random.SeedGenerator.
 *
 * @example
 * const seeds = new keras.random.SeedGenerator(42);
 * const a = keras.random.normal([2], {seed: seeds});
 * const b = keras.random.normal([2], {seed: seeds}); // other numbers
 */
export class SeedGenerator {
  readonly name: string;
  readonly state: Variable;
  readonly #seed: number | null;

  /** @throws TypeError when the seed is not an integer */
  constructor(...args: ConstructorArgs<SeedGeneratorOptions, typeof NAMES>) {
    const { seed = null, name = null } = namedArguments<SeedGeneratorOptions>('SeedGenerator', NAMES, args, []);
    this.name = name ?? auto_name('SeedGenerator');
    this.#seed = seed;
    const first = seed ?? make_default_seed();
    if (!Number.isInteger(first)) throw new TypeError(`The seed of a SeedGenerator is an integer, received ${String(seed)}.`);
    // int64 as in Python Keras on TensorFlow, where the backend has it: saved states are then the same.
    const dtype = activeBackend().unsupported('constant', 'int64') ? 'int32' : 'int64';
    this.state = withContext({ nameScopes: [...context.nameScopes, this.name] }, () => new Variable(
      () => pair(first, 0, dtype),
      { shape: [2], dtype, trainable: false, autocast: false, name: 'seed_generator_state' }));
  }

  /**
   * The present state, a pair of integers, after which the state moves on.
   * @param ordered whether to count up (default); otherwise the state jumps, as the global generator's does
   */
  next(ordered = true): Tensor {
    const seed = this.state.value;
    if (ordered) this.state.assign_add(pair(0, 1, this.state.dtype));
    else {
      // (seed + 1) 5387 modulo 933199, with 5387 = 73 73 + 58, so that 32 bits hold every step.
      const next = mod(add(seed, 1), JUMP_MODULUS);
      const part = mod(multiply(next, 73), JUMP_MODULUS);
      this.state.assign(mod(add(multiply(part, 73), multiply(next, 58)), JUMP_MODULUS));
    }
    return seed;
  }

  get_config(): Required<SeedGeneratorOptions> {
    return { seed: this.#seed, name: this.name };
  }

  static from_config(config: SeedGeneratorOptions): SeedGenerator {
    return new SeedGenerator(config);
  }

  toString(): string {
    return `<SeedGenerator name=${this.name}, seed=${String(this.#seed)}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}
kerasExport(SeedGenerator, 'keras.random.SeedGenerator');

/** What random functions take as their seed: an integer gives the same numbers at each call. */
export type Seed = number | SeedGenerator | null;

let python = new MersenneTwister(randomBytes(16).reduce((n, byte) => (n << 8n) | BigInt(byte), 0n));
let global: SeedGenerator | undefined;

/** A seed from Python's generator: the same sequence as in Python after the same `set_random_seed`. */
export const make_default_seed = (): number => python.randint(1, 1e9);

/** The generator behind random functions that are called without a seed. */
export function globalSeedGenerator(): SeedGenerator {
  return (global ??= new SeedGenerator());
}

/** Forgets the global generator; the next use makes another. */
export function resetGlobalSeedGenerator(): void {
  global = undefined;
}

/** Starts the sequence of default seeds anew. */
export function seedDefaults(seed: number | bigint): void {
  python = new MersenneTwister(seed);
  resetGlobalSeedGenerator();
}

/** Processes that train together draw other numbers each, as samples of one batch do. */
function ofReplica(seed: Tensor): Tensor {
  const { replica } = context;
  return replica && replica.index > 0 ? add(seed, fromHost(Int32Array.of(0, replica.index * REPLICA_STRIDE), [2], 'int32')) : seed;
}

/** The int32 pair that the random primitives take. */
export function drawSeed(seed: Seed): Tensor {
  if (typeof seed === 'number' && Number.isInteger(seed)) {
    const key = ((seed % SEED_MODULUS) + SEED_MODULUS) % SEED_MODULUS;
    return fromHost(Int32Array.of(key, 0), [2], 'int32');
  }
  if (seed !== null && !(seed instanceof SeedGenerator)) {
    throw new TypeError(`A seed is an integer, a SeedGenerator or null, received ${String(seed)}.`);
  }
  const state = seed === null ? globalSeedGenerator().next(false) : seed.next();
  return ofReplica(cast(mod(state, SEED_MODULUS), 'int32'));
}
