/** Fourier transforms of rows, and of columns where there are two axes. */
import type { fourier } from '../../../engine/primitives/fourier.js';
import { FourierPlan } from '../fourier.js';
import type { KernelTable } from './kernel.js';

/** Transforms lines of `length` elements that are `stride` apart, in place. */
function transformLines(re: Float64Array, im: Float64Array, length: number, stride: number): void {
  if (length === 0) return;
  const plan = new FourierPlan(length);
  const lineRe = new Float64Array(length);
  const lineIm = new Float64Array(length);
  for (let line = 0; line < re.length / length; line++) {
    const start = Math.floor(line / stride) * stride * length + (line % stride);
    for (let k = 0; k < length; k++) {
      lineRe[k] = re[start + k * stride];
      lineIm[k] = im[start + k * stride];
    }
    plan.run(lineRe, lineIm);
    for (let k = 0; k < length; k++) {
      re[start + k * stride] = lineRe[k];
      im[start + k * stride] = lineIm[k];
    }
  }
}

export const fourierKernels: KernelTable<keyof typeof fourier> = {
  fft: (m, x, { params: { rank }, outputs: [{ shape }] }) => {
    const made = x.map((block) => m.alloc(shape, block.dtype));
    const [re, im] = x.map((block) => Float64Array.from(m.numbers(block)));
    const last = shape[shape.length - 1];
    transformLines(re, im, last, 1);
    if (rank === 2) transformLines(re, im, shape[shape.length - 2], last);
    m.numbers(made[0]).set(re);
    m.numbers(made[1]).set(im);
    return made;
  },
  rfft: (m, [x], { outputs: [{ shape }] }) => {
    const made = [m.alloc(shape, x.dtype), m.alloc(shape, x.dtype)];
    const length = x.shape[x.shape.length - 1];
    const re = Float64Array.from(m.numbers(x));
    const im = new Float64Array(re.length);
    transformLines(re, im, length, 1);
    const count = shape[shape.length - 1];
    [re, im].forEach((part, i) => {
      const to = m.numbers(made[i]);
      for (let at = 0; at < to.length; at++) to[at] = part[Math.floor(at / count) * length + (at % count)];
    });
    return made;
  },
  irfft: (m, x, { params: { length }, outputs: [{ shape }] }) => {
    const out = m.alloc(shape, x[0].dtype);
    const to = m.numbers(out);
    const [re, im] = x.map((block) => m.numbers(block));
    const count = Math.floor(length / 2) + 1;
    // The parts are swapped, which inverts the transform; the second half mirrors the first.
    const wholeRe = new Float64Array(to.length);
    const wholeIm = new Float64Array(to.length);
    for (let at = 0; at < to.length; at++) {
      const k = at % length;
      const isMirrored = k >= count;
      const from = Math.floor(at / length) * count + (isMirrored ? length - k : k);
      wholeIm[at] = re[from];
      // The first coefficient is real, and so is the last one of an even length.
      wholeRe[at] = k === 0 || 2 * k === length ? 0 : isMirrored ? -im[from] : im[from];
    }
    transformLines(wholeRe, wholeIm, length, 1);
    for (let at = 0; at < to.length; at++) to[at] = wholeIm[at] / length;
    return out;
  },
};
