/** How many threads TensorFlow computes with. */
import { availableParallelism } from 'node:os';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type CallForms } from '../utils/arguments.js';
import { requirePositiveInteger } from '../utils/checks.js';
import { notice } from '../utils/notice.js';
import { ConfigError } from './keras-json.js';

const NAMES = ['intra_op', 'inter_op'] as const;

/** Numbers of threads; null leaves one to TensorFlow. */
export interface Threads {
  /** Threads that share the work of one op. */
  intra_op: number | null;
  /** Ops that run at the same time. */
  inter_op: number | null;
}

let asked: Threads = { intra_op: null, inter_op: null };
let isStarted = false;

/**
 * The numbers of threads that were asked for.
 * @example
 * keras.config.threads().intra_op; // null, unless set_threads was called
 */
export const threads = (): Threads => ({ ...asked });

/** Threads that share the work of one op: as asked for here, or in the environment, or one a core, as TensorFlow counts them. */
export const intraOpThreads = (): number =>
  asked.intra_op ?? (Number(process.env.TF_NUM_INTRAOP_THREADS) || availableParallelism());

/** Called when the `tensorflow` backend has started: it keeps its threads as long as the process lives. */
export function fixThreads(): void {
  isStarted = true;
}

/** Called when another backend has started. */
export function noteUnusedThreads(backend: string): void {
  if (asked.intra_op === null && asked.inter_op === null) return;
  notice(`keras.config.set_threads() has no effect on the backend '${backend}': it is for 'tensorflow'.`);
}

/**
 * Sets how many threads the `tensorflow` backend computes with; call it before the first op. TensorFlow's own choice is
 * one a core, or what TF_NUM_INTRAOP_THREADS and TF_NUM_INTEROP_THREADS say. Several processes on one machine are faster
 * when they share its cores; a server in the same process answers no sooner with fewer (bench: http-server). The other
 * backends compute on the JavaScript thread. Worker threads compute with the threads of the process: the first that
 * starts TensorFlow decides on `intra_op`. Ours: Keras leaves it to `tf.config.threading`.
 *
 * @param intra_op threads that share the work of one op: a positive integer, or null for TensorFlow's choice (default)
 * @param inter_op ops that run at the same time: the same
 * @throws ConfigError once TensorFlow has started
 * @example
 * import * as keras from 'keras-node';
 * keras.config.set_threads({ intra_op: 1 });
 * keras.config.threads(); // { intra_op: 1, inter_op: null }
 */
export function set_threads(...args: CallForms<typeof NAMES, [intra_op?: number | null, inter_op?: number | null]>): void {
  const wanted = namedArguments<Partial<Threads>>('set_threads()', NAMES, args, []);
  for (const [name, count] of Object.entries(wanted)) {
    if (count !== null) requirePositiveInteger('set_threads()', name, count);
  }
  if (isStarted) {
    throw new ConfigError('set_threads(): TensorFlow is running and keeps its threads. Call set_threads() before the first op, ' +
      'right after the import, or set TF_NUM_INTRAOP_THREADS and TF_NUM_INTEROP_THREADS in the environment.');
  }
  asked = { ...asked, ...wanted };
}

kerasExport(threads, 'keras.config.threads');
kerasExport(set_threads, 'keras.config.set_threads');
