/** Base of the optimizers. */
import { notice } from '../utils/notice.js';
import { apply as applyPrimitive } from '../engine/apply.js';
import { context, withContext } from '../engine/context.js';
import { scalarTensor, toTensor, type TensorLike } from '../engine/convert.js';
import { getDefaultFloat, standardizeDType, type DType } from '../engine/dtype.js';
import { tidy } from '../engine/scope.js';
import { formatShape, sameShape, ShapeError, type Shape } from '../engine/shape.js';
import { StatelessScope } from '../engine/stateless-scope.js';
import { isPlainObject } from '../engine/structure.js';
import type { Tensor } from '../engine/tensor.js';
import { Variable } from '../engine/variable.js';
import { get as getInitializer } from '../initializers/index.js';
import { cast } from '../ops/promotion.js';
import { add, divide, equal, mod, multiply, notEqual, subtract, zeros } from '../ops/tensor-math.js';
import { kerasExport, type CustomObjects } from '../saving/registration.js';
import { declareAbstract } from '../utils/abstract.js';
import { deserialize_keras_object, serialize_keras_object } from '../saving/serialization.js';
import type { VariableStore } from '../saving/walk.js';
import { counterDType } from '../utils/counter-dtype.js';
import { ArgumentError } from '../utils/checks.js';
import { auto_name } from '../utils/naming.js';
import { clipGradients } from './clipping.js';
import { applyJointly } from './jointly.js';
import { assignConditionally } from './conditional.js';
import { BASE_ARGUMENTS, checkOptions, type LearningRate, type OptimizerOptions } from './optimizer-options.js';
import { LearningRateSchedule } from './schedules/learning-rate-schedule.js';

export { BASE_ARGUMENTS, type LearningRate, type OptimizerOptions };

/** An optimizer was used before it was built, or with other variables than it was built for. */
export class OptimizerError extends Error {
  override name = 'OptimizerError';
}

/**
 * Changes variables by their gradients so that a loss becomes smaller. `apply(gradients, variables)` does one step.
 * For your own, derive from it: make state in `build` with `add_optimizer_variables`, and define `update_step`.
 * Source: keras.optimizers.Optimizer.
 *
 * @example
 * class SignDescent extends keras.optimizers.Optimizer {
 *   update_step(gradient, variable, learning_rate) {
 *     this.assign_sub(variable, keras.ops.multiply(keras.ops.sign(gradient), learning_rate));
 *   }
 * }
 * const w = new keras.Variable(keras.ops.array([1, -1]));
 * new SignDescent({learning_rate: 0.5}).apply([keras.ops.array([3, -4])], [w]);
 * w.value.arraySync(); // [0.5, -0.5]
 */
export abstract class Optimizer {
  name: string;
  built = false;
  readonly weight_decay: number | null;
  readonly clipnorm: number | null;
  readonly global_clipnorm: number | null;
  readonly clipvalue: number | null;
  readonly use_ema: boolean;
  readonly ema_momentum: number;
  readonly ema_overwrite_frequency: number | null;
  loss_scale_factor: number | null;
  readonly gradient_accumulation_steps: number | null;
  readonly #variables: Variable[] = [];
  readonly #iterations: Variable;
  #learningRate: Variable | LearningRateSchedule | (() => TensorLike);
  #trainable: Variable[] = [];
  #indices = new Map<Variable, number>();
  #averages: Variable[] = [];
  #accumulators: Variable[] = [];
  #excluded = new Set<Variable>();
  #excludedNames: RegExp | undefined;
  #shared = new Map<string, Tensor>();

  /** @param defaultRate the class's learning rate where none is given */
  constructor(options: OptimizerOptions, defaultRate = 0.001) {
    const owner = new.target.name;
    checkOptions(owner, options);
    this.name = options.name ?? auto_name(owner);
    this.weight_decay = options.weight_decay ?? null;
    this.clipnorm = options.clipnorm ?? null;
    this.global_clipnorm = options.global_clipnorm ?? null;
    this.clipvalue = options.clipvalue ?? null;
    this.use_ema = options.use_ema ?? false;
    this.ema_momentum = options.ema_momentum ?? 0.99;
    this.ema_overwrite_frequency = options.ema_overwrite_frequency ?? null;
    this.loss_scale_factor = options.loss_scale_factor ?? null;
    this.gradient_accumulation_steps = options.gradient_accumulation_steps ?? null;
    this.#iterations = this.add_variable([], 'zeros', { dtype: counterDType(), name: 'iteration' });
    const rate = options.learning_rate ?? defaultRate;
    if (typeof rate === 'function') this.#learningRate = rate;
    else if (typeof rate === 'number') {
      this.#learningRate = this.add_variable([], () => scalarTensor(rate, getDefaultFloat()), { name: 'learning_rate' });
    } else if (isPlainObject(rate) && 'class_name' in rate) this.#learningRate = LearningRateSchedule.fromSerialized(rate);
    else {
      throw new ArgumentError(`${owner}: the argument 'learning_rate' must be a number, a schedule or a function, received ` +
        `${JSON.stringify(rate)}.`);
    }
  }

