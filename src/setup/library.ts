/** libtensorflow in the cache: found whole, or fetched and unpacked. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { downloadsFolder, fetchWheel, missingWheels, type StepContext } from './download.js';
import { SetupError } from './errors.js';
import {
  firstChanged, firstWrongSize, readManifest, writeManifest, type FileRecord, type LibraryManifest,
} from './manifest.js';
import { libraryName, TENSORFLOW_VERSION, type RuntimeKind } from './paths.js';
import { findPip, pipMissing } from './pip.js';
import { openWheel } from './unpack.js';
import { isWanted, type Wheel, type WheelSet } from './wheels.js';
import { publish, requireSpace, workFolder } from './workspace.js';

/** What `provideLibrary` is to provide. */
export interface LibraryPlan extends StepContext {
  kind: RuntimeKind;
  wheels: WheelSet;
  /** Compare what is in the cache byte by byte, not by size alone. */
  force: boolean;
}

/**
 * The record of libtensorflow in the cache, fetched first where it is missing or damaged.
 *
 * @throws SetupError when it cannot be fetched or unpacked.
 */
export async function provideLibrary(plan: LibraryPlan): Promise<LibraryManifest> {
  return (await usableLibrary(plan)) ?? makeLibrary(plan);
}

/** Folder of libtensorflow in the cache. */
export function libraryFolder({ root, kind }: { root: string; kind: RuntimeKind }): string {
  return join(root, libraryName(kind));
}

async function usableLibrary(plan: LibraryPlan): Promise<LibraryManifest | undefined> {
  const folder = libraryFolder(plan);
  const manifest = readManifest<LibraryManifest>(folder);
  if (manifest === undefined) return undefined;
  const wrong = plan.force
    ? await firstChanged(folder, manifest.files, plan.signal)
    : firstWrongSize(folder, manifest.files);
  if (wrong === undefined) {
    plan.reporter.say(`libtensorflow ${manifest.tensorflow} (${manifest.kind}) is in the cache and whole`);
    return manifest;
  }
  plan.reporter.warn(`${join(folder, wrong)} is missing or damaged; libtensorflow is fetched again.`);
  return undefined;
}

async function makeLibrary(plan: LibraryPlan): Promise<LibraryManifest> {
  const { kind, root, reporter, wheels } = plan;

  // 1. fetch what is not in the downloads folder
  const missing = await missingWheels(wheels.wheels, plan);
  requireSpace(root, roomFor(missing, wheels));
  if (missing.length > 0) {
    const pip = await findPip(plan.signal);
    if (pip === undefined) throw pipMissing();
    for (const wheel of missing) await fetchWheel(wheel, pip, plan);
  }

  // 2. take out what is needed
  const work = workFolder(root);
  const files: Record<string, FileRecord> = {};
  for (const wheel of wheels.wheels) Object.assign(files, await unpackWheel(wheel, work, plan));
  const absent = wheels.required.find((path) => !(path in files));
  if (absent !== undefined) {
    throw new SetupError(
      `The wheels of TensorFlow do not hold ${absent}.`,
      'Report this, naming the versions: this package expects another layout of them.',
      wheels.wheels.map((wheel) => wheel.file),
    );
  }

  // 3. put it in place
  const manifest: LibraryManifest = {
    format: 1,
    kind,
    tensorflow: TENSORFLOW_VERSION,
    arch: process.arch,
    created: new Date().toISOString(),
    wheels: wheels.wheels.map(({ file, sha256 }) => ({ file, sha256 })),
    files,
  };
  writeManifest(work, manifest);
  publish(work, libraryFolder(plan));
  for (const { file } of wheels.wheels) rmSync(join(downloadsFolder(root), file), { force: true });
  reporter.say(`Unpacked ${Object.keys(files).length} files to ${libraryFolder(plan)}`);
  return manifest;
}

function roomFor(missing: readonly Wheel[], wheels: WheelSet): number {
  const arriving = missing.reduce((sum, wheel) => sum + wheel.size, 0);
  // pip writes a wheel to its temporary folder and then copies it to its destination.
  const largest = Math.max(0, ...missing.map((wheel) => wheel.size));
  return arriving + largest + wheels.unpackedSize;
}

async function unpackWheel(
  { file, name, version }: Wheel,
  folder: string,
  { root, reporter, signal }: LibraryPlan,
): Promise<Record<string, FileRecord>> {
  const path = join(downloadsFolder(root), file);
  let complete = false;
  try {
    const wheel = await openWheel(path, isWanted);
    const progress = await reporter.progress(`Unpacking ${name} ${version}`, wheel.size);
    try {
      const files = await wheel.unpack(folder, signal, progress.update);
      complete = true;
      return files;
    } finally {
      progress.stop(complete);
      wheel.close();
    }
  } catch (error) {
    // A wheel that has the right hash and cannot be unpacked does not get better by keeping it.
    if (error instanceof SetupError) rmSync(path, { force: true });
    throw error;
  }
}
