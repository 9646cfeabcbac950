/** All rules: each primitive as ONNX ops, or why it has none. */
import type { PrimitiveName } from '../../../engine/primitives/index.js';
import type { complex } from '../../../engine/primitives/complex.js';
import type { fourier } from '../../../engine/primitives/fourier.js';
import type { linalg } from '../../../engine/primitives/linalg.js';
import type { random } from '../../../engine/primitives/random.js';
import { controlRules } from './control.js';
import { elementwiseRules, reductionRules } from './elementwise.js';
import { indexingRules } from './indexing.js';
import { linearRules } from './linear.js';
import { neuralRules } from './neural.js';
import { structureRules } from './structure.js';
import { RANDOM, type RuleTable } from './table.js';

const FACTORIZATION = 'ONNX has no factorizations and solutions of matrices';
const COMPLEX = 'ONNX runtimes have no complex numbers';
const FOURIER = 'Fourier transforms have no rule here';

const linalgRules: RuleTable<keyof typeof linalg> = {
  determinant: (b, x) => b.op('Det', x),
  cholesky: FACTORIZATION, triangular_solve: FACTORIZATION, matrix_solve: FACTORIZATION, log_determinant: FACTORIZATION,
  lu: FACTORIZATION, qr: FACTORIZATION, svd: FACTORIZATION, eigh: FACTORIZATION, eig: FACTORIZATION,
};
const randomRules: RuleTable<keyof typeof random> = {
  random_uniform: RANDOM, random_normal: RANDOM, random_truncated_normal: RANDOM, random_integers: RANDOM,
  random_gamma: RANDOM, random_binomial: RANDOM,
};
const complexRules: RuleTable<keyof typeof complex> = {
  complex: COMPLEX, real: COMPLEX, imag: COMPLEX, conj: COMPLEX, bitcast: 'ONNX does not read bits as another dtype',
};
const fourierRules: RuleTable<keyof typeof fourier> = { fft: FOURIER, rfft: FOURIER, irfft: FOURIER };

export const onnxRules: RuleTable<PrimitiveName> = {
  ...elementwiseRules, ...reductionRules, ...structureRules, ...indexingRules, ...linearRules, ...neuralRules,
  ...controlRules, ...linalgRules, ...randomRules, ...complexRules, ...fourierRules,
  all_reduce: 'ONNX models run in one process',
};
