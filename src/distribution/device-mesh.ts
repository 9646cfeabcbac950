/** DeviceMesh: devices as a grid whose axes have names. */
import { formatShape, sizeOf, type Shape } from '../engine/shape.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { ArgumentError } from '../utils/checks.js';
import { list_devices } from './devices.js';

export interface DeviceMeshOptions {
  /** How many devices there are along each axis. */
  shape: Shape;
  /** A name for each axis. */
  axis_names: readonly string[];
  /** Default: those of `list_devices()`. */
  devices?: readonly string[] | null;
}
const ARGUMENTS = ['shape', 'axis_names', 'devices'] as const;

/**
 * The devices of all processes as a grid: `[8]` for data parallelism, `[4, 2]` for parts of models besides. Layouts name
 * its axes. Source: keras.distribution.DeviceMesh.
 *
 * @throws ArgumentError when the shape does not fit the names or the number of devices
 * @example
 * const mesh = new keras.distribution.DeviceMesh([2, 2], ['batch', 'model'], ['cpu:0', 'cpu:1', 'cpu:2', 'cpu:3']);
 * mesh.shape; // [2, 2]
 */
export class DeviceMesh {
  readonly shape: Shape;
  readonly axis_names: readonly string[];
  /** The names of the devices, row by row. */
  readonly devices: readonly string[];

  constructor(...args: ConstructorArgs<DeviceMeshOptions, typeof ARGUMENTS>) {
    const options = namedArguments<DeviceMeshOptions>('DeviceMesh', ARGUMENTS, args, []);
    const { shape, axis_names } = options;
    const given = `received shape ${JSON.stringify(shape)} and axis_names ${JSON.stringify(axis_names)}.`;
    if (!shape?.length || !axis_names?.length) throw new ArgumentError(`DeviceMesh: shape and axis_names must not be empty, ${given}`);
    if (shape.length !== axis_names.length) {
      throw new ArgumentError(`DeviceMesh: there must be one name for each axis of the shape, ${given}`);
    }
    const devices = options.devices ?? list_devices();
    if (sizeOf(shape) !== devices.length) {
      throw new ArgumentError(`DeviceMesh: the shape ${formatShape(shape)} is one of ${sizeOf(shape)} devices, but there are ` +
        `${devices.length}: ${devices.join(', ')}.`);
    }
    this.shape = [...shape];
    this.axis_names = [...axis_names];
    this.devices = [...devices];
  }

  /** Number of devices along an axis; 1 for none. */
  sizeAlong(axis: string | null): number {
    return axis === null ? 1 : this.shape[this.axis_names.indexOf(axis)];
  }

  toString(): string {
    return `<DeviceMesh shape=${formatShape(this.shape)}, axis_names=[${this.axis_names.join(', ')}]>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}
kerasExport(DeviceMesh, 'keras.distribution.DeviceMesh');
