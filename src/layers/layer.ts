/** The layer: weights and a computation, callable on tensors and on KerasTensors. */
import { apply } from '../engine/apply.js';
import { context, withContext } from '../engine/context.js';
import { isTensorLike, NDArray, toTensor, type TensorLike } from '../engine/convert.js';
import { isFloat, standardizeDType, type DType } from '../engine/dtype.js';
import { tidy } from '../engine/scope.js';
import { formatShape, type SymbolicShape } from '../engine/shape.js';
import { StatelessScope } from '../engine/stateless-scope.js';
import { flatten, isPlainObject, mapStructure } from '../engine/structure.js';
import { Tensor, TracedValueError } from '../engine/tensor.js';
import { Variable } from '../engine/variable.js';
import { get as getConstraint } from '../constraints/index.js';
import { getPolicy, serializePolicy, type DTypePolicy, type DTypePolicySpec } from '../dtype-policies/dtype-policy.js';
import { get as getInitializer } from '../initializers/index.js';
import type { Metric } from '../metrics/metric.js';
import { computeOutputSpec } from '../ops/symbolic.js';
import { hasKerasTensor, KerasTensor } from '../ops/keras-tensor.js';
import { Node } from '../ops/node.js';
import { Operation } from '../ops/operation.js';
import { get as getRegularizer, serialize as serializeRegularizer } from '../regularizers/index.js';
import { kerasExport } from '../saving/registration.js';
import { UnknownArgumentError } from '../utils/arguments.js';
import { currentCall, withCall } from './call-context.js';
import { assertInputCompatibility, type InputSpec } from './input-spec.js';
import { ownedBy } from './tracking.js';

/** Options that every layer has. */
export interface LayerOptions {
  /** Default: the class name in snake case, numbered. */
  name?: string | null;
  /** Whether the weights are updated in training. Default true. */
  trainable?: boolean;
  /** A dtype or a policy such as 'mixed_float16'. Default: the global policy. */
  dtype?: DTypePolicySpec;
  /** Whether floating-point inputs are converted to the compute dtype. Default true. */
  autocast?: boolean;
  /** Penalty on the output, divided by the batch size. */
  activity_regularizer?: unknown;
}

export interface AddWeightOptions {
  name?: string;
  shape?: readonly number[];
  dtype?: string;
  /** Initializer, its name or its config. Default glorot_uniform for floats, zeros for others. */
  initializer?: unknown;
  trainable?: boolean;
  autocast?: boolean;
  regularizer?: unknown;
  constraint?: unknown;
  aggregation?: 'none' | 'mean' | 'sum' | 'only_first_replica';
}

/** Named arguments of a call; every `call` receives them as its second parameter. */
export interface CallOptions {
  training?: boolean;
  mask?: unknown;
  [name: string]: unknown;
}

/** Variables by name, as layers hand them to the file formats. */
export interface VariableStore {
  get(key: string): TensorLike;
  set(key: string, value: Variable): void;
  keys(): string[];
}

type CallResult<T> = T extends KerasTensor ? KerasTensor
  : T extends readonly (infer E)[] ? (E extends KerasTensor ? KerasTensor : Tensor)
    : T extends Record<string, KerasTensor> ? KerasTensor : Tensor;

/** Layers are functions: tensors give tensors, KerasTensors give KerasTensors. */
export interface Layer {
  <T, R = CallResult<T>>(inputs: T, ...args: unknown[]): R;
}

/** An argument of a layer's constructor is wrong, or the layer is used in a way it cannot be. */
export class LayerError extends Error {
  override name = 'LayerError';
}

const UNTRACKED: ReadonlySet<string> = new Set(['_losses']);

