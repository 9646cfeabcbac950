/**
 * Vjp rules of factorizations and solutions of matrices. Sources: Giles 2008, "Collected matrix derivative results for
 * forward and reverse mode algorithmic differentiation"; Murray 2016, "Differentiation of the Cholesky decomposition";
 * Townsend 2016, "Differentiating the singular value decomposition"; Seeger et al. 2017, "Auto-differentiating linear
 * algebra". Where eigenvalues or singular values coincide, TensorFlow's finite values.
 */
import { apply, applyAll } from '../apply.js';
import type { linalg } from '../primitives/linalg.js';
import type { ParamsOf } from '../primitives/index.js';
import type { Tensor } from '../tensor.js';
import {
  adjoint, adjointProduct, asColumn, asMatrix, asRow, columns, diagonalMatrix, diagonalOf, identityLike,
  inverseDifferences, lower, onlyDiagonal, product, productAdjoint, safeReciprocal, strictlyLower, upper,
} from './matrix.js';
import { add, conj, mul, neg, realOf, scalar, sub, toDType, zeros, type VjpRule } from './rule.js';

const half = (x: Tensor): Tensor => mul(x, scalar(0.5, x));
/** a^-H */
const inverseAdjoint = (a: Tensor): Tensor => apply('matrix_solve', [a, identityLike(a)], { adjoint: true });

/** x r^-H for an upper triangular r. */
const overAdjoint = (x: Tensor, r: Tensor): Tensor =>
  adjoint(apply('triangular_solve', [r, adjoint(x)], { lower: false, adjoint: false }));

/** Of Q and R with at least as many rows as columns. */
function tallQr(q: Tensor, r: Tensor, dq: Tensor, dr: Tensor): Tensor {
  const qdq = adjointProduct(q, dq);
  const rdr = productAdjoint(r, dr);
  const inner = lower(add(sub(qdq, adjoint(qdq)), sub(rdr, adjoint(rdr))));
  const gradient = add(product(q, add(dr, overAdjoint(inner, r))), overAdjoint(sub(dq, product(q, qdq)), r));
  if (q.dtype !== 'complex64') return gradient;
  // The phases of the columns are not free: R has a real diagonal.
  const diagonal = onlyDiagonal(sub(rdr, adjoint(qdq)));
  const phases = sub(diagonal, toDType(realOf(diagonal), q));
  return add(gradient, overAdjoint(product(q, adjoint(phases)), r));
}

interface SvdGradient {
  s: Tensor;
  u: Tensor;
  v: Tensor;
  gs: Tensor | undefined;
  gu: Tensor | undefined;
  gv: Tensor | undefined;
}

/** Of U diag(s) V^H with square or tall U and V, of which the first columns belong to singular values. */
function svdGradient({ s, u, v, gs, gu, gv }: SvdGradient): Tensor {
  const k = s.shape[s.shape.length - 1];
  const [u1, v1] = [columns(u, 0, k), columns(v, 0, k)];
  let inner: Tensor | undefined = gs && diagonalMatrix(gs);
  let outside: Tensor | undefined;
  const also = (sum: Tensor | undefined, term: Tensor): Tensor => (sum ? add(sum, term) : term);
  if (gu || gv) {
    const f = inverseDifferences(mul(s, s));
    const inverse = safeReciprocal(s);
    const skew = (a: Tensor, ga: Tensor): Tensor => {
      const aga = adjointProduct(a, ga);
      return mul(f, sub(aga, adjoint(aga)));
    };
    /** (1 - a a^H) ga, with what the further columns add: they turn against the first. */
    const perpendicular = (a: Tensor, ga: Tensor, first: Tensor): Tensor => {
      const g1 = columns(ga, 0, k);
      const rest = sub(g1, product(first, adjointProduct(first, g1)));
      const width = a.shape[a.shape.length - 1];
      if (width === k) return rest;
      const [further, gFurther] = [columns(a, k, width), columns(ga, k, width)];
      return sub(rest, product(further, adjointProduct(gFurther, first)));
    };
    if (gu) {
      inner = also(inner, mul(skew(u1, columns(gu, 0, k)), asRow(s)));
      outside = also(outside, productAdjoint(mul(perpendicular(u, gu, u1), asRow(inverse)), v1));
    }
    if (gv) {
      inner = also(inner, mul(asColumn(s), skew(v1, columns(gv, 0, k))));
      outside = also(outside, productAdjoint(mul(u1, asRow(inverse)), perpendicular(v, gv, v1)));
    }
  }
  const inside = productAdjoint(product(u1, inner!), v1);
  return outside ? add(inside, outside) : inside;
}

