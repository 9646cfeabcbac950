/** Layers as architectures use them: called at once on a tensor of the graph. */
import { image_data_format } from '../backend/config.js';
import { Activation } from '../layers/activations/activation.js';
import type { ConvOptions } from '../layers/convolutional/base-conv.js';
import { Conv2D } from '../layers/convolutional/conv2d.js';
import { DepthwiseConv2D } from '../layers/convolutional/depthwise-conv2d.js';
import type { DepthwiseConvOptions } from '../layers/convolutional/base-depthwise-conv.js';
import type { Identifier as ActivationIdentifier } from '../activations/index.js';
import { BatchNormalization, type BatchNormalizationOptions } from '../layers/normalization/batch-normalization.js';
import { ZeroPadding2D } from '../layers/reshaping/zero-padding2d.js';
import type { KerasTensor } from '../ops/keras-tensor.js';

type Name = string | null;

const isChannelsLast = (): boolean => image_data_format() === 'channels_last';

/** The axis of the channels, counted from the front; `lastAxis` counts it from the end, as some files do. */
export const channelAxis = (): number => (isChannelsLast() ? 3 : 1);
export const lastAxis = (): number => (isChannelsLast() ? -1 : 1);

/** Number of channels of feature maps. */
export const channelsOf = (x: KerasTensor): number => x.shape[channelAxis()]!;

export const convolve = (
  x: KerasTensor, filters: number, kernel_size: number | readonly number[], options: Omit<ConvOptions, 'filters' | 'kernel_size'> = {},
): KerasTensor => new Conv2D({ filters, kernel_size, ...options })(x);

export const convolveChannels = (
  x: KerasTensor, kernel_size: number, options: Omit<DepthwiseConvOptions, 'kernel_size'> = {},
): KerasTensor => new DepthwiseConv2D({ kernel_size, ...options })(x);

export const normalize = (x: KerasTensor, name: Name, options: BatchNormalizationOptions = {}): KerasTensor =>
  new BatchNormalization({ axis: channelAxis(), name, ...options })(x);

export const activate = (x: KerasTensor, activation: ActivationIdentifier, name: Name = null): KerasTensor =>
  new Activation({ activation, name })(x);

/** Zeros around the feature maps: `[before, after]` for rows and columns. */
export const pad = (
  x: KerasTensor, padding: number | readonly (readonly [number, number])[], name: Name = null,
): KerasTensor => new ZeroPadding2D({ padding, name })(x);

/** A number of channels that is a multiple of `divisor` and at least 90 % of `value`. */
export function roundChannels(value: number, divisor = 8): number {
  const rounded = Math.max(divisor, Math.floor(Math.trunc(value + divisor / 2) / divisor) * divisor);
  return rounded < 0.9 * value ? rounded + divisor : rounded;
}
