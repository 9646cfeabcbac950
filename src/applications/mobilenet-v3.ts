/** MobileNetV3Small and MobileNetV3Large. */
import type { SymbolicShape } from '../engine/shape.js';
import { ReLU } from '../layers/activations/relu.js';
import { Add } from '../layers/merging/add.js';
import { Multiply } from '../layers/merging/multiply.js';
import { GlobalAveragePooling2D } from '../layers/pooling/global-average-pooling2d.js';
import { Rescaling } from '../layers/preprocessing/rescaling.js';
import { Dropout } from '../layers/regularization/dropout.js';
import { Flatten } from '../layers/reshaping/flatten.js';
import * as ops from '../ops/index.js';
import type { KerasTensor } from '../ops/keras-tensor.js';
import { ArgumentError } from '../utils/checks.js';
import { notice } from '../utils/notice.js';
import { activate, channelsOf, convolve, convolveChannels, lastAxis, normalize, pad, roundChannels } from './blocks.js';
import { defineApplication, type Made } from './define.js';
import { finish, imagesFor, NAMED, requireMatchingSize, settle, type Settings } from './frame.js';
import { correctPad, imageAxes, imageShape } from './input-shape.js';
import type { WidthOptions } from './mobilenet-options.js';
import { published, STORAGE } from './weights.js';

export interface MobileNetV3Options extends WidthOptions {
  /** Whether to do without 5x5 convolutions, hard-swish and squeeze-and-excite. Default false. */
  minimalistic?: boolean;
  /** Rate of the dropout before the classifier. Default 0.2. */
  dropout_rate?: number;
  /** Whether the model takes pixels from 0 to 255 and rescales them itself. Default true. */
  include_preprocessing?: boolean;
}

const ARGUMENTS = ['input_shape', 'alpha', 'minimalistic', 'include_top', 'weights', 'input_tensor', 'classes', 'pooling',
  'dropout_rate', 'classifier_activation', 'include_preprocessing', 'name'] as const;

type Activate = (x: KerasTensor) => KerasTensor;

const rectify: Activate = (x) => new ReLU()(x);
const hardSwish: Activate = (x) => activate(x, 'hard_swish');
const hardSigmoid: Activate = (x) => ops.multiply(new ReLU({ max_value: 6 })(ops.add(x, 3)), 1 / 6);

/** What a block is: how much wider inside, its filters, window and stride, and the parts that the minimalistic form leaves out. */
interface Block {
  expansion: number;
  filters: number;
  /** Whether the window is 5x5. */
  isWide: boolean;
  stride: number;
  isSqueezed: boolean;
  isSwish: boolean;
}
type Row = readonly [expansion: number, filters: number, stride: number, parts: string];

/** Parts: `5` for the window of 5x5, `s` for squeeze-and-excite, `h` for hard-swish. */
const readBlock = ([expansion, filters, stride, parts]: Row): Block => ({
  expansion, filters, stride, isWide: parts.includes('5'), isSqueezed: parts.includes('s'), isSwish: parts.includes('h'),
});

const SMALL: readonly Row[] = [
  [1, 16, 2, 's'], [72 / 16, 24, 2, ''], [88 / 24, 24, 1, ''], [4, 40, 2, '5sh'], [6, 40, 1, '5sh'], [6, 40, 1, '5sh'],
  [3, 48, 1, '5sh'], [3, 48, 1, '5sh'], [6, 96, 2, '5sh'], [6, 96, 1, '5sh'], [6, 96, 1, '5sh'],
];
const LARGE: readonly Row[] = [
  [1, 16, 1, ''], [4, 24, 2, ''], [3, 24, 1, ''], [3, 40, 2, '5s'], [3, 40, 1, '5s'], [3, 40, 1, '5s'], [6, 80, 2, 'h'],
  [2.5, 80, 1, 'h'], [2.3, 80, 1, 'h'], [2.3, 80, 1, 'h'], [6, 112, 1, 'sh'], [6, 112, 1, 'sh'], [6, 160, 2, '5sh'],
  [6, 160, 1, '5sh'], [6, 160, 1, '5sh'],
];

