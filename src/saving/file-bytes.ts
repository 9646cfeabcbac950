/** Large reads and writes in one go each: Node's `readFile` and `appendFile` do half a megabyte at a time, and copy. */
import type { FileHandle } from 'node:fs/promises';

/** Reads into memory of its own. Gives less where the file ends before. */
export async function readFully(file: FileHandle, position: number, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let at = 0;
  while (at < size) {
    const { bytesRead } = await file.read(bytes, at, size - at, position + at);
    if (bytesRead === 0) return bytes.subarray(0, at);
    at += bytesRead;
  }
  return bytes;
}

/** Writes behind what was written before. */
export async function writeFully(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at, bytes.length - at)).bytesWritten;
}
