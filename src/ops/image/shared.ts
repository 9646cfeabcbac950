/** What ops on images share: one image or a batch, and the place of the channels. */
import { standardize_data_format } from '../../backend/config.js';
import { isFloat } from '../../engine/dtype.js';
import { formatShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { channelsLast } from '../nn/layout.js';
import { reshape } from '../tensor-math.js';

/** An error unless x is an image or a batch of images. */
export function checkImages(op: string, x: Tensor): void {
  if (x.shape.length !== 3 && x.shape.length !== 4) {
    throw new ShapeError(`${op} takes an image (rank 3) or a batch of images (rank 4), received shape ${formatShape(x.shape)}.`);
  }
}

export function requireFloatImages(op: string, x: Tensor): void {
  if (!isFloat(x.dtype)) {
    throw new TypeError(`${op} takes images of a floating-point dtype, received dtype ${x.dtype}. Convert them with ` +
      "ops.cast(x, 'float32').");
  }
}

/** Runs `fn` on a batch of channels-last images, and gives the result in the caller's form. */
export function overBatch(op: string, x: Tensor, data_format: string | null, fn: (images: Tensor) => Tensor): Tensor {
  checkImages(op, x);
  const format = standardize_data_format(data_format);
  if (x.shape.length === 4) return channelsLast(x, format, fn);
  const y = channelsLast(reshape(x, [1, ...x.shape]), format, fn);
  return reshape(y, y.shape.slice(1));
}

/** Height and width of images in this layout. */
export function spaceOf(x: Tensor, data_format: string | null): [height: number, width: number] {
  const last = standardize_data_format(data_format) === 'channels_last' ? x.shape.length - 1 : x.shape.length;
  return [x.shape[last - 2], x.shape[last - 1]];
}

/** One of the values that an argument may have. */
export function requireChoice<T extends string>(op: string, argument: string, value: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) {
    throw new TypeError(`The ${argument} of ${op} is one of ${choices.join(', ')}, received '${value}'.`);
  }
  return found;
}
