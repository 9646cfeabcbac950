/** Embedding: integers become vectors. */
import type { TensorLike } from '../../engine/convert.js';
import type { SymbolicShape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import type { Variable } from '../../engine/variable.js';
import * as constraints from '../../constraints/index.js';
import * as initializers from '../../initializers/index.js';
import * as ops from '../../ops/index.js';
import * as regularizers from '../../regularizers/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { requirePositiveInteger } from '../../utils/checks.js';
import { Layer, type LayerOptions } from '../layer.js';

export interface EmbeddingOptions extends LayerOptions {
  /** Size of the vocabulary: the largest integer plus 1. */
  input_dim: number;
  /** Length of the vectors. */
  output_dim: number;
  /** Default `uniform`. */
  embeddings_initializer?: initializers.Identifier;
  embeddings_regularizer?: regularizers.Identifier;
  embeddings_constraint?: constraints.Identifier;
  /** Whether 0 stands for padding, which the layers after this one ignore. Default false. */
  mask_zero?: boolean;
  /** Initial vectors, `[input_dim, output_dim]`, or an array that holds them. */
  weights?: TensorLike | null;
}

const ARGUMENTS = ['input_dim', 'output_dim', 'embeddings_initializer', 'embeddings_regularizer',
  'embeddings_constraint', 'mask_zero', 'weights'] as const;

/**
 * A table of vectors, looked up by integer.
 *
 * Input shape: any, of integers from 0 to `input_dim` - 1. Output shape: `[...input, output_dim]`.
 * Source: keras.layers.Embedding.
 *
 * @example
 * new keras.layers.Embedding(1000, 64)(keras.ops.zeros([2, 10], 'int32')).shape; // [2, 10, 64]
 */
export class Embedding extends Layer {
  static override call_arguments: readonly string[] = [];

  readonly input_dim: number;
  readonly output_dim: number;
  readonly embeddings_initializer: initializers.InitializerFunction;
  readonly embeddings_regularizer: regularizers.RegularizerFunction | null;
  readonly embeddings_constraint: constraints.ConstraintFunction | null;
  readonly mask_zero: boolean;
  embeddings!: Variable;

  constructor(...args: ConstructorArgs<EmbeddingOptions, typeof ARGUMENTS>) {
    const options = namedArguments<EmbeddingOptions>('Embedding', ARGUMENTS, args);
    super(options);
    this.input_dim = requirePositiveInteger('Embedding', 'input_dim', options.input_dim);
    this.output_dim = requirePositiveInteger('Embedding', 'output_dim', options.output_dim);
    this.embeddings_initializer = initializers.get(options.embeddings_initializer ?? 'uniform');
    this.embeddings_regularizer = regularizers.get(options.embeddings_regularizer ?? null);
    this.embeddings_constraint = constraints.get(options.embeddings_constraint ?? null);
    this.mask_zero = options.mask_zero ?? false;
    this.supports_masking = this.mask_zero;
    // The inputs are indices: those given as floats must not lose digits to half precision.
    this.autocast = false;
    const { weights } = options;
    if (weights !== undefined && weights !== null) {
      this.build();
      this.set_weights(isListOfOne(weights) ? weights : [weights]);
    }
  }

  override build(_input_shape?: SymbolicShape): void {
    if (this.built) return;
    this.embeddings = this.add_weight({
      name: 'embeddings', shape: [this.input_dim, this.output_dim], initializer: this.embeddings_initializer,
      regularizer: this.embeddings_regularizer, constraint: this.embeddings_constraint });
  }

  override call(inputs: Tensor): Tensor {
    const indices = inputs.dtype === 'int32' || inputs.dtype === 'int64' ? inputs : ops.cast(inputs, 'int32');
    return ops.cast(ops.take(this.embeddings, indices, 0), this.compute_dtype);
  }

  override compute_mask(inputs: Tensor): Tensor | undefined {
    return this.mask_zero ? ops.not_equal(inputs, 0) : undefined;
  }

  override compute_output_shape(input_shape: SymbolicShape): SymbolicShape {
    return [...input_shape, this.output_dim];
  }

  override get_config(): Record<string, unknown> {
    return {
      ...super.get_config(),
      input_dim: this.input_dim,
      output_dim: this.output_dim,
      embeddings_initializer: initializers.serialize(this.embeddings_initializer),
      embeddings_regularizer: regularizers.serialize(this.embeddings_regularizer),
      activity_regularizer: regularizers.serialize(this.activity_regularizer),
      embeddings_constraint: constraints.serialize(this.embeddings_constraint),
      mask_zero: this.mask_zero,
      quantization_config: null,
    };
  }
}
kerasExport(Embedding, 'keras.layers.Embedding');

/** Whether the table of vectors comes in an array, as `get_weights` gives it. */
function isListOfOne(weights: TensorLike): weights is readonly [TensorLike] {
  if (!Array.isArray(weights) || weights.length !== 1) return false;
  const first: unknown = weights[0];
  return Array.isArray(first) ? Array.isArray(first[0]) : typeof first === 'object';
}
