/** KerasFileEditor: looks into weights files, and changes them. */
import { NDArray, type TensorLike } from '../engine/convert.js';
import { formatShape, sameShape, type Shape } from '../engine/shape.js';
import { tidy } from '../engine/scope.js';
import { isPlainObject } from '../engine/structure.js';
import { ArchiveError, ArchiveReader } from './archive.js';
import { nameOf, pathOf, readH5Bytes, writeContents, type FilePath, type SaveableModel } from './files.js';
import { openH5 } from './h5/reader.js';
import { H5Error, type H5Attribute, type H5Group } from './h5/types.js';
import { H5Writer } from './h5/writer.js';
import { CONFIG, METADATA, WEIGHTS } from './keras-archive.js';
import { parseJSON } from './json.js';
import { kerasExport } from './registration.js';
import { fromNDArray, saveState, toArray, toNDArray } from './weights-store.js';

/** Objects by their names, with their weights (`'0'`, `'1'`, ...) and the objects in them. */
export interface WeightsDict {
  [name: string]: WeightsDict | NDArray;
}
/** Shapes in the place of weights. */
interface Spec {
  [name: string]: Spec | Shape;
}

export interface Comparison {
  status: 'success' | 'error';
  error_count: number;
  match_count: number;
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const isDict = (value: WeightsDict | NDArray | undefined): value is WeightsDict => value !== undefined && !(value instanceof NDArray);
const isSpec = (value: Spec | Shape): value is Spec => !Array.isArray(value);

/**
 * Shows, compares and changes the weights in a `.weights.h5` or `.keras` file: for instance when a model has changed
 * since they were saved. The file itself stays as it is; `save` writes another.
 *
 * It is read when the first method needs it, so that all methods give promises.
 *
 * @throws ArchiveError, H5Error from its methods, where the file is none of Keras's.
 *
 * @example
 * await model.save_weights('model.weights.h5');
 * const editor = new keras.saving.KerasFileEditor('model.weights.h5');
 * await editor.rename_object('layers/dense', 'head');
 * await editor.delete_weight('layers/head', '1');
 * await editor.save('edited.weights.h5');
 */
export class KerasFileEditor {
  readonly filepath: string;
  /** What a `.keras` file says of itself and of its model; null for weights alone. */
  metadata: Record<string, unknown> | null = null;
  config: Record<string, unknown> | null = null;
  weights_dict: WeightsDict = {};
  /** Attributes that objects have in the file, such as `name`, by paths like `/layers/dense`. */
  readonly object_metadata: Record<string, Record<string, H5Attribute>> = {};
  readonly #loaded: Promise<void>;

  /** @param filepath ends in `.weights.h5` or `.keras` */
  constructor(filepath: FilePath) {
    this.filepath = pathOf(filepath);
    if (!/\.(keras|weights\.h5)$/.test(this.filepath)) {
      throw new Error(`KerasFileEditor: the name of the file ends in .keras or .weights.h5. Received: '${this.filepath}'`);
    }
    this.#loaded = this.#load();
    // Whoever awaits a method hears of it.
    this.#loaded.catch(() => {});
  }

  async #load(): Promise<void> {
    const name = nameOf(this.filepath);
    let bytes: Uint8Array;
    if (this.filepath.endsWith('.keras')) {
      await using files = await ArchiveReader.open(this.filepath);
      const read = async (member: string): Promise<Record<string, unknown>> => {
        const json = parseJSON(Buffer.from(await files.read(member)).toString('utf8'), `${member} of ${name}`);
        if (!isPlainObject(json)) throw new ArchiveError(`${member} of ${name} is not an object.`);
        return json;
      };
      this.config = await read(CONFIG);
      this.metadata = await read(METADATA);
      bytes = await files.read(WEIGHTS);
    } else bytes = await readH5Bytes(this.filepath, 'a weights file');
    const { root } = await openH5(bytes, this.filepath);
    this.weights_dict = this.#extract(root, '');
    print(`Keras model file ${name}`);
    if (this.metadata) print(`Saved with Keras ${String(this.metadata.keras_version)} - date: ${String(this.metadata.date_saved)}`);
  }

  /** The objects and weights of a group. Its variables stand beside the objects in it, as in Keras's editor. */
  #extract(group: H5Group, path: string): WeightsDict {
    const found: WeightsDict = {};
    if (group.attributes.size > 0) this.object_metadata[path] = { ...this.object_metadata[path], ...Object.fromEntries(group.attributes) };
    for (const [name, node] of group.children) {
      if (node.kind === 'link') throw new H5Error(`'${node.path}' is a link. Links are not followed in weights files.`);
      if (node.kind === 'dataset') {
        found[name] = toNDArray(node.read());
      } else if (name === 'vars') Object.assign(found, this.#extract(node, path));
      else {
        const inside = this.#extract(node, `${path}/${name}`);
        if (Object.keys(inside).length > 0) found[name] = inside;
      }
    }
    return found;
  }

