/** Published files in ~/.keras: fetched once, checked by their hash. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { configPath } from '../backend/keras-json.js';
import { writeFileAtomically } from '../saving/atomic-file.js';
import { notice } from '../utils/notice.js';

export interface FetchOptions {
  /** MD5 in 32 hexadecimal digits, or SHA-256 in 64; undefined checks nothing. */
  file_hash?: string;
  /** Folder below ~/.keras. */
  cache_subdir: string;
}

/** A file could not be fetched, or is not the one that was published. */
export class FetchError extends Error {
  override name = 'FetchError';
}

async function isWhole(path: string, hash: string | undefined): Promise<boolean> {
  if (hash === undefined) return true;
  const hasher = createHash(hash.length === 64 ? 'sha256' : 'md5');
  await pipeline(createReadStream(path), hasher);
  return hasher.digest('hex') === hash;
}

const exists = (path: string): Promise<boolean> => access(path).then(() => true, () => false);

/**
 * The path of a published file in ~/.keras (or KERAS_HOME), which is fetched where it is not there, or is damaged.
 *
 * @throws FetchError when the address gives no file, or one with another hash
 */
export async function fetchFile(name: string, origin: string, { file_hash, cache_subdir }: FetchOptions): Promise<string> {
  const path = join(dirname(configPath()), cache_subdir, name);
  if (await exists(path)) {
    if (await isWhole(path, file_hash)) return path;
    notice(`${path} is damaged (its hash differs); it is fetched again.`);
  }
  await mkdir(dirname(path), { recursive: true });
  notice(`Fetching ${origin} into ${dirname(path)}.`);
  const response = await fetch(origin).catch((cause: unknown) => {
    throw new FetchError(`Cannot fetch ${origin}: there is no connection. Fetch it elsewhere and put it at ${path}.`, { cause });
  });
  if (!response.ok || !response.body) {
    throw new FetchError(`Cannot fetch ${origin}: the server answered ${response.status} ${response.statusText}.`);
  }
  const hasher = createHash(file_hash?.length === 64 ? 'sha256' : 'md5');
  await writeFileAtomically(path, async (file) => {
    for await (const chunk of response.body!) {
      hasher.update(chunk);
      await file.appendFile(chunk);
    }
    const received = hasher.digest('hex');
    if (file_hash === undefined || received === file_hash) return;
    throw new FetchError(`${origin} gave a file with the hash ${received}, expected ${file_hash}: it arrived damaged, or is another one.`);
  });
  return path;
}
