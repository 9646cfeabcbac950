/** keras.applications.resnet_v2. */
import { ARGUMENTS, defineApplication, type ApplicationOptions } from './define.js';
import { definePreprocessing } from './preprocessing.js';
import { makeResNet } from './resnet-blocks.js';

export { decode_predictions } from './decode-predictions.js';

/**
 * ResNet50V2: ResNet50 with normalization and activation before each convolution, for images of 224x224; 26 million weights.
 *
 * @param args `include_top` (default true), `weights` ('imagenet', null or a path), `input_tensor`, `input_shape` (at least
 *   32x32), `pooling`, `classes` (1000), `classifier_activation` ('softmax'), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.ResNet50V2; He et al., 2016 (Identity Mappings in Deep Residual Networks).
 *
 * @example
 * const model = keras.applications.ResNet50V2({ weights: null, include_top: false, input_shape: [32, 32, 3] });
 * model.output_shape; // [null, 1, 1, 2048]
 */
export const ResNet50V2 = defineApplication<ApplicationOptions, typeof ARGUMENTS>(
  ['keras.applications.ResNet50V2', 'keras.applications.resnet_v2.ResNet50V2'], ARGUMENTS,
  (options) => makeResNet('ResNet50V2', options, 2, [3, 4, 6, 3]));

/**
 * ResNet101V2: ResNet101 with normalization and activation before each convolution, for images of 224x224; 45 million weights.
 *
 * @param args `include_top` (default true), `weights` ('imagenet', null or a path), `input_tensor`, `input_shape` (at least
 *   32x32), `pooling`, `classes` (1000), `classifier_activation` ('softmax'), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.ResNet101V2; He et al., 2016 (Identity Mappings in Deep Residual Networks).
 *
 * @example
 * const makeModel = () => keras.applications.ResNet101V2({ weights: null, classes: 10, input_shape: [128, 128, 3] });
 */
export const ResNet101V2 = defineApplication<ApplicationOptions, typeof ARGUMENTS>(
  ['keras.applications.ResNet101V2', 'keras.applications.resnet_v2.ResNet101V2'], ARGUMENTS,
  (options) => makeResNet('ResNet101V2', options, 2, [3, 4, 23, 3]));

/**
 * ResNet152V2: ResNet152 with normalization and activation before each convolution, for images of 224x224; 60 million weights.
 *
 * @param args `include_top` (default true), `weights` ('imagenet', null or a path), `input_tensor`, `input_shape` (at least
 *   32x32), `pooling`, `classes` (1000), `classifier_activation` ('softmax'), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.ResNet152V2; He et al., 2016 (Identity Mappings in Deep Residual Networks).
 *
 * @example
 * const makeModel = () => keras.applications.ResNet152V2({ weights: null, classes: 10, input_shape: [128, 128, 3] });
 */
export const ResNet152V2 = defineApplication<ApplicationOptions, typeof ARGUMENTS>(
  ['keras.applications.ResNet152V2', 'keras.applications.resnet_v2.ResNet152V2'], ARGUMENTS,
  (options) => makeResNet('ResNet152V2', options, 2, [3, 8, 36, 3]));

/**
 * Images as ResNet50V2, ResNet101V2 and ResNet152V2 take them: values from -1 to 1. Source: keras.applications.resnet_v2.preprocess_input.
 *
 * @param args `x` (pixels 0 ... 255, [..., height, width, 3]), `data_format` (default: the configured one)
 * @example
 * keras.applications.resnet_v2.preprocess_input(keras.ops.zeros([1, 1, 3])).shape; // [1, 1, 3]
 */
export const preprocess_input = definePreprocessing('tf', 'resnet_v2');
