/**
 * h5wasm in two files: its JavaScript, and what it runs in WebAssembly. As it is published, the latter is a text of 4 MB
 * in the former, and reading that takes half of the time that h5wasm takes to load.
 *
 * Most of the other half goes to HDF5's start, which registers some 200 conversions and so has each of them compiled. That
 * is done here, by Binaryen: the program in the package begins with the memory that it has after its start.
 */
import type { Plugin } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROGRAM_FILE } from '../src/saving/h5/program.js';

/** Where Emscripten's JavaScript has the program: as a string of one character for each byte. */
const PROGRAM = /\bbinaryDecode\(('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\)/s;
/** Where it takes what its user has to say, such as how the program is to be started. */
const OPTIONS = 'var Module=moduleArg;';

/** What a program of WebAssembly begins with. */
const MAGIC = 0x0061736d;

/** Of HDF5: what starts it, where nothing has. */
const START = 'H5open';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Takes h5wasm into the bundle. What it runs goes into `folder`, where the file that loads it goes too. */
export const h5wasmApart = (folder: string): Plugin => ({
  name: 'h5wasm-apart',
  setup(build) {
    const entry = fileURLToPath(import.meta.resolve('h5wasm'));
    build.onResolve({ filter: /^h5wasm$/ }, () => ({ path: entry }));
    build.onLoad({ filter: /[\\/]h5wasm[\\/]dist[\\/]esm[\\/]hdf5_util\.js$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      const [call, literal] = PROGRAM.exec(source) ?? [];
      const bytes = literal === undefined ? undefined : Buffer.from(new Function(`return ${literal}`)() as string, 'latin1');
      if (call === undefined || bytes?.readUInt32BE() !== MAGIC || !source.includes(OPTIONS)) {
        throw new Error(`${path} holds no program as it did in h5wasm 0.10: see scripts/h5wasm-apart.ts.`);
      }
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, PROGRAM_FILE), started(bytes));
      const licence = readFileSync(join(dirname(path), '..', '..', 'LICENSE.txt'), 'utf8');
      writeFileSync(join(folder, 'LICENSE-h5wasm.txt'),
        `keras-node has h5wasm in it, changed in that its program is a file of its own (${PROGRAM_FILE}), which begins with ` +
        `HDF5 started.\n\n${licence}`);
      const starter = JSON.stringify(join(root, 'src', 'saving', 'h5', 'program.ts'));
      const contents = source.replace(call, () => 'undefined')
        .replace(OPTIONS, () => 'var Module={instantiateWasm:startProgram,...moduleArg};');
      return { contents: `import { startProgram } from ${starter};\n${contents}`, loader: 'js', resolveDir: root };
    });
  },
});

/** The program with HDF5 started. Kept between builds: it takes some seconds. */
function started(program: Uint8Array): Uint8Array {
  const binaryen = fileURLToPath(new URL('../node_modules/binaryen/', import.meta.url));
  const { version } = JSON.parse(readFileSync(join(binaryen, 'package.json'), 'utf8')) as { version: string };
  const key = createHash('sha256').update(version).update(program).digest('hex').slice(0, 16);
  const cache = join(root, 'node_modules', '.cache', 'keras-node');
  const kept = join(cache, `hdf5-started-${key}.wasm`);
  if (!existsSync(kept)) {
    mkdirSync(cache, { recursive: true });
    const [before, after] = [join(cache, `${process.pid}-before.wasm`), join(cache, `${process.pid}-after.wasm`)];
    writeFileSync(before, program);
    // Emscripten gives programs an environment of its own making, which says nothing to HDF5.
    const said = execFileSync(process.execPath, [
      join(binaryen, 'bin', 'wasm-ctor-eval'), before, '-o', after, `--ctors=${START}`, `--kept-exports=${START}`,
      '--ignore-external-input', ...FEATURES.map((feature) => `--enable-${feature}`),
    ], { encoding: 'utf8' });
    if (!said.includes(`success on ${START}`)) throw new Error(`HDF5 cannot be started at build time:\n${said}`);
    rmSync(before);
    renameSync(after, kept);
  }
  return readFileSync(kept);
}

/** What programs of Emscripten 4 use of WebAssembly. */
const FEATURES = [
  'bulk-memory', 'bulk-memory-opt', 'mutable-globals', 'nontrapping-float-to-int', 'sign-ext', 'multivalue', 'reference-types',
];
