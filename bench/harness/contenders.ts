/** Who takes part, and the command that starts each: keras-node, and the peers whose places were given. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Workload } from './workloads.js';

export const OURS = 'keras-node';

export interface Contender {
  readonly name: string;
  readonly command: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** Where the peers are; one that is left out takes no part. */
export interface Places {
  /** A Python with keras and tensorflow. */
  tfPython?: string;
  /** A Python with keras and jax. */
  jaxPython?: string;
  /** A folder made by `bench/peers/setup-tfjs.sh`. */
  tfjsDir?: string;
  /** A folder in which `npm install onnxruntime-node` was run. */
  onnxDir?: string;
  /** Also Python Keras with `jit_compile=True`. */
  xla: boolean;
  only?: readonly string[];
}

const bench = fileURLToPath(new URL('..', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

/** How our own worker is started. */
export interface OurWorker {
  readonly command: readonly string[];
  /** The worker that runs onnxruntime on models that keras-node exports. */
  readonly onnxCommand: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly runs: string;
  /** Something about the build that the reader must know. */
  readonly warning?: string;
}

/**
 * Our worker: on `dist/` where that is built, with the worker itself compiled too, so that the start-up time is that
 * of a user; else on the sources through tsx.
 */
export function prepareOurWorker(): OurWorker {
  const entry = join(root, 'dist', 'index.js');
  if (!existsSync(entry)) {
    return {
      command: [process.execPath, '--import', 'tsx', join(bench, 'workers', 'keras-node.ts')],
      onnxCommand: [process.execPath, '--import', 'tsx', join(bench, 'workers', 'onnxruntime.ts')],
      env: { BENCH_KERAS_NODE: pathToFileURL(join(root, 'src', 'index.ts')).href },
      runs: 'src/ through tsx',
      warning: 'dist/ is not built: start-up times hold the compilation. Run `npm run build` first.',
    };
  }
  const folder = mkdtempSync(join(tmpdir(), 'keras-node-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const workers = readdirSync(join(bench, 'workers'), { recursive: true, encoding: 'utf8' });
  const sources = workers.filter((name) => name.endsWith('.ts')).map((name) => join(bench, 'workers', name));
  // Types are checked by `npm run typecheck`; this emits the workers alone, and not what they import types from.
  execFileSync(process.execPath, [
    join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '--ignoreConfig', '--noCheck', '--noResolve', '--skipLibCheck',
    '--types', '', '--target', 'es2023', '--module', 'nodenext', '--verbatimModuleSyntax',
    '--rootDir', join(bench, 'workers'), '--outDir', folder, ...sources,
  ], { stdio: 'inherit' });
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}\n');
  const stale = newest(join(root, 'src')) > newest(join(root, 'dist'));
  return {
    command: [process.execPath, join(folder, 'keras-node.js')],
    onnxCommand: [process.execPath, join(folder, 'onnxruntime.js')],
    env: { BENCH_KERAS_NODE: pathToFileURL(entry).href },
    runs: 'dist/',
    ...(stale ? { warning: 'src/ is newer than dist/, which is what runs here. Run `npm run build` first.' } : {}),
  };
}

/** Time of the last change of a file in a folder. */
function newest(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Math.max(...files.map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs));
}

/** All who can do a workload, ours first. */
export function contendersFor(workload: Workload, ours: OurWorker, places: Places): Contender[] {
  const args = ['--workload', workload.name];
  const quiet = { TF_CPP_MIN_LOG_LEVEL: '3', KERAS_NODE_QUIET: '1' };
  const found: Contender[] = [{ name: OURS, command: [...ours.command, ...args], env: { ...quiet, ...ours.env } }];
  const python = (name: string, interpreter: string, backend: string, more: readonly string[] = []): void => {
    found.push({ name, env: quiet,
      command: [interpreter, join(bench, 'peers', 'keras.py'), '--backend', backend, ...args, ...more] });
  };
  if (places.tfPython && workload.peers.includes('keras-tf')) {
    python('keras-tf', places.tfPython, 'tensorflow');
    // What Keras calls 'auto' is no XLA on a CPU.
    if (places.xla && workload.name.endsWith('-train')) python('keras-tf-xla', places.tfPython, 'tensorflow', ['--jit', 'true']);
  }
  if (places.jaxPython && workload.peers.includes('keras-jax')) python('keras-jax', places.jaxPython, 'jax');
  if (places.tfjsDir && workload.peers.includes('tfjs')) {
    found.push({ name: 'tfjs', command: [process.execPath, join(bench, 'peers', 'tfjs.cjs'), ...args],
      env: { ...quiet, BENCH_TFJS_DIR: places.tfjsDir } });
  }
  if (places.onnxDir && workload.peers.includes('onnxruntime')) {
    found.push({ name: 'onnxruntime', command: [...ours.onnxCommand, ...args],
      env: { ...quiet, ...ours.env, BENCH_ONNX_DIR: places.onnxDir } });
  }
  return places.only ? found.filter(({ name }) => places.only!.includes(name)) : found;
}
