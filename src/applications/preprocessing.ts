/** Pixels as architectures take them. */
import { standardize_data_format } from '../backend/config.js';
import { NDArray, toTensor, type TensorLike } from '../engine/convert.js';
import { getDefaultFloat, isFloat } from '../engine/dtype.js';
import { tidy } from '../engine/scope.js';
import { formatShape, ShapeError } from '../engine/shape.js';
import type { Tensor } from '../engine/tensor.js';
import { convert_to_numpy } from '../ops/core/conversion.js';
import * as ops from '../ops/index.js';
import { KerasTensor } from '../ops/keras-tensor.js';
import { kerasExport } from '../saving/registration.js';
import { positionalArguments } from '../utils/arguments.js';
import { requireOneOf } from '../utils/checks.js';

/** 'caffe': BGR less the mean; 'tf': -1 ... 1; 'torch': 0 ... 1, then mean 0 and variance 1 of each channel. */
export type PreprocessingMode = 'caffe' | 'tf' | 'torch';

export interface PreprocessingOptions {
  /** Where the channels are. Default: the configured place. */
  data_format?: string | null;
}

/** Statistics of the pixels of ImageNet: blue, green, red of 0 ... 255; red, green, blue of 0 ... 1. */
const BGR_MEAN = [103.939, 116.779, 123.68];
const RGB_MEAN = [0.485, 0.456, 0.406];
const RGB_DEVIATION = [0.229, 0.224, 0.225];

/** One number a channel, shaped to fit the image. */
const perChannel = (values: readonly number[], x: Tensor, channels: number): Tensor =>
  ops.cast(ops.reshape(values, x.shape.map((_, i) => (i === channels ? 3 : 1))), x.dtype);

function scaled(pixels: Tensor, data_format: string | null | undefined, mode: PreprocessingMode): Tensor {
  const x = isFloat(pixels.dtype) ? pixels : ops.cast(pixels, getDefaultFloat());
  if (mode === 'tf') return ops.subtract(ops.divide(x, 127.5), 1);
  const channels = standardize_data_format(data_format) === 'channels_last' ? x.ndim - 1 : x.ndim - 3;
  if ((x.ndim !== 3 && x.ndim !== 4) || x.shape[channels] !== 3) {
    throw new ShapeError('preprocess_input takes images with 3 channels, [height, width, 3] or [batch, height, width, 3] ' +
      `(channels_first: channels before height), received shape ${formatShape(x.shape)}.`);
  }
  if (mode === 'caffe') return ops.subtract(ops.flip(x, channels), perChannel(BGR_MEAN, x, channels));
  const centred = ops.subtract(ops.divide(x, 255), perChannel(RGB_MEAN, x, channels));
  return ops.divide(centred, perChannel(RGB_DEVIATION, x, channels));
}

type Images = TensorLike | KerasTensor;
/** Tensors give tensors, KerasTensors KerasTensors, NDArrays new NDArrays. */
export type Preprocessed<X> = X extends KerasTensor ? KerasTensor : X extends NDArray ? NDArray : Tensor;

/** Applies a mode. Nothing is written over the input. */
export function preprocess(x: Images, data_format: string | null | undefined, mode: PreprocessingMode): Tensor | KerasTensor | NDArray {
  // Ops take KerasTensors as they take tensors, and then describe the computation in the graph.
  if (x instanceof KerasTensor) return scaled(x as unknown as Tensor, data_format, mode);
  const result = tidy(() => scaled(toTensor(x), data_format, mode));
  if (!(x instanceof NDArray)) return result;
  const array = convert_to_numpy(result);
  result.dispose();
  return array;
}

const NAMES = ['x', 'data_format'] as const;
const NAMES_WITH_MODE = ['x', 'data_format', 'mode'] as const;
const MODES = ['caffe', 'tf', 'torch'] as const;

/** The `preprocess_input` of a module. */
export type PreprocessInput = <X extends Images>(
  x: X, ...options: [data_format?: string | null] | [PreprocessingOptions]) => Preprocessed<X>;

/**
 * Makes the `preprocess_input` of modules of keras.applications.
 * @param mode null where the models have the preprocessing inside: images pass as they are
 */
export function definePreprocessing(mode: PreprocessingMode | null, ...modules: readonly string[]): PreprocessInput {
  const preprocess_input = (...args: unknown[]): unknown => {
    const [x, data_format] = positionalArguments('preprocess_input', NAMES, args) as [Images, string | null | undefined];
    return mode === null ? x : preprocess(x, data_format, mode);
  };
  kerasExport(preprocess_input, ...modules.map((name) => `keras.applications.${name}.preprocess_input`));
  return preprocess_input as PreprocessInput;
}

/** The same with the mode as an argument, for keras.applications.imagenet_utils. */
export type PreprocessInputWithMode = <X extends Images>(
  x: X, ...options: [data_format?: string | null, mode?: PreprocessingMode] |
    [options: PreprocessingOptions & { mode?: PreprocessingMode }] |
    [data_format: string | null | undefined, options: { mode?: PreprocessingMode }]) => Preprocessed<X>;

/** Makes that function. */
export function defineModePreprocessing(): PreprocessInputWithMode {
  const preprocess_input = (...args: unknown[]): unknown => {
    const [x, data_format, mode = 'caffe'] = positionalArguments('preprocess_input', NAMES_WITH_MODE, args) as
      [Images, string | null | undefined, PreprocessingMode | undefined];
    return preprocess(x, data_format, requireOneOf('preprocess_input', 'mode', mode, MODES));
  };
  kerasExport(preprocess_input, 'keras.applications.imagenet_utils.preprocess_input');
  return preprocess_input as PreprocessInputWithMode;
}
