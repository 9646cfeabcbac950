/** MultiHeadAttention: attention by several heads, over one or more axes. */
import type { SymbolicShape } from '../../engine/shape.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { requireIntegers, requirePositiveInteger } from '../../utils/checks.js';
import type { EinsumDense } from '../core/einsum-dense.js';
import { BaseHeads, type HeadsOptions, type Projection } from './base-heads.js';
import { attentionProducts, openShape, projection } from './equations.js';

export interface MultiHeadAttentionOptions extends HeadsOptions {
  /** Number of heads, a positive integer. */
  num_heads: number;
  /** Size of each head's queries and keys. */
  key_dim: number;
  /** Size of each head's values. Default: `key_dim`. */
  value_dim?: number | null;
  /** The output's shape after the batch and the lengths. Default: the query's last axis. */
  output_shape?: number | readonly number[] | null;
  /** Axes of the query that are attended over. Default null: all but batch and features. */
  attention_axes?: number | readonly number[] | null;
}

const ARGUMENTS = ['num_heads', 'key_dim', 'value_dim', 'dropout', 'use_bias', 'output_shape', 'attention_axes',
  'sliding_window', 'flash_attention', 'kernel_initializer', 'bias_initializer', 'kernel_regularizer', 'bias_regularizer',
  'activity_regularizer', 'kernel_constraint', 'bias_constraint', 'use_gate', 'seed'] as const;

/**
 * Attention by several heads: query, key and value are projected for each head, each head mixes its values by
 * `softmax(query . key / sqrt(key_dim))`, and a last projection brings the heads together. Called on `(query, value)` or
 * `(query, value, key)`; the key is the value where none is given. Where nobody asks for the scores and there is no
 * dropout, a fused op computes them.
 *
 * Call arguments: `attention_mask` (booleans `[batch, T, S]`, true where attention is allowed), `query_mask`, `value_mask`,
 * `key_mask` (booleans `[batch, length]`; default: the masks that came with the tensors), `use_causal_mask` (a position sees
 * only those up to itself), `return_attention_scores`, `training`.
 * Input shapes: query `[batch, T, dim]`, value and key `[batch, S, dim]`, with further axes where `attention_axes` say so.
 * Output shape: `[batch, T, dim]`, or with `output_shape` at its end; and scores `[batch, num_heads, T, S]` where asked for.
 * Source: keras.layers.MultiHeadAttention; Vaswani et al., 2017.
 *
 * @throws ArgumentError for dimensions that are no positive integers
 * @throws ShapeError when value and key have different lengths
 * @example
 * const x = keras.ops.ones([2, 5, 8]);
 * new keras.layers.MultiHeadAttention(2, 4)(x, x, { use_causal_mask: true }).shape; // [2, 5, 8]
 */
export class MultiHeadAttention extends BaseHeads {
  readonly num_heads: number;
  readonly key_dim: number;
  readonly value_dim: number;
  attention_axes: readonly number[] | null;
  readonly #outputShape: readonly number[] | null;
  protected products = { scores: '', mix: '' };
  /** Keras takes the masks off the arguments: what its models learned, they learned so. */
  protected override readonly keepsMasks = false;

  constructor(...args: ConstructorArgs<MultiHeadAttentionOptions, typeof ARGUMENTS>) {
    const what = new.target.name;
    const options = namedArguments<MultiHeadAttentionOptions>(what, ARGUMENTS, args);
    const key_dim = requirePositiveInteger(what, 'key_dim', options.key_dim);
    // The regularizer of activity is the projections', not that of the layer around them.
    super(key_dim, options, { ...options, activity_regularizer: null });
    this.num_heads = requirePositiveInteger(what, 'num_heads', options.num_heads);
    this.key_dim = key_dim;
    this.value_dim = requirePositiveInteger(what, 'value_dim', options.value_dim ?? key_dim);
    this.#outputShape = integers(what, 'output_shape', options.output_shape);
    this.attention_axes = integers(what, 'attention_axes', options.attention_axes);
  }

  protected get axesOfAttention(): readonly number[] {
    return this.attention_axes!;
  }

  get query_dense(): EinsumDense {
    return this._query_dense;
  }

  get key_dense(): EinsumDense {
    return this._key_dense;
  }

  get value_dense(): EinsumDense {
    return this._value_dense;
  }

  get output_dense(): EinsumDense {
    return this._output_dense;
  }

  override build(query_shape: SymbolicShape, value_shape: SymbolicShape, key_shape: SymbolicShape = value_shape): void {
    this.checkShapes(value_shape, key_shape);
    const toHeads = (shape: SymbolicShape, depth: number): Projection => ({
      ...projection(shape.length - 1, 1, 2), output_shape: openShape(shape.length - 1, [this.num_heads, depth]) });
    this._query_dense = this.project('query', toHeads(query_shape, this.key_dim), query_shape);
    this._key_dense = this.project('key', toHeads(key_shape, this.key_dim), key_shape);
    if (this.use_gate) {
      const gate = { ...toHeads(query_shape, this.value_dim), activation: 'sigmoid' };
      this._gate_dense = this.project('gate', gate, query_shape);
    }
    this._value_dense = this.project('value', toHeads(value_shape, this.value_dim), value_shape);

    const rank = value_shape.length + 1;
    this.attention_axes = this.attention_axes?.map((axis) => (axis < 0 ? axis + rank - 1 : axis)) ??
      Array.from({ length: rank - 3 }, (_, i) => i + 1);
    const count = this.attention_axes.length;
    this.products = attentionProducts(rank, this.attention_axes);
    this.buildScores(Array.from({ length: count }, (_, i) => rank - 1 + i));

    const free = query_shape.length - 1;
    const made = this.#outputShape ?? [query_shape[free] as number];
    this._output_dense = this.project('attention_output',
      { ...projection(free, 2, made.length), output_shape: openShape(free, made) },
      [...query_shape.slice(0, -1), this.num_heads, this.value_dim]);
  }

  override compute_output_shape(
    query_shape: SymbolicShape, value_shape: SymbolicShape = query_shape, key_shape: SymbolicShape = value_shape,
  ): SymbolicShape {
    this.checkShapes(value_shape, key_shape);
    return this.#outputShape ? [...query_shape.slice(0, -1), ...this.#outputShape] : query_shape;
  }

  override get_config(): Record<string, unknown> {
    return {
      ...super.get_config(),
      num_heads: this.num_heads,
      key_dim: this.key_dim,
      value_dim: this.value_dim,
      dropout: this.dropout,
      use_bias: this.use_bias,
      use_gate: this.use_gate,
      output_shape: this.#outputShape,
      attention_axes: this.attention_axes,
      sliding_window: this.sliding_window,
      ...this.partsConfig(),
    };
  }
}
kerasExport(MultiHeadAttention, 'keras.layers.MultiHeadAttention');

/** One integer or an array of them, as an array; null for none. */
function integers(what: string, name: string, value: number | readonly number[] | null | undefined): readonly number[] | null {
  if (value === undefined || value === null) return null;
  const checked = requireIntegers(what, name, value);
  return typeof checked === 'number' ? [checked] : checked;
}
