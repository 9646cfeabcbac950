/** The layer: weights and a computation, callable on tensors and on KerasTensors. */
import { apply } from '../engine/apply.js';
import { context, withContext } from '../engine/context.js';
import { isTensorLike, toTensor, type TensorLike } from '../engine/convert.js';
import { isFloat, type DType } from '../engine/dtype.js';
import { tidy } from '../engine/scope.js';
import { StatelessScope } from '../engine/stateless-scope.js';
import { flatten, mapStructure } from '../engine/structure.js';
import { Tensor, TracedValueError } from '../engine/tensor.js';
import type { Variable } from '../engine/variable.js';
import { serializePolicy } from '../dtype-policies/dtype-policy.js';
import { computeOutputSpec } from '../ops/symbolic.js';
import { hasKerasTensor, KerasTensor } from '../ops/keras-tensor.js';
import { Node } from '../ops/node.js';
import { serialize as serializeRegularizer } from '../regularizers/index.js';
import { kerasExport } from '../saving/registration.js';
import { declareAbstract } from '../utils/abstract.js';
import { notice } from '../utils/notice.js';
import { currentCall, withCall } from './call-context.js';
import { assertInputCompatibility, type InputSpec } from './input-spec.js';
import {
  buildShapes, castSpecs, convertInputs, firstByName, isTensorStructure, mapValues, nameArguments, recordedArguments,
  shapesOf, shapesToSpecs,
} from './layer-call.js';
import { LayerError, type CallOptions, type LayerOptions } from './layer-options.js';
import { LayerState, sentence } from './layer-state.js';
import { inOwnScope } from './name-scope.js';

export {
  LayerError, type AddWeightOptions, type CallOptions, type LayerOptions, type VariableStore,
} from './layer-options.js';
export { shapesToSpecs } from './layer-call.js';

type CallResult<T> = T extends KerasTensor ? KerasTensor
  : T extends readonly (infer E)[] ? (E extends KerasTensor ? KerasTensor : Tensor)
    : T extends Record<string, KerasTensor> ? KerasTensor : Tensor;

/** Layers are functions: tensors give tensors, KerasTensors give KerasTensors. */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- Callable makes instances functions
export interface Layer {
  <T, R = CallResult<T>>(inputs: T, ...args: unknown[]): R;
}

/**
 * Base of all layers. A subclass makes its weights in `build(input_shape)` with `add_weight`, computes in
 * `call(inputs, {training, mask, ...})`, and gives its constructor's options back in `get_config`. Sublayers
 * are found among the attributes. A call frees the tensors it made except its result. Source:
 * keras.layers.Layer.
 *
 * @example
 * class Scale extends keras.Layer {
 *   build([, features]) {
 *     this.factor = this.add_weight({ shape: [features], initializer: 'ones', name: 'factor' });
 *   }
 *   call(inputs) {
 *     return keras.ops.multiply(inputs, this.factor);
 *   }
 * }
 * new Scale()(keras.ops.ones([2, 3])).shape; // [2, 3]
 */
export abstract class Layer extends LayerState {
  /** Names of `call`'s arguments after the inputs, for passing them by position; null accepts any by name. */
  static call_arguments: readonly string[] | null = null;
  /** Keras's name of `call`'s first argument. Another than `inputs` may be given by name, as those after it. */
  static first_argument = 'inputs';

  /** Whether a mask of the inputs is handed on by `compute_mask`. */
  supports_masking: boolean;
  input_spec: InputSpec | readonly InputSpec[] | Readonly<Record<string, InputSpec>> | null = null;
  #buildShapes: Readonly<Record<string, unknown>> | undefined;
  #path: string | undefined;

