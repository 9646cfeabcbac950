/** Batch normalization and its gradients: two passes over the elements each. */
import { sizeOf } from '../../../engine/shape.js';
import type { Block, Memory } from '../memory.js';
import type { KernelTable } from './kernel.js';

/** Means over the batch of some functions of each element, by channel. */
function channelMeans(size: number, channels: number, count: number, fill: (sums: Float64Array[], at: number, channel: number) => void): Float64Array[] {
  const sums = Array.from({ length: count }, () => new Float64Array(channels));
  for (let at = 0, channel = 0; at < size; at++) {
    fill(sums, at, channel);
    if (++channel === channels) channel = 0;
  }
  for (const sum of sums) for (let c = 0; c < channels; c++) sum[c] *= channels / size;
  return sums;
}

const vector = (m: Memory, values: ArrayLike<number>): Block => {
  const block = m.alloc([values.length], 'float32');
  m.numbers(block).set(values);
  return block;
};

export const normalizationKernels: KernelTable<'normalize_batch' | 'normalize_batch_grad'> = {
  normalize_batch: (m, [x, gamma, beta], { params: { epsilon } }) => {
    const [from, scale, offset] = [x, gamma, beta].map((block) => m.numbers(block));
    const size = sizeOf(x.shape);
    const channels = scale.length;
    const [mean] = channelMeans(size, channels, 1, ([sum], at, c) => void (sum[c] += from[at]));
    const [variance] = channelMeans(size, channels, 1, ([sum], at, c) => void (sum[c] += (from[at] - mean[c]) ** 2));
    const factor = Float64Array.from(variance, (v, c) => scale[c] / Math.sqrt(v + epsilon));
    const y = m.alloc(x.shape, 'float32');
    const to = m.numbers(y);
    for (let at = 0, c = 0; at < size; at++) {
      to[at] = (from[at] - mean[c]) * factor[c] + offset[c];
      if (++c === channels) c = 0;
    }
    return [y, vector(m, mean), vector(m, variance)];
  },
  normalize_batch_grad: (m, [g, x, gamma, mean, variance], { params: { epsilon } }) => {
    const [upstream, from, scale, center, spread] = [g, x, gamma, mean, variance].map((block) => m.numbers(block));
    const size = sizeOf(x.shape);
    const channels = scale.length;
    const factor = Float64Array.from(spread, (v) => 1 / Math.sqrt(v + epsilon));
    const [meanG, meanGX] = channelMeans(size, channels, 2, ([first, second], at, c) => {
      first[c] += upstream[at];
      second[c] += upstream[at] * (from[at] - center[c]) * factor[c];
    });
    const byX = m.alloc(x.shape, 'float32');
    const to = m.numbers(byX);
    for (let at = 0, c = 0; at < size; at++) {
      const normalized = (from[at] - center[c]) * factor[c];
      to[at] = scale[c] * factor[c] * (upstream[at] - meanG[c] - normalized * meanGX[c]);
      if (++c === channels) c = 0;
    }
    const count = channels === 0 ? 0 : size / channels;
    return [byX, vector(m, meanGX.map((v) => v * count)), vector(m, meanG.map((v) => v * count))];
  },
};