  // ---- state ----

  /** Steps done so far; with gradient accumulation, steps that changed the variables. */
  get iterations(): Variable | Tensor {
    const { gradient_accumulation_steps: steps } = this;
    return steps ? applyPrimitive('floor_divide', [this.#iterations.value, this.#integer(steps)]) : this.#iterations;
  }

  /** Iterations, the learning rate where it is a number, then the state made in `build`: the order in saved files. */
  get variables(): Variable[] {
    return [...this.#variables];
  }

  /** The present rate: a variable where it was given as a number, else what the schedule or function gives. */
  get learning_rate(): Variable | Tensor {
    return this.#learningRate instanceof Variable ? this.#learningRate : this.#rate();
  }

  /** A number is assigned to the variable, so that compiled steps use it too. */
  set learning_rate(value: LearningRate | TensorLike) {
    if (typeof value === 'function') {
      const former = this.#learningRate;
      this.#learningRate = value as LearningRateSchedule;
      if (former instanceof Variable) this.#variables.splice(this.#variables.indexOf(former), 1);
    } else if (this.#learningRate instanceof Variable) {
      const rate = this.#learningRate;
      tidy(() => rate.assign(toTensor(value, rate.dtype)));
    } else {
      throw new OptimizerError(`The learning rate of optimizer '${this.name}' follows a schedule, so it cannot be set ` +
        'to a number. Create the optimizer with a number as learning_rate to change it later.');
    }
  }

  #rate(): Tensor {
    const rate = this.#learningRate;
    if (rate instanceof Variable) return rate.value;
    if (rate instanceof LearningRateSchedule) return rate(this.#iterations);
    return toTensor(rate(), getDefaultFloat());
  }

  /** Counts a step: `iterations` itself may be a result of it. */
  protected countStep(): void {
    this.#iterations.assign_add(this.#integer(1));
  }

  #integer(value: number): Tensor {
    return scalarTensor(value, this.#iterations.dtype);
  }

  /** Makes a variable of the optimizer's state. `initializer` default zeros; `dtype` default floatx. */
  add_variable(
    shape: Shape, initializer: unknown = 'zeros', { dtype, name }: { dtype?: string | null; name?: string } = {},
  ): Variable {
    const variable = withContext({ nameScopes: [...context.nameScopes, this.name] }, () => new Variable(
      getInitializer(initializer),
      { shape, dtype: standardizeDType(dtype ?? getDefaultFloat()), trainable: false, autocast: false, name }));
    this.#variables.push(variable);
    return variable;
  }

  /** State of the shape and dtype of another variable, named after it. */
  add_variable_from_reference(reference_variable: Variable, name = 'var', initializer: unknown = 'zeros'): Variable {
    return this.add_variable(reference_variable.shape, initializer,
      { dtype: reference_variable.dtype, name: `${reference_variable.path.replaceAll('/', '_')}_${name}` });
  }

  /** State for each variable: one array, or one for each name when there are several. */
  add_optimizer_variables(trainable_variables: readonly Variable[], name: string, initializer?: unknown): Variable[];
  add_optimizer_variables(trainable_variables: readonly Variable[], name: readonly string[], initializer?: unknown): Variable[][];
  add_optimizer_variables(
    trainable_variables: readonly Variable[], name: string | readonly string[], initializer: unknown = 'zeros',
  ): Variable[] | Variable[][] {
    const names = typeof name === 'string' ? [name] : name;
    // By variable first: this is the order in saved files.
    const rows = trainable_variables.map((variable) => names.map((part, i) => this.add_variable_from_reference(
      variable, part, Array.isArray(initializer) ? initializer[i] : initializer)));
    const columns = names.map((_, i) => rows.map((row) => row[i]));
    return typeof name === 'string' ? columns[0] : columns;
  }

  /** Makes the state for these variables; done by the first `apply` otherwise. A second call does nothing. */
  build(variables: readonly Variable[]): void {
    if (this.built) return;
    if (this.use_ema) this.#averages = this.add_optimizer_variables(variables, 'average');
    variables.forEach((variable, i) => {
      this.#indices.set(variable, i);
      if (this.gradient_accumulation_steps) {
        this.#accumulators.push(this.add_variable_from_reference(variable, 'gradient_accumulator'));
      }
    });
    this.#trainable = [...variables];
    this.built = true;
  }

  /** The place of a variable among those the optimizer was built for. */
  protected indexOf(variable: Variable): number {
    const index = this.#indices.get(variable);
    if (index === undefined) {
      throw new OptimizerError(`Optimizer '${this.name}' was not built for variable '${variable.path}'. ` +
        'Compile the model again after changing which layers train, or make another optimizer.');
    }
    return index;
  }

  // ---- steps ----

  /** Changes one variable by its gradient. */
  abstract update_step(gradient: Tensor, variable: Variable, learning_rate: Tensor): void;

  /** Called once before the update steps of one application: for what all of them share. */
  protected beforeUpdates(): void {}

  /** For `update_step`: a tensor that is the same for all variables of a dtype, computed once an application. */
  protected once(name: string, dtype: DType, compute: () => Tensor): Tensor {
    const key = `${name} ${dtype}`;
    let tensor = this.#shared.get(key);
    if (!tensor) this.#shared.set(key, (tensor = compute()));
    return tensor;
  }

  /** Number of this step, from 1, in a dtype. */
  protected step(dtype: DType): Tensor {
    return this.once('step', dtype, () => add(cast(toTensor(this.iterations), dtype), 1));
  }

  /** For `update_step`: sets a variable, adds to it, takes from it. */
  assign(variable: Variable, value: Tensor): void {
    variable.assign(value);
  }

  assign_add(variable: Variable, value: Tensor): void {
    variable.assign_add(value);
  }

  assign_sub(variable: Variable, value: Tensor): void {
    variable.assign_sub(value);
  }

  /** `apply` with pairs of gradient and variable. */
  apply_gradients(grads_and_vars: Iterable<readonly [Tensor | null, Variable]>): Variable {
    const pairs = [...grads_and_vars];
    this.apply(pairs.map(([gradient]) => gradient), pairs.map(([, variable]) => variable));
    return this.#iterations;
  }

  /**
   * One step.
   *
   * @param grads gradients in the order of the variables; null for those without, which stay as they are
   * @param trainable_variables default: those the optimizer was built for
   * @throws OptimizerError for other variables than it was built for
   */
  apply(grads: readonly (Tensor | null | undefined)[], trainable_variables?: readonly Variable[]): void {
    if (grads.length === 0 || applyJointly(this, grads, trainable_variables)) return;
    if (trainable_variables) this.build(trainable_variables);
    else if (!this.built) {
      throw new OptimizerError(`Optimizer '${this.name}' is not built, so it does not know which variables the ` +
        'gradients are for. Pass them too, or call build(trainable_variables) first.');
    }
    const all = trainable_variables ?? this.#trainable;
    if (grads.length !== all.length) {
      throw new OptimizerError(`Optimizer '${this.name}' received ${grads.length} gradients for ${all.length} variables.`);
    }
    all.forEach((variable, i) => {
      this.indexOf(variable);
      const gradient = grads[i];
      if (gradient && !sameShape(gradient.shape, variable.shape)) {
        throw new OptimizerError(`The gradient of '${variable.path}' has shape ${formatShape(gradient.shape)}, expected ` +
          `${formatShape(variable.shape)}.`);
      }
    });
    const variables = all.filter((_, i) => grads[i]);
    const gradients = grads.filter((gradient): gradient is Tensor => Boolean(gradient));
    this.warnOfMissing(all, variables);
    tidy(() => {
      this.#step(gradients, variables);
      this.countStep();
    });
  }

  /** Says which variables have no gradients. @throws OptimizerError when none has */
  protected warnOfMissing(all: readonly Variable[], present: readonly Variable[]): void {
    if (present.length === all.length) return;
    const missing = all.filter((variable) => !present.includes(variable)).map(({ path }) => path).join(', ');
    const what = `The loss does not depend on these variables, so they have no gradients: ${missing}.`;
    if (present.length === 0) throw new OptimizerError(`${what} There is nothing to train. Did you forget the loss?`);
    notice(`${what} They stay as they are.`);
  }

  #step(given: readonly Tensor[], variables: readonly Variable[]): void {
    const { loss_scale_factor: scale, gradient_accumulation_steps: steps } = this;
    // 1. undo the scaling of the loss
    const gradients = scale === null ? [...given] : given.map((gradient) => divide(gradient, scale));
    // 2. update, or accumulate
    if (steps) {
      const accumulators = variables.map((variable) => this.#accumulators[this.indexOf(variable)]);
      const sums = gradients.map((gradient, i) => add(cast(gradient, accumulators[i].dtype), accumulators[i].value));
      const isUpdate = equal(mod(add(this.#iterations.value, 1), steps), 0);
      assignConditionally(isUpdate, () => {
        this.#update(sums.map((sum) => divide(sum, steps)), variables);
        for (const accumulator of this.#accumulators) accumulator.assign(zeros(accumulator.shape, accumulator.value));
      }, () => accumulators.forEach((accumulator, i) => accumulator.assign(sums[i])));
    } else this.#update(gradients, variables);
    // 3. moving averages
    if (this.use_ema) this.#updateAverages();
    // 4. constraints
    for (const variable of variables) {
      if (variable.constraint) variable.assign(variable.constraint(variable.value));
    }
  }

  #update(gradients: Tensor[], variables: readonly Variable[]): void {
    const clipped = clipGradients(gradients, this);
    const rate = this.#rate();
    this.#decayWeights(variables, rate);
    this.#shared.clear();
    this.beforeUpdates();
    variables.forEach((variable, i) => this.update_step(clipped[i], variable, rate));
    this.#shared.clear();
  }

  // ---- weight decay ----

  /** Keeps variables from weight decay: these, or those whose name contains one of the words. Before `build`. */
  exclude_from_weight_decay(
    options: { var_list?: readonly Variable[] | null; var_names?: readonly string[] | null } = {},
  ): void {
    this.#excluded = new Set(options.var_list);
    const names = options.var_names ?? [];
    this.#excludedNames = names.length > 0 ? new RegExp(names.join('|')) : undefined;
  }

  /** The weight decay of a variable; null for none. */
  protected decayOf(_variable: Variable): number | null {
    return this.weight_decay;
  }

  #decayWeights(variables: readonly Variable[], rate: Tensor): void {
    for (const variable of variables) {
      const weight_decay = this.decayOf(variable);
      if (weight_decay === null || this.#excluded.has(variable) || this.#excludedNames?.test(variable.name)) continue;
      const part = multiply(multiply(variable.value, weight_decay), cast(rate, variable.dtype));
      variable.assign_sub(part);
    }
  }

  // ---- moving averages ----

  /** Each trained variable with its moving average; none without `use_ema`. */
  get _averages(): { variable: Variable; average: Variable }[] {
    return this.#averages.map((average, i) => ({ variable: this.#trainable[i], average }));
  }

  #updateAverages(): void {
    const iterations = toTensor(this.iterations);
    const isLater = notEqual(iterations, 0);
    this.#trainable.forEach((variable, i) => {
      const average = this.#averages[i];
      // The first step takes the variable as it is.
      const momentum = multiply(cast(isLater, variable.dtype), this.ema_momentum);
      average.assign(add(multiply(momentum, average.value), multiply(subtract(1, momentum), variable.value)));
    });
    const frequency = this.ema_overwrite_frequency;
    if (frequency) {
      assignConditionally(equal(mod(add(iterations, 1), frequency), 0), () => this.#overwrite(this.#trainable));
    }
  }

  #overwrite(variables: readonly Variable[]): void {
    if (variables.length !== this.#averages.length) {
      throw new OptimizerError(`Optimizer '${this.name}' keeps averages of ${this.#averages.length} variables, ` +
        `received ${variables.length}. Was it applied to this model?`);
    }
    variables.forEach((variable, i) => variable.assign(this.#averages[i].value));
  }

  /** Sets the variables to their moving averages, where these are kept: done at the end of `fit`. */
  finalize_variable_values(var_list: readonly Variable[]): void {
    if (this.use_ema) tidy(() => this.#overwrite(var_list));
  }

  // ---- without side effects ----

  /**
   * One step on values that are given: gives the new values of the trainable variables and of the optimizer's own.
   * Nothing changes in the variables themselves. The optimizer must be built.
   */
  stateless_apply(
    optimizer_variables: readonly TensorLike[], grads: readonly (Tensor | null)[], trainable_variables: readonly TensorLike[],
  ): [trainable_variables: Tensor[], optimizer_variables: Tensor[]] {
    if (!this.built) {
      throw new OptimizerError(`Optimizer '${this.name}' must be built before stateless_apply: call build(trainable_variables).`);
    }
    const own = this.variables;
    const check = (what: string, received: number, expected: number): void => {
      if (received !== expected) {
        throw new OptimizerError(`stateless_apply of optimizer '${this.name}' needs ${expected} ${what}, received ${received}.`);
      }
    };
    check('optimizer_variables', optimizer_variables.length, own.length);
    check('trainable_variables', trainable_variables.length, this.#trainable.length);
    const scope = new StatelessScope([
      ...this.#trainable.map((variable, i) => [variable, trainable_variables[i]] as const),
      ...own.map((variable, i) => [variable, optimizer_variables[i]] as const),
    ]);
    scope.run(() => this.apply(grads));
    const valueOf = (variable: Variable): Tensor => scope.get_current_value(variable)!;
    return [this.#trainable.map(valueOf), own.map(valueOf)];
  }

  /** The loss whose gradients `apply` expects. */
  scale_loss(loss: Tensor): Tensor {
    return this.loss_scale_factor === null ? loss : multiply(loss, this.loss_scale_factor);
  }

  // ---- saving ----

  /** Sets the state, in the order of `variables`. */
  set_weights(weights: readonly TensorLike[]): void {
    if (!this.built) throw new OptimizerError(`Optimizer '${this.name}' must be built before set_weights.`);
    tidy(() => weights.forEach((weight, i) => {
      const variable = this.variables[i];
      const value = toTensor(weight);
      if (!sameShape(variable.shape, value.shape)) {
        throw new ShapeError(`Optimizer variable '${variable.path}' has shape ${formatShape(variable.shape)}, received a ` +
          `weight of shape ${formatShape(value.shape)}.`);
      }
      variable.assign(value);
    }));
  }

  save_own_variables(store: VariableStore): void {
    this.variables.forEach((variable, i) => store.set(String(i), variable));
  }

  load_own_variables(store: VariableStore): void {
    const keys = store.keys();
    // Keras 2 keeps a learning rate that is a number out of files.
    const state = this.variables.filter((variable) => variable !== this.#learningRate);
    const variables = keys.length === state.length ? state : this.variables;
    if (keys.length !== variables.length) {
      notice(`The state of optimizer '${this.name}' was not loaded: it has ${variables.length} variables, the file ` +
        `holds ${keys.length}.${this.built ? '' : ' The optimizer is not built yet.'}`);
      return;
    }
    tidy(() => variables.forEach((variable, i) => variable.assign(toTensor(store.get(String(i)), variable.dtype))));
  }

  /** The constructor's options. */
  get_config(): Record<string, unknown> {
    const rate = this.#learningRate;
    return {
      name: this.name,
      learning_rate: rate instanceof Variable ? tidy(() => rate.value.item()) : serialize_keras_object(rate),
      weight_decay: this.weight_decay, clipnorm: this.clipnorm, global_clipnorm: this.global_clipnorm,
      clipvalue: this.clipvalue, use_ema: this.use_ema, ema_momentum: this.ema_momentum,
      ema_overwrite_frequency: this.ema_overwrite_frequency, loss_scale_factor: this.loss_scale_factor,
      gradient_accumulation_steps: this.gradient_accumulation_steps,
    };
  }

  static from_config(config: Record<string, unknown>, custom_objects: CustomObjects | null = null): Optimizer {
    const { learning_rate, ...options } = config;
    const rate = isPlainObject(learning_rate) ? deserialize_keras_object(learning_rate, { custom_objects }) : learning_rate;
    const given = rate === undefined ? {} : { learning_rate: rate };
    return new (this as unknown as new (options: Record<string, unknown>) => Optimizer)({ ...options, ...given });
  }

  toString(): string {
    return `<${this.constructor.name} name=${this.name}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}
declareAbstract(Optimizer, 'update_step');
kerasExport(Optimizer, 'keras.optimizers.Optimizer', 'keras.Optimizer');

/** A tensor in the dtype of another. */
export const castTo = (x: Tensor, like: { dtype: Tensor['dtype'] }): Tensor => cast(x, like.dtype);
