/** keras.applications.efficientnet_v2. */
import { defineApplication } from './define.js';
import { definePreprocessing } from './preprocessing.js';
import { makeEfficientNetV2, type EfficientNetV2Options } from './efficientnet-v2-blocks.js';

export { decode_predictions } from './decode-predictions.js';

/** What all members take. */
const ARGUMENTS = ['include_top', 'weights', 'input_tensor', 'input_shape', 'pooling', 'classes', 'classifier_activation',
  'include_preprocessing', 'name'] as const;

/**
 * EfficientNetV2B0: smaller and faster to train than EfficientNet, for images of 224x224; 7.2 million weights.
 *
 * @param args `include_top` (default true), `weights` ('imagenet', null or a path), `input_tensor`, `input_shape` (at least
 *   32x32), `pooling`, `classes` (1000), `classifier_activation` ('softmax'), `include_preprocessing` (default true: pixels
 *   from 0 to 255), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.EfficientNetV2B0; Tan and Le, 2021.
 *
 * @example
 * const model = keras.applications.EfficientNetV2B0({ weights: null, include_top: false, input_shape: [32, 32, 3] });
 * model.output_shape; // [null, 1, 1, 1280]
 */
export const EfficientNetV2B0 = defineApplication<EfficientNetV2Options, typeof ARGUMENTS>(
  ['keras.applications.EfficientNetV2B0', 'keras.applications.efficientnet_v2.EfficientNetV2B0'], ARGUMENTS,
  (options) => makeEfficientNetV2('B0', options));

/**
 * EfficientNetV2B1: smaller and faster to train than EfficientNet, for images of 240x240; 8.2 million weights.
 *
 * @param args `include_top` (default true), `weights` ('imagenet', null or a path), `input_tensor`, `input_shape` (at least
 *   32x32), `pooling`, `classes` (1000), `classifier_activation` ('softmax'), `include_preprocessing` (default true: pixels
 *   from 0 to 255), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.EfficientNetV2B1; Tan and Le, 2021.
 *
 * @example
 * const model = keras.applications.EfficientNetV2B1({ weights: null, include_top: false, input_shape: [32, 32, 3] });
 * model.output_shape; // [null, 1, 1, 1280]
 */
export const EfficientNetV2B1 = defineApplication<EfficientNetV2Options, typeof ARGUMENTS>(
  ['keras.applications.EfficientNetV2B1', 'keras.applications.efficientnet_v2.EfficientNetV2B1'], ARGUMENTS,
  (options) => makeEfficientNetV2('B1', options));

/**
 * EfficientNetV2B2: smaller and faster to train than EfficientNet, for images of 260x260; 10 million weights.
 *
 * @param args `include_top` (default true), `weights` ('imagenet', null or a path), `input_tensor`, `input_shape` (at least
 *   32x32), `pooling`, `classes` (1000), `classifier_activation` ('softmax'), `include_preprocessing` (default true: pixels
 *   from 0 to 255), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.EfficientNetV2B2; Tan and Le, 2021.
 *
 * @example
 * const model = keras.applications.EfficientNetV2B2({ weights: null, include_top: false, input_shape: [32, 32, 3] });
 * model.output_shape; // [null, 1, 1, 1408]
 */
export const EfficientNetV2B2 = defineApplication<EfficientNetV2Options, typeof ARGUMENTS>(
  ['keras.applications.EfficientNetV2B2', 'keras.applications.efficientnet_v2.EfficientNetV2B2'], ARGUMENTS,
  (options) => makeEfficientNetV2('B2', options));

/**
 * EfficientNetV2B3: smaller and faster to train than EfficientNet, for images of 300x300; 14 million weights.
 *
 * @param args `include_top` (default true), `weights` ('imagenet', null or a path), `input_tensor`, `input_shape` (at least
 *   32x32), `pooling`, `classes` (1000), `classifier_activation` ('softmax'), `include_preprocessing` (default true: pixels
 *   from 0 to 255), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.EfficientNetV2B3; Tan and Le, 2021.
 *
 * @example
 * const model = keras.applications.EfficientNetV2B3({ weights: null, include_top: false, input_shape: [32, 32, 3] });
 * model.output_shape; // [null, 1, 1, 1536]
 */
