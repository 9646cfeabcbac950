/**
 * Matrix products and convolutions. Products go to tfjs, in the one form that its wasm kernel computes fast (two
 * matrices, neither transposed: 20 times as fast as the others at 512 x 512). Convolutions that tfjs has no kernel for
 * are products of such matrices: the windows of the images as rows ("im2col").
 */
import type { ConvParams, linear, MatmulParams } from '../../../engine/primitives/linear.js';
import { sizeOf, type Shape } from '../../../engine/shape.js';
import type { Block, Memory } from '../memory.js';
import { broadcastStrides } from '../strides.js';
import { eachTap, slidingWindows, type Windows } from '../windows.js';
import type { Kernel, KernelContext, KernelTable } from './kernel.js';
import { pick, transpose } from './structure.js';

/** [m, k] times [k, n]. */
function product(m: Memory, a: Block, b: Block): Block {
  const [rows, inner] = a.shape;
  const columns = b.shape[1];
  if (rows * inner * columns === 0) return m.filled([rows, columns], a.dtype, 0);
  if (a.dtype !== 'float32') return integerProduct(m, a, b);
  const made = m.run('BatchMatMul', { a: m.share(a, [1, ...a.shape]), b: m.share(b, [1, ...b.shape]) },
    { transposeA: false, transposeB: false });
  return m.share(made, [rows, columns]);
}

function integerProduct(m: Memory, a: Block, b: Block): Block {
  const [rows, inner] = a.shape;
  const columns = b.shape[1];
  const out = m.filled([rows, columns], a.dtype, 0);
  const [x, y, to] = [m.numbers(a), m.numbers(b), m.numbers(out)];
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < inner; k++) {
      const factor = x[i * inner + k];
      for (let j = 0; j < columns; j++) to[i * columns + j] += Math.imul(factor, y[k * columns + j]);
    }
  }
  return out;
}

/** From this many multiplications in each, matrices of a batch are multiplied one by one. */
const LARGE = 32768;

const swapLast = (m: Memory, x: Block): Block => {
  const rank = x.shape.length;
  return transpose(m, x, x.shape.map((_, i) => (i < rank - 2 ? i : i === rank - 2 ? rank - 1 : rank - 2)));
};

const matmul: Kernel<MatmulParams> = (m, [x, y], { params: { transposeA, transposeB }, outputs: [{ shape }] }) => {
  let a = transposeA ? swapLast(m, x) : x;
  let b = transposeB ? swapLast(m, y) : y;
  const [rows, inner] = a.shape.slice(-2);
  const columns = b.shape[b.shape.length - 1];
  const lead = shape.slice(0, -2);
  if (sizeOf(b.shape.slice(0, -2)) === 1) {
    // One right side for all: the batch is just more rows.
    const made = product(m, m.share(a, [sizeOf(a.shape.slice(0, -1)), inner]), m.share(b, [inner, columns]));
    return m.share(made, shape);
  }
  const spread = (block: Block, last: Shape): Block => {
    const target = [...lead, ...last];
    if (sizeOf(block.shape) === sizeOf(target)) return block;
    return pick(m, block, target, broadcastStrides(block.shape, target));
  };
  a = spread(a, [rows, inner]);
  b = spread(b, [inner, columns]);
  const batch = sizeOf(lead);
  if (sizeOf(shape) === 0 || inner === 0) return m.filled(shape, a.dtype, 0);
  if (a.dtype === 'float32' && rows * inner * columns < LARGE) {
    const operands = { a: m.share(a, [batch, rows, inner]), b: m.share(b, [batch, inner, columns]) };
    const made = m.run('BatchMatMul', operands, { transposeA: false, transposeB: false });
    return m.share(made, shape);
  }
  const out = m.alloc(shape, a.dtype);
  for (let i = 0; i < batch; i++) {
    const [part] = m.collect(() => product(m,
      pick(m, a, [rows, inner], [inner, 1], i * rows * inner),
      pick(m, b, [inner, columns], [columns, 1], i * inner * columns)));
    m.numbers(out).set(m.numbers(part), i * rows * columns);
    m.free(part);
  }
  return out;
};

/** Rows of at most this many elements in all are made at a time. */
const CHUNK = 1 << 22;

