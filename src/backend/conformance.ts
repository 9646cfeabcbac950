/**
 * The conformance suite of backends: what the interface in `backend.ts` promises, as cases that any test runner can
 * run. It needs nothing but Node's own assertions, so that a backend from elsewhere can use it as it is.
 *
 * @example
 * for (const { name, run } of conformanceCases()) it(name, () => run(backend));
 */
import type { ConformanceCase } from './conformance/case.js';
import { factorizationCases } from './conformance/factorizations.js';
import { controlCases } from './conformance/control.js';
import { graphCases } from './conformance/graphs.js';
import { primitiveCases } from './conformance/primitives.js';
import { storageCases } from './conformance/storage.js';

export type { ConformanceCase } from './conformance/case.js';

/**
 * All cases. Every primitive is computed with at least one set of operands, in each dtype that makes sense for it; what
 * the backend declares `unsupported` must be refused with an error that names the primitive, the dtype and the backend.
 */
export function conformanceCases(): ConformanceCase[] {
  return [...storageCases(), ...primitiveCases(), ...factorizationCases(), ...graphCases(), ...controlCases()];
}
