/** Factorizations and solutions of matrices: the last two axes, any number of batch axes before them. */
import type { Aval } from '../../backend/backend.js';
import { isDifferentiable } from '../dtype.js';
import { formatShape, sameShape, ShapeError, type Shape } from '../shape.js';
import { requireSameDType, type AbstractRule, type NoParams } from './rule.js';

export interface TriangularSolveParams {
  /** Whether the matrix is taken to be lower triangular; the other triangle is not read. */
  lower: boolean;
  /** Whether the conjugate transpose of the matrix is solved with. */
  adjoint: boolean;
}
export interface SvdParams {
  /** Whether U and V are square, rather than with min(rows, columns) columns. */
  full: boolean;
  /** Whether U and V are computed. */
  vectors: boolean;
}

const rule = <P>(abstract: AbstractRule<P>): AbstractRule<P> => abstract;

function requireMatrix(name: string, { shape, dtype }: Aval): { batch: Shape; rows: number; columns: number } {
  if (shape.length < 2) {
    throw new ShapeError(`${name} expects a matrix or a batch of them, received shape ${formatShape(shape)}.`);
  }
  if (!isDifferentiable(dtype)) {
    throw new TypeError(`${name} expects a floating-point tensor, received dtype ${dtype}.`);
  }
  const [rows, columns] = shape.slice(-2);
  return { batch: shape.slice(0, -2), rows, columns };
}

function requireSquare(name: string, x: Aval): { batch: Shape; n: number } {
  const { batch, rows, columns } = requireMatrix(name, x);
  if (rows !== columns) {
    throw new ShapeError(`${name} expects a square matrix or a batch of them, received shape ${formatShape(x.shape)}.`);
  }
  return { batch, n: rows };
}

const square = (name: string): AbstractRule => ([x]) => {
  requireSquare(name, x);
  return { shape: x.shape, dtype: x.dtype };
};

/** Operands: matrix [..., n, n], right-hand sides [..., n, k] with the same batch axes. */
function solution(name: string, [a, b]: readonly Aval[]): Aval {
  requireSameDType(name, a, b);
  const { batch, n } = requireSquare(name, a);
  const right = requireMatrix(name, b);
  if (right.rows !== n || !sameShape(right.batch, batch)) {
    throw new ShapeError(`${name} expects a matrix [..., n, n] and right-hand sides [..., n, k] with the same batch ` +
      `axes, received shapes ${formatShape(a.shape)} and ${formatShape(b.shape)}.`);
  }
  return { shape: b.shape, dtype: b.dtype };
}

export const linalg = {
  /** The lower triangular L with L L^H = x, of which the lower triangle is read. An error where there is none. */
  cholesky: square('cholesky'),
  triangular_solve: rule<TriangularSolveParams>((inputs) => solution('triangular_solve', inputs)),
  /** The x with a x = b, or a^H x = b. An error for a singular matrix. */
  matrix_solve: rule<{ adjoint: boolean }>((inputs) => solution('matrix_solve', inputs)),
  determinant: rule<NoParams>(([x]) => ({ shape: requireSquare('determinant', x).batch, dtype: x.dtype })),
  /** Results: the sign of the determinant and the logarithm of its absolute value. */
  log_determinant: rule<NoParams>(([x]) => {
    const aval = { shape: requireSquare('log_determinant', x).batch, dtype: x.dtype };
    return [aval, aval];
  }),
  /** Results: L below the diagonal (its own is 1) and U above, as one matrix; the rows of x (int32) that they give. */
  lu: rule<NoParams>(([x]) => {
    const { batch, n } = requireSquare('lu', x);
    return [{ shape: x.shape, dtype: x.dtype }, { shape: [...batch, n], dtype: 'int32' }];
  }),
  /** Results: Q with orthonormal columns and the upper triangular R, Q R = x. */
  qr: rule<{ full: boolean }>(([x], { full }) => {
    const { batch, rows, columns } = requireMatrix('qr', x);
    const inner = full ? rows : Math.min(rows, columns);
    return [{ shape: [...batch, rows, inner], dtype: x.dtype }, { shape: [...batch, inner, columns], dtype: x.dtype }];
  }),
  /** Results: singular values (real) in descending order; with `vectors` also U and V, U diag(s) V^H = x. */
  svd: rule<SvdParams>(([x], { full, vectors }) => {
    const { batch, rows, columns } = requireMatrix('svd', x);
    const k = Math.min(rows, columns);
    const values: Aval = { shape: [...batch, k], dtype: x.dtype === 'complex64' ? 'float32' : x.dtype };
    if (!vectors) return [values];
    return [
      values,
      { shape: [...batch, rows, full ? rows : k], dtype: x.dtype },
      { shape: [...batch, columns, full ? columns : k], dtype: x.dtype },
    ];
  }),
  /** Of the lower triangle of a symmetric (Hermitian) matrix: eigenvalues in ascending order, eigenvectors as columns. */
  eigh: rule<NoParams>(([x]) => {
    const { batch, n } = requireSquare('eigh', x);
    return [{ shape: [...batch, n], dtype: x.dtype }, { shape: x.shape, dtype: x.dtype }];
  }),
  /** Of any square matrix: eigenvalues in no order, eigenvectors of length 1 as columns; both complex. */
  eig: rule<NoParams>(([x]) => {
    const { batch, n } = requireSquare('eig', x);
    return [{ shape: [...batch, n], dtype: 'complex64' }, { shape: x.shape, dtype: 'complex64' }];
  }),
};
