/**
 * The zip archive that a `.keras` file is.
 *
 * Keras stores the members uncompressed. Reading takes nothing on trust: names, sizes and checksums are verified
 * before anything is used, and an uncompressed member of a file on disk is read in one go into memory of its own.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import * as yauzl from 'yauzl';
import * as yazl from 'yazl';
import { writeFileAtomically } from './atomic-file.js';
import { expect, readFully, writerTo, type FileContents, type Promised } from './file-bytes.js';

/** A file is not a `.keras` archive, a damaged one, or one that must not be opened. */
export class ArchiveError extends Error {
  override name = 'ArchiveError';
}

/** Members of up to this size need no question; larger ones may expand to this many times their stored size. */
const UNQUESTIONED_BYTES = 64 * 2 ** 20;
const EXPANSION = 100;
const MAX_MEMBERS = 10_000;
const STORED = 0;
const DEFLATED = 8;

/** An opened archive. Close it, or use `using`, when done. */
export class ArchiveReader implements AsyncDisposable {
  readonly name: string;
  readonly #zip: yauzl.ZipFile;
  readonly #members: ReadonlyMap<string, yauzl.Entry>;
  readonly #readAt: (position: number, size: number) => Promise<Uint8Array>;
  readonly #file: FileHandle | undefined;

  private constructor(
    name: string, zip: yauzl.ZipFile, members: ReadonlyMap<string, yauzl.Entry>,
    readAt: (position: number, size: number) => Promise<Uint8Array>, file: FileHandle | undefined,
  ) {
    this.name = name;
    this.#zip = zip;
    this.#members = members;
    this.#readAt = readAt;
    this.#file = file;
  }

  /**
   * Opens an archive.
   *
   * @param source A path, or the bytes of the file.
   * @param kind How its name should end.
   * @throws ArchiveError where it is none; the message says what it looks like instead.
   */
  static async open(source: string | Uint8Array, kind = '.keras'): Promise<ArchiveReader> {
    if (typeof source !== 'string') {
      const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
      const readAt = async (at: number, size: number): Promise<Uint8Array> => bytes.subarray(at, at + size);
      const openZip = (): Promise<yauzl.ZipFile> => yauzl.fromBufferPromise(bytes, { lazyEntries: true });
      return ArchiveReader.#open('the given bytes', kind, bytes.length, readAt, openZip, undefined);
    }
    const file = await openFile(source);
    try {
      const { size } = await file.stat();
      const readAt = (at: number, length: number): Promise<Uint8Array> => readFully(file, at, length);
      const openZip = (): Promise<yauzl.ZipFile> => yauzl.fromFdPromise(file.fd, { lazyEntries: true });
      return await ArchiveReader.#open(`'${source}'`, kind, size, readAt, openZip, file);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  static async #open(
    name: string, kind: string, size: number, readAt: (position: number, size: number) => Promise<Uint8Array>,
    openZip: () => Promise<yauzl.ZipFile>, file: FileHandle | undefined,
  ): Promise<ArchiveReader> {
    const head = await readAt(0, Math.min(size, 512));
    if (size < 22 || head[0] !== 0x50 || head[1] !== 0x4b) {
      throw new ArchiveError(`${name} is not a valid ${kind} file: ${describeContent(head, size)}`);
    }
    try {
      const zip = await openZip();
      const members = await readDirectory(zip, size);
      return new ArchiveReader(name, zip, members, readAt, file);
    } catch (cause) {
      throw new ArchiveError(
        `${name} is not a valid ${kind} file: it begins as a zip archive does, but is damaged or cut short ` +
        `(${messageOf(cause)}). Copy or save it again.`, { cause });
    }
  }

  /** Names of the members, folders left out. */
  get members(): string[] {
    return [...this.#members.keys()];
  }

  has(member: string): boolean {
    return this.#members.has(member);
  }

  /** Bytes of a member; 0 where there is none. */
  sizeOf(member: string): number {
    return this.#members.get(member)?.uncompressedSize ?? 0;
  }

  /** The contents of a member, with its checksum verified. */
  async read(member: string): Promise<Uint8Array> {
    const entry = this.#members.get(member);
    if (!entry) {
      throw new ArchiveError(`${this.name} has no member '${member}'. It has: ${this.members.join(', ') || 'none'}.`);
    }
    try {
      const bytes = entry.compressionMethod === STORED ? await this.#stored(entry) : await this.#inflated(entry);
      if (crc32(bytes) !== entry.crc32) throw new ArchiveError('its checksum does not match');
      return bytes;
    } catch (cause) {
      throw new ArchiveError(
        `${this.name} is damaged: its member '${member}' cannot be read (${messageOf(cause)}).`, { cause });
    }
  }

  async #stored(entry: yauzl.Entry): Promise<Uint8Array> {
    const { fileDataStart } = await this.#zip.readLocalFileHeaderPromise(entry, { minimal: true });
    const bytes = await this.#readAt(fileDataStart, entry.uncompressedSize);
    if (bytes.length !== entry.uncompressedSize) throw new ArchiveError('it is cut short');
    return bytes;
  }

  async #inflated(entry: yauzl.Entry): Promise<Uint8Array> {
    const bytes = new Uint8Array(entry.uncompressedSize);
    let at = 0;
    // yauzl stops the stream when it gives more than the directory announced.
    for await (const chunk of await this.#zip.openReadStreamPromise(entry)) {
      bytes.set(chunk as Uint8Array, at);
      at += (chunk as Uint8Array).length;
    }
    if (at !== bytes.length) throw new ArchiveError('it is cut short');
    return bytes;
  }

