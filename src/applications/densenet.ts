/** keras.applications.densenet. */
import { ARGUMENTS, defineApplication, type ApplicationOptions } from './define.js';
import { definePreprocessing } from './preprocessing.js';
import { makeDenseNet } from './densenet-blocks.js';

export { decode_predictions } from './decode-predictions.js';

/**
 * DenseNet121: 121 layers, each of which sees the feature maps of all before it in its block, for images of
 * 224x224; 8 million weights. Not with channels_first.
 *
 * @param args `include_top` (default true), `weights` ('imagenet', null or a path), `input_tensor`, `input_shape` (at least
 *   32x32), `pooling`, `classes` (1000), `classifier_activation` ('softmax'), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.DenseNet121; Huang et al., 2017.
 *
 * @example
 * const model = keras.applications.DenseNet121({ weights: null, include_top: false, input_shape: [32, 32, 3] });
 * model.output_shape; // [null, 1, 1, 1024]
 */
export const DenseNet121 = defineApplication<ApplicationOptions, typeof ARGUMENTS>(
  ['keras.applications.DenseNet121', 'keras.applications.densenet.DenseNet121'], ARGUMENTS,
  (options) => makeDenseNet('DenseNet121', options, [6, 12, 24, 16],
    ['9d60b8095a5708f2dcce2bca79d332c7', '30ee3e1110167f948a6b9946edeeb738']));

/**
 * DenseNet169: 169 layers, each of which sees the feature maps of all before it in its block, for images of
 * 224x224; 14 million weights. Not with channels_first.
 *
 * @param args `include_top` (default true), `weights` ('imagenet', null or a path), `input_tensor`, `input_shape` (at least
 *   32x32), `pooling`, `classes` (1000), `classifier_activation` ('softmax'), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.DenseNet169; Huang et al., 2017.
 *
 * @example
 * const model = keras.applications.DenseNet169({ weights: null, include_top: false, input_shape: [32, 32, 3] });
 * model.output_shape; // [null, 1, 1, 1664]
 */
export const DenseNet169 = defineApplication<ApplicationOptions, typeof ARGUMENTS>(
  ['keras.applications.DenseNet169', 'keras.applications.densenet.DenseNet169'], ARGUMENTS,
  (options) => makeDenseNet('DenseNet169', options, [6, 12, 32, 32],
    ['d699b8f76981ab1b30698df4c175e90b', 'b8c4d4c20dd625c148057b9ff1c1176b']));

/**
 * DenseNet201: 201 layers, each of which sees the feature maps of all before it in its block, for images of
 * 224x224; 20 million weights. Not with channels_first.
 *
 * @param args `include_top` (default true), `weights` ('imagenet', null or a path), `input_tensor`, `input_shape` (at least
 *   32x32), `pooling`, `classes` (1000), `classifier_activation` ('softmax'), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.DenseNet201; Huang et al., 2017.
 *
 * @example
 * const model = keras.applications.DenseNet201({ weights: null, include_top: false, input_shape: [32, 32, 3] });
 * model.output_shape; // [null, 1, 1, 1920]
 */
export const DenseNet201 = defineApplication<ApplicationOptions, typeof ARGUMENTS>(
  ['keras.applications.DenseNet201', 'keras.applications.densenet.DenseNet201'], ARGUMENTS,
  (options) => makeDenseNet('DenseNet201', options, [6, 12, 48, 32],
    ['1ceb130c1ea1b78c3bf6114dbdfd8807', 'c13680b51ded0fb44dff2d8f86ac8bb1']));

/**
 * Images as DenseNets take them: values from 0 to 1, less the mean and divided by the deviation of each channel over ImageNet.
 * Source: keras.applications.densenet.preprocess_input.
 *
 * @param args `x` (pixels 0 ... 255, [..., height, width, 3]), `data_format` (default: the configured one)
 * @example
 * keras.applications.densenet.preprocess_input(keras.ops.zeros([1, 1, 3])).shape; // [1, 1, 3]
 */
export const preprocess_input = definePreprocessing('torch', 'densenet');
