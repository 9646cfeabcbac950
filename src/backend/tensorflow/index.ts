/** Starts the `tensorflow` backend: finds the binding that `keras-node setup` built and opens it. */
import type { Backend } from '../backend.js';
import { locateRuntime } from '../../setup/runtime.js';
import { loadBinding } from './binding.js';
import { TensorFlowBackend } from './backend.js';
import { groupConfig, joinGroup, type GroupOptions } from './group.js';
import { encode } from './proto.js';

export type { GroupOptions } from './group.js';

/** The TensorFlow runtime is not set up; the message says what is missing and which command mends it. */
export class RuntimeMissingError extends Error {
  override name = 'RuntimeMissingError';
}

export interface TensorFlowOptions {
  /** 'gpu' fails when no GPU can be used; 'cpu' leaves one unused. Default: a GPU where there is one. */
  device?: 'cpu' | 'gpu';
  /** Threads inside an op and between ops. Default: TensorFlow's own choice, one a core. */
  intra_op_threads?: number;
  inter_op_threads?: number;
  /** Whether GPU memory is taken as needed (default) rather than all at once. */
  memory_growth?: boolean;
  /** Processes to compute together with. Waits until all of them have come. */
  group?: GroupOptions;
}

export function createTensorFlowBackend(options: TensorFlowOptions = {}): Backend {
  const runtime = locateRuntime(options.device ? { device: options.device } : {});
  if ('missing' in runtime) {
    throw new RuntimeMissingError(`${runtime.missing} Run \`${runtime.command}\`.`);
  }
  if (runtime.cudaDataDir && !process.env.XLA_FLAGS?.includes('xla_gpu_cuda_data_dir')) {
    process.env.XLA_FLAGS = `${process.env.XLA_FLAGS ?? ''} --xla_gpu_cuda_data_dir=${runtime.cudaDataDir}`.trim();
  }
  if (options.device === 'cpu') process.env.CUDA_VISIBLE_DEVICES = '-1';
  const config = {
    ...(options.group ? groupConfig(options.group) : {}),
    intra_op_parallelism_threads: options.intra_op_threads ?? 0,
    inter_op_parallelism_threads: options.inter_op_threads ?? 0,
    gpu_options: { allow_growth: options.memory_growth ?? true },
  };
  const binding = loadBinding(runtime.binding, encode('ConfigProto', config));
  const backend = new TensorFlowBackend(binding, options.group && joinGroup(binding, options.group, config));
  if (options.device === 'gpu' && !backend.device.startsWith('GPU')) {
    throw new RuntimeMissingError('device: \'gpu\' was asked for, but TensorFlow found no GPU that it can use. ' +
      'Run `npx keras-node doctor` to see which library or driver is missing.');
  }
  return backend;
}
