/** Reductions over axes, and scans along one axis. Axes are canonical and ascending. */
import type { DType } from '../dtype.js';
import { formatShape, reducedShape, ShapeError } from '../shape.js';
import type { AbstractRule } from './rule.js';

export interface ReduceParams {
  axes: readonly number[];
  keepdims: boolean;
}
export interface ArgReduceParams {
  axis: number;
  dtype: DType;
}
export interface ScanParams {
  axis: number;
  reverse: boolean;
  exclusive: boolean;
}

const reduce: AbstractRule<ReduceParams> = ([x], { axes, keepdims }) =>
  ({ shape: reducedShape(x.shape, axes, keepdims), dtype: x.dtype });

const nonEmpty = (name: string): AbstractRule<ArgReduceParams> => ([x], { axis, dtype }) => {
  if (x.shape[axis] === 0) {
    throw new ShapeError(`${name} of an empty axis is not defined: axis ${axis} of shape ${formatShape(x.shape)}.`);
  }
  return { shape: reducedShape(x.shape, [axis], false), dtype };
};

const scan: AbstractRule<ScanParams> = ([x]) => ({ shape: x.shape, dtype: x.dtype });

export const reduction = {
  reduce_sum: reduce, reduce_mean: reduce, reduce_prod: reduce, reduce_max: reduce, reduce_min: reduce,
  reduce_any: reduce, reduce_all: reduce,
  argmax: nonEmpty('argmax'), argmin: nonEmpty('argmin'),
  cumsum: scan, cumprod: scan,
};
