/** Results of a step as numbers. */
import type { Logs } from '../callbacks/callback.js';
import { flatten, isPlainObject } from '../engine/structure.js';
import { Tensor } from '../engine/tensor.js';

export type StepResult = Record<string, Tensor>;

/** Reads scalars from the device, keys sorted as Keras's logs are, and frees them. */
export function readLogs(result: StepResult): Logs {
  if (!isPlainObject(result)) {
    throw new TypeError('A step returns its losses and metrics by name, as in {loss}, ' +
      `received ${String(result)}.`);
  }
  const logs: Logs = {};
  for (const name of Object.keys(result).toSorted()) {
    const value: unknown = result[name];
    if (!(value instanceof Tensor)) logs[name] = value as number;
    else logs[name] = value.size === 1 ? value.item() : (value.arraySync() as unknown as number);
  }
  freeAll(result);
  return logs;
}

/** By name, as Keras's logs are. */
export const sortedLogs = (logs: Logs): Logs =>
  Object.fromEntries(Object.keys(logs).toSorted().map((name) => [name, logs[name]]));

/** Frees all tensors in a structure. */
export function freeAll(structure: unknown): void {
  for (const leaf of flatten(structure)) if (leaf instanceof Tensor) leaf.dispose();
}

/** A turn of the event loop. */
export const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
