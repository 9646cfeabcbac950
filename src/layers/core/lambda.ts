/** Lambda: a function as a layer. */
import { formatShape, type SymbolicShape } from '../../engine/shape.js';
import { flatten, isPlainObject, mapStructure } from '../../engine/structure.js';
import { KerasTensor } from '../../ops/keras-tensor.js';
import { computeOutputSpec } from '../../ops/symbolic.js';
import type { Tensor } from '../../engine/tensor.js';
import { kerasExport, type CustomObjects } from '../../saving/registration.js';
import { at } from '../../saving/scopes.js';
import { deserialize_keras_object, serialize_keras_object } from '../../saving/serialization.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { isShape, shapesToSpecs } from '../layer-call.js';
import { Layer, LayerError, type CallOptions, type LayerOptions } from '../layer.js';

/** The function of a Lambda: the inputs, then `arguments` with the `training` and `mask` of the call. */
export type LambdaFunction = (inputs: never, options: never) => unknown;

export interface LambdaOptions extends LayerOptions {
  /** Computes the output from the inputs. */
  function: LambdaFunction;
  /** The output's shape without the batch, or a function from input shape to output shape. Default: found by a trace. */
  output_shape?: SymbolicShape | ((input_shape: never) => unknown) | null;
  /** A mask for the output, or a function `(inputs, mask) => mask`. Default null: no mask. */
  mask?: Tensor | ((inputs: never, mask: never) => unknown) | null;
  /** Further arguments of the function, by name. */
  arguments?: Record<string, unknown> | null;
}

const ARGUMENTS = ['function', 'output_shape', 'mask', 'arguments'] as const;

type AnyFunction = (...args: unknown[]) => unknown;

/** Functions without a name by the config that stands for them, while it has not been through a file. */
const living = new WeakMap<object, AnyFunction>();

/**
 * A function as a layer, for small steps in between. It gets the inputs and, as its second argument, an object with
 * `arguments` and the `training` and `mask` of the call. A layer with weights is better a class of its own.
 *
 * Functions of yours are saved by name: register them, or give them in `custom_objects` when the model is loaded. One
 * without a name, and a Python lambda, is loaded with `safe_mode: false` and a JavaScript function in `custom_objects`
 * under the layer's name: code in a file is never run.
 *
 * Input and output shapes: those of the function. Source: keras.layers.Lambda.
 *
 * @throws LayerError when `function` is no function
 * @example
 * new keras.layers.Lambda((x, { factor }) => keras.ops.multiply(x, factor), { arguments: { factor: 3 } })([2]).item(); // 6
 */
export class Lambda extends Layer {
  static override call_arguments: readonly string[] = ['mask', 'training'];

  readonly function: AnyFunction;
  override readonly arguments: Record<string, unknown>;
  readonly mask: Tensor | AnyFunction | null;
  readonly #outputShape: SymbolicShape | AnyFunction | null;

  constructor(...args: ConstructorArgs<LambdaOptions, typeof ARGUMENTS>) {
    const options = namedArguments<LambdaOptions>('Lambda', ARGUMENTS, args, undefined, ['arguments']);
    super(options);
    if (typeof options.function !== 'function') {
      throw new LayerError(`Lambda: the argument 'function' must be a function, received ${String(options.function)}.`);
    }
    this.function = options.function as AnyFunction;
    this.arguments = options.arguments ?? {};
    this.mask = (options.mask ?? null) as Tensor | AnyFunction | null;
    this.#outputShape = (options.output_shape ?? null) as SymbolicShape | AnyFunction | null;
    this.supports_masking = this.mask !== null;
    this.buildAtInit();
  }

  override call(inputs: unknown, options: CallOptions = {}): unknown {
    const given = { ...this.arguments };
    // Not enumerable: there for a function that asks for them, unseen by one that checks the names of its arguments.
    for (const name of ['mask', 'training'] as const) {
      if (!(name in given)) Object.defineProperty(given, name, { value: options[name] });
    }
    return this.function(inputs, given);
  }

  override compute_mask(inputs: unknown, previous_mask: unknown): unknown {
    return typeof this.mask === 'function' ? this.mask(inputs, previous_mask) : this.mask;
  }

  override compute_output_spec(inputs: unknown, options: CallOptions = {}): unknown {
    if (this.#outputShape === null) return super.compute_output_spec(inputs, options);
    const shapes = mapStructure((leaf) => (leaf as KerasTensor).shape, inputs);
    return shapesToSpecs(this.compute_output_shape(shapes), this.compute_dtype);
  }

  override compute_output_shape(input_shape: unknown): unknown {
    if (typeof this.#outputShape === 'function') return this.#outputShape(input_shape);
    if (this.#outputShape !== null) return [flatten(input_shape)[0], ...this.#outputShape];
    try {
      const specs = computeOutputSpec((inputs) => this.call(inputs), [shapesToSpecs(input_shape, this.compute_dtype)]);
      return mapStructure((leaf) => (leaf instanceof KerasTensor ? [...leaf.shape] : leaf), specs);
    } catch (cause) {
      throw new LayerError(`The output shape of the ${this.describe()} cannot be found for inputs of shape ` +
        `${isShape(input_shape) ? formatShape(input_shape) : JSON.stringify(input_shape)}: give output_shape.`, { cause });
    }
  }

  override get_config(): Record<string, unknown> {
    const config: Record<string, unknown> = { ...super.get_config(), function: functionConfig(this.function, 'function') };
    const shape = this.#outputShape;
    if (shape !== null) config.output_shape = typeof shape === 'function' ? functionConfig(shape, 'output_shape') : shape;
    if (this.mask !== null) {
      config.mask = typeof this.mask === 'function' ? functionConfig(this.mask, 'mask') : serialize_keras_object(this.mask);
    }
    config.arguments = serialize_keras_object(this.arguments);
    return config;
  }

  static override from_config(
    config: Record<string, unknown>, custom_objects: CustomObjects | null = null, safe_mode = true,
  ): Layer {
    const revive = (value: unknown): unknown => {
      if (isPlainObject(value) && living.has(value)) return living.get(value);
      return deserialize_keras_object(value, { custom_objects, safe_mode });
    };
    const options = { ...config };
    at(`Lambda '${String(config.name)}'`, () => {
      for (const key of ['function', 'output_shape', 'mask', 'arguments']) if (key in options) options[key] = revive(options[key]);
    });
    return new this(options as unknown as LambdaOptions);
  }
}
kerasExport(Lambda, 'keras.layers.Lambda');

/**
 * A function by its name; one without a name as Python writes a lambda, with its text for whoever reads the file.
 * @param option where it was given: JavaScript calls a function without a name after the key that it is a value of
 */
function functionConfig(fn: AnyFunction, option: string): unknown {
  if (fn.name !== '' && fn.name !== option) return serialize_keras_object(fn);
  const config = { class_name: '__lambda__', config: { code: fn.toString(), defaults: null, closure: null } };
  living.set(config, fn);
  return config;
}
