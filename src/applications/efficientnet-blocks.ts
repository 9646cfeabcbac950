/** The blocks of EfficientNet. */
import { Normalization } from '../layers/preprocessing/normalization.js';
import { Rescaling } from '../layers/preprocessing/rescaling.js';
import type { KerasTensor } from '../ops/keras-tensor.js';
import { activate, channelAxis, convolve, convolveChannels, normalize, pad, roundChannels } from './blocks.js';
import type { ApplicationOptions, Made } from './define.js';
import { addShortcut, blockName, CONV_INITIALIZER, DROP_CONNECT, squeezeAndExcite, topWith } from './efficientnet-parts.js';
import { finish, imagesFor, NAMED, settle, shapeOfImages } from './frame.js';
import { correctPad } from './input-shape.js';
import { published } from './weights.js';

/** Blocks of a stage before scaling. */
type Stage = readonly [kernel: number, repeats: number, from: number, to: number, expansion: number, stride: number];

const STAGES: readonly Stage[] = [
  [3, 1, 32, 16, 1, 1], [3, 2, 16, 24, 6, 2], [5, 2, 24, 40, 6, 2], [3, 3, 40, 80, 6, 2], [5, 3, 80, 112, 6, 1],
  [5, 4, 112, 192, 6, 2], [3, 1, 192, 320, 6, 1],
];
/** Where the weights are: not where those of the others are. */
const FOLDER = 'https://storage.googleapis.com/keras-applications/';
/** Part of a block's input filters that squeeze-and-excite keeps. */
const SQUEEZE = 0.25;

/** How much wider and deeper a member of the family is than B0, its image size, dropout, and MD5 sums of its weights. */
export interface Scaling {
  width: number;
  depth: number;
  size: number;
  dropout: number;
  hashes: readonly [top: string, noTop: string];
}

interface Block {
  kernel: number;
  from: number;
  to: number;
  expansion: number;
  stride: number;
  /** Share of samples that lose the block in training. */
  drop: number;
}

const normalizeAndActivate = (x: KerasTensor, name: string, activation: string): KerasTensor =>
  activate(normalize(x, name), 'swish', activation);

function block(x: KerasTensor, { kernel, from, to, expansion, stride, drop }: Block, name: string): KerasTensor {
  const options = { use_bias: false, padding: 'same', kernel_initializer: CONV_INITIALIZER } as const;
  const filters = from * expansion;
  let y = x;
  if (expansion !== 1) {
    y = normalizeAndActivate(convolve(y, filters, 1, { ...options, name: `${name}expand_conv` }), `${name}expand_bn`, `${name}expand_activation`);
  }
  if (stride === 2) y = pad(y, correctPad(y, kernel), `${name}dwconv_pad`);
  y = convolveChannels(y, kernel, {
    strides: stride, padding: stride === 2 ? 'valid' : 'same', use_bias: false, depthwise_initializer: CONV_INITIALIZER, name: `${name}dwconv`,
  });
  y = normalizeAndActivate(y, `${name}bn`, `${name}activation`);
  y = squeezeAndExcite(y, filters, Math.max(1, Math.trunc(from * SQUEEZE)), name);
  y = normalize(convolve(y, to, 1, { ...options, name: `${name}project_conv` }), `${name}project_bn`);
  return stride === 1 && from === to ? addShortcut(y, x, drop, name) : y;
}

/** Pixels of 0 ... 255; the trained weights hold mean and variance, and want a correction that came later. */
function preprocess(images: KerasTensor, isTrained: boolean): KerasTensor {
  const x = new Normalization({ axis: channelAxis() })(new Rescaling(1 / 255)(images));
  return isTrained ? new Rescaling([0.229, 0.224, 0.225].map((deviation) => 1 / Math.sqrt(deviation)))(x) : x;
}

/** @param member the last two letters of the name, as `B0` */
export function makeEfficientNet(member: string, options: ApplicationOptions, scaling: Scaling): Made {
  const { width, depth, size, dropout, hashes } = scaling;
  const what = `EfficientNet${member}`;
  const settings = settle(what, options, what.toLowerCase());
  const images = imagesFor(settings, shapeOfImages(settings, { default: size, min: 32 }));
  const filters = (count: number): number => roundChannels(count * width);
  const repeats = (count: number): number => Math.ceil(depth * count);
  const options0 = { use_bias: false, kernel_initializer: CONV_INITIALIZER } as const;
  let x = preprocess(images, settings.isTrained);
  x = convolve(pad(x, correctPad(x, 3), 'stem_conv_pad'), filters(32), 3, { strides: 2, ...options0, name: 'stem_conv' });
  x = normalizeAndActivate(x, 'stem_bn', 'stem_activation');
  const total = STAGES.reduce((sum, [, count]) => sum + repeats(count), 0);
  let b = 0;
  STAGES.forEach(([kernel, count, from, to, expansion, stride], stage) => {
    for (let i = 0; i < repeats(count); i++) {
      const row = { kernel, expansion, to: filters(to), from: filters(i > 0 ? to : from), stride: i > 0 ? 1 : stride };
      x = block(x, { ...row, drop: (DROP_CONNECT * b) / total }, blockName(stage, i));
      b++;
    }
  });
  x = normalizeAndActivate(convolve(x, filters(1280), 1, { padding: 'same', ...options0, name: 'top_conv' }), 'top_bn', 'top_activation');
  const model = finish(images, x, settings, { names: NAMED, top: topWith(dropout) });
  const ending = settings.include_top ? '' : '_notop';
  return {
    model,
    imagenet: published(FOLDER, `${what.toLowerCase()}${ending}.h5`, hashes[settings.include_top ? 0 : 1]),
  };
}
