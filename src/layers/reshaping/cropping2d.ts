/** Cropping2D. */
import { standardize_data_format, type ImageDataFormat } from '../../backend/config.js';
import type { LayerOptions } from '../layer.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { standardizeAmounts, type Amounts } from './amounts.js';
import { BaseCropping } from './base-cropping.js';

export interface Cropping2DOptions extends LayerOptions {
  /** Taken off: a number for all sides, 2 numbers for the axes, or 2 pairs `[before, after]`. Default 0. */
  cropping?: Amounts;
  /** Default: the configured one. */
  data_format?: ImageDataFormat | null;
}

const ARGUMENTS = ['cropping', 'data_format'] as const;

/**
 * Takes elements off the ends of the spatial axes.
 *
 * Input shape: `[batch, height, width, channels]` (channels_first: channels after the batch).
 * Output shape: the same with shorter spatial axes. Source: keras.layers.Cropping2D.
 *
 * @throws ShapeError when nothing would be left
 * @example
 * new keras.layers.Cropping2D([[1, 0], [0, 0]])(keras.ops.ones([1, 4, 4, 3])).shape; // [1, 3, 4, 3]
 */
export class Cropping2D extends BaseCropping {
  constructor(...args: ConstructorArgs<Cropping2DOptions, typeof ARGUMENTS>) {
    const options = namedArguments<Cropping2DOptions>('Cropping2D', ARGUMENTS, args);
    const pairs = standardizeAmounts('Cropping2D', 'cropping', options.cropping ?? 0, 2);
    super(options, pairs, standardize_data_format(options.data_format));
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), cropping: this.cropping, data_format: this.data_format };
  }
}
kerasExport(Cropping2D, 'keras.layers.Cropping2D');
