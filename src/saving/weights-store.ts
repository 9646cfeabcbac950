/**
 * The state of a model in an HDF5 file, laid out as Keras does: each object's variables under
 * `<path of attribute names>/vars/<number>`, its files under `assets/<path>`.
 *
 * Source: keras/src/saving/saving_lib.py, `_save_state`, `_load_state`, `H5IOStore`.
 */
import { NDArray, toTensor, type TensorLike } from '../engine/convert.js';
import { fromHalfBits } from '../engine/half.js';
import { toBits } from '../engine/host.js';
import { tidy } from '../engine/scope.js';
import { Variable } from '../engine/variable.js';
import { to_snake_case } from '../utils/naming.js';
import type { AssetFolder } from './assets.js';
import { findNode, type H5Array, type H5Group } from './h5/types.js';
import { prepareThread } from './h5/thread.js';
import { H5Writer } from './h5/writer.js';
import type { LoadFailure, LoadReport } from './load-report.js';
import {
  attributesOf, isContainer, isSaveable, itemsOf, type Container, type Saveable, type VariableStore,
} from './walk.js';

export type { Saveable, VariableStore } from './walk.js';

const join = (path: string, name: string): string => (path ? `${path}/${name}` : name);

/** Numbers names that come up more than once: `dense`, `dense_1`, ... */
function uniqueNames(): (name: string) => string {
  const used = new Map<string, number>();
  return (name) => {
    const n = used.get(name);
    used.set(name, (n ?? -1) + 1);
    return n === undefined ? name : `${name}_${n + 1}`;
  };
}

/** The members of a container that have state, with their names in paths: class names, not the layers' own. */
function* membersOf(container: Container): Generator<[name: string, member: Saveable | Container]> {
  const unique = uniqueNames();
  for (const item of itemsOf(container)) {
    if (isSaveable(item)) yield [unique(to_snake_case(item.constructor.name)), item];
    else if (isContainer(item)) yield [unique('container'), item];
  }
}

function describe(saveable: Saveable): string {
  const cls = saveable.constructor.name;
  return typeof saveable.name === 'string' ? `${cls} '${saveable.name}'` : cls;
}

// ---------------------------------------------------------------------------------------------------------
// Saving

/** A copy in host memory of anything that can become a tensor. */
export function toArray(value: TensorLike): H5Array {
  return tidy(() => {
    const tensor = toTensor(value);
    return { shape: tensor.shape, dtype: tensor.dtype, data: tensor.bits() };
  });
}

/** An array of a file, as arrays are elsewhere: those of the half types hold float values. */
export function toNDArray({ data, shape, dtype }: H5Array): NDArray {
  const isHalf = dtype === 'float16' || dtype === 'bfloat16';
  return new NDArray(isHalf ? fromHalfBits(data as Uint16Array, dtype) : data, shape, dtype);
}

/** The reverse of `toNDArray`, for every dtype: a backend may lack int64. */
export const fromNDArray = ({ data, shape, dtype }: NDArray): H5Array => ({ shape, dtype, data: toBits(data, dtype, dtype) });

/**
 * Collects the state of an object and of all objects in it.
 *
 * The values are those of now; training may go on while the file is being written. Dispose the result.
 *
 * @param root The model.
 * @param assets Where objects may write files, if they do.
 * @param objects_to_skip Objects that are left out, with all that is in them.
 */
export function saveState(root: Saveable, assets?: AssetFolder, objects_to_skip: Iterable<unknown> = []): H5Writer {
  prepareThread(true);
  const writer = new H5Writer();
  const visited = new Set<unknown>(objects_to_skip);

  const save = (saveable: Saveable, path: string): void => {
    if (visited.has(saveable)) return;
    visited.add(saveable);
    const group = join(path, 'vars');
    if (saveable.save_own_variables) {
      if (typeof saveable.name === 'string') {
        writer.createGroup(group);
        writer.setAttribute(group, 'name', saveable.name);
      }
      const keys: string[] = [];
      saveable.save_own_variables({
        get: (key) => {
          throw new Error(`save_own_variables of ${describe(saveable)} reads '${key}': it can only write.`);
        },
        set: (key, value) => {
          writer.createDataset(join(group, key), value instanceof Variable ? value.snapshot() : toArray(value));
          keys.push(key);
        },
        keys: () => [...keys],
      });
    }
    if (saveable.save_assets && assets) saveable.save_assets(assets.make(path));
    for (const [name, value] of attributesOf(saveable)) {
      if (isSaveable(value)) save(value, join(path, name));
      else if (isContainer(value)) saveContainer(value, join(path, name), new Set());
    }
  };

  const saveContainer = (container: Container, path: string, above: Set<unknown>): void => {
    if (above.has(container)) return;
    above.add(container);
    for (const [name, member] of membersOf(container)) {
      if (isSaveable(member)) save(member, join(path, name));
      else saveContainer(member as Container, join(path, name), above);
    }
  };

  try {
    save(root, '');
    return writer;
  } catch (error) {
    writer[Symbol.dispose]();
    throw error;
  }
}

// ---------------------------------------------------------------------------------------------------------
// Loading

