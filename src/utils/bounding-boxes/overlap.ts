/** How much boxes overlap. */
import { epsilon } from '../../backend/config.js';
import { apply } from '../../engine/apply.js';
import type { TensorLike } from '../../engine/convert.js';
import { formatShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { defineOp } from '../../ops/define.js';
import {
  add, divide, less, logicalOr, max, maximum, minimum, multiply, reshape, square, subtract, transpose, where,
} from '../../ops/tensor-math.js';
import { boxesOf, converted, isRelative, numbersOf } from './formats.js';

type ImageShape = readonly number[] | null;

/** Boxes as left, top, right, bottom in pixels. */
function corners(what: string, boxes: TensorLike, format: string, image_shape: ImageShape): Tensor {
  if (isRelative(format) && image_shape === null) {
    throw new TypeError(`${what} needs the image_shape [height, width, channels] for boxes in the format '${format}'.`);
  }
  const [height, width] = image_shape ?? [null, null];
  return converted(boxesOf(what, boxes), format, 'xyxy', height, width, 'float32');
}

/** [..., m, 1] as [..., 1, m]. */
const asRow = (x: Tensor): Tensor => transpose(x, [...x.shape.keys()].toSpliced(-2, 2, x.shape.length - 1, x.shape.length - 2));

/**
 * The intersection of each of some boxes with each of others, divided by their union: from 0 (apart) to 1 (equal).
 * Source: keras.utils.bounding_boxes.compute_iou.
 *
 * @param boxes1 [n, 4] or [batch, n, 4]
 * @param boxes2 [m, 4] or [batch, m, 4]
 * @param bounding_box_format of both, see convert_format
 * @param use_masking whether pairs with a box of negative numbers only get `mask_val`; default false
 * @param mask_val default -1
 * @param image_shape [height, width, channels]; needed for relative formats
 * @returns [n, m] or [batch, n, m]
 * @throws ShapeError when the boxes are not of rank 2 or 3
 * @throws TypeError for a missing image_shape
 * @example
 * keras.utils.bounding_boxes.compute_iou([[0, 0, 2, 2]], [[1, 0, 3, 2], [5, 5, 6, 6]], 'xyxy').arraySync(); // [[0.333333, 0]]
 */
export const compute_iou = defineOp('keras.utils.bounding_boxes.compute_iou',
  ['boxes1', 'boxes2', 'bounding_box_format', 'use_masking', 'mask_val', 'image_shape'], (
    boxes1: TensorLike, boxes2: TensorLike, bounding_box_format: string, use_masking: boolean = false, mask_val: number = -1,
    image_shape: ImageShape = null,
  ): Tensor => {
    const [first, second] = [boxes1, boxes2].map((boxes) => corners('compute_iou', boxes, bounding_box_format, image_shape));
    if ([first, second].some(({ shape }) => shape.length !== 2 && shape.length !== 3)) {
      throw new ShapeError('compute_iou takes boxes [n, 4] or [batch, n, 4], received shapes ' +
        `${formatShape(first.shape)} and ${formatShape(second.shape)}.`);
    }
    const [left, top, right, bottom] = numbersOf(first);
    const [left2, top2, right2, bottom2] = numbersOf(second).map(asRow);
    const common = (from: Tensor, from2: Tensor, to: Tensor, to2: Tensor): Tensor =>
      maximum(subtract(minimum(to, to2), maximum(from, from2)), 0);
    const intersection = multiply(common(left, left2, right, right2), common(top, top2, bottom, bottom2));
    const area = multiply(subtract(bottom, top), subtract(right, left));
    const area2 = multiply(subtract(bottom2, top2), subtract(right2, left2));
    const union = subtract(add(area, area2), intersection);
    const result = divide(intersection, add(union, epsilon()));
    if (!use_masking) return result;
    const isOutside = (boxes: Tensor): Tensor => less(max(boxes, -1, true), 0);
    return where(logicalOr(isOutside(first), asRow(isOutside(second))), mask_val, result);
  });

/**
 * The complete IoU of pairs of boxes: their intersection divided by their union, less for centres that are apart and for
 * other proportions. Source: keras.utils.bounding_boxes.compute_ciou; Zheng et al., 2020.
 *
 * @param boxes1 [..., 4]
 * @param boxes2 [..., 4], of a shape that broadcasts
 * @param bounding_box_format of both, see convert_format
 * @param image_shape [height, width, channels]; needed for relative formats
 * @returns [...], at most 1
 * @throws TypeError for a missing image_shape
 * @example
 * keras.utils.bounding_boxes.compute_ciou([[0, 0, 2, 2]], [[0, 0, 2, 2]], 'xyxy').arraySync(); // [1]
 */
export const compute_ciou = defineOp('keras.utils.bounding_boxes.compute_ciou',
  ['boxes1', 'boxes2', 'bounding_box_format', 'image_shape'], (
    boxes1: TensorLike, boxes2: TensorLike, bounding_box_format: string, image_shape: ImageShape = null,
  ): Tensor => {
    const [one, two] = [boxes1, boxes2].map((boxes) =>
      numbersOf(corners('compute_ciou', boxes, bounding_box_format, image_shape)));
    const [left, top, right, bottom] = one;
    const [left2, top2, right2, bottom2] = two;
    const small = epsilon();

    // 1. intersection over union
    const [width, width2] = [subtract(right, left), subtract(right2, left2)];
    const [height, height2] = [add(subtract(bottom, top), small), add(subtract(bottom2, top2), small)];
    const common = (from: Tensor, from2: Tensor, to: Tensor, to2: Tensor): Tensor =>
      maximum(subtract(minimum(to, to2), maximum(from, from2)), 0);
    const intersection = multiply(common(left, left2, right, right2), common(top, top2, bottom, bottom2));
    const areas = add(multiply(width, height), multiply(width2, height2));
    const iou = divide(intersection, add(add(subtract(areas, intersection), small), small));

    // 2. distance of the centres, against the diagonal of the box around both
    const hull = (from: Tensor, from2: Tensor, to: Tensor, to2: Tensor): Tensor =>
      square(subtract(maximum(to, to2), minimum(from, from2)));
    const diagonal = add(add(hull(left, left2, right, right2), hull(top, top2, bottom, bottom2)), small);
    const apart = (from: Tensor, from2: Tensor, to: Tensor, to2: Tensor): Tensor =>
      square(subtract(divide(add(from, to), 2), divide(add(from2, to2), 2)));
    const distance = add(apart(left, left2, right, right2), apart(top, top2, bottom, bottom2));

    // 3. difference of the proportions
    const angle = (w: Tensor, h: Tensor): Tensor => apply('atan', [divide(w, h)]);
    const v = multiply(square(subtract(angle(width2, height2), angle(width, height))), 4 / Math.PI ** 2);
    const alpha = divide(v, add(subtract(v, iou), 1 + small));
    const result = subtract(iou, add(divide(distance, diagonal), multiply(v, alpha)));
    return reshape(result, result.shape.slice(0, -1));
  });
