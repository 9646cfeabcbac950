/** keras.backend: the settings of Keras 1. */
import { image_data_format, set_image_data_format, type ImageDataFormat } from '../backend/config.js';
import { NDArray, toTensor, type TensorLike } from '../engine/convert.js';
import { getDefaultFloat } from '../engine/dtype.js';
import { Tensor } from '../engine/tensor.js';
import { Variable } from '../engine/variable.js';
import { cast, convert_to_numpy } from '../ops/core/conversion.js';
import { KerasTensor } from '../ops/keras-tensor.js';

/** Theano's order of axes (channels before space) or TensorFlow's (channels last), in Keras 1's spelling or Keras 2's. */
export type DimOrdering = 'th' | 'tf' | ImageDataFormat;

/**
 * Where image tensors have their channels: 'th' (before the spatial axes) or 'tf' (last). The same setting as
 * `image_data_format`, in the words of Keras 1. Source: keras.backend.image_dim_ordering.
 * @example
 * keras.backend.image_dim_ordering(); // 'tf'
 */
export const image_dim_ordering = (): 'th' | 'tf' => (image_data_format() === 'channels_first' ? 'th' : 'tf');

/**
 * Sets `image_dim_ordering`. Source: keras.backend.set_image_dim_ordering.
 *
 * @param dim_ordering 'th' or 'tf'
 * @throws TypeError for anything else
 * @example
 * keras.backend.set_image_dim_ordering('th');
 * keras.backend.image_data_format(); // 'channels_first'
 * keras.backend.set_image_dim_ordering('tf');
 */
export function set_image_dim_ordering(dim_ordering: string): void {
  if (dim_ordering !== 'th' && dim_ordering !== 'tf') {
    throw new TypeError(`dim_ordering must be 'th' or 'tf', received ${JSON.stringify(dim_ordering)}.`);
  }
  set_image_data_format(dim_ordering === 'th' ? 'channels_first' : 'channels_last');
}

/** A `dim_ordering` argument in the words of Keras 3; null and undefined give the configured one. */
export function dataFormat(what: string, dim_ordering: string | null | undefined): ImageDataFormat {
  switch (dim_ordering) {
    case null: case undefined: return image_data_format();
    case 'th': case 'channels_first': return 'channels_first';
    case 'tf': case 'channels_last': return 'channels_last';
    default: throw new TypeError(`${what}: dim_ordering must be 'th' or 'tf' (or 'channels_first', 'channels_last'), ` +
      `received ${JSON.stringify(dim_ordering)}.`);
  }
}

/**
 * An array as an `NDArray` of the default float type; a tensor or a variable as a tensor of it.
 * Source: keras.backend.cast_to_floatx.
 * @example
 * keras.backend.cast_to_floatx(new Int32Array([1, 2])).dtype; // 'float32'
 */
export function cast_to_floatx(x: Tensor | Variable): Tensor;
export function cast_to_floatx(x: KerasTensor): KerasTensor;
export function cast_to_floatx(x: TensorLike): NDArray;
export function cast_to_floatx(x: TensorLike | KerasTensor): NDArray | Tensor | KerasTensor {
  const dtype = getDefaultFloat();
  if (x instanceof KerasTensor) return cast(x, dtype);
  if (x instanceof Tensor || x instanceof Variable) return cast(x, dtype);
  const tensor = toTensor(x, dtype);
  const array = convert_to_numpy(tensor);
  tensor.dispose();
  return array;
}
