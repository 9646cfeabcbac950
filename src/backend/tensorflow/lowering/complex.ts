/** Lowering of complex numbers, their parts, and of bits read as another dtype. */
import { bytesPerElement } from '../../../engine/dtype.js';
import type { complex } from '../../../engine/primitives/complex.js';
import { reshape, type LoweringTable } from './builder.js';

export const complexLowering: LoweringTable<keyof typeof complex> = {
  complex: (b, x) => b.op('Complex', x, { Tout: { type: 'complex64' } }),
  real: (b, x) => b.op('Real', x, { Tout: { type: 'float32' } }),
  imag: (b, x) => b.op('Imag', x, { Tout: { type: 'float32' } }),
  conj: 'Conj',
  bitcast: (b, [x], { params: { dtype }, inputs: [from], outputs: [to] }) => {
    // TensorFlow splits elements into a further axis, or joins one.
    const ratio = bytesPerElement(dtype) / bytesPerElement(from.dtype);
    const grouped = ratio > 1 ? reshape(b, x, [...to.shape, ratio]) : x;
    const cast = b.op('Bitcast', [grouped], { type: { type: dtype } });
    return ratio < 1 ? reshape(b, cast, to.shape) : cast;
  },
};
