/** What a file says of the model in it, without making the model. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isPlainObject } from '../../engine/structure.js';
import { ArchiveReader } from '../../saving/archive.js';
import { readBytes, readH5Bytes } from '../../saving/files.js';
import { openH5 } from '../../saving/h5/reader.js';
import { findNode, type H5Attribute, type H5Group } from '../../saving/h5/types.js';
import { parseJSON } from '../../saving/json.js';
import { CONFIG, METADATA, openFolder, WEIGHTS, type ModelFiles } from '../../saving/keras-archive.js';
import { readIndex } from '../../saving/shards.js';
import { MODEL_JSON } from '../../saving/tfjs/layers-model.js';
import { checkManifest } from '../../saving/tfjs/weights-manifest.js';
import { formatOfInput, type Format } from './formats.js';
import { onnxInfo, savedModelInfo, type TensorInfo } from './graph-info.js';

export interface WeightInfo {
  path: string;
  shape: readonly number[];
  dtype: string;
}

export interface FileInfo {
  file: string;
  format: Format;
  /** Of the file, or of all files in the folder. */
  bytes: number;
  keras_version?: string;
  date_saved?: string;
  /** What wrote it, where that is not Keras. */
  generated_by?: string;
  model?: { class_name: string; name?: string; layers?: number };
  /** Of a graph: its functions, and what the one for serving takes and gives. */
  endpoints?: string[];
  inputs?: TensorInfo[];
  outputs?: TensorInfo[];
  optimizer?: string;
  loss?: unknown;
  weights?: WeightInfo[];
  /** Of the optimizer. */
  optimizer_weights?: WeightInfo[];
}

type Config = Record<string, unknown>;
type Told = Omit<FileInfo, 'file' | 'format' | 'bytes'>;

const record = (value: unknown): Config => (isPlainObject(value) ? value : {});
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** @throws CommandError, ArchiveError, H5Error where the file holds no model, or is damaged */
export async function readFileInfo(file: string): Promise<FileInfo> {
  const format = formatOfInput(file);
  const told = await READERS[format](file);
  return { file, format, bytes: await bytesOf(format === 'tfjs' && file.endsWith('.json') ? dirname(file) : file, format), ...told };
}

const READERS: Record<Format, (file: string) => Promise<Told>> = {
  keras: kerasInfo,
  h5: async (file) => h5Info(await h5Root(file)),
  weights: weightsInfo,
  tfjs: tfjsInfo,
  saved_model: savedModelInfo,
  onnx: onnxInfo,
};

/** Bytes of a file, or of all in a folder; of the files of a layers-model those that belong to it. */
async function bytesOf(path: string, format: Format): Promise<number> {
  const info = await stat(path);
  if (!info.isDirectory()) return info.size;
  const entries = await readdir(path, { recursive: format !== 'tfjs', withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && (format !== 'tfjs' || /^(.*\.json|.*\.bin|.*shard.*)$/.test(entry.name)));
  const sizes = await Promise.all(files.map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size));
  return sizes.reduce((a, b) => a + b, 0);
}

function modelInfo(config: unknown, compiled: unknown): Told {
  const { class_name, config: inner } = record(config);
  const { name, layers } = record(inner);
  const { optimizer, optimizer_config, loss } = record(compiled);
  const made = record(optimizer ?? optimizer_config).class_name ?? optimizer;
  return {
    model: { class_name: textOf(class_name) ?? 'unknown', name: textOf(name), layers: Array.isArray(layers) ? layers.length : undefined },
    optimizer: textOf(made), loss: lossName(loss),
  };
}

/** Losses by name, in the structure that they have. */
function lossName(loss: unknown): unknown {
  if (Array.isArray(loss)) return loss.map(lossName);
  if (!isPlainObject(loss)) return loss ?? undefined;
  if ('class_name' in loss) return textOf(loss.config) ?? textOf(record(loss.config).name) ?? loss.class_name;
  return Object.fromEntries(Object.entries(loss).map(([key, value]) => [key, lossName(value)]));
}

async function kerasInfo(file: string): Promise<Told> {
  const isFolder = (await stat(file)).isDirectory();
  await using files: ModelFiles = isFolder ? await openFolder(file) : await ArchiveReader.open(file);
  const read = async (member: string): Promise<Config> =>
    record(parseJSON(Buffer.from(await files.read(member)).toString('utf8'), `${member} of '${file}'`));
  const [config, { keras_version, date_saved }] = [await read(CONFIG), await read(METADATA)];
  const { root } = await openH5(new Uint8Array(await files.read(WEIGHTS)), file);
  return {
    keras_version: textOf(keras_version), date_saved: textOf(date_saved), ...modelInfo(config, config.compile_config), ...weightsIn(root),
  };
}

const h5Root = async (file: string): Promise<H5Group> => (await openH5(await readH5Bytes(file, 'an HDF5 file'), file)).root;

function h5Info(root: H5Group): Told {
  const json = (value: H5Attribute | undefined): unknown => (typeof value === 'string' ? parseJSON(value, 'the config of the file') : undefined);
  const { attributes } = root;
  const config = json(attributes.get('model_config'));
  const whole = findNode(root, 'model_weights');
  const weights = weightsIn(whole?.kind === 'group' ? whole : root);
  const state = findNode(root, 'optimizer_weights');
  return {
    keras_version: textOf(attributes.get('keras_version')),
    ...(config === undefined ? {} : modelInfo(config, json(attributes.get('training_config')))),
    weights: weights.weights,
    ...(state?.kind === 'group' ? { optimizer_weights: listed(state, state.path) } : {}),
  };
}

async function weightsInfo(file: string): Promise<Told> {
  if (!file.endsWith('.json')) return weightsIn(await h5Root(file));
  const shards = await Promise.all((await readIndex(file)).names.map((name) => h5Root(join(dirname(file), name))));
  return { weights: shards.flatMap((root) => weightsIn(root).weights ?? []) };
}

/** The weights of a model, and the state of its optimizer. */
function weightsIn(root: H5Group): Told {
  const all = listed(root, root.path);
  const isState = ({ path }: WeightInfo): boolean => path.startsWith('optimizer/');
  const state = all.filter(isState);
  return { weights: all.filter((weight) => !isState(weight)), ...(state.length > 0 ? { optimizer_weights: state } : {}) };
}

function listed(group: H5Group, root: string): WeightInfo[] {
  return [...group.children.values()].flatMap((node) => {
    if (node.kind === 'link') return [];
    if (node.kind === 'group') return listed(node, root);
    const path = node.path.slice(root.length).replace(/^\/+/, '');
    return [{ path, shape: node.shape, dtype: node.dtype }];
  });
}

async function tfjsInfo(file: string): Promise<Told> {
  const path = file.endsWith('.json') ? file : join(file, MODEL_JSON);
  const { format, generatedBy, modelTopology, weightsManifest } =
    record(parseJSON(Buffer.from(await readBytes(path)).toString('utf8'), `'${path}'`));
  const topology = record(modelTopology);
  const groups = checkManifest(weightsManifest, `'${basename(path)}'`);
  return {
    keras_version: textOf(topology.keras_version), generated_by: textOf(generatedBy),
    ...(format === 'graph-model' ? { model: { class_name: 'graph-model' } } : modelInfo(topology.model_config ?? topology, topology.training_config)),
    weights: groups.flatMap(({ weights }) => weights.map(({ name, shape, dtype }) => ({ path: name, shape, dtype }))),
  };
}
