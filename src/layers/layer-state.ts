/** What a layer owns: dtype policy, weights, sublayers, losses. The half of `Layer` that does not compute. */
import { context } from '../engine/context.js';
import { NDArray, toTensor, type TensorLike } from '../engine/convert.js';
import { isFloat, standardizeDType, type DType } from '../engine/dtype.js';
import { tidy } from '../engine/scope.js';
import { formatShape, type Shape, type SymbolicShape } from '../engine/shape.js';
import { StatelessScope } from '../engine/stateless-scope.js';
import { flatten } from '../engine/structure.js';
import { Tensor } from '../engine/tensor.js';
import { Variable } from '../engine/variable.js';
import { get as getConstraint } from '../constraints/index.js';
import { DTypePolicyMap } from '../dtype-policies/dtype-policy-map.js';
import { getPolicy, type DTypePolicy, type DTypePolicySpec } from '../dtype-policies/dtype-policy.js';
import { get as getInitializer } from '../initializers/index.js';
import type { Metric } from '../metrics/metric.js';
import { Operation } from '../ops/operation.js';
import { get as getRegularizer, type RegularizerFunction } from '../regularizers/index.js';
import { getExportedPath } from '../saving/registration.js';
import { LAYER_OPTIONS, namedArguments, UnknownArgumentError } from '../utils/arguments.js';
import { auto_name } from '../utils/naming.js';
import { notice } from '../utils/notice.js';
import { noteLoss } from './call-context.js';
import type { Layer } from './layer.js';
import { LayerError, type AddWeightOptions, type LayerOptions, type VariableStore } from './layer-options.js';
import { inNameScope } from './name-scope.js';
import { ownedBy } from './tracking.js';

const UNTRACKED: ReadonlySet<string> = new Set(['_losses']);
const WEIGHT_ARGUMENTS = ['shape', 'initializer', 'dtype'] as const;
const FURTHER_WEIGHT_ARGUMENTS =
  ['trainable', 'autocast', 'regularizer', 'constraint', 'aggregation', 'name'] as const;

/** The state of a layer; see `Layer`. */
export abstract class LayerState extends Operation {
  built = false;
  autocast: boolean;
  activity_regularizer: RegularizerFunction | null;
  /** Losses that the last call added to this layer itself. */
  _losses: Tensor[] = [];
  #policy: DTypePolicy;
  #trainable: boolean;
  #inputShape: SymbolicShape | undefined;
  /** Weights made by `add_weight`. */
  #added = new Set<Variable>();
  /** Variables seen so far, and whether they train when the layer does: freezing must keep their order. */
  #trains = new Map<Variable, boolean>();

  constructor(options: LayerOptions) {
    super(options.name);
    this.#refuseUnknown(options);
    const { trainable = true } = options;
    if (typeof trainable !== 'boolean') {
      throw new LayerError(`The argument 'trainable' of ${this.describe()} must be true or false, ` +
        `received ${JSON.stringify(trainable)}.`);
    }
    if (options.input_shape !== undefined && options.input_shape !== null) this.#noteInputShape(options.input_shape);
    this.autocast = options.autocast ?? true;
    this.#policy = getPolicy(options.dtype);
    this.#trainable = trainable;
    this.activity_regularizer = getRegularizer(options.activity_regularizer ?? null);
  }

  /** How error messages name the layer. */
  protected describe(): string {
    return `layer '${this.name}' (${this.constructor.name})`;
  }

  /** The shape of the inputs without the batch, where the constructor was given one. */
  get _inputShape(): SymbolicShape | undefined {
    return this.#inputShape;
  }

