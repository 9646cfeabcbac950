/** Outputs, targets and weights of a model as flat lists that correspond, whatever structure each came in. */
import { formatShape, type Shape } from '../engine/shape.js';
import { flatten, isPlainObject } from '../engine/structure.js';
import { Tensor } from '../engine/tensor.js';

/** Targets, losses or metrics do not fit the outputs of the model. */
export class StructureError extends Error {
  override name = 'StructureError';
}

export interface FlatOutputs {
  outputs: Tensor[];
  /** A name for each output: the key, or the layer that made it; null where there is none. */
  names: (string | null)[];
}

export function flattenOutputs(y_pred: unknown, layerNames: readonly string[] | undefined): FlatOutputs {
  const outputs = flatten(y_pred) as Tensor[];
  if (isPlainObject(y_pred) && Object.values(y_pred).every((value) => value instanceof Tensor)) {
    return { outputs, names: Object.keys(y_pred).toSorted() };
  }
  return { outputs, names: outputs.map((_, i) => layerNames?.[i] ?? null) };
}

const namesOf = (names: readonly (string | null)[]): string =>
  names.map((name, i) => name ?? `number ${i}`).join(', ');

/** Values given for the outputs (targets, weights, losses, metrics): by name, in order, or one for all. */
export function alignWithOutputs(
  what: string, given: unknown, names: readonly (string | null)[], isLeaf: (value: unknown) => boolean,
): unknown[] {
  if (given === undefined || given === null) return names.map(() => undefined);
  if (isPlainObject(given) && !isLeaf(given)) {
    const unknown = Object.keys(given).find((key) => !names.includes(key));
    if (unknown !== undefined) {
      throw new StructureError(`${what}: there is no output '${unknown}'. ` +
        `The outputs of the model are ${namesOf(names)}.`);
    }
    return names.map((name) => (name === null ? undefined : given[name]));
  }
  if (Array.isArray(given) && !isLeaf(given)) {
    if (given.length !== names.length) {
      throw new StructureError(`${what}: expected one for each output of the model (${namesOf(names)}), ` +
        `received an array of ${given.length}.`);
    }
    return given;
  }
  return names.length === 1 ? [given] : names.map(() => given);
}

/** `alignWithOutputs` for tensors. */
export const alignTensors = (
  what: string, given: unknown, names: readonly (string | null)[],
): (Tensor | undefined)[] =>
  alignWithOutputs(what, given, names, (value) => value instanceof Tensor) as (Tensor | undefined)[];

/** A loss failed on the shapes of labels, predictions or weights: says what fits. */
export function explainLossError(
  error: unknown, loss: string, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | undefined,
): Error {
  const given = `y_true has shape ${formatShape(y_true.shape)} and dtype ${y_true.dtype}, ` +
    `y_pred has shape ${formatShape(y_pred.shape)}`;
  const rest = `(${(error as Error).message})`;
  if (sample_weight && !isPrefix(sample_weight.shape, y_true.shape)) {
    const wanted = formatShape(y_true.shape.slice(0, 1));
    return new StructureError(`sample_weight of shape ${formatShape(sample_weight.shape)} does not fit the ` +
      `labels: ${given}. Expected one weight a sample, of shape ${wanted}. ${rest}`, { cause: error });
  }
  let hint = 'Labels need the shape of the predictions: change the labels, or the units of the last layer.';
  if (loss.includes('categorical')) {
    hint = 'With class numbers as labels, of shape [batch], use \'sparse_categorical_crossentropy\'; ' +
      `with one-hot labels of shape ${formatShape(y_pred.shape)} use 'categorical_crossentropy'.`;
  }
  return new StructureError(`The loss '${loss}' does not fit the labels: ${given}. ${hint} ${rest}`,
    { cause: error });
}

const isPrefix = (short: Shape, long: Shape): boolean =>
  short.length <= long.length && short.every((d, i) => d === 1 || d === long[i]);
