/** All vjp rules. `null`: no gradient flows through the primitive. */
import type { ParamsOf, PrimitiveName } from '../primitives/index.js';
import { collectiveVjp } from './collective.js';
import { complexVjp } from './complex.js';
import { controlVjp } from './control.js';
import { elementwiseVjp } from './elementwise.js';
import { fourierVjp } from './fourier.js';
import { indexingVjp } from './indexing.js';
import { linalgVjp } from './linalg.js';
import { linearVjp } from './linear.js';
import { neuralVjp } from './neural.js';
import { reductionVjp } from './reduction.js';
import type { GradientRule } from './rule.js';
import { structureVjp } from './structure.js';

export const vjpRules: { [N in PrimitiveName]: GradientRule<ParamsOf<N>> } = {
  ...elementwiseVjp, ...reductionVjp, ...structureVjp, ...indexingVjp, ...linearVjp, ...neuralVjp,
  ...linalgVjp, ...fourierVjp, ...complexVjp, ...controlVjp, ...collectiveVjp,
  random_uniform: null, random_normal: null, random_truncated_normal: null, random_integers: null,
  random_binomial: null,
  random_gamma: () => {
    throw new Error('Gamma distributed numbers have no gradient by their parameter here. Put it into ops.stop_gradient.');
  },
};
