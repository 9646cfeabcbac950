/** keras.applications.efficientnet. */
import { ARGUMENTS, defineApplication, type ApplicationOptions } from './define.js';
import { definePreprocessing } from './preprocessing.js';
import { makeEfficientNet } from './efficientnet-blocks.js';

export { decode_predictions } from './decode-predictions.js';

/**
 * EfficientNetB0: convolutions found by a search, for images of 224x224 with pixels from 0 to 255; 5.3 million weights.
 *
 * @param args `include_top` (default true), `weights` ('imagenet', null or a path), `input_tensor`, `input_shape` (at least
 *   32x32), `pooling`, `classes` (1000), `classifier_activation` ('softmax'), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.EfficientNetB0; Tan and Le, 2019.
 *
 * @example
 * const model = keras.applications.EfficientNetB0({ weights: null, include_top: false, input_shape: [32, 32, 3] });
 * model.output_shape; // [null, 1, 1, 1280]
 */
export const EfficientNetB0 = defineApplication<ApplicationOptions, typeof ARGUMENTS>(
  ['keras.applications.EfficientNetB0', 'keras.applications.efficientnet.EfficientNetB0'], ARGUMENTS,
  (options) => makeEfficientNet('B0', options, {
    width: 1, depth: 1, size: 224, dropout: 0.2,
    hashes: ['902e53a9f72be733fc0bcb005b3ebbac', '50bc09e76180e00e4465e1a485ddc09d'],
  }));

/**
 * EfficientNetB1: B0, 1 times as wide and 1.1 times as deep, for images of 240x240 with pixels from 0 to 255; 7.9 million weights.
 *
 * @param args `include_top` (default true), `weights` ('imagenet', null or a path), `input_tensor`, `input_shape` (at least
 *   32x32), `pooling`, `classes` (1000), `classifier_activation` ('softmax'), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.EfficientNetB1; Tan and Le, 2019.
 *
 * @example
 * const model = keras.applications.EfficientNetB1({ weights: null, include_top: false, input_shape: [32, 32, 3] });
 * model.output_shape; // [null, 1, 1, 1280]
 */
export const EfficientNetB1 = defineApplication<ApplicationOptions, typeof ARGUMENTS>(
  ['keras.applications.EfficientNetB1', 'keras.applications.efficientnet.EfficientNetB1'], ARGUMENTS,
  (options) => makeEfficientNet('B1', options, {
    width: 1, depth: 1.1, size: 240, dropout: 0.2,
    hashes: ['1d254153d4ab51201f1646940f018540', '74c4e6b3e1f6a1eea24c589628592432'],
  }));

/**
 * EfficientNetB2: B0, 1.1 times as wide and 1.2 times as deep, for images of 260x260 with pixels from 0 to 255; 9.2 million weights.
 *
 * @param args `include_top` (default true), `weights` ('imagenet', null or a path), `input_tensor`, `input_shape` (at least
 *   32x32), `pooling`, `classes` (1000), `classifier_activation` ('softmax'), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.EfficientNetB2; Tan and Le, 2019.
 *
 * @example
 * const model = keras.applications.EfficientNetB2({ weights: null, include_top: false, input_shape: [32, 32, 3] });
 * model.output_shape; // [null, 1, 1, 1408]
 */
export const EfficientNetB2 = defineApplication<ApplicationOptions, typeof ARGUMENTS>(
  ['keras.applications.EfficientNetB2', 'keras.applications.efficientnet.EfficientNetB2'], ARGUMENTS,
  (options) => makeEfficientNet('B2', options, {
    width: 1.1, depth: 1.2, size: 260, dropout: 0.3,
    hashes: ['b15cce36ff4dcbd00b6dd88e7857a6ad', '111f8e2ac8aa800a7a99e3239f7bfb39'],
  }));

/**
 * EfficientNetB3: B0, 1.2 times as wide and 1.4 times as deep, for images of 300x300 with pixels from 0 to 255; 12 million weights.
 *
 * @param args `include_top` (default true), `weights` ('imagenet', null or a path), `input_tensor`, `input_shape` (at least
 *   32x32), `pooling`, `classes` (1000), `classifier_activation` ('softmax'), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.EfficientNetB3; Tan and Le, 2019.
 *
 * @example
 * const model = keras.applications.EfficientNetB3({ weights: null, include_top: false, input_shape: [32, 32, 3] });
 * model.output_shape; // [null, 1, 1, 1536]
 */
export const EfficientNetB3 = defineApplication<ApplicationOptions, typeof ARGUMENTS>(
  ['keras.applications.EfficientNetB3', 'keras.applications.efficientnet.EfficientNetB3'], ARGUMENTS,
  (options) => makeEfficientNet('B3', options, {
    width: 1.2, depth: 1.4, size: 300, dropout: 0.3,
    hashes: ['ffd1fdc53d0ce67064dc6a9c7960ede0', 'af6d107764bb5b1abb91932881670226'],
  }));

