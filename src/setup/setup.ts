/**
 * `keras-node setup`: makes the native runtime of this machine.
 *
 * It fetches libtensorflow, takes out what is needed, compiles the binding and leaves both in the cache
 * folder. Each part appears there complete or not at all, a second run finds everything done, and two runs at
 * once wait for each other.
 */
import { existsSync } from 'node:fs';
import { makeBinding } from './binding.js';
import { compilerMissing, findCompiler } from './compile.js';
import { nvidiaDriver } from './driver.js';
import { explainFileError, SetupError } from './errors.js';
import { provideLibrary } from './library.js';
import { takeLock } from './lock.js';
import { cacheRoot, nativeFolder, TENSORFLOW_VERSION, type RuntimeKind } from './paths.js';
import { finishedRuntime, type Runtime } from './runtime.js';
import type { Reporter } from './reporter.js';
import type { SourceOptions } from './sources.js';
import { wheelSet, type WheelSet } from './wheels.js';
import { prepareRoot, sweep } from './workspace.js';

export interface SetupOptions {
  /** Which build; without it, the one with CUDA where an NVIDIA driver is present. */
  kind?: RuntimeKind;
  /** Check what is there byte by byte, replace what is damaged, and compile again. */
  force?: boolean;
  reporter: Reporter;
  signal: AbortSignal;
  /** The wheels of each kind; the pinned ones of this processor by default. */
  wheels?: (kind: RuntimeKind) => WheelSet | undefined;
  /** Where tfjs-node-gpu's sources come from. */
  sources?: SourceOptions;
}

/** A runtime that is set up, and whether it was there already. */
export interface SetupResult {
  runtime: Runtime;
  alreadyDone: boolean;
}

/**
 * Sets the runtime up.
 *
 * @throws SetupError with the next step when it cannot be done; the reason of `signal` when that is aborted.
 */
export async function setup(options: SetupOptions): Promise<SetupResult> {
  const { reporter, signal, force = false, sources = {} } = options;
  const root = cacheRoot();

  // 1. what to make
  requirePlatform();
  const driver = nvidiaDriver();
  const kind = options.kind ?? chosenKind(driver !== undefined);
  const wheels = (options.wheels ?? wheelSet)(kind);
  if (wheels === undefined) throw noWheels(kind);
  if (kind === 'gpu' && driver === undefined) {
    reporter.warn('no NVIDIA driver is present; the build with CUDA computes on the CPU until there is one.');
  }

  // 2. nothing to do?
  const present = force ? undefined : finishedRuntime(kind, root);
  if (present !== undefined) return { runtime: present, alreadyDone: true };

  // 3. one at a time
  prepareRoot(root);
  const waiting = (pid: number) => reporter.say(`Waiting for the set-up in process ${pid} to end`);
  const lock = await takeLock(root, waiting, signal);
  try {
    sweep(root);
    const madeByOther = force ? undefined : finishedRuntime(kind, root);
    if (madeByOther !== undefined) return { runtime: madeByOther, alreadyDone: true };

    // 4. the compiler first: better to learn now than after the download that there is none
    const compiler = await findCompiler(signal);
    if (compiler === undefined) throw compilerMissing();

    // 5. both parts
    const library = await provideLibrary({ root, reporter, signal, kind, wheels, force });
    await makeBinding({ root, reporter, signal, kind, compiler, library, sources });
    const runtime = finishedRuntime(kind, root);
    if (runtime !== undefined) return { runtime, alreadyDone: false };
    throw new SetupError(`Something else changed the cache folder ${root}.`, 'Run the command again.');
  } catch (error) {
    throw explainFileError(error, root);
  } finally {
    // While we hold the lock, every folder of work in progress is ours.
    sweep(root);
    lock.release();
  }
}

/** TensorFlow publishes its build with CUDA for x64 only. */
function chosenKind(hasDriver: boolean): RuntimeKind {
  return hasDriver && wheelSet('gpu') !== undefined ? 'gpu' : 'cpu';
}

function requirePlatform(): void {
  const { platform, arch } = process;
  const wasm = 'Use the wasm backend, which needs no set-up: KERAS_BACKEND=wasm.';
  if (platform !== 'linux') {
    throw new SetupError(`TensorFlow is fetched for Linux only; this is ${platform} on ${arch}.`, wasm);
  }
  // A library that was built for glibc does not load with musl.
  if (existsSync('/etc/alpine-release')) {
    throw new SetupError("TensorFlow's library needs glibc, and Alpine Linux has musl.", wasm);
  }
  if (!existsSync(nativeFolder)) {
    throw new SetupError(
      `The folder ${nativeFolder} of this package is missing.`,
      'Install the package again: npm install keras-node',
    );
  }
}

function noWheels(kind: RuntimeKind): SetupError {
  return new SetupError(
    `There is no TensorFlow ${TENSORFLOW_VERSION} for ${kind} on ${process.platform} ${process.arch}.`,
    kind === 'gpu' && wheelSet('cpu') !== undefined
      ? 'Set the CPU build up: npx keras-node setup --cpu'
      : 'Use the wasm backend, which needs no set-up: KERAS_BACKEND=wasm.',
  );
}
