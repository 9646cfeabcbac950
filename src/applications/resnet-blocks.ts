/** The residual blocks of ResNet and ResNetV2, and the network around them. */
import { Add } from '../layers/merging/add.js';
import { MaxPooling2D } from '../layers/pooling/max-pooling2d.js';
import type { KerasTensor } from '../ops/keras-tensor.js';
import { activate, convolve, normalize, pad } from './blocks.js';
import type { ApplicationOptions, Made } from './define.js';
import { finish, imagesFor, NAMED, settle, shapeOfImages } from './frame.js';
import { published, STORAGE } from './weights.js';

/** Part of each batch normalization of these networks. */
const EPSILON = { epsilon: 1.001e-5 };

/** MD5 sums of the published weights: with the top, and without. */
const HASHES = {
  resnet50: ['2cb95161c43110f7111970584f804107', '4d473c1dd8becc155b73f8504c6f6626'],
  resnet101: ['f1aeb4b969a6efcfb50fad2f0c20cfc5', '88cf7a10940856eca736dc7b7e228a21'],
  resnet152: ['100835be76be38e30d865e96f2aaae62', 'ee4c566cf9a93f14d82f913c2dc6dd0c'],
  resnet50v2: ['3ef43a0b657b3be2300d5770ece849e0', 'fac2f116257151a9d068a22e544a4917'],
  resnet101v2: ['6343647c601c52e1368623803854d971', 'c0ed64b8031c3730f411d2eb4eea35b5'],
  resnet152v2: ['a49b44d1979771252814e80f8ec446f9', 'ed17cf2e0169df9d443503ef94b23b33'],
} as const;

/** Blocks in each of the four stacks, whose bottlenecks have these filters. */
export type Depths = readonly [number, number, number, number];
const FILTERS = [64, 128, 256, 512];

const activateNormalized = (x: KerasTensor, name: string): KerasTensor =>
  activate(normalize(x, `${name}_bn`, EPSILON), 'relu', `${name}_relu`);

function blockV1(x: KerasTensor, filters: number, stride: number, isFirst: boolean, name: string): KerasTensor {
  const shortcut = isFirst
    ? normalize(convolve(x, 4 * filters, 1, { strides: stride, name: `${name}_0_conv` }), `${name}_0_bn`, EPSILON) : x;
  let y = activateNormalized(convolve(x, filters, 1, { strides: stride, name: `${name}_1_conv` }), `${name}_1`);
  y = activateNormalized(convolve(y, filters, 3, { padding: 'same', name: `${name}_2_conv` }), `${name}_2`);
  y = normalize(convolve(y, 4 * filters, 1, { name: `${name}_3_conv` }), `${name}_3_bn`, EPSILON);
  return activate(new Add({ name: `${name}_add` })([shortcut, y]), 'relu', `${name}_out`);
}

/** Normalization comes first; the last block of a stack has the stride. */
function blockV2(x: KerasTensor, filters: number, stride: number, isFirst: boolean, name: string): KerasTensor {
  const before = activateNormalized(x, `${name}_preact`);
  const shortcut = isFirst ? convolve(before, 4 * filters, 1, { strides: stride, name: `${name}_0_conv` })
    : stride > 1 ? new MaxPooling2D({ pool_size: 1, strides: stride })(x) : x;
  let y = activateNormalized(convolve(before, filters, 1, { use_bias: false, name: `${name}_1_conv` }), `${name}_1`);
  y = convolve(pad(y, 1, `${name}_2_pad`), filters, 3, { strides: stride, use_bias: false, name: `${name}_2_conv` });
  y = convolve(activateNormalized(y, `${name}_2`), 4 * filters, 1, { name: `${name}_3_conv` });
  return new Add({ name: `${name}_out` })([shortcut, y]);
}

function stackV1(x: KerasTensor, filters: number, depth: number, stack: number): KerasTensor {
  for (let i = 1; i <= depth; i++) x = blockV1(x, filters, i === 1 && stack > 2 ? 2 : 1, i === 1, `conv${stack}_block${i}`);
  return x;
}

function stackV2(x: KerasTensor, filters: number, depth: number, stack: number): KerasTensor {
  for (let i = 1; i <= depth; i++) x = blockV2(x, filters, i === depth && stack < 5 ? 2 : 1, i === 1, `conv${stack}_block${i}`);
  return x;
}

/** A residual network of either version. */
export function makeResNet(what: string, options: ApplicationOptions, version: 1 | 2, depths: Depths): Made {
  const key = what.toLowerCase() as keyof typeof HASHES;
  const settings = settle(what, options, key);
  const images = imagesFor(settings, shapeOfImages(settings, { default: 224, min: 32 }));
  let x = convolve(pad(images, 3, 'conv1_pad'), 64, 7, { strides: 2, name: 'conv1_conv' });
  if (version === 1) x = activateNormalized(x, 'conv1');
  x = new MaxPooling2D({ pool_size: 3, strides: 2, name: 'pool1_pool' })(pad(x, 1, 'pool1_pad'));
  depths.forEach((depth, i) => {
    x = (version === 1 ? stackV1 : stackV2)(x, FILTERS[i], depth, i + 2);
  });
  if (version === 2) x = activateNormalized(x, 'post');
  const ending = settings.include_top ? '' : '_notop';
  return {
    model: finish(images, x, settings, { names: NAMED }),
    imagenet: published(`${STORAGE}resnet/`, `${key}_weights_tf_dim_ordering_tf_kernels${ending}.h5`, HASHES[key][settings.include_top ? 0 : 1]),
  };
}
