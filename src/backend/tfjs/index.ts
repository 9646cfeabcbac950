/** Starts the `wasm` and `cpu` backends, which need nothing but npm packages. */
import type { Backend } from '../backend.js';
import { TfjsBackend } from './backend.js';
import { openCpu, openWasm } from './load.js';

export { UnsupportedError } from './storage.js';

/** tfjs's WebAssembly kernels: SIMD, one thread. Dtypes of up to 32 bits. */
export function createWasmBackend(): Backend {
  return new TfjsBackend(openWasm());
}

/** tfjs's kernels in plain JavaScript: slow, and runs everywhere. Dtypes of up to 32 bits. */
export function createCpuBackend(): Backend {
  return new TfjsBackend(openCpu());
}
