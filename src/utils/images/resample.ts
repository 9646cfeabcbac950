/**
 * Images in another size, by PIL's filters and with its rounding: weights in 22 bits, a pass along rows, then one along
 * columns. (Pillow 13 goes along columns first where that is quicker, and then may round differently by 1.)
 * Source: Pillow 12, src/libImaging/Resample.c and Geometry.c.
 */
import { CHANNELS, RasterImage, type Pixels } from './raster-image.js';

interface Filter {
  /** How far it reaches, in pixels of the smaller image. */
  reach: number;
  weight(x: number): number;
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

const FILTERS: Readonly<Record<string, Filter>> = {
  box: { reach: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { reach: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  hamming: {
    reach: 1, weight: (x) => (Math.abs(x) >= 1 ? 0 : sinc(x) * (0.54 + 0.46 * Math.cos(Math.PI * x))),
  },
  /** Keys's cubic convolution kernel with a = -0.5. */
  bicubic: {
    reach: 2,
    weight(x) {
      const t = Math.abs(x);
      if (t >= 2) return 0;
      return t < 1 ? (1.5 * t - 2.5) * t * t + 1 : ((-0.5 * t + 2.5) * t - 4) * t + 2;
    },
  },
  lanczos: { reach: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

export const RESAMPLINGS = ['nearest', ...Object.keys(FILTERS)];

/** A part of an image: left, top, right, bottom. */
export type Box = readonly [left: number, top: number, right: number, bottom: number];

/** Of each pixel of a result along one axis: the first pixel that it is made of, and the weights from there. */
type Taps = readonly { first: number; weights: readonly number[] }[];

function tapsOf(input: number, from: number, to: number, output: number, { reach, weight }: Filter): Taps {
  const scale = (to - from) / output;
  const spread = Math.max(scale, 1);
  const support = reach * spread;
  return Array.from({ length: output }, (_, i) => {
    const centre = from + (i + 0.5) * scale;
    const first = Math.max(Math.trunc(centre - support + 0.5), 0);
    const end = Math.min(Math.trunc(centre + support + 0.5), input);
    const weights = Array.from({ length: end - first }, (__, k) => weight((k + first - centre + 0.5) * (1 / spread)));
    const total = weights.reduce((a, b) => a + b, 0);
    return { first, weights: total === 0 ? weights : weights.map((w) => w / total) };
  });
}

const ONE = 2 ** 22;

/** Rounds a weighted sum of 8-bit numbers as PIL does; of others, halves away from zero. */
function finisher(data: Pixels): (first: number, step: number, weights: readonly number[]) => number {
  if (data instanceof Uint8Array) {
    return (first, step, weights) => {
      let sum = ONE / 2;
      weights.forEach((w, k) => (sum += data[first + k * step] * Math.trunc(w * ONE + (w < 0 ? -0.5 : 0.5))));
      return Math.min(Math.max(Math.floor(sum / ONE), 0), 255);
    };
  }
  const isSigned = data instanceof Int32Array;
  const [least, most] = isSigned ? [-2147483648, 2147483647] : [0, 65535];
  return (first, step, weights) => {
    const sum = weights.reduce((total, w, k) => total + data[first + k * step] * w, isSigned ? 0 : 0.5);
    const rounded = isSigned ? Math.sign(sum) * Math.floor(Math.abs(sum) + 0.5) : Math.trunc(sum);
    return Math.min(Math.max(rounded, least), most);
  };
}

const likeOf = (data: Pixels, size: number): Pixels =>
  (data instanceof Uint8Array ? new Uint8Array(size) : data instanceof Uint16Array ? new Uint16Array(size) : new Int32Array(size));

/** Along rows (with the pixels of a row `channels` apart) or columns (with `width * channels`). */
function pass(image: RasterImage, taps: Taps, axis: 'rows' | 'columns'): RasterImage {
  const { mode, width, height, data } = image;
  const channels = CHANNELS[mode];
  const [w, h] = axis === 'rows' ? [taps.length, height] : [width, taps.length];
  const out = likeOf(data, w * h * channels);
  const finish = finisher(data);
  const line = width * channels;
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const { first, weights } = taps[axis === 'rows' ? x : y];
      const [start, step] = axis === 'rows' ? [y * line + first * channels, channels] : [first * line + x * channels, line];
      for (let c = 0; c < channels; c++) out[(y * w + x) * channels + c] = finish(start + c, step, weights);
    }
  }
  return new RasterImage(mode, w, h, out);
}

function nearest({ mode, width, data }: RasterImage, [w, h]: readonly [number, number], [left, top, right, bottom]: Box): RasterImage {
  const channels = CHANNELS[mode];
  const out = likeOf(data, w * h * channels);
  // The steps add up as PIL's do, so that halves fall to the same side.
  let place = left + ((right - left) / w) * 0.5;
  const columns = Array.from({ length: w }, () => Math.trunc([place, (place += (right - left) / w)][0]));
  let row = top + ((bottom - top) / h) * 0.5;
  for (let y = 0; y < h; y++, row += (bottom - top) / h) {
    columns.forEach((column, x) => {
      const from = (Math.trunc(row) * width + column) * channels;
      for (let c = 0; c < channels; c++) out[(y * w + x) * channels + c] = data[from + c];
    });
  }
  return new RasterImage(mode, w, h, out);
}

/** Colours multiplied by alpha, or back, so that what is transparent does not show in a mean. */
function weighted(image: RasterImage, isBack: boolean): RasterImage {
  const channels = CHANNELS[image.mode];
  const out = Uint8Array.from(image.data);
  for (let i = 0; i < out.length; i += channels) {
    const alpha = out[i + channels - 1];
    for (let c = 0; c < channels - 1; c++) {
      if (!isBack) {
        const product = out[i + c] * alpha + 128;
        out[i + c] = ((product >> 8) + product) >> 8;
      } else if (alpha !== 0 && alpha !== 255) {
        out[i + c] = Math.min(Math.trunc((255 * out[i + c]) / alpha), 255);
      }
    }
  }
  return new RasterImage(image.mode, image.width, image.height, out);
}

/** A part of the image (default: all of it) in another size. */
export function resample(image: RasterImage, size: readonly [width: number, height: number], method: string, box?: Box): RasterImage {
  const part: Box = box ?? [0, 0, image.width, image.height];
  if (method === 'nearest') return nearest(image, size, part);
  const filter = FILTERS[method];
  const hasAlpha = image.mode === 'LA' || image.mode === 'RGBA';
  let result = hasAlpha ? weighted(image, false) : image;
  const [left, top, right, bottom] = part;
  const isWhole = (from: number, to: number, input: number, output: number): boolean => from === 0 && to === input && input === output;
  if (!isWhole(left, right, image.width, size[0])) result = pass(result, tapsOf(image.width, left, right, size[0], filter), 'rows');
  if (!isWhole(top, bottom, image.height, size[1])) result = pass(result, tapsOf(image.height, top, bottom, size[1], filter), 'columns');
  return hasAlpha ? weighted(result, true) : result;
}
