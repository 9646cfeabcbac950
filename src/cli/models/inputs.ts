/** Files of inputs: JSON, CSV, .npy, .npz and images, as a model takes them. */
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { apply } from '../../engine/apply.js';
import { NDArray, toTensor, type TensorLike } from '../../engine/convert.js';
import { formatShape, type SymbolicShape } from '../../engine/shape.js';
import { isPlainObject } from '../../engine/structure.js';
import type { Tensor } from '../../engine/tensor.js';
import type { Model } from '../../models/model.js';
import { parseJSON } from '../../saving/json.js';
import { CommandError } from '../errors.js';

/** An input of a model; a model with its own `call` says nothing of its inputs. */
interface InputSlot {
  name: string;
  shape: SymbolicShape;
  dtype: string;
}

export interface InputFlags {
  /** What numbers of images are multiplied with. */
  rescale?: number;
}

/** Values of one input, or of several by name. */
type Read = { value: TensorLike } | { byName: Record<string, TensorLike> };

const isImage = (file: string): boolean => /\.(png|jpe?g)$/i.test(file);

/**
 * Reads what a model is to predict from: one file for all inputs or one for each, or images, which make one batch.
 *
 * @param files paths, or `-` for JSON from stdin
 * @returns what `predict` takes
 * @throws CommandError where a file is none of these, or does not fit the model
 */
export async function readInputs(files: readonly string[], model: Model, flags: InputFlags): Promise<unknown> {
  const slots: readonly InputSlot[] | undefined = model._graph?.inputs;
  if (files.some(isImage)) {
    if (!files.every(isImage)) throw new CommandError('Images and other files cannot be mixed: images make one batch.');
    if (slots && slots.length !== 1) throw new CommandError(`Images are for models of one input; '${model.name}' has ${slots.length}.`);
    return readImages(files, slots?.[0], flags.rescale ?? 1);
  }
  if (flags.rescale !== undefined) throw new CommandError('--rescale is for images.');
  const read = await Promise.all(files.map((file) => readOne(file, slots)));
  const given = byName(read, files, slots, model.name);
  if (!slots) return Array.isArray(given) ? single(given) : given;
  const values = Array.isArray(given) ? given : slots.map((slot) => named(slot, given, slots));
  if (values.length !== slots.length) {
    throw new CommandError(`The model '${model.name}' has ${slots.length} inputs (${namesOf(slots)}), received ${values.length}. ` +
      'Give a file for each, or a JSON object or .npz archive with all of them by name.');
  }
  const tensors = values.map((value, i) => fitted(value, slots[i]));
  return tensors.length === 1 ? tensors[0] : Object.fromEntries(tensors.map((tensor, i) => [slots[i].name, tensor]));
}

const single = (values: readonly TensorLike[]): unknown => (values.length === 1 ? values[0] : values);
const namesOf = (slots: readonly InputSlot[]): string => slots.map(({ name }) => name).join(', ');

/** Values in the order of files; or by name, where a file has names. */
function byName(
  read: readonly Read[], files: readonly string[], slots: readonly InputSlot[] | undefined, model: string,
): TensorLike[] | Record<string, TensorLike> {
  const [first] = read;
  if (read.length === 1 && 'byName' in first) {
    const values = Object.values(first.byName);
    // Whatever the only array is called, it is the only input.
    return values.length === 1 && (slots?.length ?? 1) === 1 ? values : first.byName;
  }
  return read.map((one, i) => {
    if ('value' in one) return one.value;
    throw new CommandError(`'${files[i]}' has inputs by name: it is to be the only file with inputs for '${model}'.`);
  });
}

function named(slot: InputSlot, given: Record<string, TensorLike>, slots: readonly InputSlot[]): TensorLike {
  if (slot.name in given) return given[slot.name];
  throw new CommandError(`There is no input '${slot.name}' among those given: ${Object.keys(given).join(', ')}. The model has: ${namesOf(slots)}.`);
}

const reshaped = (tensor: Tensor, shape: readonly number[]): Tensor => apply('reshape', [tensor], { shape });

/** In the dtype of the input, and with an axis for the batch where there is one sample alone. */
function fitted(value: TensorLike, { name, shape, dtype }: InputSlot): Tensor {
  let tensor: Tensor;
  try {
    tensor = toTensor(value, dtype as Tensor['dtype']);
  } catch (cause) {
    throw new CommandError(`The input '${name}' cannot be made of what was given: ${(cause as Error).message}`, { cause });
  }
  const fits = (found: readonly number[]): boolean =>
    found.length === shape.length && found.every((d, axis) => axis === 0 || shape[axis] === null || shape[axis] === d);
  if (fits(tensor.shape)) return tensor;
  const own = shape.slice(1);
  const sample = own.every((d) => d !== null) ? own.reduce((n, d) => n * d, 1) : undefined;
  if (fits([1, ...tensor.shape])) return reshaped(tensor, [1, ...tensor.shape]);
  // A row of a CSV file holds all numbers of a sample, whatever its shape.
  if (tensor.ndim === 2 && sample !== undefined && tensor.shape[1] === sample) return reshaped(tensor, [tensor.shape[0], ...own as number[]]);
  throw new CommandError(`The input '${name}' has shape ${formatShape(shape)}, received ${formatShape(tensor.shape)}.`);
}

