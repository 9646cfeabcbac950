/** Writing a file so that a crash, a full disk or an error leaves the one that was there before. */
import { randomBytes } from 'node:crypto';
import { open, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Writes a file under another name in the same folder, forces it to the disk, and renames it.
 *
 * @param path Where the file shall be. A symbolic link is followed, and stays.
 * @param write Writes the contents; an error removes what was written and is passed on.
 */
export async function writeFileAtomically(path: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const folder = dirname(target);
  const before = await stat(target).catch(() => undefined);
  if (before && !before.isFile()) throw new Error(`Cannot write '${path}': it is there, and is not a file.`);
  const temporary = join(folder, `.${randomBytes(6).toString('hex')}.keras-tmp`);
  let file: FileHandle;
  try {
    file = await open(temporary, 'wx', before ? before.mode & 0o777 : 0o666);
  } catch (cause) {
    throw new Error(`Cannot write '${path}': ${reason(cause)}`, { cause });
  }
  try {
    try {
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (cause) {
    await rm(temporary, { force: true });
    if (!isSystemError(cause)) throw cause;
    throw new Error(`Cannot write '${path}': ${reason(cause)} What was there before is unchanged.`, { cause });
  }
  await syncFolder(folder);
}

/** Without this the new name may be lost with the power, though not the contents. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined); // Windows opens no folders
  try {
    await handle?.sync().catch(() => undefined); // some file systems sync no folders
  } finally {
    await handle?.close();
  }
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error && 'code' in error;

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

function reason(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  return (code && REASONS[code]) || `${message}.`;
}
