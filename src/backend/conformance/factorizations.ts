/** Factorizations whose vectors have free signs: what they must satisfy, rather than their elements. */
import assert from 'node:assert/strict';
import type { Aval, Backend } from '../backend.js';
import { abstractRules, type ParamsOf, type PrimitiveName } from '../../engine/primitives/index.js';
import type { AbstractRule } from '../../engine/primitives/rule.js';
import { formatShape, sizeOf, type Shape } from '../../engine/shape.js';
import { expectRefusal, untilRefused, type ConformanceCase } from './case.js';
import { t, upload, type Literal } from './literal.js';

const TOLERANCE = 2e-5;

/** Results of a primitive in host memory. */
function computed<N extends PrimitiveName>(
  backend: Backend, name: N, literal: Literal, params: ParamsOf<N>,
): { shape: Shape; values: Float32Array }[] {
  const input = upload(backend, literal, 'float32');
  const made = (abstractRules[name] as AbstractRule<ParamsOf<N>>)([input], params);
  const avals: Aval[] = Array.isArray(made) ? made : [made];
  try {
    expectRefusal(backend, name, [input, ...avals], () => backend.execute(name, [input], params, avals));
    const handles = backend.execute(name, [input], params, avals);
    const results = handles.map((handle, i) => ({
      shape: avals[i].shape, values: backend.download({ ...avals[i], handle }) as Float32Array }));
    for (const handle of handles) backend.dispose(handle);
    return results;
  } finally {
    backend.dispose(input.handle);
  }
}

/** One matrix of a batch, by row and column. */
const elements = ({ shape, values }: { shape: Shape; values: ArrayLike<number> }, batch: number) => {
  const [rows, columns] = shape.slice(-2);
  return { rows, columns, at: (i: number, j: number): number => values[(batch * rows + i) * columns + j] };
};

function close(found: number, expected: number, what: string): void {
  const isClose = Math.abs(found - expected) <= TOLERANCE * Math.max(1, Math.abs(expected));
  assert.ok(isClose, `${what} is ${found}, expected ${expected}`);
}

function expectOrthonormal(m: ReturnType<typeof elements>, what: string): void {
  for (let i = 0; i < m.columns; i++) {
    for (let j = 0; j < m.columns; j++) {
      let dot = 0;
      for (let k = 0; k < m.rows; k++) dot += m.at(k, i) * m.at(k, j);
      close(dot, i === j ? 1 : 0, `${what}: product of columns ${i} and ${j}`);
    }
  }
}

/** Values that look random, in the same order on every run. */
function sample(shape: Shape, seed: number): Literal {
  let state = seed;
  return t(shape, Array.from({ length: sizeOf(shape) }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.fround((state >>> 8) / 2 ** 23 - 1);
  }));
}

const DEFICIENT = t([4, 3], [1, 2, 3, 2, 4, 6, -1, -2, -3, 0, 0, 0]);
const REPEATED = t([3, 3], [2, 0, 0, 0, 2, 0, 0, 0, 2]);
const MATRICES: Literal[] = [
  sample([3, 3], 1), sample([5, 2], 2), sample([2, 5], 3), sample([2, 4, 3], 4), sample([20, 20], 5), sample([33, 17], 6),
  DEFICIENT, REPEATED, t([2, 3], [0, 0, 0, 0, 0, 0]), t([1, 1], [-3]),
];

function checkSvd(backend: Backend, literal: Literal, full: boolean): void {
  const [s, u, v] = computed(backend, 'svd', literal, { full, vectors: true });
  const [rows, columns] = literal.shape.slice(-2);
  const k = Math.min(rows, columns);
  for (let batch = 0; batch < sizeOf(literal.shape.slice(0, -2)); batch++) {
    const values = s.values.subarray(batch * k, (batch + 1) * k);
    const [left, right] = [elements(u, batch), elements(v, batch)];
    const x = elements({ shape: literal.shape, values: literal.values as readonly number[] }, batch);
    values.forEach((value, i) =>
      assert.ok(value >= 0 && (i === 0 || value <= values[i - 1]), `singular values ${[...values]}`));
    expectOrthonormal(left, 'U');
    expectOrthonormal(right, 'V');
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        let sum = 0;
        for (let c = 0; c < k; c++) sum += left.at(i, c) * values[c] * right.at(j, c);
        close(sum, x.at(i, j), `U diag(s) V^T at ${i}, ${j}`);
      }
    }
  }
}

