/** The loss of `compile`: one function for each output, weighted and added up. */
import { apply } from '../engine/apply.js';
import { scalarTensor } from '../engine/convert.js';
import { ShapeError } from '../engine/shape.js';
import { isPlainObject } from '../engine/structure.js';
import { Tensor } from '../engine/tensor.js';
import * as losses from '../losses/index.js';
import { Mean } from '../metrics/index.js';
import {
  alignTensors, alignWithOutputs, explainLossError, flattenOutputs, StructureError,
} from './outputs.js';
import { crossentropyFor } from './shorthands.js';

interface OutputLoss {
  output: number;
  loss: losses.Loss;
  weight: number | undefined;
  /** Name of the output in the logs. */
  name: string;
}

const isLossLeaf = (value: unknown): boolean =>
  typeof value === 'string' || typeof value === 'function' || (isPlainObject(value) && 'class_name' in value);

const nameOf = (given: unknown): string | undefined => (typeof given === 'string' ? given : undefined);

export class CompileLoss {
  readonly #loss: unknown;
  readonly #weights: unknown;
  readonly #outputNames: readonly string[] | undefined;
  #entries: OutputLoss[] | undefined;
  /** One Mean for each output's loss, when there are several. */
  metrics: Mean[] = [];

  constructor(loss: unknown, loss_weights: unknown, output_names: readonly string[] | undefined) {
    this.#loss = loss;
    this.#weights = loss_weights;
    this.#outputNames = output_names;
  }

  #build(
    y_true: readonly (Tensor | undefined)[], y_pred: readonly Tensor[], names: readonly (string | null)[],
  ): OutputLoss[] {
    const spread = Array.isArray(this.#loss) && names.length === 1;
    const perOutput = spread
      ? (this.#loss as unknown[]).map((loss) => ({ loss, output: 0 }))
      : alignWithOutputs('loss of compile()', this.#loss, names, isLossLeaf)
        .map((loss, output) => ({ loss, output }));
    const weights = spread
      ? (Array.isArray(this.#weights) ? this.#weights : perOutput.map(() => this.#weights))
      : alignWithOutputs('loss_weights of compile()', this.#weights, names, (w) => typeof w === 'number');
    const entries: OutputLoss[] = [];
    perOutput.forEach(({ loss: given, output }, i) => {
      const target = y_true[output];
      if (given === null || given === undefined) return;
      if (!target) {
        throw new StructureError(`The loss of output '${names[output] ?? output}' needs labels, but y is ` +
          'missing. Pass y behind x, or let the generator yield [x, y].');
      }
      const resolved = crossentropyFor(given, target, y_pred[output]) ?? given;
      const loss = losses.get(resolved);
      const instance = loss instanceof losses.Loss ? loss
        : new losses.LossFunctionWrapper(loss as losses.LossFunction, { name: nameOf(given) });
      const weight = weights[i] as number | undefined;
      entries.push({ output, loss: instance, weight, name: names[output] ?? instance.name });
    });
    if (entries.length > 1) this.metrics = entries.map(({ name }) => new Mean({ name: `${name}_loss` }));
    return entries;
  }

  /** The weighted sum, a scalar in float32 or wider. */
  call(y_true: unknown, y_pred: unknown, sample_weight?: unknown): Tensor | undefined {
    const { outputs, names } = flattenOutputs(y_pred, this.#outputNames);
    const targets = alignTensors('Labels (y)', this.#targets(y_true, names), names);
    const weights = alignTensors('sample_weight', sample_weight, names);
    const entries = (this.#entries ??= this.#build(targets, outputs, names));
    let total: Tensor | undefined;
    entries.forEach(({ output, loss, weight }, i) => {
      let value: Tensor;
      try {
        value = loss(targets[output]!, outputs[output], { sample_weight: weights[output] });
      } catch (error) {
        if (error instanceof ShapeError || (error as Error).name === 'ArgumentError') {
          throw explainLossError(error, loss.name, targets[output]!, outputs[output], weights[output]);
        }
        throw error;
      }
      const isWide = value.dtype === 'float32' || value.dtype === 'float64';
      if (!isWide) value = apply('cast', [value], { dtype: 'float32' });
      this.metrics[i]?.update_state(value, { sample_weight: outputs[output].shape[0] });
      if (weight !== undefined) value = apply('multiply', [value, scalarTensor(weight, value.dtype)]);
      total = total ? apply('add', [total, value]) : value;
    });
    return total;
  }

  /** Labels for some outputs only, when only they have a loss. */
  #targets(y_true: unknown, names: readonly (string | null)[]): unknown {
    if (!Array.isArray(y_true) || y_true.length === names.length || !Array.isArray(this.#loss)) return y_true;
    const wanted = [...this.#loss.keys()].filter((i) => (this.#loss as unknown[])[i] ?? false);
    if (wanted.length !== y_true.length) return y_true;
    const spread: unknown[] = names.map(() => undefined);
    wanted.forEach((output, i) => (spread[output] = y_true[i]));
    return spread;
  }
}
