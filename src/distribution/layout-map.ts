/** LayoutMap: layouts by the paths of variables. */
import { kerasExport } from '../saving/registration.js';
import { ArgumentError } from '../utils/checks.js';
import type { DeviceMesh } from './device-mesh.js';
import { TensorLayout } from './tensor-layout.js';

/**
 * Layouts by regular expressions that match whole paths, such as `.*dense.*kernel`. `get(path)` gives the layout of a
 * path, undefined for none. Source: keras.distribution.LayoutMap, where `map[path]` reads and writes.
 *
 * @example
 * const mesh = new keras.distribution.DeviceMesh([1, 2], ['batch', 'model'], ['cpu:0', 'cpu:1']);
 * const map = new keras.distribution.LayoutMap(mesh);
 * map.set('.*dense.*kernel', [null, 'model']);
 * map.get('my_model/dense_1/kernel').axes; // [null, 'model']
 */
export class LayoutMap implements Iterable<string> {
  readonly device_mesh: DeviceMesh;
  readonly #layouts = new Map<string, TensorLayout>();

  constructor(device_mesh: DeviceMesh) {
    this.device_mesh = device_mesh;
  }

  /**
   * @throws ArgumentError when several expressions match
   */
  get(path: string): TensorLayout | undefined {
    const exact = this.#layouts.get(path);
    if (exact) return exact;
    const matching = [...this.#layouts.keys()].filter((key) => new RegExp(`^(?:${key})$`).test(path));
    if (matching.length > 1) {
      throw new ArgumentError(`LayoutMap: the path '${path}' matches several of its keys: ${matching.join(', ')}. ` +
        'Make each path match one key at most.');
    }
    return this.#layouts.get(matching[0]);
  }

  /**
   * Adds a layout, or axes of one on this map's mesh.
   * @throws ArgumentError for a key that is there already
   */
  set(key: string, layout: TensorLayout | readonly (string | null)[]): this {
    if (this.#layouts.has(key)) throw new ArgumentError(`LayoutMap has a layout for '${key}' already; delete it first.`);
    const made = layout instanceof TensorLayout ? layout : new TensorLayout(layout);
    made.device_mesh ??= this.device_mesh;
    this.#layouts.set(key, made);
    return this;
  }

  delete(key: string): boolean {
    return this.#layouts.delete(key);
  }

  get size(): number {
    return this.#layouts.size;
  }

  [Symbol.iterator](): IterableIterator<string> {
    return this.#layouts.keys();
  }
}
kerasExport(LayoutMap, 'keras.distribution.LayoutMap');
