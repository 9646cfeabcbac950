/**
 * Finds the binding sources of tfjs-node-gpu, which are compiled together with ours.
 *
 * tfjs-node-gpu is an optional dependency: npm drops it when its install script fails. Then its published
 * archive is fetched with npm, checked against the sha512 below, and only its sources are taken out. Its
 * install script never runs.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { downloadsFolder, type StepContext } from './download.js';
import { SetupError } from './errors.js';
import { findProgram, packageRoot, TFJS_VERSION } from './paths.js';
import { run } from './process.js';

const PACKAGE = '@tensorflow/tfjs-node-gpu';
const ARCHIVE = `tensorflow-tfjs-node-gpu-${TFJS_VERSION}.tgz`;
/** The integrity that the npm registry publishes for this version. */
const SHA512 = 'p//NN6DGiN4hInUmIkRffaFVMcdTREUMjPyjW04J7OXvB2zBlQimj61eFKSgRrH3f5TnOfKzb0n56he/B6a4bw==';
/** The files that `native/keras_node.cc` includes by name. */
const NEEDED = ['tfjs_backend.cc', 'tfjs_binding.cc'];

/** How the sources are looked for; tests replace the parts. */
export interface SourceOptions {
  /** Folder from which the installed package is resolved. */
  from?: string;
  /** sha512 of the archive in base64. */
  sha512?: string;
}

/** The `binding` folder of the installed tfjs-node-gpu, or `undefined` when it is not installed. */
export function installedBinding(from: string = packageRoot): string | undefined {
  try {
    const manifest = createRequire(join(from, 'package.json')).resolve(`${PACKAGE}/package.json`);
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
    const folder = join(dirname(manifest), 'binding');
    const whole = version === TFJS_VERSION && NEEDED.every((file) => existsSync(join(folder, file)));
    return whole ? folder : undefined;
  } catch {
    return undefined;
  }
}

/** Folder of the Node-API headers, a dependency of this package. */
export function nodeApiHeaders(): string {
  const manifest = createRequire(join(packageRoot, 'package.json')).resolve('node-api-headers/package.json');
  return join(dirname(manifest), 'include');
}

/**
 * The folder with tfjs-node-gpu's binding sources.
 *
 * @param work A folder for what has to be fetched.
 * @throws SetupError when the package is not installed and cannot be fetched either.
 */
export async function tfjsBinding(
  work: string,
  context: StepContext,
  { from, sha512 = SHA512 }: SourceOptions = {},
): Promise<string> {
  const installed = installedBinding(from);
  if (installed !== undefined) return installed;

  const archive = join(downloadsFolder(context.root), ARCHIVE);
  if (existsSync(archive) && sha512Of(archive) !== sha512) rmSync(archive);
  if (!existsSync(archive)) await fetchArchive(archive, work, sha512, context);

  const folder = join(work, 'tfjs');
  mkdirSync(folder, { recursive: true });
  // Unzipped here, since tar would need the program gzip for it.
  const plain = join(work, 'tfjs.tar');
  writeFileSync(plain, gunzipSync(readFileSync(archive)));
  const tarArguments = ['-xf', plain, '-C', folder, 'package/binding'];
  const { status, tail } = await run('tar', tarArguments, { signal: context.signal });
  if (status !== 0) {
    throw new SetupError(
      status === 127 ? 'The program tar is needed and not on PATH.' : `${ARCHIVE} cannot be unpacked.`,
      status === 127
        ? "Install tar with your system's package manager, and run the command again."
        : `Remove ${archive}, and run the command again.`,
      tail,
    );
  }
  return join(folder, 'package', 'binding');
}

async function fetchArchive(
  archive: string,
  work: string,
  sha512: string,
  context: StepContext,
): Promise<void> {
  const what = `${PACKAGE}@${TFJS_VERSION}`;
  context.reporter.say(`Fetching the sources of ${what} with npm (npm left the optional dependency out)`);
  const npm = findProgram('npm');
  const byHand = `Install it (npm install --ignore-scripts ${what}), and run the command again.`;
  if (npm === undefined) {
    throw new SetupError(`${what} is not installed, and there is no npm on PATH to fetch it.`, byHand);
  }
  const { status, tail } = await run(npm, ['pack', what, '--ignore-scripts', '--pack-destination', work], {
    signal: context.signal,
    // Outside of any project, whose settings and workspaces would take part otherwise.
    cwd: work,
  });
  const fetched = join(work, ARCHIVE);
  if (status !== 0 || !existsSync(fetched)) {
    throw new SetupError(`npm cannot fetch ${what}.`, `Check the network and npm. ${byHand}`, tail);
  }
  const received = sha512Of(fetched);
  if (received !== sha512) {
    throw new SetupError(
      `${ARCHIVE} arrived damaged, or npm's registry gives another file under this name.`,
      'Run the command again; if it stays so, look at `npm config get registry`.',
      [`expected sha512 ${sha512}`, `received sha512 ${received}`],
    );
  }
  renameSync(fetched, archive);
}

/** Removes the fetched archive once the binding is built. */
export function forgetArchive(root: string): void {
  rmSync(join(root, 'downloads', ARCHIVE), { force: true });
}

function sha512Of(path: string): string {
  return createHash('sha512').update(readFileSync(path)).digest('base64');
}
