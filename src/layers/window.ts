/** Shapes and layouts of images, [batch, ...space, channels] or channels first, and of windows on them. */
import type { ImageDataFormat } from '../backend/config.js';
import { slidingLength } from '../engine/primitives/linear.js';
import { formatShape, ShapeError, type SymbolicShape } from '../engine/shape.js';

export interface Window {
  size: readonly number[];
  strides: readonly number[];
  dilations: readonly number[];
  padding: 'valid' | 'same' | 'causal';
  data_format: ImageDataFormat;
}

/** The axis of the channels, as InputSpec counts it. */
export const channelAxis = (data_format: ImageDataFormat): number =>
  (data_format === 'channels_last' ? -1 : 1);

export const channelsOf = (shape: SymbolicShape, data_format: ImageDataFormat): number | null =>
  shape[data_format === 'channels_last' ? shape.length - 1 : 1];

/** Index of the first spatial axis. */
export const firstSpatialAxis = (data_format: ImageDataFormat): number =>
  (data_format === 'channels_last' ? 1 : 2);

/** A shape from its parts, in the layout of the data format. */
export const imageShape = (
  batch: number | null, space: SymbolicShape, channels: number | null, data_format: ImageDataFormat,
): SymbolicShape =>
  (data_format === 'channels_last' ? [batch, ...space, channels] : [batch, channels, ...space]);

/** The spatial lengths of a shape. */
export const spaceOf = (shape: SymbolicShape, data_format: ImageDataFormat): SymbolicShape =>
  (data_format === 'channels_last' ? shape.slice(1, -1) : shape.slice(2));

/** The shape after sliding the window over the spatial axes. */
export function windowedOutputShape(
  shape: SymbolicShape, channels: number | null, window: Window, layer: string,
): SymbolicShape {
  const { size, strides, dilations, padding, data_format } = window;
  const space = spaceOf(shape, data_format).map((d, i) => (d === null ? null
    : slidingLength(d, size[i], strides[i], dilations[i], padding === 'valid' ? 'valid' : 'same')));
  const empty = space.findIndex((d) => d !== null && d <= 0);
  if (empty >= 0) {
    throw new ShapeError(`The output of ${layer} would be empty: spatial axis ${empty} of the input shape ` +
      `${formatShape(shape)} is shorter than the window of ${size[empty]} (dilation ${dilations[empty]}). ` +
      "Use larger inputs, a smaller window, or padding: 'same'.");
  }
  return imageShape(shape[0], space, channels, data_format);
}