async function readOne(file: string, slots: readonly InputSlot[] | undefined): Promise<Read> {
  if (file === '-') return fromJSON(await textOf(process.stdin), 'stdin');
  const reader = READERS[extname(file).toLowerCase()];
  if (!reader) throw new CommandError(`'${file}' is no file of inputs, by its name: .json, .csv, .npy, .npz, .png and .jpg are.`);
  const bytes = await readFile(file).catch((cause: Error) => {
    throw new CommandError(`Cannot open '${file}': ${cause.message}`, { cause });
  });
  return reader(bytes, file, slots?.length === 1 && slots[0].dtype === 'string');
}

const READERS: Readonly<Record<string, (bytes: Uint8Array, file: string, isText: boolean) => Promise<Read>>> = {
  '.json': async (bytes, file) => fromJSON(Buffer.from(bytes).toString('utf8'), `'${file}'`),
  '.csv': fromCsv,
  '.npy': async (bytes, file) => {
    const { readNpy } = await import('../../utils/numpy-files/npy.js');
    return { value: readNpy(bytes, `'${file}'`) };
  },
  '.npz': async (_, file) => {
    const { readNpz } = await import('../../utils/numpy-files/npz.js');
    const arrays = [...await readNpz(file)].map(([name, array]) => {
      if (array instanceof NDArray) return [name, array] as const;
      throw new CommandError(`'${name}' in '${file}' is an array of Python objects.`);
    });
    return { byName: Object.fromEntries(arrays) };
  },
};

function fromJSON(text: string, what: string): Read {
  const value = parseJSON(text, what);
  return isPlainObject(value) ? { byName: value as Record<string, TensorLike> } : { value: value as TensorLike };
}

/** Rows of numbers; a first row with other texts holds the names of the columns. */
async function fromCsv(bytes: Uint8Array, file: string, isText: boolean): Promise<Read> {
  const { parse } = await import('csv-parse/sync');
  let rows: string[][];
  try {
    rows = parse(Buffer.from(bytes), { bom: true, trim: true, skip_empty_lines: true });
  } catch (cause) {
    throw new CommandError(`'${file}' is no CSV file: ${(cause as Error).message}`, { cause });
  }
  if (isText) return { value: rows };
  const isNumber = (cell: string): boolean => cell !== '' && !Number.isNaN(Number(cell));
  const begin = rows.length > 0 && !rows[0].some(isNumber) ? 1 : 0;
  const numbers = rows.slice(begin).map((row, i) => row.map((cell, column) => {
    if (isNumber(cell) || /^nan$/i.test(cell)) return Number(cell);
    throw new CommandError(`'${file}', row ${i + begin + 1}, column ${column + 1}: expected a number, received ${JSON.stringify(cell)}.`);
  }));
  if (numbers.length === 0) throw new CommandError(`'${file}' has no rows of numbers.`);
  return { value: numbers };
}

async function readImages(files: readonly string[], slot: InputSlot | undefined, rescale: number): Promise<Tensor> {
  const { image_data_format } = await import('../../backend/config.js');
  const { load_img } = await import('../../utils/images/load-img.js');
  const { img_to_array } = await import('../../utils/images/img-to-array.js');
  const { stack, multiply } = await import('../../ops/index.js');
  const isLast = image_data_format() === 'channels_last';
  const [, ...sizes] = slot?.shape ?? [null, null, null, null];
  if (sizes.length !== 3) throw new CommandError(`The input '${slot?.name}' has shape ${formatShape(slot?.shape ?? [])}: it takes no images.`);
  const [height, width, channels] = isLast ? sizes : [sizes[1], sizes[2], sizes[0]];
  const modes: Record<number, string> = { 1: 'grayscale', 3: 'rgb', 4: 'rgba' };
  const color_mode = modes[channels ?? 3];
  if (color_mode === undefined) throw new CommandError(`The input '${slot?.name}' has ${channels} channels; images have 1, 3 or 4.`);
  const images = await Promise.all(files.map(async (file) => {
    const image = await load_img(file, { color_mode, target_size: height !== null && width !== null ? [height, width] : null })
      .catch((cause: Error) => {
        throw new CommandError(`'${file}' cannot be read: ${cause.message}`, { cause });
      });
    return img_to_array(image);
  }));
  return multiply(stack(images.map((image) => toTensor(image))), rescale);
}
