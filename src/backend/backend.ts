/**
 * The interface of a backend: memory, primitives, variables and compiled graphs. A backend is one folder under
 * `src/backend/`, and everything above it talks to this file alone.
 *
 * A backend does not promote dtypes, canonicalise axes, check shapes, differentiate or know layers: the engine has
 * done all that before a primitive arrives here. Every primitive arrives with the shapes and dtypes of its results.
 */
import type { DType, HostData } from '../engine/dtype.js';
import type { Graph, Value } from '../engine/graph.js';
import type { ParamsOf, PrimitiveName } from '../engine/primitives/index.js';
import type { Shape } from '../engine/shape.js';
import type { SavedModelSupport } from './saved-model.js';

/** What a backend keeps of a tensor or a variable; opaque to all other code. */
export type Handle = number | object;

/** An abstract value: all that is known of a tensor before it is computed. */
export interface Aval {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** A tensor as a backend sees it. */
export interface Operand extends Aval {
  readonly handle: Handle;
}

export interface CompileOptions {
  /** Shows in the backend's profiles and error messages. */
  name: string;
  /** Ask for the backend's optimising compiler (XLA); a backend without one must not have it in `features`. */
  jit: boolean;
  /**
   * Run the graph so many times in a row; default once. Its arguments are then given so many times, those of one run
   * after those of another; captures and variables once. The results are those of the last run.
   */
  repeat?: number;
  /**
   * Arguments, captures and variables that are the same in all runs of this executable, so that the backend may keep what it
   * makes of them. Only where it has `steady` in `features`. Default: none.
   */
  steady?: ReadonlySet<Value>;
}

/** `jit`: an optimising compiler; `async`: runs off the JavaScript thread; `steady`: `CompileOptions.steady` is made use of. */
export type Feature = 'jit' | 'async' | 'steady';

/** A graph made ready to run. `operands`: the graph's arguments, its captures, then its variables' handles. */
export interface Executable {
  run(operands: readonly Handle[]): Handle[];
  /**
   * The same off the JavaScript thread where the backend can; the operands may be disposed meanwhile.
   * @param lane a positive integer: runs of one lane take place one after the other, in the order in which they were
   *   asked for; when one fails, those that wait behind it may be cancelled
   */
  runAsync(operands: readonly Handle[], lane?: number): Promise<Handle[]>;
  dispose(): void;
}

/** Values where they lie, for who only reads them. They stay what they are until they are released. */
export interface View {
  readonly data: HostData;
  /** Leaves nothing in `data`. A second call does nothing. */
  release(): void;
}

export interface MemoryInfo {
  tensors: number;
  bytes: number;
}

/** Processes that compute together, as one of them sees it. */
export interface ProcessGroup {
  readonly size: number;
  /** Which of them this process is, from 0. */
  readonly index: number;
  /** Where each can be reached, as host:port. */
  readonly addresses: readonly string[];
  /** Seconds for which a process waits for the others at most. */
  readonly timeout: number;
  /** Those that do not answer, and why. */
  lost(): Promise<readonly { index: number; reason: string }[]>;
  /** Leaves the group for good: whatever is added up now or later, here and in the other processes, ends with an error. */
  leave(why: string): void;
  /** Why a process has left the group, when that is what ended with this error. */
  whyLeft(error: Error): string | undefined;
}

export interface Backend {
  readonly name: string;
  /** The device that computes, such as `CPU:0` or `GPU:0`. */
  readonly device: string;
  readonly features: ReadonlySet<Feature>;
  /** The group in which the primitive `all_reduce` adds up; absent where this process is alone. */
  readonly group?: ProcessGroup;

  /** Memory for much data on its way to the device, where the backend can make it faster than JavaScript. */
  makeBuffer?(bytes: number): ArrayBuffer;
  /** Copies host data to the device. */
  upload(data: HostData, shape: Shape, dtype: DType): Handle;
  /** Copies rows `indices[offset .. offset + count)` of a host array to the device, as a batch. */
  uploadRows(
    data: HostData, rowShape: Shape, dtype: DType, indices: Int32Array, offset: number, count: number,
  ): Handle;
  download(operand: Operand): HostData;
  downloadAsync(operand: Operand): Promise<HostData>;
  /** Shows what `download` would copy, where the device's memory is the host's. Never given to users of the library. */
  view?(operand: Operand): View | undefined;
  dispose(handle: Handle): void;

  /** Computes one primitive now. `outputs` holds what the abstract rule gave. */
  execute<N extends PrimitiveName>(
    name: N, inputs: readonly Operand[], params: ParamsOf<N>, outputs: readonly Aval[],
  ): Handle[];
  compile(graph: Graph, options: CompileOptions): Executable;

  createVariable(initial: Operand): Handle;
  /** A handle on the present value, not affected by later assignments. */
  readVariable(variable: Handle, aval: Aval): Handle;
  assignVariable(variable: Handle, value: Operand): void;
  disposeVariable(variable: Handle): void;

  /** Why a primitive cannot be computed here for this dtype, or undefined when it can. */
  unsupported(name: PrimitiveName, dtype: DType): string | undefined;
  memory(): MemoryInfo;

  /** TensorFlow's SavedModels, where the backend can write and run them. */
  readonly savedModels?: SavedModelSupport;
}

/** Makes a backend; may throw an error that says what is missing and how to mend it. */
export type BackendFactory = () => Backend;
