/** Windows that slide over up to three spatial axes, for convolutions and pooling. */
import type { Padding } from '../../engine/primitives/linear.js';
import type { Shape } from '../../engine/shape.js';

export interface Windows {
  batch: number;
  channels: number;
  /** Number of positions of the input, of the output and of the window. */
  inputs: number;
  outputs: number;
  taps: number;
  /** For each axis and output position the input positions under the window; -1 lies in the padding. */
  readonly axes: readonly { input: number; output: number; window: number; under: Int32Array }[];
}

/** Geometry for inputs [batch, ...space, channels]. 'same' pads as TensorFlow does: the odd element at the end. */
export function slidingWindows(
  input: Shape, output: Shape, window: readonly number[], strides: readonly number[], dilations: readonly number[],
  padding: Padding,
): Windows {
  const axes = strides.map((stride, i) => {
    const [length, out] = [input[i + 1], output[i + 1]];
    const reach = (window[i] - 1) * dilations[i] + 1;
    const before = padding === 'same' ? Math.floor(Math.max((out - 1) * stride + reach - length, 0) / 2) : 0;
    const under = new Int32Array(out * window[i]);
    for (let o = 0; o < out; o++) {
      for (let k = 0; k < window[i]; k++) {
        const at = o * stride + k * dilations[i] - before;
        under[o * window[i] + k] = at >= 0 && at < length ? at : -1;
      }
    }
    return { input: length, output: out, window: window[i], under };
  });
  while (axes.length < 3) axes.unshift({ input: 1, output: 1, window: 1, under: new Int32Array(1) });
  const product = (key: 'input' | 'output' | 'window'): number => axes.reduce((n, axis) => n * axis[key], 1);
  return {
    batch: input[0], channels: input[input.length - 1], axes,
    inputs: product('input'), outputs: product('output'), taps: product('window'),
  };
}

/**
 * Calls `visit` for each output position and each tap of its window that lies inside, in row-major order, with
 * positions counted within one image.
 */
export function eachTap(
  { axes: [a, b, c] }: Windows, visit: (output: number, tap: number, input: number) => void,
): void {
  for (let i = 0; i < a.output; i++) {
    for (let j = 0; j < b.output; j++) {
      for (let k = 0; k < c.output; k++) {
        const output = (i * b.output + j) * c.output + k;
        for (let p = 0; p < a.window; p++) {
          const x = a.under[i * a.window + p];
          if (x < 0) continue;
          for (let q = 0; q < b.window; q++) {
            const y = b.under[j * b.window + q];
            if (y < 0) continue;
            for (let r = 0; r < c.window; r++) {
              const z = c.under[k * c.window + r];
              if (z >= 0) visit(output, (p * b.window + q) * c.window + r, (x * b.input + y) * c.input + z);
            }
          }
        }
      }
    }
  }
}
