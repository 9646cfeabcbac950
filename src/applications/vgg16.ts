/** keras.applications.vgg16. */
import { ARGUMENTS, defineApplication, type ApplicationOptions } from './define.js';
import { definePreprocessing } from './preprocessing.js';
import { makeVGG } from './vgg.js';

export { decode_predictions } from './decode-predictions.js';

/**
 * VGG16: 13 convolutions and 3 dense layers, for images of 224x224; 138 million weights.
 *
 * @param args `include_top` (default true), `weights` ('imagenet', null or a path), `input_tensor`, `input_shape` (at least
 *   32x32), `pooling`, `classes` (1000), `classifier_activation` ('softmax'), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.VGG16; Simonyan and Zisserman, 2015.
 *
 * @example
 * const model = keras.applications.VGG16({ weights: null, include_top: false, input_shape: [32, 32, 3] });
 * model.output_shape; // [null, 1, 1, 512]
 */
export const VGG16 = defineApplication<ApplicationOptions, typeof ARGUMENTS>(
  ['keras.applications.VGG16', 'keras.applications.vgg16.VGG16'], ARGUMENTS,
  (options) => makeVGG('VGG16', options, [2, 2, 3, 3, 3], ['64373286793e3c8b2b4e3219cbf3544b', '6d6bbae143d832006294945121d1f1fc']));

/**
 * Images as VGG16 takes them: BGR, each channel less its mean over ImageNet. Source: keras.applications.vgg16.preprocess_input.
 *
 * @param args `x` (pixels 0 ... 255, [..., height, width, 3]), `data_format` (default: the configured one)
 * @example
 * keras.applications.vgg16.preprocess_input(keras.ops.zeros([1, 1, 3])).shape; // [1, 1, 3]
 */
export const preprocess_input = definePreprocessing('caffe', 'vgg16');
