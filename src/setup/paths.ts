/**
 * Where things lie: the package, the per-user cache and what is in it.
 *
 * Layout of the cache folder:
 * ```
 * libtensorflow-2.21.0-cpu/   tensorflow/ as in Python's site-packages, with complete.json
 * libtensorflow-2.21.0-gpu/   the same with nvidia/<part>/ beside tensorflow/
 * binding-<key>/              keras_node.node with complete.json
 * downloads/                  fetched wheels, until they are unpacked
 * tmp-<pid>-<random>/         work in progress; renamed into place when complete
 * lock                        the process that is setting up
 * ```
 */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Version of libtensorflow that the native sources are written against. */
export const TENSORFLOW_VERSION = '2.21.0';
/** Version of tfjs-node-gpu whose binding sources are compiled together with ours. */
export const TFJS_VERSION = '4.22.0';

/** Which build of libtensorflow: with or without CUDA. */
export type RuntimeKind = 'cpu' | 'gpu';

/** Folder of this package: the nearest one up from here, in `src/` (run by tsx) or in a file of `dist/`, with a package.json. */
export const packageRoot = findRoot(dirname(fileURLToPath(import.meta.url)));

function findRoot(folder: string): string {
  const up = dirname(folder);
  return up === folder || existsSync(join(folder, 'package.json')) ? folder : findRoot(up);
}

/** Folder of our own native sources. */
export const nativeFolder = join(packageRoot, 'native');

/** The version in package.json. */
export function packageVersion(): string {
  const text = readFileSync(join(packageRoot, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** The cache folder: `KERAS_NODE_CACHE`, else `$XDG_CACHE_HOME/keras-node`, else `~/.cache/keras-node`. */
export function cacheRoot(env: NodeJS.ProcessEnv = process.env): string {
  if (env.KERAS_NODE_CACHE) return resolve(env.KERAS_NODE_CACHE);
  // The XDG specification says that a relative path here is to be ignored.
  const xdg = env.XDG_CACHE_HOME;
  if (xdg && isAbsolute(xdg)) return join(xdg, 'keras-node');
  return join(homedir(), '.cache', 'keras-node');
}

/** Name of the folder of libtensorflow; other processors than x64 have their own, for shared home folders. */
export function libraryName(kind: RuntimeKind): string {
  return `libtensorflow-${TENSORFLOW_VERSION}-${kind}${process.arch === 'x64' ? '' : `-${process.arch}`}`;
}

/** Folders where the dynamic linker of common distributions looks besides the compiled-in paths. */
export function systemLibraryFolders(env: NodeJS.ProcessEnv = process.env): string[] {
  const triplet = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
  return [
    ...(env.LD_LIBRARY_PATH ?? '').split(':').filter((folder) => folder !== ''),
    `/usr/lib/${triplet}`,
    `/lib/${triplet}`,
    '/usr/lib64',
    '/usr/lib',
    '/usr/local/lib',
    '/usr/lib/wsl/lib',
    '/usr/local/nvidia/lib64',
    '/usr/local/cuda/lib64',
    '/run/opengl-driver/lib',
  ];
}

/** Full path of a program on PATH, or `undefined`. */
export function findProgram(name: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (name.includes('/')) return existsSync(name) ? resolve(name) : undefined;
  for (const folder of (env.PATH ?? '').split(':')) {
    if (folder === '') continue;
    const path = join(folder, name);
    if (existsSync(path)) return path;
  }
  return undefined;
}
