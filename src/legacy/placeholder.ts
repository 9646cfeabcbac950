/** keras.backend: placeholders, the symbolic inputs of a graph. */
import { getDefaultFloat } from '../engine/dtype.js';
import type { SymbolicShape } from '../engine/shape.js';
import { Input } from '../layers/core/input.js';
import { InputLayer } from '../layers/core/input-layer.js';
import { KerasTensor } from '../ops/keras-tensor.js';
import type { CallForms } from '../utils/arguments.js';
import { byPosition } from './named.js';

const ARGUMENTS = ['shape', 'ndim', 'dtype', 'name'] as const;
type Values = [shape?: SymbolicShape | null, ndim?: number | null, dtype?: string | null, name?: string | null];

/**
 * A tensor without values: ops, layers and `K` functions take it, and `K.function` gives it values. It is the same as
 * `keras.Input` with the batch written out, so that models can be made of it too. Source: keras.backend.placeholder.
 *
 * @param args `shape`: integers, null for lengths that vary; `ndim`: number of axes, all of which vary, where there is
 *   no shape; `dtype`: default floatx; `name`: for messages
 * @throws TypeError when neither shape nor ndim is given
 * @example
 * keras.backend.placeholder([2, 4, 5]).shape; // [2, 4, 5]
 * keras.backend.placeholder({ shape: [null, 4, 5] }).shape; // [null, 4, 5]
 * keras.backend.placeholder({ ndim: 3 }).shape; // [null, null, null]
 */
export function placeholder(...args: CallForms<typeof ARGUMENTS, Values>): KerasTensor {
  const [shape = null, ndim = null, dtype = null, name = null] =
    byPosition('placeholder', ARGUMENTS, args) as Values;
  if (shape === null && !(Number.isInteger(ndim) && ndim! >= 0)) {
    throw new TypeError('K.placeholder needs a shape, such as [null, 3], or a number of axes, such as {ndim: 2}; ' +
      `received shape=${JSON.stringify(shape)}, ndim=${JSON.stringify(ndim)}.`);
  }
  const batch_shape = shape ?? Array.from({ length: ndim! }, () => null);
  return Input({ batch_shape, dtype: dtype ?? getDefaultFloat(), ...(name === null ? {} : { name }) });
}

/**
 * Whether a value is a placeholder: symbolic, and not computed from others. Source: keras.backend.is_placeholder.
 * @example
 * keras.backend.is_placeholder(keras.backend.placeholder([2])); // true
 */
export const is_placeholder = (x: unknown): boolean =>
  x instanceof KerasTensor && x._keras_history?.operation instanceof InputLayer;

/**
 * Whether a value is symbolic: a placeholder, or computed from some. Source: keras.backend.is_keras_tensor.
 * @example
 * keras.backend.is_keras_tensor(keras.ops.ones([2])); // false
 */
export const is_keras_tensor = (x: unknown): boolean => x instanceof KerasTensor;
