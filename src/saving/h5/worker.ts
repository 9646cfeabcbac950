/** The thread of HDF5: reads a file, or lays one out, for each message. See `thread.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { H5wasmFailure, loadH5wasm } from './h5wasm.js';
import { readWithH5wasm } from './h5wasm-reader.js';
import { layOut } from './h5wasm-writer.js';
import type { PlainNode, ReadReply, ReadRequest, WriteRequest } from './plain-tree.js';
import { compileProgram, setProgramSource } from './program.js';
import type { Answer, ProgramMessage, ThreadOptions } from './thread.js';
import { H5Error } from './types.js';

async function read({ bytes }: ReadRequest): Promise<ReadReply> {
  const { NotForJsfive, readWithJsfive } = await loadJsfive();
  try {
    return { root: readWithJsfive(bytes), reader: 'jsfive', bytes };
  } catch (cause) {
    if (!(cause instanceof NotForJsfive)) throw cause;
  }
  return { root: await readWithH5wasm(bytes), reader: 'h5wasm' };
}

/** All buffers in a tree, which go over without a copy. */
function buffersIn(node: PlainNode, found = new Set<ArrayBuffer>()): Set<ArrayBuffer> {
  if (node.kind === 'group') for (const child of node.children.values()) buffersIn(child, found);
  if (node.kind === 'dataset' && node.values.kind === 'bytes') found.add(node.values.bytes);
  return found;
}

async function answer(request: ReadRequest | WriteRequest): Promise<[Answer, ArrayBuffer[]]> {
  try {
    if (request.kind === 'write') return [{ value: await layOut(request) }, []];
    const reply = await read(request);
    const buffers = buffersIn(reply.root);
    if (reply.bytes) buffers.add(reply.bytes.buffer as ArrayBuffer);
    return [{ value: reply }, [...buffers]];
  } catch (cause) {
    const known = cause instanceof H5Error;
    const message = known ? cause.message : `it is damaged (${cause instanceof Error ? cause.message : String(cause)}).`;
    return [{ error: message, broken: !known || cause instanceof H5wasmFailure }, []];
  }
}

const { forWriting, folder, program } = workerData as ThreadOptions;

// 1. where h5wasm's program comes from: our starter has it, or is about to send it, or it is for us to compile
let receive: (message: ProgramMessage) => void;
const received = new Promise<ProgramMessage>((resolve) => (receive = resolve));
if (folder !== undefined) {
  setProgramSource(async () => program ?? (forWriting ? (await received).program : undefined) ?? compileProgram(folder));
}
// 2. the library that is wanted first; a failure shows when it is needed
const loadJsfive = (): Promise<typeof import('./jsfive-reader.js')> => import('./jsfive-reader.js');
(forWriting ? loadH5wasm() : loadJsfive()).catch(() => {});

parentPort!.on('message', (message: ReadRequest | WriteRequest | ProgramMessage) => {
  if (message.kind === 'program') receive(message);
  else void answer(message).then(([reply, transfer]) => parentPort!.postMessage(reply, transfer));
});
