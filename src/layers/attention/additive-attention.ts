/** AdditiveAttention: attention after Bahdanau. */
import type { SymbolicShape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import * as ops from '../../ops/index.js';
import { kerasExport } from '../../saving/registration.js';
import { LAYER_OPTIONS, namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { Attention, type AttentionOptions } from './attention.js';

export interface AdditiveAttentionOptions extends Omit<AttentionOptions, 'score_mode'> {
  /** Whether a weight for each feature scales the terms of the scores. Default true. */
  use_scale?: boolean;
}
const ARGUMENTS = ['use_scale', 'dropout'] as const;

/**
 * Attention with the scores `sum(scale * tanh(query + key))` over the features. Inputs, call arguments and outputs are
 * those of `Attention`.
 *
 * Input shapes: query `[batch, Tq, dim]`, value `[batch, Tv, dim]`, key `[batch, Tv, dim]`.
 * Output shape: `[batch, Tq, dim]`, and scores `[batch, Tq, Tv]` where asked for.
 * Source: keras.layers.AdditiveAttention; Bahdanau et al., 2015.
 *
 * @example
 * const [query, value] = [keras.ops.ones([2, 3, 8]), keras.ops.ones([2, 5, 8])];
 * new keras.layers.AdditiveAttention()([query, value]).shape; // [2, 3, 8]
 */
export class AdditiveAttention extends Attention {
  constructor(...args: ConstructorArgs<AdditiveAttentionOptions, typeof ARGUMENTS>) {
    const options = namedArguments<AdditiveAttentionOptions>(
      'AdditiveAttention', ARGUMENTS, args, ['seed', ...LAYER_OPTIONS]);
    super({ ...options, use_scale: options.use_scale ?? true });
  }

  override build(input_shape: readonly SymbolicShape[]): void {
    this.checkInputs(input_shape);
    const [query] = input_shape;
    if (this.use_scale) {
      this.scale = this.add_weight({ name: 'scale', shape: [query[query.length - 1]], initializer: 'glorot_uniform' });
    }
  }

  protected override scores(query: Tensor, key: Tensor): Tensor {
    const terms = ops.tanh(ops.add(ops.expand_dims(query, -2), ops.expand_dims(key, -3)));
    return ops.sum(this.scale ? ops.multiply(this.scale, terms) : terms, -1);
  }

  override get_config(): Record<string, unknown> {
    const { score_mode: _, ...config } = super.get_config();
    return config;
  }
}
kerasExport(AdditiveAttention, 'keras.layers.AdditiveAttention');
