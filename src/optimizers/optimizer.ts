/** The base of optimizers: state, schedules, clipping, weight decay, averaging and accumulation around an update rule. */
import { apply } from '../engine/apply.js';
import { activeBackend, context, withContext } from '../engine/context.js';
import { scalarTensor, toTensor, type TensorLike } from '../engine/convert.js';
import { tidy } from '../engine/scope.js';
import { formatShape, sameShape } from '../engine/shape.js';
import { StatelessScope } from '../engine/stateless-scope.js';
import { Tensor } from '../engine/tensor.js';
import { Variable, type VariableOptions } from '../engine/variable.js';
import { notice } from '../backend/config.js';
import { kerasExport } from '../saving/registration.js';
import { serialize_keras_object } from '../saving/serialization.js';
import { ArgumentError } from '../utils/checks.js';
import { auto_name } from '../utils/naming.js';
import { clipGradients } from './clipping.js';
import { LearningRateSchedule } from './schedules/learning-rate-schedule.js';

/** A number, a schedule, or a function without arguments that gives the rate. */
export type LearningRate = number | LearningRateSchedule | (() => TensorLike);

export interface OptimizerOptions {
  learning_rate?: LearningRate | Record<string, unknown>;
  /** Every update also takes `weight_decay * learning_rate` of the weight itself away. Default: none. */
  weight_decay?: number | null;
  /** Largest norm of each gradient. Only one of the three ways to clip can be given. */
  clipnorm?: number | null;
  /** Largest absolute value of each element of the gradients. */
  clipvalue?: number | null;
  /** Largest norm of all gradients together. */
  global_clipnorm?: number | null;
  /** Keep an exponential moving average of the weights. Default false. */
  use_ema?: boolean;
  /** Default 0.99. */
  ema_momentum?: number;
  /** Steps after which the weights are replaced by their average; null: only at the end of training. */
  ema_overwrite_frequency?: number | null;
  /** The loss is multiplied by it before gradients are taken, and gradients are divided by it. */
  loss_scale_factor?: number | null;
  /** Gradients of this many steps, at least 2, are averaged for one update. */
  gradient_accumulation_steps?: number | null;
  name?: string | null;
}

/** Names after the class's own arguments, in Keras's order. */
export const BASE_ARGUMENTS = ['weight_decay', 'clipnorm', 'clipvalue', 'global_clipnorm', 'use_ema', 'ema_momentum',
  'ema_overwrite_frequency', 'loss_scale_factor', 'gradient_accumulation_steps', 'name'] as const;

/** The optimizer is used before it knows its variables, or with others. */
export class OptimizerError extends Error {
  override name = 'OptimizerError';
}

interface Store {
  get(key: string): TensorLike;
  set(key: string, value: Variable): void;
  keys(): string[];
}

/**
 * Base of optimizers. A subclass makes its state in `build` and changes one variable in `update_step`.
 * Source: keras.optimizers.Optimizer.
 *
 * @example
 * const optimizer = new keras.optimizers.SGD(0.1);
 * optimizer.apply([keras.ops.ones([2])], [variable]);
 */
export abstract class Optimizer {
  readonly name: string;
  readonly weight_decay: number | null;
  readonly clipnorm: number | null;
  readonly clipvalue: number | null;
  readonly global_clipnorm: number | null;
  readonly use_ema: boolean;
  readonly ema_momentum: number;
  readonly ema_overwrite_frequency: number | null;
  readonly loss_scale_factor: number | null;
  readonly gradient_accumulation_steps: number | null;
  built = false;
  #variables: Variable[] = [];
  #trainable: Variable[] = [];
  #indices = new Map<Variable, number>();
  #iterations: Variable;
  #rate: Variable | LearningRateSchedule | (() => TensorLike);
  #averages: Variable[] = [];
  #accumulated: Variable[] = [];
  #undecayed: { variables: Set<Variable>; pattern: RegExp | null } = { variables: new Set(), pattern: null };