export const EfficientNetV2B3 = defineApplication<EfficientNetV2Options, typeof ARGUMENTS>(
  ['keras.applications.EfficientNetV2B3', 'keras.applications.efficientnet_v2.EfficientNetV2B3'], ARGUMENTS,
  (options) => makeEfficientNetV2('B3', options));

/**
 * EfficientNetV2S: smaller and faster to train than EfficientNet, for images of 384x384; 22 million weights.
 *
 * @param args `include_top` (default true), `weights` ('imagenet', null or a path), `input_tensor`, `input_shape` (at least
 *   32x32), `pooling`, `classes` (1000), `classifier_activation` ('softmax'), `include_preprocessing` (default true: pixels
 *   from 0 to 255), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.EfficientNetV2S; Tan and Le, 2021.
 *
 * @example
 * const makeModel = () => keras.applications.EfficientNetV2S({ weights: null, classes: 10, input_shape: [128, 128, 3] });
 */
export const EfficientNetV2S = defineApplication<EfficientNetV2Options, typeof ARGUMENTS>(
  ['keras.applications.EfficientNetV2S', 'keras.applications.efficientnet_v2.EfficientNetV2S'], ARGUMENTS,
  (options) => makeEfficientNetV2('S', options));

/**
 * EfficientNetV2M: smaller and faster to train than EfficientNet, for images of 480x480; 54 million weights.
 *
 * @param args `include_top` (default true), `weights` ('imagenet', null or a path), `input_tensor`, `input_shape` (at least
 *   32x32), `pooling`, `classes` (1000), `classifier_activation` ('softmax'), `include_preprocessing` (default true: pixels
 *   from 0 to 255), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.EfficientNetV2M; Tan and Le, 2021.
 *
 * @example
 * const makeModel = () => keras.applications.EfficientNetV2M({ weights: null, classes: 10, input_shape: [128, 128, 3] });
 */
export const EfficientNetV2M = defineApplication<EfficientNetV2Options, typeof ARGUMENTS>(
  ['keras.applications.EfficientNetV2M', 'keras.applications.efficientnet_v2.EfficientNetV2M'], ARGUMENTS,
  (options) => makeEfficientNetV2('M', options));

/**
 * EfficientNetV2L: smaller and faster to train than EfficientNet, for images of 480x480; 119 million weights.
 *
 * @param args `include_top` (default true), `weights` ('imagenet', null or a path), `input_tensor`, `input_shape` (at least
 *   32x32), `pooling`, `classes` (1000), `classifier_activation` ('softmax'), `include_preprocessing` (default true: pixels
 *   from 0 to 255), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.EfficientNetV2L; Tan and Le, 2021.
 *
 * @example
 * const makeModel = () => keras.applications.EfficientNetV2L({ weights: null, classes: 10, input_shape: [128, 128, 3] });
 */
export const EfficientNetV2L = defineApplication<EfficientNetV2Options, typeof ARGUMENTS>(
  ['keras.applications.EfficientNetV2L', 'keras.applications.efficientnet_v2.EfficientNetV2L'], ARGUMENTS,
  (options) => makeEfficientNetV2('L', options));

/**
 * Gives the images back: EfficientNetV2 models have the preprocessing inside, and take pixels from 0 to 255.
 * Source: keras.applications.efficientnet_v2.preprocess_input.
 *
 * @param args `x`, `data_format`
 * @example
 * keras.applications.efficientnet_v2.preprocess_input(keras.ops.ones([1, 1, 3])).shape; // [1, 1, 3]
 */
export const preprocess_input = definePreprocessing(null, 'efficientnet_v2');
