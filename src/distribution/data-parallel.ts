/** DataParallel: every process has the whole model, and its share of each batch. */
import type { Variable } from '../engine/variable.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { ArgumentError } from '../utils/checks.js';
import { notice } from '../utils/notice.js';
import { DeviceMesh } from './device-mesh.js';
import { list_devices } from './devices.js';
import { Distribution, DistributionError } from './distribution.js';
import type { TensorLayout } from './tensor-layout.js';

export interface DataParallelOptions {
  /** A mesh whose first axis is that of the batches. Default: one of all devices. */
  device_mesh?: DeviceMesh | null;
  /** Devices instead of a mesh. Default: those of `list_devices()`. */
  devices?: readonly string[] | null;
  /**
   * Whether every process is given the same data, of which it takes its share (default). With false each is given data of
   * its own, of as many batches as the others have.
   */
  auto_shard_dataset?: boolean;
}
const ARGUMENTS = ['device_mesh', 'devices', 'auto_shard_dataset'] as const;

/**
 * Training of one model in several processes: each computes on its share of every batch; gradients, losses and metrics are
 * added up over all in each step, so that all keep the same weights. With `set_distribution(new DataParallel())` the same
 * `fit`, `evaluate` and `predict` do so. Alone, a process computes as without.
 * Source: keras.distribution.DataParallel.
 *
 * @throws ArgumentError for what is no mesh
 * @example
 * const parallel = new keras.distribution.DataParallel();
 * parallel.num_model_replicas; // 1, for a process that is alone
 */
export class DataParallel extends Distribution {
  constructor(...args: ConstructorArgs<DataParallelOptions, typeof ARGUMENTS>) {
    const { device_mesh, devices, auto_shard_dataset = true } = namedArguments<DataParallelOptions>('DataParallel', ARGUMENTS, args, []);
    if (device_mesh && !(device_mesh instanceof DeviceMesh)) {
      throw new ArgumentError(`DataParallel: the argument 'device_mesh' must be a DeviceMesh, received ${JSON.stringify(device_mesh)}.`);
    }
    const names = devices ?? list_devices();
    const mesh = device_mesh ?? new DeviceMesh([names.length], ['batch'], names);
    super(mesh, mesh.axis_names[0], auto_shard_dataset);
    if (mesh.shape.length !== 1) {
      notice(`DataParallel takes a mesh of one axis, received one of ${mesh.shape.length}: batches are cut along the first.`);
    }
  }

  override get num_model_replicas(): number {
    return this.device_mesh.devices.length;
  }

  /** Every device has the whole variable. */
  override get_variable_layout({ shape }: Pick<Variable, 'path' | 'shape'>): TensorLayout {
    return this.whole(shape);
  }

  override get_tensor_layout(): undefined {
    return undefined;
  }

  override requireSupport(): void {
    const { devices } = this.device_mesh;
    if (devices.length === this.num_processes) return;
    throw new DistributionError(`DataParallel over ${devices.length} devices (${devices.join(', ')}) needs as many processes, ` +
      `each of which computes on one: there are ${this.num_processes}. Call keras.distribution.initialize() in each first, or ` +
      'start the program with `keras-node launch`.');
  }
}
kerasExport(DataParallel, 'keras.distribution.DataParallel');
