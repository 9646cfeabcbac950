/**
 * h5wasm in two files: its JavaScript, and what it runs in WebAssembly. As it is published, the latter is a text of 4 MB
 * in the former, and reading that takes half of the time that h5wasm takes to load.
 */
import type { Plugin } from 'esbuild';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const WASM = 'hdf5.wasm';
/** Where Emscripten's JavaScript has the program: as a string of one character for each byte. */
const PROGRAM = /\bbinaryDecode\(('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\)/s;

/** What a program of WebAssembly begins with. */
const MAGIC = 0x0061736d;

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
      if (call === undefined || bytes?.readUInt32BE() !== MAGIC) {
        throw new Error(`${path} holds no program as it did in h5wasm 0.10: see scripts/h5wasm-apart.ts.`);
      }
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, WASM), bytes);
      const licence = readFileSync(join(dirname(path), '..', '..', 'LICENSE.txt'), 'utf8');
      writeFileSync(join(folder, 'LICENSE-h5wasm.txt'),
        `keras-node has h5wasm in it, changed in that its program is a file of its own (${WASM}).\n\n${licence}`);
      const read = `new Uint8Array(readProgram(new URL('${WASM}', import.meta.url)))`;
      return { contents: `import { readFileSync as readProgram } from 'node:fs';\n${source.replace(call, () => read)}`, loader: 'js' };
    });
  },
});
