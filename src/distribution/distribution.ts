/** Base of the ways to compute in several processes. */
import type { ProcessGroup } from '../backend/backend.js';
import { activeBackend } from '../engine/context.js';
import type { Variable } from '../engine/variable.js';
import type { DeviceMesh } from './device-mesh.js';
import { TensorLayout } from './tensor-layout.js';

/** Something that these processes cannot do together. */
export class DistributionError extends Error {
  override name = 'DistributionError';
}

/**
 * Where data and variables lie. Source: keras.src.distribution.distribution_lib.Distribution.
 * @example
 * keras.distribution.DataParallel.prototype instanceof keras.distribution.Distribution; // true
 */
export abstract class Distribution {
  readonly device_mesh: DeviceMesh;
  /** The axis of the mesh along which batches are cut. */
  readonly batch_dim_name: string;
  /** Whether all processes are given the same data, of which each takes its share; else each is given its own. */
  auto_shard_dataset: boolean;
  /** The processes; undefined for one that is alone. */
  readonly _group: ProcessGroup | undefined;

  constructor(device_mesh: DeviceMesh, batch_dim_name: string, auto_shard_dataset: boolean) {
    this.device_mesh = device_mesh;
    this.batch_dim_name = batch_dim_name;
    this.auto_shard_dataset = auto_shard_dataset;
    this._group = activeBackend().group;
  }

  get num_processes(): number {
    return this._group?.size ?? 1;
  }

  /** Which of the processes this one is, from 0. */
  get process_id(): number {
    return this._group?.index ?? 0;
  }

  abstract get num_model_replicas(): number;

  /** Which part of the data this process takes. */
  get data_shard_id(): number {
    const { num_model_replicas, num_processes, process_id } = this;
    return num_model_replicas >= num_processes ? process_id : Math.floor(process_id / Math.floor(num_processes / num_model_replicas));
  }

  /** Data is cut along its first axis. */
  get_data_layout(data_shape: readonly (number | null)[]): TensorLayout {
    return new TensorLayout(data_shape.map((_, i) => (i === 0 ? this.batch_dim_name : null)), this.device_mesh);
  }

  abstract get_variable_layout(variable: Pick<Variable, 'path' | 'shape'>): TensorLayout;
  abstract get_tensor_layout(path: string): TensorLayout | undefined;

  /** Throws a DistributionError where this backend cannot compute so. */
  abstract requireSupport(): void;

  /** A layout in which every device has the whole. */
  protected whole(shape: readonly (number | null)[]): TensorLayout {
    return new TensorLayout(shape.map(() => null), this.device_mesh);
  }

  toString(): string {
    return `<${this.constructor.name} device_mesh=${this.device_mesh.toString()}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}
