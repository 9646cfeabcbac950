/** keras.applications.convnext. */
import { defineApplication } from './define.js';
import { definePreprocessing } from './preprocessing.js';
import { makeConvNeXt, type ConvNeXtOptions } from './convnext-blocks.js';

export { decode_predictions } from './decode-predictions.js';

/** What all members take. */
const ARGUMENTS = ['include_top', 'include_preprocessing', 'weights', 'input_tensor', 'input_shape', 'pooling', 'classes',
  'classifier_activation', 'name'] as const;

/**
 * ConvNeXtTiny: convolutions of 7x7 arranged as in a vision transformer, for images of 224x224; 29 million weights.
 * Not with channels_first.
 *
 * @param args `include_top` (default true), `include_preprocessing` (default true: pixels from 0 to 255), `weights` ('imagenet',
 *   null or a path), `input_tensor`, `input_shape` (at least 32x32), `pooling`, `classes` (1000), `classifier_activation`
 *   ('softmax'), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.ConvNeXtTiny; Liu et al., 2022.
 *
 * @example
 * const model = keras.applications.ConvNeXtTiny({ weights: null, include_top: false, input_shape: [32, 32, 3] });
 * model.output_shape; // [null, 1, 1, 768]
 */
export const ConvNeXtTiny = defineApplication<ConvNeXtOptions, typeof ARGUMENTS>(
  ['keras.applications.ConvNeXtTiny', 'keras.applications.convnext.ConvNeXtTiny'], ARGUMENTS,
  (options) => makeConvNeXt('Tiny', options, {
    filters: [96, 192, 384, 768], depths: [3, 3, 9, 3],
    hashes: ['8ae6e78ce2933352b1ef4008e6dd2f17bc40771563877d156bc6426c7cf503ff',
      'd547c096cabd03329d7be5562c5e14798aa39ed24b474157cef5e85ab9e49ef1'],
  }));

/**
 * ConvNeXtSmall: convolutions of 7x7 arranged as in a vision transformer, for images of 224x224; 50 million weights.
 * Not with channels_first.
 *
 * @param args `include_top` (default true), `include_preprocessing` (default true: pixels from 0 to 255), `weights` ('imagenet',
 *   null or a path), `input_tensor`, `input_shape` (at least 32x32), `pooling`, `classes` (1000), `classifier_activation`
 *   ('softmax'), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.ConvNeXtSmall; Liu et al., 2022.
 *
 * @example
 * const makeModel = () => keras.applications.ConvNeXtSmall({ weights: null, classes: 10, input_shape: [128, 128, 3] });
 */
export const ConvNeXtSmall = defineApplication<ConvNeXtOptions, typeof ARGUMENTS>(
  ['keras.applications.ConvNeXtSmall', 'keras.applications.convnext.ConvNeXtSmall'], ARGUMENTS,
  (options) => makeConvNeXt('Small', options, {
    filters: [96, 192, 384, 768], depths: [3, 3, 27, 3],
    hashes: ['ce1277d8f1ee5a0ef0e171469089c18f5233860ceaf9b168049cb9263fd7483c',
      '6fc8009faa2f00c1c1dfce59feea9b0745eb260a7dd11bee65c8e20843da6eab'],
  }));

/**
 * ConvNeXtBase: convolutions of 7x7 arranged as in a vision transformer, for images of 224x224; 89 million weights.
 * Not with channels_first.
 *
 * @param args `include_top` (default true), `include_preprocessing` (default true: pixels from 0 to 255), `weights` ('imagenet',
 *   null or a path), `input_tensor`, `input_shape` (at least 32x32), `pooling`, `classes` (1000), `classifier_activation`
 *   ('softmax'), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.ConvNeXtBase; Liu et al., 2022.
 *
 * @example
 * const makeModel = () => keras.applications.ConvNeXtBase({ weights: null, classes: 10, input_shape: [128, 128, 3] });
 */