  constructor(options: OptimizerOptions, defaultRate: number) {
    this.name = options.name ?? auto_name(this.constructor.name);
    this.weight_decay = options.weight_decay ?? null;
    this.clipnorm = options.clipnorm ?? null;
    this.clipvalue = options.clipvalue ?? null;
    this.global_clipnorm = options.global_clipnorm ?? null;
    this.use_ema = options.use_ema ?? false;
    this.ema_momentum = options.ema_momentum ?? 0.99;
    this.ema_overwrite_frequency = options.ema_overwrite_frequency ?? null;
    this.loss_scale_factor = options.loss_scale_factor ?? null;
    this.gradient_accumulation_steps = options.gradient_accumulation_steps ?? null;
    this.#check();
    // Counted in 64 bits as Python does, where the backend has them.
    const counter = activeBackend().unsupported('add', 'int64') ? 'int32' : 'int64';
    this.#iterations = this.#track(() => scalarTensor(0, counter), { name: 'iteration', shape: [], aggregation: 'only_first_replica' });
    const rate = options.learning_rate ?? defaultRate;
    if (rate instanceof LearningRateSchedule || typeof rate === 'function') this.#rate = rate as LearningRateSchedule;
    else if (typeof rate === 'number') {
      this.#rate = this.#track(() => scalarTensor(rate, 'float32'), { name: 'learning_rate', shape: [], aggregation: 'only_first_replica' });
    } else if (typeof rate === 'object' && rate !== null && 'class_name' in rate) {
      this.#rate = LearningRateSchedule.fromSerialized(rate);
    } else {
      throw new ArgumentError(`${this.constructor.name}: the argument 'learning_rate' must be a number, a schedule or a function, ` +
        `received ${JSON.stringify(rate)}.`);
    }
  }

