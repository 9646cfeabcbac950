/** What the file formats have in common: paths, the models that go into files, errors that name the file. */
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { withInitialValuesDeferred } from '../engine/variable.js';
import { withVariableBudget } from '../engine/variable-budget.js';
import { ArchiveError, describeContent } from './archive.js';
import { writeFilesAtomically, type NewFile } from './atomic-file.js';
import { DeserializationError } from './class-lookup.js';
import { expect, readFully, writerTo, type FileContents, type Promised } from './file-bytes.js';
import { looksLikeH5 } from './h5/types.js';
import type { LegacyModel } from './legacy/h5-model.js';
import type { Saveable } from './walk.js';

/** The version of Keras whose file formats are written. */
export const KERAS_VERSION = '3.15.1';

/** What saving and loading need of a model. */
export interface SaveableModel extends Saveable, LegacyModel {
  readonly name: string;
  readonly built: boolean;
}

/** A place on disk, or, for loading, the bytes of a file. */
export type FilePath = string | URL;
export type FileSource = FilePath | Uint8Array;

export const pathOf = (filepath: FilePath): string => (filepath instanceof URL ? fileURLToPath(filepath) : filepath);

/** How messages name a file. */
export const nameOf = (source: FileSource): string =>
  source instanceof Uint8Array ? 'the given bytes' : `'${pathOf(source)}'`;

export function refuseOverwriting(path: string, overwrite: boolean): void {
  if (!overwrite && existsSync(path)) {
    throw new Error(`'${path}' exists, and overwrite is false. Choose another name, or pass {overwrite: true}.`);
  }
}

/** Writes a file, which is opened while its contents are being made. What was there before stays until it is complete. */
export async function writeContents(path: string, contents: Promised<Uint8Array | FileContents>): Promise<void> {
  expect(contents);
  await writeAllContents([[path, async () => contents]]);
}

/**
 * Writes files that belong together. What was there before stays until all are complete.
 *
 * @param files Paths, and what gives the contents when their turn comes.
 */
export async function writeAllContents(
  files: Iterable<readonly [path: string, contents: () => Promise<Uint8Array | FileContents>]>,
): Promise<void> {
  await writeFilesAtomically([...files].map(([path, give]): NewFile => ({
    path,
    write: async (file) => {
      const contents = await give();
      const chunks = contents instanceof Uint8Array ? [contents] : contents.chunks();
      await pipeline(Readable.from(chunks), writerTo(file));
    },
  })));
}

/** The bytes of an HDF5 file, for `openH5` to keep. `kind` says in messages what it should have been. */
export async function readH5Bytes(source: FileSource, kind: string): Promise<Uint8Array> {
  const bytes = source instanceof Uint8Array ? new Uint8Array(source) : await readBytes(pathOf(source));
  if (looksLikeH5(bytes)) return bytes;
  throw new ArchiveError(`${nameOf(source)} is not ${kind}: ${describeContent(bytes.subarray(0, 512), bytes.length)}`);
}

export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    const file = await open(path);
    try {
      return await readFully(file, 0, (await file.stat()).size);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new ArchiveError(`Cannot open '${path}': ${(cause as Error).message}`, { cause });
  }
}

/** A model may take this many bytes whatever its weights do ... */
const UNQUESTIONED_BYTES = 64 * 2 ** 20;
/** ... and beyond that so many times as many as they take in the file: optimizers have state, and files are compressed. */
const EXPANSION = 100;

/**
 * Makes a model from its config, with errors that name the file.
 *
 * @param name The file's.
 * @param weightBytes What its weights take there: a config of absurd shapes is refused before anything is allocated.
 */
export function describedBy<T>(name: string, weightBytes: number, make: () => T): T {
  const why = `the weights in the file take ${weightBytes}. The config is damaged, or was made to fill the memory.`;
  try {
    return withInitialValuesDeferred(() => withVariableBudget(UNQUESTIONED_BYTES + EXPANSION * weightBytes, why, make));
  } catch (error) {
    const message = `In ${name}: ${error instanceof Error ? error.message : String(error)}`;
    const cause: unknown = error instanceof DeserializationError ? error.cause : error;
    throw new DeserializationError(message, { cause });
  }
}
