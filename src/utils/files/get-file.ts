/** Files from the network, kept in Keras's folder. */
import { constants, existsSync } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { kerasHome } from '../../backend/keras-json.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type NamedForms } from '../arguments.js';
import { printMessage } from '../interactive-logging.js';
import { notice } from '../notice.js';
import { download, expectedHash, isExpected } from './download.js';
import { extractArchive, type ArchiveFormat } from './extract.js';

export interface GetFileOptions {
  /** The name that the file gets. Default: the one that it has at `origin`. */
  fname?: string | null;
  /** Its address: https:, http: or file:. */
  origin?: string | URL;
  /** The former name of `extract`, for tar archives. Default false. */
  untar?: boolean;
  /** The former name of `file_hash`, for MD5. */
  md5_hash?: string | null;
  /** What the file must be: its SHA-256 or MD5 in hexadecimal digits. Default: anything. */
  file_hash?: string | null;
  /** The folder in Keras's folder; or an absolute path. Default `datasets`. */
  cache_subdir?: string;
  /** `auto` (default: by the length of the hash), `sha256` or `md5`. */
  hash_algorithm?: string;
  /** Whether the file is an archive that is to be taken apart. Default false. */
  extract?: boolean;
  /** `auto` (default: tar or zip), `tar` (with gzip or without), `zip`, or null for none. */
  archive_format?: ArchiveFormat;
  /** Instead of Keras's folder, which is `KERAS_HOME` or `~/.keras`. */
  cache_dir?: string | URL | null;
  /** Whether to fetch what is there already. Default false. */
  force_download?: boolean;
}

const NAMES = [
  'fname', 'origin', 'untar', 'md5_hash', 'file_hash', 'cache_subdir', 'hash_algorithm', 'extract', 'archive_format', 'cache_dir',
  'force_download',
] as const;

/** The folder of the cache; where that cannot be written to, one for temporary files. */
async function cacheFolder(cache_dir: string | URL | null, cache_subdir: string): Promise<string> {
  const given = cache_dir instanceof URL ? fileURLToPath(cache_dir) : cache_dir ?? kerasHome();
  const base = given.replace(/^~(?=$|\/)/, homedir());
  await mkdir(base, { recursive: true }).catch(() => undefined);
  const isWritable = await access(base, constants.W_OK).then(() => true, () => false);
  const folder = resolve(isWritable ? base : join(tmpdir(), '.keras'), cache_subdir);
  await mkdir(folder, { recursive: true });
  return folder;
}

function nameAt(origin: string): string {
  const name = URL.canParse(origin) ? decodeURIComponent(basename(new URL(origin).pathname)) : '';
  if (name !== '') return name;
  throw new TypeError(`get_file: the address '${origin}' does not end in the name of a file. Pass fname.`);
}

/** Where the file goes, and, of an archive, the folder with what is in it; as Keras names them. */
function placesOf(folder: string, fname: string | undefined, name: string, extract: boolean): { file: string; folder: string } {
  if (!extract) return { file: join(folder, name), folder: '' };
  if (fname?.includes('.')) return { file: join(folder, name), folder: join(folder, `${name.slice(0, name.indexOf('.'))}_extracted`) };
  return { file: join(folder, `${name}_archive`), folder: join(folder, name) };
}

/**
 * Fetches a file where it is not in the cache yet, `~/.keras/datasets` by default, and takes an archive apart on request:
 * what would lie outside of its folder is left out. Source: keras.utils.get_file.
 *
 * Give `file_hash` where it is known: what comes from a network can be anything.
 *
 * @param options `fname`, `origin`, `untar`, `md5_hash`, `file_hash`, `cache_subdir`, `hash_algorithm`, `extract`,
 *   `archive_format`, `cache_dir`, `force_download`; also by position
 * @returns a promise of the path of the file; of an archive that was taken apart, of the folder with what was in it
 * @throws DownloadError when it cannot be fetched or has another hash: what was in the cache stays
 * @throws ExtractError when the archive is damaged, or compressed with bzip2 or xz
 * @example
 * const origin = new URL('model.keras', `file://${process.cwd()}/`);
 * const path = await keras.utils.get_file('copy.keras', origin, { cache_dir: process.cwd() });
 * path.endsWith('datasets/copy.keras'); // true
 */
export async function get_file(...args: NamedForms<GetFileOptions, typeof NAMES>): Promise<string> {
  const {
    fname = null, origin, untar = false, md5_hash = null, file_hash = null, cache_subdir = 'datasets', hash_algorithm = 'auto',
    extract = false, archive_format = 'auto', cache_dir = null, force_download = false,
  } = namedArguments<GetFileOptions>('get_file', NAMES, args, []);
  // 1. what and where
  if (origin === undefined || origin === null) throw new TypeError('get_file needs the address of the file: origin.');
  const address = String(origin);
  if (fname !== null && /[/\\]/.test(fname)) {
    throw new TypeError(`get_file: fname is a name without folders, which cache_dir and cache_subdir are for. Received: '${fname}'`);
  }
  const name = fname || nameAt(address);
  if (name === '.' || name === '..') throw new TypeError(`get_file: '${name}' is no name of a file.`);
  const isArchive = extract || untar;
  const place = placesOf(await cacheFolder(cache_dir, cache_subdir), fname || undefined, name, isArchive);
  // 2. the file, where it is not there
  const expected = file_hash ? expectedHash(file_hash, hash_algorithm) : md5_hash ? expectedHash(md5_hash, 'md5') : undefined;
  let isThere = existsSync(place.file) && !force_download;
  if (isThere && expected && !(await isExpected(place.file, expected))) {
    printMessage(`'${place.file}' is incomplete or outdated: its ${expected.algorithm} is not ${expected.file_hash}. It is fetched again.`);
    isThere = false;
  }
  if (!isThere) {
    printMessage(`Downloading data from ${address}`);
    await download(address, place.file, expected);
  }
  // 3. what is in it
  if (!isArchive) return place.file;
  if (!(await extractArchive(place.file, place.folder, untar ? 'tar' : archive_format))) {
    notice(`get_file: '${place.file}' is no archive that is read here, and was not taken apart.`);
  }
  return place.folder;
}
kerasExport(get_file, 'keras.utils.get_file');
