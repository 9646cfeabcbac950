/** Event files: records with a checksum of their length and of their content. */
import { appendFile, mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { maskedCrc32c } from './crc.js';
import { encode, type EventMessage, type ValueMessage } from './messages.js';

/** Bytes kept before they are written without being asked to. */
const MUCH = 256 * 1024;
let files = 0;

/** `length (8) | checksum of it (4) | data | checksum of them (4)`, numbers little-endian. */
export function framed(data: Uint8Array): Uint8Array {
  const record = Buffer.alloc(data.length + 16);
  record.writeBigUInt64LE(BigInt(data.length), 0);
  record.writeUInt32LE(maskedCrc32c(record.subarray(0, 8)), 8);
  record.set(data, 12);
  record.writeUInt32LE(maskedCrc32c(data), 12 + data.length);
  return record;
}

/** One file in a folder, made when the first event is written. */
export class EventWriter {
  readonly #folder: string;
  readonly #path: string;
  #waiting: Uint8Array[] = [];
  #size = 0;

  constructor(folder: string) {
    this.#folder = folder;
    // TensorBoard takes the files of a folder in the order of their names.
    this.#path = join(folder, `events.out.tfevents.${Math.floor(Date.now() / 1000)}.${hostname()}.${process.pid}.${files++}.v2`);
    this.#add({ file_version: 'brain.Event:2' });
  }

  #add(event: Omit<EventMessage, 'wall_time'>): void {
    const record = framed(encode('Event', { wall_time: Date.now() / 1000, ...event }));
    this.#waiting.push(record);
    this.#size += record.length;
  }

  async #write(event: Omit<EventMessage, 'wall_time'>): Promise<void> {
    this.#add(event);
    if (this.#size > MUCH) await this.flush();
  }

  writeSummary(step: number, ...value: ValueMessage[]): Promise<void> {
    return this.#write({ step, summary: { value } });
  }

  /** @param graph_def a serialized GraphDef */
  writeGraph(graph_def: Uint8Array): Promise<void> {
    return this.#write({ step: 0, graph_def });
  }

  async flush(): Promise<void> {
    const bytes = Buffer.concat(this.#waiting.splice(0));
    this.#size = 0;
    if (bytes.length === 0) return;
    await mkdir(this.#folder, { recursive: true });
    await appendFile(this.#path, bytes);
  }
}
