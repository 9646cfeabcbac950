/**
 * Dense linear algebra in double precision on row-major arrays: what these backends compute factorizations with.
 * Sources: Golub and Van Loan, "Matrix Computations" (LU, Householder QR, both Jacobi methods).
 */

export type Matrix = Float64Array;

const EPSILON = 2 ** -52;
/** Jacobi methods converge quadratically; well-posed matrices need some ten sweeps. */
const MAX_SWEEPS = 60;

export const transposed = (a: Matrix, rows: number, columns: number): Matrix => {
  const t = new Float64Array(a.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) t[j * rows + i] = a[i * columns + j];
  return t;
};

/** @throws Error for a matrix that is not positive definite */
export function cholesky(a: Matrix, n: number): Matrix {
  const l = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = a[i * n + j];
      for (let k = 0; k < j; k++) sum -= l[i * n + k] * l[j * n + k];
      if (i > j) l[i * n + j] = sum / l[j * n + j];
      else if (sum > 0) l[j * n + j] = Math.sqrt(sum);
      else throw new Error(`The matrix has no Cholesky factor: it is not positive definite (pivot ${j} is ${sum}).`);
    }
  }
  return l;
}

const notInvertible = (): never => {
  throw new Error('The matrix is not invertible: a pivot is zero.');
};

/** Solves with a triangle of `a`, or of its transpose (`lower` says which one `a` holds), for k right-hand sides. */
export function triangularSolve(
  a: Matrix, n: number, b: Matrix, k: number, lower: boolean, transpose: boolean, unit = false,
): Matrix {
  const x = b.slice();
  const [row, column] = transpose ? [1, n] : [n, 1];
  const forward = lower !== transpose;
  for (let step = 0; step < n; step++) {
    const i = forward ? step : n - 1 - step;
    for (let other = 0; other < step; other++) {
      const j = forward ? other : n - 1 - other;
      const factor = a[i * row + j * column];
      if (factor !== 0) for (let c = 0; c < k; c++) x[i * k + c] -= factor * x[j * k + c];
    }
    if (unit) continue;
    const pivot = a[i * n + i];
    if (pivot === 0) notInvertible();
    for (let c = 0; c < k; c++) x[i * k + c] /= pivot;
  }
  return x;
}

export interface LuFactors {
  /** L below the diagonal, U on and above. */
  factors: Matrix;
  /** Row `rows[i]` of the matrix is row i of L U. */
  rows: Int32Array;
  /** Of the permutation: 1 or -1. */
  sign: number;
}

/** With partial pivoting; a singular matrix leaves zeros on the diagonal. */
export function lu(a: Matrix, n: number): LuFactors {
  const factors = a.slice();
  const rows = Int32Array.from({ length: n }, (_, i) => i);
  let sign = 1;
  for (let k = 0; k < n; k++) {
    let best = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(factors[i * n + k]) > Math.abs(factors[best * n + k])) best = i;
    if (best !== k) {
      sign = -sign;
      [rows[k], rows[best]] = [rows[best], rows[k]];
      for (let j = 0; j < n; j++) {
        const kept = factors[k * n + j];
        factors[k * n + j] = factors[best * n + j];
        factors[best * n + j] = kept;
      }
    }
    const pivot = factors[k * n + k];
    if (pivot === 0) continue;
    for (let i = k + 1; i < n; i++) {
      const factor = (factors[i * n + k] /= pivot);
      if (factor !== 0) for (let j = k + 1; j < n; j++) factors[i * n + j] -= factor * factors[k * n + j];
    }
  }
  return { factors, rows, sign };
}