/** Images `from` to `to` and one group of channels as a matrix: a row for each output position, holding its window. */
function windowRows(
  m: Memory, x: Block, w: Windows, from: number, to: number, first: number, channels: number,
): Block {
  const width = w.taps * channels;
  const rows = m.filled([(to - from) * w.outputs, width], x.dtype, 0);
  const source = m.numbers(x);
  const target = m.numbers(rows);
  eachTap(w, (output, tap, input) => {
    for (let n = from; n < to; n++) {
      const p = (n * w.inputs + input) * w.channels + first;
      const q = ((n - from) * w.outputs + output) * width + tap * channels;
      for (let c = 0; c < channels; c++) target[q + c] = source[p + c];
    }
  });
  return rows;
}

/** The reverse: adds such rows to the positions they came from. */
function addRows(
  m: Memory, rows: Block, x: Block, w: Windows, from: number, to: number, first: number, channels: number,
): void {
  const width = w.taps * channels;
  const source = m.numbers(rows);
  const target = m.numbers(x);
  eachTap(w, (output, tap, input) => {
    for (let n = from; n < to; n++) {
      const p = (n * w.inputs + input) * w.channels + first;
      const q = ((n - from) * w.outputs + output) * width + tap * channels;
      for (let c = 0; c < channels; c++) target[p + c] += source[q + c];
    }
  });
}

interface Convolution {
  w: Windows;
  /** Channels of x and filters of y in each group. */
  channels: number;
  filters: number;
}

function convolution(
  input: Shape, kernel: Shape, output: Shape, { strides, padding, dilations }: ConvParams,
): Convolution {
  const w = slidingWindows(input, output, kernel, strides, dilations, padding);
  const channels = kernel[kernel.length - 2];
  return { w, channels, filters: kernel[kernel.length - 1] / (w.channels / channels) };
}

/** Calls `compute` for each group of channels and each chunk of the batch; what it makes is freed. */
function eachPart(
  m: Memory, { w, channels }: Convolution, compute: (group: number, from: number, to: number) => void,
): void {
  const images = Math.max(1, Math.floor(CHUNK / (w.outputs * w.taps * channels)));
  for (let group = 0; group * channels < w.channels; group++) {
    for (let from = 0; from < w.batch; from += images) {
      m.collect(() => {
        compute(group, from, Math.min(w.batch, from + images));
        return [];
      });
    }
  }
}

/** A group's filters of the kernel, as a matrix [taps * channels, filters]. */
const kernelMatrix = (m: Memory, kernel: Block, { w, channels, filters }: Convolution, group: number): Block =>
  pick(m, kernel, [w.taps * channels, filters], [kernel.shape[kernel.shape.length - 1], 1], group * filters);

/** A group's part of the outputs of some images, as a matrix [positions, filters]. */
function outputMatrix(
  m: Memory, y: Block, { w, filters }: Convolution, group: number, from: number, to: number,
): Block {
  const total = y.shape[y.shape.length - 1];
  return pick(m, y, [(to - from) * w.outputs, filters], [total, 1], from * w.outputs * total + group * filters);
}

const conv: Kernel<ConvParams> = (m, [x, kernel], { params, outputs: [{ shape }] }) => {
  const { strides, dilations, padding } = params;
  const plain = kernel.shape[kernel.shape.length - 2] === x.shape[x.shape.length - 1] && x.dtype === 'float32';
  if (plain && strides.length < 3 && sizeOf(shape) > 0) {
    const flat = strides.length === 1;
    const widen = (values: readonly number[]): number[] => (flat ? [1, values[0]] : [...values]);
    const image = flat ? m.share(x, [x.shape[0], 1, ...x.shape.slice(1)]) : x;
    const filter = flat ? m.share(kernel, [1, ...kernel.shape]) : kernel;
    const made = m.run('Conv2D', { x: image, filter },
      { strides: widen(strides), dilations: widen(dilations), pad: padding, dataFormat: 'NHWC' });
    return m.share(made, shape);
  }
  const c = convolution(x.shape, kernel.shape, shape, params);
  const out = m.filled(shape, x.dtype, 0);
  const total = shape[shape.length - 1];
  eachPart(m, c, (group, from, to) => {
    const rows = windowRows(m, x, c.w, from, to, group * c.channels, c.channels);
    const part = product(m, rows, kernelMatrix(m, kernel, c, group));
    const [source, target] = [m.numbers(part), m.numbers(out)];
    for (let row = 0, q = from * c.w.outputs * total + group * c.filters; row < part.shape[0]; row++, q += total) {
      target.set(source.subarray(row * c.filters, (row + 1) * c.filters), q);
    }
  });
  return out;
};

