/** Outputs, targets and weights of a model as flat lists that correspond, whatever structure each came in. */
import { formatShape } from '../engine/shape.js';
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

/** Values given for the outputs (targets, weights, losses, metrics): by name, in order, or one for the only output. */
export function alignWithOutputs(
  what: string, given: unknown, names: readonly (string | null)[], isLeaf: (value: unknown) => boolean,
): unknown[] {
  if (given === undefined || given === null) return names.map(() => undefined);
  if (isPlainObject(given) && !isLeaf(given)) {
    const unknown = Object.keys(given).find((key) => !names.includes(key));
    if (unknown !== undefined) {
      throw new StructureError(`${what} has the key '${unknown}', but the outputs of the model are ` +
        `${names.map((name) => name ?? '(unnamed)').join(', ')}.`);
    }
    return names.map((name) => (name === null ? undefined : given[name]));
  }
  if (Array.isArray(given) && !isLeaf(given)) {
    if (given.length !== names.length) {
      throw new StructureError(`${what} has ${given.length} entries, but the model has ${names.length} output(s)` +
        `${names.length > 1 ? ` (${names.map((name) => name ?? '(unnamed)').join(', ')})` : ''}.`);
    }
    return given;
  }
  return names.length === 1 ? [given] : names.map(() => given);
}

/** A loss failed on the shapes of labels and predictions: says what the usual losses want. */
export function explainLossError(error: unknown, loss: string, y_true: Tensor, y_pred: Tensor): Error {
  const hint = y_pred.ndim >= 2 && y_pred.shape[y_pred.ndim - 1] > 1
    ? ` With integer labels of shape [batch] use 'sparse_categorical_crossentropy'; ` +
      `with one-hot labels of shape ${formatShape(y_pred.shape)} use 'categorical_crossentropy'.`
    : '';
  return new StructureError(`The loss '${loss}' does not fit the labels: y_true has shape ${formatShape(y_true.shape)} and ` +
    `dtype ${y_true.dtype}, y_pred has shape ${formatShape(y_pred.shape)}.${hint} (${(error as Error).message})`, { cause: error });
}
