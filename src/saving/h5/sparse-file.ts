/**
 * A file in Emscripten's file system that takes what HDF5 writes and keeps large arrays out: of those only their places
 * are noted, so that a file of any size can be laid out in the little memory that its structures take.
 */
import type { H5wasm } from './h5wasm.js';
import { H5Error } from './types.js';

/** The parts of Emscripten's file system that its types leave out. */
interface FileNode {
  usedBytes: number;
  stream_ops: Record<string, unknown>;
  node_ops: Record<string, unknown>;
}
interface Lookup {
  lookupPath(path: string): { node: FileNode };
}

const PAGE = 2 ** 16;

export class SparseFile {
  /** Writes of at least this many bytes are arrays: HDF5 gathers smaller ones. */
  static readonly LARGE = 2 ** 17;
  /** Where large arrays lie, by their numbers. */
  readonly large: { array: number; at: number; size: number }[] = [];
  #awaited: number | undefined;
  readonly #pages = new Map<number, Uint8Array>();
  readonly #node: FileNode;

  constructor(fs: H5wasm['Module']['FS'], name: string) {
    fs.createDataFile('/', name, new Uint8Array(), true, true, false);
    const { node } = (fs as unknown as Lookup).lookupPath(`/${name}`);
    node.stream_ops = {
      ...node.stream_ops,
      read: (_: unknown, buffer: Int8Array, offset: number, length: number, position: number) => {
        const size = Math.max(Math.min(length, node.usedBytes - position), 0);
        this.#eachPage(position, size, (page, start, at, part) => buffer.set(page.subarray(start, start + part), offset + at));
        return size;
      },
      write: (_: unknown, buffer: Int8Array, offset: number, length: number, position: number) => {
        if (!this.#keptOut(position, length)) {
          this.#eachPage(position, length, (page, start, at, part) =>
            page.set(buffer.subarray(offset + at, offset + at + part), start));
        }
        node.usedBytes = Math.max(node.usedBytes, position + length);
        return length;
      },
    };
    node.node_ops = {
      ...node.node_ops,
      setattr: (_: unknown, { size }: { size?: number }) => void (node.usedBytes = size ?? node.usedBytes),
    };
    this.#node = node;
  }

  /** Runs `work`, in which HDF5 writes the array of this number, without its values. Gives the bytes that it wrote. */
  receive(array: number, work: () => void): number {
    this.#awaited = array;
    work();
    this.#awaited = undefined;
    const written = this.large.filter((piece) => piece.array === array);
    return written.length === 1 ? written[0].size : 0;
  }

  /** Notes a write of an awaited array. HDF5 writes 2 GB at a time. */
  #keptOut(at: number, size: number): boolean {
    if (this.#awaited === undefined) return false;
    const last = this.large.at(-1);
    const continues = last?.array === this.#awaited && last.at + last.size === at;
    if (!continues && size < SparseFile.LARGE) return false;
    if (continues) last.size += size;
    else this.large.push({ array: this.#awaited, at, size });
    return true;
  }

  get byteLength(): number {
    return this.#node.usedBytes;
  }

  /** Calls `use` for each page that a stretch of the file lies in: the page, where in it, where in the stretch, how much. */
  #eachPage(position: number, size: number, use: (page: Uint8Array, start: number, at: number, part: number) => void): void {
    for (let at = 0; at < size; ) {
      const index = Math.floor((position + at) / PAGE);
      let page = this.#pages.get(index);
      if (!page) this.#pages.set(index, (page = new Uint8Array(PAGE)));
      const start = position + at - index * PAGE;
      const part = Math.min(PAGE - start, size - at);
      use(page, start, at, part);
      at += part;
    }
  }

  /** The bytes of the file outside of large arrays, a stretch between two of them at a time. */
  *stretches(): Generator<{ at: number; bytes: Uint8Array }> {
    let at = 0;
    for (const next of [...this.large.toSorted((a, b) => a.at - b.at), { array: -1, at: this.byteLength, size: 0 }]) {
      if (next.at < at) throw new H5Error('HDF5 wrote two arrays to one place.');
      if (next.at > at) yield { at, bytes: this.#slice(at, next.at - at) };
      at = next.at + next.size;
    }
  }

  #slice(from: number, size: number): Uint8Array {
    const bytes = new Uint8Array(size);
    this.#eachPage(from, size, (page, start, at, part) => bytes.set(page.subarray(start, start + part), at));
    return bytes;
  }
}
