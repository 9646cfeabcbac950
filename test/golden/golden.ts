/**
 * Reads the golden files of this folder: numbers computed by Python Keras (see README.md).
 *
 * A tensor in a file is `{"dtype", "shape", "data"}`; `decode` turns it, wherever it stands, into a
 * {@link GoldenTensor}. The helpers below compare values with it and say where they differ.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Which versions of Python and its packages computed a file. */
export interface GoldenVersions {
  keras: string;
  tensorflow: string;
  numpy: string;
  python: string;
}

/** A tensor of a golden file. `int64` and `uint64` are bigint, `bool` boolean, everything else number. */
export interface GoldenTensor {
  dtype: string;
  shape: number[];
  data: number[] | boolean[] | bigint[];
}

/** Python's `slice(start, stop, step)` as an argument. */
export interface GoldenSlice {
  slice: [number | null, number | null, number | null];
}

/** Python's `...` as an argument. */
export interface GoldenEllipsis {
  ellipsis: true;
}

export type GoldenValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | GoldenTensor
  | GoldenSlice
  | GoldenEllipsis
  | GoldenValue[]
  | { [key: string]: GoldenValue };

/** One row of the families whose rows are calls: `ops/*`, `random/*`, `gradients/*`. */
export interface GoldenCall {
  op: string;
  args: GoldenValue[];
  kwargs: Record<string, GoldenValue>;
  outputs: GoldenValue[];
}

export interface GoldenFile<Case> {
  versions: GoldenVersions;
  cases: Case[];
}

const NOT_FINITE: Record<string, number> = { NaN, Infinity, '-Infinity': -Infinity };

/** float64 and integers keep their digits; the narrower floats are all subsets of float32. */
function decodeFloat(element: unknown, dtype: string): number {
  const value = typeof element === 'string' ? NOT_FINITE[element] : (element as number);
  if (value === undefined) throw new Error(`Golden data: '${String(element)}' is no ${dtype}`);
  return dtype === 'float64' || !/float|complex/.test(dtype) ? value : Math.fround(value);
}

/** A tensor as it stands in the file. */
interface RawTensor {
  dtype: string;
  shape: number[];
  data: unknown[];
}

function decodeTensor(raw: RawTensor): GoldenTensor {
  const { dtype, shape, data } = raw;
  // A complex element is two numbers.
  const size = shape.reduce((product, length) => product * length, dtype === 'complex64' ? 2 : 1);
  if (size !== data.length) {
    throw new Error(`Golden data: [${shape.join(', ')}] wants ${size} elements, the file has ${data.length}`);
  }
  if (dtype === 'bool') return { dtype, shape, data: data as boolean[] };
  if (dtype === 'int64' || dtype === 'uint64') {
    return { dtype, shape, data: data.map((element) => BigInt(element as number | string)) };
  }
  return { dtype, shape, data: data.map((element) => decodeFloat(element, dtype)) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for a decoded tensor. */
export function isGoldenTensor(value: unknown): value is GoldenTensor {
  return isObject(value) && typeof value.dtype === 'string' && Array.isArray(value.shape) && 'data' in value;
}

/** Parsed JSON to golden values: tensors, non-finite scalars and big integers, at any depth. */
export function decode(raw: unknown): unknown {
  if (Array.isArray(raw)) return raw.map(decode);
  if (!isObject(raw)) return raw;
  const keys = Object.keys(raw);
  if (keys.length === 3 && isGoldenTensor(raw)) return decodeTensor(raw as RawTensor);
  if (keys.length === 1 && typeof raw.float === 'string') return NOT_FINITE[raw.float];
  if (keys.length === 1 && typeof raw.int === 'string') return BigInt(raw.int);
  return Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, decode(value)]));
}

/** The folder of this file, for goldens that are not JSON (`.keras`, `.h5`). */
export function goldenPath(...parts: string[]): string {
  return fileURLToPath(new URL(parts.join('/'), import.meta.url));
}

/**
 * Reads `test/golden/<area>/<family>.json`.
 *
 * @param area - the folder: `ops`, `gradients`, `dtypes`, `random`, `initializers`, `layers`, `losses`, ...
 * @param family - the file's name without `.json`.
 */
export function loadGolden<Case = GoldenCall>(area: string, family: string): GoldenFile<Case> {
  const path = goldenPath(area, `${family}.json`);
  if (!existsSync(path)) {
    const command = `python test/golden/make.py ${area}/${family}`;
    throw new Error(`No golden file ${area}/${family}.json; make it with: ${command}`);
  }
  return decode(JSON.parse(readFileSync(path, 'utf8'))) as GoldenFile<Case>;
}

