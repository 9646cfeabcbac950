/** Splitting data, and windows over series of it. */
import type { NDArray } from '../engine/convert.js';
import { mapStructure } from '../engine/structure.js';
import { MersenneTwister } from '../random/mersenne-twister.js';
import { hostRandom } from '../random/host-random.js';
import { kerasExport } from '../saving/registration.js';
import { shuffleInPlace, arrayStructure } from '../trainers/data/array-source.js';
import { namedArguments, type NamedForms } from './arguments.js';
import { ArgumentError, requirePositiveInteger } from './checks.js';
import { arraysOf, Dataset, type DatasetSource } from './dataset.js';
import { takeRows, toHostArray } from './host-array.js';

export interface SplitOptions {
  /** An array, a list or an object of arrays of the same length, or a Dataset. */
  dataset?: unknown;
  /** Samples of the left part: a number, or a fraction below 1 of all. */
  left_size?: number | null;
  /** Samples of the right part; default: the rest. */
  right_size?: number | null;
  /** Whether samples are mixed before. Default false. */
  shuffle?: boolean;
  /** For the order of mixed samples; the one that Python draws for it. Default null: another each time. */
  seed?: number | null;
}
const SPLIT = ['dataset', 'left_size', 'right_size', 'shuffle', 'seed'] as const;

const rangeOf = (n: number): Int32Array => Int32Array.from({ length: n }, (_, i) => i);

/** Samples of arrays in any structure. */
function sourceOf(dataset: unknown): { source: DatasetSource; batch_size: number | null } {
  if (dataset instanceof Dataset) return { source: dataset._source, batch_size: dataset.batch_size };
  const structure = arrayStructure(dataset);
  if (structure === undefined) throw new ArgumentError('split_dataset: the argument \'dataset\' is missing.');
  const arrays = mapStructure((leaf) => toHostArray(leaf, 'split_dataset: an array of the dataset'), structure);
  const lengths = arraysOf(arrays).map(({ shape }) => shape[0] ?? 0);
  if (lengths.length === 0 || lengths.some((length) => length !== lengths[0] || length === 0)) {
    throw new ArgumentError(`split_dataset: all arrays must hold the same number of samples, received ${lengths.join(', ') || 'none'}.`);
  }
  return {
    source: { samples: lengths[0], rows: (indices) => mapStructure((leaf) => takeRows(leaf as NDArray, indices), arrays) },
    batch_size: null,
  };
}

/** Python's `round`. */
const rounded = (value: number): number => {
  const up = Math.round(value);
  return Math.abs(value % 1) === 0.5 && up % 2 !== 0 ? up - 1 : up;
};

function sizesOf(left: number | null, right: number | null, total: number): [left: number, right: number] {
  if (left === null && right === null) throw new ArgumentError('split_dataset: give left_size or right_size, or both.');
  const count = (name: string, size: number | null): number | null => {
    if (size === null) return null;
    const isFraction = !Number.isInteger(size);
    if (typeof size !== 'number' || !(size > 0) || size >= (isFraction ? 1 : total)) {
      throw new ArgumentError(`split_dataset: the argument '${name}' must be a positive integer below ${total}, the number of ` +
        `samples, or a fraction between 0 and 1, received ${JSON.stringify(size)}.`);
    }
    return isFraction ? rounded(size * total) : size;
  };
  const [l, r] = [count('left_size', left), count('right_size', right)];
  const sizes: [number, number] = [l ?? total - r!, r ?? total - l!];
  if (sizes[0] + sizes[1] > total) {
    throw new ArgumentError(`split_dataset: left_size and right_size together are ${sizes[0] + sizes[1]} of ${total} samples.`);
  }
  if (sizes.includes(0)) {
    throw new ArgumentError(`split_dataset: one part of ${total} samples would be empty: left ${sizes[0]}, right ${sizes[1]}.`);
  }
  return sizes;
}

/**
 * Cuts data in two: the left part from the start, the right part from the end. Source: keras.utils.split_dataset.
 *
 * @returns two Datasets, which give single samples unless the data were in batches
 * @throws ArgumentError for sizes that do not fit, and arrays of several lengths
 * @example
 * const [train, test] = keras.utils.split_dataset([1, 2, 3, 4, 5], 0.8);
 * [train.samples, test.samples]; // [4, 1]
 */
export function split_dataset(...args: NamedForms<SplitOptions, typeof SPLIT>): [left: Dataset, right: Dataset] {
  const options = namedArguments<SplitOptions>('split_dataset', SPLIT, args, [], ['dataset']);
  const { left_size = null, right_size = null, shuffle = false, seed = null } = options;
  const { source, batch_size } = sourceOf(options.dataset);
  const order = source.order?.() ?? rangeOf(source.samples);
  if (shuffle) pythonShuffle(order, seed ?? Math.floor(hostRandom()() * 1e6));
  const [left, right] = sizesOf(left_size, right_size, source.samples);
  const part = (indices: Int32Array): Dataset => new Dataset(
    { samples: indices.length, rows: (chosen) => source.rows(chosen.map((i) => indices[i])) }, batch_size);
  return [part(order.slice(0, left)), part(order.slice(order.length - right))];
}

