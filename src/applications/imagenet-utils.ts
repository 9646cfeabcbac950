/** keras.applications.imagenet_utils. */
import { defineModePreprocessing } from './preprocessing.js';

export { decode_predictions } from './decode-predictions.js';

/**
 * Images as models trained on ImageNet take them; each model's module has its own with the right mode. Ops on tensors and
 * KerasTensors, so that it may stand in a model; an NDArray gives a new one. Integers become floats.
 * Source: keras.applications.imagenet_utils.preprocess_input.
 *
 * @param args `x` (pixels 0 ... 255, [height, width, 3] or a batch of them), `data_format` (default: the configured one),
 *   `mode`: 'caffe' (default; BGR less the mean of each channel), 'tf' (-1 ... 1) or 'torch' (0 ... 1, less the mean, divided by
 *   the deviation of each channel)
 * @throws ShapeError when the images have not 3 channels
 * @example
 * keras.applications.imagenet_utils.preprocess_input([[[0, 127.5, 255]]], { mode: 'tf' }).arraySync(); // [[[-1, 0, 1]]]
 */
export const preprocess_input = defineModePreprocessing();
