/**
 * LossScaleOptimizer: another optimizer, with the loss scaled so that float16 gradients neither vanish nor
 * overflow.
 */
import { apply } from '../engine/apply.js';
import { scalarTensor, type TensorLike } from '../engine/convert.js';
import { tidy } from '../engine/scope.js';
import { isPlainObject } from '../engine/structure.js';
import type { Tensor } from '../engine/tensor.js';
import type { Variable } from '../engine/variable.js';
import { cast } from '../ops/promotion.js';
import { all, divide, equal, logicalAnd, multiply } from '../ops/tensor-math.js';
import { Constant } from '../initializers/constant.js';
import { kerasExport, type CustomObjects } from '../saving/registration.js';
import { deserialize_keras_object, serialize_keras_object } from '../saving/serialization.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { ArgumentError } from '../utils/checks.js';
import { counterDType } from '../utils/counter-dtype.js';
import { assignConditionally } from './conditional.js';
import { applyJointly } from './jointly.js';
import { Optimizer, OptimizerError, type LearningRate } from './optimizer.js';

export interface LossScaleOptimizerOptions {
  /** The optimizer that does the steps. */
  inner_optimizer: Optimizer;
  /** Default 2^15. */
  initial_scale?: number;
  /** After how many steps without overflow the scale is doubled. Default 2000. */
  dynamic_growth_steps?: number;
  name?: string | null;
}
const ARGUMENTS = ['inner_optimizer', 'initial_scale', 'dynamic_growth_steps', 'name'] as const;

/**
 * Runs another optimizer on gradients of a scaled loss. A step whose gradients are not all finite is left out
 * and halves the scale; a row of good steps doubles it. Source: keras.optimizers.LossScaleOptimizer.
 *
 * @example
 * const optimizer = new keras.optimizers.LossScaleOptimizer(new keras.optimizers.SGD(0.1));
 */
export class LossScaleOptimizer extends Optimizer {
  readonly inner_optimizer: Optimizer;
  readonly initial_scale: number;
  readonly dynamic_growth_steps: number;
  step_counter: Variable | undefined;
  dynamic_scale: Variable | undefined;

  constructor(...args: ConstructorArgs<LossScaleOptimizerOptions, typeof ARGUMENTS>) {
    const { inner_optimizer, initial_scale = 2 ** 15, dynamic_growth_steps = 2000, name } =
      namedArguments<LossScaleOptimizerOptions>('LossScaleOptimizer', ARGUMENTS, args, []);
    super({ learning_rate: 0, name });
    if (!(inner_optimizer instanceof Optimizer)) {
      throw new ArgumentError(`LossScaleOptimizer: the argument 'inner_optimizer' must be an optimizer, received ${String(inner_optimizer)}.`);
    }
    this.inner_optimizer = inner_optimizer;
    this.initial_scale = initial_scale;
    this.dynamic_growth_steps = dynamic_growth_steps;
    // Gradients arrive there unscaled.
    inner_optimizer.loss_scale_factor = null;
  }

  override build(variables: readonly Variable[]): void {
    if (this.built) return;
    this.step_counter = this.add_variable([], 'zeros', { dtype: counterDType(), name: 'step_counter' });
    this.dynamic_scale = this.add_variable([], new Constant(this.initial_scale), { dtype: 'float32', name: 'dynamic_scale' });
    this.inner_optimizer.build(variables);
    super.build(variables);
  }

  override get variables(): Variable[] {
    return [...super.variables, ...this.inner_optimizer.variables];
  }

  /** The inner optimizer does the steps. */
  override update_step(gradient: Tensor, variable: Variable, learning_rate: Tensor): void {
    this.inner_optimizer.update_step(gradient, variable, learning_rate);
  }

  /** Whether all gradients hold numbers only: a scalar of dtype bool. */
  check_finite(grads: readonly (Tensor | null | undefined)[]): Tensor {
    return grads.filter((gradient): gradient is Tensor => Boolean(gradient))
      .map((gradient) => all(apply('is_finite', [gradient])))
      .reduce((a, b) => logicalAnd(a, b), scalarTensor(true, 'bool'));
  }

  override apply(grads: readonly (Tensor | null | undefined)[], trainable_variables?: readonly Variable[]): void {
    if (applyJointly(this, grads, trainable_variables)) return;
    if (trainable_variables) this.build(trainable_variables);
    const { step_counter: counter, dynamic_scale: scale } = this;
    if (!counter || !scale) {
      throw new OptimizerError(`Optimizer '${this.name}' is not built: pass the variables too, or call build(trainable_variables) first.`);
    }
    const set = (variable: Variable, value: number): void => variable.assign(scalarTensor(value, variable.dtype));
    const rescale = (factor: number): void => {
      set(counter, 0);
      scale.assign(multiply(scale.value, factor));
    };
    tidy(() => {
      const finite = this.check_finite(grads);
      assignConditionally(finite, () => {
        const unscaled = grads.map((gradient) => gradient && divide(gradient, cast(scale.value, gradient.dtype)));
        this.inner_optimizer.apply(unscaled, trainable_variables);
        assignConditionally(equal(counter.value, this.dynamic_growth_steps - 1), () => rescale(2),
          () => counter.assign_add(scalarTensor(1, counter.dtype)));
      }, () => rescale(0.5));
    });
  }

  override get learning_rate(): Variable | Tensor {
    return this.inner_optimizer.learning_rate;
  }

  override set learning_rate(value: LearningRate | TensorLike) {
    this.inner_optimizer.learning_rate = value;
  }

  override get iterations(): Variable | Tensor {
    return this.inner_optimizer.iterations;
  }

  override scale_loss(loss: Tensor): Tensor {
    return multiply(loss, this.dynamic_scale ? cast(this.dynamic_scale.value, loss.dtype) : this.initial_scale);
  }

  override finalize_variable_values(var_list: readonly Variable[]): void {
    this.inner_optimizer.finalize_variable_values(var_list);
  }

  override get_config(): Record<string, unknown> {
    const { name, inner_optimizer, initial_scale, dynamic_growth_steps } = this;
    return { name, inner_optimizer: serialize_keras_object(inner_optimizer), initial_scale, dynamic_growth_steps };
  }

  static override from_config(config: Record<string, unknown>, custom_objects: CustomObjects | null = null): Optimizer {
    const { inner_optimizer, ...options } = config;
    const inner = isPlainObject(inner_optimizer) ? deserialize_keras_object(inner_optimizer, { custom_objects }) : inner_optimizer;
    return new LossScaleOptimizer({ ...options, inner_optimizer: inner as Optimizer });
  }
}
kerasExport(LossScaleOptimizer, 'keras.optimizers.LossScaleOptimizer', 'keras.mixed_precision.LossScaleOptimizer');
