/** The distribution in use. */
import type { ProcessGroup } from '../backend/backend.js';
import { kerasExport } from '../saving/registration.js';
import { ArgumentError } from '../utils/checks.js';
import { Distribution } from './distribution.js';

let current: Distribution | null = null;

/**
 * The distribution in use, null for none. Source: keras.distribution.distribution.
 *
 * @example
 * keras.distribution.distribution(); // null
 */
export const distribution = (): Distribution | null => current;

/**
 * From now on models train as the distribution says; null trains in this process alone again. Set it before models are
 * compiled. Source: keras.distribution.set_distribution.
 *
 * @throws DistributionError when the processes there are cannot compute so
 * @example
 * keras.distribution.set_distribution(new keras.distribution.DataParallel());
 * keras.distribution.set_distribution(null);
 */
export function set_distribution(value: Distribution | null): void {
  if (value !== null && !(value instanceof Distribution)) {
    throw new ArgumentError(`set_distribution: the argument 'value' must be a distribution such as DataParallel, or null, received ${String(value)}.`);
  }
  value?.requireSupport();
  current = value;
}

/** The processes that train together now, when there are several. */
export function trainingGroup(): ProcessGroup | undefined {
  const group = current?._group;
  return group && group.size > 1 ? group : undefined;
}

/** Which part of the data this process takes, when several train together. */
export function trainingShard(): { index: number; size: number; isOwn: boolean } | undefined {
  const group = trainingGroup();
  return group && { index: current!.data_shard_id, size: group.size, isOwn: !current!.auto_shard_dataset };
}

kerasExport(distribution, 'keras.distribution.distribution');
kerasExport(set_distribution, 'keras.distribution.set_distribution');
