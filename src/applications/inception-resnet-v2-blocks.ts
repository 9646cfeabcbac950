/** The blocks of InceptionResNetV2. */
import { Concatenate } from '../layers/merging/concatenate.js';
import { AveragePooling2D } from '../layers/pooling/average-pooling2d.js';
import { MaxPooling2D } from '../layers/pooling/max-pooling2d.js';
import type { KerasTensor } from '../ops/keras-tensor.js';
import { activate, channelAxis, channelsOf, convolve, normalize } from './blocks.js';
import { CustomScaleLayer } from './custom-scale-layer.js';
import type { ApplicationOptions, Made } from './define.js';
import { finish, imagesFor, settle, shapeOfImages, UNNAMED } from './frame.js';
import { published, STORAGE } from './weights.js';

type Window = number | readonly [number, number];
/** Filters and window of a convolution. */
type Step = readonly [filters: number, window: Window];

interface StepOptions {
  padding?: 'same' | 'valid';
  strides?: number;
  name?: string | null;
}

function convBN(
  x: KerasTensor, [filters, window]: Step, { padding = 'same', strides = 1, name = null }: StepOptions = {},
): KerasTensor {
  const y = convolve(x, filters, window, { strides, padding, use_bias: false, name });
  return activate(normalize(y, name && `${name}_bn`, { scale: false }), 'relu', name && `${name}_ac`);
}

const REDUCING: StepOptions = { strides: 2, padding: 'valid' };
const chain = (x: KerasTensor, ...steps: readonly Step[]): KerasTensor => steps.reduce((y, step) => convBN(y, step), x);
/** Convolutions of which the last one halves the size. */
const reduce = (x: KerasTensor, ...steps: readonly Step[]): KerasTensor =>
  convBN(chain(x, ...steps.slice(0, -1)), steps.at(-1)!, REDUCING);
const poolMax = (x: KerasTensor): KerasTensor => new MaxPooling2D({ pool_size: 3, strides: 2 })(x);
const join = (branches: readonly KerasTensor[], name: string): KerasTensor => new Concatenate({ axis: channelAxis(), name })(branches);

/** The branches of each kind of block: convolutions one after the other. */
const BRANCHES = {
  block35: [[[32, 1]], [[32, 1], [32, 3]], [[32, 1], [48, 3], [64, 3]]],
  block17: [[[192, 1]], [[128, 1], [160, [1, 7]], [192, [7, 1]]]],
  block8: [[[192, 1]], [[192, 1], [224, [1, 3]], [256, [3, 1]]]],
} satisfies Record<string, readonly (readonly Step[])[]>;

interface Block {
  kind: keyof typeof BRANCHES;
  index: number;
  scale: number;
  isActivated?: boolean;
}

/** `x + scale f(x)`, where f joins the branches. */
function block(x: KerasTensor, { kind, index, scale, isActivated = true }: Block): KerasTensor {
  const name = `${kind}_${index}`;
  const branches = (BRANCHES[kind] as readonly (readonly Step[])[]).map((steps) => chain(x, ...steps));
  const up = convolve(join(branches, `${name}_mixed`), channelsOf(x), 1, { padding: 'same', name: `${name}_conv` });
  const sum = new CustomScaleLayer(scale)([x, up]);
  return isActivated ? activate(sum, 'relu', `${name}_ac`) : sum;
}

function blocks(x: KerasTensor, count: number, kind: Block['kind'], scale: number): KerasTensor {
  for (let index = 1; index <= count; index++) x = block(x, { kind, index, scale });
  return x;
}

/** MD5 sums of the published weights: with the top, and without. */
const HASHES = ['e693bd0210a403b3192acc6073ad2e96', 'd19885ff4a710c122648d3b5c3b684e4'];

export function makeInceptionResNetV2(options: ApplicationOptions): Made {
  const settings = settle('InceptionResNetV2', options, 'inception_resnet_v2');
  const images = imagesFor(settings, shapeOfImages(settings, { default: 299, min: 75 }));
  let x = convBN(images, [32, 3], REDUCING);
  x = poolMax(chain(convBN(x, [32, 3], { padding: 'valid' }), [64, 3]));
  x = convBN(x, [80, 1], { padding: 'valid' });
  x = poolMax(convBN(x, [192, 3], { padding: 'valid' }));
  const stem = x;
  x = join([
    chain(stem, [96, 1]), chain(stem, [48, 1], [64, 5]), chain(stem, [64, 1], [96, 3], [96, 3]),
    chain(new AveragePooling2D({ pool_size: 3, strides: 1, padding: 'same' })(stem), [64, 1]),
  ], 'mixed_5b');
  x = blocks(x, 10, 'block35', 0.17);
  x = join([reduce(x, [384, 3]), reduce(x, [256, 1], [256, 3], [384, 3]), poolMax(x)], 'mixed_6a');
  x = blocks(x, 20, 'block17', 0.1);
  x = join([
    reduce(x, [256, 1], [384, 3]), reduce(x, [256, 1], [288, 3]), reduce(x, [256, 1], [288, 3], [320, 3]), poolMax(x),
  ], 'mixed_7a');
  x = blocks(x, 9, 'block8', 0.2);
  x = block(x, { kind: 'block8', index: 10, scale: 1, isActivated: false });
  x = convBN(x, [1536, 1], { name: 'conv_7b' });
  const ending = settings.include_top ? '' : '_notop';
  return {
    model: finish(images, x, settings, { names: UNNAMED }),
    imagenet: published(`${STORAGE}inception_resnet_v2/`, `inception_resnet_v2_weights_tf_dim_ordering_tf_kernels${ending}.h5`,
      HASHES[settings.include_top ? 0 : 1]),
  };
}
