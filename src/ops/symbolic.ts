/** Shape inference: a function traced twice with different sizes for the dimensions that are not known. */
import { Tensor } from '../engine/tensor.js';
import { abstractly } from '../engine/trace.js';
import { flatten, mapStructure, packAs } from '../engine/structure.js';
import type { Shape, SymbolicShape } from '../engine/shape.js';
import { withoutNotices } from '../utils/notice.js';
import { KerasTensor } from './keras-tensor.js';
import { SymbolicScope } from './symbolic-scope.js';

const SYMBOLIC = new SymbolicScope();

/*
 * Sizes that stand for unknown dimensions. The first is divisible by 1 to 12, so that a reshape with -1 that
 * works for some batch size works here. Where another size gives another result, the result's dimension is
 * unknown too: 1 tells also what only looks fixed because the first is large (the first five of n), but not
 * every function takes it.
 */
const FILL = 27720;
const SMALL_FILL = 1;
const OTHER_FILL = 2 * FILL;

/** Whether a trace with large sizes for unknown dimensions is running. */
let filling = false;

/** The shape of a tensor in a trace, with `null` again where a size was only filled in. */
export const withoutFill = (shape: Shape): SymbolicShape =>
  (filling ? shape.map((d) => (d > 0 && d % FILL === 0 ? null : d)) : shape);

function trace(fn: (...args: unknown[]) => unknown, args: readonly unknown[], fill: number): unknown {
  const before = filling;
  filling = fill !== SMALL_FILL;
  try {
    return SYMBOLIC.run(() => abstractly((t) => fn(...(mapStructure(
      (leaf) => (leaf instanceof KerasTensor
        ? t.input({ shape: leaf.shape.map((d) => d ?? fill), dtype: leaf.dtype }) : leaf),
      args,
    ) as unknown[]))));
  } catch (error) {
    // A size that was only filled in would puzzle the reader of the message.
    if (error instanceof Error) error.message = error.message.replaceAll(new RegExp(`\\b${fill}\\b`, 'g'), 'null');
    throw error;
  } finally {
    filling = before;
  }
}

/**
 * Shapes of the results for another size, or undefined when the function fails or does something else for it.
 */
function shapesFor(
  fn: (...args: unknown[]) => unknown, args: readonly unknown[], fill: number, like: readonly unknown[],
): (Shape | undefined)[] | undefined {
  let leaves: unknown[];
  try {
    leaves = withoutNotices(() => flatten(trace(fn, args, fill)));
  } catch {
    return undefined;
  }
  const shapes = leaves.map((leaf) => (leaf instanceof Tensor ? leaf.shape : undefined));
  const isAlike = shapes.length === like.length &&
    like.every((leaf, i) => (leaf instanceof Tensor ? leaf.shape.length : undefined) === shapes[i]?.length);
  return isAlike ? shapes : undefined;
}

/** What `fn` returns for these arguments, with KerasTensors in the place of tensors; nothing is computed. */
export function computeOutputSpec(fn: (...args: unknown[]) => unknown, args: readonly unknown[]): unknown {
  const first = trace(fn, args, FILL);
  const leaves = flatten(first);
  const hasUnknown = flatten(args).some((leaf) => leaf instanceof KerasTensor && leaf.shape.includes(null));
  const others = hasUnknown
    ? shapesFor(fn, args, SMALL_FILL, leaves) ?? shapesFor(fn, args, OTHER_FILL, leaves) : undefined;
  return packAs(first, leaves.map((leaf, i) => {
    if (!(leaf instanceof Tensor)) return leaf;
    const other = others?.[i] ?? leaf.shape;
    return new KerasTensor(leaf.shape.map((d, axis) => (d === other[axis] ? d : null)), leaf.dtype);
  }));
}
