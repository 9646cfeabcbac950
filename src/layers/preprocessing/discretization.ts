/** Discretization: numbers become those of the bins that they fall into. */
import { getDefaultFloat, type DType } from '../../engine/dtype.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { tidy } from '../../engine/scope.js';
import type { SymbolicShape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import * as ops from '../../ops/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { ArgumentError, requireNonNegative, requireOneOf, requirePositiveInteger } from '../../utils/checks.js';
import { Layer, LayerError, type LayerOptions, type VariableStore } from '../layer.js';
import { batchesOf, isWhole, type AdaptData } from './adapt-data.js';
import { encodeCategories, encodedShape, type CategoryMode } from './encode-categories.js';
import { boundariesOf, EMPTY, mergeSummaries, summarize, type Summary } from './quantiles.js';

export interface DiscretizationOptions extends LayerOptions {
  /** Where one bin ends and the next begins, in ascending order. Either this or `num_bins` is needed. */
  bin_boundaries?: readonly number[] | null;
  /** Number of bins, whose boundaries `adapt` finds so that each holds equally many data. */
  num_bins?: number | null;
  /** How exactly `adapt` does that: the part of the data that may be misplaced. Default 0.01. */
  epsilon?: number;
  /** 'int' (default: the number of the bin) or, as vectors, 'one_hot', 'multi_hot' or 'count'; see CategoryEncoding. */
  output_mode?: 'int' | CategoryMode;
  /** There are no sparse tensors: false. */
  sparse?: false;
}

const ARGUMENTS = ['bin_boundaries', 'num_bins', 'epsilon', 'output_mode', 'sparse', 'dtype', 'name'] as const;

/**
 * Numbers become those of the bins that they fall into: with the boundaries 0, 1, 2 bin 0 is below 0, bin 1 from 0 to below 1,
 * and bin 3 from 2 on. The boundaries are given, or `adapt` finds them in the data.
 *
 * Input shape: any. Output shape: that of the input for 'int'; for vectors as of CategoryEncoding.
 *
 * @param args `bin_boundaries` or `num_bins`, `epsilon` (0.01), `output_mode` ('int', 'one_hot', 'multi_hot' or 'count'; default
 *   'int'), `sparse` (false), `dtype`, `name`
 * @throws ArgumentError when none or both of bin_boundaries and num_bins are given
 * Source: keras.layers.Discretization.
 *
 * @example
 * new keras.layers.Discretization([0, 1, 2])([-1.5, 1, 3.4, 0.5]).arraySync(); // [0, 2, 3, 1]
 */
export class Discretization extends Layer {
  static override call_arguments: readonly string[] = [];

  bin_boundaries: readonly number[] | null;
  readonly num_bins: number | null;
  readonly epsilon: number;
  readonly output_mode: 'int' | CategoryMode;
  #summary: Summary = EMPTY;

  constructor(...args: ConstructorArgs<DiscretizationOptions, typeof ARGUMENTS>) {
    const { bin_boundaries = null, num_bins = null, epsilon = 0.01, output_mode = 'int', sparse = false, ...rest } =
      namedArguments<DiscretizationOptions>('Discretization', ARGUMENTS, args);
    super(rest);
    if ((bin_boundaries === null) === (num_bins === null)) {
      throw new ArgumentError(`Discretization: give one of bin_boundaries and num_bins, received ${num_bins === null ? 'none' : 'both'}.`);
    }
    requireOneOf('Discretization', 'sparse', String(sparse), ['false']);
    this.bin_boundaries = bin_boundaries && [...bin_boundaries];
    this.num_bins = num_bins === null ? null : requirePositiveInteger('Discretization', 'num_bins', num_bins);
    this.epsilon = requireNonNegative('Discretization', 'epsilon', epsilon);
    this.output_mode = requireOneOf('Discretization', 'output_mode', output_mode, ['int', 'one_hot', 'multi_hot', 'count']);
    this.buildAtInit();
  }

  override get input_dtype(): DType {
    return getDefaultFloat();
  }

  /** The dtype of the result: int32 for 'int'. */
  get output_dtype(): DType {
    return this.output_mode === 'int' ? 'int32' : this.compute_dtype;
  }

  /**
   * Finds the boundaries of `num_bins` bins in data, in place of those before. An array or a tensor is used at once; batches are read
   * one after the other.
   *
   * @param data an array or tensor, a PyDataset, a Dataset, or an iterable of batches; of `[x, y]`, x is used
   * @param options `steps`: how many batches are read at most (also by position; default: all)
   * @throws LayerError when the boundaries were given, or there are no data
   */
  async adapt(data: AdaptData, options: { steps?: number | null } | number | null = null): Promise<void> {
    const steps = typeof options === 'object' ? options?.steps ?? Infinity : options;
    this.reset_state();
    if (isWhole(data)) {
      this.update_state(data);
      return this.finalize_state();
    }
    let step = 0;
    for await (const batch of batchesOf(data, this.describe())) {
      if (step++ >= steps) break;
      this.update_state(batch);
    }
    this.finalize_state();
  }

  /** Takes a batch in. */
  update_state(data: TensorLike): void {
    this.#requireBins();
    const values = tidy(() => ops.cast(toTensor(data), 'float32').dataSync() as Float32Array);
    this.#summary = mergeSummaries(summarize(values, this.epsilon), this.#summary, this.epsilon);
  }

  /** Makes the boundaries of what was taken in. */
  finalize_state(): void {
    const bins = this.#requireBins();
    if (this.#summary.values.length === 0) {
      throw new LayerError(`adapt of ${this.describe()} received no data. Pass at least one batch, as in layer.adapt([x]).`);
    }
    this.bin_boundaries = boundariesOf(this.#summary, bins);
  }

  /** Forgets what was taken in. */
  reset_state(): void {
    this.#requireBins();
    this.#summary = EMPTY;
  }

  #requireBins(): number {
    if (this.num_bins !== null) return this.num_bins;
    throw new LayerError(`The ${this.describe()} was given its bin_boundaries: there is nothing to adapt. Give num_bins instead.`);
  }

  override call(inputs: Tensor): Tensor {
    const { bin_boundaries, output_mode } = this;
    if (bin_boundaries === null) {
      throw new LayerError(`The ${this.describe()} has no boundaries yet: call adapt(data) first, or give bin_boundaries.`);
    }
    const bins = ops.digitize(inputs, bin_boundaries);
    if (output_mode === 'int') return ops.cast(bins, 'int32');
    return encodeCategories(bins, output_mode, bin_boundaries.length + 1, this.output_dtype);
  }

  override compute_output_shape(input_shape: SymbolicShape): SymbolicShape {
    if (this.output_mode === 'int') return input_shape;
    return encodedShape(input_shape, this.output_mode, this.bin_boundaries ? this.bin_boundaries.length + 1 : this.num_bins!);
  }

  /** Files of older versions hold the summary of the data, which the boundaries in the config make needless. */
  override load_own_variables(_store: VariableStore): void {}

  override get_config(): Record<string, unknown> {
    const { bin_boundaries, num_bins, epsilon, output_mode, name } = this;
    return { bin_boundaries, num_bins, epsilon, output_mode, sparse: false, name, dtype: this.dtype };
  }

  static override from_config(config: Record<string, unknown>): Layer {
    const { bin_boundaries, num_bins } = config;
    // Those that were found by adapt.
    const isAdapted = (bin_boundaries ?? null) !== null && (num_bins ?? null) !== null;
    const layer = new this({ ...config, ...(isAdapted ? { bin_boundaries: null } : {}) } as DiscretizationOptions);
    if (isAdapted) layer.bin_boundaries = [...bin_boundaries as number[]];
    return layer;
  }
}
kerasExport(Discretization, 'keras.layers.Discretization');
