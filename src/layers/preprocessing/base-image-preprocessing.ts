/** What layers that change images share: batches and single images, and what goes along with them. */
import { standardize_data_format, type ImageDataFormat } from '../../backend/config.js';
import { formatShape, ShapeError, type SymbolicShape } from '../../engine/shape.js';
import { isPlainObject } from '../../engine/structure.js';
import type { Tensor } from '../../engine/tensor.js';
import * as ops from '../../ops/index.js';
import { convert_format } from '../../utils/bounding-boxes/index.js';
import type { CallOptions } from '../layer.js';
import { Layer, LayerError, type LayerOptions } from '../layer.js';

export interface ImagePreprocessingOptions extends LayerOptions {
  /** Where the channels are. Default: the configured place. */
  data_format?: ImageDataFormat | null;
  /** Format of bounding boxes that come with the images, such as 'xyxy'; see keras.utils.bounding_boxes. */
  bounding_box_format?: string | null;
}

/** Boxes [..., boxes, 4] and the class of each [..., boxes]. */
export interface Boxes {
  boxes: Tensor;
  labels: Tensor;
  [other: string]: Tensor;
}

/** Images with what belongs to them, which changes as they do. */
export interface LabelledImages {
  images: Tensor;
  labels?: Tensor;
  bounding_boxes?: Boxes;
  segmentation_masks?: Tensor;
}

/** Height and width of images. */
export interface ImageSize {
  height: number;
  width: number;
}

export const IMAGE_OPTIONS = ['bounding_box_format', 'name', 'trainable', 'dtype', 'autocast', 'activity_regularizer'] as const;

export abstract class BaseImagePreprocessing extends Layer {
  static override call_arguments: readonly string[] = ['training'];
  static override first_argument = 'data';

  readonly data_format: ImageDataFormat;
  readonly bounding_box_format: string | null;

  constructor(options: ImagePreprocessingOptions) {
    const { data_format, bounding_box_format = null, ...rest } = options;
    super(rest);
    this.data_format = standardize_data_format(data_format);
    this.bounding_box_format = bounding_box_format;
    this.buildAtInit();
  }

  /** New images for a batch of them. */
  abstract transform_images(images: Tensor): Tensor;

  /** New masks: the class of each pixel. */
  abstract transform_segmentation_masks(segmentation_masks: Tensor): Tensor;

  /** New boxes, in the format 'xyxy', for those of images of this size; `given` are the boxes as they came. */
  protected abstract moveBoxes(boxes: Boxes, size: ImageSize, given: Tensor): Boxes;

  /** The size of the images that come out. */
  protected abstract outputSize(size: ImageSize): ImageSize;

  override call(data: Tensor | LabelledImages, _options: CallOptions = {}): unknown {
    if (!isPlainObject(data)) return this.#each(data as Tensor, this.#isBatch(data as Tensor), (x) => this.transform_images(x));
    const { images, bounding_boxes, segmentation_masks, ...rest } = data as unknown as LabelledImages;
    const isBatch = this.#isBatch(images);
    const result: Record<string, unknown> = { ...rest, images: this.#each(images, isBatch, (x) => this.transform_images(x)) };
    if (rest.labels) result.labels = this.transform_labels(rest.labels);
    if (bounding_boxes) result.bounding_boxes = this.transform_bounding_boxes(bounding_boxes, this.get_random_transformation(data as never));
    if (segmentation_masks) {
      result.segmentation_masks = this.#each(segmentation_masks, isBatch, (x) => this.transform_segmentation_masks(x));
    }
    return result;
  }

  #isBatch(images: Tensor): boolean {
    if (images.ndim === 3 || images.ndim === 4) return images.ndim === 4;
    throw new ShapeError(`The ${this.describe()} takes an image of 3 axes or a batch of 4, received shape ${formatShape(images.shape)}.`);
  }

  #each(x: Tensor, isBatch: boolean, transform: (x: Tensor) => Tensor): Tensor {
    return isBatch ? transform(x) : ops.squeeze(transform(ops.expand_dims(x, 0)), 0);
  }

  /** What the boxes need to know: the size of the images that came in. */
  get_random_transformation(data: Tensor | LabelledImages): ImageSize {
    const { shape } = isPlainObject(data) ? (data as unknown as LabelledImages).images : data as Tensor;
    return this.sizeOf(shape) as ImageSize;
  }

  /** The labels of the images, which stay as they are. */
  transform_labels(labels: Tensor): Tensor {
    return labels;
  }

  /** New boxes, in the layer's format. */
  transform_bounding_boxes(bounding_boxes: Boxes, transformation: ImageSize): Boxes {
    const format = this.bounding_box_format;
    if (format === null) {
      throw new LayerError(`The ${this.describe()} received bounding boxes, whose format it does not know: give it bounding_box_format, ` +
        'such as \'xyxy\'.');
    }
    const given = convert_format(bounding_boxes, format, 'xyxy', { ...transformation });
    const moved = this.moveBoxes({ boxes: given.boxes, labels: bounding_boxes.labels }, transformation, bounding_boxes.boxes);
    return { ...moved, boxes: convert_format(moved, 'xyxy', format, { ...this.outputSize(transformation) }).boxes };
  }

  /** Height and width in a shape. */
  protected sizeOf(shape: SymbolicShape): { height: number | null; width: number | null } {
    const at = this.data_format === 'channels_last' ? shape.length - 3 : shape.length - 2;
    return { height: shape[at], width: shape[at + 1] };
  }

  /** A shape with another height and width. */
  protected withSize(shape: SymbolicShape, { height, width }: ImageSize): SymbolicShape {
    if (shape.length !== 3 && shape.length !== 4) {
      throw new ShapeError(`The ${this.describe()} takes an image of 3 axes or a batch of 4, received shape ${formatShape(shape)}.`);
    }
    const at = this.data_format === 'channels_last' ? shape.length - 3 : shape.length - 2;
    return shape.map((d, i) => (i === at ? height : i === at + 1 ? width : d));
  }

  override get_config(): Record<string, unknown> {
    const config: Record<string, unknown> = { ...super.get_config(), data_format: this.data_format };
    if (this.bounding_box_format !== null) config.bounding_box_format = this.bounding_box_format;
    return config;
  }
}
