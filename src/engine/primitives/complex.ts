/** Complex numbers and their parts, and the bits of a tensor read as another dtype. */
import { bytesPerElement, type DType } from '../dtype.js';
import { broadcastShapes, formatShape, ShapeError } from '../shape.js';
import { requireSameDType, type AbstractRule } from './rule.js';

const part = (name: string): AbstractRule => ([x]) => {
  if (x.dtype !== 'complex64') throw new TypeError(`The primitive ${name} expects complex64, received dtype ${x.dtype}.`);
  return { shape: x.shape, dtype: 'float32' };
};

export const complex = {
  /** Operands: real and imaginary parts (float32), which broadcast. */
  complex: (([re, im]) => {
    requireSameDType('complex', re, im);
    if (re.dtype !== 'float32') throw new TypeError(`The primitive complex expects float32, received dtype ${re.dtype}.`);
    return { shape: broadcastShapes(re.shape, im.shape, 'complex'), dtype: 'complex64' };
  }) as AbstractRule,
  real: part('real'), imag: part('imag'),
  conj: (([x]) => ({ shape: x.shape, dtype: x.dtype })) as AbstractRule,
  /** The same bits as another dtype. Where the sizes of elements differ, the last axis grows or shrinks. */
  bitcast: (([x], { dtype }) => {
    const [from, to] = [bytesPerElement(x.dtype), bytesPerElement(dtype)];
    if (from === to) return { shape: x.shape, dtype };
    const bytes = (x.shape[x.shape.length - 1] ?? 0) * from;
    if (x.shape.length === 0 || to === 0 || bytes % to !== 0) {
      throw new ShapeError(`Cannot read the bits of a ${x.dtype} tensor of shape ${formatShape(x.shape)} as ${dtype}: ` +
        `the bytes of the last axis are no multiple of ${to}.`);
    }
    return { shape: [...x.shape.slice(0, -1), bytes / to], dtype };
  }) as AbstractRule<{ dtype: DType }>,
};