  constructor(options: LayerOptions = {}) {
    super(options);
    this.supports_masking = this.compute_mask !== Layer.prototype.compute_mask;
    const build = this.build.bind(this);
    Object.defineProperty(this, 'build', {
      value: (...shapes: unknown[]) => this.#build(build, shapes), writable: true, configurable: true });
  }

  // ---- building ----

  /** Names of the layers around it and its own, as in its variables' paths; undefined until it is built. */
  override get path(): string | undefined {
    return this.#path;
  }

  /** Makes the weights. `input_shape`: shape of the first argument; shapes of further tensors follow. */
  build(...input_shapes: unknown[]): void {
    // Sublayers of a layer without a build of its own are built by a call on abstract tensors.
    if (this.sublayers.every((layer) => layer.built)) return;
    const inputs = shapesToSpecs(input_shapes[0], this.compute_dtype);
    if (inputs !== undefined) this.#trace(inputs, {});
  }

  #build(build: (...shapes: unknown[]) => void, shapes: readonly unknown[]): void {
    inOwnScope(this, () => {
      this.#path = context.nameScopes.join('/');
      build(...shapes);
    });
    this.built = true;
    const { call_arguments: names, first_argument: first } = this.constructor as typeof Layer;
    const nameOf = (i: number): string => (i === 0 ? first.replace('inputs', 'input') : names?.[i - 1] ?? `input_${i}`);
    this.#buildShapes = Object.fromEntries(shapes.map((shape, i) => [`${nameOf(i)}_shape`, shape]));
  }

  /** Marks a layer without weights as built, at the end of its constructor; not if a subclass makes some. */
  protected buildAtInit(): void {
    if (this.#buildsNothing()) this.built = true;
  }

  #buildsNothing(): boolean {
    return (Object.getPrototypeOf(this) as Layer).build === Layer.prototype.build;
  }

  /** The shapes the layer was built with, for files; null when it was not built. */
  get_build_config(): Record<string, unknown> | null {
    if (!this.#buildShapes) return null;
    const shapes = Object.values(this.#buildShapes);
    return shapes.length === 1 ? { input_shape: shapes[0] } : { shapes_dict: { ...this.#buildShapes } };
  }

  /** Builds the layer as `get_build_config` recorded it. */
  build_from_config(config: Record<string, unknown> | null): void {
    if (!config) return;
    if ('input_shape' in config) this.build(config.input_shape);
    else if (config.shapes_dict) this.build(...Object.values(config.shapes_dict));
  }

  // ---- calling ----

  /** The computation: a tensor (or nested tensors) in, a tensor out. Further arguments arrive by name. */
  abstract override call(inputs: unknown, options?: CallOptions): unknown;

  override __call__(...all: unknown[]): unknown {
    // 1. Which argument is which.
    const { call_arguments: names, first_argument: first } = this.constructor as typeof Layer;
    const args = firstByName(all, first);
    const given = nameArguments(args, names, this.describe());
    const symbolic = hasKerasTensor(args[0]) || hasKerasTensor(given);
    const outer = currentCall();
    if (!outer && !symbolic) this._clear_losses();
    const training = given.training ?? outer?.training;
    const call = { entry: outer?.entry ?? this, training, losses: [] as Tensor[] };
    const run = (): unknown => withCall(call, () => {
      // 2. Arrays become tensors; floats take the compute dtype.
      const inputs = convertInputs(args[0], this.#castTo(), this.describe());
      const options = this.#convertOptions(given);
      // 3. Training: the argument, else the layer around, else left to call()'s default.
      if (typeof call.training === 'boolean') options.training = call.training;
      else delete options.training;
      // 4. Check against input_spec, build at the first call, and check again: building may make it stricter.
      assertInputCompatibility(this.input_spec, inputs, this.describe());
      if (!this.built) {
        this.#buildFor(inputs, options);
        assertInputCompatibility(this.input_spec, inputs, this.describe());
      }
      if (symbolic) return this.compute_output_spec(inputs, options);
      // 5. The mask that came with the inputs.
      const mask = this.#maskFor(inputs, options);
      // 6. Compute.
      const outputs = this.#inScope(() => this.rematerialized_call(
        (x, rest) => this.call(x, rest as CallOptions), inputs, options)(inputs, options));
      // 7. Activity regularization, and the mask of the outputs.
      this.#regularize(outputs);
      this.#passMask(inputs, outputs, mask);
      return outputs;
    });
    if (!symbolic) return tidy(() => [run(), call.losses])[0];
    const outputs = run();
    // 8. Remember the call in the functional graph, with the mask that comes with its input.
    const ofInputs = mapStructure((leaf) => (leaf instanceof KerasTensor ? leaf.keras_mask ?? null : null), args[0]);
    // Of several inputs in a list, only models write down the masks.
    const isNoted = names === null || args[0] instanceof KerasTensor;
    const masked = this._takesMask && isNoted && given.mask === undefined && !hasOtherTensors(given);
    const kwargs = masked ? { ...given, mask: ofInputs } : given;
    Node.record(this, ...recordedArguments(all, kwargs, names, first), outputs);
    this.#passSymbolicMask(args[0], outputs, given.mask ?? ofInputs);
    return outputs;
  }

  /** Whether `call` has an argument for the mask: files then say that none was given. */
  get _takesMask(): boolean {
    return (this.constructor as typeof Layer).call_arguments?.includes('mask') ?? false;
  }

  #castTo(): DType | undefined {
    return this.autocast && isFloat(this.input_dtype) ? this.input_dtype : undefined;
  }

  #convertOptions(given: CallOptions): CallOptions {
    const convert = (value: unknown): unknown => convertInputs(value, this.#castTo(), this.describe());
    const options: CallOptions =
      mapValues(given, (value) => (isTensorStructure(value) ? convert(value) : value));
    // Nested numbers are tensors where the argument is one: a mask, or what has a mask.
    const { call_arguments: names } = this.constructor as typeof Layer;
    for (const [name, value] of Object.entries(options)) {
      if (!Array.isArray(value) || isTensorStructure(value) || !isTensorLike(value)) continue;
      if (/(^|_)mask$/.test(name)) options[name] = toTensor(value, 'bool');
      else if (names?.includes(`${name}_mask`)) options[name] = convert(value);
    }
    return options;
  }

  #buildFor(inputs: unknown, options: CallOptions): void {
    const names = (this.constructor as typeof Layer).call_arguments;
    this.build(...Object.values(buildShapes(inputs, options, names)));
  }

  #inScope<T>(fn: () => T): T {
    const mixed = isFloat(this.compute_dtype) && this.compute_dtype !== this.variable_dtype;
    const autocast = this.autocast && mixed ? this.compute_dtype : undefined;
    return inOwnScope(this, () => (context.autocast === autocast ? fn() : withContext({ autocast }, fn)));
  }

  /** Puts the masks that came with tensors into the options; returns that of the inputs. */
  #maskFor(inputs: unknown, options: CallOptions): unknown {
    const { call_arguments: names, first_argument: first } = this.constructor as typeof Layer;
    // A call with several tensors has a mask for each.
    for (const name of names ?? []) {
      if (names!.includes(`${name}_mask`)) fillMask(options, `${name}_mask`, options[name]);
    }
    if (names?.includes(`${first}_mask`)) return fillMask(options, `${first}_mask`, inputs);
    return fillMask(hasOtherTensors(options) ? { mask: options.mask } : options, 'mask', inputs);
  }

