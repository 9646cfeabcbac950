/** Pooling, softmax, fused losses and the Adam update: one pass over the elements each. */
import type { neural, PoolParams } from '../../../engine/primitives/neural.js';
import { sizeOf, type Shape } from '../../../engine/shape.js';
import { beamSearch } from '../beam-search.js';
import type { Block, Memory } from '../memory.js';
import { eachTap, slidingWindows, type Windows } from '../windows.js';
import { normalizationKernels } from './normalization.js';
import { TFJS_PAYS, type Kernel, type KernelTable } from './kernel.js';

const poolWindows = (input: Shape, output: Shape, { window, strides, padding }: PoolParams): Windows =>
  slidingWindows(input, output, window, strides, strides.map(() => 1), padding);

/**
 * Calls `visit` for each input position under each window, with the flat positions of the first channel of the output
 * and of the input.
 */
function eachPair(w: Windows, visit: (output: number, input: number, channels: number) => void): void {
  eachTap(w, (output, _, input) => {
    for (let n = 0; n < w.batch; n++) {
      visit((n * w.outputs + output) * w.channels, (n * w.inputs + input) * w.channels, w.channels);
    }
  });
}

/** For each output of max pooling, where its value comes from: the first of equal ones, as in TensorFlow. */
function chosen(m: Memory, x: Block, w: Windows): Int32Array {
  const from = m.numbers(x);
  const size = w.batch * w.outputs * w.channels;
  const best = new Int32Array(size).fill(-1);
  const top = new Float64Array(size);
  eachPair(w, (o, i, channels) => {
    for (let c = 0; c < channels; c++) {
      const value = from[i + c];
      if (best[o + c] < 0 || value > top[o + c] || (Number.isNaN(value) && !Number.isNaN(top[o + c]))) {
        best[o + c] = i + c;
        top[o + c] = value;
      }
    }
  });
  return best;
}

/** tfjs's kernel for two spatial axes, where the operand is large enough. */
function tfjsPool(
  kernel: 'MaxPool' | 'AvgPool', m: Memory, x: Block, { window, strides, padding }: PoolParams,
): Block | undefined {
  const large = sizeOf(x.shape) >= TFJS_PAYS;
  if (!large || x.shape.length !== 4 || x.dtype !== 'float32') return undefined;
  return m.run(kernel, { x }, { filterSize: [...window], strides: [...strides], pad: padding });
}

/** How many inputs lie under the window of each output position. */
function counts(w: Windows): Int32Array {
  const found = new Int32Array(w.outputs);
  eachTap(w, (output) => void found[output]++);
  return found;
}

/** Calls `visit` with the start of each row along the last axis. */
function eachRow(x: Block, visit: (start: number, length: number) => void): void {
  const length = x.shape[x.shape.length - 1];
  const size = sizeOf(x.shape);
  for (let start = 0; start < size; start += length) visit(start, length);
}

/** Logarithm of the sum of exponentials of a row, without overflow. */
function logSumExp(x: ArrayLike<number>, start: number, length: number): number {
  let max = -Infinity;
  for (let i = 0; i < length; i++) max = Math.max(max, x[start + i]);
  if (!Number.isFinite(max)) return max;
  let sum = 0;
  for (let i = 0; i < length; i++) sum += Math.exp(x[start + i] - max);
  return max + Math.log(sum);
}

/**
 * Along each row the values less their maximum, finished with the sum of their exponentials. The maximum is not added
 * to the sum's logarithm, which would vanish beside a large one.
 */
const normalized = (finish: (difference: number, sum: number) => number): Kernel<object> => (m, [x]) => {
  const out = m.alloc(x.shape, x.dtype);
  const from = m.numbers(x);
  const to = m.numbers(out);
  eachRow(x, (start, length) => {
    let max = -Infinity;
    let sum = 0;
    for (let i = start; i < start + length; i++) max = Math.max(max, from[i]);
    for (let i = start; i < start + length; i++) sum += Math.exp(from[i] - max);
    for (let i = start; i < start + length; i++) to[i] = finish(from[i] - max, sum);
  });
  return out;
};

