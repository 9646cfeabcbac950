/** The shape of an architecture's images: given, or its default. */
import { image_data_format } from '../backend/config.js';
import { formatShape, type SymbolicShape } from '../engine/shape.js';
import type { KerasTensor } from '../ops/keras-tensor.js';
import { ArgumentError } from '../utils/checks.js';
import { notice } from '../utils/notice.js';

export interface ShapeRules {
  /** Name of the architecture, for messages. */
  what: string;
  /** Height and width of the images that it was made for. */
  defaultSize: number;
  /** The least height and width that leave something to classify. */
  minSize: number;
  /** Whether the top needs images of a fixed size. */
  isStatic: boolean;
  /** Whether trained weights are asked for, which take 3 channels. */
  isTrained: boolean;
}

const isChannelsFirst = (): boolean => image_data_format() === 'channels_first';

/** Where height, width and channels stand in the shape of an image. */
export const imageAxes = (): { rows: number; columns: number; channels: number } =>
  (isChannelsFirst() ? { rows: 1, columns: 2, channels: 0 } : { rows: 0, columns: 1, channels: 2 });

/** [height, width, channels] in the configured order. */
export const imageShape = (rows: number | null, columns: number | null, channels: number | null): SymbolicShape =>
  (isChannelsFirst() ? [channels, rows, columns] : [rows, columns, channels]);

/** The checked `input_shape` of an architecture, or its default. */
export function obtainInputShape(given: SymbolicShape | null | undefined, rules: ShapeRules): SymbolicShape {
  const { what, defaultSize, minSize, isStatic, isTrained } = rules;
  const { rows, columns, channels } = imageAxes();
  const shape = given && given.length > 0 ? given : null;
  if (shape && (!Array.isArray(shape) || shape.length !== 3)) {
    throw new ArgumentError(`${what}: the argument 'input_shape' must be an array of three integers, such as ` +
      `${formatShape(imageShape(defaultSize, defaultSize, 3))}, received ${formatShape(shape)}.`);
  }
  const ownChannels = shape && !isTrained ? shape[channels] : 3;
  if (ownChannels !== 1 && ownChannels !== 3) {
    notice(`${what} usually expects 1 or 3 input channels. It was given an input_shape with ${String(ownChannels)}.`);
  }
  const standard = imageShape(defaultSize, defaultSize, ownChannels);
  if (isTrained && isStatic) {
    if (shape && formatShape(shape) !== formatShape(standard)) {
      throw new ArgumentError(`${what}: with include_top=true and the weights of 'imagenet', the argument 'input_shape' must be ` +
        `${formatShape(standard)}, received ${formatShape(shape)}. Images of another size need include_top: false.`);
    }
    return standard;
  }
  if (!shape) return isStatic ? standard : imageShape(null, null, 3);
  if (isTrained && shape[channels] !== 3) {
    throw new ArgumentError(`${what}: the weights of 'imagenet' take images with 3 channels, received the input_shape ${formatShape(shape)}.`);
  }
  if ([shape[rows], shape[columns]].some((size) => size !== null && size < minSize)) {
    throw new ArgumentError(`${what}: the input size must be at least ${minSize}x${minSize}, received the input_shape ${formatShape(shape)}.`);
  }
  if (isStatic && shape.includes(null)) {
    throw new ArgumentError(`${what}: with include_top=true the argument 'input_shape' must be without null, received ${formatShape(shape)}.`);
  }
  return shape;
}

type Padding = [[number, number], [number, number]];

/** The padding before a convolution of stride 2 that centres its windows, as for 'same' on an odd size. */
export function correctPad(inputs: KerasTensor, kernel: number): Padding {
  const first = isChannelsFirst() ? 2 : 1;
  const [height, width] = inputs.shape.slice(first, first + 2);
  const half = Math.floor(kernel / 2);
  const before = (size: number | null): number => half - (height === null || size === null ? 1 : 1 - (size % 2));
  return [[before(height), half], [before(width), half]];
}
