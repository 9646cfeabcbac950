/** MultiOptimizer: several optimizers, each for some of the variables. */
import type { TensorLike } from '../engine/convert.js';
import { tidy } from '../engine/scope.js';
import { isPlainObject } from '../engine/structure.js';
import type { Tensor } from '../engine/tensor.js';
import type { Variable } from '../engine/variable.js';
import { kerasExport, type CustomObjects } from '../saving/registration.js';
import { deserialize_keras_object, serialize_keras_object } from '../saving/serialization.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { ArgumentError } from '../utils/checks.js';
import { Optimizer, OptimizerError, type LearningRate } from './optimizer.js';
import { applyJointly } from './jointly.js';
import { OptimizerMap, requirePlain } from './optimizer-map.js';

export interface MultiOptimizerOptions {
  /** Gives each variable its optimizer: an OptimizerMap, or a function. */
  optimizer_map: OptimizerMap | ((variable: Variable) => Optimizer);
  /** Factor of the loss while gradients are computed, which all optimizers undo. Default null. */
  loss_scale_factor?: number | null;
  name?: string | null;
}
const ARGUMENTS = ['optimizer_map', 'loss_scale_factor', 'name'] as const;

/**
 * Trains some variables with one optimizer and some with another. Learning rates are those of the `optimizers` inside.
 * Source: keras.optimizers.MultiOptimizer.
 *
 * @throws OptimizerError when its own learning rate is read or set
 * @example
 * const map = new keras.optimizers.OptimizerMap(new keras.optimizers.Adam(0.001), {
 *   'output/.*': new keras.optimizers.SGD(0.1),
 * });
 * const optimizer = new keras.optimizers.MultiOptimizer(map);
 */
export class MultiOptimizer extends Optimizer {
  readonly #map: MultiOptimizerOptions['optimizer_map'];
  readonly #inner: Optimizer[] = [];
  #trained: readonly Variable[] = [];
  #optimizerOf = new Map<Variable, Optimizer>();

  constructor(...args: ConstructorArgs<MultiOptimizerOptions, typeof ARGUMENTS>) {
    const { optimizer_map, loss_scale_factor, name } =
      namedArguments<MultiOptimizerOptions>('MultiOptimizer', ARGUMENTS, args, []);
    super({ learning_rate: 0, loss_scale_factor, name });
    if (typeof optimizer_map !== 'function') {
      throw new ArgumentError('MultiOptimizer: the argument \'optimizer_map\' must be an OptimizerMap or a function that gives the ' +
        `optimizer of a variable, received ${JSON.stringify(optimizer_map) ?? 'undefined'}.`);
    }
    this.#map = optimizer_map;
    if (!(optimizer_map instanceof OptimizerMap)) return;
    this.#inner.push(...new Set([...optimizer_map.values(), optimizer_map.default_optimizer]));
  }

  /** The optimizers inside. */
  get optimizers(): Optimizer[] {
    return [...this.#inner];
  }

  /** Its own, then those of all optimizers. */
  override get variables(): Variable[] {
    return [...super.variables, ...(this.#inner ?? []).flatMap((optimizer) => optimizer.variables)];
  }

  override build(variables: readonly Variable[]): void {
    if (this.built) return;
    for (const variable of variables) {
      const optimizer = this.#map(variable);
      requirePlain(optimizer, `The optimizer of variable '${variable.path}'`);
      if (!this.#inner.includes(optimizer)) this.#inner.push(optimizer);
      this.#optimizerOf.set(variable, optimizer);
    }
    this.#trained = [...variables];
    for (const [optimizer, some] of this.#shares(variables)) optimizer.build(some);
    super.build(variables);
  }

  #shares(variables: readonly Variable[]): Map<Optimizer, Variable[]> {
    const shares = new Map<Optimizer, Variable[]>();
    for (const variable of variables) {
      const optimizer = this.#optimizerOf.get(variable);
      if (!optimizer) {
        throw new OptimizerError(`Optimizer '${this.name}' was not built for variable '${variable.path}'. ` +
          'Compile the model again after changing which layers train, or make another optimizer.');
      }
      shares.set(optimizer, [...(shares.get(optimizer) ?? []), variable]);
    }
    return shares;
  }

  override apply(grads: readonly (Tensor | null | undefined)[], trainable_variables?: readonly Variable[]): void {
    if (applyJointly(this, grads, trainable_variables)) return;
    if (grads.length === 0) return;
    if (trainable_variables) this.build(trainable_variables);
    const all = trainable_variables ?? this.#trained;
    if (!this.built) {
      throw new OptimizerError(`Optimizer '${this.name}' is not built: pass the variables too, or call build(trainable_variables) first.`);
    }
    if (grads.length !== all.length) {
      throw new OptimizerError(`Optimizer '${this.name}' received ${grads.length} gradients for ${all.length} variables.`);
    }
    const gradientOf = new Map(all.map((variable, i) => [variable, grads[i]]));
    const present = all.filter((variable) => gradientOf.get(variable));
    this.warnOfMissing(all, present);
    tidy(() => {
      for (const [optimizer, variables] of this.#shares(present)) {
        optimizer.loss_scale_factor = this.loss_scale_factor;
        optimizer.apply(variables.map((variable) => gradientOf.get(variable)), variables);
      }
      this.countStep();
    });
  }

  /** That of the optimizer the variable belongs to. */
  override update_step(gradient: Tensor, variable: Variable, learning_rate: Tensor): void {
    this.#map(variable).update_step(gradient, variable, learning_rate);
  }

  #noRate(): never {
    throw new OptimizerError(`MultiOptimizer '${this.name}' has no learning rate of its own. Each of its optimizers has: ` +
      'optimizer.optimizers[0].learning_rate.');
  }

  override get learning_rate(): Variable | Tensor {
    return this.#noRate();
  }

  override set learning_rate(_value: LearningRate | TensorLike) {
    this.#noRate();
  }

  override finalize_variable_values(var_list: readonly Variable[]): void {
    for (const [optimizer, variables] of this.#shares(var_list)) optimizer.finalize_variable_values(variables);
  }

  override get_config(): Record<string, unknown> {
    return { optimizer_map: serialize_keras_object(this.#map), loss_scale_factor: this.loss_scale_factor, name: this.name };
  }

  static override from_config(config: Record<string, unknown>, custom_objects: CustomObjects | null = null): Optimizer {
    const { optimizer_map: given, ...options } = config;
    const optimizer_map = isPlainObject(given) ? deserialize_keras_object(given, { custom_objects }) : given;
    return new MultiOptimizer({ ...options, optimizer_map: optimizer_map as OptimizerMap });
  }
}
kerasExport(MultiOptimizer, 'keras.optimizers.MultiOptimizer');
