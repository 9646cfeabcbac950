/**
 * Programs that tests run in processes and threads of their own, each made one file. Loading the some 700 modules of the
 * sources one by one through tsx takes two seconds of processor time, which the suite would spend some 200 times.
 *
 * What the package loads by its path (the thread of HDF5) comes from `dist`, which `npm test` builds before.
 */
import { buildSync } from 'esbuild';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Within the package, so that the programs find the packages that it needs. */
const folder = join(root, 'node_modules', '.cache', 'keras-node-tests');
const made = new Map<string, string>();

/** Makes a program of a TypeScript file of the package, once, and gives the path of the file to run. */
export function bundled(source: string): string {
  const name = relative(root, source).replaceAll(/[\\/]/g, '--').replace(/\.ts$/, '');
  let file = made.get(name);
  if (file === undefined) made.set(name, (file = make(source, name)));
  return file;
}

function make(source: string, name: string): string {
  const file = join(folder, `${name}.js`);
  // The suite runs in several processes, which make the same: each puts a whole file in the place.
  const temporary = join(folder, `${name}-${process.pid}.js`);
  mkdirSync(folder, { recursive: true });
  try {
    buildSync({
      entryPoints: [source], outfile: temporary, bundle: true, packages: 'external', platform: 'node', target: 'node20', format: 'esm',
      logLevel: 'error',
    });
    renameSync(temporary, file);
  } finally {
    rmSync(temporary, { force: true });
  }
  return file;
}
