/** ModelParallel: variables cut along axes of a mesh. */
import type { Variable } from '../engine/variable.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments } from '../utils/arguments.js';
import { ArgumentError } from '../utils/checks.js';
import { Distribution, DistributionError } from './distribution.js';
import { LayoutMap } from './layout-map.js';
import type { TensorLayout } from './tensor-layout.js';

export interface ModelParallelOptions {
  /** Layouts by the paths of variables. */
  layout_map: LayoutMap;
  /** The axis of the mesh along which batches are cut. Default: the first. */
  batch_dim_name?: string | null;
  /** As for DataParallel. Default true. */
  auto_shard_dataset?: boolean;
}
const ARGUMENTS = ['layout_map', 'batch_dim_name', 'auto_shard_dataset'] as const;

/**
 * Says how variables would be cut over devices. Backends keep every variable whole, so that it can be computed with only
 * where the mesh has more than one device along the axis of the batches alone: as by DataParallel.
 * Source: keras.distribution.ModelParallel.
 *
 * @throws ArgumentError without a layout_map, and for an axis that the mesh does not have
 * @example
 * const mesh = new keras.distribution.DeviceMesh([1, 2], ['batch', 'model'], ['cpu:0', 'cpu:1']);
 * const layout_map = new keras.distribution.LayoutMap(mesh).set('.*kernel', [null, 'model']);
 * const parallel = new keras.distribution.ModelParallel({ layout_map });
 * parallel.get_variable_layout({ path: 'dense/kernel', shape: [4, 2] }).axes; // [null, 'model']
 */
export class ModelParallel extends Distribution {
  readonly #layouts: LayoutMap;

  constructor(options: ModelParallelOptions) {
    const { layout_map, batch_dim_name, auto_shard_dataset = true } =
      namedArguments<ModelParallelOptions>('ModelParallel', ARGUMENTS, [options], []);
    if (!(layout_map instanceof LayoutMap)) {
      throw new ArgumentError(`ModelParallel: the argument 'layout_map' must be a LayoutMap, received ${JSON.stringify(layout_map)}.`);
    }
    const { device_mesh } = layout_map;
    const batch = batch_dim_name ?? device_mesh.axis_names[0];
    if (!device_mesh.axis_names.includes(batch)) {
      throw new ArgumentError(`ModelParallel: the mesh has the axes ${device_mesh.axis_names.join(', ')}, received the ` +
        `batch_dim_name '${batch}'.`);
    }
    super(device_mesh, batch, auto_shard_dataset);
    this.#layouts = layout_map;
  }

  override get num_model_replicas(): number {
    return this.device_mesh.sizeAlong(this.batch_dim_name);
  }

  override get_variable_layout({ path, shape }: Pick<Variable, 'path' | 'shape'>): TensorLayout {
    return this.#layouts.get(path) ?? this.whole(shape);
  }

  override get_tensor_layout(path: string): TensorLayout | undefined {
    return this.#layouts.get(path);
  }

  override requireSupport(): void {
    const { device_mesh, num_model_replicas, num_processes } = this;
    if (num_model_replicas === device_mesh.devices.length && num_model_replicas === num_processes) return;
    throw new DistributionError('ModelParallel needs variables that are cut over devices, which no backend of keras-node has: ' +
      `every process keeps whole variables. The mesh has the shape [${device_mesh.shape.join(', ')}] and is cut along ` +
      `'${this.batch_dim_name}' for batches. Use DataParallel, or a mesh with one device along all other axes.`);
  }
}
kerasExport(ModelParallel, 'keras.distribution.ModelParallel');
