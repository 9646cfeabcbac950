/** A group of processes on TensorFlow's collective runtime: its configuration, the wait for all to come, the watch. */
import type { ProcessGroup } from '../backend.js';
import type { NativeBinding } from './binding.js';
import { encode, type ConfigMessage } from './proto.js';

export interface GroupOptions {
  /** Where each process listens, as host:port. */
  addresses: readonly string[];
  /** Which of them this process is, from 0. */
  index: number;
  /** Seconds to wait for the others. */
  timeout: number;
}

/** Processes of the group did not come in time. */
export class ProcessMissingError extends Error {
  override name = 'ProcessMissingError';
}

const JOB = 'worker';
const taskOf = (index: number): string => `/job:${JOB}/replica:0/task:${index}`;

/**
 * Milliseconds between two looks at the others, and for how long an answer is waited for: a fault shows within 3.3 s, and a
 * process that gets little of a busy machine is not taken for one that is frozen.
 */
const WATCH_INTERVAL = 250;
const WATCH_TIMEOUT = 3000;
/** A process that ended is known at once; one that is frozen was found by the watch. */
const CHECK_TIMEOUT = 1000;
/** Milliseconds until a notice says for whom this process waits. */
const PATIENCE = 5000;

/** Before the reason for which a process left: TensorFlow hands it to the others among words of its own. */
const LEFT = 'The group was left: ';

/** What the context of a process in a group needs from its start. */
export const groupConfig = ({ index }: GroupOptions): ConfigMessage => ({
  device_filters: [taskOf(index)], allow_soft_placement: true,
  experimental: { collective_group_leader: taskOf(0) },
});

/** The one address on which a server at `address` is to listen; undefined for a name, which only a resolver knows. */
function listenAddress(address: string): string | undefined {
  const host = address.slice(0, address.lastIndexOf(':'));
  if (host === 'localhost') return '127.0.0.1';
  return /^\d+\.\d+\.\d+\.\d+$/.test(host) ? host : undefined;
}

/**
 * Starts this process's part of the group and waits for the others.
 * @throws ProcessMissingError when some have not come in time
 */
export function joinGroup(binding: NativeBinding, options: GroupOptions, config: ConfigMessage): ProcessGroup {
  const { addresses, index, timeout } = options;
  binding.enableCollectives(encode('ServerDef', {
    cluster: { job: [{ name: JOB, tasks: Object.fromEntries(addresses.map((address, i) => [i, address])) }] },
    job_name: JOB, task_index: index, default_session_config: config, protocol: 'grpc',
  }), listenAddress(addresses[index]));
  const others = addresses.map((_, i) => i).filter((i) => i !== index);
  waitFor(binding, others, options);
  const tasks = others.map(taskOf);
  binding.watchPeers(tasks, WATCH_INTERVAL, WATCH_TIMEOUT);
  return {
    size: addresses.length, index, addresses, timeout,
    async lost() {
      const found = binding.lostPeers();
      const problems = found.some((problem) => problem !== null) ? found : await binding.checkPeersAsync(tasks, CHECK_TIMEOUT);
      return problems.flatMap((reason, i) => (reason === null ? [] : { index: others[i], reason }));
    },
    leave: (why) => binding.abortCollectives(`${LEFT}${why}`),
    whyLeft: ({ message }) => message.split(LEFT)[1]?.split('\n')[0],
  };
}

function waitFor(binding: NativeBinding, others: readonly number[], { addresses, timeout, index }: GroupOptions): void {
  const begin = Date.now();
  let missing = others;
  let isNoted = false;
  for (;;) {
    const problems = binding.checkPeers(missing.map(taskOf), CHECK_TIMEOUT);
    missing = missing.filter((_, i) => problems[i] !== null);
    if (missing.length === 0) return;
    const names = missing.map((i) => `${i} (${addresses[i]})`).join(', ');
    const waited = Date.now() - begin;
    if (waited > timeout * 1000) {
      throw new ProcessMissingError(`Process ${index} of ${addresses.length} has waited ${timeout} s for ` +
        `process ${names}, which did not come. Start all of them with the same list of addresses, and see that the ` +
        'ports can be reached; KERAS_DISTRIBUTION_TIMEOUT sets the seconds to wait.');
    }
    if (!isNoted && waited > PATIENCE && !process.env.KERAS_NODE_QUIET) {
      isNoted = true;
      process.stderr.write(`Process ${index} waits for process ${names}.\n`);
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  }
}
