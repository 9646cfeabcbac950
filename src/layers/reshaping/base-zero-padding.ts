/** What ZeroPadding1D, ZeroPadding2D and ZeroPadding3D share. */
import { standardize_data_format, type ImageDataFormat } from '../../backend/config.js';
import type { Tensor } from '../../engine/tensor.js';
import * as ops from '../../ops/index.js';
import { namedArguments } from '../../utils/arguments.js';
import { InputSpec } from '../input-spec.js';
import { Layer, type LayerOptions } from '../layer.js';
import { firstSpatialAxis } from '../window.js';
import type { Amounts, Pair } from './amounts.js';

export interface ZeroPaddingOptions extends LayerOptions {
  /** Zeros before and after each spatial axis: a number, one for each axis, or a pair for each. Default 1. */
  padding?: Amounts;
  /** Default: the configured one. */
  data_format?: ImageDataFormat | null;
}
export const ZERO_PADDING_ARGUMENTS = ['padding', 'data_format'] as const;

export abstract class BaseZeroPadding extends Layer {
  static override call_arguments: readonly string[] = [];

  readonly padding: Pair | readonly Pair[];
  readonly data_format: ImageDataFormat;
  readonly #pairs: readonly Pair[];

  /** @param read gives the pairs of the spatial axes */
  constructor(rank: number, args: readonly unknown[], read: (padding: Amounts) => Pair[]) {
    const options = namedArguments<ZeroPaddingOptions>(new.target.name, ZERO_PADDING_ARGUMENTS, args);
    super(options);
    this.data_format = standardize_data_format(options.data_format);
    this.#pairs = read(options.padding ?? 1);
    this.padding = rank === 1 ? this.#pairs[0] : this.#pairs;
    this.input_spec = new InputSpec({ ndim: rank + 2 });
  }

  override call(inputs: Tensor): Tensor {
    const paddings = inputs.shape.map(() => [0, 0]);
    this.#pairs.forEach((pair, i) => (paddings[i + firstSpatialAxis(this.data_format)] = [...pair]));
    return ops.pad(inputs, paddings);
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), padding: this.padding, data_format: this.data_format };
  }
}
