/** Optimizers in several processes that train together. */
import { context } from '../engine/context.js';
import type { Tensor } from '../engine/tensor.js';
import type { Variable } from '../engine/variable.js';
import type { Optimizer } from './optimizer.js';

/**
 * Applies the means of the gradients of all processes, in a step that several compute together: true when it did.
 * What the step has assigned so far, such as metrics, goes along in the same collective.
 */
export function applyJointly(
  optimizer: Pick<Optimizer, 'apply'>, grads: readonly (Tensor | null | undefined)[], variables: readonly Variable[] | undefined,
): boolean {
  const { replica } = context;
  if (!replica || replica.isShared) return false;
  const means = replica.reduce(grads);
  replica.shared(() => optimizer.apply(means, variables));
  return true;
}