  async close(): Promise<void> {
    // The zip is on our file handle, and closes nothing by itself.
    await this.#file?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new ArchiveError(missing ? `There is no file '${path}'.` : `Cannot open '${path}': ${messageOf(cause)}`,
      { cause });
  }
}

/** Lists the members and refuses what no archive of Keras's has. */
async function readDirectory(zip: yauzl.ZipFile, fileSize: number): Promise<Map<string, yauzl.Entry>> {
  const members = new Map<string, yauzl.Entry>();
  let stored = 0;
  if (zip.entryCount > MAX_MEMBERS) throw new ArchiveError(`it has ${zip.entryCount} members`);
  for await (const entry of zip.eachEntry()) {
    const { fileName, compressedSize, uncompressedSize, compressionMethod } = entry;
    const refuse = (why: string): never => {
      throw new ArchiveError(`member ${JSON.stringify(fileName)} ${why}`);
    };
    const parts = fileName.split('/');
    if (fileName.startsWith('/') || /^[a-z]:/i.test(fileName) || /[\\\0]/.test(fileName) || parts.includes('..')) {
      refuse('would lie outside of the archive');
    }
    if (((entry.externalFileAttributes >>> 16) & 0o170000) === 0o120000) refuse('is a symbolic link');
    if (entry.isEncrypted()) refuse('is encrypted');
    if (fileName.endsWith('/')) continue;
    if (members.has(fileName)) refuse('is there twice');
    if (compressionMethod !== STORED && compressionMethod !== DEFLATED) refuse(`has compression ${compressionMethod}`);
    if (compressionMethod === STORED && compressedSize !== uncompressedSize) refuse('has two different sizes');
    if (uncompressedSize > UNQUESTIONED_BYTES && uncompressedSize > EXPANSION * compressedSize) {
      refuse(`declares ${uncompressedSize} bytes and stores ${compressedSize}, as a decompression bomb does`);
    }
    stored += compressedSize;
    // Members that overlap would make a small file expand many times over.
    if (stored > fileSize) refuse('reaches beyond the end of the file');
    members.set(fileName, entry);
  }
  return members;
}

// ---------------------------------------------------------------------------------------------------------
// Writing

/** A member to be written: bytes, or chunks of a known total size. */
export interface NewMember {
  name: string;
  contents: Uint8Array | FileContents;
}

/**
 * yazl computes checksums in JavaScript, which takes longer than all the rest of saving. Node's own function does the
 * same in a tenth of the time; here yazl is given it. (`zlib.crc32` came with Node 20.15 and 22.2.)
 */
