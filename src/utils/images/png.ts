/** PNG files. */
import type { DecodedPng } from 'fast-png';
import { CHANNELS, RasterImage, type ImageMode, type Pixels } from './raster-image.js';

const MODES: readonly ImageMode[] = ['L', 'LA', 'RGB', 'RGBA'];

/** One number for each sample of rows that are packed into bytes. */
function unpacked({ data, width, height, depth }: DecodedPng): Uint8Array {
  if (depth >= 8) return data as Uint8Array;
  const perByte = 8 / depth;
  const line = Math.ceil(width / perByte);
  const mask = 2 ** depth - 1;
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    const byte = data[y * line + Math.floor(x / perByte)];
    return (byte >> (8 - depth * ((x % perByte) + 1))) & mask;
  });
}

/** The image with an alpha channel: transparent where the pixel is `key`, the colour that the file names for that. */
function keyed({ width, height }: DecodedPng, data: Pixels, channels: number, key: readonly number[], to8: (value: number) => number): RasterImage {
  const mode: ImageMode = channels === 1 ? 'LA' : 'RGBA';
  const out = new Uint8Array(width * height * CHANNELS[mode]);
  for (let i = 0; i < width * height; i++) {
    const pixel = data.subarray(i * channels, (i + 1) * channels);
    const isKey = key.every((value, c) => pixel[c] === value);
    out.set([...Array.from(pixel, to8), isKey ? 0 : 255], i * CHANNELS[mode]);
  }
  return new RasterImage(mode, width, height, out);
}

export async function decodePng(bytes: Uint8Array): Promise<RasterImage> {
  const { decode } = await import('fast-png');
  const png = decode(bytes);
  const { width, height, depth, channels, palette, transparency } = png;
  if (palette) {
    const size = palette[0]?.length === 4 ? 4 : 3;
    const out = new Uint8Array(width * height * size);
    unpacked(png).forEach((index, i) => out.set(palette[index], i * size));
    return new RasterImage(size === 4 ? 'RGBA' : 'RGB', width, height, out);
  }
  const samples = unpacked(png);
  // Fewer bits are spread over the range of 8, of 16 the upper half is kept, save for grey.
  const to8 = (value: number): number => (depth === 16 ? value >> 8 : depth === 8 ? value : (value * 255) / (2 ** depth - 1));
  if (transparency && channels !== 2 && channels !== 4) {
    return keyed(png, depth === 16 ? png.data as Uint16Array : samples, channels, Array.from(transparency), to8);
  }
  if (depth === 16 && channels === 1) return new RasterImage('I;16', width, height, Uint16Array.from(png.data));
  return new RasterImage(MODES[channels - 1], width, height, depth === 8 ? samples.slice() : Uint8Array.from(depth === 16 ? png.data : samples, to8));
}

export async function encodePng({ mode, width, height, data }: RasterImage): Promise<Uint8Array> {
  const { encode } = await import('fast-png');
  if (mode === 'I' || mode === 'I;16') return encode({ width, height, channels: 1, depth: 16, data: Uint16Array.from(data) });
  return encode({ width, height, channels: CHANNELS[mode], depth: 8, data: data as Uint8Array });
}
