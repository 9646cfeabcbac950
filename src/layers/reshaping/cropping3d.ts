/** Cropping3D. */
import { standardize_data_format, type ImageDataFormat } from '../../backend/config.js';
import type { LayerOptions } from '../layer.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { standardizeAmounts, type Amounts } from './amounts.js';
import { BaseCropping } from './base-cropping.js';

export interface Cropping3DOptions extends LayerOptions {
  /** Taken off: a number for all sides, 3 numbers for the axes, or 3 pairs `[before, after]`. Default 1. */
  cropping?: Amounts;
  /** Default: the configured one. */
  data_format?: ImageDataFormat | null;
}

const ARGUMENTS = ['cropping', 'data_format'] as const;

/**
 * Takes elements off the ends of the spatial axes.
 *
 * Input shape: `[batch, depth, height, width, channels]` (channels_first: channels after the batch).
 * Output shape: the same with shorter spatial axes. Source: keras.layers.Cropping3D.
 *
 * @throws ShapeError when nothing would be left
 * @example
 * new keras.layers.Cropping3D(1)(keras.ops.ones([1, 8, 8, 8, 3])).shape; // [1, 6, 6, 6, 3]
 */
export class Cropping3D extends BaseCropping {
  constructor(...args: ConstructorArgs<Cropping3DOptions, typeof ARGUMENTS>) {
    const options = namedArguments<Cropping3DOptions>('Cropping3D', ARGUMENTS, args);
    const pairs = standardizeAmounts('Cropping3D', 'cropping', options.cropping ?? 1, 3);
    super(options, pairs, standardize_data_format(options.data_format));
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), cropping: this.cropping, data_format: this.data_format };
  }
}
kerasExport(Cropping3D, 'keras.layers.Cropping3D');
