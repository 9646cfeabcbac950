/** ReversibleEmbedding: integers become vectors, and vectors become scores of the integers. */
import { standardizeDType } from '../../engine/dtype.js';
import type { SymbolicShape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import type { Variable } from '../../engine/variable.js';
import * as ops from '../../ops/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import type { CallOptions } from '../layer.js';
import { Embedding, type EmbeddingOptions } from './embedding.js';

export interface ReversibleEmbeddingOptions extends Omit<EmbeddingOptions, 'weights'> {
  /** Whether both directions share one table. Default true. */
  tie_weights?: boolean;
  /** The dtype of the scores' computation. Default null: that of the table. */
  reverse_dtype?: string | null;
  /** Keeps scores between minus and plus this, as `cap * tanh(score / cap)`. Default null: no bound. */
  logit_soft_cap?: number | null;
}

const ARGUMENTS = ['input_dim', 'output_dim', 'tie_weights', 'embeddings_initializer', 'embeddings_regularizer',
  'embeddings_constraint', 'mask_zero', 'reverse_dtype', 'logit_soft_cap'] as const;

/**
 * An embedding that a language model also uses backwards: with `reverse: true` vectors become a score for each integer.
 *
 * Input shape: any, of integers from 0 to `input_dim` - 1; reversed `[..., output_dim]`.
 * Output shape: `[...input, output_dim]`; reversed `[..., input_dim]`. Source: keras.layers.ReversibleEmbedding.
 *
 * @example
 * const embedding = new keras.layers.ReversibleEmbedding(1000, 64);
 * const vectors = embedding(keras.ops.zeros([2, 10], 'int32'));
 * embedding(vectors, { reverse: true }).shape; // [2, 10, 1000]
 */
export class ReversibleEmbedding extends Embedding {
  static override call_arguments: readonly string[] = ['reverse'];

  readonly tie_weights: boolean;
  readonly reverse_dtype: string | null;
  readonly logit_soft_cap: number | null;
  reverse_embeddings: Variable | null = null;

  constructor(...args: ConstructorArgs<ReversibleEmbeddingOptions, typeof ARGUMENTS>) {
    const { tie_weights = true, reverse_dtype = null, logit_soft_cap = null, ...options } =
      namedArguments<ReversibleEmbeddingOptions>('ReversibleEmbedding', ARGUMENTS, args);
    super(options);
    this.tie_weights = tie_weights;
    this.reverse_dtype = reverse_dtype === null ? null : standardizeDType(reverse_dtype);
    this.logit_soft_cap = logit_soft_cap;
  }

  override build(): void {
    super.build();
    if (this.tie_weights) return;
    this.reverse_embeddings = this.add_weight({
      name: 'reverse_embeddings', shape: [this.output_dim, this.input_dim], initializer: this.embeddings_initializer });
  }

  override call(inputs: Tensor, options: CallOptions = {}): Tensor {
    if (!options.reverse) {
      const outputs = super.call(inputs);
      const mask = super.compute_mask(inputs);
      if (mask) outputs.mask = mask;
      return outputs;
    }
    const kernel = this.reverse_embeddings?.value ?? ops.transpose(this.embeddings);
    const { reverse_dtype: dtype, logit_soft_cap: cap } = this;
    const logits = dtype === null ? ops.matmul(inputs, kernel) : ops.matmul(ops.cast(inputs, dtype), ops.cast(kernel, dtype));
    return cap === null ? logits : ops.multiply(ops.tanh(ops.divide(logits, cap)), cap);
  }

  /** The call sets the mask, which scores do not have. */
  override compute_mask(): undefined {
    return undefined;
  }

  override compute_output_spec(inputs: unknown, options: CallOptions = {}): unknown {
    // The rule for shapes knows one direction only.
    if (!this.built) this.build();
    return super.compute_output_spec(inputs, options);
  }

  override compute_output_shape(input_shape: SymbolicShape, reverse = false): SymbolicShape {
    return reverse ? [...input_shape.slice(0, -1), this.input_dim] : super.compute_output_shape(input_shape);
  }

  override get_config(): Record<string, unknown> {
    const { tie_weights, reverse_dtype, logit_soft_cap } = this;
    return { ...super.get_config(), tie_weights, reverse_dtype, logit_soft_cap };
  }
}
kerasExport(ReversibleEmbedding, 'keras.layers.ReversibleEmbedding');
