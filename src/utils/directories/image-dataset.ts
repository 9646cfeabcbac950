/** keras.utils.image_dataset_from_directory */
import { standardize_data_format } from '../../backend/config.js';
import { NDArray, toTensor } from '../../engine/convert.js';
import { tidy } from '../../engine/scope.js';
import type { Tensor } from '../../engine/tensor.js';
import { convert_to_numpy } from '../../ops/core/conversion.js';
import { stack } from '../../ops/numpy/joining.js';
import { pad } from '../../ops/numpy/rearranging.js';
import { transpose } from '../../ops/tensor-math.js';
import { resize } from '../../ops/image/resize.js';
import { smart_resize } from '../../preprocessing/smart-resize.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type NamedForms } from '../arguments.js';
import { ArgumentError, requireOneOf } from '../checks.js';
import { img_to_array } from '../images/img-to-array.js';
import { load_img } from '../images/load-img.js';
import { DirectoryDataset, directoryDataset } from './directory-dataset.js';
import type { DirectoryOptions } from './index-directory.js';

export interface ImageDatasetOptions extends DirectoryOptions {
  /** `rgb` (default), `rgba` or `grayscale`. */
  color_mode?: 'rgb' | 'rgba' | 'grayscale';
  /** [height, width] that images get, or one number for both. Default [256, 256]. */
  image_size?: readonly [height: number, width: number] | number;
  /** `bilinear` (default), `nearest`, `bicubic`, `area`, `lanczos3` or `lanczos5`. */
  interpolation?: string;
  /** Whether to cut the largest centred part of the same proportions first. Default false. */
  crop_to_aspect_ratio?: boolean;
  /** Whether to keep the proportions, with black beside the image. Default false. */
  pad_to_aspect_ratio?: boolean;
  /** Default: the configured one. */
  data_format?: string | null;
}

const NAMES = [
  'labels', 'label_mode', 'class_names', 'color_mode', 'batch_size', 'image_size', 'shuffle', 'seed', 'validation_split', 'subset',
  'interpolation', 'follow_links', 'crop_to_aspect_ratio', 'pad_to_aspect_ratio', 'data_format', 'verbose',
] as const;
/** Those that Keras reads. */
const FORMATS = ['.bmp', '.gif', '.jpeg', '.jpg', '.png'];
const MODES = ['rgb', 'rgba', 'grayscale'] as const;

/** In the largest size that fits, with black around it. Source: TensorFlow, tf.image.resize_with_pad, whose numbers are float32. */
function resizedWithPad(image: Tensor, [height, width]: readonly [number, number], interpolation: string): Tensor {
  const [h, w] = image.shape;
  const f = Math.fround;
  const ratio = Math.max(f(w / width), f(h / height));
  const [fitH, fitW] = [f(h / ratio), f(w / ratio)];
  const [rows, columns] = [Math.floor(fitH), Math.floor(fitW)];
  const [top, left] = [Math.max(0, Math.floor(f(f(height - fitH) / 2))), Math.max(0, Math.floor(f(f(width - fitW) / 2)))];
  return pad(resize(image, [rows, columns], interpolation, { data_format: 'channels_last' }),
    [[top, height - rows - top], [left, width - columns - left], [0, 0]]);
}

/**
 * A dataset of the PNG and JPEG images in a folder, which has a folder for each class. Images are read when it is their turn.
 * Source: keras.utils.image_dataset_from_directory.
 *
 * Files and labels are in the order that Python has for the seed (`file_paths`); with `shuffle`, each epoch mixes them anew,
 * in an order of its own where Python's is that of tf.data.
 *
 * @param directory the folder
 * @param options `labels`, `label_mode`, `class_names`, `color_mode`, `batch_size`, `image_size`, `shuffle`, `seed`,
 *   `validation_split`, `subset`, `interpolation`, `follow_links`, `crop_to_aspect_ratio`, `pad_to_aspect_ratio`,
 *   `data_format`, `verbose`
 * @returns a DirectoryDataset of `[images, labels]`, or of images: float32 [batch, height, width, channels] from 0 to 255
 *   (uint8 with `nearest`); with subset `both` a list of two, for training and validation
 * @throws ArgumentError for arguments that make no sense, and folders without images
 * @throws TypeError, while it is read, for BMP and GIF images
 * @example
 * const photos = (folder) => keras.utils.image_dataset_from_directory(folder, { image_size: [64, 64], batch_size: 8 });
 */
export function image_dataset_from_directory(directory: string, options: ImageDatasetOptions & { subset: 'both' }): [
  training: DirectoryDataset, validation: DirectoryDataset];
export function image_dataset_from_directory(directory: string, options?: ImageDatasetOptions & { subset?: 'training' | 'validation' | null }):
  DirectoryDataset;
export function image_dataset_from_directory(directory: string, ...args: NamedForms<ImageDatasetOptions, typeof NAMES>):
  DirectoryDataset | [training: DirectoryDataset, validation: DirectoryDataset];
export function image_dataset_from_directory(directory: string, ...args: readonly unknown[]): DirectoryDataset | DirectoryDataset[] {
  const what = 'image_dataset_from_directory';
  const {
    color_mode = 'rgb', image_size = [256, 256], interpolation: method = 'bilinear', crop_to_aspect_ratio = false,
    pad_to_aspect_ratio = false, data_format: format, ...options
  } = namedArguments<ImageDatasetOptions>(what, NAMES, args, [], ['labels']);
  const interpolation = method.toLowerCase();
  const data_format = standardize_data_format(format);
  const size = (typeof image_size === 'number' ? [image_size, image_size] : image_size) as readonly [number, number];
  requireOneOf(what, 'color_mode', color_mode, MODES);
  requireOneOf(what, 'interpolation', interpolation, ['bilinear', 'nearest', 'bicubic', 'area', 'lanczos3', 'lanczos5']);
  if (size.length !== 2 || !size.every((d) => Number.isInteger(d) && d > 0)) {
    throw new ArgumentError(`${what}: 'image_size' is [height, width], received ${JSON.stringify(image_size)}.`);
  }
  if (crop_to_aspect_ratio && pad_to_aspect_ratio) {
    throw new ArgumentError(`${what}: 'crop_to_aspect_ratio' and 'pad_to_aspect_ratio' exclude each other.`);
  }
  // Between pixels there are fractions.
  const dtype = interpolation === 'nearest' ? 'uint8' : 'float32';
  const read = async (paths: readonly string[]): Promise<NDArray> => {
    const images = await Promise.all(paths.map(async (path) =>
      img_to_array(await load_img(path, { color_mode }), { data_format: 'channels_last', dtype })));
    const batch = tidy(() => {
      const resized = images.map((array): Tensor => {
        const image = toTensor(array);
        if (crop_to_aspect_ratio) return smart_resize(image, size, interpolation, 'channels_last');
        return pad_to_aspect_ratio ? resizedWithPad(image, size, interpolation)
          : resize(image, size, interpolation, { data_format: 'channels_last' });
      });
      const whole = stack(resized);
      return data_format === 'channels_last' ? whole : transpose(whole, [0, 3, 1, 2]);
    });
    const array = convert_to_numpy(batch);
    batch.dispose();
    return array;
  };
  return directoryDataset(what, directory, FORMATS, options, read);
}
kerasExport(image_dataset_from_directory, 'keras.utils.image_dataset_from_directory', 'keras.preprocessing.image_dataset_from_directory');
