/**
 * Fetches wheels into the `downloads` folder of the cache.
 *
 * A wheel that was fetched whole stays there until it is unpacked, and is used again after its sha256 was
 * checked; so an interrupted set-up goes on with the next wheel. pip cannot go on within a file: a wheel that
 * was cut off is fetched again from its start. Wheels put into the folder by hand are used the same way, for
 * machines without network.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from './errors.js';
import { sha256Of, sizeOf } from './manifest.js';
import { explainPip, type Pip } from './pip.js';
import { run } from './process.js';
import type { Reporter } from './reporter.js';
import type { Wheel } from './wheels.js';
import { workFolder } from './workspace.js';

/** What one step of the set-up works with. */
export interface StepContext {
  root: string;
  reporter: Reporter;
  signal: AbortSignal;
}

const WATCH_MS = 200;

/** Folder of fetched files in the cache. */
export function downloadsFolder(root: string): string {
  const folder = join(root, 'downloads');
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** The wheels that are not in the downloads folder whole; damaged ones are removed from there. */
export async function missingWheels(
  wheels: readonly Wheel[],
  { root, reporter, signal }: StepContext,
): Promise<Wheel[]> {
  const folder = downloadsFolder(root);
  const missing: Wheel[] = [];
  for (const wheel of wheels) {
    const path = join(folder, wheel.file);
    if (!existsSync(path)) {
      missing.push(wheel);
    } else if ((await sha256Of(path, signal)) === wheel.sha256) {
      reporter.say(`Already fetched: ${wheel.file}`);
    } else {
      reporter.warn(`${path} is damaged (its sha256 differs); it is fetched again.`);
      rmSync(path, { force: true });
      missing.push(wheel);
    }
  }
  return missing;
}

/**
 * Fetches one wheel with pip and checks its sha256.
 *
 * @throws SetupError when pip fails or the file is not the published one.
 */
export async function fetchWheel(wheel: Wheel, pip: Pip, context: StepContext): Promise<void> {
  const { root, reporter, signal } = context;
  const work = workFolder(root);
  const temporary = join(work, 'pip');
  const arrived = join(work, 'wheel');
  mkdirSync(temporary);
  // A requirements file is the only place where pip takes a hash; with it, pip refuses any other file.
  const requirements = join(work, 'requirements.txt');
  writeFileSync(requirements, `${wheel.name}==${wheel.version} --hash=sha256:${wheel.sha256}\n`);

  const what = `${wheel.name} ${wheel.version}`;
  const progress = await reporter.progress(`Fetching ${what}`, wheel.size);
  let complete = false;
  // pip writes the file below TMPDIR while it arrives. Watching it grow works with every version of pip,
  // whereas `--progress-bar raw` needs 24.1.
  const watch = setInterval(() => progress.update(largestFile(temporary)), WATCH_MS);
  try {
    const { status, tail } = await run(pip.python, pipArguments(wheel, requirements, arrived), {
      signal,
      env: { ...process.env, TMPDIR: temporary, PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_NO_INPUT: '1' },
    });
    if (status !== 0) throw explainPip(what, tail, root);
    const path = join(arrived, wheel.file);
    if (sizeOf(path) < 0) {
      throw explainPip(what, [`Expected ${wheel.file}.`, ...tail], root);
    }
    await requireHash(path, wheel, signal);
    renameSync(path, join(downloadsFolder(root), wheel.file));
    complete = true;
  } finally {
    clearInterval(watch);
    progress.stop(complete);
    rmSync(work, { recursive: true, force: true });
  }
}

function pipArguments(wheel: Wheel, requirements: string, folder: string): string[] {
  const options = {
    // The wheel's tags, not those of the Python at hand.
    '--python-version': '3.11',
    '--implementation': 'cp',
    '--platform': wheel.platform,
    '--progress-bar': 'off',
    '--dest': folder,
    '--requirement': requirements,
  };
  // pip's own cache would hold a second and a third copy of up to 3 GB while it works.
  const flags = ['--no-deps', '--only-binary=:all:', '--no-cache-dir'];
  return ['-m', 'pip', 'download', ...flags, ...Object.entries(options).flat()];
}

async function requireHash(path: string, wheel: Wheel, signal: AbortSignal): Promise<void> {
  const received = await sha256Of(path, signal);
  if (received === wheel.sha256) return;
  throw new SetupError(
    `${wheel.file} arrived damaged, or the package index gives another file under this name.`,
    'Run the command again; if it stays so, look at the index that `python3 -m pip config list` shows.',
    [`expected sha256 ${wheel.sha256}`, `received sha256 ${received}`],
  );
}

function largestFile(folder: string): number {
  let largest = 0;
  try {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      largest = Math.max(largest, statSync(join(entry.parentPath, entry.name)).size);
    }
  } catch {
    // pip removes files while they are listed; the next look will do.
  }
  return largest;
}
