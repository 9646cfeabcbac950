/** h5wasm (the HDF5 library in WebAssembly), loaded when it is first needed, with its errors made exceptions. */
import { prepareProgram } from './program.js';
import { H5Error } from './types.js';

export type H5wasm = typeof import('h5wasm');

/** h5wasm has failed in a way after which its memory cannot be trusted. */
export class H5wasmFailure extends H5Error {}

let library: Promise<H5wasm> | undefined;

export const loadH5wasm = (): Promise<H5wasm> => (library ??= load());

async function load(): Promise<H5wasm> {
  await prepareProgram();
  const h5wasm = await import('h5wasm');
  await h5wasm.ready;
  // HDF5 reports most errors on stderr alone: a listing that fails half-way looks like a short one.
  const { tty } = (h5wasm.Module.FS as unknown as Streams).getStream(STDERR);
  tty.ops = { put_char: (_, code) => void (complaints += String.fromCharCode(code)), fsync: () => {} };
  return h5wasm;
}

/** A part of Emscripten's file system that its types leave out. */
interface Streams {
  getStream(fd: number): { tty: { ops: { put_char(terminal: unknown, code: number): void; fsync(): void } } };
}
const STDERR = 2;
let complaints = '';

/** What HDF5 has complained of since the last time: the innermost reason of its error stack. */
export function takeComplaint(): string | undefined {
  const reasons = [...complaints.matchAll(/ in \w+\(\): (.*)/g)].map((match) => match[1]);
  const complaint = complaints === '' ? undefined : (reasons.at(-1) ?? firstLine(complaints));
  complaints = '';
  return complaint;
}

/** Runs a part of the work, and throws an H5Error that begins with `what` where HDF5 fails or complains. */
export function guard<T>(what: string, work: () => T): T {
  try {
    const result = work();
    const complaint = takeComplaint();
    if (complaint !== undefined) throw new H5Error(`${what}: ${complaint}`);
    return result;
  } catch (cause) {
    if (cause instanceof H5Error) throw cause;
    const Failure = cause instanceof Error && cause.name === 'RuntimeError' ? H5wasmFailure : H5Error;
    throw new Failure(`${what}: ${takeComplaint() ?? firstLine(cause)}`, { cause });
  }
}

/** h5wasm throws errors, strings and numbers. */
function firstLine(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.split('\n', 1)[0].slice(0, 200);
}
