/** What happens to boxes when their image is cropped, padded, cut to a size, or transformed. */
import { apply } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { formatShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { defineOp } from '../../ops/define.js';
import { cast, toFloat } from '../../ops/promotion.js';
import {
  add, clip, cos, divide, greater, max, min, multiply, negative, reshape, subtract, where,
} from '../../ops/tensor-math.js';
import { boxesFrom, boxesOf, numbersOf, type LabelledBoxes } from './formats.js';

function requireCorners(what: string, format: string): void {
  if (format !== 'xyxy') throw new TypeError(`${what} takes boxes in the format 'xyxy', received '${format}'. Use convert_format.`);
}

type Two = readonly [number | Tensor, number | Tensor];

/** Boxes [left, top, right, bottom] kept within 0 and the limits of x and y. */
function within(boxes: Tensor, [x, y]: Two): Tensor {
  const [left, top, right, bottom] = numbersOf(boxes);
  return boxesFrom([clip(left, 0, x), clip(top, 0, y), clip(right, 0, x), clip(bottom, 0, y)]);
}

function moved(boxes: Tensor, [x, y]: Two): Tensor {
  const [left, top, right, bottom] = numbersOf(boxes);
  return boxesFrom([add(left, x), add(top, y), add(right, x), add(bottom, y)]);
}

const length = (value: TensorLike, like: Tensor): number | Tensor =>
  (typeof value === 'number' ? value : toTensor(value, like.dtype));

/**
 * Boxes cut to the image; the labels of those of which nothing is left become -1.
 * Source: keras.utils.bounding_boxes.clip_to_image_size.
 *
 * @param bounding_boxes an object with `boxes` [..., 4] and maybe `labels` [...]
 * @param height of the image; needed for 'xyxy'
 * @param width of the image
 * @param bounding_box_format 'xyxy' (default) or 'rel_xyxy'
 * @returns the object with new boxes and labels
 * @throws TypeError for another format, or a missing size
 * @example
 * const {boxes, labels} = keras.utils.bounding_boxes.clip_to_image_size(
 *   {boxes: [[-10, -20, 150, 160], [130, 40, 170, 80]], labels: [0, 1]}, {height: 100, width: 120});
 * boxes.arraySync(); // [[0, 0, 120, 100], [120, 40, 120, 80]]
 * labels.arraySync(); // [0, -1]
 */
export const clip_to_image_size = defineOp('keras.utils.bounding_boxes.clip_to_image_size',
  ['bounding_boxes', 'height', 'width', 'bounding_box_format'], (
    bounding_boxes: LabelledBoxes, height: TensorLike | null = null, width: TensorLike | null = null,
    bounding_box_format: string = 'xyxy',
  ): Record<string, TensorLike> & { boxes: Tensor; labels: Tensor } => {
    if (bounding_box_format !== 'xyxy' && bounding_box_format !== 'rel_xyxy') {
      throw new TypeError(`clip_to_image_size takes boxes in the formats 'xyxy' and 'rel_xyxy', received '${bounding_box_format}'.`);
    }
    if (bounding_box_format === 'xyxy' && (height === null || width === null)) {
      throw new TypeError('clip_to_image_size needs the height and width of the image for boxes in the format \'xyxy\', ' +
        `received height: ${String(height)}, width: ${String(width)}.`);
    }
    const given = boxesOf('clip_to_image_size', bounding_boxes.boxes);
    const limits: Two = bounding_box_format === 'xyxy' ? [length(width!, given), length(height!, given)] : [1, 1];
    const boxes = within(given, limits);
    const result: Record<string, TensorLike> = { ...bounding_boxes, boxes };
    if (bounding_boxes.labels !== undefined && bounding_boxes.labels !== null) {
      const [left, top, right, bottom] = numbersOf(boxes);
      const areas = reshape(multiply(subtract(right, left), subtract(bottom, top)), boxes.shape.slice(0, -1));
      result.labels = where(greater(areas, 0), toTensor(bounding_boxes.labels), -1);
    }
    return result as Record<string, TensorLike> & { boxes: Tensor; labels: Tensor };
  }, ['bounding_boxes']);

/**
 * Boxes in a part of the image, cut to it. Source: keras.utils.bounding_boxes.crop.
 *
 * @param boxes [..., 4] in the format 'xyxy'
 * @param top first row of the part
 * @param left first column
 * @param height of the part
 * @param width of the part
 * @param bounding_box_format 'xyxy'
 * @throws TypeError for another format
 * @example
 * keras.utils.bounding_boxes.crop([[10, 20, 50, 60]], 10, 20, 40, 30).arraySync(); // [[0, 10, 30, 40]]
 */
export const crop = defineOp('keras.utils.bounding_boxes.crop',
  ['boxes', 'top', 'left', 'height', 'width', 'bounding_box_format'], (
    boxes: TensorLike, top: TensorLike, left: TensorLike, height: TensorLike, width: TensorLike,
    bounding_box_format: string = 'xyxy',
  ): Tensor => {
    requireCorners('crop', bounding_box_format);
    const given = boxesOf('crop', boxes);
    const back = (value: TensorLike): number | Tensor => (typeof value === 'number' ? -value : negative(toTensor(value, given.dtype)));
    return within(moved(given, [back(left), back(top)]), [length(width, given), length(height, given)]);
  });

/**
 * Boxes in an image with a border above and on the left. Source: keras.utils.bounding_boxes.pad.
 *
 * @param boxes [..., 4] in the format 'xyxy'
 * @param top rows put above
 * @param left columns put on the left
 * @param height of the image, which makes no difference
 * @param width of the image, which makes no difference
 * @param bounding_box_format 'xyxy'
 * @throws TypeError for another format
 * @example
 * keras.utils.bounding_boxes.pad([[10, 20, 50, 60]], 1, 2).arraySync(); // [[12, 21, 52, 61]]
 */
export const pad = defineOp('keras.utils.bounding_boxes.pad',
  ['boxes', 'top', 'left', 'height', 'width', 'bounding_box_format'], (
    boxes: TensorLike, top: TensorLike, left: TensorLike, _height: TensorLike | null = null, _width: TensorLike | null = null,
    bounding_box_format: string = 'xyxy',
  ): Tensor => {
    requireCorners('pad', bounding_box_format);
    const given = boxesOf('pad', boxes);
    return moved(given, [length(left, given), length(top, given)]);
  });

const RADIANS = Math.PI / 180;

/**
 * The boxes that hold boxes which are turned, moved, scaled and sheared with their image.
 * Source: keras.utils.bounding_boxes.affine_transform.
 *
 * @param boxes [batch, boxes, 4] or [boxes, 4], in the format 'xyxy'
 * @param angle of the rotation in degrees: one for each image of the batch, or one number; so are the next five
 * @param translate_x distance to the right, as a part of the width
 * @param translate_y distance down, as a part of the height
 * @param scale factor: 2 makes boxes twice as large
 * @param shear_x angle of the shear along x in degrees
 * @param shear_y angle of the shear along y in degrees
 * @param height of the image
 * @param width of the image
 * @param center_x of the transform, as a part of the width; default 0.5
 * @param center_y as a part of the height; default 0.5
 * @param bounding_box_format 'xyxy'
 * @returns boxes of the same shape, in floating point
 * @throws TypeError for another format
 * @throws ShapeError when the boxes are not of rank 2 or 3
 * @example
 * keras.utils.bounding_boxes.affine_transform([[1, 1, 3, 2]], 0, 0.5, 0, 1, 0, 0, 9, 9).arraySync(); // [[5, 1, 7, 2]]
 */
export const affine_transform = defineOp('keras.utils.bounding_boxes.affine_transform', [
  'boxes', 'angle', 'translate_x', 'translate_y', 'scale', 'shear_x', 'shear_y', 'height', 'width', 'center_x', 'center_y',
  'bounding_box_format',
], (
  boxes: TensorLike, angle: TensorLike, translate_x: TensorLike, translate_y: TensorLike, scale: TensorLike,
  shear_x: TensorLike, shear_y: TensorLike, height: number, width: number, center_x: TensorLike | null = null,
  center_y: TensorLike | null = null, bounding_box_format: string = 'xyxy',
): Tensor => {
  requireCorners('affine_transform', bounding_box_format);
  const turn = toFloat(angle);
  const given = cast(boxesOf('affine_transform', boxes), turn.dtype);
  if (given.shape.length !== 2 && given.shape.length !== 3) {
    throw new ShapeError(`affine_transform takes boxes [batch, boxes, 4] or [boxes, 4], received shape ${formatShape(given.shape)}.`);
  }
  // One value for each image stands before the axes of boxes and numbers.
  const each = (value: TensorLike): Tensor => {
    const t = toTensor(value, turn.dtype);
    return t.shape.length === 0 ? t : reshape(t, [t.size, 1, 1]);
  };

  // 1. the inverse of rotation, scale and shear about the centre, then the way back from the translation
  const [rotation, sx, sy] = [angle, shear_x, shear_y].map((value) => multiply(each(value), -RADIANS));
  const [cx, cy] = [multiply(each(center_x ?? 0.5), width - 1), multiply(each(center_y ?? 0.5), height - 1)];
  const x0 = add(cx, multiply(each(translate_x), 1 - width));
  const y0 = add(cy, multiply(each(translate_y), 1 - height));
  const [sine, cosine, tangent] = [apply('sin', [rotation]), cos(rotation), apply('tan', [sx])];
  const skewed = subtract(rotation, sy);
  const a = divide(cos(skewed), cos(sy));
  const b = add(multiply(a, tangent), sine);
  const c = negative(divide(apply('sin', [skewed]), cos(sy)));
  const d = subtract(cosine, multiply(c, tangent));
  const factor = each(scale);
  const [a0, a1, b0, b1] = [d, negative(b), negative(c), a].map((t) => multiply(t, factor));
  const a2 = subtract(subtract(cx, multiply(a0, x0)), multiply(a1, y0));
  const b2 = subtract(subtract(cy, multiply(b0, x0)), multiply(b1, y0));

  // 2. the four corners, and the box around them
  const batch = given.shape.length === 3 ? given : reshape(given, [1, ...given.shape]);
  const [left, top, right, bottom] = numbersOf(batch);
  const xs = apply('concatenate', [left, right, right, left], { axis: 2 });
  const ys = apply('concatenate', [top, top, bottom, bottom], { axis: 2 });
  const x = add(add(multiply(a0, xs), multiply(a1, ys)), a2);
  const y = add(add(multiply(b0, xs), multiply(b1, ys)), b2);
  const around = boxesFrom([min(x, 2, true), min(y, 2, true), max(x, 2, true), max(y, 2, true)]);
  return given.shape.length === 3 ? around : reshape(around, given.shape);
});
