/** Borders put around images, or cut off. */
import { apply } from '../../engine/apply.js';
import { standardize_data_format } from '../../backend/config.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { formatShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { requireInteger } from '../compose.js';
import { defineOp } from '../define.js';
import { slice } from '../tensor-math.js';
import { checkImages, spaceOf } from './shared.js';

type Amount = number | null;

/** What is done along one axis: two of the three values, of which the third follows. */
interface Axis {
  names: readonly [before: string, after: string, target: string];
  values: readonly [before: Amount, after: Amount, target: Amount];
}

/** An error unless exactly two are given, as integers >= 0. */
function checkAxis(op: string, { names, values }: Axis): void {
  if (values.filter((value) => value === null).length !== 1) {
    throw new TypeError(`${op} takes exactly two of ${names.join(', ')}, received ` +
      `${names.map((name, i) => `${name}: ${String(values[i])}`).join(', ')}.`);
  }
  values.forEach((value, i) => {
    if (value !== null) requireInteger(value, `${names[i]} of ${op}`, 0);
  });
}

/** The result, or an error when it is negative: the name says which value was computed. */
function notNegative(op: string, name: string, value: number, x: Tensor): number {
  if (value < 0) throw new ShapeError(`${op}: ${name} would be ${value} for images of shape ${formatShape(x.shape)}.`);
  return value;
}

/** Values for the two spatial axes as values for all, with `others` for the rest. */
function inLayout<T>(x: Tensor, data_format: string | null, space: readonly [T, T], others: (axis: number) => T): T[] {
  const rank = x.shape.length;
  const first = standardize_data_format(data_format) === 'channels_last' ? rank - 3 : rank - 2;
  return x.shape.map((_, axis) => (axis === first || axis === first + 1 ? space[axis - first] : others(axis)));
}

/**
 * Images with a border of zeros. For each axis two of three are given: what is put before, after, and the length that
 * results. Source: keras.ops.image.pad_images.
 *
 * @param images [batch, height, width, channels] or one image without the batch axis
 * @param top_padding rows of zeros above; default null
 * @param left_padding columns on the left; default null
 * @param bottom_padding rows below; default null
 * @param right_padding columns on the right; default null
 * @param target_height height of the result; default null
 * @param target_width width of the result; default null
 * @param data_format default: the configured one
 * @throws TypeError when not exactly two of three are given
 * @throws ShapeError when the image is larger than the target
 * @example
 * ops.image.pad_images(ops.ones([2, 3, 1]), 1, 2, {target_height: 5, target_width: 5}).shape; // [5, 5, 1]
 */
export const pad_images = defineOp('keras.ops.image.pad_images', [
  'images', 'top_padding', 'left_padding', 'bottom_padding', 'right_padding', 'target_height', 'target_width', 'data_format',
], (
  images: TensorLike, top_padding: Amount = null, left_padding: Amount = null, bottom_padding: Amount = null,
  right_padding: Amount = null, target_height: Amount = null, target_width: Amount = null, data_format: string | null = null,
): Tensor => {
  const x = toTensor(images);
  checkImages('pad_images', x);
  const axes: Axis[] = [
    { names: ['top_padding', 'bottom_padding', 'target_height'], values: [top_padding, bottom_padding, target_height] },
    { names: ['left_padding', 'right_padding', 'target_width'], values: [left_padding, right_padding, target_width] },
  ];
  const space = spaceOf(x, data_format);
  const [rows, columns] = axes.map((axis, i): readonly [number, number] => {
    checkAxis('pad_images', axis);
    const { names, values: [before, after, target] } = axis;
    if (target === null) return [before!, after!];
    const rest = target - space[i] - (before ?? after)!;
    return before === null ? [notNegative('pad_images', names[0], rest, x), after!]
      : [before, notNegative('pad_images', names[1], rest, x)];
  });
  return apply('pad', [x], {
    paddings: inLayout<readonly [number, number]>(x, data_format, [rows, columns], () => [0, 0]), mode: 'constant', value: 0,
  });
});

/**
 * A part of images. For each axis two of three are given: what is cut off before, after, and the length that is left.
 * Source: keras.ops.image.crop_images.
 *
 * @param images [batch, height, width, channels] or one image without the batch axis
 * @param top_cropping rows cut off above; default null
 * @param left_cropping columns on the left; default null
 * @param bottom_cropping rows below; default null
 * @param right_cropping columns on the right; default null
 * @param target_height height of the result; default null
 * @param target_width width of the result; default null
 * @param data_format default: the configured one
 * @throws TypeError when not exactly two of three are given
 * @throws ShapeError when the image is smaller than what is cut off or kept
 * @example
 * ops.image.crop_images(ops.ones([5, 5, 1]), 1, 2, {target_height: 3, target_width: 2}).shape; // [3, 2, 1]
 */
export const crop_images = defineOp('keras.ops.image.crop_images', [
  'images', 'top_cropping', 'left_cropping', 'bottom_cropping', 'right_cropping', 'target_height', 'target_width',
  'data_format',
], (
  images: TensorLike, top_cropping: Amount = null, left_cropping: Amount = null, bottom_cropping: Amount = null,
  right_cropping: Amount = null, target_height: Amount = null, target_width: Amount = null, data_format: string | null = null,
): Tensor => {
  const x = toTensor(images);
  checkImages('crop_images', x);
  const axes: Axis[] = [
    { names: ['top_cropping', 'bottom_cropping', 'target_height'], values: [top_cropping, bottom_cropping, target_height] },
    { names: ['left_cropping', 'right_cropping', 'target_width'], values: [left_cropping, right_cropping, target_width] },
  ];
  const space = spaceOf(x, data_format);
  const [rows, columns] = axes.map((axis, i): { begin: number; size: number } => {
    checkAxis('crop_images', axis);
    const { names, values: [before, after, target] } = axis;
    const begin = before ?? space[i] - target! - after!;
    const size = target ?? space[i] - before! - after!;
    notNegative('crop_images', names[0], begin, x);
    notNegative('crop_images', target === null ? names[2] : names[1], target === null ? size : space[i] - begin - size, x);
    return { begin, size };
  });
  return slice(x, inLayout(x, data_format, [rows.begin, columns.begin], () => 0),
    inLayout(x, data_format, [rows.size, columns.size], (axis) => x.shape[axis]));
});
