/** ExportArchive: what goes into a SavedModel, endpoint by endpoint. */
import { readdir, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Endpoint, SavedModelSupport } from '../backend/saved-model.js';
import { activeBackend } from '../engine/context.js';
import { formatShape } from '../engine/shape.js';
import { flatten, isPlainObject } from '../engine/structure.js';
import { Variable } from '../engine/variable.js';
import { Layer } from '../layers/layer.js';
import { replaceFolderAtomically } from '../saving/atomic-file.js';
import { pathOf, type FilePath } from '../saving/files.js';
import { kerasExport } from '../saving/registration.js';
import { requireOneOf } from '../utils/checks.js';
import { namedArguments, type NamedForms } from '../utils/arguments.js';
import { ExportError, standardizeSignature, type ArgumentSpec, type InputSignature } from './input-signature.js';
import { traceAtSizes } from './sized-graphs.js';

/** A function of tensors, or of arrays and objects of them. */
type EndpointFunction = (...args: never[]) => unknown;

export interface WriteOutOptions {
  /** Whether the endpoints are printed. Default true. */
  verbose?: boolean;
}

const WRITE_OUT = ['verbose'] as const;
/** Names that the loaded object has for itself. */
const LISTS = ['variables', 'trainable_variables', 'non_trainable_variables'] as const;
const RESERVED: readonly string[] = ['signatures', '_all_variables'];

/**
 * Writes TensorFlow SavedModels with several functions ("endpoints") over the same variables. `model.export` writes one
 * with one endpoint, `serve`. What is written loads in Python's `tf.saved_model.load`, in TensorFlow Serving, and in
 * `keras.layers.TFSMLayer`. Needs the `tensorflow` backend. Source: keras.export.ExportArchive.
 *
 * @example
 * const model = new keras.Sequential([keras.Input({ shape: [3] }), new keras.layers.Dropout(0.5), new keras.layers.Dense(2)]);
 * const archive = new keras.export.ExportArchive();
 * archive.track(model);
 * const input_signature = [new keras.InputSpec({ shape: [null, 3], dtype: 'float32' })];
 * archive.add_endpoint('serve', (x) => model(x, { training: false }), input_signature);
 * archive.add_endpoint('train', (x) => model(x, { training: true }), input_signature);
 * archive.variables.length; // 3
 * await archive.write_out('served', { verbose: false });
 */
export class ExportArchive {
  readonly #endpoints: Endpoint[] = [];
  readonly #collections = new Map<string, Variable[]>(LISTS.map((name) => [name, []]));

  /** @param format 'saved_model', the only one here */
  constructor(format: 'saved_model' = 'saved_model') {
    requireOneOf('ExportArchive', 'format', format, ['saved_model']);
  }

  get variables(): readonly Variable[] {
    return this.#collections.get('variables')!;
  }

  get trainable_variables(): readonly Variable[] {
    return this.#collections.get('trainable_variables')!;
  }

  get non_trainable_variables(): readonly Variable[] {
    return this.#collections.get('non_trainable_variables')!;
  }

  /**
   * Takes the variables of a layer or model into the lists `variables`, `trainable_variables` and `non_trainable_variables`
   * of the loaded object. Variables that an endpoint uses are saved without it.
   */
  track(resource: Layer): void {
    if (!(resource instanceof Layer)) {
      throw new ExportError(`ExportArchive.track takes a layer or a model, received ${String(resource)}.`);
    }
    if (!resource.built) {
      throw new ExportError(`The layer '${resource.name}' has not been built: call it on data, or build it, before export.`);
    }
    for (const name of LISTS) this.#collections.get(name)!.push(...resource[name]);
  }

