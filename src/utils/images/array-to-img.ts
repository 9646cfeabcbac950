/** Arrays as images. */
import { standardize_data_format } from '../../backend/config.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { getDefaultFloat, standardizeDType } from '../../engine/dtype.js';
import { tidy } from '../../engine/scope.js';
import { formatShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { divide, max, min, multiply, subtract, transpose, where, equal } from '../../ops/tensor-math.js';
import { kerasExport } from '../../saving/registration.js';
import { positionalArguments, type CallForms } from '../arguments.js';
import { RasterImage, type ImageMode } from './raster-image.js';

const NAMES = ['x', 'data_format', 'scale', 'dtype'] as const;
type Parameters = [x: TensorLike, data_format?: string | null, scale?: boolean, dtype?: string | null];
const MODES: Readonly<Record<number, ImageMode>> = { 1: 'L', 3: 'RGB', 4: 'RGBA' };

/** Brings the least number to 0 and the largest to 255. */
function stretched(x: Tensor): Tensor {
  const low = subtract(x, min(x));
  const most = max(low);
  return multiply(divide(low, where(equal(most, 0), 1, most)), 255);
}

/**
 * An array as an image. Source: keras.utils.array_to_img.
 *
 * @param x [height, width, channels], with 1, 3 or 4 channels
 * @param data_format default: the configured one
 * @param scale whether to stretch the numbers over 0 to 255 (default true); otherwise they lose their fraction, and are
 *   taken modulo 256
 * @param dtype of the computation; default floatx
 * @returns an image in mode L, RGB or RGBA, or, for grey numbers above 255, I
 * @throws ShapeError when x is not of rank 3, or has another number of channels
 * @example
 * keras.utils.array_to_img([[[0], [1]]]).data; // [0, 255]
 */
export function array_to_img(...args: CallForms<typeof NAMES, Parameters>): RasterImage {
  const [x, data_format = null, scale = true, dtype = null] = positionalArguments('array_to_img', NAMES, args) as Parameters;
  return tidy(() => {
    let array = toTensor(x, dtype === null ? getDefaultFloat() : standardizeDType(dtype));
    if (array.shape.length !== 3) {
      throw new ShapeError(`array_to_img takes one image, of rank 3, received shape ${formatShape(array.shape)}.`);
    }
    if (standardize_data_format(data_format) === 'channels_first') array = transpose(array, [1, 2, 0]);
    const [height, width, channels] = array.shape;
    const mode = MODES[channels];
    if (mode === undefined) {
      throw new ShapeError(`array_to_img takes images of 1, 3 or 4 channels, received ${channels}: shape ${formatShape(array.shape)}.`);
    }
    if (scale && array.size > 0) array = stretched(array);
    const numbers = Array.from(array.dataSync() as ArrayLike<number | bigint>, Number);
    if (mode === 'L' && numbers.some((value) => value > 255)) return new RasterImage('I', width, height, Int32Array.from(numbers));
    return new RasterImage(mode, width, height, Uint8Array.from(numbers));
  });
}
kerasExport(array_to_img, 'keras.utils.array_to_img', 'keras.preprocessing.image.array_to_img');
