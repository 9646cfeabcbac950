/** keras.distribution: training in several processes. */
export { distribution, set_distribution } from './current.js';
export { DataParallel, type DataParallelOptions } from './data-parallel.js';
export { DeviceMesh, type DeviceMeshOptions } from './device-mesh.js';
export { get_device_count, list_devices, type DeviceType } from './devices.js';
export { distribute_tensor } from './distribute-tensor.js';
export { Distribution, DistributionError } from './distribution.js';
export { initialize, type InitializeOptions } from './initialize.js';
export { LayoutMap } from './layout-map.js';
export { ModelParallel, type ModelParallelOptions } from './model-parallel.js';
export { TensorLayout, type TensorLayoutOptions } from './tensor-layout.js';
