/** Cropping1D. */
import type { LayerOptions } from '../layer.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { standardizePair } from './amounts.js';
import { BaseCropping } from './base-cropping.js';

export interface Cropping1DOptions extends LayerOptions {
  /** Steps taken off: a number for both ends, or `[start, end]`. Default `[1, 1]`. */
  cropping?: number | readonly number[];
}

const ARGUMENTS = ['cropping'] as const;

/**
 * Takes steps off the ends of sequences.
 *
 * Input shape: `[batch, steps, features]`. Output shape: `[batch, fewer steps, features]`.
 * Source: keras.layers.Cropping1D.
 *
 * @throws ShapeError when nothing would be left
 * @example
 * new keras.layers.Cropping1D(1)(keras.ops.ones([2, 5, 3])).shape; // [2, 3, 3]
 */
export class Cropping1D extends BaseCropping {
  constructor(...args: ConstructorArgs<Cropping1DOptions, typeof ARGUMENTS>) {
    const options = namedArguments<Cropping1DOptions>('Cropping1D', ARGUMENTS, args);
    super(options, [standardizePair('Cropping1D', 'cropping', options.cropping ?? 1)], 'channels_last');
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), cropping: this.cropping };
  }
}
kerasExport(Cropping1D, 'keras.layers.Cropping1D');
