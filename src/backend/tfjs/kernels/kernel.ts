/** What a kernel of these backends is written with. */
import type { Aval } from '../../backend.js';
import type { ParamsOf, PrimitiveName } from '../../../engine/primitives/index.js';
import type { Block, Memory } from '../memory.js';
import { UnsupportedError } from '../storage.js';

/** A call of one of wasm's kernels costs about as much as this many elements in JavaScript (some 50 us). */
export const TFJS_PAYS = 1024;

export interface KernelContext<P> {
  params: P;
  /** Shapes and dtypes of the operands and of the results. */
  inputs: readonly Aval[];
  outputs: readonly Aval[];
}

/** Computes a primitive. Blocks it makes on the way are freed by the caller. */
export type Kernel<P> = (m: Memory, x: readonly Block[], context: KernelContext<P>) => Block | Block[];

export type KernelTable<Names extends PrimitiveName> = { [N in Names]: Kernel<ParamsOf<N>> };

/** Stands in the table for a primitive of complex numbers, which no tensor of these backends can reach. */
export const noComplex = (name: PrimitiveName): Kernel<unknown> => () => {
  throw new UnsupportedError(`The primitive ${name} computes complex numbers, which this backend does not hold.`);
};
