/**
 * The program of h5wasm in the built package: a file of its own, which the main thread compiles while the thread of HDF5
 * starts. What is compiled of WebAssembly, functions included that are compiled as they are first called, is shared by all
 * threads of a process.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The parts of WebAssembly that Node's types leave out. */
const { compile, Instance } = (globalThis as unknown as {
  WebAssembly: {
    compile(bytes: Uint8Array): Promise<WebAssembly.Module>;
    Instance: new (module: WebAssembly.Module, imports: object) => object;
  };
}).WebAssembly;

export const PROGRAM_FILE = 'hdf5.wasm';

/** Compiles the program, off this thread. */
export const compileProgram = async (folder: string): Promise<WebAssembly.Module> =>
  compile(await readFile(join(folder, PROGRAM_FILE)));

let find: (() => Promise<WebAssembly.Module>) | undefined;
let program: WebAssembly.Module | undefined;

/** Says where the program is to be had when h5wasm is loaded. Run from its sources, h5wasm has its own. */
export function setProgramSource(source: typeof find): void {
  find = source;
}

export async function prepareProgram(): Promise<void> {
  program = await find?.();
}

/** Emscripten's `instantiateWasm`. */
export function startProgram(imports: object, receive: (instance: object, module: WebAssembly.Module) => void): void {
  if (!program) throw new Error('h5wasm was loaded before its program.');
  receive(new Instance(program, imports), program);
}
