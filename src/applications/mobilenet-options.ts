/** What MobileNet and MobileNetV2 have in common: the sizes that there are trained weights for. */
import { ArgumentError } from '../utils/checks.js';
import { notice } from '../utils/notice.js';
import type { ApplicationOptions } from './define.js';
import type { Settings } from './frame.js';
import { imageAxes } from './input-shape.js';
import type { SymbolicShape } from '../engine/shape.js';

export interface WidthOptions extends ApplicationOptions {
  /** Factor of the number of filters of each layer. Default 1. */
  alpha?: number;
}

/** The default size: that of the images, where trained weights exist for it. */
export function sizeOf(shape: readonly (number | null)[] | null, sizes: readonly number[]): number {
  const { rows, columns } = imageAxes();
  const size = shape?.[rows] ?? null;
  return size !== null && size === shape![columns] && sizes.includes(size) ? size : 224;
}

/** The size whose trained weights are loaded, or, without any, the height of the images. */
export function weightsSize({ what, isTrained }: Settings, shape: SymbolicShape, sizes: readonly number[]): number | null {
  const axes = imageAxes();
  const [rows, columns] = [shape[axes.rows], shape[axes.columns]];
  if (!isTrained || (rows !== null && rows === columns && sizes.includes(rows))) return rows;
  notice(`${what}: input_shape is not given, or is not a square of ${sizes.join(', ')}: the weights for images of 224x224 are loaded.`);
  return 224;
}

/** Trained weights exist for some widths alone. */
export function requireWidth({ what, isTrained }: Settings, alpha: number, widths: readonly number[]): void {
  if (typeof alpha !== 'number' || !(alpha > 0)) {
    throw new ArgumentError(`${what}: the argument 'alpha' must be a number above 0, received ${String(alpha)}.`);
  }
  if (!isTrained || widths.includes(alpha)) return;
  throw new ArgumentError(`${what}: for the weights of 'imagenet' the argument 'alpha' must be one of ${widths.join(', ')}, received ${alpha}.`);
}