function quickenChecksums(): void {
  if (typeof zlib.crc32 !== 'function') return;
  const ofYazl = createRequire(createRequire(import.meta.url).resolve('yazl'));
  (ofYazl('buffer-crc32') as { unsigned: typeof zlib.crc32 }).unsigned = zlib.crc32;
}
quickenChecksums();

function zipStream(members: readonly NewMember[]): Readable {
  const zip = new yazl.ZipFile();
  const output = zip.outputStream as Readable;
  zip.on('error', (error: Error) => output.destroy(error));
  for (const { name, contents } of members) {
    const size = contents.byteLength;
    zip.addReadStreamLazy(name, { compress: false, mode: 0o100600, size }, (callback) => {
      const chunks = contents instanceof Uint8Array ? [contents] : contents.chunks();
      // One piece at a time; a stream of bytes would gather and copy them.
      const stream = Readable.from(pieces(chunks));
      // yazl pipes the stream on, and a pipe passes no errors.
      stream.on('error', (error) => output.destroy(error));
      callback(null, stream);
    });
  }
  zip.end();
  return output;
}

/** A large array goes out in pieces, so that the event loop has its turns. */
async function* pieces(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const size = 2 ** 24;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += size) yield chunk.subarray(at, at + size);
  }
}

/** Writes an archive, which is opened while its members are being made. What was there before stays until it is complete. */
export async function writeArchive(path: string, members: Promised<readonly NewMember[]>): Promise<void> {
  expect(members);
  await writeFileAtomically(path, async (file) => pipeline(zipStream(await members), writerTo(file)));
}

/** An archive in memory. */
export async function archiveBytes(members: readonly NewMember[]): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of zipStream(members)) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

// ---------------------------------------------------------------------------------------------------------

/** What a file begins with, as text or in hexadecimal digits, and what it then is. */
const KINDS: { text?: RegExp; hex?: RegExp; what: string }[] = [
  { hex: /^894844460d0a1a0a/, what: 'this looks like an HDF5 file. If it holds only weights, name it *.weights.h5 ' +
    'and use load_weights; if a whole model, its name must end in .h5' },
  { text: /^\s*<(!doctype html|html|head)/i, what: 'this looks like an HTML page, perhaps a download that wants a login' },
  { text: /^version https:\/\/git-lfs/, what: 'this is a Git LFS pointer; `git lfs pull` fetches the file itself' },
  { text: /^\s*[{[]/, what: 'this looks like a JSON file' },
  { text: /^\s*<\?xml/, what: 'this looks like an XML file' },
  { hex: /^1f8b/, what: 'this looks like a gzip file; unpack it first' },
  { hex: /^934e554d5059/, what: 'this looks like a NumPy array' },
  { hex: /^800[2-5]/, what: 'this looks like a Python pickle' },
  { hex: /^080[1-9a-f]/, what: 'this may be a protocol buffer, such as a TensorFlow or ONNX model' },
];

/** In words, what bytes look like that are not what was expected. */
export function describeContent(head: Uint8Array, size: number): string {
  if (size === 0) return 'it is empty.';
  const [text, hex] = [Buffer.from(head).toString('latin1'), Buffer.from(head).toString('hex')];
  const kind = KINDS.find((k) => k.text?.test(text) ?? k.hex?.test(hex));
  if (kind) return `${kind.what}.`;
  const begin = hex.slice(0, 16).replaceAll(/..(?=.)/g, '$& ');
  return `it is no zip archive (${size} bytes, beginning ${begin}).`;
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

let crcTable: Uint32Array | undefined;

/** CRC-32 of zip archives. `zlib.crc32` came with Node 20.15 and 22.2. */
function crc32(bytes: Uint8Array): number {
  if (typeof zlib.crc32 === 'function') return zlib.crc32(bytes);
  crcTable ??= Uint32Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c;
  });
  let crc = -1;
  for (let i = 0; i < bytes.length; i++) crc = crcTable[(crc ^ bytes[i]) & 0xff] ^ (crc >>> 8);
  return ~crc >>> 0;
}
