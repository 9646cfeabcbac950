/** Draws digits side by side in the terminal, with what the model takes them for. */
import type { NDArray, Tensor } from '../src/index.js';

const SHADES = ' ░▒▓█';
/** Two columns a pixel: characters are twice as high as wide. */
const WIDTH = 16;

/**
 * @param images [n, 8, 8, 1], from 0 to 1
 * @param probabilities [n, 10]
 */
export function drawDigits(images: Tensor, probabilities: NDArray, labels: readonly number[]): void {
  const pixels = images.dataSync() as Float32Array;
  const [count, height, width] = images.shape;
  for (let y = 0; y < height; y++) {
    const line = Array.from({ length: count }, (_, n) => Array.from({ length: width }, (__, x) =>
      SHADES[Math.min(SHADES.length - 1, Math.round(pixels[(n * height + y) * width + x] * (SHADES.length - 1)))].repeat(2)).join(''));
    console.log(line.join('   '));
  }
  const captions = labels.map((label, n) => {
    const row = Array.from((probabilities.data as Float32Array).slice(n * 10, n * 10 + 10));
    const best = row.indexOf(Math.max(...row));
    return `${best} (${(100 * row[best]).toFixed(1)}%) is ${label}`.padEnd(WIDTH);
  });
  console.log(captions.join('   '));
}
