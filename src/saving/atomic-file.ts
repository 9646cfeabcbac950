/**
 * Writing a file so that a kill, a full disk or an error leaves the one that was there before.
 *
 * Nothing is forced to the disk: what was written is the system's, which a kill does not touch, and a write or the closing
 * says when the disk is full. Python Keras does not wait for the disk either. On an SSD a file of 100 MB took 0.08 s to
 * write, and 0.30 s with `fsync`. A power cut may so cost what was saved in the seconds before it: who must not lose
 * that calls `syncToDisk`.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, open, readFile, realpath, rename, rm, stat, writeFile, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** A file to be written: where it shall be (a symbolic link is followed, and stays), and what writes its contents. */
export interface NewFile {
  path: string;
  write: (file: FileHandle) => Promise<void>;
}

/** Writes a file under another name in the same folder, and renames it when it is complete. */
export const writeFileAtomically = (path: string, write: NewFile['write']): Promise<void> =>
  writeFilesAtomically([{ path, write }]);

/** The name of a file that is not complete yet. */
const unfinishedIn = (folder: string): string => join(folder, `.${randomBytes(6).toString('hex')}.keras-tmp`);
const UNFINISHED = /^\.[0-9a-f]{12}\.keras-tmp$/;

/** Says which files get which names, as long as that goes on: beside the last of a group of files. */
const renamesBeside = (target: string): string => join(dirname(target), `.${basename(target)}.keras-renames`);

/**
 * Ends the renaming of a group of files that a kill has cut short: all of them were complete.
 *
 * @param path The last of the group, which others are read by.
 */
export async function finishRenames(path: string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const renames = renamesBeside(target);
  const text = await readFile(renames, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  const names = readRenames(text);
  if (!names) throw new Error(`'${renames}' was to end a saving that was cut short, but is damaged. Remove it, and save again.`);
  for (const [temporary, name] of names) await renameUnlessDone(join(dirname(target), temporary), join(dirname(target), name));
  await rm(renames, { force: true });
}

/** The names of our unfinished files, and those that they get, all in the same folder; undefined where something else is said. */
function readRenames(text: string): [temporary: string, name: string][] | undefined {
  const isOurs = (pair: unknown): pair is [string, string] => {
    const [temporary, name] = Array.isArray(pair) && pair.every((part) => typeof part === 'string') ? pair as string[] : [];
    return UNFINISHED.test(temporary ?? '') && !!name && basename(name) === name && !name.includes('\0') && name !== '..';
  };
  try {
    const pairs: unknown = JSON.parse(text);
    return Array.isArray(pairs) && pairs.every(isOurs) ? pairs : undefined;
  } catch {
    return undefined;
  }
}

/** Somebody else may have done it: who loads while the files get their names. */
async function renameUnlessDone(from: string, to: string): Promise<void> {
  await rename(from, to).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
  });
}

/** Gives complete files their names, in order; where they are in one folder, so that `finishRenames` can end it. */
async function renameAll(files: readonly { temporary: string; target: string }[]): Promise<void> {
  const [{ target: last }] = files.slice(-1);
  const areGroup = files.length > 1 && files.every(({ target }) => dirname(target) === dirname(last));
  if (!areGroup) {
    for (const { temporary, target } of files) await rename(temporary, target);
    return;
  }
  const list = unfinishedIn(dirname(last));
  try {
    await writeFile(list, JSON.stringify(files.map(({ temporary, target }) => [basename(temporary), basename(target)])));
    await rename(list, renamesBeside(last));
    await finishRenames(last);
  } catch (cause) {
    for (const path of [list, renamesBeside(last)]) await rm(path, { force: true });
    throw cause;
  }
}

/**
 * Writes files that belong together, one after the other, under other names in their folders, and renames all when all are
 * complete. An error removes what was written and is passed on.
 */
export async function writeFilesAtomically(files: readonly NewFile[]): Promise<void> {
  const written: { path: string; temporary: string; target: string }[] = [];
  let at = '';
  try {
    if (files.length > 1) await finishRenames(files[files.length - 1].path);
    for (const { path, write } of files) {
      at = path;
      const target = await realpath(path).catch(() => path);
      const before = await stat(target).catch(() => undefined);
      if (before && !before.isFile()) throw new Error(`Cannot write '${path}': it is there, and is not a file.`);
      const temporary = unfinishedIn(dirname(target));
      const file = await open(temporary, 'wx', before ? before.mode & 0o777 : 0o666);
      written.push({ path, temporary, target });
      try {
        await write(file);
      } finally {
        await file.close();
      }
    }
    if (written.length > 0) await renameAll(written);
  } catch (cause) {
    for (const { temporary } of written) await rm(temporary, { force: true });
    throw writingFailed(at, cause);
  }
}

/**
 * Writes a folder under another name beside `path`, and puts it in the place of the one that was there when it is complete.
 *
 * @param write Writes into the new, empty folder; an error removes what was written and is passed on.
 */
export async function replaceFolderAtomically(path: string, write: (folder: string) => Promise<void>): Promise<void> {
  let fresh: string | undefined;
  try {
    await mkdir(dirname(path), { recursive: true });
    fresh = await mkdtemp(join(dirname(path), `.${basename(path)}-`));
    const [made, old] = [join(fresh, 'new'), join(fresh, 'old')];
    await mkdir(made);
    await write(made);
    const isThere = await stat(path).then(() => true, () => false);
    if (isThere) await rename(path, old);
    try {
      await rename(made, path);
    } catch (cause) {
      if (isThere) await rename(old, path);
      throw cause;
    }
  } catch (cause) {
    throw writingFailed(path, cause);
  } finally {
    if (fresh !== undefined) await rm(fresh, { recursive: true, force: true });
  }
}

/** Waits until a file, or the names in a folder, are on the disk, where a power cut does not harm them. */
export async function syncToDisk(path: string): Promise<void> {
  const handle = await open(path, 'r').catch(() => undefined); // Windows opens no folders
  try {
    await handle?.sync().catch((cause: NodeJS.ErrnoException) => {
      // Some file systems sync no folders, and Windows no file that is open for reading.
      if (!['EINVAL', 'EPERM', 'ENOTSUP', 'EISDIR'].includes(cause.code ?? '')) throw cause;
    });
  } finally {
    await handle?.close();
  }
}

/** An error of the system's in words; any other as it is. */
function writingFailed(path: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || !('code' in cause)) return cause;
  // TensorFlow, which writes checkpoints itself, tells of the system's errors in its own words.
  const code = /No space left on device/.test(cause.message) ? 'ENOSPC' : String(cause.code);
  if (!('syscall' in cause) && code !== 'ENOSPC') return cause;
  return new Error(`Cannot write '${path}': ${REASONS[code] ?? `${cause.message}.`} What was there before is unchanged.`, { cause });
}

const REASONS: Record<string, string> = {
  ENOENT: 'its folder does not exist.',
  EACCES: 'permission denied.',
  EPERM: 'permission denied.',
  EROFS: 'the file system is read-only.',
  ENOSPC: 'the disk is full.',
  EDQUOT: 'the disk quota is used up.',
  EFBIG: 'the file would be larger than the system allows.',
  ENOTDIR: 'a part of its path is not a folder.',
};
