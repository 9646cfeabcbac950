/** The blocks of InceptionV3. */
import { Concatenate } from '../layers/merging/concatenate.js';
import { AveragePooling2D } from '../layers/pooling/average-pooling2d.js';
import { MaxPooling2D } from '../layers/pooling/max-pooling2d.js';
import type { KerasTensor } from '../ops/keras-tensor.js';
import { activate, channelAxis, convolve, normalize } from './blocks.js';
import type { ApplicationOptions, Made } from './define.js';
import { finish, imagesFor, settle, shapeOfImages, UNNAMED } from './frame.js';
import { published, STORAGE } from './weights.js';

/** Filters, and the height and width of the window. */
type Step = readonly [filters: number, rows: number, columns: number];

interface StepOptions {
  padding?: 'same' | 'valid';
  strides?: number;
}

function convBN(x: KerasTensor, [filters, rows, columns]: Step, { padding = 'same', strides = 1 }: StepOptions = {}): KerasTensor {
  const y = convolve(x, filters, [rows, columns], { strides, padding, use_bias: false });
  return activate(normalize(y, null, { scale: false }), 'relu');
}

const REDUCING: StepOptions = { strides: 2, padding: 'valid' };

/** Convolutions one after the other. */
const chain = (x: KerasTensor, ...steps: readonly Step[]): KerasTensor => steps.reduce((y, step) => convBN(y, step), x);
/** The same, where the last one halves the size. */
const reduce = (x: KerasTensor, ...steps: readonly Step[]): KerasTensor =>
  convBN(chain(x, ...steps.slice(0, -1)), steps.at(-1)!, REDUCING);

const poolMax = (x: KerasTensor): KerasTensor => new MaxPooling2D({ pool_size: 3, strides: 2 })(x);
const poolAverage = (x: KerasTensor): KerasTensor => new AveragePooling2D({ pool_size: 3, strides: 1, padding: 'same' })(x);
const join = (branches: readonly KerasTensor[], name: string | null): KerasTensor =>
  new Concatenate({ axis: channelAxis(), name })(branches);

const block35 = (x: KerasTensor, pooled: number, name: string): KerasTensor => join([
  chain(x, [64, 1, 1]),
  chain(x, [48, 1, 1], [64, 5, 5]),
  chain(x, [64, 1, 1], [96, 3, 3], [96, 3, 3]),
  chain(poolAverage(x), [pooled, 1, 1]),
], name);

/** Windows of 7x7 in steps of 1x7 and 7x1, with `n` filters in between. */
const block17 = (x: KerasTensor, n: number, name: string): KerasTensor => join([
  chain(x, [192, 1, 1]),
  chain(x, [n, 1, 1], [n, 1, 7], [192, 7, 1]),
  chain(x, [n, 1, 1], [n, 7, 1], [n, 1, 7], [n, 7, 1], [192, 1, 7]),
  chain(poolAverage(x), [192, 1, 1]),
], name);

function block8(x: KerasTensor, i: number): KerasTensor {
  const branch1 = chain(x, [320, 1, 1]);
  const fork = (y: KerasTensor, name: string | null): KerasTensor => join([chain(y, [384, 1, 3]), chain(y, [384, 3, 1])], name);
  const branch3 = fork(chain(x, [384, 1, 1]), `mixed9_${i}`);
  const branchDouble = fork(chain(x, [448, 1, 1], [384, 3, 3]), null);
  return join([branch1, branch3, branchDouble, chain(poolAverage(x), [192, 1, 1])], `mixed${9 + i}`);
}

/** MD5 sums of the published weights: with the top, and without. */
const HASHES = ['9a0d58056eeedaa3f26cb7ebd46da564', 'bcbd6486424b2319ff4ef7d526e38f63'];

export function makeInceptionV3(options: ApplicationOptions): Made {
  const settings = settle('InceptionV3', options, 'inception_v3');
  const images = imagesFor(settings, shapeOfImages(settings, { default: 299, min: 75 }));
  let x = convBN(images, [32, 3, 3], REDUCING);
  x = chain(convBN(x, [32, 3, 3], { padding: 'valid' }), [64, 3, 3]);
  x = convBN(poolMax(x), [80, 1, 1], { padding: 'valid' });
  x = poolMax(convBN(x, [192, 3, 3], { padding: 'valid' }));
  [32, 64, 64].forEach((pooled, i) => {
    x = block35(x, pooled, `mixed${i}`);
  });
  x = join([reduce(x, [384, 3, 3]), reduce(x, [64, 1, 1], [96, 3, 3], [96, 3, 3]), poolMax(x)], 'mixed3');
  [128, 160, 160, 192].forEach((n, i) => {
    x = block17(x, n, `mixed${4 + i}`);
  });
  x = join([
    reduce(x, [192, 1, 1], [320, 3, 3]), reduce(x, [192, 1, 1], [192, 1, 7], [192, 7, 1], [192, 3, 3]), poolMax(x),
  ], 'mixed8');
  for (const i of [0, 1]) x = block8(x, i);
  const ending = settings.include_top ? '' : '_notop';
  return {
    model: finish(images, x, settings, { names: UNNAMED }),
    imagenet: published(`${STORAGE}inception_v3/`, `inception_v3_weights_tf_dim_ordering_tf_kernels${ending}.h5`,
      HASHES[settings.include_top ? 0 : 1]),
  };
}
