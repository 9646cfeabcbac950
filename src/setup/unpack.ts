/**
 * Takes the wanted files out of a wheel (a zip archive) and checks each against the wheel's RECORD.
 *
 * RECORD is the wheel's own list of files: `path,sha256=<base64url>,size`, one a line.
 */
import { createHash } from 'node:crypto';
import { createWriteStream, mkdirSync } from 'node:fs';
import { basename, dirname, resolve, sep } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Entry, ZipFile } from 'yauzl';
import { SetupError } from './errors.js';
import type { FileRecord } from './manifest.js';

/** Called with the number of bytes written so far. */
type OnBytes = (done: number) => void;

/** A wheel that is open, with the list of the files that will be taken. */
export interface OpenWheel {
  /** Bytes of the wanted files, unpacked. */
  size: number;
  /** Unpacks the wanted files below a folder and returns their sizes and hashes. */
  unpack(folder: string, signal: AbortSignal, onBytes: OnBytes): Promise<Record<string, FileRecord>>;
  close(): void;
}

const FILE_TYPE = 0o170000;
const SYMBOLIC_LINK = 0o120000;

/**
 * Opens a wheel and reads its list of files.
 *
 * @param path The wheel.
 * @param isWanted Whether to take a file, by its path in the wheel.
 * @throws SetupError when it is no readable wheel.
 */
export async function openWheel(path: string, isWanted: (path: string) => boolean): Promise<OpenWheel> {
  const yauzl = await import('yauzl');
  const zip = await yauzl.openPromise(path, { lazyEntries: true, autoClose: false }).catch((error: Error) => {
    throw damaged(path, error.message);
  });
  try {
    const entries = await listEntries(zip).catch((error: Error) => {
      throw damaged(path, error.message);
    });
    const recordEntry = entries.find((entry) => /^[^/]+\.dist-info\/RECORD$/.test(entry.fileName));
    if (recordEntry === undefined) throw damaged(path, 'It has no RECORD.');
    const records = parseRecord(await readText(zip, recordEntry));
    const wanted = entries.filter((entry) => !entry.fileName.endsWith('/') && isWanted(entry.fileName));
    return {
      size: wanted.reduce((sum, entry) => sum + entry.uncompressedSize, 0),
      close: () => zip.close(),
      async unpack(folder, signal, onBytes) {
        const files: Record<string, FileRecord> = {};
        let done = 0;
        const measure = (count: number) => onBytes((done += count));
        for (const entry of wanted) {
          const record = records.get(entry.fileName);
          if (record === undefined) throw damaged(path, `${entry.fileName} is not in its RECORD.`);
          const received = await unpackEntry(zip, entry, target(folder, entry, path), signal, measure).catch(
            (error: Error) => {
              // File system errors speak for themselves and are explained by the caller.
              if (signal.aborted || (error as NodeJS.ErrnoException).syscall !== undefined) throw error;
              throw damaged(path, `${entry.fileName}: ${error.message}`);
            },
          );
          if (received.size !== record.size || received.sha256 !== record.sha256) {
            throw damaged(path, `${entry.fileName} differs from its RECORD.`);
          }
          files[entry.fileName] = received;
        }
        return files;
      },
    };
  } catch (error) {
    zip.close();
    throw error;
  }
}

async function listEntries(zip: ZipFile): Promise<Entry[]> {
  return new Promise((done, fail) => {
    const entries: Entry[] = [];
    zip.on('entry', (entry: Entry) => {
      entries.push(entry);
      zip.readEntry();
    });
    zip.once('end', () => done(entries));
    zip.once('error', fail);
    zip.readEntry();
  });
}

async function readText(zip: ZipFile, entry: Entry): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function parseRecord(text: string): Map<string, FileRecord> {
  const records = new Map<string, FileRecord>();
  for (const line of text.split('\n')) {
    // A path with a comma is quoted; quotes in it are doubled.
    const match = /^(?:"((?:[^"]|"")*)"|([^,]*)),sha256=([^,]+),(\d+)\s*$/.exec(line);
    if (match === null) continue;
    const path = match[1]?.replaceAll('""', '"') ?? match[2];
    records.set(path, { sha256: Buffer.from(match[3], 'base64url').toString('hex'), size: Number(match[4]) });
  }
  return records;
}

/**
 * Where a file goes. yauzl refuses absolute paths and `..` by itself; a file written outside the folder would
 * be bad enough to look at the result, too.
 */
function target(folder: string, entry: Entry, wheel: string): string {
  const path = resolve(folder, entry.fileName);
  const isLink = ((entry.externalFileAttributes >>> 16) & FILE_TYPE) === SYMBOLIC_LINK;
  if (path.startsWith(resolve(folder) + sep) && !isLink) return path;
  throw damaged(wheel, `It holds an unsafe path: ${entry.fileName}.`);
}

async function unpackEntry(
  zip: ZipFile,
  entry: Entry,
  path: string,
  signal: AbortSignal,
  onBytes: (count: number) => void,
): Promise<FileRecord> {
  const hash = createHash('sha256');
  let size = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      hash.update(chunk);
      size += chunk.length;
      onBytes(chunk.length);
      next(null, chunk);
    },
  });
  mkdirSync(dirname(path), { recursive: true });
  // ptxas must stay executable.
  const isProgram = ((entry.externalFileAttributes >>> 16) & 0o111) !== 0;
  const output = createWriteStream(path, { mode: isProgram ? 0o755 : 0o644 });
  await pipeline(await zip.openReadStreamPromise(entry), measure, output, { signal });
  return { size, sha256: hash.digest('hex') };
}

function damaged(wheel: string, detail: string): SetupError {
  const what = `${basename(wheel)} cannot be unpacked: it is damaged.`;
  return new SetupError(what, 'Run the command again, which fetches it again.', [detail]);
}
