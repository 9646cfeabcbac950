/** Vjp rules of complex numbers and their parts: gradients are dL/d re + i dL/d im, as TensorFlow has them. */
import { apply } from '../apply.js';
import type { complex } from '../primitives/complex.js';
import type { ParamsOf } from '../primitives/index.js';
import { unary, unbroadcast, zeros, type VjpRule } from './rule.js';

export const complexVjp = {
  complex: ({ gradients: [g], inputs: [re, im], needs }) => [
    needs[0] ? unbroadcast(apply('real', [g!]), re.shape) : undefined,
    needs[1] ? unbroadcast(apply('imag', [g!]), im.shape) : undefined,
  ],
  real: ({ gradients: [g] }) => [apply('complex', [g!, zeros(g!)])],
  imag: ({ gradients: [g] }) => [apply('complex', [zeros(g!), g!])],
  conj: unary((g) => apply('conj', [g])),
  bitcast: null,
} satisfies { [N in keyof typeof complex]: VjpRule<ParamsOf<N>> | null };
