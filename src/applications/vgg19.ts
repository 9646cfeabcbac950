/** keras.applications.vgg19. */
import { ARGUMENTS, defineApplication, type ApplicationOptions } from './define.js';
import { definePreprocessing } from './preprocessing.js';
import { makeVGG } from './vgg.js';

export { decode_predictions } from './decode-predictions.js';

/**
 * VGG19: 16 convolutions and 3 dense layers, for images of 224x224; 144 million weights.
 *
 * @param args `include_top` (default true), `weights` ('imagenet', null or a path), `input_tensor`, `input_shape` (at least
 *   32x32), `pooling`, `classes` (1000), `classifier_activation` ('softmax'), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.VGG19; Simonyan and Zisserman, 2015.
 *
 * @example
 * const model = keras.applications.VGG19({ weights: null, include_top: false, input_shape: [32, 32, 3] });
 * model.output_shape; // [null, 1, 1, 512]
 */
export const VGG19 = defineApplication<ApplicationOptions, typeof ARGUMENTS>(
  ['keras.applications.VGG19', 'keras.applications.vgg19.VGG19'], ARGUMENTS,
  (options) => makeVGG('VGG19', options, [2, 2, 4, 4, 4], ['cbe5617147190e668d6c5d5026f83318', '253f8cb515780f3b799900260a226db6']));

/**
 * Images as VGG19 takes them: BGR, each channel less its mean over ImageNet. Source: keras.applications.vgg19.preprocess_input.
 *
 * @param args `x` (pixels 0 ... 255, [..., height, width, 3]), `data_format` (default: the configured one)
 * @example
 * keras.applications.vgg19.preprocess_input(keras.ops.zeros([1, 1, 3])).shape; // [1, 1, 3]
 */
export const preprocess_input = definePreprocessing('caffe', 'vgg19');
