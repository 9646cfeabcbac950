/** Contraction of two tensors whose axes carry labels: what einsum, tensordot and their like come down to. */
import { apply } from '../../engine/apply.js';
import { sizeOf } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { permute, reduce, reshapeTo, times } from '../compose.js';

export interface Labelled {
  readonly tensor: Tensor;
  /** One label for each axis, all different. */
  readonly labels: readonly string[];
}

const sizes = ({ tensor, labels }: Labelled, of: readonly string[]): number[] =>
  of.map((label) => tensor.shape[labels.indexOf(label)]);

/** The axes in the order of these labels. */
export const ordered = ({ tensor, labels }: Labelled, order: readonly string[]): Tensor =>
  permute(tensor, order.map((label) => labels.indexOf(label)));

/** Sums over the axes whose labels are not kept. */
export function summed({ tensor, labels }: Labelled, keep: (label: string) => boolean): Labelled {
  const axes = labels.flatMap((label, i) => (keep(label) ? [] : [i]));
  if (axes.length === 0) return { tensor, labels };
  return { tensor: reduce('reduce_sum', tensor, axes), labels: labels.filter(keep) };
}

/**
 * An operand as a batch of matrices: [batch, free, contracted], or the last two swapped where that needs no
 * move.
 */
function matrices(
  x: Labelled, batch: readonly string[], free: readonly string[], contracted: readonly string[],
): { matrix: Tensor; isSwapped: boolean } {
  const order = [...batch, ...free, ...contracted];
  const swapped = [...batch, ...contracted, ...free];
  const isSwapped = x.labels.join() === swapped.join() && order.join() !== swapped.join();
  const [f, c] = [sizeOf(sizes(x, free)), sizeOf(sizes(x, contracted))];
  const shape = [...sizes(x, batch), ...(isSwapped ? [c, f] : [f, c])];
  return { matrix: reshapeTo(isSwapped ? x.tensor : ordered(x, order), shape), isSwapped };
}

/**
 * Products of a and b, summed over the labels that both have and `keep` does not. Labels of the result: those
 * kept of both, then a's own, then b's own. Labels that one alone has must be kept.
 */
export function contract(a: Labelled, b: Labelled, keep: ReadonlySet<string>): Labelled {
  const shared = a.labels.filter((label) => b.labels.includes(label));
  const contracted = shared.filter((label) => !keep.has(label));
  const batch = [...keep].filter((label) => shared.includes(label));
  const ownA = a.labels.filter((label) => !shared.includes(label));
  const ownB = b.labels.filter((label) => !shared.includes(label));
  const labels = [...batch, ...ownA, ...ownB];
  if (contracted.length === 0) {
    const ones = (of: readonly string[]): number[] => of.map(() => 1);
    const left = ordered(a, [...batch, ...ownA]);
    const shape = [...sizes(b, batch), ...ones(ownA), ...sizes(b, ownB)];
    const right = reshapeTo(ordered(b, [...batch, ...ownB]), shape);
    return { tensor: times(reshapeTo(left, [...left.shape, ...ones(ownB)]), right), labels };
  }
  const left = matrices(a, batch, ownA, contracted);
  const right = matrices(b, batch, ownB, contracted);
  const product = apply('matmul', [left.matrix, right.matrix], {
    transposeA: left.isSwapped, transposeB: !right.isSwapped,
  });
  return { tensor: reshapeTo(product, [...sizes(a, batch), ...sizes(a, ownA), ...sizes(b, ownB)]), labels };
}
