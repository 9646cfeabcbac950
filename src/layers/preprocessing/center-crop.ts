/** CenterCrop: the middle of images. */
import type { SymbolicShape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { boxesFrom, numbersOf } from '../../utils/bounding-boxes/formats.js';
import { clip_to_image_size } from '../../utils/bounding-boxes/index.js';
import * as ops from '../../ops/index.js';
import { smart_resize } from '../../preprocessing/smart-resize.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { requirePositiveInteger } from '../../utils/checks.js';
import {
  BaseImagePreprocessing, IMAGE_OPTIONS, type Boxes, type ImagePreprocessingOptions, type ImageSize,
} from './base-image-preprocessing.js';

export interface CenterCropOptions extends ImagePreprocessingOptions {
  /** Rows of the result. */
  height: number;
  /** Columns of the result. */
  width: number;
}

const ARGUMENTS = ['height', 'width', 'data_format'] as const;

/** A part of an image. */
interface Part {
  top: number;
  left: number;
  height: number;
  width: number;
}

/**
 * The middle of images, in training and inference alike. Of an image that is too small the largest part with the proportions of
 * the result is resized. Integers become floats.
 *
 * Input shape: an image `[height, width, channels]` or a batch of them (channels_first: channels before height); or an object with
 * `images`, and `segmentation_masks`, `bounding_boxes` (`{boxes, labels}`) and `labels`.
 * Output shape: the same with the new height and width.
 *
 * @param args `height`, `width`, `data_format`; by name `bounding_box_format`
 * @throws ArgumentError for a size that is none
 * Source: keras.layers.CenterCrop.
 *
 * @example
 * new keras.layers.CenterCrop(2, 4)(keras.ops.ones([1, 6, 6, 3])).shape; // [1, 2, 4, 3]
 */
export class CenterCrop extends BaseImagePreprocessing {
  readonly height: number;
  readonly width: number;

  constructor(...args: ConstructorArgs<CenterCropOptions, typeof ARGUMENTS>) {
    const { height, width, ...rest } = namedArguments<CenterCropOptions>('CenterCrop', ARGUMENTS, args, IMAGE_OPTIONS);
    super(rest);
    this.height = requirePositiveInteger('CenterCrop', 'height', height);
    this.width = requirePositiveInteger('CenterCrop', 'width', width);
  }

  /** Whether the images are large enough to be cut; if not, they are resized. */
  #fits({ height, width }: ImageSize): boolean {
    return height >= this.height && width >= this.width;
  }

  /** The part of an image that is kept. */
  #part(size: ImageSize): Part {
    const { height, width } = size;
    const within = (wanted: number, limit: number): number => Math.max(Math.min(limit, Math.trunc(wanted)), 1);
    const kept = this.#fits(size) ? this.outputSize() : {
      height: within((width * this.height) / this.width, height), width: within((height * this.width) / this.height, width),
    };
    return { ...kept, top: Math.trunc((height - kept.height) / 2), left: Math.trunc((width - kept.width) / 2) };
  }

  override transform_images(images: Tensor): Tensor {
    const x = ops.cast(images, this.compute_dtype);
    const size = this.sizeOf(x.shape) as ImageSize;
    if (!this.#fits(size)) return smart_resize(x, [this.height, this.width], { data_format: this.data_format });
    const { top, left } = this.#part(size);
    const at = this.data_format === 'channels_last' ? x.ndim - 3 : x.ndim - 2;
    const begin = x.shape.map((_, i) => (i === at ? top : i === at + 1 ? left : 0));
    return ops.slice(x, begin, this.withSize(x.shape, this.outputSize()) as number[]);
  }

  override transform_segmentation_masks(segmentation_masks: Tensor): Tensor {
    return this.transform_images(segmentation_masks);
  }

  protected override outputSize(): ImageSize {
    return { height: this.height, width: this.width };
  }

  protected override moveBoxes({ boxes, labels }: Boxes, size: ImageSize): Boxes {
    const { top, left, height, width } = this.#part(size);
    const corner = [left, top];
    const factor = [this.width / width, this.height / height];
    const extent = [width, height];
    const moved = numbersOf(boxes).map((x, i) =>
      ops.multiply(ops.clip(ops.subtract(x, corner[i % 2]), 0, extent[i % 2]), factor[i % 2]));
    const clipped = clip_to_image_size({ boxes: boxesFrom(moved), labels }, { height: this.height, width: this.width });
    return { boxes: clipped.boxes, labels: clipped.labels };
  }

  override compute_output_shape(input_shape: SymbolicShape): SymbolicShape {
    return this.withSize(input_shape, this.outputSize());
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), height: this.height, width: this.width };
  }
}
kerasExport(CenterCrop, 'keras.layers.CenterCrop');
