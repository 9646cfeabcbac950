/** Vjp rules of Fourier transforms: each is linear, so its rule is its transpose. */
import { apply, applyAll } from '../apply.js';
import { numbersToBits } from '../host.js';
import type { fourier } from '../primitives/fourier.js';
import type { ParamsOf } from '../primitives/index.js';
import type { Tensor } from '../tensor.js';
import { mul, zeros, type VjpRule } from './rule.js';

/** Multiplies the coefficients of a real signal of `length` elements: those at the ends occur once, others twice. */
function weigh(x: Tensor, length: number, ends: number, others: number): Tensor {
  const count = Math.floor(length / 2) + 1;
  const weights = Array.from({ length: count }, (_, k) => (k === 0 || 2 * k === length ? ends : others));
  return mul(x, apply('constant', [], { data: numbersToBits(weights, x.dtype), shape: [count], dtype: x.dtype }));
}

export const fourierVjp = {
  fft: ({ gradients: [re, im], outputs: [y], params }) => {
    const [imag, real] = applyAll('fft', [im ?? zeros(y), re ?? zeros(y)], params);
    return [real, imag];
  },
  rfft: ({ gradients: [re, im], inputs: [x], outputs: [y] }) => {
    const length = x.shape[x.shape.length - 1];
    const parts = [re ?? zeros(y), im ?? zeros(y)].map((g) => weigh(g, length, length, length / 2));
    return [apply('irfft', parts, { length })];
  },
  irfft: ({ gradients: [g], params: { length } }) =>
    applyAll('rfft', [g!], {}).map((part) => weigh(part, length, 1 / length, 2 / length)),
} satisfies { [N in keyof typeof fourier]: VjpRule<ParamsOf<N>> | null };
