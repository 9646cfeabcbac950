/** Images as arrays. */
import { standardize_data_format } from '../../backend/config.js';
import { NDArray } from '../../engine/convert.js';
import { getDefaultFloat, standardizeDType } from '../../engine/dtype.js';
import { numbersToBits } from '../../engine/host.js';
import { kerasExport } from '../../saving/registration.js';
import { positionalArguments, type CallForms } from '../arguments.js';
import { CHANNELS, RasterImage } from './raster-image.js';

const NAMES = ['img', 'data_format', 'dtype'] as const;
type Parameters = [img: RasterImage, data_format?: string | null, dtype?: string | null];

/**
 * An image as an array. Source: keras.utils.img_to_array.
 *
 * @param img an image, as of `load_img`
 * @param data_format default: the configured one
 * @param dtype default floatx
 * @returns [height, width, channels], or [channels, height, width]
 * @throws TypeError when img is no image
 * @example
 * const image = keras.utils.array_to_img([[[0], [1]]]);
 * keras.utils.img_to_array(image).shape; // [1, 2, 1]
 */
export function img_to_array(...args: CallForms<typeof NAMES, Parameters>): NDArray {
  const [img, data_format = null, dtype = null] = positionalArguments('img_to_array', NAMES, args) as Parameters;
  if (!(img instanceof RasterImage)) throw new TypeError(`img_to_array takes an image, as of keras.utils.load_img, received ${typeof img}.`);
  const type = dtype === null ? getDefaultFloat() : standardizeDType(dtype);
  const { width, height, data, mode } = img;
  const channels = CHANNELS[mode];
  if (standardize_data_format(data_format) === 'channels_last') {
    return new NDArray(numbersToBits(Array.from(data), type), [height, width, channels], type);
  }
  const size = width * height;
  const planes = Array.from({ length: data.length }, (_, i) => data[(i % size) * channels + Math.floor(i / size)]);
  return new NDArray(numbersToBits(planes, type), [channels, height, width], type);
}
kerasExport(img_to_array, 'keras.utils.img_to_array', 'keras.preprocessing.image.img_to_array');
