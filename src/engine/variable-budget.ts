/** A bound on the variables that are made meanwhile: a file must not make us allocate more than it could fill. */
import { bytesPerElement, type DType } from './dtype.js';
import { formatShape, type Shape } from './shape.js';

/** Variables were asked for that take more memory than was allowed. */
export class VariableBudgetError extends Error {
  override name = 'VariableBudgetError';
}

interface Budget {
  limit: number;
  used: number;
  why: string;
}
let budget: Budget | undefined;

/**
 * Runs `fn`, in which variables of at most so many bytes in all may be made.
 *
 * @param limit Bytes.
 * @param why The end of the message, which says where the limit comes from.
 */
export function withVariableBudget<T>(limit: number, why: string, fn: () => T): T {
  const outer = budget;
  budget = { limit, used: 0, why };
  try {
    return fn();
  } finally {
    budget = outer;
  }
}

/** Called before a variable gets its first value. */
export function chargeVariable(path: string, shape: Shape, dtype: DType): void {
  if (!budget) return;
  const bytes = shape.reduce((n, d) => n * d, dtype === 'string' ? 1 : bytesPerElement(dtype));
  budget.used += bytes;
  if (budget.used <= budget.limit) return;
  throw new VariableBudgetError(`Variable '${path}' of shape ${formatShape(shape)} takes ${bytes} bytes: ${budget.why}`);
}
