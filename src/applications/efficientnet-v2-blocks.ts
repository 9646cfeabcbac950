/** The blocks of EfficientNetV2. */
import { Normalization } from '../layers/preprocessing/normalization.js';
import { Rescaling } from '../layers/preprocessing/rescaling.js';
import type { SymbolicShape } from '../engine/shape.js';
import type { KerasTensor } from '../ops/keras-tensor.js';
import { activate, channelAxis, convolve, convolveChannels, normalize } from './blocks.js';
import type { ApplicationOptions, Made } from './define.js';
import { addShortcut, blockName, CONV_INITIALIZER, DROP_CONNECT, squeezeAndExcite, topWith } from './efficientnet-parts.js';
import { finish, imagesFor, NAMED, settle, shapeOfImages } from './frame.js';
import { imageAxes } from './input-shape.js';
import { published, STORAGE } from './weights.js';

export interface EfficientNetV2Options extends ApplicationOptions {
  /** Whether the model takes pixels from 0 to 255 and scales them itself. Default true. */
  include_preprocessing?: boolean;
}

/** Blocks of a stage: the first kind has one convolution for the expansion and the window. All windows are 3x3. */
type Stage = readonly [
  kind: 'fused' | 'depthwise', repeats: number, from: number, to: number, expansion: number, stride: number, squeeze: number];

const B: readonly Stage[] = [
  ['fused', 1, 32, 16, 1, 1, 0], ['fused', 2, 16, 32, 4, 2, 0], ['fused', 2, 32, 48, 4, 2, 0],
  ['depthwise', 3, 48, 96, 4, 2, 0.25], ['depthwise', 5, 96, 112, 6, 1, 0.25], ['depthwise', 8, 112, 192, 6, 2, 0.25],
];
const S: readonly Stage[] = [
  ['fused', 2, 24, 24, 1, 1, 0], ['fused', 4, 24, 48, 4, 2, 0], ['fused', 4, 48, 64, 4, 2, 0],
  ['depthwise', 6, 64, 128, 4, 2, 0.25], ['depthwise', 9, 128, 160, 6, 1, 0.25], ['depthwise', 15, 160, 256, 6, 2, 0.25],
];
const M: readonly Stage[] = [
  ['fused', 3, 24, 24, 1, 1, 0], ['fused', 5, 24, 48, 4, 2, 0], ['fused', 5, 48, 80, 4, 2, 0],
  ['depthwise', 7, 80, 160, 4, 2, 0.25], ['depthwise', 14, 160, 176, 6, 1, 0.25], ['depthwise', 18, 176, 304, 6, 2, 0.25],
  ['depthwise', 5, 304, 512, 6, 1, 0.25],
];
const L: readonly Stage[] = [
  ['fused', 4, 32, 32, 1, 1, 0], ['fused', 7, 32, 64, 4, 2, 0], ['fused', 7, 64, 96, 4, 2, 0],
  ['depthwise', 10, 96, 192, 4, 2, 0.25], ['depthwise', 19, 192, 224, 6, 1, 0.25], ['depthwise', 25, 224, 384, 6, 2, 0.25],
  ['depthwise', 7, 384, 640, 6, 1, 0.25],
];

/** Stages, factors of width and depth, image size, and MD5 sums of the weights: with the top, and without. */
const MEMBERS = {
  B0: [B, 1, 1, 224, '21ecbf6da12460d5c40bb2f29ceb2188', '893217f2bb855e2983157299931e43ff'],
  B1: [B, 1, 1.1, 240, '069f0534ff22adf035c89e2d9547a9dc', '0e80663031ca32d657f9caa404b6ec37'],
  B2: [B, 1.1, 1.2, 260, '424e49f28180edbde1e94797771950a7', '1dfe2e7a5d45b6632553a8961ea609eb'],
  B3: [B, 1.2, 1.4, 300, '1f1fc43bd98a6e4fd8fdfd551e02c7a0', 'f6abf7b5849ac99a89b50dd3fd532856'],
  S: [S, 1, 1, 384, 'e1d88a8495beba45748fedd0cecbe016', 'af0682fb74e8c54910f2d4393339c070'],
  M: [M, 1, 1, 480, 'a3bf6aa3276309f4fc6a34aa114c95cd', '1b8dc055df72dde80d614482840fe342'],
  L: [L, 1, 1, 480, '27e6d408b53c7ebc868fefa357689935', 'b0b66b5c863aef5b46e8608fe1711615'],
} satisfies Record<string, readonly [readonly Stage[], number, number, number, string, string]>;

