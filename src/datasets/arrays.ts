/** What the datasets do with their arrays. */
import { NDArray } from '../engine/convert.js';
import type { NumericArray } from '../engine/dtype.js';
import { RandomState } from '../random/random-state.js';
import { takeRows } from '../utils/host-array.js';
import { readNpz } from '../utils/numpy-files/npz.js';
import { NumpyFileError } from '../utils/numpy-files/raw-array.js';
import type { Pickled } from '../utils/numpy-files/pickle.js';

/** `[[x_train, y_train], [x_test, y_test]]`. */
export type Dataset<X = NDArray> = [train: [x: X, y: NDArray], test: [x: X, y: NDArray]];

/** Arrays of an archive by name. @throws NumpyFileError where one is missing */
export async function arraysOf<N extends string>(path: string, names: readonly N[]): Promise<Record<N, NDArray | Pickled[]>> {
  const arrays = await readNpz(path);
  const found = names.map((name) => {
    const array = arrays.get(name);
    if (array === undefined) throw new NumpyFileError(`'${path}' has no array '${name}'. It has: ${[...arrays.keys()].join(', ')}.`);
    return [name, array] as const;
  });
  return Object.fromEntries(found) as Record<N, NDArray | Pickled[]>;
}

/** @throws NumpyFileError for an array of objects */
export function numeric(array: NDArray | Pickled[]): NDArray {
  if (array instanceof NDArray) return array;
  throw new NumpyFileError('The dataset is damaged: an array of numbers is one of objects.');
}

/** Arrays one behind the other. */
export function joined(arrays: readonly NDArray[]): NDArray {
  const [{ data, shape, dtype }] = arrays;
  const out = new (data.constructor as new (size: number) => Float64Array)(arrays.reduce((n, one) => n + one.data.length, 0));
  let at = 0;
  for (const one of arrays) {
    out.set(one.data as NumericArray as Float64Array, at);
    at += one.data.length;
  }
  return new NDArray(out, [arrays.reduce((n, one) => n + one.shape[0], 0), ...shape.slice(1)], dtype);
}

/** How many of n samples are for training. @throws RangeError when the fraction is not in [0, 1) */
export function trainingSize(n: number, test_split: number): number {
  if (!(test_split >= 0 && test_split < 1)) throw new RangeError(`test_split is from 0 to less than 1, received ${String(test_split)}.`);
  return Math.trunc(n * (1 - test_split));
}

/** Shuffled, and parted for training and test. */
export function split(x: NDArray, y: NDArray, test_split: number, seed: number): Dataset {
  const cut = trainingSize(x.shape[0], test_split);
  const indices = new RandomState(seed).shuffled(x.shape[0]);
  const part = (from: number, to: number): [NDArray, NDArray] => {
    const some = indices.subarray(from, to);
    return [takeRows(x, some), takeRows(y, some)];
  };
  return [part(0, cut), part(cut, indices.length)];
}
