/** GroupQueryAttention: attention whose query heads share keys and values in groups. */
import { formatShape, ShapeError, type SymbolicShape } from '../../engine/shape.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { ArgumentError, requirePositiveInteger } from '../../utils/checks.js';
import { BaseHeads, type HeadsOptions } from './base-heads.js';

export interface GroupQueryAttentionOptions extends HeadsOptions {
  /** Size of each head. */
  head_dim: number;
  /** Number of heads of the query: a multiple of `num_key_value_heads`. */
  num_query_heads: number;
  /** Number of heads of key and value. */
  num_key_value_heads: number;
}

const ARGUMENTS = ['head_dim', 'num_query_heads', 'num_key_value_heads', 'dropout', 'use_bias', 'sliding_window',
  'flash_attention', 'kernel_initializer', 'bias_initializer', 'kernel_regularizer', 'bias_regularizer',
  'activity_regularizer', 'kernel_constraint', 'bias_constraint', 'use_gate', 'seed'] as const;

/**
 * Multi-head attention whose query heads share the heads of key and value in groups: fewer weights, and a smaller cache
 * of keys and values in text generation. One head of key and value is multi-query attention.
 *
 * Call arguments and masks: those of `MultiHeadAttention`.
 * Input shapes: query `[batch, T, dim]`, value and key `[batch, S, dim]`. Output shape: `[batch, T, dim]`, and scores
 * `[batch, num_query_heads, T, S]` where asked for.
 * Source: keras.layers.GroupQueryAttention; Ainslie et al., 2023.
 *
 * @throws ArgumentError when the query heads cannot be shared out evenly
 * @throws ShapeError when the arguments' shapes do not fit
 * @example
 * const x = keras.ops.ones([2, 5, 8]);
 * new keras.layers.GroupQueryAttention(4, 6, 2)(x, x).shape; // [2, 5, 8]
 */
class GroupedQueryAttention extends BaseHeads {
  readonly head_dim: number;
  readonly num_query_heads: number;
  readonly num_key_value_heads: number;
  protected readonly axesOfAttention = [1];
  protected readonly products = { scores: 'bkuh,bquh->buqk', mix: 'buqk,bkuh->bquh' };

  constructor(...args: ConstructorArgs<GroupQueryAttentionOptions, typeof ARGUMENTS>) {
    const what = new.target.name;
    const options = namedArguments<GroupQueryAttentionOptions>(what, ARGUMENTS, args);
    const head_dim = requirePositiveInteger(what, 'head_dim', options.head_dim);
    super(head_dim, options, options);
    this.head_dim = head_dim;
    this.num_query_heads = requirePositiveInteger(what, 'num_query_heads', options.num_query_heads);
    this.num_key_value_heads = requirePositiveInteger(what, 'num_key_value_heads', options.num_key_value_heads);
    if (this.num_query_heads % this.num_key_value_heads !== 0) {
      throw new ArgumentError(`${what}: num_query_heads must be a multiple of num_key_value_heads, received ` +
        `${this.num_query_heads} and ${this.num_key_value_heads}.`);
    }
  }

  override build(query_shape: SymbolicShape, value_shape: SymbolicShape, key_shape: SymbolicShape = value_shape): void {
    this.#check(query_shape, value_shape, key_shape);
    const { num_query_heads: queries, num_key_value_heads: groups, head_dim } = this;
    const ofQuery = { equation: 'bqm,muh->bquh', output_shape: [null, queries, head_dim], bias_axes: 'uh' };
    const ofGroup = { equation: 'bkm,mvh->bkvh', output_shape: [null, groups, head_dim], bias_axes: 'vh' };
    this._query_dense = this.project('query', ofQuery, query_shape);
    this._key_dense = this.project('key', ofGroup, key_shape);
    if (this.use_gate) this._gate_dense = this.project('gate', { ...ofQuery, activation: 'sigmoid' }, query_shape);
    this._value_dense = this.project('value', ofGroup, value_shape);
    this.buildScores(-1);
    this._output_dense = this.project('attention_output',
      { equation: 'bquh,uhm->bqm', output_shape: [null, query_shape[2]!], bias_axes: 'm' }, [null, null, queries, head_dim]);
  }

  #check(query: SymbolicShape, value: SymbolicShape, key: SymbolicShape): void {
    this.checkShapes(value, key);
    if ([query, value, key].some((shape) => shape.length !== 3)) {
      throw new ShapeError(`The ${this.describe()} takes a query, a value and a key of rank 3, [batch, length, features], ` +
        `received ${[query, value, key].map(formatShape).join(', ')}.`);
    }
  }

  override compute_output_shape(
    query_shape: SymbolicShape, value_shape: SymbolicShape = query_shape, key_shape: SymbolicShape = value_shape,
  ): SymbolicShape {
    this.#check(query_shape, value_shape, key_shape);
    return query_shape;
  }

  override get_config(): Record<string, unknown> {
    return {
      ...super.get_config(),
      head_dim: this.head_dim,
      num_query_heads: this.num_query_heads,
      num_key_value_heads: this.num_key_value_heads,
      use_bias: this.use_bias,
      use_gate: this.use_gate,
      sliding_window: this.sliding_window,
      dropout: this.dropout,
      ...this.partsConfig(),
    };
  }
}
kerasExport(GroupedQueryAttention, 'keras.layers.GroupQueryAttention');
// Keras's class has the one name, from which it makes those of layers, and its public path the other.
Object.defineProperty(GroupedQueryAttention, 'name', { value: 'GroupedQueryAttention', configurable: true });
export { GroupedQueryAttention as GroupQueryAttention };
