/** JPEG files, by mozjpeg compiled to WebAssembly: decoded to the same numbers as by libjpeg, which PIL uses. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { RasterImage } from './raster-image.js';

/** What a codec calls to make its result, in browsers a part of the platform. */
class DecodedImage {
  constructor(readonly data: Uint8ClampedArray, readonly width: number, readonly height: number) {}
}

/** What Node has and the types of browsers would name. */
const platform = globalThis as unknown as {
  WebAssembly: { compile(bytes: Uint8Array): Promise<WebAssembly.Module> };
  ImageData?: unknown;
};

function restore(before: unknown): void {
  if (before === undefined) delete platform.ImageData;
  else platform.ImageData = before;
}

type Factory = Parameters<typeof import('@jsquash/jpeg/utils.js').initEmscriptenModule>[0];

/** A codec; `complaints` gets the lines that it would print. It puts a class of its own among the globals, which goes. */
async function load<F extends Factory>(
  part: 'dec' | 'enc', factory: () => Promise<{ default: F }>, complaints: string[] = [],
): Promise<Awaited<ReturnType<F>>> {
  const before = platform.ImageData;
  try {
    const path = createRequire(import.meta.url).resolve(`@jsquash/jpeg/codec/${part}/mozjpeg_${part}.wasm`);
    const [{ default: make }, { initEmscriptenModule }, bytes] =
      await Promise.all([factory(), import('@jsquash/jpeg/utils.js'), readFile(path)]);
    const wasm = await platform.WebAssembly.compile(bytes);
    const codec = await initEmscriptenModule(make, wasm, { printErr: (line: string) => complaints.push(line) });
    return codec as Awaited<ReturnType<F>>;
  } finally {
    restore(before);
  }
}

let decoder: Promise<(bytes: Uint8Array) => DecodedImage | null> | undefined;

async function loadDecoder(): Promise<(bytes: Uint8Array) => DecodedImage | null> {
  const complaints: string[] = [];
  const codec = await load('dec', () => import('@jsquash/jpeg/codec/dec/mozjpeg_dec.js'), complaints);
  return (bytes) => {
    const before = platform.ImageData;
    platform.ImageData = DecodedImage;
    complaints.length = 0;
    try {
      return codec.decode(bytes as Uint8Array<ArrayBuffer>, false) as DecodedImage | null;
    } catch (cause) {
      // The codec has ended its program; the next file gets a new one.
      decoder = undefined;
      throw new TypeError(`The JPEG file cannot be decoded: ${complaints.join('; ')}.`, { cause });
    } finally {
      restore(before);
    }
  };
}

/** Whether the file has one component: grey. Source: ITU-T T.81, B.2.2. */
function isGrey(bytes: Uint8Array): boolean {
  for (let at = 2; at + 9 < bytes.length;) {
    if (bytes[at] !== 0xff) return false;
    const marker = bytes[at + 1];
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return bytes[at + 9] === 1;
    at += 2 + bytes[at + 2] * 256 + bytes[at + 3];
  }
  return false;
}

export async function decodeJpeg(bytes: Uint8Array): Promise<RasterImage> {
  const decode = await (decoder ??= loadDecoder());
  const made = decode(bytes);
  if (!made) throw new TypeError('The JPEG file cannot be decoded: it is of a kind that mozjpeg does not read.');
  const image = new RasterImage('RGBA', made.width, made.height, Uint8Array.from(made.data));
  // The channels of a grey image are equal, so any of them is its grey.
  return isGrey(bytes) ? new RasterImage('L', made.width, made.height, image.data.filter((_, i) => i % 4 === 0)) : image.convert('RGB');
}

/** mozjpeg's number for a colour space. */
const GREY = 1;
const YCBCR = 3;

export async function encodeJpeg(image: RasterImage, quality: number): Promise<Uint8Array> {
  const codec = await load('enc', () => import('@jsquash/jpeg/codec/enc/mozjpeg_enc.js'));
  const { defaultOptions } = await import('@jsquash/jpeg/meta.js');
  const { data, width, height } = image.convert('RGBA');
  const isColour = image.mode === 'RGB' || image.mode === 'RGBA';
  const made = codec.encode(data as Uint8Array<ArrayBuffer>, width, height,
    { ...defaultOptions, quality, color_space: isColour ? YCBCR : GREY });
  return Uint8Array.from(made);
}
