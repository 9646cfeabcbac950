/** The blocks of ConvNeXt. */
import { Conv2D } from '../layers/convolutional/conv2d.js';
import { Dense } from '../layers/core/dense.js';
import { LayerNormalization } from '../layers/normalization/layer-normalization.js';
import { GlobalAveragePooling2D } from '../layers/pooling/global-average-pooling2d.js';
import { Normalization } from '../layers/preprocessing/normalization.js';
import { Sequential } from '../models/sequential.js';
import * as ops from '../ops/index.js';
import type { KerasTensor } from '../ops/keras-tensor.js';
import { get_source_inputs } from '../utils/model-inputs.js';
import { activate, convolve } from './blocks.js';
import type { ApplicationOptions, Made } from './define.js';
import { classify, imagesFor, modelOf, poolOver, refuseChannelsFirst, settle, shapeOfImages, UNNAMED, type Settings } from './frame.js';
import { LayerScale } from './layer-scale.js';
import { published, STORAGE } from './weights.js';

export interface ConvNeXtOptions extends ApplicationOptions {
  /** Whether the model takes pixels from 0 to 255 and normalizes them itself. Default true. */
  include_preprocessing?: boolean;
}

/** Filters of the four stages, blocks in each, and SHA-256 sums of the weights: with the top, and without. */
export interface Member {
  filters: readonly [number, number, number, number];
  depths: readonly [number, number, number, number];
  hashes: readonly [top: string, noTop: string];
}

const EPSILON = 1e-6;
/** What the factors of the blocks' results begin with. */
const LAYER_SCALE = 1e-6;
const RGB_MEAN = [0.485, 0.456, 0.406].map((mean) => mean * 255);
const RGB_VARIANCE = [0.229, 0.224, 0.225].map((deviation) => (deviation * 255) ** 2);

const layerNorm = (name: string | null): LayerNormalization => new LayerNormalization({ epsilon: EPSILON, name });

function block(x: KerasTensor, filters: number, name: string): KerasTensor {
  let y = convolve(x, filters, 7, { padding: 'same', groups: filters, name: `${name}_depthwise_conv` });
  y = new Dense({ units: 4 * filters, name: `${name}_pointwise_conv_1` })(layerNorm(`${name}_layernorm`)(y));
  y = new Dense({ units: filters, name: `${name}_pointwise_conv_2` })(activate(y, 'gelu', `${name}_gelu`));
  y = new LayerScale({ init_values: LAYER_SCALE, projection_dim: filters, name: `${name}_layer_scale` })(y);
  // Where others of the family have stochastic depth.
  return ops.add(x, activate(y, 'linear', `${name}_identity`));
}

/** What stands before each stage: a quarter of the size at first, then halves. */
function downsampling(filters: readonly number[], name: string): Sequential[] {
  return filters.map((count, i) => (i === 0
    ? new Sequential([
      new Conv2D({ filters: count, kernel_size: 4, strides: 4, name: `${name}_stem_conv` }), layerNorm(`${name}_stem_layernorm`),
    ], { name: `${name}_stem` })
    : new Sequential([
      layerNorm(`${name}_downsampling_layernorm_${i - 1}`),
      new Conv2D({ filters: count, kernel_size: 2, strides: 2, name: `${name}_downsampling_conv_${i - 1}` }),
    ], { name: `${name}_downsampling_block_${i - 1}` })));
}

function head(x: KerasTensor, settings: Settings, name: string): KerasTensor {
  const mean = new GlobalAveragePooling2D({ name: `${name}_head_gap` })(x);
  return classify(layerNorm(`${name}_head_layernorm`)(mean), settings, { name: `${name}_head_dense` });
}

/** @param size the last part of the name, as `Tiny` */
export function makeConvNeXt(size: string, options: ConvNeXtOptions, { filters, depths, hashes }: Member): Made {
  const what = `ConvNeXt${size}`;
  refuseChannelsFirst(what);
  const key = `convnext_${size.toLowerCase()}`;
  const settings = settle(what, options, key);
  // The layers bear the model's name.
  const name = settings.name ?? key;
  const shape = shapeOfImages(settings, { default: 224, min: 32 });
  const images = imagesFor(settings, shape);
  let x = images;
  if ((options.include_preprocessing ?? true) && shape[2] === 3) {
    x = new Normalization({ mean: RGB_MEAN, variance: RGB_VARIANCE, name: `${name}_prestem_normalization` })(x);
  }
  downsampling(filters, name).forEach((downsample, stage) => {
    x = downsample(x);
    for (let i = 0; i < depths[stage]; i++) x = block(x, filters[stage], `${name}_stage_${stage}_block_${i}`);
  });
  x = settings.include_top ? head(x, settings, name) : layerNorm(null)(poolOver(x, settings.pooling, UNNAMED));
  const start = settings.input_tensor ? get_source_inputs(settings.input_tensor)[0] : images;
  const ending = settings.include_top ? '' : '_notop';
  return {
    model: modelOf(start, x, { ...settings, input_tensor: null }, name),
    imagenet: published(`${STORAGE}convnext/`, `${key}${ending}.h5`, hashes[settings.include_top ? 0 : 1]),
  };
}
