/** Results of a step as numbers. */
import type { Logs } from '../callbacks/callback.js';
import { flatten } from '../engine/structure.js';
import { Tensor } from '../engine/tensor.js';

export type StepResult = Record<string, Tensor>;

/** Reads scalars from the device, keys sorted as Keras's logs are, and frees them. */
export function readLogs(result: StepResult): Logs {
  const logs: Logs = {};
  for (const name of Object.keys(result).toSorted()) {
    const tensor = result[name];
    logs[name] = tensor.size === 1 ? Number(tensor.dataSync()[0]) : (tensor.arraySync() as unknown as number);
  }
  freeAll(result);
  return logs;
}

/** Frees all tensors in a structure. */
export function freeAll(structure: unknown): void {
  for (const leaf of flatten(structure)) if (leaf instanceof Tensor) leaf.dispose();
}

/** A turn of the event loop. */
export const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
