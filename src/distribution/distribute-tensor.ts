/** distribute_tensor: a tensor in another layout. */
import type { Tensor } from '../engine/tensor.js';
import { KerasTensor } from '../ops/keras-tensor.js';
import { kerasExport } from '../saving/registration.js';
import { DistributionError } from './distribution.js';
import type { TensorLayout } from './tensor-layout.js';

/**
 * Gives the tensor in a layout. Every device has whole tensors here, so that a layout in which it would have a part is an
 * error. Source: keras.distribution.distribute_tensor.
 *
 * @throws DistributionError for a layout that cuts the tensor
 * @example
 * const mesh = new keras.distribution.DeviceMesh([1], ['batch'], ['cpu:0']);
 * keras.distribution.distribute_tensor(keras.ops.ones([2]), new keras.distribution.TensorLayout(['batch'], mesh)).shape; // [2]
 */
export function distribute_tensor<T extends Tensor | KerasTensor>(tensor: T, layout: TensorLayout): T {
  if (tensor instanceof KerasTensor || !layout.isSharded) return tensor;
  throw new DistributionError(`distribute_tensor: the layout ${layout.toString()} cuts the tensor over devices, which no backend ` +
    'of keras-node does. Use null for all axes whose mesh has several devices.');
}
kerasExport(distribute_tensor, 'keras.distribution.distribute_tensor');
