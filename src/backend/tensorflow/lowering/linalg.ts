/** Lowering of factorizations and solutions of matrices. TensorFlow has no kernels of them for 16-bit floats. */
import type { linalg } from '../../../engine/primitives/linalg.js';
import type { Attrs } from '../attributes.js';
import { inFloat32, type LoweringContext, type LoweringFunction, type LoweringTable } from './builder.js';

const isHalf = ({ inputs: [{ dtype }] }: LoweringContext<unknown>): boolean => dtype === 'float16' || dtype === 'bfloat16';
const wide = <P>(rule: LoweringFunction<P>): LoweringFunction<P> => inFloat32(rule, isHalf);

const op = <P>(name: string, results: number, attrs: (context: LoweringContext<P>) => Attrs = () => ({})) =>
  wide<P>((b, x, context) => b.ops(name, x, attrs(context), results));

export const linalgLowering: LoweringTable<keyof typeof linalg> = {
  // Where there is no factor the kernel gives NaN, which is an error here as in Keras.
  cholesky: wide((b, x, { inputs: [{ dtype }] }) => {
    const factor = b.op('Cholesky', x);
    return dtype === 'complex64' ? factor : b.op('CheckNumerics', [factor], {
      message: { string: 'The Cholesky factor of a matrix that is not positive definite' } });
  }),
  triangular_solve: op('MatrixTriangularSolve', 1, ({ params: { lower, adjoint } }) =>
    ({ lower: { bool: lower }, adjoint: { bool: adjoint } })),
  matrix_solve: op('MatrixSolve', 1, ({ params: { adjoint } }) => ({ adjoint: { bool: adjoint } })),
  determinant: op('MatrixDeterminant', 1),
  log_determinant: op('LogMatrixDeterminant', 2),
  lu: op('Lu', 2, () => ({ output_idx_type: { type: 'int32' } })),
  qr: op('Qr', 2, ({ params: { full } }) => ({ full_matrices: { bool: full } })),
  svd: wide((b, x, { params: { full, vectors }, inputs: [{ dtype }] }) => {
    const [s, u, v] = b.ops('Svd', x, { full_matrices: { bool: full }, compute_uv: { bool: vectors } }, 3);
    const values = dtype === 'complex64' ? b.op('Real', [s], { Tout: { type: 'float32' } }) : s;
    return vectors ? [values, u, v] : [values];
  }),
  // Eigenvalues of Hermitian matrices come in the matrix's own dtype.
  eigh: op('SelfAdjointEigV2', 2, () => ({ compute_v: { bool: true } })),
  eig: wide((b, x, { inputs: [{ dtype }] }) => {
    const isWide = dtype === 'float64';
    const results = b.ops('Eig', x, {
      compute_v: { bool: true }, Tout: { type: isWide ? 'complex128' : 'complex64' } }, 2);
    return isWide ? results.map((v) => b.op('Cast', [v], { DstT: { type: 'complex64' } })) : results;
  }),
};
