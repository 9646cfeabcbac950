/** Files from the network, whole or not at all. */
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { Progbar } from '../progbar.js';

/** A file cannot be fetched, or is not the one that was expected. */
export class DownloadError extends Error {
  override name = 'DownloadError';
}

/** What a file must be: a hash in hexadecimal digits. */
export interface Expected {
  file_hash: string;
  algorithm: 'md5' | 'sha256';
}

/** @param algorithm 'auto' tells by the length */
export function expectedHash(file_hash: string, algorithm: string): Expected {
  if (!['auto', 'md5', 'sha256'].includes(algorithm)) {
    throw new TypeError(`get_file: the hash_algorithm is 'auto', 'md5' or 'sha256', received '${algorithm}'.`);
  }
  const isLong = file_hash.length === 64;
  return { file_hash: file_hash.toLowerCase(), algorithm: algorithm === 'auto' ? (isLong ? 'sha256' : 'md5') : algorithm as Expected['algorithm'] };
}

/** Whether a file is the one that is expected. */
export async function isExpected(path: string, { file_hash, algorithm }: Expected): Promise<boolean> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex') === file_hash;
}

const failure = (origin: string, why: string, cause?: unknown): DownloadError =>
  new DownloadError(`URL fetch failure on ${origin}: ${why}`, { cause });

/** The contents behind an address, and their size where it is known. */
async function openAddress(origin: string): Promise<{ stream: Readable; size: number | null }> {
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  if (url?.protocol === 'file:') {
    const path = fileURLToPath(url);
    const info = await stat(path).catch((cause: Error) => {
      throw failure(origin, cause.message, cause);
    });
    return { stream: createReadStream(path), size: info.size };
  }
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') throw failure(origin, 'the address must begin with https:, http: or file:.');
  // Files are kept as they lie on the server, compressed or not.
  const response = await fetch(url, { headers: { 'accept-encoding': 'identity' } }).catch((cause: Error) => {
    throw failure(origin, (cause.cause as Error | undefined)?.message ?? cause.message, cause);
  });
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    throw failure(origin, `${response.status} -- ${response.statusText}`);
  }
  const length = Number(response.headers.get('content-length') ?? Number.NaN);
  return { stream: Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]), size: Number.isNaN(length) ? null : length };
}

/**
 * Fetches a file, with a progress bar. It grows under another name beside `path`, so that what has that name is whole.
 * @throws DownloadError
 */
export async function download(origin: string, path: string, expected: Expected | undefined): Promise<void> {
  const { stream, size } = await openAddress(origin);
  const partial = `${path}.${randomBytes(6).toString('hex')}.part`;
  const hash = createHash(expected?.algorithm ?? 'sha256');
  const bar = new Progbar({ target: size });
  let received = 0;
  const watch = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      received += chunk.length;
      if (size === null || received < size) bar.update(received);
      done(null, chunk);
    },
  });
  try {
    await pipeline(stream, watch, createWriteStream(partial, { flags: 'wx' })).catch((cause: Error) => {
      throw failure(origin, `after ${received} bytes: ${(cause.cause as Error | undefined)?.message ?? cause.message}`, cause);
    });
    if (size !== null && received !== size) throw failure(origin, `${received} of ${size} bytes arrived.`);
    bar.update(received, {}, { finalize: true });
    const found = hash.digest('hex');
    if (expected && found !== expected.file_hash) {
      throw new DownloadError(`What ${origin} gives is incomplete or not the expected file: its ${expected.algorithm} is ${found}, ` +
        `expected ${expected.file_hash}.`);
    }
    await rename(partial, path);
  } finally {
    await rm(partial, { force: true });
  }
}
