/** What EfficientNet and EfficientNetV2 have in common. */
import { image_data_format } from '../backend/config.js';
import { Add } from '../layers/merging/add.js';
import { Multiply } from '../layers/merging/multiply.js';
import { GlobalAveragePooling2D } from '../layers/pooling/global-average-pooling2d.js';
import { Dropout } from '../layers/regularization/dropout.js';
import { Reshape } from '../layers/reshaping/reshape.js';
import type { KerasTensor } from '../ops/keras-tensor.js';
import { convolve } from './blocks.js';
import { classify, type Settings } from './frame.js';

/** How kernels begin: normal of variance 2 / fan_out. */
export const CONV_INITIALIZER = {
  class_name: 'VarianceScaling', config: { scale: 2, mode: 'fan_out', distribution: 'truncated_normal' },
};
const DENSE_INITIALIZER = {
  class_name: 'VarianceScaling', config: { scale: 1 / 3, mode: 'fan_out', distribution: 'uniform' },
};

/** The part of all blocks that is left out in training grows towards the last one, up to this. */
export const DROP_CONNECT = 0.2;

/** A factor for each feature map, from the means of all; `filters` of x, `squeezed` in between. */
export function squeezeAndExcite(x: KerasTensor, filters: number, squeezed: number, name: string): KerasTensor {
  const mean = new GlobalAveragePooling2D({ name: `${name}se_squeeze` })(x);
  const target_shape = image_data_format() === 'channels_last' ? [1, 1, filters] : [filters, 1, 1];
  const options = { padding: 'same', kernel_initializer: CONV_INITIALIZER } as const;
  let y = new Reshape({ target_shape, name: `${name}se_reshape` })(mean);
  y = convolve(y, squeezed, 1, { activation: 'swish', name: `${name}se_reduce`, ...options });
  y = convolve(y, filters, 1, { activation: 'sigmoid', name: `${name}se_expand`, ...options });
  return new Multiply({ name: `${name}se_excite` })([x, y]);
}

/** Adds the shortcut; in training whole samples of the block are left out. */
export function addShortcut(x: KerasTensor, shortcut: KerasTensor, rate: number, name: string): KerasTensor {
  const kept = rate > 0 ? new Dropout({ rate, noise_shape: [null, 1, 1, 1], name: `${name}drop` })(x) : x;
  return new Add({ name: `${name}add` })([kept, shortcut]);
}

/** The top: means, dropout, classifier. */
export const topWith = (dropout: number, bias_initializer: 'zeros' | { class_name: string; config: Record<string, unknown> } = 'zeros') =>
  (features: KerasTensor, settings: Settings): KerasTensor => {
    const mean = new GlobalAveragePooling2D({ name: 'avg_pool' })(features);
    const kept = new Dropout({ rate: dropout, name: 'top_dropout' })(mean);
    return classify(kept, settings, { kernel_initializer: DENSE_INITIALIZER, bias_initializer });
  };

/** How the i-th block of a stage (both from 0) is called. */
export const blockName = (stage: number, i: number): string => `block${stage + 1}${String.fromCharCode('a'.charCodeAt(0) + i)}_`;
