/** Model: a layer that can be trained, saved and summarized; a graph of layers, or a class with a `call`. */
import { apply } from '../engine/apply.js';
import { flatten, isPlainObject, mapStructure } from '../engine/structure.js';
import { formatShape, type Shape, type SymbolicShape } from '../engine/shape.js';
import { Tensor, TracedValueError } from '../engine/tensor.js';
import { toTensor, type TensorLike } from '../engine/convert.js';
import { EXPORT_ARGUMENTS, exportModel, type ExportOptions } from '../export/export-model.js';
import { InputLayer } from '../layers/core/input-layer.js';
import { IncompatibleInputError, InputSpec } from '../layers/input-spec.js';
import { Layer, type CallOptions, type LayerOptions } from '../layers/layer.js';
import { hasKerasTensor, KerasTensor } from '../ops/keras-tensor.js';
import type { FilePath, FileSource } from '../saving/files.js';
import { stringifyJSON } from '../saving/json.js';
import { kerasExport } from '../saving/registration.js';
import { save_model, type SaveModelArgs } from '../saving/saving-api.js';
import { serialize_keras_object } from '../saving/serialization.js';
import { load_weights, save_weights, type LoadWeightsArgs, type SaveWeightsArgs } from '../saving/weights-files.js';
import { Trainer } from '../trainers/trainer.js';
import { namedArguments, type NamedForms } from '../utils/arguments.js';
import { requireOneOf } from '../utils/checks.js';
import { summarize, type SummaryOptions } from '../utils/summary.js';
import { functionalConfig, functionalFromConfig, isFunctionalConfig } from './functional-config.js';
import { callOperation, GraphFunction } from './graph-function.js';
import { assignBranch, branchOf, type StateBranch, type StateFormat, type StateTree } from './state-tree.js';

export type ModelArgs =
  | [options?: LayerOptions]
  | [inputs: unknown, outputs: unknown, options?: LayerOptions]
  | [options: LayerOptions & { inputs: unknown; outputs: unknown }];

/** A layer asked for by name or index is not in the model. */
export class UnknownLayerError extends Error {
  override name = 'UnknownLayerError';
}

let functionalClass: (new (inputs: unknown, outputs: unknown, options: LayerOptions) => Model) | undefined;

/** Called by functional.ts: `new Model(inputs, outputs)` makes one. */
export function setFunctionalClass(make: NonNullable<typeof functionalClass>): void {
  functionalClass = make;
}

/**
 * Groups layers into one that trains: `new Model(inputs, outputs)` from KerasTensors, or a class with `call`.
 * Source: keras.Model.
 *
 * @example
 * const inputs = keras.Input({ shape: [3] });
 * const outputs = new keras.layers.Dense(1)(inputs);
 * const model = new keras.Model(inputs, outputs);
 * model.count_params(); // 4
 */
export class Model extends Trainer {
  readonly #graph: GraphFunction | undefined;
  #manualSpec: InputSpec | readonly InputSpec[] | null | undefined;