export const linalgVjp = {
  /** L^-H phi(L^H g) L^-1, made symmetric; phi takes the lower triangle and half of the diagonal. */
  cholesky: ({ gradients: [g], outputs: [l] }) => {
    const triangle = lower(adjointProduct(l, g!));
    const middle = sub(triangle, half(onlyDiagonal(triangle)));
    const inverse = apply('triangular_solve', [l, identityLike(l)], { lower: true, adjoint: false });
    const gradient = product(adjointProduct(inverse, middle), inverse);
    return [half(add(gradient, adjoint(gradient)))];
  },
  triangular_solve: ({ gradients: [g], inputs: [a], outputs: [x], params, needs }) => {
    const byB = apply('triangular_solve', [a, g!], { ...params, adjoint: !params.adjoint });
    if (!needs[0]) return [undefined, byB];
    const byA = neg(params.adjoint ? productAdjoint(x, byB) : productAdjoint(byB, x));
    return [params.lower ? lower(byA) : upper(byA), byB];
  },
  matrix_solve: ({ gradients: [g], inputs: [a], outputs: [x], params, needs }) => {
    const byB = apply('matrix_solve', [a, g!], { adjoint: !params.adjoint });
    if (!needs[0]) return [undefined, byB];
    return [neg(params.adjoint ? productAdjoint(x, byB) : productAdjoint(byB, x)), byB];
  },
  determinant: ({ gradients: [g], inputs: [a], outputs: [d] }) =>
    [mul(asMatrix(mul(g!, conj(d))), inverseAdjoint(a))],
  /** The sign of a real determinant is constant; that of a complex one is left out, as TensorFlow does. */
  log_determinant: ({ gradients: [, g], inputs: [a] }) => [g && mul(asMatrix(g), inverseAdjoint(a))],
  lu: ({ gradients: [g], outputs: [factors, rows] }) => {
    if (!g) return [undefined];
    const l = add(strictlyLower(factors), identityLike(factors));
    const u = upper(factors);
    const inner = add(strictlyLower(adjointProduct(l, strictlyLower(g))), upper(productAdjoint(upper(g), u)));
    const left = apply('triangular_solve', [l, inner], { lower: true, adjoint: true });
    // Unit diagonal of L, and U from the right: (x u^-H) = (u^-1 x^H)^H.
    const permuted = overAdjoint(left, u);
    const n = rows.shape[rows.shape.length - 1];
    const order = apply('iota', [], { start: 0, step: 1, length: n, dtype: 'int32' });
    const column = apply('reshape', [order], { shape: [n, 1] });
    // Row rows[i] of x is row i of the factors' product.
    const places = apply('cast', [apply('equal', [column, asRow(rows)])], { dtype: g.dtype });
    return [product(places, permuted)];
  },
  qr: ({ gradients: [gq, gr], inputs: [x], outputs: [q, r], params: { full } }) => {
    const [m, n] = x.shape.slice(-2);
    if (full && m > n) {
      throw new Error('The complete qr of a matrix with more rows than columns has no gradient: Q is not determined by ' +
        `the matrix. Use mode 'reduced'. Received a matrix of ${m} rows and ${n} columns.`);
    }
    const [dq, dr] = [gq ?? zeros(q), gr ?? zeros(r)];
    if (m >= n) return [tallQr(q, r, dq, dr)];
    // A wide matrix is [x, y] with R = [u, Q^H y].
    const dv = columns(dr, m, n);
    const y = columns(x, m, n);
    const square = tallQr(q, columns(r, 0, m), add(dq, productAdjoint(y, dv)), columns(dr, 0, m));
    return [apply('concatenate', [square, product(q, dv)], { axis: x.shape.length - 1 })];
  },
  svd: ({ gradients: [gs, gu, gv], inputs: [x], outputs, params: { full, vectors } }) => {
    const [m, n] = x.shape.slice(-2);
    if (full && Math.abs(m - n) > 1 && ((m > n && gu) || (n > m && gv))) {
      throw new Error('The singular vectors of svd with full_matrices have a gradient only where rows and columns differ ' +
        `by at most 1: the further ones are not determined. Received a matrix of ${m} rows and ${n} columns; ` +
        'use {full_matrices: false}.');
    }
    const [s, u, v] = vectors ? outputs : applyAll('svd', [x], { full: false, vectors: true });
    return [svdGradient({ s: toDType(s, u), u, v, gs: gs && toDType(gs, u), gu, gv })];
  },
  /** Symmetric part, in the lower triangle alone: the upper one is not read. */
  eigh: ({ gradients: [ge, gv], outputs: [e, v] }) => {
    let inner = ge && diagonalMatrix(ge);
    if (gv) {
      const turned = mul(inverseDifferences(e), adjointProduct(v, gv));
      inner = inner ? add(inner, turned) : turned;
    }
    const gradient = productAdjoint(product(v, inner!), v);
    const folded = lower(add(gradient, adjoint(gradient)));
    return [sub(folded, half(onlyDiagonal(folded)))];
  },
  /** Vectors of length 1, their phase left free. Source: Boeddeker et al. 2017; TensorFlow. */
  eig: ({ gradients: [ge, gv], inputs: [x], outputs: [e, v] }) => {
    let inner = ge && diagonalMatrix(ge);
    if (gv) {
      const f = conj(inverseDifferences(e));
      const vgv = adjointProduct(v, gv);
      const lengths = diagonalMatrix(toDType(realOf(diagonalOf(vgv)), v));
      const turned = mul(f, sub(vgv, product(adjointProduct(v, v), lengths)));
      inner = inner ? add(inner, turned) : turned;
    }
    return [toDType(apply('matrix_solve', [v, productAdjoint(inner!, v)], { adjoint: true }), x)];
  },
} satisfies { [N in keyof typeof linalg]: VjpRule<ParamsOf<N>> | null };
