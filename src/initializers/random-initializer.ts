/** Base of the random initializers: the seed. */
import { SeedGenerator, make_default_seed } from '../random/seed-generator.js';
import { deserialize_keras_object, serialize_keras_object } from '../saving/serialization.js';
import { isPlainObject } from '../engine/structure.js';
import { Initializer } from './initializer.js';

/** An integer, a SeedGenerator, its config, or null. */
export type InitializerSeed = number | SeedGenerator | Record<string, unknown> | null;

export interface SeedOption {
  /**
   * An integer: each call gives the same values. A SeedGenerator: each call gives others. Default null: a seed drawn
   * once, which follows from `set_random_seed`.
   */
  seed?: InitializerSeed;
}

export abstract class RandomInitializer extends Initializer {
  readonly seed: number | SeedGenerator;
  readonly #given: InitializerSeed;

  protected constructor(seed: InitializerSeed | undefined) {
    super();
    this.#given = seed ?? null;
    const found = isPlainObject(seed) ? deserialize_keras_object(seed) : seed ?? make_default_seed();
    if (!(found instanceof SeedGenerator) && !(typeof found === 'number' && Number.isInteger(found))) {
      throw new TypeError(`The seed of ${new.target.name} is an integer, a SeedGenerator or null, received ${String(seed)}.`);
    }
    this.seed = found;
  }

  override get_config(): Record<string, unknown> {
    return { seed: serialize_keras_object(this.#given) };
  }
}