  /**
   * Adds a function under a name.
   * @param fn a function of tensors; variables that it reads and assigns are the endpoint's
   * @param input_signature one item for each argument: keras.InputSpec, keras.KerasTensor or tensors, or structures of them;
   *   null dimensions may have any size
   * @returns the function
   */
  add_endpoint<F extends EndpointFunction>(name: string, fn: F, input_signature?: InputSignature | null): F {
    if (this.#endpoints.some((endpoint) => endpoint.name === name)) throw new ExportError(`Endpoint name '${name}' is already taken.`);
    this.#requireFree(name);
    if (!input_signature) {
      throw new ExportError(`The endpoint '${name}' needs an input_signature, which says shapes and dtypes of its arguments, such as ` +
        "[new keras.InputSpec({ shape: [null, 224, 224, 3], dtype: 'float32' })].");
    }
    const signature = standardizeSignature(input_signature);
    const { graphs, structure } = traceAtSizes((...args) => fn(...(args as never[])), signature);
    this.#endpoints.push({ name, graphs, signature, structure });
    return fn;
  }

  /** `track` and `add_endpoint` with the call of a layer or model. */
  track_and_add_endpoint(name: string, resource: Layer, input_signature: InputSignature): Layer {
    this.track(resource);
    this.add_endpoint(name, (...args: unknown[]) => callLayer(resource, args), input_signature);
    return resource;
  }

  /** A list of variables that the loaded object has as an attribute of this name. */
  add_variable_collection(name: string, variables: readonly Variable[]): void {
    if (!Array.isArray(variables) || !variables.every((variable) => variable instanceof Variable)) {
      throw new ExportError(`The variable collection '${name}' must be an array of keras.Variable, received ${String(variables)}.`);
    }
    this.#requireFree(name);
    this.#collections.set(name, [...variables]);
  }

  #requireFree(name: string): void {
    if (!/^[A-Za-z]\w*$/.test(name) || RESERVED.includes(name) || (LISTS as readonly string[]).includes(name)) {
      throw new ExportError(`'${name}' cannot be the name of an endpoint or a collection: it is an identifier other than ` +
        `${[...LISTS, ...RESERVED].join(', ')}.`);
    }
  }

  /**
   * Writes the SavedModel: a folder, which replaces one that was there. The first endpoint is also the signature
   * `serving_default` of TensorFlow Serving.
   */
  async write_out(filepath: FilePath, ...args: NamedForms<WriteOutOptions, typeof WRITE_OUT>): Promise<void> {
    const { verbose = true } = namedArguments<WriteOutOptions>('write_out', WRITE_OUT, args, []);
    if (this.#endpoints.length === 0) throw new ExportError('No endpoints have been set yet. Call add_endpoint().');
    const path = resolve(pathOf(filepath));
    const support = requireSupport('Exporting a SavedModel');
    await requireReplaceable(path);
    await replaceFolderAtomically(path, (folder) => support.write(folder, {
      endpoints: this.#endpoints, collections: Object.fromEntries(this.#collections) }));
    if (verbose) {
      process.stdout.write(`Saved artifact at '${pathOf(filepath)}'. The following endpoints are available:\n\n` +
        `${this.#endpoints.map(describeEndpoint).join('\n\n')}\n`);
    }
  }
}
kerasExport(ExportArchive, 'keras.export.ExportArchive');

/** The call of a layer in inference. */
export const callLayer = (layer: Layer, [inputs, ...rest]: readonly unknown[]): unknown =>
  layer<unknown, unknown>(inputs, ...rest, { training: false });

export function requireSupport(what: string): SavedModelSupport {
  const backend = activeBackend();
  if (backend.savedModels) return backend.savedModels;
  throw new ExportError(`${what} needs TensorFlow, and the backend is '${backend.name}'. Set KERAS_BACKEND=tensorflow; ` +
    '`npx keras-node doctor` says whether it can start here.');
}

/** A SavedModel replaces nothing but a SavedModel or an empty folder. */
async function requireReplaceable(path: string): Promise<void> {
  const before = await stat(path).catch(() => undefined);
  const contents = before?.isDirectory() ? await readdir(path) : [];
  if (before && (!before.isDirectory() || (contents.length > 0 && !contents.includes('saved_model.pb')))) {
    throw new ExportError(`Cannot write '${path}': it is there, and is not a SavedModel.`);
  }
}

function describeEndpoint({ name, signature, graphs, structure }: Endpoint): string {
  const describe = ({ shape, dtype, name: label }: ArgumentSpec): string => `${label ? `${label}: ` : ''}${dtype}${formatShape(shape)}`;
  const inputs = (flatten(signature) as ArgumentSpec[]).map((spec) => `  ${describe(spec)}`);
  const keys = isPlainObject(structure) ? Object.keys(structure).toSorted() : [];
  const outputs = graphs[0].outputs.map(({ shape, dtype }, i) => `  ${keys[i] ? `${keys[i]}: ` : ''}${dtype}${formatShape(shape.map((d, axis) =>
    (graphs.every((graph) => graph.outputs[i].shape[axis] === d) ? d : null)))}`);
  return `* Endpoint '${name}'\nArguments:\n${inputs.join('\n')}\nResults:\n${outputs.join('\n')}`;
}
