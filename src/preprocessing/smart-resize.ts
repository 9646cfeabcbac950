/** Images in another size without distortion. */
import { NDArray, toTensor, type TensorLike } from '../engine/convert.js';
import { standardize_data_format } from '../backend/config.js';
import { tidy } from '../engine/scope.js';
import { formatShape, ShapeError } from '../engine/shape.js';
import type { Tensor } from '../engine/tensor.js';
import { convert_to_numpy } from '../ops/core/conversion.js';
import { resize } from '../ops/image/resize.js';
import { slice } from '../ops/tensor-math.js';
import { kerasExport } from '../saving/registration.js';
import { positionalArguments, type CallForms } from '../utils/arguments.js';

const NAMES = ['x', 'size', 'interpolation', 'data_format'] as const;
type Parameters<X> = [x: X, size: readonly [height: number, width: number], interpolation?: string, data_format?: string];

/**
 * Images in another size: the largest centred part with the proportions of `size`, resized.
 * Source: keras.preprocessing.image.smart_resize.
 *
 * @param x [height, width, channels] or [batch, height, width, channels]
 * @param size [height, width] of the result
 * @param interpolation 'bilinear' (default), 'nearest', 'bicubic', 'area', 'lanczos3' or 'lanczos5'
 * @param data_format 'channels_last' (default) or 'channels_first'
 * @returns an NDArray for an NDArray, else a tensor
 * @throws ShapeError when x is not of rank 3 or 4
 * @throws TypeError when the size is none
 * @example
 * keras.preprocessing.image.smart_resize(ops.ones([34, 50, 3]), [20, 20]).shape; // [20, 20, 3]
 */
export function smart_resize(...args: CallForms<typeof NAMES, Parameters<NDArray>>): NDArray;
export function smart_resize(...args: CallForms<typeof NAMES, Parameters<TensorLike>>): Tensor;
export function smart_resize(...args: readonly unknown[]): Tensor | NDArray {
  const [x, size, interpolation = 'bilinear', data_format = 'channels_last'] =
    positionalArguments('smart_resize', NAMES, args) as Parameters<TensorLike>;
  if (!Array.isArray(size) || size.length !== 2) {
    throw new TypeError(`The size of smart_resize is [height, width], received ${JSON.stringify(size)}.`);
  }
  const result = tidy(() => {
    const img = toTensor(x);
    const rank = img.shape.length;
    if (rank !== 3 && rank !== 4) {
      throw new ShapeError('smart_resize takes an image [height, width, channels] or a batch of them, received shape ' +
        `${formatShape(img.shape)}.`);
    }
    const at = standardize_data_format(data_format) === 'channels_last' ? rank - 3 : rank - 2;
    const [height, width] = img.shape.slice(at, at + 2);
    const [targetHeight, targetWidth] = size as [number, number];
    const h = Math.max(Math.min(height, Math.trunc((width * targetHeight) / targetWidth)), 1);
    const w = Math.max(Math.min(width, Math.trunc((height * targetWidth) / targetHeight)), 1);
    const begin = img.shape.map((_, i) => (i === at ? Math.trunc((height - h) / 2) : i === at + 1 ? Math.trunc((width - w) / 2) : 0));
    const part = slice(img, begin, img.shape.map((d, i) => (i === at ? h : i === at + 1 ? w : d)));
    return resize(part, [targetHeight, targetWidth], interpolation, { data_format });
  });
  if (!(x instanceof NDArray)) return result;
  const array = convert_to_numpy(result);
  result.dispose();
  return array;
}
kerasExport(smart_resize, 'keras.preprocessing.image.smart_resize');