export const neuralKernels: KernelTable<keyof typeof neural> = {
  ...normalizationKernels,
  max_pool: (m, [x], { params, outputs: [{ shape }] }) => {
    const made = tfjsPool('MaxPool', m, x, params);
    if (made) return made;
    const out = m.alloc(shape, x.dtype);
    const best = chosen(m, x, poolWindows(x.shape, shape, params));
    const from = m.numbers(x);
    m.numbers(out).forEach((_, o, to) => void (to[o] = from[best[o]]));
    return out;
  },
  max_pool_grad: (m, [x, y, g], { params }) => {
    const out = m.filled(x.shape, g.dtype, 0);
    const best = chosen(m, x, poolWindows(x.shape, y.shape, params));
    const from = m.numbers(g);
    const to = m.numbers(out);
    best.forEach((i, o) => void (to[i] += from[o]));
    return out;
  },
  max_pool_grad_grad: (m, [x, y, g], { params }) => {
    const out = m.alloc(y.shape, g.dtype);
    const best = chosen(m, x, poolWindows(x.shape, y.shape, params));
    const from = m.numbers(g);
    const to = m.numbers(out);
    best.forEach((i, o) => void (to[o] = from[i]));
    return out;
  },
  average_pool: (m, [x], { params, outputs: [{ shape }] }) => {
    const made = tfjsPool('AvgPool', m, x, params);
    if (made) return made;
    const out = m.filled(shape, x.dtype, 0);
    const w = poolWindows(x.shape, shape, params);
    const count = counts(w);
    const from = m.numbers(x);
    const to = m.numbers(out);
    eachPair(w, (o, i, channels) => {
      for (let c = 0; c < channels; c++) to[o + c] += from[i + c];
    });
    for (let o = 0; o < to.length; o++) to[o] /= count[Math.floor(o / w.channels) % w.outputs];
    return out;
  },
  average_pool_grad: (m, [g], { params, outputs: [{ shape }] }) => {
    const out = m.filled(shape, g.dtype, 0);
    const w = poolWindows(shape, g.shape, params);
    const count = counts(w);
    const from = m.numbers(g);
    const to = m.numbers(out);
    eachPair(w, (o, i, channels) => {
      const share = 1 / count[(o / channels) % w.outputs];
      for (let c = 0; c < channels; c++) to[i + c] += from[o + c] * share;
    });
    return out;
  },

  softmax: normalized((difference, sum) => Math.exp(difference) / sum),
  log_softmax: normalized((difference, sum) => difference - Math.log(sum)),
  softmax_cross_entropy: (m, [logits, labels]) => {
    const losses = m.filled([logits.shape[0]], logits.dtype, 0);
    const gradient = m.alloc(logits.shape, logits.dtype);
    const [x, p, loss, to] = [logits, labels, losses, gradient].map((block) => m.numbers(block));
    eachRow(logits, (start, length) => {
      const total = logSumExp(x, start, length);
      let sum = 0;
      for (let i = start; i < start + length; i++) {
        const logarithm = x[i] - total;
        if (p[i] !== 0) sum -= p[i] * logarithm;
        to[i] = Math.exp(logarithm) - p[i];
      }
      loss[start / length] = sum;
    });
    return [losses, gradient];
  },
  sparse_softmax_cross_entropy: (m, [logits, labels]) => {
    const losses = m.filled([logits.shape[0]], logits.dtype, 0);
    const gradient = m.alloc(logits.shape, logits.dtype);
    const [x, ids, loss, to] = [logits, labels, losses, gradient].map((block) => m.numbers(block));
    eachRow(logits, (start, length) => {
      const id = ids[start / length];
      if (!(id >= 0 && id < length)) {
        loss[start / length] = NaN;
        to.fill(NaN, start, start + length);
        return;
      }
      const total = logSumExp(x, start, length);
      for (let i = start; i < start + length; i++) to[i] = Math.exp(x[i] - total);
      to[start + id] -= 1;
      loss[start / length] = total - x[start + id];
    });
    return [losses, gradient];
  },
  ctc_beam_search: (m, [logits, lengths], { params: { beamWidth, paths }, outputs: [{ shape }] }) => {
    const [frames, batch, classes] = logits.shape;
    const sequences = m.filled(shape, 'int32', -1);
    const scores = m.alloc([batch, paths], logits.dtype);
    const [x, counts, to, logs] = [logits, lengths, sequences, scores].map((block) => m.numbers(block));
    for (let n = 0; n < batch; n++) {
      const rows = Array.from({ length: Math.min(counts[n], frames) }, (_, frame) => {
        const start = (frame * batch + n) * classes;
        return x.subarray(start, start + classes);
      });
      beamSearch(rows, classes, beamWidth, paths).forEach(({ labels, logarithm }, path) => {
        logs[n * paths + path] = logarithm;
        labels.forEach((label, i) => void (to[(path * batch + n) * frames + i] = label));
      });
    }
    return [sequences, scores];
  },
  adam_update: (m, [variable, mean, square, ...rest]) => {
    const results = [variable, mean, square].map((block) => m.alloc(block.shape, block.dtype));
    const [power1, power2, rate, beta1, beta2, epsilon] = rest.slice(0, 6).map((block) => m.numbers(block)[0]);
    const [x, m0, v0, g] = [variable, mean, square, rest[6]].map((block) => m.numbers(block));
    const [toX, toM, toV] = results.map((block) => m.numbers(block));
    const alpha = (rate * Math.sqrt(1 - power2)) / (1 - power1);
    for (let i = 0; i < x.length; i++) {
      toM[i] = m0[i] + (g[i] - m0[i]) * (1 - beta1);
      toV[i] = v0[i] + (g[i] * g[i] - v0[i]) * (1 - beta2);
      toX[i] = x[i] - (toM[i] * alpha) / (Math.sqrt(toV[i]) + epsilon);
    }
    return results;
  },
};
