/** keras.applications.mobilenet. */
import { Dropout } from '../layers/regularization/dropout.js';
import { GlobalAveragePooling2D } from '../layers/pooling/global-average-pooling2d.js';
import { Reshape } from '../layers/reshaping/reshape.js';
import { ReLU } from '../layers/activations/relu.js';
import type { KerasTensor } from '../ops/keras-tensor.js';
import { ArgumentError, requirePositiveInteger } from '../utils/checks.js';
import { activate, convolve, convolveChannels, lastAxis, normalize, pad } from './blocks.js';
import { defineApplication, type Made } from './define.js';
import { finish, imagesFor, settle, shapeOfImages, UNNAMED, type Settings } from './frame.js';
import { requireWidth, sizeOf, weightsSize, type WidthOptions } from './mobilenet-options.js';
import { definePreprocessing } from './preprocessing.js';
import { published, STORAGE } from './weights.js';

export { decode_predictions } from './decode-predictions.js';

export interface MobileNetOptions extends WidthOptions {
  /** Filters for each channel in the depthwise convolutions. Default 1. */
  depth_multiplier?: number;
  /** Rate of the dropout before the classifier. Default 0.001. */
  dropout?: number;
}

const ARGUMENTS = ['input_shape', 'alpha', 'depth_multiplier', 'dropout', 'include_top', 'weights', 'input_tensor', 'pooling',
  'classes', 'classifier_activation', 'name'] as const;
const SIZES = [128, 160, 192, 224];
/** Widths with trained weights, and how their files are named. */
const WIDTHS = new Map([[0.25, '2_5'], [0.5, '5_0'], [0.75, '7_5'], [1, '1_0']]);
/** Filters of the blocks; those in the second list halve the size. */
const FILTERS = [64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024];
const HALVING = [2, 4, 6, 12];

const step = (x: KerasTensor, name: string): KerasTensor =>
  new ReLU({ max_value: 6, name: `${name}_relu` })(normalize(x, `${name}_bn`, { axis: lastAxis() }));

function block(x: KerasTensor, filters: number, depth_multiplier: number, id: number): KerasTensor {
  const isHalving = HALVING.includes(id);
  // Zeros below and to the right, as in TensorFlow's padding of an even size.
  const padded = isHalving ? pad(x, [[0, 1], [0, 1]], `conv_pad_${id}`) : x;
  const depthwise = convolveChannels(padded, 3, {
    padding: isHalving ? 'valid' : 'same', strides: isHalving ? 2 : 1, depth_multiplier, use_bias: false, name: `conv_dw_${id}`,
  });
  const pointwise = convolve(step(depthwise, `conv_dw_${id}`), filters, 1, { padding: 'same', use_bias: false, name: `conv_pw_${id}` });
  return step(pointwise, `conv_pw_${id}`);
}

const topWith = (dropout: number) => (features: KerasTensor, { classes, classifier_activation }: Settings): KerasTensor => {
  const mean = new GlobalAveragePooling2D({ keepdims: true })(features);
  const kept = new Dropout({ rate: dropout, name: 'dropout' })(mean);
  const scores = convolve(kept, classes, 1, { padding: 'same', name: 'conv_preds' });
  return activate(new Reshape({ target_shape: [classes], name: 'reshape_2' })(scores), classifier_activation, 'predictions');
};

function makeMobileNet(options: MobileNetOptions): Made {
  const { alpha = 1, depth_multiplier = 1, dropout = 0.001 } = options;
  const settings = settle('MobileNet', options, null);
  requirePositiveInteger('MobileNet', 'depth_multiplier', depth_multiplier);
  const shape = shapeOfImages(settings, { default: sizeOf(settings.input_shape, SIZES), min: 32 });
  requireWidth(settings, alpha, [...WIDTHS.keys()]);
  if (settings.isTrained && depth_multiplier !== 1) {
    throw new ArgumentError('MobileNet: for the weights of \'imagenet\' the argument \'depth_multiplier\' must be 1, ' +
      `received ${depth_multiplier}.`);
  }
  const size = weightsSize(settings, shape, SIZES);
  const images = imagesFor(settings, shape);
  let x = step(convolve(images, Math.trunc(32 * alpha), 3, { padding: 'same', use_bias: false, strides: 2, name: 'conv1' }), 'conv1');
  FILTERS.forEach((filters, i) => {
    x = block(x, Math.trunc(filters * alpha), depth_multiplier, i + 1);
  });
  const name = settings.name ?? `mobilenet_${alpha.toFixed(2)}_${size ?? 'None'}`;
  const model = finish(images, x, settings, { names: UNNAMED, top: topWith(dropout), name });
  const ending = settings.include_top ? '' : '_no_top';
  return { model, imagenet: published(`${STORAGE}mobilenet/`, `mobilenet_${WIDTHS.get(alpha)}_${size}_tf${ending}.h5`) };
}

/**
 * MobileNet: depthwise and pointwise convolutions, for images of 224x224; 4.3 million weights, fewer with a smaller `alpha`.
 *
 * @param args `input_shape` (at least 32x32), `alpha` (factor of the filters; default 1), `depth_multiplier` (1), `dropout`
 *   (0.001), `include_top` (default true), `weights` ('imagenet', null or a path), `input_tensor`, `pooling`, `classes` (1000),
 *   `classifier_activation` ('softmax'), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.MobileNet; Howard et al., 2017.
 *
 * @example
 * const model = keras.applications.MobileNet({ weights: null, alpha: 0.25, include_top: false, input_shape: [32, 32, 3] });
 * model.output_shape; // [null, 1, 1, 256]
 */
export const MobileNet = defineApplication<MobileNetOptions, typeof ARGUMENTS>(
  ['keras.applications.MobileNet', 'keras.applications.mobilenet.MobileNet'], ARGUMENTS, makeMobileNet);

/**
 * Images as MobileNet takes them: values from -1 to 1. Source: keras.applications.mobilenet.preprocess_input.
 *
 * @param args `x` (pixels 0 ... 255, [..., height, width, 3]), `data_format` (default: the configured one)
 * @example
 * keras.applications.mobilenet.preprocess_input(keras.ops.zeros([1, 1, 3])).shape; // [1, 1, 3]
 */
export const preprocess_input = definePreprocessing('tf', 'mobilenet');
