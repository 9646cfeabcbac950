/** How boxes are written: which four numbers, and whether they are parts of the image's size. */
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { isFloat, standardizeDType, type DType } from '../../engine/dtype.js';
import { formatShape, ShapeError } from '../../engine/shape.js';
import { apply } from '../../engine/apply.js';
import { isPlainObject } from '../../engine/structure.js';
import type { Tensor } from '../../engine/tensor.js';
import { cast } from '../../ops/promotion.js';
import { add, divide, multiply, sliceAxis, subtract } from '../../ops/tensor-math.js';
import { defineOp } from '../../ops/define.js';

export const FORMATS = [
  'xyxy', 'yxyx', 'xywh', 'center_xywh', 'center_yxhw', 'rel_xyxy', 'rel_yxyx', 'rel_xywh', 'rel_center_xywh',
] as const;
type Format = (typeof FORMATS)[number];
/** Formats without the image's size. */
type Plain = Exclude<Format, `rel_${string}`>;

/** Boxes with other things about them, such as labels. */
export interface LabelledBoxes {
  boxes: TensorLike;
  [more: string]: TensorLike;
}
type Four = readonly [Tensor, Tensor, Tensor, Tensor];

/** Boxes as a tensor [..., 4], floating-point unless they are a tensor of integers. */
export function boxesOf(what: string, boxes: TensorLike): Tensor {
  const t = toTensor(boxes);
  if (t.shape.length === 0 || t.shape[t.shape.length - 1] !== 4) {
    throw new ShapeError(`${what} takes boxes of four numbers, [..., 4], received shape ${formatShape(t.shape)}.`);
  }
  return t;
}

/** The four numbers of each box, [..., 1] each. */
export const numbersOf = (boxes: Tensor): Four => {
  const [a, b, c, d] = [0, 1, 2, 3].map((i) => sliceAxis(boxes, -1, i, i + 1));
  return [a, b, c, d];
};

export const boxesFrom = (numbers: readonly Tensor[]): Tensor =>
  apply('concatenate', numbers, { axis: numbers[0].shape.length - 1 });

function formatOf(argument: string, format: string): Format {
  const found = FORMATS.find((name) => name === format.toLowerCase());
  if (found === undefined) {
    throw new TypeError(`The ${argument} of bounding boxes is one of ${FORMATS.join(', ')}, received '${format}'.`);
  }
  return found;
}

export const isRelative = (format: string): boolean => format.toLowerCase().startsWith('rel_');
const plain = (format: Format): Plain => format.replace('rel_', '') as Plain;

/** Left, top, right, bottom of boxes in another format. */
function toCorners(boxes: Tensor, format: Plain): Four {
  const [a, b, c, d] = numbersOf(boxes);
  const around = (x: Tensor, y: Tensor, width: Tensor, height: Tensor): Four => {
    const [w, h] = [divide(width, 2), divide(height, 2)];
    return [subtract(x, w), subtract(y, h), add(x, w), add(y, h)];
  };
  switch (format) {
    case 'xyxy': return [a, b, c, d];
    case 'yxyx': return [b, a, d, c];
    case 'xywh': return [a, b, add(a, c), add(b, d)];
    case 'center_xywh': return around(a, b, c, d);
    default: return around(b, a, d, c);
  }
}

function fromCorners([left, top, right, bottom]: Four, format: Plain): Four {
  const [width, height] = [subtract(right, left), subtract(bottom, top)];
  const middle = (from: Tensor, length: Tensor): Tensor => add(from, divide(length, 2));
  switch (format) {
    case 'xyxy': return [left, top, right, bottom];
    case 'yxyx': return [top, left, bottom, right];
    case 'xywh': return [left, top, width, height];
    case 'center_xywh': return [middle(left, width), middle(top, height), width, height];
    default: return [middle(top, height), middle(left, width), height, width];
  }
}

/** Boxes in another format, as a tensor of the dtype. */
export function converted(
  boxes: Tensor, source: string, target: string, height: TensorLike | null, width: TensorLike | null, dtype: DType,
): Tensor {
  const [from, to] = [formatOf('source', source), formatOf('target', target)];
  if ((isRelative(from) || isRelative(to)) && (height === null || width === null)) {
    throw new TypeError(`Boxes between '${from}' and '${to}' need the height and width of the image, received height: ` +
      `${String(height)}, width: ${String(width)}.`);
  }
  const given = cast(boxes, dtype);
  if (from === to) return given;
  let corners = toCorners(given, plain(from));
  if (isRelative(from) !== isRelative(to)) {
    const [w, h] = [toTensor(width!, dtype), toTensor(height!, dtype)];
    const [left, top, right, bottom] = corners;
    const scale = isRelative(from) ? multiply : divide;
    corners = [scale(left, w), scale(top, h), scale(right, w), scale(bottom, h)];
  }
  return boxesFrom(fromCorners(corners, plain(to)));
}

/**
 * Boxes in another format: 'xyxy' (left, top, right, bottom), 'yxyx' (top, left, bottom, right), 'xywh' (left, top, width,
 * height), 'center_xywh' (of the centre), 'center_yxhw'; and 'rel_xyxy', 'rel_yxyx', 'rel_xywh', 'rel_center_xywh' as parts
 * of the image's size. Source: keras.utils.bounding_boxes.convert_format.
 *
 * @param boxes [..., 4], or an object with such `boxes`
 * @param source format of the boxes; upper case is the same as lower case
 * @param target format of the result
 * @param height of the image; needed between relative formats and others
 * @param width of the image
 * @param dtype of the result; default 'float32'
 * @returns boxes of the same shape, or the object with them
 * @throws ShapeError when the boxes do not have four numbers
 * @throws TypeError for an unknown format or dtype, or a missing size
 * @example
 * keras.utils.bounding_boxes.convert_format([[10, 20, 30, 40]], 'xyxy', 'xywh').arraySync(); // [[10, 20, 20, 20]]
 */
export const convert_format = defineOp('keras.utils.bounding_boxes.convert_format',
  ['boxes', 'source', 'target', 'height', 'width', 'dtype'], (
    boxes: TensorLike | LabelledBoxes, source: string, target: string, height: TensorLike | null = null,
    width: TensorLike | null = null, dtype: string = 'float32',
  ): unknown => {
    const type = standardizeDType(dtype);
    if (!isFloat(type)) throw new TypeError(`convert_format gives boxes of a floating-point dtype, received dtype '${type}'.`);
    const convert = (value: TensorLike): Tensor => converted(boxesOf('convert_format', value), source, target, height, width, type);
    if (isPlainObject(boxes)) return { ...boxes, boxes: convert((boxes as unknown as LabelledBoxes).boxes) };
    return convert(boxes as TensorLike);
  }, ['boxes']) as unknown as ConvertFormat;

interface ConvertOptions {
  height?: TensorLike | null;
  width?: TensorLike | null;
  dtype?: string;
}
type ConvertRest = [options?: ConvertOptions] | [height?: TensorLike | null, width?: TensorLike | null, dtype?: string]
  | [height: TensorLike | null, width: TensorLike | null, options: ConvertOptions] | [height: TensorLike | null, options: ConvertOptions];
interface ConvertFormat {
  (boxes: TensorLike, source: string, target: string, ...rest: ConvertRest): Tensor;
  <B extends LabelledBoxes>(boxes: B, source: string, target: string, ...rest: ConvertRest): Omit<B, 'boxes'> & { boxes: Tensor };
}
