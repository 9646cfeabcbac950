/** The rows of a batch that one of several processes takes. */
import { apply } from '../../engine/apply.js';
import { NDArray } from '../../engine/convert.js';
import type { HostData } from '../../engine/dtype.js';
import { shareToText } from '../../engine/replica.js';
import { Tensor } from '../../engine/tensor.js';

/** Which part of the data this process takes. */
export interface Shard {
  index: number;
  size: number;
  /** Whether each process is given data of its own, so that there is nothing to cut. */
  isOwn: boolean;
}

/** The rows to read, and what of the batch they are, as text. */
export interface Cut {
  begin: number;
  end: number;
  share: string;
}

/** Rows that follow each other, of nearly equal numbers. A process without any reads one that does not count. */
export function cutOf({ index, size, isOwn }: Shard, count: number): Cut {
  if (isOwn) return { begin: 0, end: count, share: shareToText({ from: 0, to: count, total: null }) };
  const from = Math.floor((index * count) / size);
  const to = Math.floor(((index + 1) * count) / size);
  const share = shareToText({ from, to, total: count });
  return from === to ? { begin: 0, end: 1, share } : { begin: from, end: to, share };
}

export function rowsOf(leaf: unknown): number {
  if (leaf instanceof Tensor || leaf instanceof NDArray) return leaf.shape[0] ?? 1;
  return (leaf as ArrayLike<unknown>).length;
}

/** Rows of an array or tensor; of a tensor, as one that the caller owns. */
export function sliceRows(leaf: unknown, { begin, end }: Cut): unknown {
  if (leaf instanceof Tensor) {
    if (leaf.shape.length === 0) return leaf;
    return apply('strided_slice', [leaf], { begin: leaf.shape.map((_, i) => (i === 0 ? begin : 0)),
      size: [end - begin, ...leaf.shape.slice(1)], strides: leaf.shape.map(() => 1) });
  }
  if (!(leaf instanceof NDArray)) return (leaf as Float32Array).subarray(begin, end);
  if (leaf.shape.length === 0) return leaf;
  const row = leaf.shape.slice(1).reduce((n, d) => n * d, 1);
  return new NDArray(leaf.data.slice(begin * row, end * row) as HostData, [end - begin, ...leaf.shape.slice(1)], leaf.dtype);
}
