/**
 * Finds the native runtime that `keras-node setup` has made.
 *
 * This runs whenever the package starts, so it is synchronous, imports nothing heavy and starts no process:
 * a hash over some 30 kB of sources, one small JSON file and a few `stat` calls.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { nvidiaDriver } from './driver.js';
import { readManifest, sizeOf, type BindingManifest } from './manifest.js';
import { cacheRoot, nativeFolder, TENSORFLOW_VERSION, TFJS_VERSION, type RuntimeKind } from './paths.js';
import { CUDA_COMPILER_FOLDER, wheelSet } from './wheels.js';

/** A runtime that is ready to be loaded. */
export interface Runtime {
  /** The compiled binding, for `process.dlopen`. */
  binding: string;
  /** Folder with libtensorflow_cc.so.2 and libtensorflow_framework.so.2. */
  tensorflow: string;
  kind: RuntimeKind;
  /** Version of TensorFlow. */
  version: string;
  /** Folder with `bin/ptxas` and `nvvm/libdevice` for `--xla_gpu_cuda_data_dir` (builds with CUDA only). */
  cudaDataDir?: string;
}

/** Why there is no runtime, in one sentence, and the command which mends it. */
export interface MissingRuntime {
  missing: string;
  command: string;
}

/** Part of the key that changes when the way of compiling changes. */
const RECIPE = 2;

let nativeHash: string | undefined;

/**
 * Names the build of the binding: it changes with our sources, the versions and the processor.
 *
 * @throws when the native sources of the package cannot be read.
 */
export function bindingKey(kind: RuntimeKind): string {
  if (nativeHash === undefined) {
    const hash = createHash('sha256');
    for (const name of nativeSources()) {
      hash.update(`${name}\0`).update(readFileSync(join(nativeFolder, name))).update('\0');
    }
    nativeHash = hash.digest('hex');
  }
  const parts = [nativeHash, RECIPE, TFJS_VERSION, TENSORFLOW_VERSION, kind, process.arch];
  return createHash('sha256').update(parts.join(' ')).digest('hex').slice(0, 16);
}

/** File names of our native sources and headers, sorted. */
export function nativeSources(): string[] {
  return readdirSync(nativeFolder).filter((name) => /\.(cc|h)$/.test(name)).toSorted();
}

/** Folder of the compiled binding in the cache. */
export function bindingFolder(kind: RuntimeKind, root: string = cacheRoot()): string {
  return join(root, `binding-${bindingKey(kind)}`);
}

/**
 * The runtime to load, or the reason why there is none.
 *
 * Order: `KERAS_NODE_BINDING` (path of a `.node` file); the build with CUDA where an NVIDIA driver is
 * present; the CPU build; the build with CUDA without a driver, which then computes on the CPU.
 *
 * @param options.device `'gpu'` takes the build with CUDA only; `'cpu'` prefers the CPU build.
 */
export function locateRuntime(options: { device?: RuntimeKind } = {}): Runtime | MissingRuntime {
  const named = process.env.KERAS_NODE_BINDING;
  if (named) return namedRuntime(resolve(named), options.device);

  if (wheelSet('cpu') === undefined || process.platform !== 'linux') {
    const { platform, arch } = process;
    return {
      missing: `TensorFlow's library is fetched for Linux on x64 and arm64; this is ${platform} on ${arch}.`,
      command: 'export KERAS_BACKEND=wasm',
    };
  }
  if (!existsSync(nativeFolder)) {
    return { missing: `The folder ${nativeFolder} is missing.`, command: 'npm install keras-node' };
  }

  const root = cacheRoot();
  for (const kind of kindsToTry(options.device)) {
    const runtime = finishedRuntime(kind, root);
    if (runtime !== undefined) return runtime;
  }
  return options.device === 'gpu'
    ? { missing: 'The TensorFlow runtime with CUDA is not set up.', command: 'npx keras-node setup --gpu' }
    : { missing: 'The TensorFlow runtime is not set up.', command: 'npx keras-node setup' };
}

function kindsToTry(device: RuntimeKind | undefined): RuntimeKind[] {
  if (device === 'gpu') return ['gpu'];
  if (device === 'cpu') return ['cpu', 'gpu'];
  return nvidiaDriver() === undefined ? ['cpu', 'gpu'] : ['gpu', 'cpu'];
}

/** The finished runtime of one kind in a cache folder, or `undefined` when a part of it is missing. */
export function finishedRuntime(kind: RuntimeKind, root: string = cacheRoot()): Runtime | undefined {
  const folder = bindingFolder(kind, root);
  const manifest = readManifest<BindingManifest>(folder);
  if (manifest === undefined || manifest.kind !== kind) return undefined;
  const binding = join(folder, manifest.binding.file);
  if (sizeOf(binding) !== manifest.binding.size) return undefined;

  const library = join(root, manifest.library.folder);
  for (const [path, size] of Object.entries(manifest.library.files)) {
    if (sizeOf(join(library, path)) !== size) return undefined;
  }
  return describe(binding, library, kind, manifest.tensorflow);
}

function describe(binding: string, library: string, kind: RuntimeKind, version: string): Runtime {
  const runtime: Runtime = { binding, tensorflow: join(library, 'tensorflow'), kind, version };
  return kind === 'gpu' ? { ...runtime, cudaDataDir: join(library, CUDA_COMPILER_FOLDER) } : runtime;
}

/** The runtime that `KERAS_NODE_BINDING` names: out of a cache of ours, or built by other means. */
function namedRuntime(binding: string, device: RuntimeKind | undefined): Runtime | MissingRuntime {
  if (!existsSync(binding)) {
    return {
      missing: `KERAS_NODE_BINDING names ${binding}, which does not exist.`,
      command: 'unset KERAS_NODE_BINDING',
    };
  }
  const folder = dirname(binding);
  const manifest = readManifest<BindingManifest>(folder);
  if (manifest?.binding?.file === basename(binding)) {
    const library = join(dirname(folder), manifest.library.folder);
    return describe(binding, library, manifest.kind, manifest.tensorflow);
  }
  // Nothing is known of it; it is expected to find its libraries by itself.
  return { binding, tensorflow: folder, kind: device ?? 'cpu', version: TENSORFLOW_VERSION };
}
