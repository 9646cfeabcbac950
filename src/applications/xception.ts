/** keras.applications.xception. */
import { ARGUMENTS, defineApplication, type ApplicationOptions } from './define.js';
import { definePreprocessing } from './preprocessing.js';
import { makeXception } from './xception-blocks.js';

export { decode_predictions } from './decode-predictions.js';

/**
 * Xception: separable convolutions with shortcuts, for images of 299x299; 23 million weights.
 *
 * @param args `include_top` (default true), `weights` ('imagenet', null or a path), `input_tensor`, `input_shape` (at least
 *   71x71), `pooling`, `classes` (1000), `classifier_activation` ('softmax'), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.Xception; Chollet, 2017.
 *
 * @example
 * const model = keras.applications.Xception({ weights: null, include_top: false, input_shape: [71, 71, 3] });
 * model.output_shape; // [null, 3, 3, 2048]
 */
export const Xception = defineApplication<ApplicationOptions, typeof ARGUMENTS>(
  ['keras.applications.Xception', 'keras.applications.xception.Xception'], ARGUMENTS,
  (options) => makeXception(options));

/**
 * Images as Xception takes them: values from -1 to 1. Source: keras.applications.xception.preprocess_input.
 *
 * @param args `x` (pixels 0 ... 255, [..., height, width, 3]), `data_format` (default: the configured one)
 * @example
 * keras.applications.xception.preprocess_input(keras.ops.zeros([1, 1, 3])).shape; // [1, 1, 3]
 */
export const preprocess_input = definePreprocessing('tf', 'xception');
