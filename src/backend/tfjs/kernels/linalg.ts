/** Factorizations and solutions of matrices, one matrix of a batch after the other, in double precision. */
import type { linalg } from '../../../engine/primitives/linalg.js';
import { sizeOf } from '../../../engine/shape.js';
import * as matrices from '../matrices.js';
import type { Matrix } from '../matrices.js';
import type { Block, Memory } from '../memory.js';
import { storageOf } from '../storage.js';
import { noComplex, type Kernel, type KernelContext, type KernelTable } from './kernel.js';

interface Sizes {
  rows: number;
  columns: number;
  /** Columns of the second operand. */
  right: number;
}

/** A kernel that computes the results of each matrix of a batch from the matrices of its operands. */
const batched = <P>(
  compute: (operands: Matrix[], sizes: Sizes, params: P) => ArrayLike<number>[],
): Kernel<P> => (m: Memory, x: readonly Block[], { params, outputs }: KernelContext<P>) => {
  const made = outputs.map(({ shape, dtype }) => m.alloc(shape, storageOf(dtype)));
  const [rows, columns] = x[0].shape.slice(-2);
  const sizes: Sizes = { rows, columns, right: x[1]?.shape[x[1].shape.length - 1] ?? 0 };
  const batch = sizeOf(x[0].shape.slice(0, -2));
  const lengths = made.map(({ shape }) => sizeOf(shape) / Math.max(batch, 1));
  const numbers = x.map((block) => m.numbers(block));
  const targets = made.map((block) => m.numbers(block));
  for (let i = 0; i < batch; i++) {
    const operands = numbers.map((all) => {
      const size = all.length / batch;
      return Float64Array.from(all.subarray(size * i, size * (i + 1)));
    });
    compute(operands, sizes, params).forEach((result, j) => targets[j].set(result, lengths[j] * i));
  }
  return made;
};

/** Unit vectors as the columns of a row-major matrix. */
const asColumns = (vectors: readonly Float64Array[], rows: number): Matrix =>
  Float64Array.from({ length: rows * vectors.length },
    (_, i) => vectors[i % vectors.length][Math.floor(i / vectors.length)]);

export const linalgKernels: KernelTable<keyof typeof linalg> = {
  cholesky: batched(([a], { rows }) => [matrices.cholesky(a, rows)]),
  triangular_solve: batched(([a, b], { rows, right }, { lower, adjoint }) =>
    [matrices.triangularSolve(a, rows, b, right, lower, adjoint)]),
  matrix_solve: batched(([a, b], { rows, right }, { adjoint }) => [matrices.solve(a, rows, b, right, adjoint)]),
  determinant: batched(([a], { rows: n }) => {
    const { factors, sign } = matrices.lu(a, n);
    let product = sign;
    for (let i = 0; i < n; i++) product *= factors[i * n + i];
    return [[product]];
  }),
  log_determinant: batched(([a], { rows: n }) => {
    const { factors, sign } = matrices.lu(a, n);
    let [direction, sum] = [sign, 0];
    for (let i = 0; i < n; i++) {
      direction *= Math.sign(factors[i * n + i]);
      sum += Math.log(Math.abs(factors[i * n + i]));
    }
    return [[direction], [sum]];
  }),
  lu: batched(([a], { rows }) => {
    const { factors, rows: order } = matrices.lu(a, rows);
    return [factors, order];
  }),
  qr: batched(([a], { rows, columns }, { full }) => {
    const { q, r } = matrices.qr(a, rows, columns, full ? rows : Math.min(rows, columns));
    return [q, r];
  }),
  svd: batched(([a], { rows, columns }, { full, vectors }) => {
    const { values, left, right } = matrices.svd(a, rows, columns, full && vectors);
    return vectors ? [values, asColumns(left, rows), asColumns(right, columns)] : [values];
  }),
  eigh: batched(([a], { rows }) => {
    const { values, vectors } = matrices.eigh(a, rows);
    return [values, vectors];
  }),
  eig: noComplex('eig'),
};
