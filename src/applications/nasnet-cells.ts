/** The cells of NASNet, which a search found. */
import { SeparableConv2D } from '../layers/convolutional/separable-conv2d.js';
import { Add } from '../layers/merging/add.js';
import { Concatenate } from '../layers/merging/concatenate.js';
import { AveragePooling2D } from '../layers/pooling/average-pooling2d.js';
import { MaxPooling2D } from '../layers/pooling/max-pooling2d.js';
import { Cropping2D } from '../layers/reshaping/cropping2d.js';
import type { KerasTensor } from '../ops/keras-tensor.js';
import { name_scope } from '../utils/scopes.js';
import { activate, channelsOf, convolve, lastAxis, normalize, pad } from './blocks.js';
import { correctPad } from './input-shape.js';

/** The two tensors that a cell takes: the last cell's, and that of the one before, null at the start. */
export type CellState = readonly [x: KerasTensor, before: KerasTensor | null];

const scoped = <T>(name: string, run: () => T): T => new name_scope(name).run(run);

export const normalizeCell = (x: KerasTensor, name: string): KerasTensor =>
  normalize(x, name, { axis: lastAxis(), momentum: 0.9997, epsilon: 1e-3 });

const add = (a: KerasTensor, b: KerasTensor, name: string | null): KerasTensor => new Add({ name })([a, b]);
const join = (parts: readonly KerasTensor[], name: string | null): KerasTensor => new Concatenate({ axis: lastAxis(), name })(parts);

/** A convolution without a window, behind an activation. */
const project = (x: KerasTensor, filters: number, name: string): KerasTensor =>
  convolve(x, filters, 1, { padding: 'same', use_bias: false, kernel_initializer: 'he_normal', name });

const average = (x: KerasTensor, name: string): KerasTensor =>
  new AveragePooling2D({ pool_size: 3, strides: 1, padding: 'same', name })(x);

interface Separable {
  kernel?: number;
  strides?: 1 | 2;
  id: string;
}

/** Two separable convolutions, the first one with the stride. */
const separable = (x: KerasTensor, filters: number, { kernel = 3, strides = 1, id }: Separable): KerasTensor =>
  scoped(`separable_conv_block_${id}`, () => {
    const convolution = (y: KerasTensor, i: 1 | 2, padding: 'same' | 'valid', step: number): KerasTensor => normalizeCell(
      new SeparableConv2D({ filters, kernel_size: kernel, strides: step, padding, use_bias: false, name: `separable_conv_${i}_${id}` })(y),
      `separable_conv_${i}_bn_${id}`);
    let y = activate(x, 'relu');
    if (strides === 2) y = pad(y, correctPad(y, kernel), `separable_conv_1_pad_${id}`);
    y = convolution(y, 1, strides === 2 ? 'valid' : 'same', strides);
    return convolution(activate(y, 'relu'), 2, 'same', 1);
  });

/** Half the size: of the maps themselves, and of the maps moved by one, so that no pixel is lost. */
function halve(before: KerasTensor, filters: number, id: string): KerasTensor {
  const half = Math.floor(filters / 2);
  const p = activate(before, 'relu', `adjust_relu_1_${id}`);
  const pool = (x: KerasTensor, i: number): KerasTensor =>
    new AveragePooling2D({ pool_size: 1, strides: 2, padding: 'valid', name: `adjust_avg_pool_${i}_${id}` })(x);
  const p1 = project(pool(p, 1), half, `adjust_conv_1_${id}`);
  const moved = new Cropping2D({ cropping: [[1, 0], [1, 0]] })(pad(p, [[0, 1], [0, 1]]));
  const p2 = project(pool(moved, 2), half, `adjust_conv_2_${id}`);
  return normalizeCell(join([p1, p2], null), `adjust_bn_${id}`);
}

/** Brings the tensor of the cell before the last to the size and channels of this cell. */
const adjust = ([x, before]: CellState, filters: number, id: string): KerasTensor => scoped('adjust_block', () => {
  if (before === null) return x;
  if (before.shape.at(-2) !== x.shape.at(-2)) return scoped(`adjust_reduction_block_${id}`, () => halve(before, filters, id));
  if (channelsOf(before) === filters) return before;
  return scoped(`adjust_projection_block_${id}`, () =>
    normalizeCell(project(activate(before, 'relu'), filters, `adjust_conv_projection_${id}`), `adjust_bn_${id}`));
});

/** A cell that keeps the size. */
export const normalCell = (state: CellState, filters: number, id: string): CellState => scoped(`normal_A_block_${id}`, () => {
  const [x] = state;
  const p = adjust(state, filters, id);
  const h = normalizeCell(project(activate(x, 'relu'), filters, `normal_conv_1_${id}`), `normal_bn_1_${id}`);
  const x1 = scoped('block_1', () => add(
    separable(h, filters, { kernel: 5, id: `normal_left1_${id}` }), separable(p, filters, { id: `normal_right1_${id}` }),
    `normal_add_1_${id}`));
  const x2 = scoped('block_2', () => add(
    separable(p, filters, { kernel: 5, id: `normal_left2_${id}` }), separable(p, filters, { id: `normal_right2_${id}` }),
    `normal_add_2_${id}`));
  const x3 = scoped('block_3', () => add(average(h, `normal_left3_${id}`), p, `normal_add_3_${id}`));
  const x4 = scoped('block_4', () => add(average(p, `normal_left4_${id}`), average(p, `normal_right4_${id}`), `normal_add_4_${id}`));
  const x5 = scoped('block_5', () => add(separable(h, filters, { id: `normal_left5_${id}` }), h, `normal_add_5_${id}`));
  return [join([p, x1, x2, x3, x4, x5], `normal_concat_${id}`), x];
});

/** A cell that halves the size. */
export const reductionCell = (state: CellState, filters: number, id: string): CellState => scoped(`reduction_A_block_${id}`, () => {
  const [x] = state;
  const p = adjust(state, filters, id);
  const h = normalizeCell(project(activate(x, 'relu'), filters, `reduction_conv_1_${id}`), `reduction_bn_1_${id}`);
  const padded = pad(h, correctPad(h, 3), `reduction_pad_1_${id}`);
  const window = { pool_size: 3, strides: 2, padding: 'valid' } as const;
  const x1 = scoped('block_1', () => add(
    separable(h, filters, { kernel: 5, strides: 2, id: `reduction_left1_${id}` }),
    separable(p, filters, { kernel: 7, strides: 2, id: `reduction_right1_${id}` }), `reduction_add_1_${id}`));
  const x2 = scoped('block_2', () => add(
    new MaxPooling2D({ ...window, name: `reduction_left2_${id}` })(padded),
    separable(p, filters, { kernel: 7, strides: 2, id: `reduction_right2_${id}` }), `reduction_add_2_${id}`));
  const x3 = scoped('block_3', () => add(
    new AveragePooling2D({ ...window, name: `reduction_left3_${id}` })(padded),
    separable(p, filters, { kernel: 5, strides: 2, id: `reduction_right3_${id}` }), `reduction_add3_${id}`));
  const x4 = scoped('block_4', () => add(x2, average(x1, `reduction_left4_${id}`), null));
  const x5 = scoped('block_5', () => add(
    separable(x1, filters, { id: `reduction_left4_${id}` }),
    new MaxPooling2D({ ...window, name: `reduction_right5_${id}` })(padded), `reduction_add4_${id}`));
  return [join([x2, x3, x4, x5], `reduction_concat_${id}`), x];
});
