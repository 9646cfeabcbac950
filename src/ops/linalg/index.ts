/** The linear algebra of keras.ops. */
export { det } from './determinants.js';
export { cholesky, cholesky_inverse, eig, eigh, lu_factor, qr, svd } from './factorizations.js';
export * from './norm.js';
export * from './solutions.js';