  /** Prints the objects in the file with the shapes and dtypes of their weights. */
  async summary(): Promise<void> {
    await this.#loaded;
    print('Weights structure');
    this.#printTree(this.weights_dict, '  ', '', true);
  }

  #printTree(dict: WeightsDict, prefix: string, path: string, isFirst: boolean): void {
    const entries = Object.entries(dict);
    entries.forEach(([name, value], i) => {
      const isLast = i === entries.length - 1;
      const connector = isFirst && i === 0 ? '> ' : isLast ? '└─ ' : '├─ ';
      if (!isDict(value)) {
        print(`${prefix}${connector}${name}: shape=${formatShape(value.shape)}, dtype=${value.dtype}`);
        return;
      }
      const inner = `${path}/${name}`;
      const label = this.object_metadata[inner]?.name;
      print(`${prefix}${connector}${name}${typeof label === 'string' ? ` ('${label}')` : ''}`);
      this.#printTree(value, `${prefix}${isLast ? '    ' : '│   '}`, inner, false);
    });
  }

  /**
   * Compares the file with a model, printing every difference.
   *
   * @param reference_model A built model.
   * @returns How many weights match, and how many objects and weights do not.
   */
  async compare(reference_model: SaveableModel): Promise<Comparison> {
    await this.#loaded;
    print('Running comparison');
    const [file, model] = [specOf(this.weights_dict), specOfModel(reference_model)];
    const seen = new Set<string>();
    const there = compareSpecs(file, model, '', 'saved file', 'reference model', seen);
    const back = compareSpecs(model, file, '', 'reference model', 'saved file', seen);
    const error_count = there.error_count + back.error_count;
    const { match_count } = there;
    print('─────────────────────');
    if (error_count === 0) {
      print('Comparison successful: saved file is compatible with the reference model');
      print(`    Found ${match_count} matching weight${match_count === 1 ? '' : 's'}`);
    } else print(`Found ${error_count} error${error_count === 1 ? '' : 's'}: saved file is not compatible with the reference model`);
    return { status: error_count === 0 ? 'success' : 'error', error_count, match_count };
  }

  /**
   * Gives an object another name.
   * @param object_name its name, where that is there once, or its path: `layers/dense_2`
   * @param new_name a name alone, without a path
   */
  async rename_object(object_name: string, new_name: string): Promise<void> {
    await this.#loaded;
    if (new_name.includes('/')) throw new Error(`rename_object: new_name is a name, without a path. Received: '${new_name}'`);
    const { parent, name, path } = this.#find(object_name);
    if (new_name in parent && new_name !== name) throw new Error(`rename_object: there is a '${new_name}' beside '${path}'.`);
    const entries = Object.entries(parent);
    for (const [key, value] of entries) {
      delete parent[key];
      parent[key === name ? new_name : key] = value;
    }
    const target = path.slice(0, path.length - name.length) + new_name;
    for (const [key, value] of Object.entries(this.object_metadata)) {
      if (key !== path && !key.startsWith(`${path}/`)) continue;
      delete this.object_metadata[key];
      this.object_metadata[target + key.slice(path.length)] = value;
    }
  }

  /** Removes an object, by its name or path. */
  async delete_object(object_name: string): Promise<void> {
    await this.#loaded;
    const { parent, name } = this.#find(object_name);
    delete parent[name];
  }

  /**
   * Adds an object.
   * @param object_path where: `layers/dense_2`; all but the last part must be there
   * @param weights its arrays by name: `{'0': kernel, '1': bias}`
   */
  async add_object(object_path: string, weights: Record<string, TensorLike>): Promise<void> {
    await this.#loaded;
    const cut = object_path.lastIndexOf('/');
    const parent = cut < 0 ? this.weights_dict : this.#dictAt(object_path.slice(0, cut));
    parent[object_path.slice(cut + 1)] = arraysOf(weights, 'add_object');
  }

  /** Removes the weight of a name from an object. */
  async delete_weight(object_name: string, weight_name: string): Promise<void> {
    await this.#loaded;
    const object = this.#object(object_name);
    if (!(weight_name in object)) {
      throw new Error(`delete_weight: the object '${object_name}' has no weight '${weight_name}'. It has: ${Object.keys(object).join(', ')}.`);
    }
    delete object[weight_name];
  }

  /** Adds weights to an object, or replaces those of the same names. */
  async add_weights(object_name: string, weights: Record<string, TensorLike>): Promise<void> {
    await this.#loaded;
    Object.assign(this.#object(object_name), arraysOf(weights, 'add_weights'));
  }

  /** Writes what there is now to a file. @param filepath ends in `.weights.h5` */
  async save(filepath: FilePath): Promise<void> {
    await this.#loaded;
    const path = pathOf(filepath);
    if (!path.endsWith('.weights.h5')) throw new Error(`Cannot save '${path}': the name of a weights file ends in .weights.h5.`);
    const writer = new H5Writer();
    const write = (dict: WeightsDict, at: string): void => {
      for (const [name, value] of Object.entries(dict)) {
        if (isDict(value)) write(value, `${at}/${name}`);
        else writer.createDataset(`${at}/vars/${name}`.slice(1), fromNDArray(value));
      }
      const label = this.object_metadata[at]?.name;
      if (typeof label !== 'string') return;
      const group = `${at}/vars`.slice(1);
      writer.createGroup(group);
      writer.setAttribute(group, 'name', label);
    };
    write(this.weights_dict, '');
    await writeContents(path, writer.finish());
  }

  /** The former name of `save`. */
  async resave_weights(filepath: FilePath): Promise<void> {
    await this.save(filepath);
  }

  #object(object_name: string): WeightsDict {
    const { parent, name, path } = this.#find(object_name);
    const found = parent[name];
    if (!isDict(found)) throw new Error(`'${path}' is a weight, not an object.`);
    return found;
  }

  #dictAt(path: string): WeightsDict {
    let dict: WeightsDict | NDArray = this.weights_dict;
    for (const part of path.split('/')) {
      dict = isDict(dict) ? dict[part] : dict;
      if (!isDict(dict)) throw new Error(`The path '${path}' is not in the file. summary() lists what is.`);
    }
    return dict;
  }

  /** What a path, or a name that is there once, stands for. */
  #find(object_name: string): { parent: WeightsDict; name: string; path: string } {
    const cut = object_name.lastIndexOf('/');
    if (cut >= 0) {
      const [path, name] = [object_name.slice(0, cut), object_name.slice(cut + 1)];
      const parent = this.#dictAt(path);
      if (!(name in parent)) throw new Error(`The path '${object_name}' is not in the file. summary() lists what is.`);
      return { parent, name, path: `/${object_name}` };
    }
    const found: { parent: WeightsDict; name: string; path: string }[] = [];
    const search = (dict: WeightsDict, path: string): void => {
      if (object_name in dict) found.push({ parent: dict, name: object_name, path: `${path}/${object_name}` });
      for (const [name, value] of Object.entries(dict)) if (isDict(value)) search(value, `${path}/${name}`);
    };
    search(this.weights_dict, '');
    if (found.length === 1) return found[0];
    throw new Error(found.length === 0 ? `Nothing in the file is called '${object_name}'. summary() lists what is there.`
      : `'${object_name}' is there ${found.length} times: ${found.map(({ path }) => path.slice(1)).join(', ')}. Give a path.`);
  }
}
kerasExport(KerasFileEditor, 'keras.saving.KerasFileEditor');

