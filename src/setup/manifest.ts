/**
 * `complete.json`: the proof that a folder of the cache is whole.
 *
 * It is the last file written into a folder before that is renamed into place, so a folder without a readable
 * one does not count. It is also the record against which later runs compare sizes and hashes.
 */
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { RuntimeKind } from './paths.js';

/** Size in bytes and sha256 in hexadecimal of one file. */
export interface FileRecord {
  size: number;
  sha256: string;
}

/** What the folder of libtensorflow says of itself. */
export interface LibraryManifest {
  format: 1;
  kind: RuntimeKind;
  tensorflow: string;
  arch: string;
  created: string;
  wheels: { file: string; sha256: string }[];
  /** Every file unpacked, by its path in the folder. */
  files: Record<string, FileRecord>;
}

/** What the folder of a compiled binding says of itself. */
export interface BindingManifest {
  format: 1;
  key: string;
  kind: RuntimeKind;
  tensorflow: string;
  tfjs: string;
  arch: string;
  created: string;
  compiler: string;
  binding: FileRecord & { file: string };
  /** Folder of libtensorflow, relative to the cache, and the libraries in it with their sizes. */
  library: { folder: string; files: Record<string, number> };
}

const MANIFEST = 'complete.json';

/** Writes `complete.json`; call it when all else is in the folder. */
export function writeManifest(folder: string, manifest: LibraryManifest | BindingManifest): void {
  writeFileSync(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 1)}\n`);
}

/** The record of a folder, or `undefined` when there is none that can be read. */
export function readManifest<M extends LibraryManifest | BindingManifest>(folder: string): M | undefined {
  try {
    const manifest = JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8')) as M;
    return manifest.format === 1 ? manifest : undefined;
  } catch {
    return undefined;
  }
}

/** Size of a file, or -1 when there is no such file. */
export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? -1;
}

/** sha256 of a file in hexadecimal, read as a stream. */
export async function sha256Of(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash, { signal });
  return hash.digest('hex');
}

/** The first file of a record that is missing or has another size; `undefined` when all are there. */
export function firstWrongSize(folder: string, files: Record<string, FileRecord>): string | undefined {
  return Object.entries(files).find(([path, record]) => sizeOf(join(folder, path)) !== record.size)?.[0];
}

/** The first file of a record that differs in size or content; `undefined` when all are as they were. */
export async function firstChanged(
  folder: string,
  files: Record<string, FileRecord>,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const wrong = firstWrongSize(folder, files);
  if (wrong !== undefined) return wrong;
  for (const [path, record] of Object.entries(files)) {
    if ((await sha256Of(join(folder, path), signal)) !== record.sha256) return path;
  }
  return undefined;
}
