/** Steps and checks that all convolutional layers share. */
import type { ImageDataFormat } from '../../backend/config.js';
import { formatShape, type SymbolicShape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import type { Variable } from '../../engine/variable.js';
import * as ops from '../../ops/index.js';
import { ArgumentError } from '../../utils/checks.js';
import { LayerError } from '../layer-options.js';
import { channelsOf } from '../window.js';

/** Adds one number to each channel. Where the channels come last the vector broadcasts as it is. */
export function addBias(x: Tensor, bias: Variable | null, data_format: ImageDataFormat): Tensor {
  if (!bias) return x;
  if (data_format === 'channels_last') return ops.add(x, bias);
  return ops.add(x, ops.reshape(bias, [1, -1, ...Array.from({ length: x.ndim - 2 }, () => 1)]));
}

/** Steps and gaps at once are not defined, as in Keras. */
export function requireOneStep(
  what: string, strides: readonly number[], dilation_rate: readonly number[],
): void {
  if (strides.some((s) => s > 1) && dilation_rate.some((d) => d > 1)) {
    throw new ArgumentError(`${what}: strides > 1 do not go together with a dilation_rate > 1, received ` +
      `strides [${strides.join(', ')}] and dilation_rate [${dilation_rate.join(', ')}].`);
  }
}

/** The number of input channels, which must be known to make the kernel. */
export function requireChannels(layer: string, shape: SymbolicShape, data_format: ImageDataFormat): number {
  const channels = channelsOf(shape, data_format);
  if (typeof channels !== 'number') {
    throw new LayerError(`The number of input channels of ${layer} must be known, received the input shape ` +
      `${formatShape(shape)} (${data_format}).`);
  }
  return channels;
}
