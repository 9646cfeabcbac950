/** TensorLayout: which axes of a tensor are cut along which axes of a mesh. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { ArgumentError } from '../utils/checks.js';
import type { DeviceMesh } from './device-mesh.js';

export interface TensorLayoutOptions {
  /** For each axis of the tensor the name of an axis of the mesh, or null where it stays whole. */
  axes: readonly (string | null)[];
  /** Default null: it is set by the LayoutMap that the layout goes into. */
  device_mesh?: DeviceMesh | null;
}
const ARGUMENTS = ['axes', 'device_mesh'] as const;

/**
 * How a tensor lies on the devices of a mesh. Source: keras.distribution.TensorLayout.
 *
 * @throws ArgumentError for an axis that the mesh does not have
 * @example
 * const mesh = new keras.distribution.DeviceMesh([2], ['batch'], ['cpu:0', 'cpu:1']);
 * new keras.distribution.TensorLayout(['batch', null], mesh).axes; // ['batch', null]
 */
export class TensorLayout {
  readonly axes: readonly (string | null)[];
  #mesh: DeviceMesh | null;

  constructor(...args: ConstructorArgs<TensorLayoutOptions, typeof ARGUMENTS>) {
    const { axes, device_mesh = null } = namedArguments<TensorLayoutOptions>('TensorLayout', ARGUMENTS, args, []);
    this.axes = [...axes];
    this.#mesh = device_mesh;
    this.#check();
  }

  get device_mesh(): DeviceMesh | null {
    return this.#mesh;
  }

  /** It can be set once. */
  set device_mesh(mesh: DeviceMesh | null) {
    if (this.#mesh) throw new ArgumentError(`TensorLayout has the mesh ${this.#mesh.toString()} already, and keeps it.`);
    this.#mesh = mesh;
    this.#check();
  }

  #check(): void {
    const known = this.#mesh?.axis_names;
    const unknown = known && this.axes.find((axis) => axis !== null && !known.includes(axis));
    if (unknown) {
      throw new ArgumentError(`TensorLayout: the mesh has the axes ${known.join(', ')}, received '${unknown}'.`);
    }
  }

  /** Whether some device would have a part only. */
  get isSharded(): boolean {
    return this.axes.some((axis) => axis !== null && (this.#mesh?.sizeAlong(axis) ?? 1) > 1);
  }

  toString(): string {
    return `<TensorLayout axes=[${this.axes.join(', ')}], device_mesh=${String(this.#mesh)}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}
kerasExport(TensorLayout, 'keras.distribution.TensorLayout');
