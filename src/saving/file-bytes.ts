/** Large reads and writes in one go each: Node's `readFile` and `appendFile` do half a megabyte at a time, and copy. */
import type { FileHandle } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { callbackify } from 'node:util';
import { context } from '../engine/context.js';

/** A finished file: its size, and its bytes in order. */
export interface FileContents {
  byteLength: number;
  /** Gives what is still on the device as its turn comes, and lets go of it: once. */
  chunks: () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

export type Promised<T> = T | Promise<T>;

/** Of what is awaited later, or never where something else fails first: its failure then is nobody's. */
export function expect(promised: unknown): void {
  if (promised instanceof Promise) promised.catch(() => {});
}

/** What one of the two readers of a file takes at a time. */
const PIECE = 2 ** 23;

/**
 * Reads into memory of its own. Gives less where the file ends before. Two threads read pieces of it: most of the time goes
 * to the system's making of the memory.
 */
export async function readFully(file: FileHandle, position: number, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(context.backend?.makeBuffer?.(size) ?? new ArrayBuffer(size));
  let begun = 0;
  let end = size;
  const readPieces = async (): Promise<void> => {
    while (begun < end) {
      const from = begun;
      begun = Math.min(from + PIECE, size);
      for (let at = from, to = begun; at < to; ) {
        const { bytesRead } = await file.read(bytes, at, to - at, position + at);
        if (bytesRead === 0) {
          end = Math.min(end, at);
          return;
        }
        at += bytesRead;
      }
    }
  };
  await Promise.all([readPieces(), readPieces()]);
  return end < size ? bytes.subarray(0, end) : bytes;
}

const lent = new WeakMap<ArrayBufferLike, () => void>();

/** Has `release` called when the last byte of a buffer was written to a file. */
export function onceWritten(buffer: ArrayBufferLike, release: () => void): void {
  lent.set(buffer, release);
}

/** Bytes that wait for their turn to be written, and then go out together. A model's copy on its way takes no more. */
const WAITING = 2 ** 25;

/** A stream into a file. What comes while a write is under way goes out with the next one. */
export const writerTo = (file: FileHandle): Writable => new Writable({
  highWaterMark: WAITING,
  writev: callbackify((chunks: { chunk: Uint8Array }[]) => writeAll(file, chunks.map(({ chunk }) => chunk))),
});

async function writeAll(file: FileHandle, chunks: readonly Uint8Array[]): Promise<void> {
  let { bytesWritten: done } = await file.writev(chunks);
  // A write may be cut short, on Linux after 2 GB.
  for (const chunk of chunks) {
    for (let at = Math.min(done, chunk.length); at < chunk.length; ) at += (await file.write(chunk, at, chunk.length - at)).bytesWritten;
    done = Math.max(done - chunk.length, 0);
  }
  for (const { buffer, byteOffset, length } of chunks) if (byteOffset + length === buffer.byteLength) lent.get(buffer)?.();
}