interface Block {
  kind: 'fused' | 'depthwise';
  from: number;
  to: number;
  expansion: number;
  stride: number;
  squeeze: number;
  /** Share of samples that lose the block in training. */
  drop: number;
}

const MOMENTUM = { momentum: 0.9 };
const CONV = { use_bias: false, padding: 'same', kernel_initializer: CONV_INITIALIZER } as const;

const normalizeAndActivate = (x: KerasTensor, norm: string, activation: string): KerasTensor =>
  activate(normalize(x, norm, MOMENTUM), 'swish', activation);

function block(x: KerasTensor, row: Block, name: string): KerasTensor {
  const { kind, from, to, expansion, stride, squeeze, drop } = row;
  const isFused = kind === 'fused';
  const filters = from * expansion;
  let y = x;
  if (expansion !== 1) {
    y = convolve(y, filters, isFused ? 3 : 1, { ...CONV, strides: isFused ? stride : 1, name: `${name}expand_conv` });
    y = normalizeAndActivate(y, `${name}expand_bn`, `${name}expand_activation`);
  }
  if (!isFused) {
    y = convolveChannels(y, 3, {
      strides: stride, padding: 'same', use_bias: false, depthwise_initializer: CONV_INITIALIZER, name: `${name}dwconv2`,
    });
    y = normalizeAndActivate(y, `${name}bn`, `${name}activation`);
  }
  if (squeeze > 0) y = squeezeAndExcite(y, filters, Math.max(1, Math.trunc(from * squeeze)), name);
  // Without an expansion the last convolution of a fused block is its only one.
  const isOnly = isFused && expansion === 1;
  y = convolve(y, to, isOnly ? 3 : 1, { ...CONV, strides: isOnly ? stride : 1, name: `${name}project_conv` });
  y = normalize(y, `${name}project_bn`, MOMENTUM);
  if (isOnly) y = activate(y, 'swish', `${name}project_activation`);
  return stride === 1 && from === to ? addShortcut(y, x, drop, name) : y;
}

/** The small members take normalized pixels, where they have three channels; others values from -1 to 1. */
function preprocess(images: KerasTensor, shape: SymbolicShape, isSmall: boolean): KerasTensor {
  if (!isSmall || shape[imageAxes().channels] !== 3) return new Rescaling({ scale: 1 / 128, offset: -1 })(images);
  return new Normalization({
    mean: [0.485, 0.456, 0.406], variance: [0.229 ** 2, 0.224 ** 2, 0.225 ** 2], axis: channelAxis(),
  })(new Rescaling(1 / 255)(images));
}

const DROPOUT = 0.2;

export function makeEfficientNetV2(member: keyof typeof MEMBERS, options: EfficientNetV2Options): Made {
  const [stages, width, depth, size, ...hashes] = MEMBERS[member];
  const { include_preprocessing = true } = options;
  const key = `efficientnetv2-${member.toLowerCase()}`;
  const settings = settle(`EfficientNetV2${member}`, options, key);
  const shape = shapeOfImages(settings, { default: size, min: 32 });
  const images = imagesFor(settings, shape);
  // Unlike EfficientNet's, without a correction where a tenth is lost.
  const filters = (count: number): number => Math.max(8, Math.floor(Math.trunc(count * width + 4) / 8) * 8);
  let x = include_preprocessing ? preprocess(images, shape, member.startsWith('B')) : images;
  x = convolve(x, filters(stages[0][2]), 3, { ...CONV, strides: 2, name: 'stem_conv' });
  x = normalizeAndActivate(x, 'stem_bn', 'stem_activation');
  const total = stages.reduce((sum, [, repeats]) => sum + repeats, 0);
  let b = 0;
  stages.forEach(([kind, count, from, to, expansion, stride, squeeze], stage) => {
    for (let i = 0; i < Math.ceil(depth * count); i++) {
      const row = { kind, to: filters(to), from: filters(i > 0 ? to : from), expansion, stride: i > 0 ? 1 : stride, squeeze };
      x = block(x, { ...row, drop: (DROP_CONNECT * b) / total }, blockName(stage, i));
      b++;
    }
  });
  x = normalizeAndActivate(convolve(x, filters(1280), 1, { ...CONV, name: 'top_conv' }), 'top_bn', 'top_activation');
  const top = topWith(DROPOUT, { class_name: 'Constant', config: { value: 0 } });
  const ending = settings.include_top ? '' : '_notop';
  return {
    model: finish(images, x, settings, { names: NAMED, top }),
    imagenet: published(`${STORAGE}efficientnet_v2/`, `${key}${ending}.h5`, hashes[settings.include_top ? 0 : 1]),
  };
}
