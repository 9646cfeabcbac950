/** All lowering rules: each primitive as TensorFlow ops. */
import type { PrimitiveName } from '../../../engine/primitives/index.js';
import type { LoweringTable } from './builder.js';
import { collectiveLowering } from './collective.js';
import { complexLowering } from './complex.js';
import { controlLowering } from './control.js';
import { elementwiseLowering, reductionLowering } from './elementwise.js';
import { fourierLowering } from './fourier.js';
import { indexingLowering, randomLowering } from './indexing.js';
import { linalgLowering } from './linalg.js';
import { linearLowering } from './linear.js';
import { neuralLowering } from './neural.js';
import { structureLowering } from './structure.js';

export const lowerings: LoweringTable<PrimitiveName> = {
  ...elementwiseLowering, ...reductionLowering, ...structureLowering, ...indexingLowering,
  ...linearLowering, ...neuralLowering, ...randomLowering,
  ...linalgLowering, ...fourierLowering, ...complexLowering, ...controlLowering, ...collectiveLowering,
};
