/** TFSMLayer: a function of a TensorFlow SavedModel as a layer. */
import type { Handle } from '../backend/backend.js';
import type { LoadedEndpoint, LoadedSavedModel, TensorSpec } from '../backend/saved-model.js';
import { apply } from '../engine/apply.js';
import { activeBackend, context } from '../engine/context.js';
import { toTensor, type TensorLike } from '../engine/convert.js';
import { custom_gradient } from '../engine/custom-gradient.js';
import { own } from '../engine/scope.js';
import { formatShape, ShapeError } from '../engine/shape.js';
import { describeStructure, flatten, mapStructure, packAs, sameStructure, isPlainObject } from '../engine/structure.js';
import { Tensor, TracedValueError } from '../engine/tensor.js';
import type { Variable } from '../engine/variable.js';
import { Layer, LayerError, type CallOptions, type LayerOptions } from '../layers/layer.js';
import { KerasTensor } from '../ops/keras-tensor.js';
import { pathOf, type FilePath } from '../saving/files.js';
import { kerasExport, type CustomObjects } from '../saving/registration.js';
import { inSafeMode } from '../saving/scopes.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { requireSupport } from './export-archive.js';
import { ArgumentSpec } from './input-signature.js';

export interface TFSMLayerOptions extends LayerOptions {
  /** Folder of the SavedModel. */
  filepath: FilePath;
  /** The function that the layer computes. Default 'serve', that of `model.export`. */
  call_endpoint?: string;
  /** The function in training, where it is another. */
  call_training_endpoint?: string | null;
}

const ARGUMENTS = ['filepath', 'call_endpoint', 'call_training_endpoint', 'trainable', 'name', 'dtype'] as const;

/** An endpoint, with the layer's variables for those that it uses. */
interface Bound {
  endpoint: LoadedEndpoint;
  /** TensorSpecs in the structure of the call's argument. */
  inputs: unknown;
  outputs: unknown;
  variables: Variable[];
}

/**
 * A function of a SavedModel, written here by `model.export` or by Python, with its variables as weights. For a model whose
 * code is not there. It takes one argument: a tensor, or tensors in arrays and objects. The function runs in TensorFlow as it
 * is, so a model around it runs op by op rather than compiled, and no gradients flow through it: it is for inference, and for
 * what a trained part computes in front of layers that train. Needs the `tensorflow` backend.
 *
 * - Arguments: `filepath`, `call_endpoint` (default 'serve'; 'serving_default' in files that do not come from Keras),
 *   `call_training_endpoint` (default null: the same).
 * - Errors: a folder that is no SavedModel, an unknown endpoint (the message lists those that there are), functions that use
 *   lookup tables.
 *
 * Source: keras.layers.TFSMLayer.
 *
 * @example
 * const model = new keras.Sequential([keras.Input({ shape: [3] }), new keras.layers.Dense(2)]);
 * await model.export('served', { verbose: false });
 * const layer = new keras.layers.TFSMLayer('served');
 * layer(keras.ops.ones([5, 3])).shape; // [5, 2]
 */
export class TFSMLayer extends Layer {
  static override call_arguments: readonly string[] = [];
  readonly filepath: string;
  readonly call_endpoint: string;
  readonly call_training_endpoint: string | null;
  readonly #call: Bound;
  readonly #callTraining: Bound;

  constructor(...args: ConstructorArgs<TFSMLayerOptions, typeof ARGUMENTS>) {
    const options = namedArguments<TFSMLayerOptions>('TFSMLayer', ARGUMENTS, args);
    super(options);
    if (options.filepath === undefined) throw new LayerError('TFSMLayer needs the filepath of a SavedModel.');
    this.filepath = pathOf(options.filepath);
    this.call_endpoint = options.call_endpoint ?? 'serve';
    this.call_training_endpoint = options.call_training_endpoint ?? null;
    const loaded = requireSupport('TFSMLayer').load(this.filepath);
    unloaded.register(this, () => loaded.dispose());

    const [endpoint, training] = this.#endpoints(loaded);
    const made = this.#addWeights(loaded, [endpoint, training]);
    const bind = (found: LoadedEndpoint): Bound => ({
      endpoint: found, inputs: specs(argumentOf(found)), outputs: specs(found.outputs), variables: found.variables.map((i) => made.get(i)!) });
    this.#call = bind(endpoint);
    this.#callTraining = training === endpoint ? this.#call : bind(training);
    this.buildAtInit();
  }

  #endpoints(loaded: LoadedSavedModel): [call: LoadedEndpoint, training: LoadedEndpoint] {
    try {
      const endpoint = this.#endpoint(loaded, this.call_endpoint);
      return [endpoint, this.call_training_endpoint === null ? endpoint : this.#endpoint(loaded, this.call_training_endpoint)];
    } catch (error) {
      for (const { handle } of loaded.variables) activeBackend().dispose(handle);
      throw error;
    }
  }

