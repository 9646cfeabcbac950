/** Normalization: features are brought to mean 0 and variance 1 by statistics of the data, not of the batch. */
import { epsilon } from '../../backend/config.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { formatShape, ShapeError, type Shape, type SymbolicShape } from '../../engine/shape.js';
import { tidy } from '../../engine/scope.js';
import type { Tensor } from '../../engine/tensor.js';
import type { Variable } from '../../engine/variable.js';
import * as ops from '../../ops/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { ArgumentError, requireIntegers } from '../../utils/checks.js';
import { counterDType } from '../../utils/counter-dtype.js';
import { Layer, LayerError, type LayerOptions } from '../layer.js';
import { batchesOf, isWhole, type AdaptData } from './adapt-data.js';
import { Moments } from './moments.js';

export interface NormalizationOptions extends LayerOptions {
  /** Axis or axes of the features, each of which has statistics of its own; null for one mean over all. Default -1. */
  axis?: number | readonly number[] | null;
  /** Known means of the features, or one for all; then `variance` is needed too, and `adapt` is not. */
  mean?: TensorLike | null;
  /** Known variances, of the shape of `mean`. */
  variance?: TensorLike | null;
  /** Whether the layer goes the other way, from normalized values to the data's. Default false. */
  invert?: boolean;
}

const ARGUMENTS = ['axis', 'mean', 'variance', 'invert'] as const;

/**
 * `(inputs - mean) / sqrt(variance)` for each feature; with `invert`, `inputs sqrt(variance) + mean`. Mean and variance
 * are given, or `adapt` finds them in the data. The output has the shape of the input.
 *
 * @param args `axis` (of the features; default -1), `mean` and `variance` (numbers, or one for each feature),
 *   `invert` (default false)
 * @throws ArgumentError when one of mean and variance is given without the other, or their shapes do not fit
 * @throws ShapeError when the inputs do not have the axes
 * Source: keras.layers.Normalization.
 *
 * @example
 * const layer = new keras.layers.Normalization();
 * await layer.adapt(keras.ops.array([[1], [2], [3]]));
 * layer([[2]]).arraySync(); // [[0]]
 */
export class Normalization extends Layer {
  static override call_arguments: readonly string[] = [];

  readonly axis: readonly number[];
  readonly invert: boolean;
  readonly input_mean: TensorLike | null;
  readonly input_variance: TensorLike | null;
  adapt_mean: Variable | undefined;
  adapt_variance: Variable | undefined;
  count: Variable | undefined;
  #builtFor: SymbolicShape | undefined;
  /** Axes of the features, in order, none negative. */
  #kept: readonly number[] = [];

  constructor(...args: ConstructorArgs<NormalizationOptions, typeof ARGUMENTS>) {
    const options = namedArguments<NormalizationOptions>('Normalization', ARGUMENTS, args);
    super(options);
    const { axis = -1, mean = null, variance = null, invert = false } = options;
    const axes = axis === null ? [] : requireIntegers('Normalization', 'axis', axis);
    this.axis = typeof axes === 'number' ? [axes] : [...axes];
    this.invert = invert;
    checkStatistics(mean, variance, this.axis);
    this.input_mean = mean;
    this.input_variance = variance;
    this.supports_masking = true;
  }

  override build(input_shape: SymbolicShape): void {
    const ndim = input_shape.length;
    if (this.axis.some((axis) => axis < -ndim || axis >= ndim)) {
      throw new ShapeError(`The axes of ${this.describe()} must be from ${-ndim} to ${ndim - 1} for inputs of shape ` +
        `${formatShape(input_shape)}, received ${JSON.stringify(this.axis)}.`);
    }
    this.#kept = this.axis.map((axis) => (axis < 0 ? axis + ndim : axis)).toSorted((a, b) => a - b);
    const unknown = this.#kept.find((axis) => input_shape[axis] === null);
    if (unknown !== undefined) {
      throw new ShapeError(`The size of each axis of features must be known: ${this.describe()} has the axes ` +
        `${JSON.stringify(this.axis)}, received inputs of shape ${formatShape(input_shape)}, where axis ${unknown} is not.`);
    }
    this.#builtFor = [...input_shape];
    if (this.input_mean !== null) return;
    const shape = this.#kept.map((axis) => input_shape[axis]!);
    this.adapt_mean = this.add_weight({ name: 'mean', shape, initializer: 'zeros', trainable: false });
    this.adapt_variance = this.add_weight({ name: 'variance', shape, initializer: 'ones', trainable: false });
    // Nothing reads it; it stands in Keras's files.
    this.count = this.add_weight({ name: 'count', shape: [], dtype: counterDType(), initializer: 'zeros', trainable: false });
  }

