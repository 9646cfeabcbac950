/**
 * The cache folder: made, checked, swept, and filled by renaming finished folders into place.
 *
 * Whoever uses these functions holds the lock, so every `tmp-` folder that is not ours was left by a process
 * that died.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { diskFull, explainFileError } from './errors.js';
import { megabytes } from './reporter.js';

/** Makes the cache folder where it is missing and makes sure that files can be made in it. */
export function prepareRoot(root: string): void {
  try {
    mkdirSync(root, { recursive: true });
    rmSync(mkdtempSync(join(root, `tmp-${process.pid}-`)), { recursive: true, force: true });
  } catch (error) {
    throw explainFileError(error, root);
  }
}

/** Removes what dead processes left behind. */
export function sweep(root: string): void {
  // Someone may have removed the cache folder while we worked in it.
  if (!existsSync(root)) return;
  for (const name of readdirSync(root)) {
    if (/^tmp-\d+-/.test(name) || /^lock-\d+-/.test(name)) {
      rmSync(join(root, name), { recursive: true, force: true });
    }
  }
}

/** A new folder for work in progress, on the same disk as its final place. */
export function workFolder(root: string): string {
  return mkdtempSync(join(root, `tmp-${process.pid}-`));
}

/** Moves a finished folder to its place, replacing what is there. */
export function publish(folder: string, place: string): void {
  if (existsSync(place)) {
    // A rename first, so that at no time a half-removed folder lies at its place.
    const old = `${folder}-old`;
    renameSync(place, old);
    renameSync(folder, place);
    rmSync(old, { recursive: true, force: true });
  } else {
    renameSync(folder, place);
  }
}

/**
 * Checks the free room before a long download.
 *
 * @throws SetupError with the figures when there is less than `bytes`.
 */
export function requireSpace(root: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(root);
  const free = bavail * bsize;
  // Some network file systems report no figure at all.
  if (free > 0 && free < bytes) {
    throw diskFull(root, `${megabytes(bytes)} are needed for a moment, ${megabytes(free)} are free.`);
  }
}
