/** SwapEMAWeights: evaluation with the moving averages that the optimizer keeps. */
import { keep, tidy } from '../engine/scope.js';
import type { Tensor } from '../engine/tensor.js';
import type { Variable } from '../engine/variable.js';
import { LossScaleOptimizer } from '../optimizers/loss-scale-optimizer.js';
import { MultiOptimizer } from '../optimizers/multi-optimizer.js';
import type { Optimizer } from '../optimizers/optimizer.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { ArgumentError } from '../utils/checks.js';
import { Callback } from './callback.js';

export interface SwapEMAWeightsOptions {
  /** Whether the averages are in the model between epochs too, for callbacks that save it then. Default false. */
  swap_on_epoch?: boolean;
}
const ARGUMENTS = ['swap_on_epoch'] as const;

/**
 * Puts the moving averages of an optimizer with `use_ema: true` into the model for evaluation and prediction, and the
 * weights back afterwards. With `swap_on_epoch`, callbacks behind it in the list see the averages at the end of each
 * epoch: a ModelCheckpoint then saves them. Source: keras.callbacks.SwapEMAWeights.
 *
 * @throws ArgumentError when the optimizer keeps no averages
 * @example
 * model.compile({ optimizer: new keras.optimizers.Adam({ use_ema: true }), loss: 'mse' });
 * await model.evaluate(x, y, { verbose: 0, callbacks: [new keras.callbacks.SwapEMAWeights()] });
 */
export class SwapEMAWeights extends Callback {
  readonly swap_on_epoch: boolean;
  /** The weights while the averages are in their place. */
  #weights: [Variable, Tensor][] | undefined;

  constructor(...args: ConstructorArgs<SwapEMAWeightsOptions, typeof ARGUMENTS>) {
    super();
    this.swap_on_epoch = namedArguments<SwapEMAWeightsOptions>('SwapEMAWeights', ARGUMENTS, args, []).swap_on_epoch ?? false;
  }

  #optimizers(): Optimizer[] {
    const { optimizer } = this.model;
    const inner = optimizer instanceof LossScaleOptimizer ? optimizer.inner_optimizer : optimizer;
    const all = inner instanceof MultiOptimizer ? inner.optimizers : [inner];
    const averaging = all.filter((one): one is Optimizer => one?.use_ema === true);
    if (averaging.length === 0) {
      throw new ArgumentError(`SwapEMAWeights needs an optimizer that keeps averages: '${this.model.name}' is compiled with ` +
        `${inner ? `${inner.constructor.name} without use_ema` : 'none'}. Create the optimizer with {use_ema: true}.`);
    }
    return averaging;
  }

  #putAverages(): void {
    if (this.#weights) return;
    const pairs = this.#optimizers().flatMap((optimizer) => optimizer._averages);
    this.#weights = pairs.map(({ variable }): [Variable, Tensor] => [variable, keep(variable.value)]);
    tidy(() => pairs.forEach(({ variable, average }) => variable.assign(average.value)));
  }

  #putWeights(): void {
    for (const [variable, weight] of this.#weights ?? []) {
      variable.assign(weight);
      weight.dispose();
    }
    this.#weights = undefined;
  }

  override on_epoch_begin(): void {
    if (this.swap_on_epoch) this.#putWeights();
  }

  override on_epoch_end(): void {
    if (this.swap_on_epoch) this.#putAverages();
  }

  /** The averages stay: the end of fit puts them into the model anyway. */
  override on_train_end(): void {
    for (const [, weight] of this.#weights ?? []) weight.dispose();
    this.#weights = undefined;
  }

  override on_test_begin(): void {
    this.#putAverages();
  }

  override on_test_end(): void {
    this.#putWeights();
  }

  override on_predict_begin(): void {
    this.#putAverages();
  }

  override on_predict_end(): void {
    this.#putWeights();
  }
}
kerasExport(SwapEMAWeights, 'keras.callbacks.SwapEMAWeights');
