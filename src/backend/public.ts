/** keras.backend: what Keras 3 keeps there, and the interface that backends implement. */
import { activeBackend } from '../engine/context.js';
import { resultType, standardizeDType, type DType, type WeakType } from '../engine/dtype.js';
import type { MemoryInfo } from './backend.js';

export { backend, epsilon, floatx, image_data_format, set_epsilon, set_floatx, set_image_data_format } from './config.js';
export type { Aval, Backend, BackendFactory, CompileOptions, Executable, Handle, MemoryInfo, Operand } from './backend.js';

/** Dtype of a computation over operands of these dtypes. Source: keras.backend.result_type. */
export const result_type = (...dtypes: (DType | WeakType)[]): DType => resultType(...dtypes);

/** Checks the name of a dtype. Source: keras.backend.standardize_dtype. */
export const standardize_dtype = (dtype: string): DType => standardizeDType(dtype);

/** Tensors alive on the device and their bytes. */
export const memory = (): MemoryInfo => activeBackend().memory();
