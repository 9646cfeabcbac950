/** Images seen through affine and perspective transforms. The numbers are those of TensorFlow's kernel. */
import { apply } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { formatShape, sameShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { full, iota } from '../compose.js';
import { defineOp } from '../define.js';
import { cast } from '../promotion.js';
import {
  add, ceil, clip, divide, equal, floor, greaterEqual, greater, less, lessEqual, logicalAnd, multiply, negative, reshape,
  sliceAxis, subtract, where,
} from '../tensor-math.js';
import { checkImages, overBatch, requireChoice } from './shared.js';

export const AFFINE_INTERPOLATIONS = ['nearest', 'bilinear'] as const;
export const AFFINE_MODES = ['constant', 'nearest', 'wrap', 'reflect'] as const;
type Interpolation = (typeof AFFINE_INTERPOLATIONS)[number];
type Mode = (typeof AFFINE_MODES)[number];

interface Sampling {
  interpolation: Interpolation;
  mode: Mode;
  fill_value: number;
}

/** Positions outside of an axis of this length moved inside, for all modes but 'constant'. */
function inside(position: Tensor, length: number, mode: Mode): Tensor {
  if (mode === 'constant') return position;
  const within = (t: Tensor): Tensor => clip(t, 0, Math.max(length - 1, 0));
  if (mode === 'nearest' || length <= 1) return within(position);
  const isBefore = less(position, 0);
  const distance = negative(position);
  if (mode === 'wrap') {
    const turns = (t: Tensor): Tensor => multiply(floor(divide(t, length - 1)), length);
    const after = where(greater(position, length - 1), subtract(position, turns(position)), position);
    return within(where(isBefore, add(position, add(turns(distance), length)), after));
  }
  // [abcd] goes on as [dcba|abcd|dcba].
  const period = 2 * length;
  const periods = (t: Tensor): Tensor => multiply(floor(divide(t, period)), period);
  const before = add(position, periods(distance));
  const after = subtract(position, periods(position));
  return within(where(isBefore,
    where(less(before, -length), add(before, period), subtract(-1, before)),
    where(greaterEqual(after, length), subtract(period - 1, after), after)));
}

/** Halves away from zero. */
const rounded = (x: Tensor): Tensor => where(less(x, 0), ceil(subtract(x, 0.5)), floor(add(x, 0.5)));

/**
 * Images [batch, height, width, channels] read at positions [n, height, width], n being the batch or 1 for all images
 * alike; `fill_value` outside.
 */
function read(images: Tensor, x: Tensor, y: Tensor, isAnywhere: Tensor, { interpolation, mode, fill_value }: Sampling): Tensor {
  const [batch, height, width, channels] = images.shape;
  const pixels = height * width;
  const source = reshape(images, [batch, pixels, channels]);
  const flat = (t: Tensor): Tensor => reshape(t, [t.shape[0], pixels, 1]);
  const filling = cast(full(fill_value, [], 'float32'), images.dtype);
  const [px, py] = [flat(inside(x, width, mode)), flat(inside(y, height, mode))];

  const pixel = (row: Tensor, column: Tensor): Tensor => {
    const place = (t: Tensor, length: number): Tensor => clip(cast(t, 'int32'), 0, length - 1);
    const index = reshape(add(multiply(place(row, height), width), place(column, width)), [row.shape[0], pixels]);
    const found = row.shape[0] === 1
      ? apply('gather', [source, reshape(index, [pixels])], { axis: 1, batchDims: 0 })
      : apply('gather', [source, index], { axis: 1, batchDims: 1 });
    if (mode !== 'constant') return found;
    const fits = (t: Tensor, length: number): Tensor => logicalAnd(greaterEqual(t, 0), lessEqual(t, length - 1));
    return where(logicalAnd(fits(row, height), fits(column, width)), found, filling);
  };

  let values: Tensor;
  if (interpolation === 'nearest') {
    values = pixel(rounded(py), rounded(px));
  } else {
    const [left, top] = [floor(px), floor(py)];
    const [right, bottom] = [add(left, 1), add(top, 1)];
    const between = (row: Tensor): Tensor => add(
      multiply(cast(pixel(row, left), 'float32'), subtract(right, px)),
      multiply(cast(pixel(row, right), 'float32'), subtract(px, left)));
    values = cast(add(multiply(between(top), subtract(bottom, py)), multiply(between(bottom), subtract(py, top))), images.dtype);
  }
  return reshape(where(flat(isAnywhere), values, filling), images.shape);
}

/** Images transformed: the output pixel (x, y) shows the place ((a x + b y + c) / k, (d x + e y + f) / k) of the input. */
function projected(images: Tensor, transforms: Tensor, sampling: Sampling): Tensor {
  const [batch, height, width] = images.shape;
  const count = transforms.shape[0];
  if (count !== 1 && count !== batch) {
    throw new ShapeError(`There must be one transform for all images or one for each of ${batch}, received ${count}.`);
  }
  if (images.size === 0) return images;
  const [a, b, c, d, e, f, g, h] = Array.from({ length: 8 }, (_, i) => reshape(sliceAxis(transforms, 1, i, i + 1), [count, 1, 1]));
  const x = cast(iota(width), 'float32');
  const y = reshape(cast(iota(height), 'float32'), [height, 1]);
  const k = add(add(multiply(g, x), multiply(h, y)), 1);
  // Where k is 0 the place is infinitely far away.
  const isAnywhere = apply('logical_not', [equal(k, 0)]);
  const divisor = where(isAnywhere, k, 1);
  return read(images, divide(add(add(multiply(a, x), multiply(b, y)), c), divisor),
    divide(add(add(multiply(d, x), multiply(e, y)), f), divisor), isAnywhere, sampling);
}

/**
 * Images turned, moved, scaled or sheared. Source: keras.ops.image.affine_transform.
 *
 * @param images [batch, height, width, channels] or one image without the batch axis
 * @param transform [a0, a1, a2, b0, b1, b2, c0, c1], or [batch, 8]: the pixel (x, y) of the result is that of the image at
 *   ((a0 x + a1 y + a2) / k, (b0 x + b1 y + b2) / k) with k = c0 x + c1 y + 1
 * @param interpolation 'bilinear' (default) or 'nearest'
 * @param fill_mode what lies outside of the image: 'constant' (fill_value; default), 'nearest' (the edge), 'wrap' (the
 *   other end) or 'reflect' (backwards)
 * @param fill_value default 0
 * @param data_format default: the configured one
 * @returns images of the same shape and dtype; computed in float32, integers lose the fraction
 * @throws ShapeError when the rank of the images or the shape of the transform does not fit
 * @example
 * ops.image.affine_transform([[[1], [2], [3]]], [1, 0, 1, 0, 1, 0, 0, 0]).arraySync(); // [[[2], [3], [0]]]
 */
export const affine_transform = defineOp('keras.ops.image.affine_transform',
  ['images', 'transform', 'interpolation', 'fill_mode', 'fill_value', 'data_format'], (
    images: TensorLike, transform: TensorLike, interpolation: string = 'bilinear', fill_mode: string = 'constant',
    fill_value: number = 0, data_format: string | null = null,
  ): Tensor => {
    const x = toTensor(images);
    const given = toTensor(transform, 'float32');
    const sampling: Sampling = {
      interpolation: requireChoice('affine_transform', 'interpolation', interpolation, AFFINE_INTERPOLATIONS),
      mode: requireChoice('affine_transform', 'fill_mode', fill_mode, AFFINE_MODES), fill_value,
    };
    checkImages('affine_transform', x);
    if (given.shape.length < 1 || given.shape.length > 2 || given.shape[given.shape.length - 1] !== 8) {
      throw new ShapeError(`affine_transform takes a transform of 8 numbers or a batch of them, [8] or [batch, 8], received shape ${
        formatShape(given.shape)}.`);
    }
    const transforms = reshape(given, [given.size / 8, 8]);
    return overBatch('affine_transform', x, data_format, (batch) => projected(batch, transforms, sampling));
  });

/** One coordinate of points [n, 4, 2], as [n, 4, 1]. */
const column = (points: Tensor, axis: 0 | 1): Tensor => sliceAxis(points, 2, axis, axis + 1);

/** The transforms [n, 8] that show each end point what lies at the start point. */
function homographies(start: Tensor, end: Tensor): Tensor {
  const count = start.shape[0];
  const constant = (value: number): Tensor => full(value, [count, 4, 1], 'float32');
  const [one, zero] = [constant(1), constant(0)];
  const [x, y] = [column(end, 0), column(end, 1)];
  // a x + b y + c - u (g x + h y) = u for a start point (u, v), and the like for v.
  const equations = ([0, 1] as const).map((axis) => {
    const to = column(start, axis);
    const own = [x, y, one];
    const others = [zero, zero, zero];
    const terms = [...(axis === 0 ? own : others), ...(axis === 0 ? others : own),
      negative(multiply(to, x)), negative(multiply(to, y))];
    return { terms: apply('concatenate', terms, { axis: 2 }), to };
  });
  const rows = reshape(apply('stack', equations.map(({ terms }) => terms), { axis: 2 }), [count, 8, 8]);
  const sides = reshape(apply('stack', equations.map(({ to }) => to), { axis: 2 }), [count, 8, 1]);
  return reshape(apply('matrix_solve', [rows, sides], { adjoint: false }), [count, 8]);
}

/**
 * Images in perspective: four points of each are moved to four other places. Source: keras.ops.image.perspective_transform.
 *
 * @param images [batch, height, width, channels] or one image without the batch axis
 * @param start_points [4, 2], or [batch, 4, 2]: points (x, y) of the image
 * @param end_points of the same shape: where they are in the result
 * @param interpolation 'bilinear' (default) or 'nearest'
 * @param fill_value what lies outside of the image; default 0
 * @param data_format default: the configured one
 * @returns images of the same shape and dtype; computed in float32, integers lose the fraction
 * @throws ShapeError when the rank of the images or the shape of the points does not fit
 * @example
 * const corners = [[0, 0], [0, 4], [4, 0], [4, 4]];
 * ops.image.perspective_transform(ops.ones([4, 4, 3]), corners, [[0, 1], [0, 4], [4, 0], [4, 3]]).shape; // [4, 4, 3]
 */
export const perspective_transform = defineOp('keras.ops.image.perspective_transform',
  ['images', 'start_points', 'end_points', 'interpolation', 'fill_value', 'data_format'], (
    images: TensorLike, start_points: TensorLike, end_points: TensorLike, interpolation: string = 'bilinear',
    fill_value: number = 0, data_format: string | null = null,
  ): Tensor => {
    const x = toTensor(images);
    checkImages('perspective_transform', x);
    const points = [start_points, end_points].map((value) => toTensor(value, 'float32'));
    const [start, end] = points;
    const fits = points.every(({ shape }) => shape.length >= 2 && shape.length <= 3 && sameShape(shape.slice(-2), [4, 2]));
    if (!fits || !sameShape(start.shape, end.shape)) {
      throw new ShapeError('perspective_transform takes start_points and end_points of one shape, [4, 2] or [batch, 4, 2], ' +
        `received ${formatShape(start.shape)} and ${formatShape(end.shape)}.`);
    }
    const sampling: Sampling = {
      interpolation: requireChoice('perspective_transform', 'interpolation', interpolation, AFFINE_INTERPOLATIONS),
      mode: 'constant', fill_value,
    };
    const count = start.size / 8;
    const transforms = homographies(reshape(start, [count, 4, 2]), reshape(end, [count, 4, 2]));
    return overBatch('perspective_transform', x, data_format, (batch) => projected(batch, transforms, sampling));
  });
