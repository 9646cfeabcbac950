/** The blocks of Xception. */
import { SeparableConv2D } from '../layers/convolutional/separable-conv2d.js';
import { Add } from '../layers/merging/add.js';
import { MaxPooling2D } from '../layers/pooling/max-pooling2d.js';
import type { KerasTensor } from '../ops/keras-tensor.js';
import { activate, convolve, lastAxis, normalize } from './blocks.js';
import type { ApplicationOptions, Made } from './define.js';
import { finish, imagesFor, settle, shapeOfImages, UNNAMED } from './frame.js';
import { published, STORAGE } from './weights.js';

const normalizeLast = (x: KerasTensor, name: string | null): KerasTensor => normalize(x, name, { axis: lastAxis() });

function separable(x: KerasTensor, filters: number, name: string): KerasTensor {
  const y = new SeparableConv2D({ filters, kernel_size: 3, padding: 'same', use_bias: false, name })(x);
  return normalizeLast(y, `${name}_bn`);
}

/** Half the size, with a convolution as the shortcut. The first such block begins without an activation. */
function reduce(x: KerasTensor, [first, second]: readonly [number, number], block: number): KerasTensor {
  const name = `block${block}`;
  const shortcut = normalizeLast(convolve(x, second, 1, { strides: 2, padding: 'same', use_bias: false }), null);
  let y = separable(block === 2 ? x : activate(x, 'relu', `${name}_sepconv1_act`), first, `${name}_sepconv1`);
  y = separable(activate(y, 'relu', `${name}_sepconv2_act`), second, `${name}_sepconv2`);
  y = new MaxPooling2D({ pool_size: 3, strides: 2, padding: 'same', name: `${name}_pool` })(y);
  return new Add()([y, shortcut]);
}

function middle(x: KerasTensor, block: number): KerasTensor {
  let y = x;
  for (const i of [1, 2, 3]) {
    const name = `block${block}_sepconv${i}`;
    y = separable(activate(y, 'relu', `${name}_act`), 728, name);
  }
  return new Add()([y, x]);
}

/** MD5 sums of the published weights: with the top, and without. */
const HASHES = ['0a58e3b7378bc2990ea3b43d5981f1f6', 'b0042744bf5b25fce3cb969f33bebb97'];

export function makeXception(options: ApplicationOptions): Made {
  const settings = settle('Xception', options, 'xception');
  const images = imagesFor(settings, shapeOfImages(settings, { default: 299, min: 71 }));
  let x = images;
  for (const [i, filters] of [32, 64].entries()) {
    const name = `block1_conv${i + 1}`;
    x = convolve(x, filters, 3, { strides: i === 0 ? 2 : 1, use_bias: false, name });
    x = activate(normalizeLast(x, `${name}_bn`), 'relu', `${name}_act`);
  }
  for (const [i, filters] of [128, 256, 728].entries()) x = reduce(x, [filters, filters], i + 2);
  for (let block = 5; block <= 12; block++) x = middle(x, block);
  x = reduce(x, [728, 1024], 13);
  for (const [i, filters] of [1536, 2048].entries()) {
    const name = `block14_sepconv${i + 1}`;
    x = activate(separable(x, filters, name), 'relu', `${name}_act`);
  }
  const ending = settings.include_top ? '' : '_notop';
  return {
    model: finish(images, x, settings, { names: UNNAMED }),
    imagenet: published(`${STORAGE}xception/`, `xception_weights_tf_dim_ordering_tf_kernels${ending}.h5`, HASHES[settings.include_top ? 0 : 1]),
  };
}
