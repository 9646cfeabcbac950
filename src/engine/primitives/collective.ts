/** What several processes compute together. */
import { isComplex, isFloat } from '../dtype.js';
import type { AbstractRule } from './rule.js';

export interface AllReduceParams {
  /** Processes in the group: the backend's. With one, the result is the operand. */
  size: number;
  /** Tells apart what one program reduces: equal in all processes for operands that belong together. */
  ordinal: number;
}

const all_reduce: AbstractRule<AllReduceParams> = ([x]) => {
  if (!isFloat(x.dtype) && x.dtype !== 'int32' && x.dtype !== 'int64' || isComplex(x.dtype)) {
    throw new TypeError(`all_reduce adds up floats, int32 and int64, received dtype ${x.dtype}.`);
  }
  return { shape: x.shape, dtype: x.dtype };
};

export const collective = {
  /** The sum of the operands of all processes. Each must have one of the same shape and dtype. */
  all_reduce,
};
