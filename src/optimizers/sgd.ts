/** SGD: gradient descent, with momentum. */
import { apply } from '../engine/apply.js';
import { scalarTensor } from '../engine/convert.js';
import type { Tensor } from '../engine/tensor.js';
import type { Variable } from '../engine/variable.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { ArgumentError } from '../utils/checks.js';
import { BASE_ARGUMENTS, castTo, Optimizer, type OptimizerOptions } from './optimizer.js';

export interface SGDOptions extends OptimizerOptions {
  /** From 0 to 1. Default 0: none. */
  momentum?: number;
  /** Default false. */
  nesterov?: boolean;
}

const ARGUMENTS = ['learning_rate', 'momentum', 'nesterov', ...BASE_ARGUMENTS] as const;

/**
 * `w -= learning_rate * g`; with momentum `v = momentum * v - learning_rate * g, w += v`; with Nesterov's
 * `w += momentum * v - learning_rate * g`. Default learning rate 0.01. Source: keras.optimizers.SGD.
 *
 * @example
 * const optimizer = new keras.optimizers.SGD(0.01, { momentum: 0.9 });
 */
export class SGD extends Optimizer {
  readonly momentum: number;
  readonly nesterov: boolean;
  #momentums: Variable[] = [];

  constructor(...args: ConstructorArgs<SGDOptions, typeof ARGUMENTS>) {
    const options = namedArguments<SGDOptions>('SGD', ARGUMENTS, args, []);
    super(options, 0.01);
    this.momentum = options.momentum ?? 0;
    if (!(this.momentum >= 0 && this.momentum <= 1)) {
      throw new ArgumentError(`SGD: the argument 'momentum' must be between 0 and 1, received ${String(options.momentum)}.`);
    }
    this.nesterov = options.nesterov ?? false;
  }

  override build(variables: readonly Variable[]): void {
    if (this.built) return;
    super.build(variables);
    if (this.momentum !== 0) this.#momentums = this.add_optimizer_variables(variables, 'momentum');
  }

  override update_step(gradient: Tensor, variable: Variable, learning_rate: Tensor): void {
    const step = apply('multiply', [castTo(gradient, variable), castTo(learning_rate, variable)]);
    if (this.momentum === 0) {
      variable.assign_sub(step);
      return;
    }
    const velocity = this.#momentums[this.indexOf(variable)];
    const momentum = scalarTensor(this.momentum, variable.dtype);
    const next = apply('subtract', [apply('multiply', [velocity.value, momentum]), step]);
    velocity.assign(next);
    variable.assign_add(this.nesterov ? apply('subtract', [apply('multiply', [next, momentum]), step]) : next);
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), momentum: this.momentum, nesterov: this.nesterov };
  }
}
kerasExport(SGD, 'keras.optimizers.SGD');
