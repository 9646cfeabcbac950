/** Unknown dimensions that have to be equal to a known one, as those of a batch beside a tensor of 4 rows. */
import { flatten, packAs } from '../engine/structure.js';
import { ShapeError } from '../engine/shape.js';
import { Tensor } from '../engine/tensor.js';
import { KerasTensor } from './keras-tensor.js';
import { computeOutputSpec } from './symbolic.js';

type Op = (...args: unknown[]) => unknown;

const shapesOf = (spec: unknown): string =>
  JSON.stringify(flatten(spec).map((leaf) => (leaf instanceof KerasTensor ? [leaf.shape, leaf.dtype] : null)));

/** What the op gives with one tensor's unknown dimensions set to a size that occurs; undefined where that is not decided. */
function specByTrial(fn: Op, args: readonly unknown[]): unknown {
  const leaves = flatten(args);
  const shapes = leaves.flatMap((leaf) => (leaf instanceof KerasTensor || leaf instanceof Tensor ? [leaf.shape] : []));
  const sizes = new Set(shapes.flat().filter((d) => d !== null));
  const open = leaves.filter((leaf): leaf is KerasTensor => leaf instanceof KerasTensor && leaf.shape.includes(null));
  let found: unknown;
  for (const tensor of new Set(open)) {
    for (const size of sizes) {
      const closed = new KerasTensor(tensor.shape.map((d) => d ?? size), tensor.dtype, tensor.name);
      let spec: unknown;
      try {
        spec = computeOutputSpec(fn, packAs(args, leaves.map((leaf) => (leaf === tensor ? closed : leaf))) as unknown[]);
      } catch {
        // This size does not fit either.
        continue;
      }
      if (found !== undefined && shapesOf(found) !== shapesOf(spec)) return undefined;
      found = spec;
    }
  }
  return found;
}

/**
 * What an op gives for symbolic tensors. Unknown dimensions stand for sizes of their own; where that does not fit, one
 * tensor's are tried to be a size that occurs in the arguments, as Keras takes unknown for whatever it meets.
 */
export function opOutputSpec(fn: Op, args: readonly unknown[]): unknown {
  try {
    return computeOutputSpec(fn, args);
  } catch (error) {
    const found = error instanceof ShapeError ? specByTrial(fn, args) : undefined;
    if (found === undefined) throw error;
    return found;
  }
}
