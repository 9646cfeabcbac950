/** The thread of HDF5: reads a file, or lays one out, for each message. See `thread.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { H5wasmFailure, loadH5wasm } from './h5wasm.js';
import { readWithH5wasm } from './h5wasm-reader.js';
import { layOut } from './h5wasm-writer.js';
import { NotForJsfive, readWithJsfive } from './jsfive-reader.js';
import type { PlainNode, ReadReply, ReadRequest, WriteRequest } from './plain-tree.js';
import type { Answer } from './thread.js';
import { H5Error } from './types.js';

async function read({ bytes }: ReadRequest): Promise<ReadReply> {
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

// A failure shows when h5wasm is needed.
if ((workerData as { forWriting: boolean }).forWriting) loadH5wasm().catch(() => {});

parentPort!.on('message', (request: ReadRequest | WriteRequest) => {
  void answer(request).then(([reply, transfer]) => parentPort!.postMessage(reply, transfer));
});
