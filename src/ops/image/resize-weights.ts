/**
 * Resizing along one axis as a matrix [output, input], so that an image is resized by two products. The numbers are
 * those of TensorFlow's kernels (resize_bilinear, resize_bicubic, resize_area, scale_and_translate), which compute
 * positions in float32: hence the rounding here.
 */
const f = Math.fround;

export const INTERPOLATIONS = ['bilinear', 'nearest', 'lanczos3', 'lanczos5', 'bicubic', 'area'] as const;
export type Interpolation = (typeof INTERPOLATIONS)[number];
export type Weighted = Exclude<Interpolation, 'nearest'>;

interface Kernel {
  radius: number;
  weight(distance: number): number;
}

const lanczos = (radius: number): Kernel => ({
  radius,
  weight(x) {
    if (x > radius) return 0;
    if (x <= 1e-3) return 1; // the limit at 0, which the formula below cannot give
    const t = Math.PI * x;
    return (radius * Math.sin(t) * Math.sin(t / radius)) / (t * t);
  },
});

const triangle: Kernel = { radius: 1, weight: (x) => Math.max(0, 1 - x) };

/** Keys's cubic convolution kernel with a = -0.5. Source: Keys, 1981. */
const keysCubic: Kernel = {
  radius: 2,
  weight(x) {
    if (x >= 2) return 0;
    return x >= 1 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : (1.5 * x - 2.5) * x * x + 1;
  },
};

class Matrix {
  readonly data: Float32Array;
  constructor(readonly output: number, readonly input: number) {
    this.data = new Float32Array(output * input);
  }

  /** Sets a row to weights from column `start`, made to add up to 1. */
  setRow(row: number, start: number, weights: readonly number[]): void {
    const total = weights.reduce((a, b) => a + b, 0);
    if (Math.abs(total) < 1e-35) return;
    weights.forEach((weight, i) => (this.data[row * this.input + start + i] += weight / total));
  }
}

/** Every input element within the kernel's reach of the output's centre; antialiasing widens it when shrinking. */
function sampled(input: number, output: number, kernel: Kernel, antialias: boolean): Matrix {
  const matrix = new Matrix(output, input);
  const inverseScale = f(1 / f(output / input));
  const kernelScale = antialias ? Math.max(inverseScale, 1) : 1;
  const reach = f(kernel.radius * kernelScale);
  const clamp = (v: number): number => Math.min(Math.max(v, 0), input - 1);
  for (let row = 0; row < output; row++) {
    const centre = f((row + 0.5) * inverseScale);
    if (centre > input) continue;
    const first = clamp(Math.ceil(f(f(centre - reach) - 0.5)));
    const last = clamp(Math.floor(f(f(centre + reach) - 0.5)));
    const weights: number[] = [];
    for (let i = first; i <= last; i++) weights.push(kernel.weight(f(Math.abs(f(i + 0.5 - centre)) / kernelScale)));
    matrix.setRow(row, first, weights);
  }
  return matrix;
}

/** The two nearest elements, weighted by distance; outside of the image the edge is repeated. */
function bilinear(input: number, output: number): Matrix {
  const matrix = new Matrix(output, input);
  const scale = f(input / output);
  for (let row = 0; row < output; row++) {
    const position = f(f((row + 0.5) * scale) - 0.5);
    const floor = Math.floor(position);
    const fraction = f(position - floor);
    matrix.data[row * input + Math.max(floor, 0)] += 1 - fraction;
    matrix.data[row * input + Math.min(floor + 1, input - 1)] += fraction;
  }
  return matrix;
}

/** TensorFlow takes cubic weights from a table of this many steps between two elements. */
const CUBIC_STEPS = 1024;

/** The four nearest elements by Keys's kernel; those outside of the image do not count. */
function bicubic(input: number, output: number): Matrix {
  const matrix = new Matrix(output, input);
  const scale = f(input / output);
  for (let row = 0; row < output; row++) {
    const position = f(f((row + 0.5) * scale) - 0.5);
    const floor = Math.floor(position);
    const step = roundHalfEven(f(position - floor) * CUBIC_STEPS) / CUBIC_STEPS;
    const all = [1 + step, step, 1 - step, 2 - step].map((distance) => keysCubic.weight(distance));
    const first = Math.max(floor - 1, 0);
    const last = Math.min(floor + 2, input - 1);
    matrix.setRow(row, first, all.slice(first - (floor - 1), last - (floor - 1) + 1));
  }
  return matrix;
}

function roundHalfEven(x: number): number {
  const rounded = Math.round(x);
  return Math.abs(x % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** The mean over the piece of the input that an output element covers, parts of elements included. */
function area(input: number, output: number): Matrix {
  const matrix = new Matrix(output, input);
  const scale = f(input / output);
  for (let row = 0; row < output; row++) {
    const from = f(row * scale);
    const to = f((row + 1) * scale);
    for (let i = Math.floor(from); i < Math.ceil(to); i++) {
      const overlap = Math.min(i + 1, to) - Math.max(i, from);
      matrix.data[row * input + Math.min(i, input - 1)] += overlap / scale;
    }
  }
  return matrix;
}

/** The matrix [output, input], row-major. */
export function resizeMatrix(input: number, output: number, interpolation: Weighted, antialias: boolean): Float32Array {
  switch (interpolation) {
    case 'bilinear': return (antialias ? sampled(input, output, triangle, true) : bilinear(input, output)).data;
    case 'bicubic': return (antialias ? sampled(input, output, keysCubic, true) : bicubic(input, output)).data;
    case 'lanczos3': return sampled(input, output, lanczos(3), antialias).data;
    case 'lanczos5': return sampled(input, output, lanczos(5), antialias).data;
    case 'area': return area(input, output).data;
    default: throw new TypeError(`Unknown interpolation '${String(interpolation)}'.`);
  }
}

/** The element nearest to the centre of each output element. */
export const nearestIndices = (input: number, output: number): Int32Array =>
  Int32Array.from({ length: output }, (_, i) => Math.min(Math.floor(f((i + 0.5) * f(input / output))), input - 1));