/** MD5 sums of the published weights: with the top, and without. */
const HASHES: Readonly<Record<string, readonly [top: string, noTop: string]>> = {
  'large_224_0.75_float': ['765b44a33ad4005b3ac83185abf1d0eb', '40af19a13ebea4e2ee0c676887f69a2e'],
  'large_224_1.0_float': ['59e551e166be033d707958cf9e29a6a7', '07fb09a5933dd0c8eaafa16978110389'],
  'large_minimalistic_224_1.0_float': ['675e7b876c45c57e9e63e6d90a36599c', 'ec5221f64a2f6d1ef965a614bdae7973'],
  'small_224_0.75_float': ['cb65d4e5be93758266aa0a7f2c6708b7', 'ebdb5cc8e0b497cd13a7c275d475c819'],
  'small_224_1.0_float': ['8768d4c2e7dee89b9d02b2d03d65d862', 'd3e8ec802a04aa4fc771ee12a9a9b836'],
  'small_minimalistic_224_1.0_float': ['99cd97fb2fcdad2bf028eb838de69e37', 'cde8136e733e811080d9fcd8a252f7e4'],
};

const normalizeLast = (x: KerasTensor, name: string): KerasTensor =>
  normalize(x, name, { axis: lastAxis(), epsilon: 1e-3, momentum: 0.999 });

/** A factor for each feature map, from the means of all. */
function squeezeAndExcite(x: KerasTensor, filters: number, prefix: string): KerasTensor {
  const name = `${prefix}squeeze_excite`;
  let y = new GlobalAveragePooling2D({ keepdims: true, name: `${name}_avg_pool` })(x);
  y = new ReLU({ name: `${name}_relu` })(convolve(y, roundChannels(filters * 0.25), 1, { padding: 'same', name: `${name}_conv` }));
  y = hardSigmoid(convolve(y, filters, 1, { padding: 'same', name: `${name}_conv_1` }));
  return new Multiply({ name: `${name}_mul` })([x, y]);
}

function block(x: KerasTensor, filters: number, row: Block, id: number, isMinimalistic: boolean): KerasTensor {
  const { expansion, stride } = row;
  const act = row.isSwish && !isMinimalistic ? hardSwish : rectify;
  const kernel = row.isWide && !isMinimalistic ? 5 : 3;
  const prefix = id > 0 ? `expanded_conv_${id}_` : 'expanded_conv_';
  const channels = channelsOf(x);
  const inside = roundChannels(channels * expansion);
  let y = x;
  if (id > 0) {
    y = convolve(y, inside, 1, { padding: 'same', use_bias: false, name: `${prefix}expand` });
    y = act(normalizeLast(y, `${prefix}expand_bn`));
  }
  if (stride === 2) y = pad(y, correctPad(y, kernel), `${prefix}depthwise_pad`);
  y = convolveChannels(y, kernel, {
    strides: stride, padding: stride === 1 ? 'same' : 'valid', use_bias: false, name: `${prefix}depthwise`,
  });
  y = act(normalizeLast(y, `${prefix}depthwise_bn`));
  if (row.isSqueezed && !isMinimalistic) y = squeezeAndExcite(y, inside, prefix);
  y = convolve(y, filters, 1, { padding: 'same', use_bias: false, name: `${prefix}project` });
  y = normalizeLast(y, `${prefix}project_bn`);
  return stride === 1 && channels === filters ? new Add({ name: `${prefix}add` })([x, y]) : y;
}

/** The shape of the images: given, that of the given tensor, or of any size. */
function shapeFor({ what, input_shape, input_tensor }: Settings): SymbolicShape {
  const { rows, columns } = imageAxes();
  const shape = input_shape ?? (input_tensor
    ? imageShape(input_tensor.shape[rows + 1], input_tensor.shape[columns + 1], 3) : imageShape(null, null, 3));
  const [height, width] = [shape[rows], shape[columns]];
  if (height !== null && width !== null && (height < 32 || width < 32)) {
    throw new ArgumentError(`${what}: the input size must be at least 32x32, received the input_shape [${shape.join(', ')}].`);
  }
  return shape;
}

function requireWeights({ what, isTrained }: Settings, alpha: number, isMinimalistic: boolean, shape: SymbolicShape): void {
  if (!isTrained) return;
  if (!(isMinimalistic ? [1] : [0.75, 1]).includes(alpha)) {
    throw new ArgumentError(`${what}: for the weights of 'imagenet' the argument 'alpha' must be 0.75 or 1, and with ` +
      `minimalistic: true it must be 1, received ${alpha}.`);
  }
  const { rows, columns } = imageAxes();
  if (shape[rows] === 224 && shape[columns] === 224) return;
  notice(`${what}: input_shape is not given, or is not a square of 224: the weights for images of 224x224 are loaded.`);
}

