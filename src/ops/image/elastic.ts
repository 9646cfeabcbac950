/** Elastic distortion: every pixel moved a little, neighbours alike. */
import { apply } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import type { Tensor } from '../../engine/tensor.js';
import { drawSeed, type Seed } from '../../random/seed-generator.js';
import { iota } from '../compose.js';
import { defineOp } from '../define.js';
import { cast } from '../promotion.js';
import { add, multiply, reshape } from '../tensor-math.js';
import { sampledAt } from './coordinates.js';
import { blurred } from './filters.js';
import { AFFINE_INTERPOLATIONS, AFFINE_MODES } from './projection.js';
import { overBatch, requireChoice, requireFloatImages } from './shared.js';

/**
 * Images whose pixels are moved by random distances, blurred so that neighbours move alike; by the same amount
 * downwards and to the right. Source: keras.ops.image.elastic_transform; Simard et al., 2003.
 *
 * @param images [batch, height, width, channels] or one image, floating-point
 * @param alpha how far pixels move, as a factor of blurred normal numbers times sigma; default 20
 * @param sigma standard deviation of the blur in pixels, whose filter has 6 sigma + 1 pixels; its value must be known;
 *   default 5
 * @param interpolation 'bilinear' (default) or 'nearest'
 * @param fill_mode what lies outside of the image: 'reflect' (default), 'constant' (fill_value), 'nearest' (the edge) or
 *   'wrap' (the other end), as in map_coordinates
 * @param fill_value default 0
 * @param seed an integer, a SeedGenerator, or null for the global one
 * @param data_format default: the configured one
 * @throws TypeError when the images are not of a floating-point dtype, or a mode is unknown
 * @example
 * ops.image.elastic_transform(ops.ones([8, 8, 3]), {sigma: 1, seed: 1}).shape; // [8, 8, 3]
 */
export const elastic_transform = defineOp('keras.ops.image.elastic_transform', [
  'images', 'alpha', 'sigma', 'interpolation', 'fill_mode', 'fill_value', 'seed', 'data_format',
], (
  images: TensorLike, alpha: TensorLike = 20, sigma: TensorLike = 5, interpolation: string = 'bilinear',
  fill_mode: string = 'reflect', fill_value: TensorLike = 0, seed: Seed = null, data_format: string | null = null,
): Tensor => {
  const given = toTensor(images);
  requireFloatImages('elastic_transform', given);
  const { dtype } = given;
  const method = requireChoice('elastic_transform', 'interpolation', interpolation, AFFINE_INTERPOLATIONS);
  const mode = requireChoice('elastic_transform', 'fill_mode', fill_mode, AFFINE_MODES);
  // The filter's size is a shape, so the value must be there; a traced tensor raises its own error.
  const width = typeof sigma === 'number' ? sigma : Number(toTensor(sigma).item());
  const taps = (6 * Math.trunc(width)) | 1;
  return overBatch('elastic_transform', given, data_format, (x) => {
    const [batch, rows, columns, channels] = x.shape;
    const noise = apply('random_normal', [drawSeed(seed)], { shape: [batch, rows, columns], dtype });
    const smooth = blurred(reshape(multiply(noise, width), [batch, rows, columns, 1]), [taps, taps], toTensor([width, width], dtype));
    const moves = multiply(reshape(smooth, [batch, rows, columns]), toTensor(alpha, dtype));
    const grid = (length: number, shape: readonly number[]): Tensor => reshape(cast(iota(length), dtype), shape);
    const flat = (position: Tensor): Tensor => reshape(position, [batch, rows * columns, 1]);
    const positions = [flat(add(grid(rows, [rows, 1]), moves)), flat(add(grid(columns, [1, columns]), moves))];
    const source = reshape(x, [batch, rows * columns, channels]);
    const read = (places: Tensor): Tensor =>
      apply('gather', [source, reshape(places, [batch, rows * columns])], { axis: 1, batchDims: 1 });
    const order = AFFINE_INTERPOLATIONS.indexOf(method);
    return reshape(sampledAt([rows, columns], positions, dtype, read, { order, mode, fill_value }), x.shape);
  });
});
