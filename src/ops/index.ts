/**
 * keras.ops: every op by its name. What Keras has in `keras.ops.numpy` and `keras.ops.linalg` too gets those
 * paths.
 */
import { kerasExport } from '../saving/registration.js';
import './keras-tensor-methods.js';
import { ndim, size } from './core/conversion.js';
import * as linalg from './linalg/index.js';
import * as numpy from './numpy/index.js';

export * from './core/control.js';
export * from './core/conversion.js';
export * from './core/gradients.js';
export * from './core/rearrange.js';
export * from './core/scans.js';
export * from './core/slicing.js';
export * from './core/vectorized.js';
export * as image from './image/index.js';
export * from './linalg/index.js';
export { logdet } from './linalg/determinants.js';
export * from './math/complex.js';
export { fft, fft2, ifft2, irfft, rfft } from './math/fourier.js';
export * from './math/segments.js';
export * from './math/sequences.js';
export * from './math/special.js';
export { istft, stft } from './math/stft.js';
export * from './nn/index.js';
export * from './numpy/index.js';

for (const [name, op] of Object.entries({ ...numpy, ndim, size })) kerasExport(op, `keras.ops.numpy.${name}`);
for (const [name, op] of Object.entries(linalg)) kerasExport(op, `keras.ops.linalg.${name}`);
