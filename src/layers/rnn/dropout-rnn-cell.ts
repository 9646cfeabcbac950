/** Dropout inside of recurrent cells: one random mask for all steps of a sequence. */
import { context, type Tracer } from '../../engine/context.js';
import { keep } from '../../engine/scope.js';
import type { Tensor } from '../../engine/tensor.js';
import * as ops from '../../ops/index.js';
import * as random from '../../random/index.js';
import { Layer } from '../layer.js';

/** One mask for all gates, one for each, or none. */
export type DropoutMask = Tensor | Tensor[] | null;

type Kind = 'dropout' | 'recurrent_dropout';

interface Cached {
  mask: DropoutMask;
  /** Where it was drawn: a mask of one trace is nothing in another. */
  tracer: Tracer | undefined;
}

/** Base of the cells that drop parts of their inputs (`dropout`) and of their states (`recurrent_dropout`). */
export abstract class DropoutRNNCell extends Layer {
  abstract readonly dropout: number;
  abstract readonly recurrent_dropout: number;
  abstract readonly seed_generator: random.SeedGenerator;
  /** How many masks are drawn, one for each gate; null: one that all share. */
  dropout_mask_count: number | null = null;
  #cached: Partial<Record<Kind, Cached>> = {};
  /** Whether a layer holds the masks for all steps of its call. */
  #held = false;

  #draw(kind: Kind, like: Tensor): DropoutMask {
    const rate = this[kind];
    if (rate === 0) return null;
    const mask = (): Tensor => random.dropout(ops.ones_like(like), rate, { seed: this.seed_generator });
    const count = this.dropout_mask_count;
    return count === null ? mask() : Array.from({ length: count }, mask);
  }

  #get(kind: Kind, like: Tensor): DropoutMask {
    const cached = this.#cached[kind];
    if (cached && (this.#held || cached.tracer === context.tracer)) return cached.mask;
    const mask = this.#draw(kind, like);
    // Outside of a layer it outlives the call of this step, for the steps after it.
    if (!this.#held && !context.tracer) for (const one of [mask ?? []].flat()) keep(one);
    this.#cached[kind] = { mask, tracer: context.tracer };
    return mask;
  }

  /** The mask for the inputs of each step, `[batch, features]`: drawn once, until it is reset. */
  get_dropout_mask(step_input: Tensor): DropoutMask {
    return this.#get('dropout', step_input);
  }

  /** The mask for the state before each step. */
  get_recurrent_dropout_mask(step_input: Tensor): DropoutMask {
    return this.#get('recurrent_dropout', step_input);
  }

  /** Forgets the mask for the inputs: the next step draws another. */
  reset_dropout_mask(): void {
    delete this.#cached.dropout;
  }

  /** Forgets the mask for the state. */
  reset_recurrent_dropout_mask(): void {
    delete this.#cached.recurrent_dropout;
  }

  /**
   * Draws the masks that hold for all steps of a layer's call, until `releaseDropoutMasks`. As in Keras the seed
   * moves on without training too, where the masks are not used.
   */
  holdDropoutMasks(step_input: Tensor, state: Tensor): void {
    this.releaseDropoutMasks();
    this.#held = true;
    this.get_dropout_mask(step_input);
    this.get_recurrent_dropout_mask(state);
  }

  /** Forgets both masks. */
  releaseDropoutMasks(): void {
    this.#held = false;
    this.reset_dropout_mask();
    this.reset_recurrent_dropout_mask();
  }
}
