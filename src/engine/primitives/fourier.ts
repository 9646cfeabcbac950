/** Fourier transforms, on pairs of real and imaginary parts, so that they need no complex dtype. */
import { formatShape, sameShape, ShapeError } from '../shape.js';
import { requireFloat, requireSameDType, type AbstractRule } from './rule.js';

const rule = <P>(abstract: AbstractRule<P>): AbstractRule<P> => abstract;

export const fourier = {
  /** Operands: real and imaginary parts. Transforms the last `rank` axes; with the parts swapped it is the inverse. */
  fft: rule<{ rank: 1 | 2 }>(([re, im], { rank }) => {
    requireSameDType('fft', re, im);
    requireFloat('fft', re.dtype);
    if (!sameShape(re.shape, im.shape) || re.shape.length < rank) {
      throw new ShapeError(`fft over ${rank} axes expects real and imaginary parts of one shape, received ` +
        `${formatShape(re.shape)} and ${formatShape(im.shape)}.`);
    }
    return [{ shape: re.shape, dtype: re.dtype }, { shape: re.shape, dtype: re.dtype }];
  }),
  /** The first floor(n / 2) + 1 coefficients of a real signal: real and imaginary parts. */
  rfft: rule<Readonly<Record<never, never>>>(([x]) => {
    requireFloat('rfft', x.dtype);
    if (x.shape.length === 0) throw new ShapeError('rfft needs at least one axis, received a scalar.');
    const aval = { shape: [...x.shape.slice(0, -1), Math.floor(x.shape[x.shape.length - 1] / 2) + 1], dtype: x.dtype };
    return [aval, aval];
  }),
  /** The real signal of `length` elements with the floor(length / 2) + 1 coefficients given as parts. */
  irfft: rule<{ length: number }>(([re, im], { length }) => {
    requireSameDType('irfft', re, im);
    requireFloat('irfft', re.dtype);
    if (!sameShape(re.shape, im.shape) || re.shape[re.shape.length - 1] !== Math.floor(length / 2) + 1) {
      throw new ShapeError(`irfft to ${length} elements expects parts with ${Math.floor(length / 2) + 1} coefficients, ` +
        `received shapes ${formatShape(re.shape)} and ${formatShape(im.shape)}.`);
    }
    return { shape: [...re.shape.slice(0, -1), length], dtype: re.dtype };
  }),
};