/** Relative and absolute tolerance: |actual - expected| <= atol + rtol * |expected|. */
export interface Tolerance {
  rtol?: number;
  atol?: number;
}

/** Rounding of one operation or a short chain of them; a test of a long chain passes its own. */
const TOLERANCES: Record<string, Required<Tolerance>> = {
  float64: { rtol: 1e-10, atol: 1e-12 },
  float32: { rtol: 1e-5, atol: 1e-6 },
  complex64: { rtol: 1e-5, atol: 1e-6 },
  float16: { rtol: 4e-3, atol: 2e-3 },
  bfloat16: { rtol: 2e-2, atol: 1e-2 },
};

/** The default tolerance of a dtype; exact for integers and booleans. */
export function toleranceOf(dtype: string): Required<Tolerance> {
  return TOLERANCES[dtype] ?? { rtol: 0, atol: 0 };
}

/** What a comparison can read: a tensor's values as plain numbers, a typed array, or a scalar. */
export interface ActualTensor {
  shape?: readonly number[];
  dtype?: string;
  data: ArrayLike<number | boolean | bigint>;
}

function indexOf(flat: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  for (let axis = shape.length - 1, rest = flat; axis >= 0; axis--) {
    index.unshift(rest % shape[axis]);
    rest = Math.floor(rest / shape[axis]);
  }
  return index;
}

/** Equal NaNs agree, equal infinities agree, anything else is compared by difference. */
function differs(actual: number, expected: number, { rtol, atol }: Required<Tolerance>): boolean {
  if (Number.isNaN(actual) || Number.isNaN(expected)) return Number.isNaN(actual) !== Number.isNaN(expected);
  if (actual === expected) return false;
  if (!Number.isFinite(actual) || !Number.isFinite(expected)) return true;
  return Math.abs(actual - expected) > atol + rtol * Math.abs(expected);
}

/** bigint beyond 2^53 would lose digits as a number, so two bigints are compared as they are. */
function elementDiffers(
  actual: number | boolean | bigint,
  expected: number | boolean | bigint,
  tolerance: Required<Tolerance>,
): boolean {
  if (typeof actual === 'bigint' && typeof expected === 'bigint') return actual !== expected;
  return differs(Number(actual), Number(expected), tolerance);
}

/**
 * Compares values with a golden tensor and returns a message, or undefined where they agree.
 *
 * Shape and dtype are compared where `actual` states them. The message names the first differing index, both
 * values there, the number of differing elements and the largest difference.
 */
export function difference(
  actual: ActualTensor,
  expected: GoldenTensor,
  tolerance: Tolerance = {},
): string | undefined {
  if (actual.dtype !== undefined && actual.dtype !== expected.dtype) {
    return `dtype: expected ${expected.dtype}, received ${actual.dtype}`;
  }
  if (actual.shape !== undefined && actual.shape.join() !== expected.shape.join()) {
    return `shape: expected [${expected.shape.join(', ')}], received [${actual.shape.join(', ')}]`;
  }
  if (actual.data.length !== expected.data.length) {
    return `size: expected ${expected.data.length} elements, received ${actual.data.length}`;
  }
  const used = { ...toleranceOf(expected.dtype), ...tolerance };
  let first = -1;
  let count = 0;
  let largest = 0;
  for (let i = 0; i < expected.data.length; i++) {
    const delta = Math.abs(Number(actual.data[i]) - Number(expected.data[i]));
    if (delta > largest) largest = delta;
    if (!elementDiffers(actual.data[i], expected.data[i], used)) continue;
    if (first < 0) first = i;
    count++;
  }
  if (first < 0) return undefined;
  const where = `[${indexOf(expected.dtype === 'complex64' ? first >> 1 : first, expected.shape).join(', ')}]`;
  return (
    `${count} of ${expected.data.length} elements differ (rtol ${used.rtol}, atol ${used.atol}); ` +
    `first at ${where}: expected ${expected.data[first]}, received ${actual.data[first]}; ` +
    `max abs difference ${largest}`
  );
}

/** Throws where `actual` and `expected` differ by more than the tolerance of the dtype, or the one given. */
export function closeTo(
  actual: ActualTensor,
  expected: GoldenTensor,
  tolerance: Tolerance = {},
  what = 'values',
): void {
  const message = difference(actual, expected, tolerance);
  if (message !== undefined) throw new Error(`${what}: ${message}`);
}

/** Throws where `actual` and `expected` are not equal to the bit. */
export function equalTo(actual: ActualTensor, expected: GoldenTensor, what = 'values'): void {
  closeTo(actual, expected, { rtol: 0, atol: 0 }, what);
}
