/** Takes tar and zip archives apart; what would lie outside of the folder stays out. */
import { createWriteStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { notice } from '../notice.js';

/** An archive that cannot be taken apart. */
export class ExtractError extends Error {
  override name = 'ExtractError';
}

/** `auto` tries both; null none. */
export type ArchiveFormat = 'auto' | 'tar' | 'zip' | readonly ('tar' | 'zip')[] | null;

/** Whether a path in an archive, and what a link there points to, stay in the folder. */
function isInside(path: string, linkpath?: { target: string; isSymbolic: boolean }): boolean {
  const stays = (one: string): boolean => {
    const normal = posix.normalize(one);
    return !posix.isAbsolute(normal) && !/^[a-z]:/i.test(normal) && !/[\\\0]/.test(one) && normal !== '..' && !normal.startsWith('../');
  };
  if (!stays(path)) return false;
  if (!linkpath) return true;
  const { target, isSymbolic } = linkpath;
  // Behind a name, which may be a link itself, `..` can be anywhere.
  if (/[^./][^/]*\/+(.*\/)?\.\.(\/|$)/.test(target)) return false;
  // A symbolic link goes from its own folder, a hard one from the root of the archive.
  return !posix.isAbsolute(target) && stays(isSymbolic ? posix.join(posix.dirname(path), target) : target);
}

const skip = (path: string, file: string): false => {
  notice(`Left out of '${file}': ${JSON.stringify(path)} would lie outside of the folder.`);
  return false;
};

async function extractTar(file: string, folder: string): Promise<void> {
  const tar = await import('tar');
  await tar.extract({
    file, cwd: folder, strict: true, preservePaths: false, noMtime: true, noChmod: true,
    filter: (path, entry) => {
      const { type, linkpath } = entry as { type?: string; linkpath?: string };
      const link = (type === 'SymbolicLink' || type === 'Link') && linkpath !== undefined
        ? { target: linkpath, isSymbolic: type === 'SymbolicLink' } : undefined;
      return isInside(path, link) || skip(path, file);
    },
  });
}

const FILE_TYPE = 0o170000;
const SYMBOLIC_LINK = 0o120000;

async function extractZip(file: string, folder: string): Promise<void> {
  const yauzl = await import('yauzl');
  // Names are looked at here, so that one bad name leaves out one file.
  const zip = await yauzl.openPromise(file, { lazyEntries: true, decodeStrings: false, autoClose: false });
  try {
    for await (const entry of zip.eachEntry()) {
      const name = yauzl.getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, true);
      const isLink = ((entry.externalFileAttributes >>> 16) & FILE_TYPE) === SYMBOLIC_LINK;
      if (isLink || !isInside(name)) {
        skip(name, file);
        continue;
      }
      const path = join(folder, name);
      if (name.endsWith('/')) await mkdir(path, { recursive: true });
      else {
        await mkdir(dirname(path), { recursive: true });
        await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(path));
      }
    }
  } finally {
    zip.close();
  }
}

/** What the first bytes say; a tar archive without compression has its name further in. */
async function kindOf(file: string): Promise<'tar' | 'zip' | 'bzip2' | 'xz' | undefined> {
  const handle = await open(file);
  try {
    const head = Buffer.alloc(512);
    await handle.read(head, 0, 512, 0);
    const magic = head.toString('latin1', 0, 6);
    if (magic.startsWith('PK')) return 'zip';
    if (magic.startsWith('\x1f\x8b') || head.toString('latin1', 257, 262) === 'ustar') return 'tar';
    if (magic.startsWith('BZh')) return 'bzip2';
    return magic === '\xfd7zXZ\0' ? 'xz' : undefined;
  } finally {
    await handle.close();
  }
}

/**
 * Takes an archive apart into a folder. Links and files that would lie outside of it are left out, with a notice.
 *
 * @returns whether it is an archive of one of the formats
 * @throws ExtractError for a damaged archive, whose folder is removed then, and for bzip2 and xz
 */
export async function extractArchive(file: string, folder: string, format: ArchiveFormat): Promise<boolean> {
  const formats = format === null ? [] : format === 'auto' ? ['tar', 'zip'] : [format].flat();
  const unknown = formats.find((one) => one !== 'tar' && one !== 'zip');
  if (unknown !== undefined) throw new TypeError(`The archive_format is 'auto', 'tar', 'zip' or null, received '${unknown}'.`);
  const kind = await kindOf(file);
  if ((kind === 'bzip2' || kind === 'xz') && formats.includes('tar')) {
    throw new ExtractError(`'${file}' is compressed with ${kind}, which is not read here. Unpack it with tar, or use a .tar.gz or .zip.`);
  }
  if (kind === undefined || !formats.includes(kind)) return false;
  try {
    await mkdir(folder, { recursive: true });
    await (kind === 'zip' ? extractZip : extractTar)(file, folder);
  } catch (cause) {
    await rm(folder, { recursive: true, force: true });
    throw new ExtractError(`'${file}' cannot be taken apart: ${(cause as Error).message}. It is damaged, or cut short; fetch it again.`, { cause });
  }
  return true;
}