/** @throws Error for a singular matrix */
export function solve(a: Matrix, n: number, b: Matrix, k: number, transpose: boolean): Matrix {
  const { factors, rows } = lu(a, n);
  for (let i = 0; i < n; i++) if (factors[i * n + i] === 0) notInvertible();
  const moved = new Float64Array(b.length);
  if (!transpose) {
    rows.forEach((row, i) => moved.set(b.subarray(row * k, (row + 1) * k), i * k));
    return triangularSolve(factors, n, triangularSolve(factors, n, moved, k, true, false, true), k, false, false);
  }
  const y = triangularSolve(factors, n, triangularSolve(factors, n, b, k, false, true), k, true, true, true);
  rows.forEach((row, i) => moved.set(y.subarray(i * k, (i + 1) * k), row * k));
  return moved;
}

/** Householder reflections; the signs are LAPACK's. Q has `inner` columns. */
export function qr(a: Matrix, m: number, n: number, inner: number): { q: Matrix; r: Matrix } {
  const work = a.slice();
  const reflections: { from: number; v: Float64Array; scale: number }[] = [];
  const reflect = (x: Matrix, width: number, { from, v, scale }: (typeof reflections)[number]): void => {
    for (let j = 0; j < width; j++) {
      let dot = 0;
      for (let i = 0; i < v.length; i++) dot += v[i] * x[(from + i) * width + j];
      for (let i = 0; i < v.length; i++) x[(from + i) * width + j] -= scale * dot * v[i];
    }
  };
  for (let k = 0; k < Math.min(m, n); k++) {
    const v = Float64Array.from({ length: m - k }, (_, i) => work[(k + i) * n + k]);
    let tail = 0;
    for (let i = 1; i < v.length; i++) tail += v[i] * v[i];
    if (tail === 0) continue;
    const norm = Math.sqrt(v[0] * v[0] + tail);
    const target = v[0] >= 0 ? -norm : norm;
    v[0] -= target;
    const reflection = { from: k, v, scale: 2 / (v[0] * v[0] + tail) };
    reflect(work, n, reflection);
    reflections.push(reflection);
  }
  const q = new Float64Array(m * inner);
  for (let i = 0; i < inner; i++) q[i * inner + i] = 1;
  for (const reflection of reflections.toReversed()) reflect(q, inner, reflection);
  const r = new Float64Array(inner * n);
  for (let i = 0; i < inner; i++) for (let j = i; j < n; j++) r[i * n + j] = work[i * n + j];
  return { q, r };
}

/** The rotation that makes the off-diagonal element of [[a, c], [c, b]] zero: [cosine, sine]. */
function rotation(a: number, b: number, c: number): [number, number] {
  const zeta = (b - a) / (2 * c);
  const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
  const cosine = 1 / Math.hypot(1, t);
  return [cosine, cosine * t];
}

/** Symmetric matrix (its lower triangle): ascending eigenvalues, eigenvectors as columns. Jacobi's method. */
export function eigh(lower: Matrix, n: number): { values: Float64Array; vectors: Matrix } {
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) a[i * n + j] = a[j * n + i] = lower[i * n + j];
  const scale = a.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  const turn = (x: Matrix, p: number, q: number, stride: number, step: number, [c, s]: readonly [number, number]): void => {
    for (let k = 0; k < n; k++) {
      const [i, j] = [p * step + k * stride, q * step + k * stride];
      const [xi, xj] = [x[i], x[j]];
      x[i] = c * xi - s * xj;
      x[j] = s * xi + c * xj;
    }
  };
  let isDone = scale === 0;
  for (let sweep = 0; sweep < MAX_SWEEPS && !isDone; sweep++) {
    isDone = true;
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) {
        const off = a[p * n + q];
        if (!(Math.abs(off) > EPSILON * 0.01 * scale)) continue;
        isDone = false;
        const turned = rotation(a[p * n + p], a[q * n + q], off);
        turn(a, p, q, n, 1, turned);
        turn(a, p, q, 1, n, turned);
        turn(v, p, q, n, 1, turned);
      }
    }
  }
  const order = Array.from({ length: n }, (_, i) => i).toSorted((i, j) => a[i * n + i] - a[j * n + j]);
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) vectors[i * n + j] = v[i * n + order[j]];
  return { values: Float64Array.from(order, (i) => a[i * n + i]), vectors };
}

