/** Boxes written by how they differ from anchors, as networks for detection learn them. */
import { epsilon } from '../../backend/config.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { formatShape, ShapeError } from '../../engine/shape.js';
import { isPlainObject } from '../../engine/structure.js';
import type { Tensor } from '../../engine/tensor.js';
import { defineOp } from '../../ops/define.js';
import { add, divide, exp, log, maximum, multiply, subtract } from '../../ops/tensor-math.js';
import { boxesFrom, boxesOf, converted, numbersOf } from './formats.js';

type ImageShape = readonly number[] | null;
/** Boxes, or boxes by the level of a pyramid. */
type Levels = TensorLike | Readonly<Record<string, TensorLike>>;

interface Coding {
  format: string;
  variance: Tensor | null;
  height: number | null;
  width: number | null;
}

function codingOf(argument: string, format: string, variance: TensorLike | null, image_shape: ImageShape): Coding {
  if (format !== 'center_xywh' && format !== 'center_yxhw') {
    throw new TypeError(`The ${argument} of box deltas is 'center_xywh' or 'center_yxhw', received '${format}'.`);
  }
  const factors = variance === null ? null : toTensor(variance, 'float32');
  if (factors && factors.shape[factors.shape.length - 1] !== 4) {
    throw new ShapeError(`The variance of box deltas has four numbers, received shape ${formatShape(factors.shape)}.`);
  }
  const [height, width] = image_shape ?? [null, null];
  return { format, variance: factors, height, width };
}

const toCoding = (what: string, boxes: TensorLike, from: string, { format, height, width }: Coding): Tensor =>
  converted(boxesOf(what, boxes), from, format, height, width, 'float32');

/**
 * Boxes as differences from anchors: how far the centre is, in sizes of the anchor, and the logarithm of how much larger
 * the box is. Source: keras.utils.bounding_boxes.encode_box_to_deltas.
 *
 * @param anchors [n, 4]
 * @param boxes [n, 4] or [batch, n, 4]
 * @param anchor_format see convert_format
 * @param box_format see convert_format
 * @param encoding_format order of the result: 'center_yxhw' (default) or 'center_xywh'
 * @param variance four numbers by which the differences are divided; default null
 * @param image_shape [height, width, channels]; needed for relative formats
 * @throws TypeError for an unknown format
 * @throws ShapeError when the variance does not have four numbers
 * @example
 * keras.utils.bounding_boxes.encode_box_to_deltas([[0, 0, 2, 4]], [[1, 0, 3, 4]], 'xyxy', 'xyxy').arraySync(); // [[0, 0.5, 0, 0]]
 */
export const encode_box_to_deltas = defineOp('keras.utils.bounding_boxes.encode_box_to_deltas',
  ['anchors', 'boxes', 'anchor_format', 'box_format', 'encoding_format', 'variance', 'image_shape'], (
    anchors: TensorLike, boxes: TensorLike, anchor_format: string, box_format: string,
    encoding_format: string = 'center_yxhw', variance: TensorLike | null = null, image_shape: ImageShape = null,
  ): Tensor => {
    const coding = codingOf('encoding_format', encoding_format, variance, image_shape);
    const from = numbersOf(toCoding('encode_box_to_deltas', anchors, anchor_format, coding));
    const to = numbersOf(toCoding('encode_box_to_deltas', boxes, box_format, coding));
    const size = (numbers: readonly Tensor[], axis: 0 | 1): Tensor => maximum(numbers[2 + axis], epsilon());
    const shift = (axis: 0 | 1): Tensor => divide(subtract(to[axis], from[axis]), size(from, axis));
    const growth = (axis: 0 | 1): Tensor => log(divide(size(to, axis), size(from, axis)));
    const deltas = boxesFrom([shift(0), shift(1), growth(0), growth(1)]);
    return coding.variance ? divide(deltas, coding.variance) : deltas;
  });

/**
 * The boxes that differ from anchors in this way. Undoes `encode_box_to_deltas`.
 * Source: keras.utils.bounding_boxes.decode_deltas_to_boxes.
 *
 * @param anchors [n, 4], or an object with such for each level
 * @param boxes_delta [n, 4] or [batch, n, 4], or an object with such for the same levels
 * @param anchor_format see convert_format
 * @param box_format format of the result
 * @param encoded_format order of the differences: 'center_yxhw' (default) or 'center_xywh'
 * @param variance four numbers by which the differences are multiplied; default null
 * @param image_shape [height, width, channels]; needed for relative formats
 * @returns boxes, or an object with those of each level
 * @throws TypeError for an unknown format
 * @throws ShapeError when the variance does not have four numbers
 * @example
 * keras.utils.bounding_boxes.decode_deltas_to_boxes([[0, 0, 2, 4]], [[0, 0.5, 0, 0]], 'xyxy', 'xyxy').arraySync(); // [[1, 0, 3, 4]]
 */
export const decode_deltas_to_boxes = defineOp('keras.utils.bounding_boxes.decode_deltas_to_boxes',
  ['anchors', 'boxes_delta', 'anchor_format', 'box_format', 'encoded_format', 'variance', 'image_shape'], (
    anchors: Levels, boxes_delta: Levels, anchor_format: string, box_format: string, encoded_format: string = 'center_yxhw',
    variance: TensorLike | null = null, image_shape: ImageShape = null,
  ): unknown => {
    const coding = codingOf('encoded_format', encoded_format, variance, image_shape);
    const decode = (anchor: TensorLike, delta: TensorLike): Tensor => {
      const from = numbersOf(toCoding('decode_deltas_to_boxes', anchor, anchor_format, coding));
      const given = toTensor(boxesOf('decode_deltas_to_boxes', delta), 'float32');
      const by = numbersOf(coding.variance ? multiply(given, coding.variance) : given);
      const centre = (axis: 0 | 1): Tensor => add(multiply(by[axis], from[2 + axis]), from[axis]);
      const size = (axis: 0 | 1): Tensor => multiply(exp(by[2 + axis]), from[2 + axis]);
      return converted(boxesFrom([centre(0), centre(1), size(0), size(1)]), coding.format, box_format,
        coding.height, coding.width, 'float32');
    };
    if (!isPlainObject(anchors) || !isPlainObject(boxes_delta)) return decode(anchors as TensorLike, boxes_delta as TensorLike);
    const deltas = boxes_delta as Record<string, TensorLike>;
    return Object.fromEntries(Object.entries(anchors as Record<string, TensorLike>)
      .map(([level, anchor]) => [level, decode(anchor, deltas[level])]));
  }, ['anchors', 'boxes_delta']) as unknown as Decode;

interface DecodeOptions {
  encoded_format?: string;
  variance?: TensorLike | null;
  image_shape?: ImageShape;
}
type DecodeRest = [options?: DecodeOptions] | [encoded_format: string, options?: DecodeOptions]
  | [encoded_format: string, variance: TensorLike | null, options: DecodeOptions]
  | [encoded_format?: string, variance?: TensorLike | null, image_shape?: ImageShape];
interface Decode {
  (anchors: TensorLike, boxes_delta: TensorLike, anchor_format: string, box_format: string, ...rest: DecodeRest): Tensor;
  <L extends string>(
    anchors: Record<L, TensorLike>, boxes_delta: Record<L, TensorLike>, anchor_format: string, box_format: string,
    ...rest: DecodeRest
  ): Record<L, Tensor>;
}
