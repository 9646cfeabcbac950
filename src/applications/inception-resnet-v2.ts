/** keras.applications.inception_resnet_v2. */
import { ARGUMENTS, defineApplication, type ApplicationOptions } from './define.js';
import { definePreprocessing } from './preprocessing.js';
import { makeInceptionResNetV2 } from './inception-resnet-v2-blocks.js';

export { decode_predictions } from './decode-predictions.js';

/**
 * InceptionResNetV2: Inception blocks with shortcuts, for images of 299x299; 56 million weights.
 *
 * @param args `include_top` (default true), `weights` ('imagenet', null or a path), `input_tensor`, `input_shape` (at least
 *   75x75), `pooling`, `classes` (1000), `classifier_activation` ('softmax'), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.InceptionResNetV2; Szegedy et al., 2017.
 *
 * @example
 * const makeModel = () => keras.applications.InceptionResNetV2({ weights: null, classes: 10, input_shape: [128, 128, 3] });
 */
export const InceptionResNetV2 = defineApplication<ApplicationOptions, typeof ARGUMENTS>(
  ['keras.applications.InceptionResNetV2', 'keras.applications.inception_resnet_v2.InceptionResNetV2'], ARGUMENTS,
  (options) => makeInceptionResNetV2(options));

/**
 * Images as InceptionResNetV2 takes them: values from -1 to 1. Source: keras.applications.inception_resnet_v2.preprocess_input.
 *
 * @param args `x` (pixels 0 ... 255, [..., height, width, 3]), `data_format` (default: the configured one)
 * @example
 * keras.applications.inception_resnet_v2.preprocess_input(keras.ops.zeros([1, 1, 3])).shape; // [1, 1, 3]
 */
export const preprocess_input = definePreprocessing('tf', 'inception_resnet_v2');
