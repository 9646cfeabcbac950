/** Shape inference: a function traced twice with different sizes for the dimensions that are not known. */
import { Tensor } from '../engine/tensor.js';
import { abstractly } from '../engine/trace.js';
import { flatten, mapStructure, packAs } from '../engine/structure.js';
import { KerasTensor } from './keras-tensor.js';

/*
 * Sizes that stand for unknown dimensions. Divisible by 1 to 12, so that a reshape with -1 that works for some batch
 * size works here; where the two traces differ, the result's dimension is unknown too.
 */
const FILL = 27720;
const SECOND_FILL = 2 * FILL;

function trace(fn: (...args: unknown[]) => unknown, args: readonly unknown[], fill: number): unknown {
  return abstractly((t) => fn(...(mapStructure(
    (leaf) => (leaf instanceof KerasTensor
      ? t.input({ shape: leaf.shape.map((d) => d ?? fill), dtype: leaf.dtype }) : leaf),
    args,
  ) as unknown[])));
}

/** What `fn` returns for these arguments, with KerasTensors in the place of tensors; nothing is computed. */
export function computeOutputSpec(fn: (...args: unknown[]) => unknown, args: readonly unknown[]): unknown {
  const first = trace(fn, args, FILL);
  const leaves = flatten(first);
  const unknown = flatten(args).some((leaf) => leaf instanceof KerasTensor && leaf.shape.includes(null));
  const others = unknown ? flatten(trace(fn, args, SECOND_FILL)) : leaves;
  return packAs(first, leaves.map((leaf, i) => {
    if (!(leaf instanceof Tensor)) return leaf;
    const other = (others[i] as Tensor).shape;
    return new KerasTensor(leaf.shape.map((d, axis) => (d === other[axis] ? d : null)), leaf.dtype);
  }));
}