const convGradInput: Kernel<ConvParams> = (m, [kernel, g], { params, outputs: [{ shape }] }) => {
  const c = convolution(shape, kernel.shape, g.shape, params);
  const out = m.filled(shape, g.dtype, 0);
  eachPart(m, c, (group, from, to) => {
    const matrix = transpose(m, kernelMatrix(m, kernel, c, group), [1, 0]);
    const rows = product(m, outputMatrix(m, g, c, group, from, to), matrix);
    addRows(m, rows, out, c.w, from, to, group * c.channels, c.channels);
  });
  return out;
};

const convGradKernel: Kernel<ConvParams> = (m, [x, g], { params, outputs: [{ shape }] }) => {
  const c = convolution(x.shape, shape, g.shape, params);
  const out = m.filled(shape, g.dtype, 0);
  const total = shape[shape.length - 1];
  eachPart(m, c, (group, from, to) => {
    const rows = windowRows(m, x, c.w, from, to, group * c.channels, c.channels);
    const gradient = outputMatrix(m, g, c, group, from, to);
    // Of the two matrices the narrower one is transposed.
    const part = rows.shape[1] < c.filters ? product(m, transpose(m, rows, [1, 0]), gradient)
      : transpose(m, product(m, transpose(m, gradient, [1, 0]), rows), [1, 0]);
    const [source, target] = [m.numbers(part), m.numbers(out)];
    for (let i = 0; i < source.length; i++) {
      target[Math.floor(i / c.filters) * total + group * c.filters + (i % c.filters)] += source[i];
    }
  });
  return out;
};

/** A depthwise convolution, or one of its gradients: `step` combines one element of x, of the kernel and of y. */
function depthwise(
  context: KernelContext<ConvParams>, input: Shape, kernel: Shape, output: Shape,
  step: (x: number, kernel: number, y: number) => void,
): void {
  const { strides, dilations, padding } = context.params;
  const w = slidingWindows(input, output, kernel, strides, dilations, padding);
  const multiplier = kernel[3];
  const total = w.channels * multiplier;
  eachTap(w, (at, tap, from) => {
    for (let n = 0; n < w.batch; n++) {
      const x = (n * w.inputs + from) * w.channels;
      const y = (n * w.outputs + at) * total;
      for (let i = 0; i < total; i++) step(x + Math.floor(i / multiplier), tap * total + i, y + i);
    }
  });
}

export const linearKernels: KernelTable<keyof typeof linear> = {
  matmul,
  conv, conv_grad_input: convGradInput, conv_grad_kernel: convGradKernel,
  depthwise_conv: (m, [x, kernel], context) => {
    const { params: { strides, dilations, padding }, outputs: [{ shape }] } = context;
    if (sizeOf(shape) > 0 && x.dtype === 'float32') {
      return m.run('DepthwiseConv2dNative', { x, filter: kernel }, { strides, dilations, pad: padding });
    }
    const out = m.filled(shape, x.dtype, 0);
    const [from, weights, to] = [m.numbers(x), m.numbers(kernel), m.numbers(out)];
    depthwise(context, x.shape, kernel.shape, shape, (i, k, o) => void (to[o] += from[i] * weights[k]));
    return out;
  },
  depthwise_conv_grad_input: (m, [kernel, g], context) => {
    const { shape } = context.outputs[0];
    const out = m.filled(shape, g.dtype, 0);
    const [weights, from, to] = [m.numbers(kernel), m.numbers(g), m.numbers(out)];
    depthwise(context, shape, kernel.shape, g.shape, (i, k, o) => void (to[i] += from[o] * weights[k]));
    return out;
  },
  depthwise_conv_grad_kernel: (m, [x, g], context) => {
    const { shape } = context.outputs[0];
    const out = m.filled(shape, g.dtype, 0);
    const [image, from, to] = [m.numbers(x), m.numbers(g), m.numbers(out)];
    depthwise(context, x.shape, shape, g.shape, (i, k, o) => void (to[k] += from[o] * image[i]));
    return out;
  },
};
