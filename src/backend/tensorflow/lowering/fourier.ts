/** Lowering of Fourier transforms: TensorFlow's are of complex numbers, in single or double precision. */
import type { DType } from '../../../engine/dtype.js';
import type { fourier } from '../../../engine/primitives/fourier.js';
import type { Attrs } from '../attributes.js';
import { inFloat32, type Builder, type LoweringContext, type LoweringFunction, type LoweringTable } from './builder.js';

const isHalf = ({ inputs: [{ dtype }] }: LoweringContext<unknown>): boolean => dtype === 'float16' || dtype === 'bfloat16';
const wide = <P>(rule: LoweringFunction<P>): LoweringFunction<P> => inFloat32(rule, isHalf);

const complexType = (dtype: DType): { type: 'complex64' | 'complex128' } =>
  ({ type: dtype === 'float64' ? 'complex128' : 'complex64' });

const joined = <V>(b: Builder<V>, parts: readonly V[], dtype: DType): V =>
  b.op('Complex', parts, { Tout: complexType(dtype) });
const parted = <V>(b: Builder<V>, x: V, dtype: DType): V[] =>
  ['Real', 'Imag'].map((name) => b.op(name, [x], { Tout: { type: dtype } }));

const realTypes = (dtype: DType): Attrs => ({ Treal: { type: dtype }, Tcomplex: complexType(dtype) });

export const fourierLowering: LoweringTable<keyof typeof fourier> = {
  fft: wide((b, x, { params: { rank }, inputs: [{ dtype }] }) =>
    parted(b, b.op(rank === 1 ? 'FFT' : 'FFT2D', [joined(b, x, dtype)], { Tcomplex: complexType(dtype) }), dtype)),
  rfft: wide((b, [x], { inputs: [{ shape, dtype }] }) =>
    parted(b, b.op('RFFT', [x, b.ints(shape.slice(-1))], realTypes(dtype)), dtype)),
  irfft: wide((b, x, { params: { length }, inputs: [{ dtype }] }) =>
    b.op('IRFFT', [joined(b, x, dtype), b.ints([length])], realTypes(dtype))),
};