function checkEigh(backend: Backend, literal: Literal): void {
  const [e, v] = computed(backend, 'eigh', literal, {});
  const n = literal.shape[literal.shape.length - 1];
  for (let batch = 0; batch < sizeOf(literal.shape.slice(0, -2)); batch++) {
    const values = e.values.subarray(batch * n, (batch + 1) * n);
    const vectors = elements(v, batch);
    const x = elements({ shape: literal.shape, values: literal.values as readonly number[] }, batch);
    values.forEach((value, i) => assert.ok(i === 0 || value >= values[i - 1], `eigenvalues ${[...values]}`));
    expectOrthonormal(vectors, 'eigenvectors');
    for (let i = 0; i < n; i++) {
      for (let c = 0; c < n; c++) {
        let sum = 0;
        // The lower triangle decides.
        for (let j = 0; j < n; j++) sum += x.at(Math.max(i, j), Math.min(i, j)) * vectors.at(j, c);
        close(sum, values[c] * vectors.at(i, c), `x v at ${i}, ${c}`);
      }
    }
  }
}

/** x V = V diag(e), in complex numbers. */
function checkEig(backend: Backend, literal: Literal): void {
  if (backend.unsupported('eig', 'complex64') !== undefined) return;
  const [e, v] = computed(backend, 'eig', literal, {});
  const [n] = literal.shape;
  const x = literal.values as readonly number[];
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < n; c++) {
      const [re, im] = [0, 1].map((part) => {
        let sum = 0;
        for (let j = 0; j < n; j++) sum += x[i * n + j] * v.values[2 * (j * n + c) + part];
        return sum;
      });
      const [vr, vi] = [v.values[2 * (i * n + c)], v.values[2 * (i * n + c) + 1]];
      const [er, ei] = [e.values[2 * c], e.values[2 * c + 1]];
      close(re, er * vr - ei * vi, `real part of x v at ${i}, ${c}`);
      close(im, er * vi + ei * vr, `imaginary part of x v at ${i}, ${c}`);
    }
  }
}

export function factorizationCases(): ConformanceCase[] {
  const squares = MATRICES.filter(({ shape }) => shape[shape.length - 1] === shape[shape.length - 2]);
  const named = (name: string, { shape }: Literal, detail = ''): string =>
    `${name}${detail} of ${formatShape(shape)}: properties`;
  const cases: ConformanceCase[] = [
    ...MATRICES.flatMap((literal) => [false, true].map((full): ConformanceCase => ({
      name: named('svd', literal, full ? ' full' : ''), run: (backend) => checkSvd(backend, literal, full) }))),
    ...[...squares, sample([2, 4, 4], 7)].map((literal): ConformanceCase => ({
      name: named('eigh', literal), run: (backend) => checkEigh(backend, literal) })),
    ...[...squares, t([2, 2], [0, -1, 1, 0])].map((literal): ConformanceCase => ({
      name: named('eig', literal), run: (backend) => checkEig(backend, literal) })),
    {
      name: 'cholesky: a matrix that is not positive definite is an error',
      run: (backend) => assert.throws(() => computed(backend, 'cholesky', t([2, 2], [1, 2, 2, 1]), {})),
    },
    {
      name: 'matrix_solve: a singular matrix is an error',
      run(backend) {
        const x = upload(backend, t([2, 2], [1, 2, 2, 4]), 'float32');
        assert.throws(() => backend.execute('matrix_solve', [x, x], { adjoint: false }, [x]));
        backend.dispose(x.handle);
      },
    },
  ];
  return cases.map(({ name, run }) => ({ name, run: (backend) => untilRefused(() => run(backend)) }));
}
