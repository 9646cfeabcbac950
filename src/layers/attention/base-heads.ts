/** What attention with several heads shares: projections, masks, the weighted mean of the values. */
import { formatShape, ShapeError, type SymbolicShape } from '../../engine/shape.js';
import { Tensor } from '../../engine/tensor.js';
import * as constraints from '../../constraints/index.js';
import * as initializers from '../../initializers/index.js';
import * as ops from '../../ops/index.js';
import * as regularizers from '../../regularizers/index.js';
import { ArgumentError, requireBetween, requirePositiveInteger } from '../../utils/checks.js';
import { Softmax } from '../activations/softmax.js';
import { EinsumDense, type EinsumDenseOptions } from '../core/einsum-dense.js';
import { Layer, type CallOptions, type LayerOptions } from '../layer.js';
import { Dropout } from '../regularization/dropout.js';
import { allOf, causalMask, windowMask } from './masks.js';

export interface HeadsOptions extends LayerOptions {
  /** Part of the scores that training sets to 0, from 0 to 1. Default 0. */
  dropout?: number;
  /** Whether the projections have biases. Default true. */
  use_bias?: boolean;
  /** A position sees only those less than this many away. Default null: all. */
  sliding_window?: number | null;
  /**
   * Whether to insist on a backend's fused kernel: an error where it has none. Default null: whatever it has. Such a
   * kernel has no dropout and gives no scores.
   */
  flash_attention?: boolean | null;
  /** Default `glorot_uniform`. */
  kernel_initializer?: initializers.Identifier;
  /** Default `zeros`. */
  bias_initializer?: initializers.Identifier;
  kernel_regularizer?: regularizers.Identifier;
  bias_regularizer?: regularizers.Identifier;
  /** Penalty on the outputs of the projections. */
  activity_regularizer?: regularizers.Identifier;
  kernel_constraint?: constraints.Identifier;
  bias_constraint?: constraints.Identifier;
  /** Whether a projection of the query, through a sigmoid, gates what the heads give. Default false. */
  use_gate?: boolean;
  /** An integer makes the dropout the same in every run. */
  seed?: number | null;
}

/** The projection of an argument to heads. */
export type Projection = Pick<EinsumDenseOptions, 'equation' | 'output_shape' | 'bias_axes' | 'activation'>;

export abstract class BaseHeads extends Layer {
  static override first_argument = 'query';
  static override call_arguments: readonly string[] = ['value', 'key', 'query_mask', 'value_mask', 'key_mask',
    'attention_mask', 'return_attention_scores', 'training', 'use_causal_mask'];

  readonly use_bias: boolean;
  readonly dropout: number;
  readonly use_gate: boolean;
  readonly sliding_window: number | null;
  readonly seed: number | null;
  /** Named as in Keras, whose files hold the weights under the names of attributes. In the order of the weights. */
  _query_dense!: EinsumDense;
  _key_dense!: EinsumDense;
  _gate_dense: EinsumDense | null = null;
  _value_dense!: EinsumDense;
  _softmax!: Softmax;
  _dropout_layer!: Dropout;
  _output_dense!: EinsumDense;
  /** Whether the arguments still have their masks after a call. */
  protected readonly keepsMasks: boolean = true;
  /** Axes of the query that are attended over. */
  protected abstract readonly axesOfAttention: readonly number[];
  /** Equations of key and query to scores, and of scores and value to the output. */
  protected abstract readonly products: { scores: string; mix: string };
  /** What the products of query and key are multiplied with. */
  readonly #scale: number;
  readonly #flash: boolean | null;
  readonly #parts: Pick<HeadsOptions, 'kernel_regularizer' | 'bias_regularizer' | 'activity_regularizer'
    | 'kernel_constraint' | 'bias_constraint'>;
  readonly #kernelInitializer: initializers.InitializerFunction;
  readonly #biasInitializer: initializers.InitializerFunction;

