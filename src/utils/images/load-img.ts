/** Images from files. */
import { readFile } from 'node:fs/promises';
import { kerasExport } from '../../saving/registration.js';
import { positionalArguments, type CallForms } from '../arguments.js';
import { decodeJpeg } from './jpeg.js';
import { decodePng } from './png.js';
import type { RasterImage } from './raster-image.js';
import { resample, RESAMPLINGS, type Box } from './resample.js';

const NAMES = ['path', 'color_mode', 'target_size', 'interpolation', 'keep_aspect_ratio'] as const;
type Parameters = [
  path: string | URL | Uint8Array, color_mode?: string, target_size?: readonly [height: number, width: number] | null,
  interpolation?: string, keep_aspect_ratio?: boolean,
];

/** The bytes of an image in a known format, told by how they begin. */
async function decoded(bytes: Uint8Array, what: string): Promise<RasterImage> {
  if (bytes[0] === 0x89 && bytes[1] === 0x50) return decodePng(bytes);
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return decodeJpeg(bytes);
  throw new TypeError(`load_img reads PNG and JPEG; ${what} is neither.`);
}

function inColorMode(image: RasterImage, color_mode: string): RasterImage {
  switch (color_mode) {
    case 'grayscale': return image.mode === 'I;16' ? image : image.convert('L');
    case 'rgb': return image.convert('RGB');
    case 'rgba': return image.convert('RGBA');
    default: throw new TypeError(`The color_mode of load_img is 'grayscale', 'rgb' or 'rgba', received '${color_mode}'.`);
  }
}

/** The largest centred part with the proportions of the target. */
function centred({ width, height }: RasterImage, [targetHeight, targetWidth]: readonly [number, number]): Box {
  const h = Math.min(height, Math.floor((width * targetHeight) / targetWidth));
  const w = Math.min(width, Math.floor((height * targetWidth) / targetHeight));
  const [top, left] = [Math.floor((height - h) / 2), Math.floor((width - w) / 2)];
  return [left, top, left + w, top + h];
}

/**
 * Reads an image from a PNG or JPEG file. Its numbers are those that PIL gives in Python. Source: keras.utils.load_img.
 *
 * @param path of the file, or its bytes
 * @param color_mode 'rgb' (default), 'rgba' or 'grayscale' (grey of 16 bits stays so)
 * @param target_size [height, width] that the image gets; default null: it stays as it is
 * @param interpolation how: 'nearest' (default), 'bilinear', 'bicubic', 'box', 'hamming' or 'lanczos'
 * @param keep_aspect_ratio whether to cut a centred part with the proportions of `target_size` first; default false
 * @returns a promise of the image; `img_to_array` makes an array of it
 * @throws TypeError for other files, and unknown modes and interpolations
 * @example
 * const file = new URL('image.png', `file://${process.cwd()}/`);
 * await keras.utils.save_img(file, ops.ones([4, 6, 3]), {scale: false});
 * const image = await keras.utils.load_img(file, {target_size: [2, 3]});
 * image.size; // [3, 2]
 */
export async function load_img(...args: CallForms<typeof NAMES, Parameters>): Promise<RasterImage> {
  const [path, color_mode = 'rgb', target_size = null, interpolation = 'nearest', keep_aspect_ratio = false] =
    positionalArguments('load_img', NAMES, args) as Parameters;
  const isBytes = path instanceof Uint8Array;
  const image = inColorMode(await decoded(isBytes ? path : await readFile(path), isBytes ? 'this' : String(path)), color_mode);
  if (target_size === null) return image;
  const [height, width] = target_size;
  if (target_size.length !== 2 || !Number.isInteger(height) || !Number.isInteger(width) || height < 1 || width < 1) {
    throw new TypeError(`The target_size of load_img is [height, width], two positive integers, received ${JSON.stringify(target_size)}.`);
  }
  if (image.width === width && image.height === height) return image;
  if (!RESAMPLINGS.includes(interpolation)) {
    throw new TypeError(`The interpolation of load_img is one of ${RESAMPLINGS.join(', ')}, received '${interpolation}'.`);
  }
  return resample(image, [width, height], interpolation, keep_aspect_ratio ? centred(image, target_size) : undefined);
}
kerasExport(load_img, 'keras.utils.load_img', 'keras.preprocessing.image.load_img');