function arraysOf(weights: Record<string, TensorLike>, method: string): WeightsDict {
  if (!isPlainObject(weights)) {
    throw new TypeError(`${method}: weights is an object of arrays by name, {'0': kernel, '1': bias}. Received: ${String(weights)}`);
  }
  return tidy(() => Object.fromEntries(Object.entries(weights).map(([name, value]) =>
    [name, value instanceof NDArray ? value : toNDArray(toArray(value))])));
}

const specOf = (dict: WeightsDict): Spec =>
  Object.fromEntries(Object.entries(dict).map(([name, value]) => [name, isDict(value) ? specOf(value) : value.shape]));

/** The shapes of a model's weights under the names that they would have in a file. */
function specOfModel(model: SaveableModel): Spec {
  const spec: Spec = {};
  for (const { path, shape } of saveState(model).listing()) {
    const parts = path.split('/').filter((part, i, all) => !(part === 'vars' && i === all.length - 2));
    let at = spec;
    for (const part of parts.slice(0, -1)) at = (at[part] ??= {}) as Spec;
    at[parts.at(-1)!] = shape;
  }
  return spec;
}

function compareSpecs(
  target: Spec, reference: Spec, path: string, targetName: string, referenceName: string, seen: Set<string>,
): Omit<Comparison, 'status'> {
  const counts = { error_count: 0, match_count: 0 };
  for (const [name, expected] of Object.entries(reference)) {
    const inner = `${path}/${name}`;
    const found = target[name];
    if (seen.has(inner)) continue;
    if (found === undefined || isSpec(found) !== isSpec(expected)) {
      counts.error_count++;
      seen.add(inner);
      print(`...${isSpec(expected) ? 'Object' : 'Weight'} ${inner} present in ${referenceName}, missing from ${targetName}`);
      if (isSpec(expected)) print(`    In ${referenceName}, ${inner} contains the following keys: ${Object.keys(expected).join(', ')}`);
    } else if (isSpec(expected)) {
      const inside = compareSpecs(found as Spec, expected, inner, targetName, referenceName, seen);
      counts.error_count += inside.error_count;
      counts.match_count += inside.match_count;
    } else if (sameShape(found as Shape, expected)) counts.match_count++;
    else {
      counts.error_count++;
      seen.add(inner);
      print(`...Weight shape mismatch for ${inner}`);
      print(`    In ${referenceName}: shape=${formatShape(expected)}`);
      print(`    In ${targetName}: shape=${formatShape(found as Shape)}`);
    }
  }
  return counts;
}
