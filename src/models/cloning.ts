/** Copies of models with new weights. */
import { describeStructure, flatten, mapStructure, sameStructure } from '../engine/structure.js';
import { Input } from '../layers/core/input.js';
import { InputLayer } from '../layers/core/input-layer.js';
import { Layer } from '../layers/layer.js';
import { KerasTensor } from '../ops/keras-tensor.js';
import { kerasExport } from '../saving/registration.js';
import { deserialize_keras_object, serialize_keras_object } from '../saving/serialization.js';
import { namedArguments, type NamedForms } from '../utils/arguments.js';
import { ArgumentError } from '../utils/checks.js';
import { Functional } from './functional.js';
import { Model, type FunctionalConstructor } from './model.js';
import { Sequential } from './sequential.js';

/** Calls a layer of the copy; what it returns goes on in the graph. Options of the call come last, if there are any. */
export type CallFunction = (layer: (...args: unknown[]) => unknown, ...args: unknown[]) => unknown;

export interface CloneModelOptions {
  /** KerasTensors to build the copy on, in the structure of `model.input`. Default: new inputs. */
  input_tensors?: unknown;
  /** Gives the copy of a layer. Default: a layer of the same config. */
  clone_function?: ((layer: Layer) => Layer) | null;
  /** Calls each layer of the copy; functional models only. Default: `layer(...args)`. */
  call_function?: CallFunction | null;
  /** Whether models inside are copied layer by layer, with the same functions. Default false: as one layer. */
  recursive?: boolean;
}

const ARGUMENTS = ['input_tensors', 'clone_function', 'call_function', 'recursive'] as const;

type CloneLayer = (layer: Layer) => Layer;

/**
 * A model of the same architecture with new weights, compiled as the model was. Layers that the model uses more than once
 * are one layer in the copy too. A class of your own with `get_config` is copied through its config.
 * Source: keras.models.clone_model.
 *
 * @param model a Sequential or functional model
 * @param options `input_tensors`, `clone_function`, `call_function`, `recursive`
 * @throws ArgumentError for options that do not go with the kind of model, or inputs of another structure
 * @example
 * const copy = keras.models.clone_model(model, {
 *   clone_function: (layer) => layer.constructor.from_config({ ...layer.get_config(), trainable: false }),
 * });
 * copy.trainable_weights.length; // 0
 */
export function clone_model(model: Model, ...args: NamedForms<CloneModelOptions, typeof ARGUMENTS>): Model {
  const options = namedArguments<CloneModelOptions>('clone_model', ARGUMENTS, args, [], ['input_tensors']);
  return clone(model, options, new Map());
}
kerasExport(clone_model, 'keras.models.clone_model');

function clone(model: Model, options: CloneModelOptions, copies: Map<Layer, Layer>): Model {
  const { call_function = null } = options;
  const cloneLayer = onceEach(options, copies);
  if (model instanceof Sequential) {
    if (call_function) {
      throw new ArgumentError(`clone_model: 'call_function' is for functional models, received the Sequential '${model.name}', ` +
        'whose layers call one another in their order.');
    }
    return compiledAs(model, cloneSequential(model, cloneLayer, options.input_tensors ?? null));
  }
  if (model._graph) return compiledAs(model, cloneFunctional(model, cloneLayer, options));
  for (const name of ['clone_function', 'input_tensors', 'call_function'] as const) {
    if (!options[name]) continue;
    throw new ArgumentError(`clone_model: '${name}' is for Sequential and functional models, received '${model.name}', a ` +
      `${model.constructor.name} with a call() of its own.`);
  }
  const custom_objects = { [model.constructor.name]: model.constructor };
  return deserialize_keras_object(serialize_keras_object(model), { custom_objects }) as Model;
}

