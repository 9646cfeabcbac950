/** keras.applications.resnet. */
import { ARGUMENTS, defineApplication, type ApplicationOptions } from './define.js';
import { definePreprocessing } from './preprocessing.js';
import { makeResNet } from './resnet-blocks.js';

export { decode_predictions } from './decode-predictions.js';

/**
 * ResNet50: 50 layers in blocks with shortcuts, for images of 224x224; 26 million weights.
 *
 * @param args `include_top` (default true), `weights` ('imagenet', null or a path), `input_tensor`, `input_shape` (at least
 *   32x32), `pooling`, `classes` (1000), `classifier_activation` ('softmax'), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.ResNet50; He et al., 2016 (Deep Residual Learning for Image Recognition).
 *
 * @example
 * const model = keras.applications.ResNet50({ weights: null, include_top: false, input_shape: [32, 32, 3] });
 * model.output_shape; // [null, 1, 1, 2048]
 */
export const ResNet50 = defineApplication<ApplicationOptions, typeof ARGUMENTS>(
  ['keras.applications.ResNet50', 'keras.applications.resnet50.ResNet50', 'keras.applications.resnet.ResNet50'], ARGUMENTS,
  (options) => makeResNet('ResNet50', options, 1, [3, 4, 6, 3]));

/**
 * ResNet101: 101 layers in blocks with shortcuts, for images of 224x224; 45 million weights.
 *
 * @param args `include_top` (default true), `weights` ('imagenet', null or a path), `input_tensor`, `input_shape` (at least
 *   32x32), `pooling`, `classes` (1000), `classifier_activation` ('softmax'), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.ResNet101; He et al., 2016 (Deep Residual Learning for Image Recognition).
 *
 * @example
 * const makeModel = () => keras.applications.ResNet101({ weights: null, classes: 10, input_shape: [128, 128, 3] });
 */
export const ResNet101 = defineApplication<ApplicationOptions, typeof ARGUMENTS>(
  ['keras.applications.ResNet101', 'keras.applications.resnet.ResNet101'], ARGUMENTS,
  (options) => makeResNet('ResNet101', options, 1, [3, 4, 23, 3]));

/**
 * ResNet152: 152 layers in blocks with shortcuts, for images of 224x224; 60 million weights.
 *
 * @param args `include_top` (default true), `weights` ('imagenet', null or a path), `input_tensor`, `input_shape` (at least
 *   32x32), `pooling`, `classes` (1000), `classifier_activation` ('softmax'), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.ResNet152; He et al., 2016 (Deep Residual Learning for Image Recognition).
 *
 * @example
 * const makeModel = () => keras.applications.ResNet152({ weights: null, classes: 10, input_shape: [128, 128, 3] });
 */
export const ResNet152 = defineApplication<ApplicationOptions, typeof ARGUMENTS>(
  ['keras.applications.ResNet152', 'keras.applications.resnet.ResNet152'], ARGUMENTS,
  (options) => makeResNet('ResNet152', options, 1, [3, 8, 36, 3]));

/**
 * Images as ResNet50, ResNet101 and ResNet152 take them: BGR, each channel less its mean over ImageNet.
 * Source: keras.applications.resnet.preprocess_input.
 *
 * @param args `x` (pixels 0 ... 255, [..., height, width, 3]), `data_format` (default: the configured one)
 * @example
 * keras.applications.resnet.preprocess_input(keras.ops.zeros([1, 1, 3])).shape; // [1, 1, 3]
 */
export const preprocess_input = definePreprocessing('caffe', 'resnet', 'resnet50');