/**
 * Base of all layers. A subclass makes its weights in `build(input_shape)` with `add_weight`, computes in
 * `call(inputs, {training, mask, ...})`, and gives its constructor's options back in `get_config`. Sublayers are found
 * among the attributes. A call frees the tensors it made except its result. Source: keras.layers.Layer.
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
export abstract class Layer extends Operation {
  /** Names of the arguments of `call` after the inputs, for passing them by position; null accepts any by name. */
  static call_arguments: readonly string[] | null = null;

  built = false;
  supports_masking = false;
  autocast: boolean;
  input_spec: InputSpec | readonly InputSpec[] | null = null;
  activity_regularizer: ((output: Tensor) => Tensor) | null;
  _losses: Tensor[] = [];
  #policy: DTypePolicy;
  #trainable: boolean;
  #trainableVariables: Variable[] = [];
  #nonTrainableVariables: Variable[] = [];
  #buildShapes: readonly unknown[] | undefined;

  constructor(options: LayerOptions = {}) {
    super(options.name);
    this.autocast = options.autocast ?? true;
    this.#policy = getPolicy(options.dtype);
    this.#trainable = options.trainable ?? true;
    this.activity_regularizer = getRegularizer(options.activity_regularizer ?? null);
    const build = this.build.bind(this);
    Object.defineProperty(this, 'build', {
      value: (...shapes: unknown[]) => this.#build(build, shapes), writable: true, configurable: true });
  }

  // ---- properties ----

  get dtype_policy(): DTypePolicy {
    return this.#policy;
  }

  /** The dtype of the weights. */
  get dtype(): DType {
    return this.#policy.variable_dtype;
  }

  get variable_dtype(): DType {
    return this.#policy.variable_dtype;
  }

  /** The dtype of the computation. */
  get compute_dtype(): DType {
    return this.#policy.compute_dtype;
  }

  get input_dtype(): DType {
    return this.#policy.compute_dtype;
  }

  /** Names of attributes that hold no parts of the layer. */
  untrackedAttributes(): ReadonlySet<string> {
    return UNTRACKED;
  }

  /** Layers directly inside this one. */
  get sublayers(): Layer[] {
    return ownedBy(this).layers;
  }

  /** This layer and all layers inside it, each once. */
  _flatten_layers(include_self = true): Layer[] {
    const found = new Set<Layer>();
    const visit = (layer: Layer): void => {
      if (found.has(layer)) return;
      found.add(layer);
      layer.sublayers.forEach(visit);
    };
    visit(this);
    if (!include_self) found.delete(this);
    return [...found];
  }

  get _own_variables(): Variable[] {
    const found = ownedBy(this).variables;
    return [...new Set([
      ...this.#trainableVariables, ...found.filter((v) => v.trainable && !this.#nonTrainableVariables.includes(v)),
      ...this.#nonTrainableVariables, ...found,
    ])];
  }

  /** All state: weights and the states of seed generators, of sublayers too. Metrics are not included. */
  get variables(): Variable[] {
    const { layers, seedGenerators } = ownedBy(this);
    return [...new Set([
      ...this._own_variables, ...seedGenerators.map((generator) => generator.state),
      ...layers.flatMap((layer) => layer.variables)])];
  }

  get trainable_variables(): Variable[] {
    return this.trainable ? this.variables.filter((v) => v.trainable) : [];
  }

  get non_trainable_variables(): Variable[] {
    return this.trainable ? this.variables.filter((v) => !v.trainable) : this.variables;
  }

  /** Weights of this layer and its sublayers, without the states of seed generators. */
  get weights(): Variable[] {
    return [...new Set([...this._own_variables, ...this.sublayers.flatMap((layer) => layer.weights)])];
  }

  get trainable_weights(): Variable[] {
    return this.trainable ? this.weights.filter((v) => v.trainable) : [];
  }

  get non_trainable_weights(): Variable[] {
    return this.trainable ? this.weights.filter((v) => !v.trainable) : this.weights;
  }

  get metrics(): Metric[] {
    const { layers, metrics } = ownedBy(this);
    return [...new Set([...metrics, ...layers.flatMap((layer) => layer.metrics)])];
  }

  get metrics_variables(): Variable[] {
    return this.metrics.flatMap((metric) => metric.variables);
  }

  /** Whether the weights are updated in training; setting it sets it on all sublayers. */
  get trainable(): boolean {
    return this.#trainable;
  }

  set trainable(value: boolean) {
    this.#trainable = value;
    for (const variable of this.#trainableVariables) variable.trainable = value;
    for (const layer of this.sublayers) layer.trainable = value;
  }

  /** Number of elements of all weights. */
  count_params(): number {
    if (!this.built) {
      throw new LayerError(`${this.#describe()} has no weights to count yet: it is not built. ` +
        'Call it on data, or call build(input_shape).');
    }
    return this.weights.reduce((n, w) => n + w.size, 0);
  }

  #describe(): string {
    return `Layer '${this.name}' (${this.constructor.name})`;
  }

  // ---- weights ----

  /** Makes a weight. Use it in `build` or the constructor. */
  add_weight(options: AddWeightOptions = {}): Variable {
    const { shape = [], trainable = true, name = 'variable', autocast = true, aggregation = 'none' } = options;
    if (shape.some((d) => !Number.isInteger(d) || d < 0)) {
      throw new LayerError(`${this.#describe()} cannot make weight '${name}' of shape ${formatShape(shape)}: ` +
        'every dimension must be known when the layer is built. Give the input shape in full.');
    }
    const dtype = options.dtype ? standardizeDType(options.dtype) : this.variable_dtype;
    const initializer = getInitializer(options.initializer ?? (isFloat(dtype) ? 'glorot_uniform' : 'zeros'));
    const variable = new Variable((s, d) => initializer(s, d), { shape, dtype, trainable, autocast, aggregation, name });
    variable.regularizer = getRegularizer(options.regularizer ?? null);
    variable.constraint = getConstraint(options.constraint ?? null);
    (trainable ? this.#trainableVariables : this.#nonTrainableVariables).push(variable);
    if (!this.#trainable) variable.trainable = false;
    return variable;
  }

  /** Copies of all weights as host arrays, in the order of `weights`. */
  get_weights(): NDArray[] {
    return this.weights.map((weight) => tidy(() => {
      const value = weight.value;
      return new NDArray(value.dataSync(), value.shape, value.dtype);
    }));
  }

  /** Sets all weights, in the order of `weights`. */
  set_weights(weights: readonly TensorLike[]): void {
    const own = this.weights;
    if (own.length !== weights.length) {
      throw new LayerError(`${this.#describe()} has ${own.length} weights, but set_weights received ${weights.length}. ` +
        `Expected ${own.map((w) => `${w.path} ${formatShape(w.shape)}`).join(', ') || 'none'}.`);
    }
    tidy(() => own.forEach((variable, i) => variable.assign(toTensor(weights[i], variable.dtype))));
  }

  save_own_variables(store: VariableStore): void {
    this._own_variables.forEach((variable, i) => store.set(String(i), variable));
  }

  load_own_variables(store: VariableStore): void {
    const own = this._own_variables;
    const keys = store.keys();
    if (keys.length !== own.length) {
      throw new LayerError(`${this.#describe()} expects ${own.length} variables (${own.map((v) => v.name).join(', ') || 'none'}), ` +
        `but the file holds ${keys.length}.${this.built ? '' : ' The layer is not built: its build() made no weights.'}`);
    }
    tidy(() => own.forEach((variable, i) => variable.assign(toTensor(store.get(String(i)), variable.dtype))));
  }

  // ---- losses ----

  /** Adds a scalar to the loss that training minimizes. */
  add_loss(loss: Tensor | readonly Tensor[]): void {
    for (const one of flatten(loss) as Tensor[]) {
      one.kept = true;
      this._losses.push(one);
    }
  }

  /** Losses added in the last call, and the penalties of all trainable weights with a regularizer. */
  get losses(): Tensor[] {
    const added = this._flatten_layers().flatMap((layer) => layer._losses);
    const penalties = this.trainable_weights.flatMap((w) => (w.regularizer ? [w.regularizer(w.value)] : []));
    return [...added, ...penalties];
  }

  /** Forgets the losses of earlier calls. */
  _clear_losses(): void {
    for (const layer of this._flatten_layers()) {
      for (const loss of layer._losses) loss.dispose();
      layer._losses = [];
    }
  }

  // ---- building ----

  /** Makes the weights. `input_shape`: shape of the first argument; shapes of further tensors follow. */
  build(...input_shapes: unknown[]): void {
    // Sublayers of a layer without a build of its own are built by a call on abstract tensors.
    if (this.sublayers.every((layer) => layer.built)) return;
    const inputs = shapesToSpecs(input_shapes[0], this.compute_dtype);
    if (inputs !== undefined) computeOutputSpec((x) => this.call(x as Tensor, {}), [inputs]);
  }

  #build(build: (...shapes: unknown[]) => void, shapes: readonly unknown[]): void {
    withContext({ nameScopes: [...context.nameScopes, this.name] }, () => build(...shapes));
    this.built = true;
    this.#buildShapes = shapes;
  }

  /** The shapes the layer was built with, for files; null when it was not built. */
  get_build_config(): Record<string, unknown> | null {
    if (!this.#buildShapes) return null;
    return this.#buildShapes.length === 1
      ? { input_shape: this.#buildShapes[0] }
      : Object.fromEntries(this.#buildShapes.map((shape, i) => [i === 0 ? 'input_shape' : `shape_${i}`, shape]));
  }

  /** Builds the layer as `get_build_config` recorded it. */
  build_from_config(config: Record<string, unknown>): void {
    this.build(...Object.values(config));
  }

  // ---- calling ----

  /** The computation: a tensor (or nested tensors) in, a tensor out. Further arguments arrive by name. */
  abstract override call(inputs: unknown, options?: CallOptions): unknown;

  override __call__(...args: unknown[]): unknown {
    // 1. Which argument is which.
    const given = this.#nameArguments(args);
    // 2. Arrays become tensors; floats take the compute dtype.
    const inputs = this.#convert(args[0]);
    const options = mapValues(given, (value) => (isTensorStructure(value) ? this.#convert(value) : value));
    // 3. Check against input_spec.
    assertInputCompatibility(this.input_spec, inputs, `layer '${this.name}' (${this.constructor.name})`);
    const symbolic = hasKerasTensor(inputs) || hasKerasTensor(options);
    // 4. Training: the argument, else the layer around, else left to call()'s default.
    const outer = currentCall();
    const training = (options.training as boolean | undefined | null) ?? outer?.training;
    if (training !== undefined && training !== null) options.training = training;
    else delete options.training;
    if (!outer && !symbolic) this._clear_losses();
    const run = (): unknown => withCall({ entry: outer?.entry ?? this, training }, () => {
      // 5. Build at the first call.
      if (!this.built) this.build(...this.#shapesFor(inputs, options));
      // 6. The mask that came with the inputs.
      const masks = symbolic ? undefined : mapStructure(maskOf, inputs);
      const masked = masks !== undefined && flatten(masks).some((mask) => mask !== undefined);
      if (masked && options.mask === undefined) options.mask = masks;
      // 7. Compute.
      const outputs = this.#inScope(() => symbolic ? this.compute_output_spec(inputs, options) : this.call(inputs, options));
      if (!symbolic) this.#finishOutputs(inputs, outputs, options.mask ?? (masked ? masks : undefined));
      return outputs;
    });
    if (!symbolic) return tidy(run);
    const outputs = run();
    // 8. Remember the call in the functional graph.
    new Node(this, [args[0]], given, outputs);
    return outputs;
  }

  #nameArguments(args: readonly unknown[]): CallOptions {
    const names = (this.constructor as typeof Layer).call_arguments;
    if (args.length === 0) throw new TypeError(`${this.#describe()} was called without inputs.`);
    const last = args[args.length - 1];
    const hasOptions = args.length > 1 && isPlainObject(last);
    const options: CallOptions = hasOptions ? { ...last } : {};
    const positional = args.slice(1, hasOptions ? -1 : undefined);
    if (positional.length > (names?.length ?? 0)) {
      throw new UnknownArgumentError(`${this.#describe()} takes ${names?.length ?? 0} positional arguments after its ` +
        `inputs${names ? ` (${names.join(', ')})` : ''}, received ${positional.length}. ` +
        `Pass them by name, as in layer(x, {training: true})${names ? '' : ', or declare static call_arguments'}.`);
    }
    positional.forEach((value, i) => (options[names![i]] = value));
    if (names) {
      const unknown = Object.keys(options).find((key) => !names.includes(key) && key !== 'training' && key !== 'mask');
      if (unknown) {
        throw new UnknownArgumentError(`${this.#describe()} has no argument '${unknown}'. ` +
          `Known arguments: ${[...new Set([...names, 'training', 'mask'])].join(', ')}.`);
      }
    }
    return options;
  }

  #convert(value: unknown): unknown {
    if (value === null || value === undefined || value instanceof KerasTensor) return value;
    if (value instanceof Tensor) {
      if (!this.#policy.convertsInput(value.dtype, this.autocast)) return value;
      const converted = apply('cast', [value], { dtype: this.input_dtype });
      converted.mask = value.mask;
      return converted;
    }
    if (isTensorStructure(value)) {
      if (Array.isArray(value)) return value.map((item) => this.#convert(item));
      return mapValues(value as Record<string, unknown>, (item) => this.#convert(item));
    }
    if (isTensorLike(value)) {
      const tensor = toTensor(value);
      return this.#policy.convertsInput(tensor.dtype, this.autocast)
        ? apply('cast', [tensor], { dtype: this.input_dtype }) : tensor;
    }
    throw new TypeError(`${this.#describe()} takes tensors, received ${describeValue(value)}.`);
  }

  #shapesFor(inputs: unknown, options: CallOptions): unknown[] {
    const shape = (value: unknown): unknown => mapStructure(
      (leaf) => (leaf instanceof Tensor || leaf instanceof KerasTensor ? [...leaf.shape] : null), value);
    const names = (this.constructor as typeof Layer).call_arguments ?? [];
    const others = names.filter((name) => name !== 'mask' && name !== 'training' && !name.endsWith('_mask'))
      .map((name) => options[name]).filter((value) => value !== undefined && isTensorStructure([value]));
    return [shape(inputs), ...others.map(shape)];
  }

  #inScope<T>(fn: () => T): T {
    const mixed = isFloat(this.compute_dtype) && this.compute_dtype !== this.variable_dtype;
    const autocast = this.autocast && mixed ? this.compute_dtype : undefined;
    return withContext({ nameScopes: [...context.nameScopes, this.name], autocast }, fn);
  }

  #finishOutputs(inputs: unknown, outputs: unknown, mask: unknown): void {
    if (this.activity_regularizer) {
      for (const output of flatten(outputs)) {
        if (!(output instanceof Tensor)) continue;
        const loss = this.activity_regularizer(output);
        const size = apply('full', [], { value: output.ndim > 0 ? Math.max(output.shape[0], 1) : 1, shape: [], dtype: loss.dtype });
        this.add_loss(apply('divide', [loss, size]));
      }
    }
    if (mask === undefined || !this.supports_masking) return;
    const masks = flatten(this.compute_mask(inputs, mask));
    flatten(outputs).forEach((output, i) => {
      if (output instanceof Tensor && output.mask === undefined && masks[i] instanceof Tensor) output.mask = masks[i];
    });
  }

  /** The mask of the outputs, from the inputs and their mask. By default the mask passes through. */
  compute_mask(_inputs: unknown, previous_mask: unknown): unknown {
    return previous_mask;
  }

  override compute_output_spec(inputs: unknown, options: CallOptions = {}): unknown {
    try {
      return computeOutputSpec(
        (x, o) => this.call(x, (o ?? {}) as CallOptions), [inputs, options as Record<string, unknown>]);
    } catch (error) {
      if (!(error instanceof TracedValueError) || this.compute_output_shape === Layer.prototype.compute_output_shape) throw error;
      const shape = this.compute_output_shape(mapStructure((x) => (x instanceof KerasTensor ? x.shape : x), inputs));
      return shapesToSpecs(shape, this.compute_dtype);
    }
  }

  /** The shape of the result for inputs of a shape (nested shapes for nested inputs); null: unknown dimensions. */
  compute_output_shape(input_shape: unknown): unknown {
    const specs = shapesToSpecs(input_shape, this.compute_dtype);
    if (!this.built) this.build(input_shape);
    return mapStructure((leaf) => (leaf instanceof KerasTensor ? [...leaf.shape] : leaf), this.compute_output_spec(specs));
  }

  /**
   * The call as a function of its variables, without side effects.
   * @returns [outputs, non-trainable variables' new values], and the losses with `return_losses: true`
   */
  stateless_call(
    trainable_variables: readonly TensorLike[], non_trainable_variables: readonly TensorLike[], inputs: unknown,
    options: CallOptions & { return_losses?: boolean } = {},
  ): [unknown, Tensor[]] | [unknown, Tensor[], Tensor[]] {
    const { return_losses = false, ...rest } = options;
    if (!this.built) {
      throw new LayerError(`${this.#describe()} must be built before stateless_call: call build(input_shape) first.`);
    }
    const pairs = (variables: readonly Variable[], values: readonly TensorLike[], what: string): [Variable, Tensor][] => {
      if (variables.length !== values.length) {
        throw new LayerError(`stateless_call of ${this.#describe()} expects ${variables.length} ${what} ` +
          `(${variables.map((v) => v.path).join(', ')}), received ${values.length}.`);
      }
      return variables.map((variable, i) => [variable, toTensor(values[i])]);
    };
    const scope = new StatelessScope([
      ...pairs(this.trainable_variables, trainable_variables, 'trainable_variables'),
      ...pairs(this.non_trainable_variables, non_trainable_variables, 'non_trainable_variables'),
    ]);
    return scope.run(() => {
      const outputs = (this as unknown as (...args: unknown[]) => unknown)(inputs, rest);
      const updated = this.non_trainable_variables.map((variable) => variable.value);
      if (!return_losses) return [outputs, updated];
      const { losses } = this;
      this._losses = [];
      return [outputs, updated, losses];
    });
  }

  // ---- config ----

  /** The constructor's options; subclasses add their own. */
  get_config(): Record<string, unknown> {
    const config: Record<string, unknown> = {
      name: this.name, trainable: this.trainable, dtype: serializePolicy(this.#policy) };
    if (this.activity_regularizer) config.activity_regularizer = serializeRegularizer(this.activity_regularizer);
    return config;
  }

  static from_config(config: Record<string, unknown>): Layer {
    return new (this as unknown as new (config: Record<string, unknown>) => Layer)(config);
  }

  protected override inspectFields(): Record<string, unknown> {
    return { name: this.name, built: this.built };
  }
}
kerasExport(Layer, 'keras.Layer', 'keras.layers.Layer');

const maskOf = (leaf: unknown): Tensor | undefined => (leaf instanceof Tensor ? leaf.mask : undefined);

/** Whether a value is (or holds, as a structure) tensors, rather than plain numbers or settings. */
function isTensorStructure(value: unknown): boolean {
  if (value instanceof Tensor || value instanceof KerasTensor || value instanceof NDArray || value instanceof Variable) return true;
  if (Array.isArray(value)) return value.some(isTensorStructure);
  return isPlainObject(value) && Object.values(value).some((item) => isTensorStructure(item) || ArrayBuffer.isView(item));
}

const mapValues = <R>(object: Record<string, unknown>, fn: (value: unknown) => R): Record<string, R> =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, fn(value)]));

const isShape = (value: unknown): value is SymbolicShape =>
  Array.isArray(value) && value.every((d) => d === null || typeof d === 'number');

/** Nested shapes as nested KerasTensors. */
export function shapesToSpecs(shapes: unknown, dtype: DType): unknown {
  if (isShape(shapes)) return new KerasTensor(shapes, dtype);
  if (Array.isArray(shapes)) return shapes.map((shape) => shapesToSpecs(shape, dtype));
  if (isPlainObject(shapes)) return mapValues(shapes, (shape) => shapesToSpecs(shape, dtype));
  return undefined;
}

function describeValue(value: unknown): string {
  if (value instanceof Layer) return `a layer (${value.toString()}); call it first, or pass its output`;
  return typeof value === 'object' || typeof value === 'function' ? Object.prototype.toString.call(value) : JSON.stringify(value) ?? String(value);
}

