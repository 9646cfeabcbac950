/** keras.backend: what Keras 3 keeps there, the API of Keras 1, and the interface that backends implement. */
import { activeBackend } from '../engine/context.js';
import { isFloat, isInteger, resultType, standardizeDType, type DType, type WeakType } from '../engine/dtype.js';
import { nextUid } from '../utils/naming.js';
import type { MemoryInfo } from './backend.js';

export * from '../legacy/index.js';
export { clear_session, standardize_dtype } from '../utils/index.js';
export { _BACKEND, backend, epsilon, floatx, image_data_format, set_epsilon, set_floatx, set_image_data_format } from './config.js';
export type { Aval, Backend, BackendFactory, CompileOptions, Executable, Handle, MemoryInfo, Operand, View } from './backend.js';
export type { HostData } from '../engine/dtype.js';
export type { Graph, Node, Value } from '../engine/graph.js';
export type { ParamsOf, PrimitiveName } from '../engine/primitives/index.js';

/**
 * Dtype of a computation over operands of these dtypes. Source: keras.backend.result_type.
 * @example
 * keras.backend.result_type('int32', 'float16'); // 'float16'
 */
export const result_type = (...dtypes: (DType | WeakType)[]): DType => resultType(...dtypes);

/**
 * Whether a dtype holds floating-point numbers. Source: keras.backend.is_float_dtype.
 * @example
 * keras.backend.is_float_dtype('bfloat16'); // true
 */
export const is_float_dtype = (dtype: string): boolean => isFloat(standardizeDType(dtype));

/**
 * Whether a dtype holds integers. Source: keras.backend.is_int_dtype.
 * @example
 * keras.backend.is_int_dtype('uint8'); // true
 */
export const is_int_dtype = (dtype: string): boolean => isInteger(standardizeDType(dtype));

/**
 * The next number for names that begin with `prefix`, counted from 1. Source: keras.backend.get_uid.
 * @example
 * const first = keras.backend.get_uid('thing');
 * keras.backend.get_uid('thing') - first; // 1
 */
export const get_uid = (prefix = ''): number => nextUid(prefix);

/**
 * Tensors alive on the device and their bytes.
 * @example
 * const { tensors, bytes } = keras.backend.memory();
 */
export const memory = (): MemoryInfo => activeBackend().memory();