  #noteInputShape(shape: SymbolicShape): void {
    if (!Array.isArray(shape) || !shape.every((size) => size === null || (Number.isInteger(size) && size >= 0))) {
      throw new LayerError(`The argument 'input_shape' of ${this.describe()} must be an array of sizes without the batch, such as ` +
        `[28, 28, 1], received ${JSON.stringify(shape)}.`);
    }
    this.#inputShape = shape;
    notice('input_shape is for the first layer of a Sequential. Rather begin the model with keras.Input({shape: [...]}).');
  }

  /** Classes of this library have checked their options; those of users hand them on from `super(options)`. */
  #refuseUnknown(options: LayerOptions): void {
    let cls: unknown = this.constructor;
    while (typeof cls === 'function' && getExportedPath(cls) === undefined) cls = Object.getPrototypeOf(cls);
    const path = typeof cls === 'function' ? getExportedPath(cls) : undefined;
    if (cls === this.constructor || (path !== 'keras.Layer' && path !== 'keras.Model')) return;
    const unknown = Object.keys(options).find((name) => !LAYER_OPTIONS.some((known) => known === name));
    if (unknown === undefined) return;
    throw new UnknownArgumentError(`${this.constructor.name}: ${String(path)} has no argument '${unknown}', which the constructor ` +
      `handed to super(). Known arguments: ${LAYER_OPTIONS.join(', ')}. Keep your own options out of what you hand on.`, LAYER_OPTIONS);
  }

  protected override inspectFields(): Record<string, unknown> {
    return { name: this.name, built: this.built };
  }

  // ---- dtypes ----

  get dtype_policy(): DTypePolicy {
    return this.#policy;
  }

  /** Sets the policy of computation from now on; weights keep their dtype. */
  set dtype_policy(value: DTypePolicySpec) {
    const { path } = this;
    if (this.#policy instanceof DTypePolicyMap && path !== undefined) {
      this.#policy.delete(path);
      this.#policy.set(path, value);
    } else this.#policy = getPolicy(value);
  }

  /** Names of the layers around it and its own; undefined until it is built. */
  abstract get path(): string | undefined;

  /** The policy of this very layer. */
  get #own(): DTypePolicy {
    const { path } = this;
    return this.#policy instanceof DTypePolicyMap && path !== undefined ? this.#policy.get(path) : this.#policy;
  }

  /** Layers are not quantized by this version. */
  get quantization_mode(): null {
    return this.#own.quantization_mode;
  }

  /** The dtype of the weights. */
  get dtype(): DType {
    return this.#own.variable_dtype;
  }

  get variable_dtype(): DType {
    return this.#own.variable_dtype;
  }

  /** The dtype of the computation. */
  get compute_dtype(): DType {
    return this.#own.compute_dtype;
  }

  /** The dtype that floating-point inputs are converted to. */
  get input_dtype(): DType {
    return this.#own.compute_dtype;
  }

  // ---- parts ----

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
    const found = new Set<LayerState>();
    const visit = (layer: LayerState): void => {
      if (found.has(layer)) return;
      found.add(layer);
      layer.sublayers.forEach(visit);
    };
    visit(this);
    if (!include_self) found.delete(this);
    return [...found] as Layer[];
  }

  /** Weights that are not of a sublayer: trainable ones first. */
  get _own_variables(): Variable[] {
    const found = this.#noteAttributes();
    const present = [...this.#trains.keys()].filter((v) => found.has(v) || this.#added.has(v));
    const trains = (variable: Variable): boolean => this.#trains.get(variable)!;
    return [...present.filter(trains), ...present.filter((variable) => !trains(variable))];
  }

  #noteAttributes(): Set<Variable> {
    const found = new Set(ownedBy(this).variables);
    for (const variable of found) {
      if (!this.#trains.has(variable)) this.#trains.set(variable, variable.trainable);
    }
    return found;
  }

  /** All state: weights and the states of seed generators, of sublayers too. Metrics are not included. */
  get variables(): Variable[] {
    const { seedGenerators } = ownedBy(this);
    return [...new Set([
      ...this._own_variables, ...seedGenerators.map((generator) => generator.state),
      ...this.sublayers.flatMap((layer) => layer.variables)])];
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
    return [...new Set([...ownedBy(this).metrics, ...this.sublayers.flatMap((layer) => layer.metrics)])];
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
    for (const variable of this._own_variables) if (this.#trains.get(variable)) variable.trainable = value;
    for (const layer of this.sublayers) layer.trainable = value;
  }

  /** Number of elements of all weights. */
  count_params(): number {
    if (!this.built) {
      throw new LayerError(`${sentence(this.describe())} has no weights to count yet: it is not built. ` +
        'Call it on data, or call build(input_shape).');
    }
    return this.weights.reduce((n, w) => n + w.size, 0);
  }

  // ---- weights ----

  /**
   * Makes a weight; use it in `build` or the constructor. Options: shape, initializer, dtype (these also by
   * position), trainable, autocast, regularizer, constraint, aggregation, name.
   */
  add_weight(...args: [options?: AddWeightOptions]
    | [shape: AddWeightOptions['shape'], options?: Omit<AddWeightOptions, 'shape'>]
    | [shape: AddWeightOptions['shape'], initializer: unknown,
      options?: Omit<AddWeightOptions, 'shape' | 'initializer'>]
    | [shape: AddWeightOptions['shape'], initializer: unknown, dtype: string | null,
      options?: Omit<AddWeightOptions, 'shape' | 'initializer' | 'dtype'>]): Variable {
    const options = namedArguments<AddWeightOptions>(
      `add_weight of ${this.describe()}`, WEIGHT_ARGUMENTS, args, FURTHER_WEIGHT_ARGUMENTS);
    const { shape = [], trainable = true, name = auto_name('variable'), autocast = true, aggregation } = options;
    if (!Array.isArray(shape) || shape.some((d) => !Number.isInteger(d) || d < 0)) {
      throw new LayerError(`${sentence(this.describe())} cannot make the weight '${name}' of shape ` +
        `${Array.isArray(shape) ? formatShape(shape) : JSON.stringify(shape)}: every dimension must be ` +
        `known when the layer is built. Give the input shape in full.`);
    }
    const dtype = options.dtype ? standardizeDType(options.dtype) : this.variable_dtype;
    const initializer = getInitializer(options.initializer ?? (isFloat(dtype) ? 'glorot_uniform' : 'zeros'));
    const variable = inNameScope(this, () => new Variable((s, d) => initializer(s, d),
      { shape: shape as Shape, dtype, trainable, autocast, aggregation, name }));
    variable.regularizer = getRegularizer(options.regularizer ?? null);
    variable.constraint = getConstraint(options.constraint ?? null);
    // Variables that became attributes before come before it.
    this.#noteAttributes();
    this.#added.add(variable);
    this.#trains.set(variable, trainable);
    if (!this.#trainable) variable.trainable = false;
    return variable;
  }

  /** The name of `add_weight` in older code. */
  add_variable(...args: Parameters<LayerState['add_weight']>): Variable {
    return this.add_weight(...args);
  }

  /** Layers have no such method any more, and say what to do. */
  add_metric(..._args: unknown[]): never {
    throw new LayerError(`${sentence(this.describe())} cannot add a metric: give metrics to compile(), or keep one as an ` +
      'attribute of the layer or model and call its update_state() where it belongs.');
  }

  /** Copies of all weights as host arrays, in the order of `weights`. */
  get_weights(): NDArray[] {
    return this.weights.map((weight) => tidy(() => {
      const { value } = weight;
      return new NDArray(value.dataSync(), value.shape, value.dtype);
    }));
  }

  /** Sets all weights, in the order of `weights`. */
  set_weights(weights: readonly TensorLike[]): void {
    const { weights: all } = this;
    if (all.length !== weights.length) {
      const expected = all.map(({ path, shape }) => `${path} ${formatShape(shape)}`).join(', ') || 'none';
      throw new LayerError(`${sentence(this.describe())} has ${all.length} weights, but set_weights ` +
        `received ${weights.length}. Expected ${expected}.`);
    }
    tidy(() => all.forEach((variable, i) => variable.assign(toTensor(weights[i], variable.dtype))));
  }

  save_own_variables(store: VariableStore): void {
    this._own_variables.forEach((variable, i) => store.set(String(i), variable));
  }

  load_own_variables(store: VariableStore): void {
    const variables = this._own_variables;
    const keys = store.keys();
    if (keys.length !== variables.length) {
      throw new LayerError(`${sentence(this.describe())} expects ${variables.length} variables ` +
        `(${variables.map((v) => v.name).join(', ') || 'none'}), but the file holds ` +
        `${keys.length}.${this.built ? '' : ' The layer is not built: its build() made no weights.'}`);
    }
    tidy(() => variables.forEach((variable, i) =>
      variable.assign(toTensor(store.get(String(i)), variable.dtype))));
  }

  // ---- losses ----

  /** Adds a scalar to the loss that training minimizes; for use in `call`. */
  add_loss(loss: Tensor | readonly Tensor[]): void {
    const collector = context.variableScopes.findLast((scope): scope is StatelessScope =>
      scope instanceof StatelessScope && scope.collect_losses);
    for (const one of flatten(loss)) {
      if (!(one instanceof Tensor)) {
        throw new LayerError(`add_loss of ${this.describe()} takes tensors computed in call(), received ` +
          `${String(one)}.`);
      }
      this._losses.push(one);
      noteLoss(one);
      collector?.add_loss(one);
    }
  }

  /** Losses added in the last call, and the penalties of all trainable weights with a regularizer. */
  get losses(): Tensor[] {
    // Those of a compiled step are values of its graph, and nothing outside of it.
    const added = this._flatten_layers().flatMap((layer) => layer._losses)
      .filter((loss) => context.tracer || !loss.isTraced);
    const penalties = this.trainable_weights.flatMap((weight) =>
      (weight.regularizer ? [tidy(() => weight.regularizer!(weight.value))] : []));
    return [...added, ...penalties];
  }

  /** Runs a call that is no real one, after which the layers have the losses they had before. */
  protected keepingLosses<T>(fn: () => T): T {
    const before = this._flatten_layers().map((layer) => ({ layer, losses: [...layer._losses] }));
    try {
      return fn();
    } finally {
      for (const { layer, losses } of before) layer._losses = losses;
    }
  }

  /** Forgets the losses of earlier calls. */
  _clear_losses(): void {
    for (const layer of this._flatten_layers()) {
      if (layer._losses.length > 0) layer._losses = [];
    }
  }
}

/** The description at the start of a sentence. */
export const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
