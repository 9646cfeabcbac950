/** keras.applications.mobilenet_v3, which has not the models themselves. */
import { definePreprocessing } from './preprocessing.js';

export { decode_predictions } from './decode-predictions.js';

/**
 * Gives the images back: MobileNetV3 models have the preprocessing inside, and take pixels from 0 to 255.
 * Source: keras.applications.mobilenet_v3.preprocess_input.
 *
 * @param args `x`, `data_format`
 * @example
 * keras.applications.mobilenet_v3.preprocess_input(keras.ops.ones([1, 1, 3])).shape; // [1, 1, 3]
 */
export const preprocess_input = definePreprocessing(null, 'mobilenet_v3');