  constructor(...args: ModelArgs) {
    const { inputs, outputs, options } = splitArguments(args);
    const isPlain = new.target === Model && inputs !== undefined;
    // `trainable` among the options is the model's own flag; layers keep theirs, so that what is frozen in a file stays so.
    super(isPlain ? { name: 'replaced' } : options);
    if (inputs === undefined) return;
    if (isPlain && functionalClass) {
      // oxlint-disable-next-line no-constructor-return -- as in Keras, a graph makes it a Functional
      return new functionalClass(inputs, outputs, options);
    }
    const [from, to] = onInputLayers(inputs, outputs);
    this.#graph = new GraphFunction(from, to);
    this.built = true;
    Object.defineProperty(this, 'input_spec', {
      get: () => (this.#manualSpec === undefined ? this.#inputSpec() : this.#manualSpec),
      set: (value: InputSpec | null) => {
        this.#manualSpec = value;
      },
      configurable: true,
    });
    this.supports_masking = true;
  }

  /** The graph of a functional model; undefined for a subclass with its own `call`. */
  get _graph(): GraphFunction | undefined {
    return this.#graph;
  }

  /** Whether the model was made of inputs and outputs; a Sequential has a graph, but is not. */
  get _isFunctional(): boolean {
    return this.#graph !== undefined;
  }

  /** Layers of the model: of the graph from the inputs on, or the attributes in the order set. */
  get layers(): Layer[] {
    return this.sublayers;
  }

  override get sublayers(): Layer[] {
    const attributes = super.sublayers;
    if (!this.#graph) return attributes;
    const inGraph = this.#graph.operations.filter((operation) => operation instanceof Layer);
    return [...new Set([...inGraph, ...attributes])];
  }

  get inputs(): readonly KerasTensor[] {
    return this.#graph?.inputs ?? this.#noGraph('inputs');
  }

  get outputs(): readonly KerasTensor[] {
    return this.#graph?.outputs ?? this.#noGraph('outputs');
  }

  override get input(): unknown {
    return this.#graph ? this.#graph.inputs_struct : super.input;
  }

  override get output(): unknown {
    return this.#graph ? this.#graph.outputs_struct : super.output;
  }

  get input_shape(): unknown {
    return shapesOf(this.input ?? this.#noGraph('input_shape'));
  }

  get output_shape(): unknown {
    return shapesOf(this.output ?? this.#noGraph('output_shape'));
  }

  /** Names of the layers that give the outputs. */
  get output_names(): string[] | undefined {
    return this.#graph?.outputs.map((tensor) => tensor._keras_history!.operation.name);
  }

  #noGraph(what: string): never {
    throw new Error(`Model '${this.name}' (${this.constructor.name}) has no ${what}: ` +
      'it is not a functional model, or it has not been built on an input shape.');
  }

  /** A layer by name or by index. */
  get_layer(name?: string | number | { name?: string; index?: number }, index?: number): Layer {
    const wanted = isPlainObject(name) ? (name.name ?? name.index) : (name ?? index);
    const { layers } = this;
    const found = typeof wanted === 'number'
      ? layers[wanted < 0 ? wanted + layers.length : wanted] : layers.find((layer) => layer.name === wanted);
    if (!found) {
      throw new UnknownLayerError(`Model '${this.name}' has no layer ${JSON.stringify(wanted) ?? ''}. ` +
        `Its layers: ${layers.map((layer) => layer.name).join(', ')}.`);
    }
    return found;
  }

  override get _takesMask(): boolean {
    return this._graph !== undefined;
  }

  override get_build_config(): Record<string, unknown> | null {
    // The graph says it all; Python writes this.
    return this.#graph ? { input_shape: null } : super.get_build_config();
  }

  override build(...input_shapes: unknown[]): void {
    if (this.#graph) return;
    try {
      super.build(...input_shapes);
    } catch (error) {
      // A call that reads values cannot be traced: its layers are built when it first runs.
      if (!(error instanceof TracedValueError)) throw error;
    }
  }

  protected override get hasComputation(): boolean {
    return this.#graph !== undefined || this.call !== Model.prototype.call;
  }

  override call(inputs: unknown, options: CallOptions = {}): unknown {
    if (!this.#graph) {
      throw new Error(`Model '${this.name}' (${this.constructor.name}) has no computation: make it of ` +
        'inputs and outputs, or override call(inputs, {training}).');
    }
    const values = this.#standardize(inputs, options.mask);
    const { training } = options;
    return this.#graph.run(values, (operation, args, kwargs) => {
      // Whether the model trains goes before what was written down with the call, which Keras's files do for every call.
      const hears = operation instanceof Layer && training !== undefined;
      return callOperation(operation, args, hears ? { ...kwargs, training } : kwargs);
    });
  }

  /** Inputs in the graph's flat order, dtype and rank: a last axis of size 1 may be left out. */
  #standardize(inputs: unknown, mask: unknown): unknown[] {
    const graph = this.#graph!;
    const struct = graph.inputs_struct;
    let given = inputs;
    if (isPlainObject(inputs) && !isPlainObject(struct)) {
      const missing = graph.inputs.find((tensor) => !(tensor.name in inputs));
      if (missing) {
        throw new IncompatibleInputError(`Missing data for input '${missing.name}' of model ` +
          `'${this.name}'. Received the keys ${Object.keys(inputs).join(', ')}; ` +
          `expected ${graph.inputs.map((t) => t.name).join(', ')}.`);
      }
      given = graph.inputs.map((tensor) => inputs[tensor.name]);
    } else if (isPlainObject(inputs) && isPlainObject(struct)) {
      given = Object.fromEntries(Object.keys(struct).map((key) => [key, inputs[key]]));
    }
    const values = flatten(given);
    if (values.length !== graph.inputs.length) {
      throw new IncompatibleInputError(`Model '${this.name}' has ${graph.inputs.length} inputs ` +
        `(${graph.inputs.map((t) => t.name).join(', ')}), received ${values.length}.`);
    }
    const masks = mask === undefined || mask === null ? [] : flatten(mask);
    return values.map((value, i) => {
      if (value === null || value === undefined) return value;
      const expected = graph.inputs[i];
      if (value instanceof KerasTensor) return value;
      const tensor = toTensor(value as TensorLike, expected.dtype);
      const adjusted = adjustRank(tensor, expected, this.name);
      const known = masks[i] instanceof Tensor ? masks[i]
        : (value instanceof Tensor ? value.mask : undefined);
      if (known && known !== adjusted.mask) adjusted.mask = known;
      return adjusted;
    });
  }

  override compute_mask(_inputs: unknown, previous_mask: unknown): unknown {
    // The layers of the graph have set the masks of the outputs.
    return this.#graph ? undefined : previous_mask;
  }

  #inputSpec(): InputSpec[] {
    const graph = this.#graph!;
    return graph.inputs.map((tensor) => {
      const { operation } = tensor._keras_history!;
      return new InputSpec({
        shape: tensor.shape.length === 0 ? [] : [null, ...tensor.shape.slice(1)],
        allow_last_axis_squeeze: true, name: operation.name,
        optional: operation instanceof InputLayer && operation.optional,
      });
    });
  }