/**
 * EfficientNetB4: B0, 1.4 times as wide and 1.8 times as deep, for images of 380x380 with pixels from 0 to 255; 19 million weights.
 *
 * @param args `include_top` (default true), `weights` ('imagenet', null or a path), `input_tensor`, `input_shape` (at least
 *   32x32), `pooling`, `classes` (1000), `classifier_activation` ('softmax'), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.EfficientNetB4; Tan and Le, 2019.
 *
 * @example
 * const makeModel = () => keras.applications.EfficientNetB4({ weights: null, classes: 10, input_shape: [128, 128, 3] });
 */
export const EfficientNetB4 = defineApplication<ApplicationOptions, typeof ARGUMENTS>(
  ['keras.applications.EfficientNetB4', 'keras.applications.efficientnet.EfficientNetB4'], ARGUMENTS,
  (options) => makeEfficientNet('B4', options, {
    width: 1.4, depth: 1.8, size: 380, dropout: 0.4,
    hashes: ['18c95ad55216b8f92d7e70b3a046e2fc', 'ebc24e6d6c33eaebbd558eafbeedf1ba'],
  }));

/**
 * EfficientNetB5: B0, 1.6 times as wide and 2.2 times as deep, for images of 456x456 with pixels from 0 to 255; 31 million weights.
 *
 * @param args `include_top` (default true), `weights` ('imagenet', null or a path), `input_tensor`, `input_shape` (at least
 *   32x32), `pooling`, `classes` (1000), `classifier_activation` ('softmax'), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.EfficientNetB5; Tan and Le, 2019.
 *
 * @example
 * const makeModel = () => keras.applications.EfficientNetB5({ weights: null, classes: 10, input_shape: [128, 128, 3] });
 */
export const EfficientNetB5 = defineApplication<ApplicationOptions, typeof ARGUMENTS>(
  ['keras.applications.EfficientNetB5', 'keras.applications.efficientnet.EfficientNetB5'], ARGUMENTS,
  (options) => makeEfficientNet('B5', options, {
    width: 1.6, depth: 2.2, size: 456, dropout: 0.4,
    hashes: ['ace28f2a6363774853a83a0b21b9421a', '38879255a25d3c92d5e44e04ae6cec6f'],
  }));

/**
 * EfficientNetB6: B0, 1.8 times as wide and 2.6 times as deep, for images of 528x528 with pixels from 0 to 255; 43 million weights.
 *
 * @param args `include_top` (default true), `weights` ('imagenet', null or a path), `input_tensor`, `input_shape` (at least
 *   32x32), `pooling`, `classes` (1000), `classifier_activation` ('softmax'), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.EfficientNetB6; Tan and Le, 2019.
 *
 * @example
 * const makeModel = () => keras.applications.EfficientNetB6({ weights: null, classes: 10, input_shape: [128, 128, 3] });
 */
export const EfficientNetB6 = defineApplication<ApplicationOptions, typeof ARGUMENTS>(
  ['keras.applications.EfficientNetB6', 'keras.applications.efficientnet.EfficientNetB6'], ARGUMENTS,
  (options) => makeEfficientNet('B6', options, {
    width: 1.8, depth: 2.6, size: 528, dropout: 0.5,
    hashes: ['165f6e37dce68623721b423839de8be5', '9ecce42647a20130c1f39a5d4cb75743'],
  }));

/**
 * EfficientNetB7: B0, 2 times as wide and 3.1 times as deep, for images of 600x600 with pixels from 0 to 255; 67 million weights.
 *
 * @param args `include_top` (default true), `weights` ('imagenet', null or a path), `input_tensor`, `input_shape` (at least
 *   32x32), `pooling`, `classes` (1000), `classifier_activation` ('softmax'), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.EfficientNetB7; Tan and Le, 2019.
 *
 * @example
 * const makeModel = () => keras.applications.EfficientNetB7({ weights: null, classes: 10, input_shape: [128, 128, 3] });
 */
export const EfficientNetB7 = defineApplication<ApplicationOptions, typeof ARGUMENTS>(
  ['keras.applications.EfficientNetB7', 'keras.applications.efficientnet.EfficientNetB7'], ARGUMENTS,
  (options) => makeEfficientNet('B7', options, {
    width: 2, depth: 3.1, size: 600, dropout: 0.5,
    hashes: ['8c03f828fec3ef71311cd463b6759d99', 'cbcfe4450ddf6f3ad90b1b398090fe4a'],
  }));

/**
 * Gives the images back: EfficientNets have the preprocessing inside, and take pixels from 0 to 255.
 * Source: keras.applications.efficientnet.preprocess_input.
 *
 * @param args `x`, `data_format`
 * @example
 * keras.applications.efficientnet.preprocess_input(keras.ops.ones([1, 1, 3])).shape; // [1, 1, 3]
 */
export const preprocess_input = definePreprocessing(null, 'efficientnet');
