/** keras.applications.mobilenet_v2. */
import type { SymbolicShape } from '../engine/shape.js';
import { ReLU } from '../layers/activations/relu.js';
import { Add } from '../layers/merging/add.js';
import type { KerasTensor } from '../ops/keras-tensor.js';
import { channelsOf, convolve, convolveChannels, lastAxis, normalize, pad, roundChannels } from './blocks.js';
import { defineApplication, type Made } from './define.js';
import { averageAndClassify, finish, imagesFor, requireMatchingSize, settle, shapeOfImages, UNNAMED } from './frame.js';
import { correctPad } from './input-shape.js';
import { requireWidth, sizeOf, weightsSize, type WidthOptions } from './mobilenet-options.js';
import { definePreprocessing } from './preprocessing.js';
import { published, STORAGE } from './weights.js';

export { decode_predictions } from './decode-predictions.js';

const ARGUMENTS = ['input_shape', 'alpha', 'include_top', 'weights', 'input_tensor', 'pooling', 'classes', 'classifier_activation',
  'name'] as const;
const SIZES = [96, 128, 160, 192, 224];
const WIDTHS = [0.35, 0.5, 0.75, 1, 1.3, 1.4];
/** Filters and stride of each block. */
const BLOCKS: readonly (readonly [filters: number, stride: number])[] = [
  [16, 1], [24, 2], [24, 1], [32, 2], [32, 1], [32, 1], [64, 2], [64, 1], [64, 1], [64, 1], [96, 1], [96, 1], [96, 1],
  [160, 2], [160, 1], [160, 1], [320, 1],
];
/** How much wider a block is inside. */
const EXPANSION = 6;

const normalizeLast = (x: KerasTensor, name: string): KerasTensor =>
  normalize(x, name, { axis: lastAxis(), epsilon: 1e-3, momentum: 0.999 });
const rectify = (x: KerasTensor, name: string): KerasTensor => new ReLU({ max_value: 6, name })(x);

/** Wider, depthwise, narrower: with a shortcut between the narrow ends. */
function block(x: KerasTensor, filters: number, stride: number, id: number): KerasTensor {
  const prefix = id > 0 ? `block_${id}_` : 'expanded_conv_';
  const channels = channelsOf(x);
  let y = x;
  if (id > 0) {
    y = convolve(y, EXPANSION * channels, 1, { padding: 'same', use_bias: false, name: `${prefix}expand` });
    y = rectify(normalizeLast(y, `${prefix}expand_BN`), `${prefix}expand_relu`);
  }
  if (stride === 2) y = pad(y, correctPad(y, 3), `${prefix}pad`);
  y = convolveChannels(y, 3, { strides: stride, use_bias: false, padding: stride === 1 ? 'same' : 'valid', name: `${prefix}depthwise` });
  y = rectify(normalizeLast(y, `${prefix}depthwise_BN`), `${prefix}depthwise_relu`);
  y = convolve(y, filters, 1, { padding: 'same', use_bias: false, name: `${prefix}project` });
  y = normalizeLast(y, `${prefix}project_BN`);
  return channels === filters && stride === 1 ? new Add({ name: `${prefix}add` })([x, y]) : y;
}

function makeMobileNetV2(options: WidthOptions): Made {
  const { alpha = 1 } = options;
  const settings = settle('MobileNetV2', options, null);
  requireMatchingSize(settings);
  // The size of a given tensor counts where no shape is given.
  const given: SymbolicShape | null = settings.input_shape ?? settings.input_tensor?.shape.slice(1) ?? null;
  const shape = shapeOfImages(settings, { default: sizeOf(given, SIZES), min: 32 });
  requireWidth(settings, alpha, WIDTHS);
  const size = weightsSize(settings, shape, SIZES);
  const images = imagesFor(settings, shape);
  let x = convolve(images, roundChannels(32 * alpha), 3, { strides: 2, padding: 'same', use_bias: false, name: 'Conv1' });
  x = rectify(normalizeLast(x, 'bn_Conv1'), 'Conv1_relu');
  BLOCKS.forEach(([filters, stride], id) => {
    x = block(x, roundChannels(Math.trunc(filters * alpha)), stride, id);
  });
  x = convolve(x, alpha > 1 ? roundChannels(1280 * alpha) : 1280, 1, { use_bias: false, name: 'Conv_1' });
  x = rectify(normalizeLast(x, 'Conv_1_bn'), 'out_relu');
  const name = settings.name ?? `mobilenetv2_${alpha.toFixed(2)}_${size ?? 'None'}`;
  const model = finish(images, x, settings, { names: UNNAMED, top: (y) => averageAndClassify(y, settings, null), name });
  const width = Number.isInteger(alpha) ? alpha.toFixed(1) : String(alpha);
  const ending = settings.include_top ? '' : '_no_top';
  const file = `mobilenet_v2_weights_tf_dim_ordering_tf_kernels_${width}_${size}${ending}.h5`;
  return { model, imagenet: published(`${STORAGE}mobilenet_v2/`, file) };
}

/**
 * MobileNetV2: blocks that are wide inside and narrow between, for images of 224x224; 3.5 million weights, fewer with a smaller
 * `alpha`.
 *
 * @param args `input_shape` (at least 32x32), `alpha` (factor of the filters; default 1), `include_top` (default true),
 *   `weights` ('imagenet', null or a path), `input_tensor`, `pooling`, `classes` (1000), `classifier_activation` ('softmax'),
 *   `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.MobileNetV2; Sandler et al., 2018.
 *
 * @example
 * const model = keras.applications.MobileNetV2({ weights: null, alpha: 0.35, include_top: false, input_shape: [32, 32, 3] });
 * model.output_shape; // [null, 1, 1, 1280]
 */
export const MobileNetV2 = defineApplication<WidthOptions, typeof ARGUMENTS>(
  ['keras.applications.MobileNetV2', 'keras.applications.mobilenet_v2.MobileNetV2'], ARGUMENTS, makeMobileNetV2);

/**
 * Images as MobileNetV2 takes them: values from -1 to 1. Source: keras.applications.mobilenet_v2.preprocess_input.
 *
 * @param args `x` (pixels 0 ... 255, [..., height, width, 3]), `data_format` (default: the configured one)
 * @example
 * keras.applications.mobilenet_v2.preprocess_input(keras.ops.zeros([1, 1, 3])).shape; // [1, 1, 3]
 */
export const preprocess_input = definePreprocessing('tf', 'mobilenet_v2');
