/** Resizing: images in another size. */
import type { SymbolicShape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { boxesFrom, numbersOf } from '../../utils/bounding-boxes/formats.js';
import { clip_to_image_size } from '../../utils/bounding-boxes/index.js';
import * as ops from '../../ops/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { ArgumentError, requireOneOf, requirePositiveInteger } from '../../utils/checks.js';
import {
  BaseImagePreprocessing, IMAGE_OPTIONS, type Boxes, type ImagePreprocessingOptions, type ImageSize,
} from './base-image-preprocessing.js';

const INTERPOLATIONS = ['bilinear', 'nearest', 'bicubic', 'area', 'lanczos3', 'lanczos5'] as const;

export interface ResizingOptions extends ImagePreprocessingOptions {
  /** Rows of the result. */
  height: number;
  /** Columns of the result. */
  width: number;
  /** Default 'bilinear'. */
  interpolation?: typeof INTERPOLATIONS[number];
  /** Whether to cut the image to the proportions of the result, rather than to distort it. Default false. */
  crop_to_aspect_ratio?: boolean;
  /** Whether to add a border for that. Default false. */
  pad_to_aspect_ratio?: boolean;
  /** What the border holds: 'constant'. */
  fill_mode?: 'constant';
  /** The border's value. Default 0. */
  fill_value?: number;
  /** Whether to blur an image that is made smaller. Default false. */
  antialias?: boolean;
}

const ARGUMENTS = ['height', 'width', 'interpolation', 'crop_to_aspect_ratio', 'pad_to_aspect_ratio', 'fill_mode', 'fill_value',
  'antialias', 'data_format'] as const;

/**
 * Images in another size, in training and inference alike. Integers stay integers.
 *
 * Input shape: an image `[height, width, channels]` or a batch of them (channels_first: channels before height); or an object with
 * `images`, and `segmentation_masks` (resized to the nearest pixel), `bounding_boxes` (`{boxes, labels}`) and `labels`.
 * Output shape: the same with the new height and width.
 *
 * @param args `height`, `width`, `interpolation` ('bilinear', 'nearest', 'bicubic', 'area', 'lanczos3' or 'lanczos5'),
 *   `crop_to_aspect_ratio` and `pad_to_aspect_ratio` (default false: the image is distorted), `fill_mode` ('constant'), `fill_value`
 *   (0), `antialias` (false), `data_format`; by name `bounding_box_format`
 * @throws ArgumentError for a size that is none, or both ways to keep the proportions
 * Source: keras.layers.Resizing.
 *
 * @example
 * new keras.layers.Resizing(32, 48)(keras.ops.ones([2, 10, 10, 3])).shape; // [2, 32, 48, 3]
 */
export class Resizing extends BaseImagePreprocessing {
  readonly height: number;
  readonly width: number;
  readonly interpolation: typeof INTERPOLATIONS[number];
  readonly crop_to_aspect_ratio: boolean;
  readonly pad_to_aspect_ratio: boolean;
  readonly fill_mode: 'constant';
  readonly fill_value: number;
  readonly antialias: boolean;

  constructor(...args: ConstructorArgs<ResizingOptions, typeof ARGUMENTS>) {
    const {
      height, width, interpolation = 'bilinear', crop_to_aspect_ratio = false, pad_to_aspect_ratio = false, fill_mode = 'constant',
      fill_value = 0, antialias = false, ...rest
    } = namedArguments<ResizingOptions>('Resizing', ARGUMENTS, args, IMAGE_OPTIONS);
    super(rest);
    this.height = requirePositiveInteger('Resizing', 'height', height);
    this.width = requirePositiveInteger('Resizing', 'width', width);
    this.interpolation = requireOneOf('Resizing', 'interpolation', interpolation, INTERPOLATIONS);
    if (crop_to_aspect_ratio && pad_to_aspect_ratio) {
      throw new ArgumentError('Resizing: only one of crop_to_aspect_ratio and pad_to_aspect_ratio can be true, received both.');
    }
    this.crop_to_aspect_ratio = crop_to_aspect_ratio;
    this.pad_to_aspect_ratio = pad_to_aspect_ratio;
    this.fill_mode = requireOneOf('Resizing', 'fill_mode', fill_mode, ['constant'] as const);
    this.fill_value = fill_value;
    this.antialias = antialias;
  }

  #resize(images: Tensor, interpolation: string): Tensor {
    const { height, width, antialias, crop_to_aspect_ratio, pad_to_aspect_ratio, fill_mode, fill_value, data_format } = this;
    return ops.image.resize(images, [height, width], {
      interpolation, antialias, crop_to_aspect_ratio, pad_to_aspect_ratio, fill_mode, fill_value, data_format,
    });
  }

  override transform_images(images: Tensor): Tensor {
    return this.#resize(images, this.interpolation);
  }

  /** Classes are not averaged. */
  override transform_segmentation_masks(segmentation_masks: Tensor): Tensor {
    return this.#resize(segmentation_masks, 'nearest');
  }

  protected override outputSize(): ImageSize {
    return { height: this.height, width: this.width };
  }

  /** Factors and distances, along x and y, that bring a point of the image to its new place. */
  #motion({ height, width }: ImageSize): { scale: [number, number]; shift: [number, number] } {
    if (this.pad_to_aspect_ratio) {
      const factor = Math.min(this.height / height, this.width / width);
      const border = (target: number, source: number): number => Math.floor((target - source * factor) / 2);
      return { scale: [factor, factor], shift: [border(this.width, width), border(this.height, height)] };
    }
    if (!this.crop_to_aspect_ratio) return { scale: [this.width / width, this.height / height], shift: [0, 0] };
    // The image covers the result, and goes beyond it on two sides.
    const [source, target] = [width / height, this.width / this.height];
    const [wide, high] = source > target ? [this.height * source, this.height] : [this.width, this.width / source];
    return {
      scale: [wide / width, high / height], shift: [-Math.floor((wide - this.width) / 2), -Math.floor((high - this.height) / 2)],
    };
  }

  protected override moveBoxes({ boxes, labels }: Boxes, size: ImageSize, given: Tensor): Boxes {
    const { scale, shift } = this.#motion(size);
    const moved = boxesFrom(numbersOf(boxes).map((x, i) => ops.add(ops.multiply(x, scale[i % 2]), shift[i % 2])));
    // Boxes that only fill up the batch, all -1 or all 0, become 0.
    const isFilling = ops.logical_or(ops.all(ops.equal(given, -1), -1, true), ops.all(ops.equal(given, 0), -1, true));
    const clipped = clip_to_image_size({ boxes: moved, labels }, { height: this.height, width: this.width });
    return { labels: clipped.labels, boxes: ops.where(isFilling, ops.zeros_like(clipped.boxes), clipped.boxes) };
  }

  override compute_output_shape(input_shape: SymbolicShape): SymbolicShape {
    return this.withSize(input_shape, this.outputSize());
  }

  override get_config(): Record<string, unknown> {
    return {
      ...super.get_config(), height: this.height, width: this.width, interpolation: this.interpolation,
      crop_to_aspect_ratio: this.crop_to_aspect_ratio, pad_to_aspect_ratio: this.pad_to_aspect_ratio, fill_mode: this.fill_mode,
      fill_value: this.fill_value, antialias: this.antialias,
    };
  }
}
kerasExport(Resizing, 'keras.layers.Resizing');