  #check(): void {
    const owner = this.constructor.name;
    const steps = this.gradient_accumulation_steps;
    if (steps !== null && (!Number.isInteger(steps) || steps < 2)) {
      throw new ArgumentError(`${owner}: gradient_accumulation_steps must be an integer >= 2, received ${steps}.`);
    }
    if (this.use_ema && !(this.ema_momentum >= 0 && this.ema_momentum <= 1)) {
      throw new ArgumentError(`${owner}: ema_momentum must be between 0 and 1, received ${this.ema_momentum}.`);
    }
    const frequency = this.ema_overwrite_frequency;
    if (this.use_ema && frequency !== null && (!Number.isInteger(frequency) || frequency < 1)) {
      throw new ArgumentError(`${owner}: ema_overwrite_frequency must be an integer >= 1 or null, received ${frequency}.`);
    }
    const clips = { clipnorm: this.clipnorm, clipvalue: this.clipvalue, global_clipnorm: this.global_clipnorm };
    if (Object.values(clips).filter((value) => value !== null).length > 1) {
      throw new ArgumentError(`${owner}: only one of clipnorm, clipvalue and global_clipnorm can be set, received ${JSON.stringify(clips)}.`);
    }
  }

  // ---- state ----

  #track(initializer: () => Tensor, options: VariableOptions): Variable {
    const variable = withContext({ nameScopes: [...context.nameScopes, this.name] },
      () => new Variable(initializer, { trainable: false, ...options }));
    this.#variables.push(variable);
    return variable;
  }

  /** State like a variable of the model: same shape and dtype, zeros unless another initial value is given. */
  add_variable_from_reference(reference: Variable, name = 'var', initial = 0): Variable {
    return this.#track(() => apply('full', [], { value: initial, shape: reference.shape, dtype: reference.dtype }), {
      name: `${reference.path.replaceAll('/', '_')}_${name}`, shape: reference.shape, dtype: reference.dtype });
  }

  /** One such variable for each variable of the model. */
  add_optimizer_variables(variables: readonly Variable[], name: string, initial = 0): Variable[] {
    return variables.map((variable) => this.add_variable_from_reference(variable, name, initial));
  }

  /** All state: iterations, learning rate, then what the optimizer keeps for each variable. */
  get variables(): Variable[] {
    return [...this.#variables];
  }

  /** Updates made so far. */
  get iterations(): Tensor {
    const done = this.#iterations.value;
    return this.gradient_accumulation_steps
      ? apply('floor_divide', [done, scalarTensor(this.gradient_accumulation_steps, done.dtype)]) : done;
  }

  /** The present learning rate. */
  get learning_rate(): Tensor {
    const rate = this.#rate;
    if (rate instanceof Variable) return rate.value;
    return toTensor(rate instanceof LearningRateSchedule ? rate(this.#iterations.value) : rate(), 'float32');
  }

  set learning_rate(value: LearningRate | TensorLike) {
    if (value instanceof LearningRateSchedule || typeof value === 'function') {
      if (this.#rate instanceof Variable) this.#variables = this.#variables.filter((variable) => variable !== this.#rate);
      this.#rate = value as LearningRateSchedule;
    } else if (this.#rate instanceof Variable) {
      const rate = this.#rate;
      tidy(() => rate.assign(toTensor(value, rate.dtype)));
    } else {
      throw new OptimizerError(`The learning rate of ${this.name} follows a schedule, so it cannot be set to a number. ` +
        'Make the optimizer with a number as its learning_rate to set it later.');
    }
  }

  /** Makes the state for the model's variables. Called by the first `apply`. */
  build(variables: readonly Variable[]): void {
    if (this.built) return;
    if (this.use_ema) this.#averages = this.add_optimizer_variables(variables, 'average');
    variables.forEach((variable, i) => this.#indices.set(variable, i));
    if (this.gradient_accumulation_steps) this.#accumulated = this.add_optimizer_variables(variables, 'gradient_accumulator');
    this.#trainable = [...variables];
    this.built = true;
  }

  /** The place of a variable among those the optimizer was built with. */
  protected indexOf(variable: Variable): number {
    const index = this.#indices.get(variable);
    if (index === undefined) {
      throw new OptimizerError(`Optimizer '${this.name}' does not know the variable '${variable.path}': it was built with ` +
        `${this.#trainable.map((v) => v.path).join(', ')}. Compile the model again after changing which layers train.`);
    }
    return index;
  }

  // ---- updates ----

  /** Changes one variable by its gradient. */
  abstract update_step(gradient: Tensor, variable: Variable, learning_rate: Tensor): void;

  /** Called once before the update steps of one application. */
  protected beforeUpdates(): void {}

  /** `apply` for pairs of gradient and variable. */
  apply_gradients(grads_and_vars: readonly (readonly [Tensor | null, Variable])[]): void {
    this.apply(grads_and_vars.map(([gradient]) => gradient), grads_and_vars.map(([, variable]) => variable));
  }

  /** Updates variables by their gradients (null: no gradient). Without variables: those it was built with. */
  apply(grads: readonly (Tensor | null | undefined)[], trainable_variables?: readonly Variable[]): void {
    if (grads.length === 0) return;
    if (trainable_variables && !this.built) this.build(trainable_variables);
    if (!this.built) {
      throw new OptimizerError(`Optimizer '${this.name}' does not know its variables yet: pass them to apply(), or call build(variables).`);
    }
    const variables = trainable_variables ?? this.#trainable;
    if (variables.length !== grads.length) {
      throw new OptimizerError(`Optimizer '${this.name}' received ${grads.length} gradients for ${variables.length} variables.`);
    }
    tidy(() => this.#apply(grads, variables));
  }

  #apply(grads: readonly (Tensor | null | undefined)[], variables: readonly Variable[]): void {
    // 1. Variables without a gradient stay as they are.
    const known = variables.filter((_, i) => grads[i]);
    if (known.length === 0) throw new OptimizerError('No gradient was given for any variable: the loss depends on none of them.');
    if (known.length < variables.length) {
      notice(`There are no gradients for ${variables.filter((_, i) => !grads[i]).map((v) => v.path).join(', ')}: the loss does not depend on them.`);
    }
    let gradients = grads.filter((gradient): gradient is Tensor => Boolean(gradient));
    known.forEach((variable, i) => {
      this.indexOf(variable);
      if (!sameShape(gradients[i].shape, variable.shape)) {
        throw new OptimizerError(`The gradient of '${variable.path}' has shape ${formatShape(gradients[i].shape)}, expected ${formatShape(variable.shape)}.`);
      }
    });
    // 2. Undo the scale of the loss.
    if (this.loss_scale_factor !== null) gradients = gradients.map((g) => divide(g, this.loss_scale_factor!));
    // 3. Update, or collect gradients until it is time to.
    const steps = this.gradient_accumulation_steps;
    if (steps) this.#accumulate(gradients, known, steps);
    else this.#update(gradients, known);
    // 4. Averages and constraints.
    if (this.use_ema) this.#average();
    for (const variable of known) if (variable.constraint) variable.assign(variable.constraint(variable.value));
    this.#iterations.assign_add(scalarTensor(1, this.#iterations.dtype));
  }

  #update(gradients: readonly Tensor[], variables: readonly Variable[]): void {
    const clipped = clipGradients(gradients, this);
    this.#decay(variables);
    const rate = this.learning_rate;
    this.beforeUpdates();
    variables.forEach((variable, i) => this.update_step(clipped[i], variable, rate));
  }

  #accumulate(gradients: readonly Tensor[], variables: readonly Variable[], steps: number): void {
    const accumulators = variables.map((variable) => this.#accumulated[this.indexOf(variable)]);
    const sums = gradients.map((g, i) => apply('add', [g, accumulators[i].value]));
    const count = apply('add', [this.#iterations.value, scalarTensor(1, this.#iterations.dtype)]);
    const due = this.#everyNth(count, steps);
    const zero = (like: Tensor): Tensor => scalarTensor(0, like.dtype);
    when(due, () => this.#update(sums.map((sum) => divide(sum, steps)), variables));
    accumulators.forEach((accumulator, i) => accumulator.assign(apply('select', [due, zero(sums[i]), sums[i]])));
  }

  #everyNth(count: Tensor, n: number): Tensor {
    const remainder = apply('mod', [count, scalarTensor(n, count.dtype)]);
    return apply('equal', [remainder, scalarTensor(0, count.dtype)]);
  }

  #decay(variables: readonly Variable[]): void {
    const decay = this.weight_decay;
    if (decay === null) return;
    const rate = this.learning_rate;
    for (const variable of variables) {
      if (this.#undecayed.variables.has(variable) || this.#undecayed.pattern?.test(variable.name)) continue;
      const { value } = variable;
      const scaled = apply('multiply', [apply('multiply', [value, scalarTensor(decay, value.dtype)]), castTo(rate, value)]);
      variable.assign(apply('subtract', [value, scaled]));
    }
  }

  /** Leaves variables out of the weight decay: by themselves, or by a part of their name. Call it before `build`. */
  exclude_from_weight_decay(options: { var_list?: readonly Variable[]; var_names?: readonly string[] } = {}): void {
    if (this.built) throw new OptimizerError('exclude_from_weight_decay() must be called before the optimizer is built.');
    const { var_list = [], var_names = [] } = options;
    this.#undecayed = { variables: new Set(var_list), pattern: var_names.length > 0 ? new RegExp(var_names.join('|')) : null };
  }

  #average(): void {
    const count = this.iterations;
    const started = apply('cast', [apply('not_equal', [count, scalarTensor(0, count.dtype)])], { dtype: 'float32' });
    this.#trainable.forEach((variable, i) => {
      const { value } = variable;
      const momentum = apply('multiply', [castTo(started, value), scalarTensor(this.ema_momentum, value.dtype)]);
      const rest = apply('subtract', [scalarTensor(1, value.dtype), momentum]);
      this.#averages[i].assign(apply('add', [
        apply('multiply', [momentum, this.#averages[i].value]), apply('multiply', [rest, value])]));
    });
    if (this.ema_overwrite_frequency) {
      const next = apply('add', [count, scalarTensor(1, count.dtype)]);
      when(this.#everyNth(next, this.ema_overwrite_frequency), () => this.#overwriteByAverage());
    }
  }

  #overwriteByAverage(): void {
    this.#trainable.forEach((variable, i) => variable.assign(this.#averages[i].value));
  }

  /** At the end of training: with `use_ema`, the weights become their averages. */
  finalize_variable_values(_var_list: readonly Variable[]): void {
    if (this.use_ema && this.built) tidy(() => this.#overwriteByAverage());
  }

  /** The loss as gradients are taken of it. */
  scale_loss(loss: Tensor): Tensor {
    return this.loss_scale_factor === null ? loss : apply('multiply', [loss, scalarTensor(this.loss_scale_factor, loss.dtype)]);
  }

  /**
   * `apply` as a function of its variables, without side effects.
   * @returns [new trainable variables, new optimizer variables]
   */
  stateless_apply(
    optimizer_variables: readonly TensorLike[], grads: readonly Tensor[], trainable_variables: readonly TensorLike[],
  ): [Tensor[], Tensor[]] {
    if (!this.built) throw new OptimizerError(`Optimizer '${this.name}' must be built before stateless_apply: call build(variables).`);
    const lengths = [[optimizer_variables, this.#variables, 'optimizer_variables'],
      [trainable_variables, this.#trainable, 'trainable_variables']] as const;
    for (const [given, own, what] of lengths) {
      if (given.length !== own.length) {
        throw new OptimizerError(`stateless_apply of '${this.name}' expects ${own.length} ${what}, received ${given.length}.`);
      }
    }
    const scope = new StatelessScope([
      ...this.#trainable.map((variable, i) => [variable, trainable_variables[i]] as const),
      ...this.#variables.map((variable, i) => [variable, optimizer_variables[i]] as const)]);
    return tidy(() => {
      scope.run(() => this.#apply(grads, this.#trainable));
      return [this.#trainable.map((v) => scope.get_current_value(v)!), this.#variables.map((v) => scope.get_current_value(v)!)];
    });
  }

  // ---- saving ----

  save_own_variables(store: Store): void {
    this.#variables.forEach((variable, i) => store.set(String(i), variable));
  }

  load_own_variables(store: Store): void {
    const keys = store.keys();
    if (keys.length !== this.#variables.length) {
      notice(`The state of optimizer '${this.name}' was not loaded: it has ${this.#variables.length} variables, the file holds ${keys.length}.`);
      return;
    }
    tidy(() => this.#variables.forEach((variable, i) => variable.assign(toTensor(store.get(String(i)), variable.dtype))));
  }

  get_config(): Record<string, unknown> {
    const rate = this.#rate;
    const learning_rate = rate instanceof Variable ? tidy(() => rate.value.item())
      : serialize_keras_object(rate);
    return {
      name: this.name, learning_rate, weight_decay: this.weight_decay, clipnorm: this.clipnorm,
      global_clipnorm: this.global_clipnorm, clipvalue: this.clipvalue, use_ema: this.use_ema,
      ema_momentum: this.ema_momentum, ema_overwrite_frequency: this.ema_overwrite_frequency,
      loss_scale_factor: this.loss_scale_factor, gradient_accumulation_steps: this.gradient_accumulation_steps,
    };
  }

  static from_config(config: Record<string, unknown>): Optimizer {
    return new (this as unknown as new (config: Record<string, unknown>) => Optimizer)(config);
  }
}
kerasExport(Optimizer, 'keras.Optimizer', 'keras.optimizers.Optimizer');

const divide = (x: Tensor, by: number): Tensor => apply('divide', [x, scalarTensor(by, x.dtype)]);

/** A tensor in the dtype of another. */
export const castTo = (x: Tensor, like: { dtype: Tensor['dtype'] }): Tensor =>
  (x.dtype === like.dtype ? x : apply('cast', [x], { dtype: like.dtype }));

/** Makes the assignments of `fn` where the condition, a scalar of the graph, holds. */
function when(condition: Tensor, fn: () => void): void {
  const scope = new StatelessScope();
  scope.run(fn);
  for (const variable of scope.variables) {
    variable.assign(apply('select', [condition, scope.get_current_value(variable)!, variable.value]));
  }
}
