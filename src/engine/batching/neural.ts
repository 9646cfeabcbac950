/** Batching rules of pooling, softmax, the fused losses, random numbers, linear algebra and Fourier transforms. */
import type { complex } from '../primitives/complex.js';
import type { fourier } from '../primitives/fourier.js';
import type { linalg } from '../primitives/linalg.js';
import type { neural } from '../primitives/neural.js';
import type { random } from '../primitives/random.js';
import { elementwise, leading, merged, oneByOne, type BatchTable } from './rule.js';

export const neuralBatching: BatchTable<keyof typeof neural> = {
  max_pool: merged('max_pool'), average_pool: merged('average_pool'),
  max_pool_grad: merged('max_pool_grad'), max_pool_grad_grad: merged('max_pool_grad_grad'),
  average_pool_grad: merged('average_pool_grad', ({ params, size }) =>
    ({ ...params, inputShape: [params.inputShape[0] * size, ...params.inputShape.slice(1)] })),
  softmax: leading('softmax'), log_softmax: leading('log_softmax'),
  softmax_cross_entropy: merged('softmax_cross_entropy'),
  sparse_softmax_cross_entropy: merged('sparse_softmax_cross_entropy'),
  normalize_batch: oneByOne('normalize_batch'), normalize_batch_grad: oneByOne('normalize_batch_grad'),
  ctc_beam_search: oneByOne('ctc_beam_search'), adam_update: oneByOne('adam_update'),
};

/** Each element of the batch has a seed of its own. */
export const randomBatching: BatchTable<keyof typeof random> = {
  random_uniform: oneByOne('random_uniform'), random_normal: oneByOne('random_normal'),
  random_truncated_normal: oneByOne('random_truncated_normal'), random_integers: oneByOne('random_integers'),
  random_gamma: oneByOne('random_gamma'), random_binomial: oneByOne('random_binomial'),
};

export const linalgBatching: BatchTable<keyof typeof linalg> = {
  cholesky: leading('cholesky'), triangular_solve: leading('triangular_solve'), matrix_solve: leading('matrix_solve'),
  determinant: leading('determinant'), log_determinant: leading('log_determinant'), lu: leading('lu'), qr: leading('qr'),
  svd: leading('svd'), eigh: leading('eigh'), eig: leading('eig'),
};

export const fourierBatching: BatchTable<keyof typeof fourier> = {
  fft: leading('fft'), rfft: leading('rfft'), irfft: leading('irfft'),
};

export const complexBatching: BatchTable<keyof typeof complex> = {
  complex: elementwise('complex'), real: elementwise('real'), imag: elementwise('imag'), conj: elementwise('conj'),
  bitcast: leading('bitcast'),
};
