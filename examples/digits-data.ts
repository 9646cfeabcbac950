/** The handwritten digits of examples/data. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { NDArray } from '../src/index.js';

/** 1,797 digits of 8x8 pixels from 0 to 16, then the label, one a line (see examples/data/README.md). */
export function loadDigits(): { images: NDArray; labels: NDArray } {
  const text = gunzipSync(readFileSync(new URL('data/digits.csv.gz', import.meta.url))).toString('utf8');
  const rows = text.trim().split('\n').map((line) => line.split(',').map(Number));
  const images = Float32Array.from(rows.flatMap((row) => row.slice(0, 64).map((pixel) => pixel / 16)));
  const labels = Int32Array.from(rows, (row) => row[64]);
  return { images: new NDArray(images, [rows.length, 8, 8, 1]), labels: new NDArray(labels, [rows.length]) };
}
