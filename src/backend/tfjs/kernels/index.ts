/** All kernels of the wasm and cpu backends. A primitive without one does not compile. */
import type { PrimitiveName } from '../../../engine/primitives/index.js';
import { complexKernels } from './complex.js';
import type { ControlName } from './control.js';
import { elementwiseKernels } from './elementwise.js';
import { fourierKernels } from './fourier.js';
import { indexingKernels } from './indexing.js';
import type { KernelTable } from './kernel.js';
import { linalgKernels } from './linalg.js';
import { linearKernels } from './linear.js';
import { neuralKernels } from './neural.js';
import { randomKernels } from './random.js';
import { reductionKernels } from './reduction.js';
import { structureKernels } from './structure.js';

/** All but those that run graphs, which are in `control.ts`. */
export const kernels: KernelTable<Exclude<PrimitiveName, ControlName>> = {
  ...elementwiseKernels, ...reductionKernels, ...structureKernels, ...indexingKernels,
  ...linearKernels, ...neuralKernels, ...randomKernels,
  ...linalgKernels, ...fourierKernels, ...complexKernels,
  // These backends know no groups of processes.
  all_reduce: (m, [x]) => m.share(x),
};
