/** keras.applications.inception_v3. */
import { ARGUMENTS, defineApplication, type ApplicationOptions } from './define.js';
import { definePreprocessing } from './preprocessing.js';
import { makeInceptionV3 } from './inception-v3-blocks.js';

export { decode_predictions } from './decode-predictions.js';

/**
 * InceptionV3: blocks of several convolutions side by side, for images of 299x299; 24 million weights.
 *
 * @param args `include_top` (default true), `weights` ('imagenet', null or a path), `input_tensor`, `input_shape` (at least
 *   75x75), `pooling`, `classes` (1000), `classifier_activation` ('softmax'), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.InceptionV3; Szegedy et al., 2016.
 *
 * @example
 * const model = keras.applications.InceptionV3({ weights: null, include_top: false, input_shape: [75, 75, 3] });
 * model.output_shape; // [null, 1, 1, 2048]
 */
export const InceptionV3 = defineApplication<ApplicationOptions, typeof ARGUMENTS>(
  ['keras.applications.InceptionV3', 'keras.applications.inception_v3.InceptionV3'], ARGUMENTS,
  (options) => makeInceptionV3(options));

/**
 * Images as InceptionV3 takes them: values from -1 to 1. Source: keras.applications.inception_v3.preprocess_input.
 *
 * @param args `x` (pixels 0 ... 255, [..., height, width, 3]), `data_format` (default: the configured one)
 * @example
 * keras.applications.inception_v3.preprocess_input(keras.ops.zeros([1, 1, 3])).shape; // [1, 1, 3]
 */
export const preprocess_input = definePreprocessing('tf', 'inception_v3');