  #regularize(outputs: unknown): void {
    if (!this.activity_regularizer) return;
    for (const output of flatten(outputs)) {
      if (!(output instanceof Tensor)) continue;
      const penalty = this.activity_regularizer(output);
      // The strength must not depend on the size of the batch.
      const batch = output.ndim > 0 ? Math.max(output.shape[0], 1) : 1;
      const size = apply('full', [], { value: batch, shape: [], dtype: penalty.dtype });
      this.add_loss(apply('divide', [penalty, size]));
    }
  }

  #passMask(inputs: unknown, outputs: unknown, mask: unknown): void {
    if (!this.supports_masking) {
      if (mask === undefined) return;
      notice(`Layer '${this.name}' (${this.constructor.name}) received a mask with its inputs but does ` +
        'not hand masks on: the layers after it will not see it.');
      return;
    }
    if (mask === undefined && this.compute_mask === Layer.prototype.compute_mask) return;
    const tensors = flatten(outputs);
    if (tensors.every((output) => !(output instanceof Tensor) || output.mask !== undefined)) return;
    const masks = flatten(this.compute_mask(inputs, mask));
    tensors.forEach((output, i) => {
      if (!(output instanceof Tensor) || output.mask !== undefined) return;
      if (masks[i] instanceof Tensor) output.mask = masks[i];
    });
  }

  /** The same for a graph: its masks are computed by ops of the graph. */
  #passSymbolicMask(inputs: unknown, outputs: unknown, given: unknown): void {
    if (!this.supports_masking) return;
    const isMasked = flatten(given).some((mask) => mask instanceof KerasTensor);
    if (!isMasked && this.compute_mask === Layer.prototype.compute_mask) return;
    const masks = flatten(this.compute_mask(inputs, isMasked ? given : undefined));
    flatten(outputs).forEach((output, i) => {
      if (output instanceof KerasTensor && masks[i] instanceof KerasTensor) output.keras_mask = masks[i];
    });
  }

  /** The mask of the outputs, from the inputs and their mask. By default the mask passes through. */
  compute_mask(_inputs: unknown, previous_mask: unknown): unknown {
    return previous_mask;
  }

  // ---- shapes ----

  #trace(inputs: unknown, options: CallOptions): unknown {
    const dtype = this.#castTo();
    const compute = (x: unknown, o: unknown): unknown => this.call(x, o as CallOptions);
    return this.keepingLosses(() => this.#inScope(() =>
      computeOutputSpec(compute, [castSpecs(inputs, dtype), castSpecs(options, dtype)])));
  }

  /** What a call on these KerasTensors gives, as KerasTensors. */
  override compute_output_spec(inputs: unknown, options: CallOptions = {}): unknown {
    const hasShapeRule = this.compute_output_shape !== Layer.prototype.compute_output_shape;
    const byRule = (): unknown =>
      shapesToSpecs(this.compute_output_shape(shapesOf(inputs)), this.compute_dtype);
    if (!this.built && !this.#buildsNothing()) {
      if (hasShapeRule) return byRule();
      this.#buildFor(inputs, options);
    }
    try {
      return this.#trace(inputs, options);
    } catch (error) {
      // A call that reads values cannot be traced, but its author may have given the shape.
      if (error instanceof TracedValueError && hasShapeRule) return byRule();
      throw error;
    }
  }

  /** The shape of the result for inputs of a shape (nested ones for nested inputs); null: not known. */
  compute_output_shape(input_shape: unknown): unknown {
    const specs = this.compute_output_spec(shapesToSpecs(input_shape, this.compute_dtype));
    return mapStructure((leaf) => (leaf instanceof KerasTensor ? [...leaf.shape] : leaf), specs);
  }

  // ---- calling without side effects ----

  /**
   * The call as a function of its variables, without side effects.
   * @returns [outputs, non-trainable variables' new values], and the losses with `return_losses: true`
   */
  stateless_call(
    trainable_variables: readonly TensorLike[], non_trainable_variables: readonly TensorLike[],
    inputs: unknown, options: CallOptions & { return_losses?: boolean } = {},
  ): [unknown, Tensor[]] | [unknown, Tensor[], Tensor[]] {
    const { return_losses = false, ...rest } = options;
    if (!this.built) {
      throw new LayerError(`${sentence(this.describe())} must be built before stateless_call: call ` +
        `build(input_shape) first.`);
    }
    const nonTrainable = this.non_trainable_variables;
    const scope = new StatelessScope([
      ...this.#pairs(this.trainable_variables, trainable_variables, 'trainable_variables'),
      ...this.#pairs(nonTrainable, non_trainable_variables, 'non_trainable_variables'),
    ]);
    return this.keepingLosses(() => tidy(() => scope.run(() => {
      const outputs = this.__call__(inputs, rest);
      const updated = nonTrainable.map((variable) => variable.value);
      return return_losses ? [outputs, updated, this.losses] : [outputs, updated];
    })));
  }

  #pairs(variables: readonly Variable[], values: readonly TensorLike[], what: string): [Variable, Tensor][] {
    if (variables.length !== values.length) {
      throw new LayerError(`stateless_call of ${this.describe()} expects ${variables.length} ${what} ` +
        `(${variables.map((v) => v.path).join(', ')}), received ${values.length}.`);
    }
    return variables.map((variable, i) => [variable, toTensor(values[i], variable.dtype)]);
  }

  // ---- config ----

  /** The constructor's options; subclasses add their own. */
  override get_config(): Record<string, unknown> {
    const config: Record<string, unknown> = {
      name: this.name, trainable: this.trainable, dtype: serializePolicy(this.dtype_policy) };
    const { activity_regularizer } = this;
    if (activity_regularizer) config.activity_regularizer = serializeRegularizer(activity_regularizer);
    return config;
  }

  /** A layer from what `get_config` gave. */
  static override from_config(config: Record<string, unknown>): Layer {
    const { quantization_config, ...options } = config;
    if (quantization_config !== undefined && quantization_config !== null) {
      throw new LayerError(`The config of the layer '${String(config.name)}' (${this.name}) asks for ` +
        'quantization, which this version does not have. Save the model before quantize().');
    }
    return new (this as unknown as new (config: Record<string, unknown>) => Layer)(options);
  }
}
declareAbstract(Layer, 'call');
kerasExport(Layer, 'keras.Layer', 'keras.layers.Layer');

/** Sets the option to the masks of the tensors, unless it is given; returns what it is then. */
function fillMask(options: CallOptions, name: string, tensors: unknown): unknown {
  if (flatten(options[name]).some((mask) => mask !== undefined && mask !== null)) return options[name];
  const masks = tensors instanceof Tensor ? tensors.mask : mapStructure(maskOf, tensors);
  const isMasked = masks instanceof Tensor || flatten(masks).some((mask) => mask instanceof Tensor);
  if (!isMasked) return undefined;
  options[name] = masks;
  return masks;
}

/**
 * Whether the call has tensors besides its inputs and masks. As in Keras `call` is then not told of the mask that came
 * with the inputs: an LSTM with `initial_state` runs masked steps, unless it is given the mask by name.
 */
const hasOtherTensors = (options: CallOptions): boolean =>
  Object.entries(options).some(([name, value]) => name !== 'mask' && !name.endsWith('_mask') && isTensorStructure(value));

const maskOf = (leaf: unknown): Tensor | undefined => (leaf instanceof Tensor ? leaf.mask : undefined);
