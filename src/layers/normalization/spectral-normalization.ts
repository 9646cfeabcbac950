/** SpectralNormalization: a layer whose kernel is kept at spectral norm 1. */
import type { SymbolicShape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { Variable } from '../../engine/variable.js';
import { TruncatedNormal } from '../../initializers/index.js';
import * as ops from '../../ops/index.js';
import { kerasExport } from '../../saving/registration.js';
import { LAYER_OPTIONS, namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { requirePositiveInteger } from '../../utils/checks.js';
import { Wrapper, type WrapperOptions } from '../core/wrapper.js';
import { InputSpec } from '../input-spec.js';
import { LayerError, type CallOptions } from '../layer.js';

export interface SpectralNormalizationOptions extends WrapperOptions {
  /** Steps of the power iteration at each call in training, a positive integer. Default 1. */
  power_iterations?: number;
}

const ARGUMENTS = ['layer', 'power_iterations'] as const;

/** Spread of the first guess of the singular vector. Source: keras.layers.SpectralNormalization. */
const GUESS_DEVIATION = 0.02;

/**
 * Divides the kernel of a layer by its largest singular value, found by power iteration, at each call in training. For
 * the discriminator of a GAN, whose slope it bounds. Source: keras.layers.SpectralNormalization, and Miyato et al. 2018,
 * https://arxiv.org/abs/1802.05957.
 *
 * Input and output shapes: those of the layer inside.
 *
 * @throws LayerError when the layer has neither a `kernel` nor `embeddings`
 * @example
 * const layer = new keras.layers.SpectralNormalization(new keras.layers.Dense(10));
 * layer(keras.ops.ones([1, 4])).shape; // [1, 10]
 */
export class SpectralNormalization extends Wrapper {
  static override call_arguments: readonly string[] = ['training'];

  readonly power_iterations: number;
  kernel!: Variable;
  vector_u!: Variable;

  constructor(...args: ConstructorArgs<SpectralNormalizationOptions, typeof ARGUMENTS>) {
    const { power_iterations = 1, ...options } =
      namedArguments<SpectralNormalizationOptions>('SpectralNormalization', ARGUMENTS, args, LAYER_OPTIONS);
    super(options);
    this.power_iterations = requirePositiveInteger('SpectralNormalization', 'power_iterations', power_iterations);
  }

  override build(input_shape: SymbolicShape): void {
    super.build(input_shape);
    this.input_spec = new InputSpec({ min_ndim: 1, axes: { [-1]: input_shape[input_shape.length - 1] } });
    const { kernel, embeddings } = this.layer as { kernel?: unknown; embeddings?: unknown };
    const weight = kernel ?? embeddings;
    if (!(weight instanceof Variable)) {
      throw new LayerError(`The ${this.describe()} normalizes the weight 'kernel' or 'embeddings' of the layer inside; ` +
        `'${this.layer.name}' (${this.layer.constructor.name}) has neither.`);
    }
    this.kernel = weight;
    this.vector_u = this.add_weight({
      name: 'vector_u', shape: [1, weight.shape[weight.shape.length - 1]], dtype: weight.dtype, trainable: false,
      initializer: new TruncatedNormal({ stddev: GUESS_DEVIATION }) });
  }

  override call(inputs: Tensor, options: CallOptions = {}): Tensor {
    if (options.training) {
      const [vector_u, kernel] = this.normalized_weights();
      // A kernel of zeros has no direction to normalize.
      const isZero = ops.all(ops.equal(this.kernel.value, 0));
      this.vector_u.assign(ops.where(isZero, this.vector_u.value, vector_u));
      this.kernel.assign(ops.where(isZero, this.kernel.value, kernel));
    }
    return ops.cast(this.layer<Tensor, Tensor>(inputs), inputs.dtype);
  }

  override compute_output_shape(input_shape: unknown): unknown {
    return this.layer.compute_output_shape(input_shape);
  }

  /** The next guess of the singular vector, and the kernel divided by the singular value that it gives. */
  normalized_weights(): [vector_u: Tensor, kernel: Tensor] {
    const kernel = this.kernel.value;
    const weights = ops.reshape(kernel, [-1, kernel.shape[kernel.ndim - 1]]);
    let vector_u = this.vector_u.value;
    let vector_v = vector_u;
    for (let i = 0; i < this.power_iterations; i++) {
      vector_v = ops.normalize(ops.matmul(vector_u, ops.transpose(weights)), null);
      vector_u = ops.normalize(ops.matmul(vector_v, weights), null);
    }
    const sigma = ops.matmul(ops.matmul(vector_v, weights), ops.transpose(vector_u));
    return [vector_u, ops.reshape(ops.divide(kernel, sigma), kernel.shape)];
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), power_iterations: this.power_iterations };
  }
}
kerasExport(SpectralNormalization, 'keras.layers.SpectralNormalization');