  /** @param depth of the heads' queries and keys */
  constructor(depth: number, options: HeadsOptions, own: LayerOptions) {
    const what = new.target.name;
    super(own);
    this.use_bias = options.use_bias ?? true;
    this.dropout = requireBetween(what, 'dropout', options.dropout ?? 0, 0, 1);
    this.use_gate = options.use_gate ?? false;
    const window = options.sliding_window ?? null;
    this.sliding_window = window === null ? null : requirePositiveInteger(what, 'sliding_window', window);
    this.seed = options.seed ?? null;
    this.#scale = 1 / Math.sqrt(depth);
    this.#flash = options.flash_attention ?? null;
    if (this.#flash && this.dropout > 0) {
      throw new ArgumentError(`${what}: flash_attention has no dropout, received a dropout of ${this.dropout}. Leave one out.`);
    }
    this.#kernelInitializer = initializers.get(options.kernel_initializer ?? 'glorot_uniform');
    this.#biasInitializer = initializers.get(options.bias_initializer ?? 'zeros');
    this.#parts = {
      kernel_regularizer: regularizers.get(options.kernel_regularizer ?? null),
      bias_regularizer: regularizers.get(options.bias_regularizer ?? null),
      activity_regularizer: regularizers.get(options.activity_regularizer ?? null),
      kernel_constraint: constraints.get(options.kernel_constraint ?? null),
      bias_constraint: constraints.get(options.bias_constraint ?? null),
    };
    this.supports_masking = true;
  }

  /** A projection with the layer's initializers, regularizers and constraints, built on a shape. */
  protected project(name: string, { bias_axes, ...projection }: Projection, shape: SymbolicShape): EinsumDense {
    const dense = new EinsumDense({
      ...projection, ...this.#parts, name, dtype: this.dtype_policy, bias_axes: this.use_bias ? bias_axes : null,
      // Copies: one object of an initializer gives all weights the same values.
      kernel_initializer: copyOf(this.#kernelInitializer), bias_initializer: copyOf(this.#biasInitializer),
    });
    dense.build(shape);
    return dense;
  }

  /** Softmax and dropout of the scores, made between the projections: default seeds are drawn in Keras's order. */
  protected buildScores(axis: number | readonly number[]): void {
    this._softmax = new Softmax({ axis, dtype: this.dtype_policy });
    this._dropout_layer = new Dropout({ rate: this.dropout, seed: this.seed, dtype: this.dtype_policy });
  }

  override call(query: Tensor, options: CallOptions = {}): Tensor | [Tensor, Tensor | null] {
    const { training, return_attention_scores = false } = options;
    const { value } = options;
    if (!(value instanceof Tensor)) return this.#lacksValue();
    const key = (options.key ?? value) as Tensor;
    // 1. Where attention is allowed.
    const mask = this.#maskFor(query, value, options);
    // 2. Heads. The masks have been read, and the projections need none.
    const project = (): (Tensor | undefined)[] =>
      [this._query_dense(query), this._key_dense(key), this._value_dense(value), this._gate_dense?.(query)];
    const [queries, keys, values, gate] = withoutMasks([query, key, value], this.keepsMasks, project);
    // 3. The values' weighted means, head by head.
    const [mixed, scores] = this._compute_attention(
      queries!, keys!, values!, mask, training, return_attention_scores as boolean);
    // 4. The heads together.
    const outputs = this._output_dense<Tensor, Tensor>(gate ? ops.multiply(mixed, gate as Tensor) : mixed);
    return return_attention_scores ? [outputs, scores] : outputs;
  }

  #lacksValue(): never {
    throw new TypeError(`The ${this.describe()} is called on a query and a value, layer(query, value), received no value.`);
  }

  #maskFor(query: Tensor, value: Tensor, options: CallOptions): Tensor | null {
    const expand = (mask: unknown, axis: number): Tensor | null =>
      (mask instanceof Tensor ? ops.expand_dims(mask, axis) : null);
    const [queries, keys] = [query.shape[1], value.shape[1]];
    return allOf([
      expand(options.query_mask, -1), expand(options.value_mask, -2), expand(options.key_mask, -2),
      options.use_causal_mask ? causalMask(queries, keys) : null,
      this.sliding_window === null ? null : windowMask(queries, keys, this.sliding_window),
      options.attention_mask as Tensor | null | undefined,
    ]);
  }

  /**
   * The attention of projected queries `[batch, T, heads, depth]`, keys and values `[batch, S, heads, depth]`: outputs
   * like the queries, and the scores where they are asked for. A subclass may compute another one.
   */
  _compute_attention(
    query: Tensor, key: Tensor, value: Tensor, attention_mask: Tensor | null, training: boolean | undefined,
    return_attention_scores: boolean,
  ): [outputs: Tensor, scores: Tensor | null] {
    if (this.#flash && return_attention_scores) {
      throw new ArgumentError(`The ${this.describe()} cannot return attention scores with flash_attention.`);
    }
    const isFused = this.dropout === 0 && !return_attention_scores && query.ndim === 4;
    if (isFused) {
      const mask = attention_mask && this.#alongHeads(attention_mask, 4);
      return [ops.dot_product_attention(query, key, value, { mask, scale: this.#scale, flash_attention: this.#flash }), null];
    }
    const repeats = query.shape[query.ndim - 2] / key.shape[key.ndim - 2];
    const [keys, values] = repeats === 1 ? [key, value] : [ops.repeat(key, repeats, 2), ops.repeat(value, repeats, 2)];
    const products = ops.einsum(this.products.scores, keys, ops.multiply(query, this.#scale));
    const mask = attention_mask && this.#alongHeads(attention_mask, products.ndim);
    const scores = this._softmax(products, mask === null ? {} : { mask });
    const kept = this._dropout_layer(scores, training === undefined ? {} : { training });
    return [ops.einsum(this.products.mix, kept, values), scores];
  }

  /** A mask [batch, T, S] with axes for the heads before those of attention. */
  #alongHeads(mask: Tensor, rank: number): Tensor {
    let expanded = mask;
    while (expanded.ndim < rank) expanded = ops.expand_dims(expanded, -2 * this.axesOfAttention.length - 1);
    return expanded;
  }

  protected checkShapes(value: SymbolicShape | undefined, key: SymbolicShape): void {
    if (!value) this.#lacksValue();
    const [a, b] = [value, key].map((shape) => JSON.stringify(shape.slice(1, -1)));
    if (a === b) return;
    throw new ShapeError(`The value and the key of the ${this.describe()} must be of one shape but for the last axis, ` +
      `received value ${formatShape(value)} and key ${formatShape(key)}.`);
  }

  override compute_output_spec(query: unknown, options: CallOptions = {}): unknown {
    // The rule for shapes needs more than the query's.
    if (!this.built) {
      const shapeOf = (x: unknown): SymbolicShape => (x as { shape: SymbolicShape }).shape;
      const { value, key } = options;
      this.build(shapeOf(query), shapeOf(value), ...(key ? [shapeOf(key)] : []));
    }
    return super.compute_output_spec(query, options);
  }

  /** The part of the config that the kinds of attention share. */
  protected partsConfig(): Record<string, unknown> {
    const parts = this.#parts;
    return {
      kernel_initializer: initializers.serialize(this.#kernelInitializer),
      bias_initializer: initializers.serialize(this.#biasInitializer),
      kernel_regularizer: regularizers.serialize(parts.kernel_regularizer),
      bias_regularizer: regularizers.serialize(parts.bias_regularizer),
      activity_regularizer: regularizers.serialize(parts.activity_regularizer),
      kernel_constraint: constraints.serialize(parts.kernel_constraint),
      bias_constraint: constraints.serialize(parts.bias_constraint),
      seed: this.seed,
    };
  }
}

/** An initializer like it, which draws its own seed where none was given. */
const copyOf = (initializer: initializers.InitializerFunction): initializers.Identifier =>
  (initializer instanceof initializers.Initializer
    ? initializers.deserialize(initializers.serialize(initializer)) : initializer);

/** Runs `fn` while the tensors have no masks, and puts them back if they are to be kept. */
function withoutMasks<T>(tensors: readonly Tensor[], keeps: boolean, fn: () => T): T {
  const masks = tensors.map(({ mask }) => mask);
  for (const tensor of tensors) tensor.mask = undefined;
  const result = fn();
  if (keeps) {
    tensors.forEach((tensor, i) => {
      if (masks[i]) tensor.mask = masks[i];
    });
  }
  return result;
}