/** Copies a layer when it is first met, and gives the same copy ever after. */
function onceEach({ clone_function, call_function, recursive = false }: CloneModelOptions, copies: Map<Layer, Layer>): CloneLayer {
  const copyOf = clone_function ?? ((layer: Layer) => (layer.constructor as typeof Layer).from_config(layer.get_config()));
  return (layer) => {
    const known = copies.get(layer);
    if (known) return known;
    let copy: Layer;
    if (recursive && layer instanceof Sequential) copy = clone(layer, { clone_function, recursive }, copies);
    else if (recursive && layer instanceof Functional) copy = clone(layer, { clone_function, call_function, recursive }, copies);
    else copy = copyOf(layer);
    if (!(copy instanceof Layer)) {
      throw new ArgumentError(`clone_model: 'clone_function' must return a layer, it returned ${String(copy)} for ` +
        `'${layer.name}'.`);
    }
    copies.set(layer, copy);
    return copy;
  };
}

function cloneSequential(model: Sequential, cloneLayer: CloneLayer, input_tensors: unknown): Sequential {
  const layers = model.layers.map(cloneLayer);
  const [input] = model._layers;
  const given = flatten(input_tensors ?? []);
  if (given.some((tensor) => !(tensor instanceof KerasTensor)) || given.length > 1) {
    throw new ArgumentError(`clone_model: the 'input_tensors' of a Sequential model are one KerasTensor, received ` +
      `${given.map(String).join(', ')}.`);
  }
  const [tensor] = given as KerasTensor[];
  if (!tensor && !(input instanceof InputLayer)) return new Sequential({ layers, name: model.name, trainable: model.trainable });
  const { name = null, optional = false } = input instanceof InputLayer ? input : {};
  const start = tensor ? Input({ tensor, name, optional })
    : Input({ batch_shape: (input as InputLayer).batch_shape, dtype: (input as InputLayer).dtype, name, optional });
  return new Sequential({ layers: [start, ...layers], name: model.name, trainable: model.trainable });
}

function cloneFunctional(model: Model, cloneLayer: CloneLayer, options: CloneModelOptions): Model {
  const { call_function, input_tensors } = options;
  const graph = model._graph!;
  const { inputs_struct } = graph;
  if (input_tensors && !(flatten(input_tensors).every((leaf) => leaf instanceof KerasTensor) &&
    sameStructure(input_tensors, inputs_struct))) {
    throw new ArgumentError(`clone_model: 'input_tensors' must be KerasTensors in the structure of model.input, ` +
      `${describeStructure(inputs_struct)}, received ${describeStructure(input_tensors)} of ` +
      `${flatten(input_tensors).map(String).join(', ')}.`);
  }
  const inputs = input_tensors ?? mapStructure((leaf) => {
    const { shape, dtype, name, _keras_history: history } = leaf as KerasTensor;
    const optional = history?.operation instanceof InputLayer && history.operation.optional;
    return Input({ batch_shape: shape, dtype, name, optional });
  }, inputs_struct);
  const outputs = graph.run(flatten(inputs), (operation, args, kwargs) => {
    const given = Object.keys(kwargs).length > 0 ? [...args, kwargs] : args;
    // Ops have no state: the copy calls the same ones.
    const copy = (operation instanceof Layer ? cloneLayer(operation) : operation) as unknown as (...all: unknown[]) => unknown;
    return call_function ? call_function(copy, ...given) : copy(...given);
  });
  const make = takesGraph(model.constructor) ? model.constructor as FunctionalConstructor : Functional;
  return new make(inputs, outputs, { name: model.name });
}

/** Whether a class is made as `new Class(inputs, outputs, options)`, as Functional is. */
// oxlint-disable-next-line typescript/no-unsafe-function-type -- the constructor of any class of models
function takesGraph(cls: Function): boolean {
  if (cls === Functional || cls === Model) return true;
  const hasOwn = /\bconstructor\s*\(/.test(globalThis.Function.prototype.toString.call(cls));
  // oxlint-disable-next-line typescript/no-unsafe-function-type -- as above
  return hasOwn ? cls.length >= 2 : takesGraph(Object.getPrototypeOf(cls) as Function);
}

function compiledAs<M extends Model>(model: Model, copy: M): M {
  const config = model.get_compile_config();
  if (config) copy.compile_from_config(config);
  return copy;
}
