/**
 * Products of matrices, vectors and tensors. Integers are multiplied in floatx and converted back, as in
 * Keras.
 */
import { apply } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { resultType, type DType } from '../../engine/dtype.js';
import { broadcastShapes, canonicalAxis, formatShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { broadcastTo, minus, movedAxis, permute, reshapeTo, sliceAxis, times } from '../compose.js';
import { defineOp } from '../define.js';
import { cast, promote } from '../promotion.js';
import { contract } from './contract.js';

const PAIR = ['x1', 'x2'] as const;

/** Both operands in the floating-point dtype of the computation, and the dtype of the result. */
function operandsOf(x1: TensorLike, x2: TensorLike): { a: Tensor; b: Tensor; dtype: DType } {
  const [p, q] = promote(x1, x2);
  const compute = resultType(p.dtype, 'float');
  return { a: cast(p, compute), b: cast(q, compute), dtype: p.dtype };
}

function mismatch(name: string, a: Tensor, b: Tensor, [i, j]: readonly [number, number]): ShapeError {
  return new ShapeError(
    `${name} cannot multiply shapes ${formatShape(a.shape)} and ${formatShape(b.shape)}: axis ${i} of ` +
    `the first has length ${a.shape[i]}, axis ${j} of the second ${b.shape[j]}; they must be equal.`);
}

/** Sum of products over pairs of axes; the result has a's other axes, then b's. */
function contractAxes(
  name: string, a: Tensor, b: Tensor, pairs: readonly (readonly [number, number])[],
): Tensor {
  const wrong = pairs.find(([i, j]) => a.shape[i] !== b.shape[j]);
  if (wrong) throw mismatch(name, a, b, wrong);
  const labelsA = a.shape.map((_, i) => `a${i}`);
  const labelsB = b.shape.map((_, j) => `b${j}`);
  for (const [i, j] of pairs) labelsB[j] = labelsA[i];
  const contracted = pairs.map(([i]) => labelsA[i]);
  const keep = new Set([...labelsA, ...labelsB].filter((label) => !contracted.includes(label)));
  return contract({ tensor: a, labels: labelsA }, { tensor: b, labels: labelsB }, keep).tensor;
}

/** One matrix product for all matrices of a batch on the left, where the right side is a single matrix. */
function multiplied(a: Tensor, b: Tensor): Tensor {
  if (a.ndim === 0 || b.ndim === 0) {
    throw new ShapeError(
      `matmul takes tensors with one axis or more, received shapes ${formatShape(a.shape)} and ` +
      `${formatShape(b.shape)}. Use ops.multiply for scalars.`);
  }
  if (a.ndim === 1 || b.ndim <= 2) {
    const place = b.ndim === 1 ? 0 : b.ndim - 2;
    return contractAxes('matmul', a, b, [[a.ndim - 1, place]]);
  }
  return apply('matmul', [a, b], { transposeA: false, transposeB: false });
}

/**
 * Matrix product over the last axis of x1 and the second last of x2; batches broadcast. A vector counts as a
 * row on the left and as a column on the right. int8 matrices give int32. Source: keras.ops.matmul.
 *
 * @param x1 [..., n, k] or [k]
 * @param x2 [..., k, m] or [k]
 * @throws ShapeError when the inner dimensions differ
 * @example
 * ops.matmul([[1, 2], [3, 4]], [[1, 0], [0, 2]]).arraySync(); // [[1, 4], [3, 8]]
 */
export const matmul = defineOp('keras.ops.matmul', PAIR, (x1: TensorLike, x2: TensorLike): Tensor => {
  const { a, b, dtype } = operandsOf(x1, x2);
  const isBytes = dtype === 'int8' && toTensor(x1).dtype === 'int8' && toTensor(x2).dtype === 'int8';
  return cast(multiplied(a, b), isBytes && a.ndim !== 1 && b.ndim !== 1 ? 'int32' : dtype);
});

/**
 * Sum of products over the last axis of x1 and the second last of x2 (of a vector, the only one); the
 * product, when one is a scalar. Source: keras.ops.dot.
 * @example
 * ops.dot([1, 2], [3, 4]).item(); // 11
 */
export const dot = defineOp('keras.ops.dot', PAIR, (x1: TensorLike, x2: TensorLike): Tensor => {
  const { a, b, dtype } = operandsOf(x1, x2);
  if (a.ndim === 0 || b.ndim === 0) return cast(times(a, b), dtype);
  return cast(contractAxes('dot', a, b, [[a.ndim - 1, b.ndim === 1 ? 0 : b.ndim - 2]]), dtype);
});

/**
 * Sum of products over chosen axes. Source: keras.ops.tensordot.
 *
 * @param axes n: the last n axes of x1 and the first n of x2; or [axes of x1, axes of x2]. Default 2
 * @example
 * ops.tensordot([[1, 2], [3, 4]], [[1, 1], [1, 1]], 2).item(); // 10
 */
export const tensordot = defineOp('keras.ops.tensordot', ['x1', 'x2', 'axes'], (
  x1: TensorLike, x2: TensorLike, axes: number | readonly (number | readonly number[])[] = 2,
): Tensor => {
  const { a, b, dtype } = operandsOf(x1, x2);
  if (typeof axes === 'number') {
    if (!Number.isInteger(axes) || axes < 0 || axes > Math.min(a.ndim, b.ndim)) {
      throw new ShapeError(
        `tensordot cannot contract ${axes} axes of shapes ${formatShape(a.shape)} and ` +
        `${formatShape(b.shape)}.`);
    }
    const facing = Array.from({ length: axes }, (_, i) => [a.ndim - axes + i, i] as const);
    return cast(contractAxes('tensordot', a, b, facing), dtype);
  }
  const [left, right] = axes.map((side) => [side].flat());
  if (axes.length !== 2 || left.length !== right.length) {
    throw new ShapeError(`tensordot takes as many axes of x1 as of x2, received ${JSON.stringify(axes)}.`);
  }
  const pairs = left.map((axis, i) =>
    [canonicalAxis(axis, a.ndim), canonicalAxis(right[i], b.ndim)] as const);
  return cast(contractAxes('tensordot', a, b, pairs), dtype);
});

/**
 * Products of all pairs of elements: rows for x1, columns for x2, both flattened. Source: keras.ops.outer.
 * @example
 * ops.outer([1, 2], [3, 4]).arraySync(); // [[3, 4], [6, 8]]
 */
export const outer = defineOp('keras.ops.outer', PAIR, (x1: TensorLike, x2: TensorLike): Tensor => {
  const [a, b] = promote(x1, x2);
  const product = a.dtype === 'bool' ? 'logical_and' : 'multiply';
  return apply(product, [reshapeTo(a, [a.size, 1]), reshapeTo(b, [1, b.size])]);
});

/**
 * Sum of products over the last axes of both. Source: keras.ops.inner.
 * @example
 * ops.inner([[1, 2], [3, 4]], [1, 1]).arraySync(); // [3, 7]
 */
export const inner = defineOp('keras.ops.inner', PAIR, (x1: TensorLike, x2: TensorLike): Tensor => {
  const { a, b, dtype } = operandsOf(x1, x2);
  if (a.ndim === 0 || b.ndim === 0) return cast(times(a, b), dtype);
  return cast(contractAxes('inner', a, b, [[a.ndim - 1, b.ndim - 1]]), dtype);
});

/**
 * Sum of the products of all elements, both flattened. Source: keras.ops.vdot.
 * @example
 * ops.vdot([[1, 2]], [[3, 4]]).item(); // 11
 */
export const vdot = defineOp('keras.ops.vdot', PAIR, (x1: TensorLike, x2: TensorLike): Tensor => {
  const { a, b, dtype } = operandsOf(x1, x2);
  return cast(contractAxes('vdot', reshapeTo(a, [a.size]), reshapeTo(b, [b.size]), [[0, 0]]), dtype);
});

/**
 * Cross product of vectors of length 3; a length of 2 stands for a third component of 0, and two of them give
 * the third component alone. Source: keras.ops.cross.
 *
 * @param axisa axis of the vectors in x1; default -1
 * @param axisb axis of the vectors in x2; default -1
 * @param axisc axis of the vectors in the result; default -1
 * @param axis stands for all three when given
 * @example
 * ops.cross([1, 0, 0], [0, 1, 0]).arraySync(); // [0, 0, 1]
 */
export const cross = defineOp('keras.ops.cross', ['x1', 'x2', 'axisa', 'axisb', 'axisc', 'axis'], (
  x1: TensorLike, x2: TensorLike, axisa = -1, axisb = -1, axisc = -1, axis: number | null = null,
): Tensor => {
  const last = (t: Tensor, at: number): Tensor =>
    permute(t, movedAxis(t.ndim, canonicalAxis(at, t.ndim), t.ndim - 1));
  const [p, q] = promote(x1, x2);
  const [a, b] = [last(p, axis ?? axisa), last(q, axis ?? axisb)];
  const lengths = [a, b].map((t) => t.shape[t.ndim - 1]);
  if (!lengths.every((length) => length === 2 || length === 3)) {
    throw new ShapeError(
      `cross expects vectors of length 2 or 3, received shapes ${formatShape(p.shape)} and ` +
      `${formatShape(q.shape)}.`);
  }
  const part = (t: Tensor, i: number): Tensor | undefined =>
    (i < t.shape[t.ndim - 1] ? sliceAxis(t, t.ndim - 1, i, 1) : undefined);
  const product = (i: number, j: number): Tensor | undefined => {
    const [s, t] = [part(a, i), part(b, j)];
    return s && t && times(s, t);
  };
  const batch = broadcastShapes([...a.shape.slice(0, -1), 1], [...b.shape.slice(0, -1), 1], 'cross');
  const component = (i: number, j: number): Tensor => {
    const [s, t] = [product(i, j), product(j, i)];
    const value = s && t ? minus(s, t) : s ?? apply('negative', [t!]);
    return broadcastTo(value, batch);
  };
  if (lengths[0] === 2 && lengths[1] === 2) return reshapeTo(component(0, 1), batch.slice(0, -1));
  const components = [component(1, 2), component(2, 0), component(0, 1)];
  const c = apply('concatenate', components, { axis: batch.length - 1 });
  return permute(c, movedAxis(c.ndim, c.ndim - 1, canonicalAxis(axis ?? axisc, c.ndim)));
});

/**
 * Kronecker product: each element of x1 times the whole of x2, in its place. Source: keras.ops.kron.
 * @example
 * ops.kron([1, 10], [1, 2]).arraySync(); // [1, 2, 10, 20]
 */
export const kron = defineOp('keras.ops.kron', PAIR, (x1: TensorLike, x2: TensorLike): Tensor => {
  const [a, b] = promote(x1, x2);
  const rank = Math.max(a.ndim, b.ndim);
  const full = (t: Tensor): number[] => [...Array.from({ length: rank - t.ndim }, () => 1), ...t.shape];
  const [left, right] = [full(a), full(b)];
  const product = times(
    reshapeTo(a, left.flatMap((d) => [d, 1])), reshapeTo(b, right.flatMap((d) => [1, d])));
  return reshapeTo(product, left.map((d, i) => d * right[i]));
});