/** Gives the arrays of one group out, and notes which. */
class GroupStore implements VariableStore {
  readonly #group: H5Group | undefined;
  readonly #path: string;
  readonly #consumed: Set<string>;

  constructor(group: H5Group | undefined, path: string, consumed: Set<string>) {
    this.#group = group;
    this.#path = path;
    this.#consumed = consumed;
  }

  keys(): string[] {
    return [...(this.#group?.children.keys() ?? [])];
  }

  get(key: string): NDArray {
    const node = this.#group?.children.get(key);
    if (node?.kind === 'link') {
      throw new Error(`'${node.path}' is a link to '${node.target}'. Links are not followed in weights files.`);
    }
    if (node?.kind !== 'dataset') {
      const keys = this.keys().join(', ') || 'nothing';
      throw new Error(`the file has no variable '${key}' under '${this.#path}'. It has: ${keys}.`);
    }
    const value = toNDArray(node.read());
    this.#consumed.add(node.path);
    return value;
  }

  set(key: string): void {
    throw new Error(`load_own_variables sets '${key}': it can only read.`);
  }
}

/** The group of an object's variables. Files of TensorFlow 2.13's Keras have another name for `layers`. */
function variablesAt(root: H5Group, path: string): H5Group | undefined {
  const old = path.replaceAll('layers', '_layer_checkpoint_dependencies');
  for (const candidate of root.children.has('_layer_checkpoint_dependencies') ? [path, old] : [path]) {
    const node = findNode(root, join(candidate, 'vars'));
    if (node?.kind === 'group') return node;
  }
  return undefined;
}

/**
 * Gives an object, and all objects in it, their state from a file.
 *
 * Goes on after a failure, so that the report names all. An object that is reached by several paths is loaded from
 * the first that has its state.
 *
 * @param root The model, built.
 * @param weights The file's root group.
 * @param assets The files of objects.
 * @param objects_to_skip Objects that keep what they have, with all that is in them.
 */
export function loadState(
  root: Saveable, weights: H5Group, assets?: AssetFolder, objects_to_skip: Iterable<unknown> = [],
): LoadReport {
  const passedOver = new Set<unknown>(objects_to_skip);
  const pathsPassedOver: string[] = [];
  const visited = new Set<unknown>();
  const inProgress = new Set<unknown>();
  const consumed = new Set<string>();
  const skipped: LoadFailure[] = [];
  let failed = new Map<unknown, LoadFailure>();

  const attempt = (saveable: Saveable, path: string, work: () => void): boolean => {
    try {
      work();
      return true;
    } catch (cause) {
      failed.set(saveable, { path, object: describe(saveable), cause });
      return false;
    }
  };

  const load = (saveable: Saveable, path: string): void => {
    if (passedOver.has(saveable)) pathsPassedOver.push(path);
    if (passedOver.has(saveable) || visited.has(saveable) || inProgress.has(saveable)) return;
    // 1. its own state
    let done = true;
    if (saveable.load_own_variables) {
      const store = new GroupStore(variablesAt(weights, path), join(path, 'vars'), consumed);
      done = attempt(saveable, path, () => saveable.load_own_variables!(store));
    }
    if (saveable.load_assets && assets) {
      const folder = assets.get(path);
      const loaded = attempt(saveable, path, () => {
        if (!folder) throw new Error(`the file has no folder '${join('assets', path)}'.`);
        saveable.load_assets!(folder);
      });
      done &&= loaded;
    }
    // 2. that of the objects inside; where one fails, the object may be tried again under another path
    const before = failed.size;
    inProgress.add(saveable);
    for (const [name, value] of attributesOf(saveable)) {
      if (isSaveable(value)) load(value, join(path, name));
      else if (isContainer(value)) loadContainer(value, join(path, name), new Set());
    }
    inProgress.delete(saveable);
    if (!done) return;
    if (failed.size <= before) visited.add(saveable);
    failed.delete(saveable);
  };

  const loadContainer = (container: Container, path: string, above: Set<unknown>): void => {
    if (above.has(container)) return;
    above.add(container);
    for (const [name, member] of membersOf(container)) {
      const inside = join(path, name);
      if (isSaveable(member)) load(member, inside);
      else if (findNode(weights, inside) ?? assets?.get(inside)) loadContainer(member as Container, inside, above);
      else {
        // Older versions of Keras left layers in lists within lists out of files. They keep what they have.
        const outer = failed;
        failed = new Map();
        loadContainer(member as Container, inside, above);
        skipped.push(...failed.values());
        failed = outer;
      }
    }
  };

  load(root, '');
  const failures = [...failed.values()];
  const accountedFor = [...failures.map(({ path }) => join(path, 'vars')), ...pathsPassedOver];
  const unused = datasetsIn(weights).filter(
    (path) => !consumed.has(path) && !accountedFor.some((group) => path.startsWith(`${group}/`)));
  return { failures, skipped, unused };
}

/** Paths of all arrays in a group and the groups in it, and of links, behind which there may be some. */
export function datasetsIn(group: H5Group): string[] {
  const found: string[] = [];
  for (const node of group.children.values()) {
    if (node.kind === 'group') found.push(...datasetsIn(node));
    else found.push(node.path);
  }
  return found;
}