/** @param lastFilters filters of the convolution before the classifier */
function makeMobileNetV3(options: MobileNetV3Options, size: 'Small' | 'Large', rows: readonly Row[], lastFilters: number): Made {
  const { alpha = 1, minimalistic = false, dropout_rate = 0.2, include_preprocessing = true } = options;
  const what = `MobileNetV3${size}`;
  const settings = settle(what, options, what);
  requireMatchingSize(settings);
  const shape = shapeFor(settings);
  requireWeights(settings, alpha, minimalistic, shape);
  const act = minimalistic ? rectify : hardSwish;
  const images = imagesFor(settings, shape);
  let x = include_preprocessing ? new Rescaling({ scale: 1 / 127.5, offset: -1 })(images) : images;
  x = act(normalizeLast(convolve(x, 16, 3, { strides: 2, padding: 'same', use_bias: false, name: 'conv' }), 'conv_bn'));
  rows.forEach((row, id) => {
    const parts = readBlock(row);
    x = block(x, roundChannels(parts.filters * alpha), parts, id, minimalistic);
  });
  x = convolve(x, roundChannels(channelsOf(x) * 6), 1, { padding: 'same', use_bias: false, name: 'conv_1' });
  x = act(normalizeLast(x, 'conv_1_bn'));
  const top = (features: KerasTensor): KerasTensor => {
    const filters = alpha > 1 ? roundChannels(lastFilters * alpha) : lastFilters;
    let y = new GlobalAveragePooling2D({ keepdims: true })(features);
    y = act(convolve(y, filters, 1, { padding: 'same', use_bias: true, name: 'conv_2' }));
    if (dropout_rate > 0) y = new Dropout({ rate: dropout_rate })(y);
    y = new Flatten()(convolve(y, settings.classes, 1, { padding: 'same', name: 'logits' }));
    return activate(y, settings.classifier_activation, 'predictions');
  };
  const model = finish(images, x, settings, { names: NAMED, top });
  const width = Number.isInteger(alpha) ? alpha.toFixed(1) : String(alpha);
  const key = `${size.toLowerCase()}${minimalistic ? '_minimalistic' : ''}_224_${width}_float`;
  const ending = settings.include_top ? '' : '_no_top_v2';
  return {
    model,
    imagenet: published(`${STORAGE}mobilenet_v3/`, `weights_mobilenet_v3_${key}${ending}.h5`, HASHES[key]?.[settings.include_top ? 0 : 1]),
  };
}

/**
 * MobileNetV3Small: for phones, with images of 224x224; 2.5 million weights.
 *
 * @param args `input_shape` (at least 32x32; default: any size), `alpha` (factor of the filters; default 1), `minimalistic` (default
 *   false: with 5x5 convolutions, hard-swish and squeeze-and-excite), `include_top` (default true), `weights` ('imagenet', null or a
 *   path), `input_tensor`, `classes` (1000), `pooling`, `dropout_rate` (0.2), `classifier_activation` ('softmax'),
 *   `include_preprocessing` (default true: pixels from 0 to 255), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.MobileNetV3Small; Howard et al., 2019.
 *
 * @example
 * const model = keras.applications.MobileNetV3Small({ weights: null, include_top: false, input_shape: [32, 32, 3] });
 * model.output_shape; // [null, 1, 1, 576]
 */
export const MobileNetV3Small = defineApplication<MobileNetV3Options, typeof ARGUMENTS>(
  ['keras.applications.MobileNetV3Small'], ARGUMENTS, (options) => makeMobileNetV3(options, 'Small', SMALL, 1024));

/**
 * MobileNetV3Large: for phones, with images of 224x224; 5.4 million weights. Arguments as of MobileNetV3Small.
 * Source: keras.applications.MobileNetV3Large; Howard et al., 2019.
 *
 * @example
 * const model = keras.applications.MobileNetV3Large({ weights: null, include_top: false, input_shape: [32, 32, 3] });
 * model.output_shape; // [null, 1, 1, 960]
 */
export const MobileNetV3Large = defineApplication<MobileNetV3Options, typeof ARGUMENTS>(
  ['keras.applications.MobileNetV3Large'], ARGUMENTS, (options) => makeMobileNetV3(options, 'Large', LARGE, 1280));
