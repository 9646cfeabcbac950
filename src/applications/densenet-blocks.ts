/** The blocks of DenseNet. */
import { Concatenate } from '../layers/merging/concatenate.js';
import { AveragePooling2D } from '../layers/pooling/average-pooling2d.js';
import { MaxPooling2D } from '../layers/pooling/max-pooling2d.js';
import type { KerasTensor } from '../ops/keras-tensor.js';
import { activate, channelAxis, channelsOf, convolve, normalize, pad } from './blocks.js';
import type { ApplicationOptions, Made } from './define.js';
import { finish, imagesFor, NAMED, refuseChannelsFirst, settle, shapeOfImages } from './frame.js';
import { published, STORAGE } from './weights.js';

const EPSILON = { epsilon: 1.001e-5 };
/** Feature maps that each layer adds. */
const GROWTH = 32;

function layer(x: KerasTensor, name: string): KerasTensor {
  let y = activate(normalize(x, `${name}_0_bn`, EPSILON), 'relu', `${name}_0_relu`);
  y = convolve(y, 4 * GROWTH, 1, { use_bias: false, name: `${name}_1_conv` });
  y = activate(normalize(y, `${name}_1_bn`, EPSILON), 'relu', `${name}_1_relu`);
  y = convolve(y, GROWTH, 3, { padding: 'same', use_bias: false, name: `${name}_2_conv` });
  return new Concatenate({ axis: channelAxis(), name: `${name}_concat` })([x, y]);
}

/** Half of the channels, in half of the size. */
function transition(x: KerasTensor, name: string): KerasTensor {
  const y = activate(normalize(x, `${name}_bn`, EPSILON), 'relu', `${name}_relu`);
  const fewer = convolve(y, Math.trunc(channelsOf(y) * 0.5), 1, { use_bias: false, name: `${name}_conv` });
  return new AveragePooling2D({ pool_size: 2, strides: 2, name: `${name}_pool` })(fewer);
}

/**
 * A densely connected network.
 * @param depths layers in each block
 * @param hashes MD5 sums of the published weights: with the top, and without
 */
export function makeDenseNet(
  what: string, options: ApplicationOptions, depths: readonly number[], hashes: readonly [top: string, noTop: string],
): Made {
  refuseChannelsFirst(what);
  const key = what.toLowerCase();
  const settings = settle(what, options, key);
  const images = imagesFor(settings, shapeOfImages(settings, { default: 224, min: 32 }));
  let x = convolve(pad(images, 3), 64, 7, { strides: 2, use_bias: false, name: 'conv1_conv' });
  x = activate(normalize(x, 'conv1_bn', EPSILON), 'relu', 'conv1_relu');
  x = new MaxPooling2D({ pool_size: 3, strides: 2, name: 'pool1' })(pad(x, 1));
  depths.forEach((depth, i) => {
    if (i > 0) x = transition(x, `pool${i + 1}`);
    for (let j = 1; j <= depth; j++) x = layer(x, `conv${i + 2}_block${j}`);
  });
  x = activate(normalize(x, 'bn', EPSILON), 'relu', 'relu');
  const ending = settings.include_top ? '' : '_notop';
  return {
    model: finish(images, x, settings, { names: NAMED }),
    imagenet: published(`${STORAGE}densenet/`, `${key}_weights_tf_dim_ordering_tf_kernels${ending}.h5`, hashes[settings.include_top ? 0 : 1]),
  };
}