  /**
   * Prints a table of the layers, their output shapes and numbers of parameters.
   * Options: `line_length`, `positions`, `print_fn`, `expand_nested`, `show_trainable`, `layer_range`.
   */
  summary(options: SummaryOptions = {}): void {
    summarize(this, options);
  }

  /**
   * Writes the model to a `.keras` file: layers, weights, compile arguments and the optimizer's state.
   * @param filepath ends in `.keras`, or in `.h5` for the older format; the file is replaced in one step, so a crash loses nothing
   * @param options `overwrite` (default true)
   */
  async save(filepath: FilePath, ...options: SaveModelArgs): Promise<void> {
    await save_model(this, filepath, ...options);
  }

  /** Writes the weights to a `.weights.h5` file, or to shards with an index `.weights.json`: see keras.saving.save_weights. */
  async save_weights(filepath: FilePath, ...options: SaveWeightsArgs): Promise<void> {
    await save_weights(this, filepath, ...options);
  }

  /**
   * Reads weights from a `.weights.h5`, `.weights.json`, `.keras` or `.h5` file: see keras.saving.load_weights.
   * `skip_mismatch` leaves others than fit alone, `objects_to_skip` those layers; `by_name` finds layers by name in files of
   * Keras 2.
   */
  async load_weights(filepath: FileSource, ...options: LoadWeightsArgs): Promise<void> {
    await load_weights(this, filepath, ...options);
  }

  /**
   * Writes the model's computation and weights for inference elsewhere, for batches of any size.
   * @param filepath a folder for a TensorFlow SavedModel with the endpoint `serve`, a file for ONNX
   * @param args `format` ('tf_saved_model', the default, or 'onnx'), `verbose` (default true: a line says where it is), `input_signature` (default: the model's inputs;
   *   with keras.InputSpec other shapes and fixed sizes), `opset_version` of ONNX (18 to 21, default 18)
   * @throws ExportError when something in the model cannot be expressed there: it names the layer
   * @example
   * const model = new keras.Sequential([keras.Input({ shape: [3] }), new keras.layers.Dense(2)]);
   * await model.export('model.onnx', { format: 'onnx', verbose: false });
   */
  async export(filepath: FilePath, ...args: NamedForms<ExportOptions, typeof EXPORT_ARGUMENTS>): Promise<void> {
    await exportModel(this, filepath, namedArguments<ExportOptions>('export', EXPORT_ARGUMENTS, args, []));
  }

  /** The architecture, without weights, as JSON for `keras.models.model_from_json`, here and in Python. */
  to_json(): string {
    return stringifyJSON(serialize_keras_object(this));
  }

