/**
 * Second half of `npm run build`: what a program loads becomes a few files. tsc, the first half,
 * emits declarations alone. Loading each of the some 700 modules by itself took Node
 * 0.4 s of processor time, three times what it takes to run them.
 */
import { build, type BuildOptions, type Plugin } from 'esbuild';
import { readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { h5wasmApart } from './h5wasm-apart.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

/** Modules that are loaded by their path: the package's own faces first, then what benchmarks and parity look at. */
const ENTRIES = [
  'index', 'backend/conformance', 'cli/main',
  'backend/tensorflow/backend', 'backend/tensorflow/binding', 'engine/context', 'ops/define', 'setup/runtime', 'utils/arguments',
];

// What an earlier build has left, and this one would not overwrite.
for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
  if (/\.c?js(\.map)?$/.test(name)) rmSync(join(dist, name));
}

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  // The sources are in the package.
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'warning',
} satisfies BuildOptions;

await build({
  ...common,
  entryPoints: ENTRIES.map((name) => ({ in: `src/${name}.ts`, out: name })),
  outdir: 'dist',
  chunkNames: 'chunks/[name]-[hash]',
  splitting: true,
  packages: 'external',
  format: 'esm',
});

/** Files of the thread of HDF5, by the ends of their names: what it does, the libraries of which it needs one at a time. */
const THREAD = { worker: 'src/saving/h5/worker.ts', program: 'src/saving/h5/program.ts', jsfive: 'jsfive', h5wasm: 'h5wasm' };

/** Leaves what has a file of its own there. */
const apart: Plugin = {
  name: 'apart',
  setup({ onResolve }) {
    onResolve({ filter: /^(jsfive|h5wasm)$|\/program\.[jt]s$/ }, ({ path, kind }) =>
      kind === 'entry-point' ? undefined : { path: `./${basename(path).replace(/\..*/, '')}.cjs`, external: true });
  },
};

// The start of the thread is waited for. CommonJS in few and small files takes half the time.
await build({
  ...common,
  entryPoints: Object.entries(THREAD).map(([out, file]) => ({ in: file, out })),
  outdir: 'dist/saving/h5',
  outExtension: { '.js': '.cjs' },
  plugins: [apart, h5wasmApart(join(dist, 'chunks'))],
  format: 'cjs',
  minify: true,
  supported: { 'dynamic-import': false },
  // Of use to Emscripten in browsers.
  define: { 'import.meta.url': 'undefined' },
});
