/** Images in memory: what PIL's Image is to Keras in Python. */

/** Bytes a pixel holds: grey (L), with alpha (LA), colours (RGB, RGBA); or grey numbers of 16 bits (I;16), of 32 bits (I). */
export type ImageMode = 'L' | 'LA' | 'RGB' | 'RGBA' | 'I;16' | 'I';
export type Pixels = Uint8Array | Uint16Array | Int32Array;

/** Numbers that a pixel of this mode has. */
export const CHANNELS: Readonly<Record<ImageMode, number>> = { L: 1, LA: 2, RGB: 3, RGBA: 4, 'I;16': 1, I: 1 };

/** How bright red, green and blue are, in 65536ths. Source: ITU-R BT.601, as PIL rounds it. */
const LUMA = [19595, 38470, 7471] as const;

const clip8 = (value: number): number => Math.min(Math.max(value, 0), 255);

/**
 * An image in memory, which `load_img` and `array_to_img` give: pixels row by row, their numbers one after the other.
 *
 * @example
 * const image = keras.utils.array_to_img(keras.ops.ones([2, 3, 3]), {scale: false});
 * image.size; // [3, 2]
 * image.mode; // 'RGB'
 */
export class RasterImage {
  readonly mode: ImageMode;
  readonly width: number;
  readonly height: number;
  readonly data: Pixels;

  /** @throws RangeError when there are not as many numbers as width, height and mode ask for */
  constructor(mode: ImageMode, width: number, height: number, data: Pixels) {
    const expected = width * height * CHANNELS[mode];
    if (data.length !== expected) {
      throw new RangeError(`An image of ${width} by ${height} pixels in mode ${mode} has ${expected} numbers, received ${data.length}.`);
    }
    this.mode = mode;
    this.width = width;
    this.height = height;
    this.data = data;
  }

  /** Width and height, as PIL has them. */
  get size(): [width: number, height: number] {
    return [this.width, this.height];
  }

  /** The image in another mode of 8 bits: colours become grey by how bright they are, alpha is dropped or made 255. */
  convert(mode: 'L' | 'RGB' | 'RGBA'): RasterImage {
    if (this.mode === mode) return this;
    const from = CHANNELS[this.mode];
    const to = CHANNELS[mode];
    const hasAlpha = this.mode === 'LA' || this.mode === 'RGBA';
    const isColour = from >= 3;
    const { data } = this;
    const out = new Uint8Array(this.width * this.height * to);
    for (let i = 0, at = 0; i < out.length; i += to, at += from) {
      // Numbers of more than 8 bits are cut, as PIL does.
      const grey = isColour && mode === 'L'
        ? (data[at] * LUMA[0] + data[at + 1] * LUMA[1] + data[at + 2] * LUMA[2] + 0x8000) >> 16 : clip8(data[at]);
      out[i] = isColour && mode !== 'L' ? data[at] : grey;
      if (to === 1) continue;
      out[i + 1] = isColour ? data[at + 1] : grey;
      out[i + 2] = isColour ? data[at + 2] : grey;
      if (to === 4) out[i + 3] = hasAlpha ? data[at + from - 1] : 255;
    }
    return new RasterImage(mode, this.width, this.height, out);
  }

  toString(): string {
    return `<RasterImage mode=${this.mode}, size=${this.width}x${this.height}>`;
  }
}