/** Makes unit vectors in the places that are empty, orthogonal to all others. */
function completeBasis(basis: (Float64Array | undefined)[], m: number): Float64Array[] {
  // What is left of each axis's unit vector outside of the span: the largest is the safest to start from.
  const left = new Float64Array(m).fill(1);
  const note = (q: Float64Array): void => q.forEach((x, i) => void (left[i] -= x * x));
  const known = basis.filter((q): q is Float64Array => q !== undefined);
  known.forEach(note);
  return basis.map((q) => {
    if (q) return q;
    const axis = left.reduce((best, x, i) => (x > left[best] ? i : best), 0);
    const made = new Float64Array(m);
    made[axis] = 1;
    // Twice is enough. Source: Giraud et al. 2005.
    for (let round = 0; round < 2; round++) {
      for (const other of known) {
        const dot = made.reduce((sum, x, i) => sum + x * other[i], 0);
        other.forEach((x, i) => void (made[i] -= dot * x));
      }
    }
    const norm = Math.hypot(...made);
    made.forEach((x, i) => void (made[i] = x / norm));
    known.push(made);
    note(made);
    return made;
  });
}

export interface Svd {
  /** Descending. */
  values: Float64Array;
  /** Unit vectors: the columns of U and of V. */
  left: Float64Array[];
  right: Float64Array[];
}

/** One-sided Jacobi: the columns are turned until they are orthogonal; their lengths are the singular values. */
function tallSvd(a: Matrix, m: number, n: number, full: boolean): Svd {
  const scale = a.reduce((most, x) => Math.max(most, Math.abs(x)), 0) || 1;
  const columns = Array.from({ length: n }, (_, j) => Float64Array.from({ length: m }, (__, i) => a[i * n + j] / scale));
  const right = Array.from({ length: n }, (_, j) => Float64Array.from({ length: n }, (__, i) => (i === j ? 1 : 0)));
  const dot = (x: Float64Array, y: Float64Array): number => {
    let sum = 0;
    for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
    return sum;
  };
  let isDone = false;
  for (let sweep = 0; sweep < MAX_SWEEPS && !isDone; sweep++) {
    isDone = true;
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) {
        const [pp, qq, pq] = [dot(columns[p], columns[p]), dot(columns[q], columns[q]), dot(columns[p], columns[q])];
        if (!(Math.abs(pq) > EPSILON * Math.sqrt(pp * qq))) continue;
        isDone = false;
        const [c, s] = rotation(pp, qq, pq);
        for (const vectors of [columns, right]) {
          const [x, y] = [vectors[p], vectors[q]];
          for (let i = 0; i < x.length; i++) {
            const xi = x[i];
            x[i] = c * xi - s * y[i];
            y[i] = s * xi + c * y[i];
          }
        }
      }
    }
  }
  const lengths = columns.map((column) => Math.sqrt(dot(column, column)));
  const order = lengths.map((_, j) => j).toSorted((i, j) => lengths[j] - lengths[i]);
  const values = Float64Array.from(order, (j) => lengths[j] * scale);
  // The direction of a column that is nothing but rounding says nothing.
  const least = (lengths[order[0]] ?? 0) * EPSILON * Math.max(m, n);
  const known = order.map((j) => (lengths[j] <= least ? undefined : columns[j].map((x) => x / lengths[j])));
  const further = Array.from({ length: full ? m - n : 0 }, () => undefined);
  return { values, left: completeBasis([...known, ...further], m), right: order.map((j) => right[j]) };
}

/** @param full whether both bases are complete rather than of min(m, n) vectors */
export function svd(a: Matrix, m: number, n: number, full: boolean): Svd {
  if (m >= n) return tallSvd(a, m, n, full);
  const { values, left, right } = tallSvd(transposed(a, m, n), n, m, full);
  return { values, left: right, right: left };
}
