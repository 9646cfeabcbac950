/** Matrices as the rules of linear algebra need them: adjoints, products, triangles, diagonals; batched. */
import { apply } from '../apply.js';
import type { Tensor } from '../tensor.js';
import { add, conj, div, mul, scalar, sub, where } from './rule.js';

const transpose = (x: Tensor): Tensor => {
  const rank = x.shape.length;
  const order = x.shape.map((_, i) => i);
  return apply('transpose', [x], { permutation: [...order.slice(0, -2), rank - 1, rank - 2] });
};

/** x^H, the conjugate transpose. */
export const adjoint = (x: Tensor): Tensor => conj(transpose(x));
/** a b */
export const product = (a: Tensor, b: Tensor): Tensor => apply('matmul', [a, b], { transposeA: false, transposeB: false });
/** a^H b */
export const adjointProduct = (a: Tensor, b: Tensor): Tensor =>
  apply('matmul', [conj(a), b], { transposeA: true, transposeB: false });
/** a b^H */
export const productAdjoint = (a: Tensor, b: Tensor): Tensor =>
  apply('matmul', [a, conj(b)], { transposeA: false, transposeB: true });

/** A matrix of booleans: row compared with column. */
function places(rows: number, columns: number, test: 'equal' | 'greater' | 'greater_equal' | 'less_equal'): Tensor {
  const along = (length: number, shape: readonly number[]): Tensor => apply('reshape', [
    apply('iota', [], { start: 0, step: 1, length, dtype: 'int32' })], { shape });
  return apply(test, [along(rows, [rows, 1]), along(columns, [1, columns])]);
}

const masked = (test: Parameters<typeof places>[2]) => (x: Tensor): Tensor => {
  const [rows, columns] = x.shape.slice(-2);
  return where(places(rows, columns, test), x);
};

/** On and below the diagonal. */
export const lower = masked('greater_equal');
/** Below the diagonal. */
export const strictlyLower = masked('greater');
/** On and above the diagonal. */
export const upper = masked('less_equal');
/** The diagonal as a matrix. */
export const onlyDiagonal = masked('equal');

/** The diagonal as vectors. */
export const diagonalOf = (x: Tensor): Tensor =>
  apply('reduce_sum', [onlyDiagonal(x)], { axes: [x.shape.length - 1], keepdims: false });

/** Vectors as rows, and as columns. */
export const asRow = (v: Tensor): Tensor =>
  apply('reshape', [v], { shape: [...v.shape.slice(0, -1), 1, ...v.shape.slice(-1)] });
export const asColumn = (v: Tensor): Tensor => apply('reshape', [v], { shape: [...v.shape, 1] });
/** Scalars as matrices of one element. */
export const asMatrix = (c: Tensor): Tensor => apply('reshape', [c], { shape: [...c.shape, 1, 1] });

/** Vectors on the diagonal of square matrices. */
export function diagonalMatrix(v: Tensor): Tensor {
  const n = v.shape[v.shape.length - 1];
  return where(places(n, n, 'equal'), asColumn(v));
}

/** Identity matrices like the square ones of x. */
export function identityLike(x: Tensor): Tensor {
  const n = x.shape[x.shape.length - 1];
  const one = where(places(n, n, 'equal'), scalar(1, x));
  return apply('broadcast_to', [one], { shape: x.shape });
}

/** 1 / x, and about 0 where x is about 0: TensorFlow's way past equal eigenvalues. */
export const safeReciprocal = (x: Tensor): Tensor =>
  div(x, add(mul(x, x), scalar(1e-20, x)));

/** 1 / (v_j - v_i) off the diagonal, 0 on it. */
export const inverseDifferences = (v: Tensor): Tensor => {
  const f = safeReciprocal(sub(asRow(v), asColumn(v)));
  return sub(f, onlyDiagonal(f));
};

/** Columns `from` to `to`. */
export function columns(x: Tensor, from: number, to: number): Tensor {
  const last = x.shape.length - 1;
  return apply('strided_slice', [x], {
    begin: x.shape.map((_, i) => (i === last ? from : 0)),
    size: x.shape.map((d, i) => (i === last ? to - from : d)),
    strides: x.shape.map(() => 1),
  });
}
