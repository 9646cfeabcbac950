/** The `wasm` and `cpu` backends: kernels of tfjs and of our own on the memory of a tfjs backend. */
import type { Aval, Backend, CompileOptions, Executable, Feature, Handle, MemoryInfo, Operand } from '../backend.js';
import { makeHostArray, type DType, type HostData, type NumericArray } from '../../engine/dtype.js';
import type { Graph, Node } from '../../engine/graph.js';
import type { ParamsOf, PrimitiveName } from '../../engine/primitives/index.js';
import { formatShape, sizeOf, type Shape } from '../../engine/shape.js';
import { computeInSteps, finish, requireSupported, whyUnsupported } from './compute.js';
import { Box, Interpreter, type Host } from './interpreter.js';
import { fromHost } from './kernels/structure.js';
import type { Device } from './load.js';
import { Memory, type Block } from './memory.js';
import { readHost, UnsupportedError, whyNotHeld } from './storage.js';

const BYTES = { float32: 4, int32: 4, bool: 1, string: 0 };
const bytesOf = ({ shape, dtype }: Block): number => sizeOf(shape) * BYTES[dtype];

export class TfjsBackend implements Backend, Host {
  readonly name: string;
  readonly device = 'CPU:0';
  readonly features: ReadonlySet<Feature> = new Set(['async'] as const);
  readonly #memory: Memory;
  readonly #live = new Set<Block>();
  readonly #variables = new Set<Box>();
  #bytes = 0;
  #lastRun: Promise<unknown> = Promise.resolve();

  constructor(device: Device) {
    this.name = device.name;
    this.#memory = new Memory(device);
  }

  /** The memory that kernels compute on. */
  get blocks(): Memory {
    return this.#memory;
  }

  hand(block: Block): Handle {
    this.#live.add(block);
    this.#bytes += bytesOf(block);
    return block;
  }

  inTurn<T>(fn: () => Promise<T>): Promise<T> {
    const run = this.#lastRun.then(fn);
    this.#lastRun = run.catch(() => undefined);
    return run;
  }

  upload(data: HostData, shape: Shape, dtype: DType): Handle {
    const reason = whyNotHeld(dtype, this.name);
    if (reason) {
      throw new UnsupportedError(`Cannot make a tensor of shape ${formatShape(shape)} and dtype ${dtype}: ${reason}.`);
    }
    return this.hand(fromHost(this.#memory, data, shape, dtype));
  }

  uploadRows(
    data: HostData, rowShape: Shape, dtype: DType, indices: Int32Array, offset: number, count: number,
  ): Handle {
    const size = sizeOf(rowShape);
    const rows = indices.subarray(offset, offset + count);
    const total = size === 0 ? Infinity : data.length / size;
    for (const row of rows) {
      if (row < 0 || row >= total) {
        throw new RangeError(`uploadRows: row ${row} is outside of the array's ${total} rows.`);
      }
    }
    if (dtype === 'string') {
      const strings = data as string[];
      const taken = [...rows].flatMap((row) => strings.slice(row * size, (row + 1) * size));
      return this.upload(taken, [count, ...rowShape], dtype);
    }
    const source = data as Float32Array;
    const batch = makeHostArray(dtype, count * size) as Float32Array;
    rows.forEach((row, i) => batch.set(source.subarray(row * size, (row + 1) * size), i * size));
    return this.upload(batch as NumericArray, [count, ...rowShape], dtype);
  }

  download({ handle, dtype }: Operand): HostData {
    const block = handle as Block;
    if (dtype === 'string') return [...this.#memory.strings(block)];
    return readHost(this.#memory.numbers(block), dtype);
  }

  async downloadAsync(operand: Operand): Promise<HostData> {
    return this.download(operand);
  }

  dispose(handle: Handle): void {
    const block = handle as Block;
    if (!this.#live.delete(block)) return;
    this.#bytes -= bytesOf(block);
    this.#memory.free(block);
  }

  execute<N extends PrimitiveName>(
    name: N, inputs: readonly Operand[], params: ParamsOf<N>, outputs: readonly Aval[],
  ): Handle[] {
    const context = { params, inputs, outputs };
    requireSupported(name, context, this.name);
    const node = { primitive: name, ...context } as unknown as Node;
    return finish(computeInSteps(this.#memory, node, inputs.map(({ handle }) => handle as Block)))
      .map((block) => this.hand(block));
  }

  compile(graph: Graph, { name, jit, repeat = 1 }: CompileOptions): Executable {
    if (jit) {
      throw new Error(`The ${this.name} backend has no optimising compiler: compile '${name}' with jit: false.`);
    }
    return new Interpreter(graph, this, repeat);
  }

  createVariable({ handle }: Operand): Handle {
    const box = new Box(this.#memory.share(handle as Block));
    this.#variables.add(box);
    return box;
  }

  readVariable(variable: Handle): Handle {
    return this.hand(this.#memory.share((variable as Box).current));
  }

  assignVariable(variable: Handle, { handle }: Operand): void {
    const box = variable as Box;
    const before = box.current;
    box.current = this.#memory.share(handle as Block);
    this.#memory.free(before);
  }

  disposeVariable(variable: Handle): void {
    const box = variable as Box;
    if (this.#variables.delete(box)) this.#memory.free(box.current);
  }

  unsupported(name: PrimitiveName, dtype: DType): string | undefined {
    return whyUnsupported(name, dtype, this.name);
  }

  /** Tensors and variables alive. Tensors that share elements (a reshape, a read variable) count each. */
  memory(): MemoryInfo {
    let bytes = this.#bytes;
    for (const { current } of this.#variables) bytes += bytesOf(current);
    return { tensors: this.#live.size + this.#variables.size, bytes };
  }
}