/** `random.Random(seed).shuffle(values)`. */
function pythonShuffle(values: Int32Array, seed: number): void {
  const random = new MersenneTwister(seed);
  for (let i = values.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [values[i], values[j]] = [values[j], values[i]];
  }
}

export interface TimeseriesOptions {
  /** Steps of the series along the first axis. */
  data?: unknown;
  /** The target of the window that starts at each step; null for windows alone. */
  targets?: unknown;
  /** Steps in a window. */
  sequence_length?: number;
  /** Steps from one window to the next. Default 1. */
  sequence_stride?: number;
  /** Steps from one row of a window to the next. Default 1. */
  sampling_rate?: number;
  /** Windows in a batch; null for single ones. Default 128. */
  batch_size?: number | null;
  /** Whether windows come in another order at each iteration. Default false. */
  shuffle?: boolean;
  seed?: number | null;
  /** Windows start from here on. Default null: the start. */
  start_index?: number | null;
  /** Windows end before here. Default null: the end. */
  end_index?: number | null;
}
const TIMESERIES = ['data', 'targets', 'sequence_length', 'sequence_stride', 'sampling_rate', 'batch_size', 'shuffle', 'seed',
  'start_index', 'end_index'] as const;

/**
 * Windows over a series: window i holds the steps `i * sequence_stride`, one `sampling_rate` further, and so on.
 * Source: keras.utils.timeseries_dataset_from_array.
 *
 * @returns a Dataset of `[windows, targets]`, or of windows; windows are [batch, sequence_length, ...]
 * @throws ArgumentError for strides and indices beyond the data
 * @example
 * const windows = keras.utils.timeseries_dataset_from_array([1, 2, 3, 4, 5], null, { sequence_length: 3 });
 * for await (const batch of windows) batch.tolist(); // [[1, 2, 3], [2, 3, 4], [3, 4, 5]]
 */
export function timeseries_dataset_from_array(...args: NamedForms<TimeseriesOptions, typeof TIMESERIES>): Dataset {
  const what = 'timeseries_dataset_from_array';
  const options = namedArguments<TimeseriesOptions>(what, TIMESERIES, args, [], ['data', 'targets']);
  const { sequence_stride = 1, sampling_rate = 1, batch_size = 128, shuffle = false, seed = null } = options;
  const data = toHostArray(options.data, `${what}: the argument 'data'`);
  const targets = options.targets === null || options.targets === undefined ? null
    : toHostArray(options.targets, `${what}: the argument 'targets'`);
  const length = requirePositiveInteger(what, 'sequence_length', options.sequence_length);
  const [steps] = data.shape;
  const below = (name: string, value: number | null, least: number): void => {
    if (value === null || (Number.isInteger(value) && value >= least && value < steps)) return;
    throw new ArgumentError(`${what}: the argument '${name}' must be an integer >= ${least} below the ${steps} steps of the data, ` +
      `received ${JSON.stringify(value)}.`);
  };
  const { start_index = null, end_index = null } = options;
  below('sequence_stride', sequence_stride, 1);
  below('sampling_rate', sampling_rate, 1);
  below('start_index', start_index, 0);
  below('end_index', end_index, (start_index ?? 0) + 1);
  const first = start_index ?? 0;
  const inside = (end_index ?? steps) - first - (length - 1) * sampling_rate;
  const windows = Math.max(0, targets ? Math.min(inside, targets.shape[0] - first) : inside);
  const samples = Math.ceil(windows / sequence_stride);
  const rows = (indices: Int32Array): unknown => {
    const starts = indices.map((i) => first + i * sequence_stride);
    const at = Int32Array.from({ length: starts.length * length }, (_, i) =>
      starts[Math.floor(i / length)] + (i % length) * sampling_rate);
    const x = takeRows(data, at, [starts.length, length]);
    return targets ? [x, takeRows(targets, starts)] : x;
  };
  const random = shuffle ? hostRandom(seed ?? undefined) : undefined;
  const order = (): Int32Array => {
    const indices = rangeOf(samples);
    if (random) shuffleInPlace(indices, random);
    return indices;
  };
  return new Dataset({ samples, rows, order }, batch_size);
}

kerasExport(split_dataset, 'keras.utils.split_dataset');
kerasExport(timeseries_dataset_from_array, 'keras.utils.timeseries_dataset_from_array',
  'keras.preprocessing.timeseries_dataset_from_array');
