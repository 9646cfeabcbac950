/** Compiles the binding: one call of the compiler, no build system. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { diskFull, SetupError } from './errors.js';
import { findProgram, nativeFolder } from './paths.js';
import { run } from './process.js';

/** A C++ compiler: the program, arguments that belong to it, and how it calls itself. */
export interface Compiler {
  command: string;
  args: string[];
  version: string;
}

/** What is compiled against what. */
export interface CompileInputs {
  compiler: Compiler;
  /** tfjs-node-gpu's `binding` folder. */
  tfjs: string;
  nodeHeaders: string;
  /** The folder `tensorflow` with the libraries and `include`. */
  tensorflow: string;
  /** The same folder as seen from the finished binding, for the run-time search path. */
  relativeTensorflow: string;
  output: string;
}

/** File name of the compiled binding. */
export const BINDING_FILE = 'keras_node.node';

const CANDIDATES = ['g++', 'c++', 'clang++'];

/** `CXX` where that is set (it may hold arguments, as in `ccache g++`), else the first compiler on PATH. */
export async function findCompiler(signal?: AbortSignal): Promise<Compiler | undefined> {
  const chosen = process.env.CXX?.trim();
  const candidates = chosen ? [chosen] : CANDIDATES;
  for (const candidate of candidates) {
    const [name, ...args] = candidate.split(/\s+/);
    const command = findProgram(name);
    if (command === undefined) continue;
    const { status, stdout } = await run(command, [...args, '--version'], { signal });
    if (status === 0) return { command, args, version: stdout.split('\n')[0] };
  }
  return undefined;
}

/** The error for a machine on which `findCompiler` finds nothing. */
export function compilerMissing(): SetupError {
  const chosen = process.env.CXX?.trim();
  const install =
    "Install one with your system's package manager (Debian and Ubuntu: apt-get install g++; " +
    'Fedora: dnf install gcc-c++), and run the command again.';
  return chosen
    ? new SetupError(`CXX names "${chosen}", which does not run.`, `Correct or unset CXX. ${install}`)
    : new SetupError(`A C++ compiler is needed, and none of ${CANDIDATES.join(', ')} is on PATH.`, install);
}

/**
 * Compiles `native/keras_node.cc`, which includes the binding sources of tfjs-node-gpu.
 *
 * @throws SetupError with the end of the compiler's output.
 */
export async function compileBinding(inputs: CompileInputs, signal: AbortSignal): Promise<void> {
  const { compiler, output } = inputs;
  const args = [...compiler.args, ...compilerArguments(inputs)];
  const { status, tail } = await run(compiler.command, args, { signal });
  if (status === 0 && existsSync(output)) return;
  if (tail.some((line) => /no space left on device/i.test(line))) {
    throw diskFull(dirname(output), 'The compiler cannot write its output.');
  }
  throw new SetupError(
    `The binding cannot be compiled (${compiler.version}, exit status ${status}).`,
    'A compiler with C++17 is needed: GCC 9 or Clang 10 or newer. Name another one with CXX=..., ' +
      'and run the command again; the full command is shown with KERAS_NODE_DEBUG=1.',
    process.env.KERAS_NODE_DEBUG ? [[compiler.command, ...args].join(' '), ...tail] : tail,
  );
}

function compilerArguments(inputs: CompileInputs): string[] {
  const { tfjs, nodeHeaders, tensorflow, relativeTensorflow, output } = inputs;
  return [
    '-std=c++17',
    '-O2',
    '-fno-math-errno',
    '-fPIC',
    '-shared',
    // Our source uses the context in tfjs-node-gpu's backend object, which has no accessor.
    '-fno-access-control',
    `-I${nodeHeaders}`,
    `-I${tfjs}`,
    `-I${join(tensorflow, 'include')}`,
    join(nativeFolder, 'keras_node.cc'),
    '-o',
    output,
    `-L${tensorflow}`,
    '-l:libtensorflow_cc.so.2',
    '-l:libtensorflow_framework.so.2',
    // Relative first, so that a cache folder can be copied to another place or machine as a whole.
    `-Wl,-rpath,$ORIGIN/${relativeTensorflow}:${tensorflow}`,
  ];
}
