/** Attention: values mixed by the likeness of query and key. */
import { formatShape, ShapeError, type SymbolicShape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import type { Variable } from '../../engine/variable.js';
import * as ops from '../../ops/index.js';
import * as random from '../../random/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { requireBetween, requireOneOf } from '../../utils/checks.js';
import { Layer, type CallOptions, type LayerOptions } from '../layer.js';
import { causalMask } from './masks.js';

export interface AttentionOptions extends LayerOptions {
  /** Whether a weight scales the scores. Default false. */
  use_scale?: boolean;
  /** 'dot' (default): scores are `query . key`; 'concat': the sum of `tanh(query + key)`, times a weight. */
  score_mode?: 'dot' | 'concat';
  /** Part of the scores that training sets to 0, from 0 to 1. Default 0. */
  dropout?: number;
  /** An integer makes the dropout the same in every run. */
  seed?: number | null;
}
const ARGUMENTS = ['use_scale', 'score_mode', 'dropout', 'seed'] as const;

/** Taken off the scores of masked positions: as much as the dtype allows. Source: keras.layers.Attention. */
const FAR = 1e9;
const FAR_FLOAT16 = 65504;

/**
 * Attention with one head: each position of the query takes the mean of the values, weighted by
 * `softmax(query . key)`. Called on `[query, value]` or `[query, value, key]`; the key is the value where none is given.
 *
 * Call arguments: `mask` (`[query_mask, value_mask]`: positions of the query without mask become 0, positions of the
 * value without mask do not count), `training`, `return_attention_scores`, `use_causal_mask` (a position sees only those
 * up to itself).
 * Input shapes: query `[batch, Tq, dim]`, value `[batch, Tv, value_dim]`, key `[batch, Tv, dim]`.
 * Output shape: `[batch, Tq, value_dim]`, and scores `[batch, Tq, Tv]` where asked for. Source: keras.layers.Attention.
 *
 * @throws ShapeError for other than two or three inputs
 * @example
 * const [query, value] = [keras.ops.ones([2, 3, 8]), keras.ops.ones([2, 5, 8])];
 * new keras.layers.Attention()([query, value]).shape; // [2, 3, 8]
 */
export class Attention extends Layer {
  static override call_arguments: readonly string[] = ['mask', 'training', 'return_attention_scores', 'use_causal_mask'];

  readonly use_scale: boolean;
  readonly score_mode: 'dot' | 'concat';
  readonly dropout: number;
  readonly seed: number | null;
  readonly seed_generator: random.SeedGenerator | null;
  scale: Variable | null = null;
  concat_score_weight: Variable | null = null;

  constructor(...args: ConstructorArgs<AttentionOptions, typeof ARGUMENTS>) {
    const what = new.target.name;
    const options = namedArguments<AttentionOptions>(what, ARGUMENTS, args);
    super(options);
    this.use_scale = options.use_scale ?? false;
    this.score_mode = requireOneOf(what, 'score_mode', options.score_mode ?? 'dot', ['dot', 'concat']);
    this.dropout = requireBetween(what, 'dropout', options.dropout ?? 0, 0, 1);
    this.seed = options.seed ?? null;
    this.seed_generator = this.dropout > 0 ? new random.SeedGenerator(this.seed) : null;
    this.supports_masking = true;
  }

  override build(input_shape: readonly SymbolicShape[]): void {
    this.checkInputs(input_shape);
    if (this.use_scale) this.scale = this.add_weight({ name: 'scale', shape: [], initializer: 'ones' });
    if (this.score_mode === 'concat') {
      this.concat_score_weight = this.add_weight({ name: 'concat_score_weight', shape: [], initializer: 'ones' });
    }
  }

  /** How alike each query is to each key, [batch, Tq, Tv]. */
  protected scores(query: Tensor, key: Tensor): Tensor {
    if (this.score_mode === 'dot') {
      const scores = ops.matmul(query, ops.swapaxes(key, -2, -1));
      return this.scale ? ops.multiply(scores, this.scale) : scores;
    }
    const sums = ops.add(ops.expand_dims(query, -2), ops.expand_dims(key, -3));
    const squashed = ops.tanh(this.scale ? ops.multiply(this.scale, sums) : sums);
    return ops.multiply(this.concat_score_weight!, ops.sum(squashed, -1));
  }

  override call(inputs: readonly Tensor[], options: CallOptions = {}): Tensor | [Tensor, Tensor] {
    const { mask, training = false, return_attention_scores = false, use_causal_mask = false } = options;
    this.checkInputs(inputs, mask);
    const [query, value, key = value] = inputs;
    if (this.score_mode === 'dot' && query.shape.at(-1) !== key.shape.at(-1)) {
      throw new ShapeError(`The ${this.describe()} compares queries with keys, which must have the same number of features, received ` +
        `a query of shape ${formatShape(query.shape)} and a key of shape ${formatShape(key.shape)}.`);
    }
    const [queryMask, valueMask] = (mask ?? []) as (Tensor | null | undefined)[];
    // 1. Scores; those that do not count far below the others.
    let scores = this.scores(query, key);
    let counts = valueMask ? ops.expand_dims(valueMask, -2) : null;
    if (use_causal_mask) {
      const causal = causalMask(query.shape[query.ndim - 2], key.shape[key.ndim - 2]);
      counts = counts ? ops.logical_and(counts, causal) : causal;
    }
    const far = scores.dtype === 'float16' ? FAR_FLOAT16 : FAR;
    if (counts) scores = ops.where(counts, scores, ops.subtract(scores, far));
    // 2. Weights, and the values that they mix.
    let weights = ops.softmax(scores, -1);
    if (training && this.dropout > 0) weights = random.dropout(weights, this.dropout, null, this.seed_generator);
    let outputs = ops.matmul(weights, value);
    if (queryMask) outputs = ops.where(ops.expand_dims(queryMask, -1), outputs, 0);
    return return_attention_scores ? [outputs, weights] : outputs;
  }

  protected checkInputs(inputs: unknown, mask?: unknown): void {
    const isList = (value: unknown): boolean => Array.isArray(value) && (value.length === 2 || value.length === 3);
    const isOne = !Array.isArray(inputs) || inputs.every((size) => size === null || typeof size === 'number');
    if (isOne || !isList(inputs)) {
      throw new ShapeError(`The ${this.describe()} is called on an array of inputs, [query, value] or [query, value, key], ` +
        `received ${isOne ? 'a single one' : `${inputs.length} inputs`}.`);
    }
    if (mask !== undefined && mask !== null && !isList(mask)) {
      throw new ShapeError(`The mask of the ${this.describe()} is an array [query_mask, value_mask], received ` +
        `${Array.isArray(mask) ? `${mask.length} masks` : 'a single one'}.`);
    }
  }

  override compute_mask(inputs: unknown, previous_mask: unknown): unknown {
    this.checkInputs(inputs, previous_mask);
    return (previous_mask as readonly unknown[] | null | undefined)?.[0];
  }

  override compute_output_shape(input_shape: readonly SymbolicShape[]): SymbolicShape {
    this.checkInputs(input_shape);
    const [query, value] = input_shape;
    return [...query.slice(0, -1), value[value.length - 1]];
  }

  override get_config(): Record<string, unknown> {
    const { use_scale, score_mode, dropout, seed } = this;
    return { ...super.get_config(), use_scale, score_mode, dropout, seed };
  }
}
kerasExport(Attention, 'keras.layers.Attention');
