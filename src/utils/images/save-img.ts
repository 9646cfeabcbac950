/** Images into files. */
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TensorLike } from '../../engine/convert.js';
import { kerasExport } from '../../saving/registration.js';
import { writeFile } from 'node:fs/promises';
import { positionalArguments, type CallForms } from '../arguments.js';
import { notice } from '../notice.js';
import { array_to_img } from './array-to-img.js';
import { encodeJpeg } from './jpeg.js';
import { encodePng } from './png.js';
import type { RasterImage } from './raster-image.js';

const NAMES = ['path', 'x', 'data_format', 'file_format', 'scale', 'quality'] as const;
type Parameters = [
  path: string | URL, x: TensorLike, data_format?: string | null, file_format?: string | null, scale?: boolean, quality?: number,
];

async function encoded(image: RasterImage, format: string, quality: number): Promise<Uint8Array> {
  switch (format) {
    case 'png': return encodePng(image);
    case 'jpg':
    case 'jpeg':
      if (image.mode === 'RGBA') notice('JPEG files have no alpha channel: save_img leaves it out.');
      return encodeJpeg(image, quality);
    default: throw new TypeError(`save_img writes 'png' and 'jpeg', received the format '${format}'.`);
  }
}

/**
 * Writes an array as an image. Source: keras.utils.save_img.
 *
 * @param path of the file
 * @param x [height, width, channels], with 1, 3 or 4 channels
 * @param data_format default: the configured one
 * @param file_format 'png' or 'jpeg'; default null: as the path ends
 * @param scale whether to stretch the numbers over 0 to 255; default true
 * @param quality of a JPEG file, from 0 to 100; default 75
 * @returns a promise that ends with the file written
 * @throws TypeError for another format
 * @throws ShapeError when x is no image
 * @example
 * await keras.utils.save_img('grey.png', ops.reshape(ops.arange(12), [3, 4, 1]));
 */
export async function save_img(...args: CallForms<typeof NAMES, Parameters>): Promise<void> {
  const [path, x, data_format = null, file_format = null, scale = true, quality = 75] =
    positionalArguments('save_img', NAMES, args) as Parameters;
  if (!(quality >= 0 && quality <= 100)) throw new RangeError(`The quality of save_img is from 0 to 100, received ${String(quality)}.`);
  const name = typeof path === 'string' ? path : fileURLToPath(path);
  const format = (file_format ?? extname(name).slice(1)).toLowerCase();
  await writeFile(path, await encoded(array_to_img(x, data_format, scale), format, quality));
}
kerasExport(save_img, 'keras.utils.save_img', 'keras.preprocessing.image.save_img');
