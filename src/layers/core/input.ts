/** Input: the symbolic tensor that a functional model starts from. */
import type { KerasTensor } from '../../ops/keras-tensor.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { InputLayer, type InputLayerOptions } from './input-layer.js';

export interface InputOptions extends Omit<InputLayerOptions, 'input_tensor'> {
  /** An existing KerasTensor to start from. */
  tensor?: KerasTensor | null;
}

const ARGUMENTS = ['shape', 'batch_size', 'dtype', 'sparse', 'ragged', 'batch_shape', 'name', 'tensor',
  'optional'] as const;

/**
 * A symbolic tensor to call layers on; the layers called then make up a model. Source: keras.Input.
 *
 * @param args `shape` of one sample (null for dimensions that vary), `batch_size`, `dtype`, `batch_shape`,
 *   `name`, `tensor`, `optional`; see InputLayer
 * @throws ArgumentError when neither or both of `shape` and `batch_shape` are given
 * @example
 * const x = keras.Input({ shape: [null, 8], name: 'tokens' });
 * x.shape; // [null, null, 8]
 */
export function Input(...args: ConstructorArgs<InputOptions, typeof ARGUMENTS>): KerasTensor {
  const { tensor, ...options } = namedArguments<InputOptions>('Input', ARGUMENTS, args, []);
  return new InputLayer({ ...options, input_tensor: tensor ?? null }).output as KerasTensor;
}
kerasExport(Input, 'keras.Input', 'keras.layers.Input');

