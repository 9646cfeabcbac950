/** The network around NASNet's cells. */
import type { ApplicationOptions, Made } from './define.js';
import { ArgumentError } from '../utils/checks.js';
import { activate, convolve } from './blocks.js';
import { averageAndClassify, finish, imagesFor, refuseChannelsFirst, settle, shapeOfImages, UNNAMED } from './frame.js';
import { normalCell, normalizeCell, reductionCell, type CellState } from './nasnet-cells.js';
import { published, STORAGE } from './weights.js';

/** Size of a member of the family, and MD5 sums of its weights: with the top, and without. */
export interface Member {
  key: 'mobile' | 'large';
  size: number;
  /** Filters of all parts of the last cell together. */
  filters: number;
  /** Cells between two reductions. */
  cells: number;
  stem: number;
  /** Whether the cell before a reduction, rather than the reduction's own second tensor, goes on. */
  skipsReduction: boolean;
  hashes: readonly [top: string, noTop: string];
}

/** Parts of a normal cell's result times four: the last cells have four times the filters of the first ones. */
const SHARES = 24;

export function makeNASNet(what: string, options: ApplicationOptions, member: Member): Made {
  const { key, size, cells, stem, skipsReduction, hashes } = member;
  refuseChannelsFirst(what);
  const settings = settle(what, options, `nasnet_${key}`);
  if (settings.isTrained && settings.input_shape?.includes(null)) {
    throw new ArgumentError(`${what}: for the weights of 'imagenet' the argument 'input_shape' must be without null, received ` +
      `[${settings.input_shape.join(', ')}].`);
  }
  const images = imagesFor(settings, shapeOfImages(settings, { default: size, min: 32 }));
  const filters = Math.floor(member.filters / SHARES);
  const first = convolve(images, stem, 3, {
    strides: 2, padding: 'valid', use_bias: false, name: 'stem_conv1', kernel_initializer: 'he_normal',
  });
  let state: CellState = [normalizeCell(first, 'stem_bn1'), null];
  state = reductionCell(state, Math.floor(filters / 4), 'stem_1');
  state = reductionCell(state, Math.floor(filters / 2), 'stem_2');
  for (const stage of [0, 1, 2]) {
    const width = filters * 2 ** stage;
    if (stage > 0) {
      const [reduced, own] = reductionCell(state, width, `reduce_${stage * cells}`);
      state = [reduced, skipsReduction ? state[1] : own];
    }
    for (let i = 0; i < cells; i++) state = normalCell(state, width, String(stage * cells + i + (stage > 0 ? 1 : 0)));
  }
  const features = activate(state[0], 'relu');
  const ending = settings.include_top ? '' : '-no-top';
  return {
    model: finish(images, features, settings, { names: UNNAMED, top: (x) => averageAndClassify(x, settings, null) }),
    imagenet: {
      name: `nasnet_${key}${settings.include_top ? '' : '_no_top'}.h5`,
      origin: published(`${STORAGE}nasnet/`, `NASNet-${key}${ending}.h5`).origin,
      hash: hashes[settings.include_top ? 0 : 1],
    },
  };
}
