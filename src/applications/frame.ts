/** What all architectures have around their layers: checks, the input, the classifier, the model. */
import { existsSync } from 'node:fs';
import { image_data_format } from '../backend/config.js';
import * as activations from '../activations/index.js';
import { Dense, type DenseOptions } from '../layers/core/dense.js';
import { Input } from '../layers/core/input.js';
import { GlobalAveragePooling2D } from '../layers/pooling/global-average-pooling2d.js';
import { GlobalMaxPooling2D } from '../layers/pooling/global-max-pooling2d.js';
import { Functional } from '../models/functional.js';
import type { Model } from '../models/model.js';
import { formatShape, type SymbolicShape } from '../engine/shape.js';
import { KerasTensor } from '../ops/keras-tensor.js';
import { pathOf } from '../saving/files.js';
import { ArgumentError, requireOneOf, requirePositiveInteger } from '../utils/checks.js';
import { get_source_inputs } from '../utils/model-inputs.js';
import type { ApplicationOptions } from './define.js';
import { imageAxes, obtainInputShape } from './input-shape.js';

/** The options of an architecture with their defaults, checked. */
export interface Settings extends Required<Omit<ApplicationOptions, 'weights' | 'name'>> {
  what: string;
  name: string | null;
  /** Whether the weights of 'imagenet' are asked for. */
  isTrained: boolean;
}

/** Checks the options that all architectures have. `name` is the model's default name. */
export function settle(what: string, options: ApplicationOptions, name: string | null): Settings {
  const { weights = 'imagenet', include_top = true, classes = 1000, input_tensor = null, classifier_activation = 'softmax' } = options;
  if (weights !== null && weights !== 'imagenet' && !existsSync(pathOf(weights))) {
    throw new ArgumentError(`${what}: the argument 'weights' must be null (random initialization), 'imagenet' (trained on ImageNet), ` +
      `or the path of a weights file, received '${String(weights)}', which does not exist.`);
  }
  const isTrained = weights === 'imagenet';
  requirePositiveInteger(what, 'classes', classes);
  if (isTrained && include_top && classes !== 1000) {
    throw new ArgumentError(`${what}: with include_top=true and the weights of 'imagenet', the argument 'classes' must be 1000, ` +
      `received ${classes}. Pass weights: null, or include_top: false with a classifier of your own.`);
  }
  if (input_tensor !== null && !(input_tensor instanceof KerasTensor)) {
    throw new ArgumentError(`${what}: the argument 'input_tensor' must be a KerasTensor, as of keras.Input, received ${String(input_tensor)}.`);
  }
  if (include_top && weights !== null) requirePlainClassifier(what, classifier_activation);
  return {
    what, include_top, isTrained, input_tensor, classes, classifier_activation,
    name: options.name === undefined ? name : options.name,
    input_shape: options.input_shape ?? null,
    pooling: options.pooling ? requireOneOf(what, 'pooling', options.pooling, ['avg', 'max'] as const) : null,
  };
}

function requirePlainClassifier(what: string, activation: activations.Identifier): void {
  if ([activations.get('softmax'), activations.get(null)].includes(activations.get(activation))) return;
  throw new ArgumentError(`${what}: with given weights and include_top=true, the argument 'classifier_activation' must be 'softmax' or ` +
    `null, received ${typeof activation === 'string' ? `'${activation}'` : String(activation)}.`);
}

/** Sizes of the images: the default one, and the least. */
export interface ImageSizes {
  default: number;
  min: number;
}

/** The checked shape of the images. */
export const shapeOfImages = ({ what, input_shape, include_top, isTrained }: Settings, sizes: ImageSizes): SymbolicShape =>
  obtainInputShape(input_shape, { what, defaultSize: sizes.default, minSize: sizes.min, isStatic: include_top, isTrained });

/** The tensor that the first layer is called on. */
export const imagesFor = ({ input_tensor }: Settings, shape: SymbolicShape): KerasTensor => input_tensor ?? Input({ shape });

/** Names of the pooling layers; null for numbered ones. */
export interface PoolingNames {
  avg: string | null;
  max: string | null;
}
export const NAMED: PoolingNames = { avg: 'avg_pool', max: 'max_pool' };
export const UNNAMED: PoolingNames = { avg: null, max: null };

/** The pooling that the options ask for where the top is left out. */
export function poolOver(x: KerasTensor, pooling: Settings['pooling'], names: PoolingNames): KerasTensor {
  if (pooling === 'avg') return new GlobalAveragePooling2D({ name: names.avg })(x);
  return pooling === 'max' ? new GlobalMaxPooling2D({ name: names.max })(x) : x;
}

/** The layer that gives the probabilities of the classes. */
export const classify = (
  x: KerasTensor, { classes, classifier_activation }: Settings, options: Omit<DenseOptions, 'units'> = {},
): KerasTensor => new Dense({ units: classes, activation: classifier_activation, name: 'predictions', ...options })(x);

/** The usual top: the mean of each feature map, and the classifier. */
export const averageAndClassify = (x: KerasTensor, settings: Settings, name: string | null = 'avg_pool'): KerasTensor =>
  classify(new GlobalAveragePooling2D({ name })(x), settings);

/** Ends an architecture: the top or the pooling, and the model. */
export function finish(images: KerasTensor, features: KerasTensor, settings: Settings, {
  names, top = averageAndClassify, name = settings.name,
}: { names: PoolingNames; top?: (x: KerasTensor, settings: Settings) => KerasTensor; name?: string | null }): Model {
  const outputs = settings.include_top ? top(features, settings) : poolOver(features, settings.pooling, names);
  return modelOf(images, outputs, settings, name);
}

/** The model; that of a given tensor begins where the tensor does. */
export const modelOf = (images: KerasTensor, outputs: KerasTensor, { input_tensor }: Settings, name: string | null): Model =>
  new Functional(input_tensor ? get_source_inputs(input_tensor) : images, outputs, { name });

/** Some architectures exist for channels_last alone. */
export function refuseChannelsFirst(what: string): void {
  if (image_data_format() !== 'channels_first') return;
  throw new ArgumentError(`${what} does not support the image data format channels_first. Set "image_data_format": "channels_last" in ` +
    '~/.keras/keras.json, or call keras.config.set_image_data_format(\'channels_last\').');
}

/** Where images are given as a shape and as a tensor, their widths must agree. */
export function requireMatchingSize({ what, input_shape, input_tensor }: Settings): void {
  if (!input_shape || !input_tensor) return;
  const { columns } = imageAxes();
  if (input_tensor.shape[columns + 1] === input_shape[columns]) return;
  throw new ArgumentError(`${what}: input_shape[${columns}] must equal input_tensor.shape[${columns + 1}], received the input_shape ` +
    `${formatShape(input_shape)} and an input_tensor of shape ${formatShape(input_tensor.shape)}.`);
}
