/** initialize: this process joins others. */
import { set_backend, startTensorFlow } from '../backend/config.js';
import { context } from '../engine/context.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type NamedForms } from '../utils/arguments.js';
import { ArgumentError } from '../utils/checks.js';
import { notice } from '../utils/notice.js';
import { DistributionError } from './distribution.js';

export interface InitializeOptions {
  /** Where each process is to be reached, as `host:port`, separated by commas: the same for all. */
  job_addresses?: string | null;
  /** How many processes there are. Default: as many as addresses. */
  num_processes?: number | null;
  /** Which of them this process is, from 0. */
  process_id?: number | null;
}
const ARGUMENTS = ['job_addresses', 'num_processes', 'process_id'] as const;

/** Seconds to wait for the others. */
const DEFAULT_TIMEOUT = 300;

/**
 * Joins this process to others that run the same program, and waits until all have come. Call it first, before any tensor,
 * variable or model is made. What is not given is taken from the variables KERAS_DISTRIBUTION_JOB_ADDRESSES,
 * KERAS_DISTRIBUTION_NUM_PROCESSES and KERAS_DISTRIBUTION_PROCESS_ID, which `keras-node launch` sets, or else from
 * TF_CONFIG. KERAS_DISTRIBUTION_TIMEOUT is how many seconds to wait, here and later (default 300).
 *
 * TensorFlow's server has no passwords: it listens on the address given for this process, and belongs on a private network.
 * Source: keras.distribution.initialize.
 *
 * @throws ArgumentError when the processes are not told completely
 * @throws DistributionError when computation has begun already, or the backend is not `tensorflow`
 * @example
 * keras.distribution.initialize({ job_addresses: '127.0.0.1:4000', num_processes: 1, process_id: 0 });
 */
export function initialize(...args: NamedForms<InitializeOptions, typeof ARGUMENTS>): void {
  const options = namedArguments<InitializeOptions>('initialize()', ARGUMENTS, args, []);
  const { addresses, index } = processes(options);
  // One process computes as it would without.
  if (addresses.length === 1) return;
  if (context.backend) {
    throw new DistributionError('keras.distribution.initialize() must come first in a program: the backend ' +
      `'${context.backend.name}' has been started already, by a tensor, a variable or a model made before.`);
  }
  const asked = process.env.KERAS_BACKEND;
  if (asked && asked !== 'tensorflow') {
    throw new DistributionError(`Several processes compute together on the backend tensorflow only, but KERAS_BACKEND is '${asked}'.`);
  }
  const timeout = number('KERAS_DISTRIBUTION_TIMEOUT', process.env.KERAS_DISTRIBUTION_TIMEOUT) ?? DEFAULT_TIMEOUT;
  set_backend(startTensorFlow({ addresses, index, timeout }));
  notice(`Using TensorFlow backend, process ${index} of ${addresses.length}.`);
}
kerasExport(initialize, 'keras.distribution.initialize');

function number(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0) return value;
  throw new ArgumentError(`${name} must be a number, received ${JSON.stringify(text)}.`);
}

/** The processes, from the arguments, Keras's variables or TensorFlow's. */
function processes(options: InitializeOptions): { addresses: readonly string[]; index: number } {
  const { env } = process;
  const fromTensorFlow = tensorFlowConfig(env.TF_CONFIG);
  const text = options.job_addresses ?? env.KERAS_DISTRIBUTION_JOB_ADDRESSES;
  const addresses = text ? text.split(',').map((address) => address.trim()) : fromTensorFlow?.addresses ?? [];
  const count = options.num_processes ?? number('KERAS_DISTRIBUTION_NUM_PROCESSES', env.KERAS_DISTRIBUTION_NUM_PROCESSES) ?? addresses.length;
  const index = options.process_id ?? number('KERAS_DISTRIBUTION_PROCESS_ID', env.KERAS_DISTRIBUTION_PROCESS_ID) ?? fromTensorFlow?.index;
  if (addresses.length === 0) {
    throw new ArgumentError('initialize(): the argument job_addresses is missing: \'host:port\' of each process, separated by ' +
      'commas, there or in KERAS_DISTRIBUTION_JOB_ADDRESSES. `keras-node launch` sets it.');
  }
  const wrong = addresses.find((address) => !/^[^\s:]+:\d{1,5}$/.test(address));
  if (wrong !== undefined) throw new ArgumentError(`initialize(): each of job_addresses must be 'host:port', received '${wrong}'.`);
  if (new Set(addresses).size !== addresses.length) {
    throw new ArgumentError(`initialize(): each process needs an address of its own, received ${addresses.join(', ')}.`);
  }
  if (count !== addresses.length) {
    throw new ArgumentError(`initialize(): num_processes is ${count}, but job_addresses has ${addresses.length} addresses: give that of each process.`);
  }
  if (index === undefined || !Number.isInteger(index) || index < 0 || index >= count) {
    throw new ArgumentError(`initialize(): process_id must be from 0 to ${count - 1}, received ${String(index)}. It can also be given in KERAS_DISTRIBUTION_PROCESS_ID.`);
  }
  return { addresses, index };
}

/** TensorFlow's own variable: `{"cluster": {"worker": [...]}, "task": {"type": "worker", "index": 0}}`. */
function tensorFlowConfig(text: string | undefined): { addresses: string[]; index: number } | undefined {
  if (!text) return undefined;
  const fail = (why: string): never => {
    throw new ArgumentError(`TF_CONFIG ${why}, received ${text}.`);
  };
  let config: { cluster?: Record<string, string[]>; task?: { type?: string; index?: number } };
  try {
    config = JSON.parse(text) as typeof config;
  } catch {
    return fail('must be JSON');
  }
  const { chief = [], worker = [] } = config.cluster ?? {};
  const addresses = [...chief, ...worker];
  const { type, index } = config.task ?? {};
  if (addresses.length === 0 || index === undefined || (type !== 'chief' && type !== 'worker')) {
    return fail('must have workers in its cluster and a task of the type chief or worker');
  }
  return { addresses, index: type === 'chief' ? index : chief.length + index };
}