  /**
   * The state of model, optimizer and metrics as nested objects by paths of variables.
   * @param value_format `backend_tensor` (default): tensors; `numpy_array`: NDArrays
   * @throws ArgumentError when two variables have one path
   */
  get_state_tree(value_format: StateFormat | { value_format?: StateFormat } = 'backend_tensor'): Required<StateTree> {
    const given = isPlainObject(value_format) ? value_format.value_format ?? 'backend_tensor' : value_format;
    const format = requireOneOf('get_state_tree', 'value_format', given, ['backend_tensor', 'numpy_array']);
    return {
      trainable_variables: branchOf(this.trainable_variables, format),
      non_trainable_variables: branchOf(this.non_trainable_variables, format),
      optimizer_variables: branchOf(this.optimizer?.variables ?? [], format),
      metrics_variables: branchOf(this.metrics_variables, format),
    };
  }

  /** Assigns the values of a tree of `get_state_tree`; what it leaves out stays as it is. */
  set_state_tree(state_tree: StateTree): void {
    const variables = {
      trainable_variables: this.trainable_variables, non_trainable_variables: this.non_trainable_variables,
      optimizer_variables: this.optimizer?.variables ?? [], metrics_variables: this.metrics_variables,
    };
    for (const [part, branch] of Object.entries(state_tree)) {
      const known = requireOneOf('set_state_tree', 'state_tree', part, Object.keys(variables) as (keyof StateTree)[]);
      assignBranch(variables[known], branch as StateBranch);
    }
  }

  override get_config(): Record<string, unknown> {
    if (this.#graph) return functionalConfig(this, this.#graph);
    return super.get_config();
  }

  static override from_config(config: Record<string, unknown>): Layer {
    const cls = this as unknown as FunctionalConstructor;
    if (isFunctionalConfig(config)) return functionalFromConfig(cls, config);
    return new (this as unknown as new (config: Record<string, unknown>) => Model)(config);
  }
}
kerasExport(Model, 'keras.Model', 'keras.models.Model');

export type FunctionalConstructor = new (inputs: unknown, outputs: unknown, options: LayerOptions) => Model;

function splitArguments(args: ModelArgs): { inputs?: unknown; outputs?: unknown; options: LayerOptions } {
  const [first, second, third] = args;
  if (args.length >= 2) return { inputs: first, outputs: second, options: third ?? {} };
  if (isPlainObject(first) && hasKerasTensor(first.inputs)) {
    const { inputs, outputs, ...options } = first;
    return { inputs, outputs, options };
  }
  return { options: (first as LayerOptions | undefined) ?? {} };
}

/** Repeats a graph that starts at intermediate tensors on new `Input`s, so that it stands alone. */
function onInputLayers(inputs: unknown, outputs: unknown): [unknown, unknown] {
  const flat = flatten(inputs).filter((leaf) => leaf instanceof KerasTensor);
  const isInput = (tensor: KerasTensor): boolean => tensor._keras_history?.operation instanceof InputLayer;
  if (flat.every(isInput)) return [inputs, outputs];
  const graph = new GraphFunction(inputs, outputs);
  const fresh = new Map(flat.map((tensor) => [tensor, isInput(tensor) ? tensor
    : new InputLayer({ batch_shape: tensor.shape, dtype: tensor.dtype,
      name: `${tensor.name}_input` }).output as KerasTensor]));
  const cloned = graph.run(graph.inputs.map((tensor) => fresh.get(tensor)));
  return [mapStructure((leaf) => fresh.get(leaf as KerasTensor), inputs), cloned];
}

function adjustRank(x: Tensor, expected: KerasTensor, model: string): Tensor {
  const rank = expected.shape.length;
  if (x.ndim === rank) return x;
  const reshaped = (shape: Shape): Tensor => apply('reshape', [x], { shape });
  if (x.ndim === rank + 1 && x.shape[rank] === 1) return reshaped(x.shape.slice(0, -1));
  if (x.ndim === rank - 1 && expected.shape[rank - 1] === 1) return reshaped([...x.shape, 1]);
  throw new IncompatibleInputError(`Input '${expected.name}' of model '${model}' must have shape ` +
    `${formatShape(expected.shape)}, received ${formatShape(x.shape)}.`);
}

const shapesOf = (struct: unknown): unknown => {
  const shapes = mapStructure((leaf) => (leaf instanceof KerasTensor ? leaf.shape : leaf), struct);
  return shapes as SymbolicShape | unknown;
};