  #endpoint({ endpoints }: LoadedSavedModel, name: string): LoadedEndpoint {
    const found = endpoints.get(name);
    if (!found) {
      throw new LayerError(`The SavedModel '${this.filepath}' has no endpoint '${name}'. Its endpoints: ` +
        `${[...endpoints.keys()].join(', ')}.`);
    }
    if (found.signature.length !== 1) {
      throw new LayerError(`The endpoint '${name}' of the SavedModel '${this.filepath}' takes ${found.signature.length} arguments; a ` +
        'layer calls functions of one, which may be an array or an object of tensors.');
    }
    return found;
  }

  /** Makes weights of the variables that the endpoints use: those that train come first, as in Keras. */
  #addWeights({ variables }: LoadedSavedModel, endpoints: readonly LoadedEndpoint[]): Map<number, Variable> {
    const backend = activeBackend();
    const used = new Set(endpoints.flatMap((endpoint) => endpoint.variables));
    const made = new Map<number, Variable>();
    const order = [...used].toSorted((a, b) => Number(variables[b].trainable) - Number(variables[a].trainable) || a - b);
    variables.forEach(({ handle }, i) => {
      if (!used.has(i)) backend.dispose(handle);
    });
    for (const i of order) {
      const { name, shape, dtype, trainable, handle } = variables[i];
      const initial = new Tensor(shape, dtype, backend, handle);
      // Names of variables have no slashes.
      made.set(i, this.add_weight({
        name: name.replaceAll('/', '_'), shape, dtype, trainable, autocast: false, initializer: (() => initial) as never }));
      initial.dispose();
    }
    return made;
  }

  override call(inputs: unknown, options: CallOptions = {}): unknown {
    const { endpoint, inputs: expected, outputs, variables } = options.training ? this.#callTraining : this.#call;
    const given = this.#leaves(inputs, expected);
    if (context.tracer) {
      throw new TracedValueError(`${this.#who()} runs a function of TensorFlow, which cannot become part of a compiled one. ` +
        'Compile the model with {run_eagerly: true}.');
    }
    const compute = custom_gradient((operands: Tensor[], _weights: Variable[]): [Tensor[], () => never] => {
      const made = endpoint.run(operands.map(({ handle }) => handle), variables.map((variable): Handle => variable.handle));
      const results = made.map(({ handle, shape, dtype }) => {
        const tensor = new Tensor(shape, dtype, activeBackend(), handle);
        own(tensor);
        return tensor;
      });
      return [results, () => {
        throw new LayerError(`${this.#who()} has no gradient. Set its trainable to false, and put layers that train behind it.`);
      }];
    });
    return packAs(outputs, compute(given, variables.filter(({ trainable }) => trainable)));
  }

  /** The tensors of the argument, in the dtypes that the function takes. */
  #leaves(inputs: unknown, expected: unknown): Tensor[] {
    const leaves = flatten(expected) as ArgumentSpec[];
    // One tensor stands for an object or an array of one.
    const given = leaves.length === 1 && inputs instanceof Tensor ? packAs(expected, [inputs]) : inputs;
    if (!sameStructure(expected, given)) {
      throw new LayerError(`${this.#who()} takes ${describeStructure(expected)}, received ${describeStructure(inputs)}.`);
    }
    return flatten(given).map((leaf, i) => {
      const tensor = toTensor(leaf as TensorLike);
      const { shape, dtype, name } = leaves[i];
      const fits = tensor.shape.length === shape.length && shape.every((d, axis) => d === null || d === tensor.shape[axis]);
      if (!fits) {
        throw new ShapeError(`${this.#who()} takes ${name ? `'${name}' of ` : ''}shape ${formatShape(shape)}, received ` +
          `${formatShape(tensor.shape)}.`);
      }
      return tensor.dtype === dtype ? tensor : apply('cast', [tensor], { dtype });
    });
  }

  #who(): string {
    return `The ${this.describe()} of the SavedModel '${this.filepath}'`;
  }

  override compute_output_spec(inputs: unknown, options: CallOptions = {}): unknown {
    const { outputs, inputs: expected } = options.training ? this.#callTraining : this.#call;
    const [batch] = (flatten(inputs)[0] as KerasTensor).shape;
    const isBatched = (flatten(expected)[0] as ArgumentSpec).shape[0] === null;
    return mapStructure((leaf) => {
      const { shape, dtype } = leaf as ArgumentSpec;
      return new KerasTensor(shape.map((d, axis) => (axis === 0 && d === null && isBatched ? batch : d)), dtype);
    }, outputs);
  }

  override get_config(): Record<string, unknown> {
    const { filepath, call_endpoint, call_training_endpoint } = this;
    return { ...super.get_config(), filepath, call_endpoint, call_training_endpoint };
  }

  /** @param safe_mode unless false, here or around the call, the layer is refused: it runs what a file says */
  static override from_config(
    config: Record<string, unknown>, _custom_objects: CustomObjects | null = null, safe_mode = true,
  ): Layer {
    if (inSafeMode(safe_mode)) {
      throw new LayerError(`The TFSMLayer '${String(config.name)}' runs the functions of the SavedModel '${String(config.filepath)}', ` +
        'which may do anything that TensorFlow can do, such as reading files. If you trust it, pass {safe_mode: false}.');
    }
    return new this(config as unknown as TFSMLayerOptions);
  }
}
kerasExport(TFSMLayer, 'keras.layers.TFSMLayer');

/** Functions of layers that nobody can call any more leave TensorFlow. */
const unloaded = new FinalizationRegistry<() => void>((dispose) => dispose());

/** The one argument; that of a signature is an object by names. */
const argumentOf = ({ signature: [argument], keywords }: LoadedEndpoint): unknown =>
  (keywords?.length === 1 && isPlainObject(argument) ? Object.values(argument)[0] : argument);

/** Specs as leaves. */
function specs(structure: unknown): unknown {
  if (Array.isArray(structure)) return structure.map(specs);
  const { shape, dtype, name } = Object(structure) as Partial<TensorSpec>;
  if (Array.isArray(shape) && typeof dtype === 'string') return new ArgumentSpec(shape, dtype, name ?? null);
  return Object.fromEntries(Object.entries(structure as object).map(([key, value]) => [key, specs(value)]));
}
