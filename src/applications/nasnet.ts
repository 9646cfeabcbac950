/** keras.applications.nasnet. */
import { defineApplication, type ApplicationOptions } from './define.js';
import { definePreprocessing } from './preprocessing.js';
import { makeNASNet } from './nasnet-network.js';

export { decode_predictions } from './decode-predictions.js';

const ARGUMENTS = ['input_shape', 'include_top', 'weights', 'input_tensor', 'pooling', 'classes', 'classifier_activation',
  'name'] as const;

/** Without the top Keras gives this member, but not the other, the size it was made for. */
const atLeastSized = (options: ApplicationOptions): ApplicationOptions =>
  (options.include_top === false && !options.input_shape ? { ...options, input_shape: [224, 224, 3] } : options);

/**
 * NASNetMobile: cells found by a search, for images of 224x224; 5.3 million weights. Not with channels_first.
 *
 * @param args `input_shape` (at least 32x32; default [224, 224, 3]), `include_top` (default true), `weights` ('imagenet', null or a
 *   path), `input_tensor`, `pooling`, `classes` (1000), `classifier_activation` ('softmax'), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.NASNetMobile; Zoph et al., 2018.
 *
 * @example
 * const model = keras.applications.NASNetMobile({ weights: null, include_top: false, input_shape: [32, 32, 3] });
 * model.output_shape; // [null, 1, 1, 1056]
 */
export const NASNetMobile = defineApplication<ApplicationOptions, typeof ARGUMENTS>(
  ['keras.applications.NASNetMobile', 'keras.applications.nasnet.NASNetMobile'], ARGUMENTS,
  (options) => makeNASNet('NASNetMobile', atLeastSized(options), {
    key: 'mobile', size: 224, filters: 1056, cells: 4, stem: 32, skipsReduction: false,
    hashes: ['020fb642bf7360b370c678b08e0adf61', '1ed92395b5b598bdda52abe5c0dbfd63'],
  }));

/**
 * NASNetLarge: cells found by a search, for images of 331x331; 89 million weights. Not with channels_first.
 *
 * @param args `input_shape` (at least 32x32; default [331, 331, 3]), `include_top` (default true), `weights` ('imagenet', null or a
 *   path), `input_tensor`, `pooling`, `classes` (1000), `classifier_activation` ('softmax'), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.NASNetLarge; Zoph et al., 2018.
 *
 * @example
 * const makeModel = () => keras.applications.NASNetLarge({ weights: null, classes: 10, input_shape: [128, 128, 3] });
 */
export const NASNetLarge = defineApplication<ApplicationOptions, typeof ARGUMENTS>(
  ['keras.applications.NASNetLarge', 'keras.applications.nasnet.NASNetLarge'], ARGUMENTS,
  (options) => makeNASNet('NASNetLarge', options, {
    key: 'large', size: 331, filters: 4032, cells: 6, stem: 96, skipsReduction: true,
    hashes: ['11577c9a518f0070763c2b964a382f17', 'd81d89dc07e6e56530c4e77faddd61b5'],
  }));

/**
 * Images as NASNets take them: values from -1 to 1. Source: keras.applications.nasnet.preprocess_input.
 *
 * @param args `x` (pixels 0 ... 255, [..., height, width, 3]), `data_format` (default: the configured one)
 * @example
 * keras.applications.nasnet.preprocess_input(keras.ops.zeros([1, 1, 3])).shape; // [1, 1, 3]
 */
export const preprocess_input = definePreprocessing('tf', 'nasnet');