export const ConvNeXtBase = defineApplication<ConvNeXtOptions, typeof ARGUMENTS>(
  ['keras.applications.ConvNeXtBase', 'keras.applications.convnext.ConvNeXtBase'], ARGUMENTS,
  (options) => makeConvNeXt('Base', options, {
    filters: [128, 256, 512, 1024], depths: [3, 3, 27, 3],
    hashes: ['52cbb006d3dadd03f6e095a8ca1aca47aecdd75acb4bc74bce1f5c695d0086e6',
      '40a20c5548a5e9202f69735ecc06c990e6b7c9d2de39f0361e27baeb24cb7c45'],
  }));

/**
 * ConvNeXtLarge: convolutions of 7x7 arranged as in a vision transformer, for images of 224x224; 198 million weights.
 * Not with channels_first.
 *
 * @param args `include_top` (default true), `include_preprocessing` (default true: pixels from 0 to 255), `weights` ('imagenet',
 *   null or a path), `input_tensor`, `input_shape` (at least 32x32), `pooling`, `classes` (1000), `classifier_activation`
 *   ('softmax'), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.ConvNeXtLarge; Liu et al., 2022.
 *
 * @example
 * const makeModel = () => keras.applications.ConvNeXtLarge({ weights: null, classes: 10, input_shape: [128, 128, 3] });
 */
export const ConvNeXtLarge = defineApplication<ConvNeXtOptions, typeof ARGUMENTS>(
  ['keras.applications.ConvNeXtLarge', 'keras.applications.convnext.ConvNeXtLarge'], ARGUMENTS,
  (options) => makeConvNeXt('Large', options, {
    filters: [192, 384, 768, 1536], depths: [3, 3, 27, 3],
    hashes: ['070c5ed9ed289581e477741d3b34beffa920db8cf590899d6d2c67fba2a198a6',
      '96f02b6f0753d4f543261bc9d09bed650f24dd6bc02ddde3066135b63d23a1cd'],
  }));

/**
 * ConvNeXtXLarge: convolutions of 7x7 arranged as in a vision transformer, for images of 224x224; 350 million weights.
 * Not with channels_first.
 *
 * @param args `include_top` (default true), `include_preprocessing` (default true: pixels from 0 to 255), `weights` ('imagenet',
 *   null or a path), `input_tensor`, `input_shape` (at least 32x32), `pooling`, `classes` (1000), `classifier_activation`
 *   ('softmax'), `name`
 * @returns the model for `weights: null`, else a promise of it
 * @throws ArgumentError for options that do not go together
 * Source: keras.applications.ConvNeXtXLarge; Liu et al., 2022.
 *
 * @example
 * const makeModel = () => keras.applications.ConvNeXtXLarge({ weights: null, classes: 10, input_shape: [128, 128, 3] });
 */
export const ConvNeXtXLarge = defineApplication<ConvNeXtOptions, typeof ARGUMENTS>(
  ['keras.applications.ConvNeXtXLarge', 'keras.applications.convnext.ConvNeXtXLarge'], ARGUMENTS,
  (options) => makeConvNeXt('XLarge', options, {
    filters: [256, 512, 1024, 2048], depths: [3, 3, 27, 3],
    hashes: ['c1f5ccab661354fc3a79a10fa99af82f0fbf10ec65cb894a3ae0815f17a889ee',
      'de3f8a54174130e0cecdc71583354753d557fcf1f4487331558e2a16ba0cfe05'],
  }));

/**
 * Gives the images back: ConvNeXt models have the preprocessing inside, and take pixels from 0 to 255.
 * Source: keras.applications.convnext.preprocess_input.
 *
 * @param args `x`, `data_format`
 * @example
 * keras.applications.convnext.preprocess_input(keras.ops.ones([1, 1, 3])).shape; // [1, 1, 3]
 */
export const preprocess_input = definePreprocessing(null, 'convnext');
