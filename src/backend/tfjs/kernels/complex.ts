/** Bits read as another dtype. Complex numbers are not held here. */
import type { complex } from '../../../engine/primitives/complex.js';
import { viewBytes, type DType, type NumericArray } from '../../../engine/dtype.js';
import { readHost, storageOf, writeHost } from '../storage.js';
import { noComplex, type KernelTable } from './kernel.js';

export const complexKernels: KernelTable<keyof typeof complex> = {
  complex: noComplex('complex'), real: noComplex('real'), imag: noComplex('imag'), conj: noComplex('conj'),
  bitcast: (m, [x], { params: { dtype }, inputs: [from], outputs: [{ shape }] }) => {
    const out = m.alloc(shape, storageOf(dtype));
    const host = readHost(m.numbers(x), from.dtype as Exclude<DType, 'string'>) as NumericArray;
    writeHost(viewBytes(dtype as Exclude<DType, 'string'>, host.buffer as ArrayBuffer), dtype, m.numbers(out));
    return out;
  },
};
