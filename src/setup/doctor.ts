/**
 * Looks at everything that the package needs on this machine, changes nothing, and says what is to mend.
 *
 * `keras-node doctor` prints what is found here.
 */
import { accessSync, constants, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { chosenBackend, type BackendChoice } from './backend-choice.js';
import { findCompiler, type Compiler } from './compile.js';
import { nvidiaDriver, type NvidiaDriver } from './driver.js';
import { firstWrongSize, readManifest, type LibraryManifest } from './manifest.js';
import {
  cacheRoot, libraryName, packageRoot, packageVersion, systemLibraryFolders, type RuntimeKind,
} from './paths.js';
import { findPip, type Pip } from './pip.js';
import { probe, type ProbeResult } from './probe.js';
import { locateRuntime } from './runtime.js';
import { CUDA_LIBRARIES, wheelSet } from './wheels.js';

/** Something to mend, and the command (or sentence) that mends it. */
export interface Problem {
  what: string;
  command: string;
}

/** A libtensorflow in the cache. */
export interface LibraryReport {
  kind: RuntimeKind;
  version: string;
  folder: string;
  bytes: number;
  /** The first file that is missing or has a wrong size. */
  damaged?: string;
}

/** The binding that would be loaded, and what came of trying. */
export interface BindingReport extends Partial<ProbeResult> {
  file: string;
  kind: RuntimeKind;
  failed?: string;
}

export interface DoctorReport {
  package: string;
  node: { version: string; supported: boolean };
  platform: string;
  cache: string;
  /** The backend that is wanted, and who chose it; `fallback` takes its place while it does not work. */
  backend: Omit<BackendChoice, 'invalid'> & { works: boolean; fallback?: 'wasm' };
  libraries: LibraryReport[];
  binding?: BindingReport;
  nvidiaDriver?: NvidiaDriver;
  /** CUDA libraries by name, with the path found; empty where neither a driver nor the build with CUDA is. */
  cuda: Record<string, string | null>;
  compiler?: Compiler;
  pip?: Pip;
  /** What keeps the chosen backend from working. */
  problems: Problem[];
  /** What could be better while all works. */
  advice: Problem[];
}

const OLDEST_NODE = 20;

/** Examines this machine. The binding is loaded in a process of its own. */
export async function diagnose(signal?: AbortSignal): Promise<DoctorReport> {
  const root = cacheRoot();
  const { invalid, ...backend } = chosenBackend();
  const [binding, compiler, pip] = await Promise.all([
    examineBinding(signal), findCompiler(signal), findPip(signal),
  ]);
  const driver = nvidiaDriver();
  const libraries = examineLibraries(root);
  const withCuda = driver !== undefined || libraries.some(({ kind }) => kind === 'gpu');
  const report: DoctorReport = {
    package: packageVersion(),
    node: { version: process.versions.node, supported: isSupported(process.versions.node) },
    platform: `${process.platform} ${process.arch}`,
    cache: root,
    backend: { ...backend, works: false },
    libraries,
    binding,
    nvidiaDriver: driver,
    cuda: withCuda ? findCudaLibraries(root) : {},
    compiler,
    pip,
    problems: [],
    advice: [],
  };
  if (invalid !== undefined) report.problems.push({ what: invalid, command: 'Mend or delete the file.' });
  report.problems.push(...findProblems(report));
  report.advice = findAdvice(report);
  report.backend.works = report.problems.length === 0;
  // Asked for in the environment, a backend must work; otherwise the package goes on with wasm.
  const replaceable = backend.name === 'tensorflow' && backend.chosenBy !== 'KERAS_BACKEND';
  if (binding === undefined && replaceable) report.backend.fallback = 'wasm';
  return report;
}

function isSupported(version: string): boolean {
  return Number.parseInt(version, 10) >= OLDEST_NODE;
}

function examineLibraries(root: string): LibraryReport[] {
  const reports: LibraryReport[] = [];
  for (const kind of ['cpu', 'gpu'] as const) {
    const folder = join(root, libraryName(kind));
    const manifest = readManifest<LibraryManifest>(folder);
    if (manifest === undefined) continue;
    const bytes = Object.values(manifest.files).reduce((sum, { size }) => sum + size, 0);
    const damaged = firstWrongSize(folder, manifest.files);
    reports.push({ kind, version: manifest.tensorflow, folder, bytes, damaged });
  }
  return reports;
}

async function examineBinding(signal?: AbortSignal): Promise<BindingReport | undefined> {
  const runtime = locateRuntime();
  if ('missing' in runtime) return undefined;
  const answer = await probe(runtime.binding, signal);
  const base = { file: runtime.binding, kind: runtime.kind };
  return 'failed' in answer ? { ...base, failed: answer.failed } : { ...base, ...answer };
}

function findCudaLibraries(root: string): Record<string, string | null> {
  const cached = join(root, libraryName('gpu'), 'nvidia');
  const found: Record<string, string | null> = {};
  const places = systemLibraryFolders();
  for (const [name, part] of [['libcuda.so.1', undefined] as const, ...Object.entries(CUDA_LIBRARIES)]) {
    // The build with CUDA looks beside itself first; only the driver's own library is the system's.
    const folders = part === undefined ? places : [join(cached, part, 'lib'), ...places];
    found[name] = folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
  }
  return found;
}

function findProblems(report: DoctorReport): Problem[] {
  const problems: Problem[] = [];
  if (!report.node.supported) {
    problems.push({
      what: `Node ${report.node.version} is too old; ${OLDEST_NODE} or newer is needed.`,
      command: 'Install a current version from https://nodejs.org',
    });
  }
  const { name } = report.backend;
  if (name === 'tensorflow') problems.push(...runtimeProblems(report));
  if (name === 'wasm' || name === 'cpu') {
    const dependency = `@tensorflow/tfjs-backend-${name}`;
    if (!isInstalled(dependency)) {
      problems.push({ what: `${dependency} is not installed.`, command: 'npm install keras-node' });
    }
  }
  return problems;
}

function runtimeProblems(report: DoctorReport): Problem[] {
  const problems: Problem[] = [];
  const used = report.binding;
  const damaged = report.libraries.filter((library) => library.damaged !== undefined);
  for (const { kind, folder, damaged: file } of damaged) {
    problems.push({
      what: `${join(folder, file!)} is missing or damaged.`,
      command: `npx keras-node setup --${kind} --force`,
    });
  }
  if (used === undefined) {
    const runtime = locateRuntime();
    if (damaged.length === 0 && 'missing' in runtime) {
      problems.push({ what: runtime.missing, command: runtime.command }, ...prerequisiteProblems(report));
    }
  } else if (used.failed !== undefined) {
    problems.push({
      what: `The binding ${used.file} does not load: ${used.failed}`,
      command: process.env.KERAS_NODE_BINDING
        ? 'unset KERAS_NODE_BINDING'
        : `npx keras-node setup --${used.kind} --force`,
    });
  } else if (used.kind === 'gpu' && report.nvidiaDriver !== undefined) {
    problems.push(...gpuProblems(report));
  }
  return problems;
}

/** What a set-up would lack on this machine. */
function prerequisiteProblems({ compiler, pip, cache }: DoctorReport): Problem[] {
  const problems: Problem[] = [];
  if (compiler === undefined) {
    problems.push({
      what: 'Set-up needs a C++ compiler, and there is none on PATH.',
      command: 'apt-get install g++   (or what your system calls it)',
    });
  }
  if (pip === undefined) {
    problems.push({
      what: "Set-up needs Python's pip, and there is none on PATH.",
      command: 'apt-get install python3-pip   (or what your system calls it)',
    });
  }
  if (!isWritable(cache)) {
    problems.push({
      what: `The cache folder ${cache} cannot be written to.`,
      command: 'export KERAS_NODE_CACHE=<a folder that you may write to>',
    });
  }
  return problems;
}

function gpuProblems({ binding, cuda }: DoctorReport): Problem[] {
  const missing = Object.keys(cuda).filter((name) => cuda[name] === null);
  const problems: Problem[] = [];
  if (missing.includes('libcuda.so.1')) {
    problems.push({
      what: "The NVIDIA driver's library libcuda.so.1 is not to be found.",
      command: "Install the driver with your system's package manager; start a container with --gpus all",
    });
  }
  const ours = missing.filter((name) => name !== 'libcuda.so.1');
  if (ours.length > 0) {
    problems.push({ what: `Missing: ${ours.join(', ')}.`, command: 'npx keras-node setup --gpu --force' });
  }
  const seesGpu = binding?.devices?.some(({ type }) => type === 'GPU') ?? false;
  if (!seesGpu && problems.length === 0) {
    problems.push({
      what: 'All libraries are there, and TensorFlow finds no GPU.',
      command: 'nvidia-smi   (is a GPU listed, and the driver 525 or newer?)',
    });
  }
  return problems;
}

function findAdvice(report: DoctorReport): Problem[] {
  const advice: Problem[] = [];
  const usesCpuBuild = report.backend.name === 'tensorflow' && report.binding?.kind === 'cpu';
  if (report.nvidiaDriver !== undefined && usesCpuBuild && wheelSet('gpu') !== undefined) {
    advice.push({
      what: 'An NVIDIA driver is present, and only the build for the CPU is set up.',
      command: 'npx keras-node setup --gpu',
    });
  }
  return advice;
}

function isInstalled(dependency: string): boolean {
  try {
    createRequire(join(packageRoot, 'package.json')).resolve(`${dependency}/package.json`);
    return true;
  } catch {
    return false;
  }
}

/** Whether files can be made in a folder, or in the nearest folder above it that exists. */
function isWritable(folder: string): boolean {
  if (!existsSync(folder)) return dirname(folder) !== folder && isWritable(dirname(folder));
  try {
    accessSync(join(folder, '.'), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
