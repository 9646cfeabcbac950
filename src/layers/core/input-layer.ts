/** InputLayer: the beginning of a functional graph. */
import { standardizeDType, getDefaultFloat, type DType } from '../../engine/dtype.js';
import { formatShape, sameShape, type SymbolicShape } from '../../engine/shape.js';
import { KerasTensor } from '../../ops/keras-tensor.js';
import { Node } from '../../ops/node.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { ArgumentError } from '../../utils/checks.js';
import { Layer } from '../layer.js';

export interface InputLayerOptions {
  /** Shape of one sample; null for dimensions that vary. Either this or `batch_shape` is needed. */
  shape?: SymbolicShape | null;
  /** Size of the batches, where it is fixed. */
  batch_size?: number | null;
  /** Default: floatx. */
  dtype?: string | null;
  /** Sparse tensors are not supported: false or null. */
  sparse?: false | null;
  /** Ragged tensors are not supported: false or null. */
  ragged?: false | null;
  /** The shape with the batch axis, instead of `shape` and `batch_size`. */
  batch_shape?: SymbolicShape | null;
  /** An existing KerasTensor to start from. */
  input_tensor?: KerasTensor | null;
  /** Whether null may be passed for this input. Default false. */
  optional?: boolean;
  /** Also the key of this input where the data are an object. */
  name?: string | null;
}

const ARGUMENTS = ['shape', 'batch_size', 'dtype', 'sparse', 'ragged', 'batch_shape', 'input_tensor',
  'optional', 'name'] as const;

/**
 * The layer behind `Input`. Use `Input` instead, which gives the tensor. Source: keras.layers.InputLayer.
 *
 * @throws ArgumentError when neither or both of `shape` and `batch_shape` are given, or they do not fit
 *   `input_tensor`
 * @example
 * const layer = new keras.layers.InputLayer({ shape: [3] });
 * layer.batch_shape; // [null, 3]
 */
export class InputLayer extends Layer {
  static override call_arguments: readonly string[] = [];

  readonly batch_shape: SymbolicShape;
  readonly sparse = false;
  readonly ragged = false;
  readonly optional: boolean;
  #dtype: DType;

  constructor(...args: ConstructorArgs<InputLayerOptions, typeof ARGUMENTS>) {
    const options = namedArguments<InputLayerOptions>('InputLayer', ARGUMENTS, args, []);
    super({ name: options.name });
    for (const kind of ['sparse', 'ragged'] as const) {
      if (!options[kind]) continue;
      throw new ArgumentError(`InputLayer '${this.name}': ${kind} tensors are not supported.`);
    }
    const { input_tensor: given } = options;
    this.batch_shape = given ? tensorShape(this.name, given, options) : batchShape(this.name, options);
    this.#dtype = given ? given.dtype : standardizeDType(options.dtype ?? getDefaultFloat());
    this.optional = options.optional ?? false;
    this.built = true;
    const tensor = given ?? new KerasTensor(this.batch_shape, this.#dtype, this.name);
    Node.record(this, [], {}, tensor);
  }

  override get dtype(): DType {
    return this.#dtype;
  }

  override call(): undefined {
    return undefined;
  }

  override get_config(): Record<string, unknown> {
    return {
      batch_shape: this.batch_shape, dtype: this.dtype, sparse: this.sparse, ragged: this.ragged,
      name: this.name, optional: this.optional,
    };
  }
}
kerasExport(InputLayer, 'keras.layers.InputLayer');

function checkShape(owner: string, name: string, shape: unknown): SymbolicShape {
  if (!Array.isArray(shape) || shape.some((d) => d !== null && (!Number.isInteger(d) || d < 0))) {
    throw new ArgumentError(`InputLayer '${owner}': the argument '${name}' must be an array of integers ` +
      `>= 0 or null, received ${JSON.stringify(shape)}.`);
  }
  return shape as SymbolicShape;
}

function batchShape(owner: string, { shape, batch_size, batch_shape }: InputLayerOptions): SymbolicShape {
  if (batch_shape !== undefined && batch_shape !== null) {
    if ((shape ?? batch_size ?? null) !== null) {
      throw new ArgumentError(`InputLayer '${owner}': give either 'batch_shape', or 'shape' and ` +
        `'batch_size', not both.`);
    }
    return [...checkShape(owner, 'batch_shape', batch_shape)];
  }
  if (shape === undefined || shape === null) {
    throw new ArgumentError(`InputLayer '${owner}' needs a shape, such as {shape: [28, 28, 1]} for one ` +
      `sample, without the batch.`);
  }
  return [batch_size ?? null, ...checkShape(owner, 'shape', shape)];
}

/** The shape of a given tensor, after a check that the other arguments do not contradict it. */
function tensorShape(owner: string, tensor: KerasTensor, options: InputLayerOptions): SymbolicShape {
  if (!(tensor instanceof KerasTensor)) {
    throw new ArgumentError(`InputLayer '${owner}': the argument 'input_tensor' must be a KerasTensor, ` +
      `received ${String(tensor)}.`);
  }
  const { shape, batch_size, batch_shape, dtype } = options;
  const fits = (shape ?? null) === null || sameShape(shape!, tensor.shape.slice(1));
  const fitsBatch = (batch_size ?? null) === null || tensor.shape[0] === batch_size;
  const fitsAll = (batch_shape ?? null) === null || sameShape(batch_shape!, tensor.shape);
  if (!fits || !fitsBatch || !fitsAll || (dtype && standardizeDType(dtype) !== tensor.dtype)) {
    throw new ArgumentError(`InputLayer '${owner}': the given tensor has shape ` +
      `${formatShape(tensor.shape)} and dtype ${tensor.dtype}, which shape, batch_size, batch_shape or ` +
      `dtype contradict. Leave these out.`);
  }
  return tensor.shape;
}