  /**
   * Finds mean and variance of the features in data, in place of those before. An array or a tensor is used at once;
   * batches are read one after the other.
   *
   * @param data an array or tensor, a PyDataset, a Dataset, or an iterable of batches; of `[x, y]`, x is used
   * @throws LayerError when mean and variance were given, or there is no batch
   * @throws ShapeError when the features of the data are not those of the layer
   */
  async adapt(data: AdaptData): Promise<void> {
    if (this.input_mean !== null) {
      throw new LayerError(`The ${this.describe()} was given its mean and variance: there is nothing to adapt.`);
    }
    if (isWhole(data)) return this.#assign(new Moments(), [data]);
    const moments = new Moments();
    for await (const batch of batchesOf(data, this.describe())) this.#add(moments, batch);
    this.#assign(moments, []);
  }

  #assign(moments: Moments, batches: readonly TensorLike[]): void {
    for (const batch of batches) this.#add(moments, batch);
    if (moments.count === 0) {
      throw new LayerError(`adapt of ${this.describe()} received no batch. Pass at least one, as in layer.adapt([x]).`);
    }
    const { mean, variance } = moments;
    this.adapt_mean!.assign(mean!);
    this.adapt_variance!.assign(variance!);
    moments.dispose();
  }

  #add(moments: Moments, batch: TensorLike): void {
    const x = tidy(() => ops.cast(toTensor(batch), this.compute_dtype));
    this.#requireFeatures(x.shape);
    moments.add(x, x.shape.map((_, i) => i).filter((axis) => !this.#kept.includes(axis)));
    // The cast of a float32 tensor is the tensor itself, which is the caller's.
    if (x !== batch) x.dispose();
  }

  #requireFeatures(shape: Shape): void {
    if (!this.built) this.build(shape);
    const built = this.#builtFor!;
    if (shape.length === built.length && this.#kept.every((axis) => shape[axis] === built[axis])) return;
    throw new ShapeError(`The ${this.describe()} was built for inputs of shape ${formatShape(built)}, but adapt received ` +
      `data of shape ${formatShape(shape)}.`);
  }

  /** The mean in the compute dtype, shaped to fit the inputs. */
  get mean(): Tensor {
    return this.#statistic(this.input_mean ?? this.adapt_mean);
  }

  /** The variance in the compute dtype, shaped to fit the inputs. */
  get variance(): Tensor {
    return this.#statistic(this.input_variance ?? this.adapt_variance);
  }

  #statistic(values: TensorLike | undefined): Tensor {
    if (values === undefined) throw new LayerError(`Build the ${this.describe()} first: call it on data, or adapt it.`);
    const given = ops.cast(values, this.compute_dtype);
    const shape = this.#builtFor!.map(() => 1);
    // Axes from the last on, as NumPy lines up shapes; those without statistics of their own share them.
    for (let i = 1; i <= given.ndim; i++) shape[this.#kept.at(-i)!] = given.shape.at(-i)!;
    return ops.reshape(given, shape);
  }

  /** Statistics are read where they are used; the method is there for code that calls Keras's. */
  finalize_state(): void {}

  override call(inputs: Tensor): Tensor {
    const x = ops.cast(inputs, this.compute_dtype);
    const deviation = ops.maximum(ops.sqrt(this.variance), epsilon());
    return this.invert ? ops.add(this.mean, ops.multiply(x, deviation)) : ops.divide(ops.subtract(x, this.mean), deviation);
  }

  override compute_output_shape(input_shape: SymbolicShape): SymbolicShape {
    return input_shape;
  }

  override get_config(): Record<string, unknown> {
    return {
      ...super.get_config(), axis: this.axis, invert: this.invert,
      mean: plain(this.input_mean), variance: plain(this.input_variance),
    };
  }
}
kerasExport(Normalization, 'keras.layers.Normalization');

/** Numbers or nested arrays, as configs hold them. */
function plain(values: TensorLike | null): unknown {
  if (values === null || typeof values === 'number' || (Array.isArray(values) && isWhole(values))) return values;
  return tidy(() => toTensor(values).arraySync());
}

function checkStatistics(mean: TensorLike | null, variance: TensorLike | null, axis: readonly number[]): void {
  if ((mean === null) !== (variance === null)) {
    throw new ArgumentError('Normalization: mean and variance must be given together, received ' +
      `${mean === null ? 'variance' : 'mean'} alone.`);
  }
  if (mean === null || variance === null) return;
  const [a, b] = [mean, variance].map((values) => tidy(() => toTensor(values).shape));
  if (formatShape(a) !== formatShape(b)) {
    throw new ArgumentError('Normalization: mean and variance must have the same shape, received the shapes ' +
      `${formatShape(a)} and ${formatShape(b)}.`);
  }
  if (a.length > axis.length) {
    throw new ArgumentError(`Normalization: mean has at most as many axes as there are axes of features (${axis.length}), ` +
      `received the shape ${formatShape(a)} for axis ${JSON.stringify(axis)}.`);
  }
}
