/**
 * The native addon (`native/keras_node.cc`), typed: tensors, ops and functions of one eager context.
 *
 * Tensors, prepared ops and cancellations are known by small integers. Whatever is passed in, a mistake ends
 * in a JavaScript error (`TensorFlowError`), never in a crash. Shapes are arrays of whole numbers; dtypes are
 * TensorFlow's numbers, named in `TF_DTYPE`. Each worker_thread that loads the addon has a context and ids of
 * its own.
 */

/** Number of a dtype in TensorFlow (`TF_DataType`). */
export const TF_DTYPE = {
  float32: 1,
  float64: 2,
  int32: 3,
  uint8: 4,
  int16: 5,
  int8: 6,
  string: 7,
  complex64: 8,
  int64: 9,
  bool: 10,
  bfloat16: 14,
  uint16: 17,
  complex128: 18,
  float16: 19,
  resource: 20,
  variant: 21,
  uint32: 22,
  uint64: 23,
} as const;

/** What the addon throws, and rejects its Promises with. */
export interface TensorFlowError extends Error {
  /** TensorFlow's name of the kind of error; mistakes in arguments are `INVALID_ARGUMENT` or `NOT_FOUND`. */
  code:
    | 'CANCELLED'
    | 'UNKNOWN'
    | 'INVALID_ARGUMENT'
    | 'DEADLINE_EXCEEDED'
    | 'NOT_FOUND'
    | 'ALREADY_EXISTS'
    | 'PERMISSION_DENIED'
    | 'UNAUTHENTICATED'
    | 'RESOURCE_EXHAUSTED'
    | 'FAILED_PRECONDITION'
    | 'ABORTED'
    | 'OUT_OF_RANGE'
    | 'UNIMPLEMENTED'
    | 'INTERNAL'
    | 'UNAVAILABLE'
    | 'DATA_LOSS';
  /** The op or function that failed, where one did. */
  op?: string;
}

/** The functions of the addon. */
export interface NativeBinding {
  /**
   * Makes the TensorFlow context; `loadBinding` has called it already. A second call is an error, and so is
   * any other function before the first.
   *
   * @param config a serialized `tensorflow.ConfigProto`
   */
  initialize(config?: Uint8Array): void;

  /** tfjs-node-gpu's own functions, on the same context and with the same tensor ids. */
  readonly tfjs: Readonly<Record<string, unknown>>;

  /** Version of the loaded libtensorflow, such as `2.21.0`. */
  version(): string;

  /** All ops that TensorFlow knows: a serialized `tensorflow.OpList` of some 400 kB. */
  opDefs(): Uint8Array;

  /** The devices of the context; `type` is `CPU` or `GPU`. */
  devices(): { name: string; type: string }[];

  /**
   * Memory that TensorFlow's allocator for a device has given out, in bytes. `null` where it cannot be told:
   * always with TensorFlow 2.21, whose C interface has no way to an allocator's statistics (`counts` adds up
   * the live tensors). An unknown device is an error.
   */
  memoryInfo(device: string): { current: number; peak: number } | null;

  /**
   * Tensors that have not been deleted, and the sum of their bytes. Tensors that share memory (`Reshape` of
   * another) count each; strings, resources and variants count as 0 bytes. Cheap: nothing is counted anew.
   */
  counts(): { tensors: number; bytes: number };

  /**
   * Tells V8 that its objects hold so many bytes more (or fewer) outside of its heap: as these grow, it collects garbage.
   *
   * @returns the bytes that V8 knows of now
   */
  adjustExternalMemory(change: number): number;

  /**
   * Makes a tensor from the bytes of a typed array or DataView, which are copied. It is placed on the first
   * GPU where there is one, except int32, which GPU kernels take from host memory.
   *
   * @param dtype any dtype with elements of fixed size (`TF_DTYPE`; also complex128, 18); in a bool tensor
   *   each byte that is not 0 becomes 1
   * @param data as many bytes as `shape` and `dtype` need
   */
  createTensor(dtype: number, shape: readonly number[], data: ArrayBufferView): number;

  /** Makes a string tensor, in host memory. A JavaScript string is stored as UTF-8, a Uint8Array as it is. */
  createStringTensor(shape: readonly number[], values: readonly (string | Uint8Array)[]): number;

  /**
   * Makes a tensor `[count, ...rowShape]` of the rows `indices[offset]` to `indices[offset + count - 1]` of
   * `source`: a shuffled batch in one call. Placed as by `createTensor`.
   *
   * @param source rows one after the other, each of the bytes that `rowShape` and `dtype` need
   */
  gatherRows(
    dtype: number,
    rowShape: readonly number[],
    source: ArrayBufferView,
    indices: Int32Array,
    offset: number,
    count: number,
  ): number;

  /** A copy of a tensor's bytes; waits for the device. Not for strings, resources and variants. */
  readTensor(id: number): ArrayBuffer;

  /** A new ArrayBuffer of zeros; a large one is in large pages of memory, where the system allows it, which takes less time to fill. */
  makeBuffer(size: number): ArrayBuffer;

  /** As `readTensor`, but waiting and copying on another thread. The tensor may be deleted meanwhile. */
  readTensorAsync(id: number): Promise<ArrayBuffer>;

  /**
   * The bytes of a tensor where they lie, which nobody may write to; `null` where they lie on a GPU, there are none, or Node
   * runs in a program that allows no such buffers. As long as the ArrayBuffer is there, variables with this value take other
   * memory when they are assigned.
   */
  viewTensor(id: number): ArrayBuffer | null;

  /** Lets go of a view: nothing is left in it. */
  releaseView(view: ArrayBuffer): void;

  /**
   * Values of several tensors of one element each, of any real dtype, in one call. int64 and uint64 beyond
   * 2^53 are rounded; a bool gives 0 or 1.
   */
  readScalars(ids: readonly number[]): number[];

  /** The elements of a string tensor, in row-major order. */
  readStrings(id: number): Uint8Array[];

  /** What a tensor is; `device` is the one in whose memory it lies. */
  tensorInfo(id: number): { dtype: number; shape: number[]; device: string };

  /**
   * Deletes a tensor; an id that is not that of a live tensor is an error. Work that uses the tensor goes on.
   *
   * Variables: one made by `VarHandleOp` with the attribute `shared_name` =
   * `'cd2c89b7-88b7-44c8-ad83-06c2a9158347'` (TensorFlow's mark for an anonymous resource) belongs to its
   * handle, and its memory is freed with the last handle and the last work that uses it. With any other
   * `shared_name` it belongs to the context: then deleting the handle frees nothing, and `DestroyResourceOp`
   * must run first.
   */
  deleteTensor(id: number): void;

  /** Deletes several tensors. Stops at the first wrong id: those before it are deleted, the rest is not. */
  deleteTensors(ids: readonly number[]): void;

  /**
   * Prepares an op, or an added function, to be run any number of times.
   *
   * Names and kinds of the attributes are checked here, values when the op runs. An attribute that says no
   * more than the dtype or the number of the inputs may be left out, save where the op takes a list of
   * tensors: such ops need all of theirs (`T`, `N`, ...).
   *
   * @param attrs name and serialized `tensorflow.AttrValue` of each
   * @param outputs number of tensors that one run gives; a run that gives another number is an error
   * @param device name of a device; by default TensorFlow chooses
   * @returns id of the prepared op
   */
  prepareOp(
    name: string,
    attrs: readonly (readonly [name: string, value: Uint8Array])[],
    outputs: number,
    device?: string,
  ): number;

  /** Forgets a prepared op. Runs under way go on. */
  releaseOp(op: number): void;

  /**
   * Runs a prepared op and waits for it. Returns the id of the output where `outputs` is 1, nothing where it
   * is 0, and otherwise an array of ids.
   */
  execute(op: number, ...inputs: number[]): number | number[] | undefined;

  /**
   * Runs a prepared op on another thread. Several may run at once, in any order. The inputs may be deleted,
   * and the op released, meanwhile.
   *
   * @param cancellation id from `createCancellation`
   * @param lane a positive integer: runs of one lane take place one after the other, in the order of the
   *   calls; when one fails, those that wait behind it are cancelled
   */
  executeAsync(op: number, inputs: readonly number[], cancellation?: number, lane?: number): Promise<number[]>;

  /**
   * Puts prepared ops into a sequence, which is run in one call, on one thread. Tensors are known by slots: first come those
   * of the `inputs` arguments, then the results of each step.
   *
   * @param steps an op (no function), the slots of its operands, and 1 where its results are the same in all runs and are
   *   computed in the first alone, unless one has more than 16 MB; 0 elsewhere
   * @param results slots of what a run gives
   */
  prepareSequence(
    inputs: number, steps: readonly (readonly [op: number, operands: readonly number[], isKept: number])[], results: readonly number[],
  ): number;

  /** Forgets a sequence. Runs under way go on. */
  releaseSequence(sequence: number): void;

  /** Runs a sequence and waits for it; as `execute`. */
  runSequence(sequence: number, ...inputs: number[]): number | number[] | undefined;

  /** Runs a sequence on another thread; as `executeAsync`. What steps keep is computed before it returns. */
  runSequenceAsync(sequence: number, inputs: readonly number[], cancellation?: number, lane?: number): Promise<number[]>;

  /** A switch that stops the runs it was given to. */
  createCancellation(): number;

  /** Stops those runs, which then fail as `CANCELLED`; so do all runs it is given to afterwards. */
  cancel(cancellation: number): void;

  /** Forgets a cancellation. Runs that have it go on. */
  releaseCancellation(cancellation: number): void;

  /**
   * Cancels all that runs on other threads and waits for its end; no more is taken on. `loadBinding` has it
   * called when the process exits.
   */
  stop(): void;

  /**
   * Adds a function, to be run under its name like an op, and called by other functions.
   *
   * @param functionDef a serialized `tensorflow.FunctionDef`
   * @returns its name
   */
  addFunction(functionDef: Uint8Array): string;

  /** Removes a function. Ops prepared for it fail from then on, until a function of that name is added. */
  removeFunction(name: string): void;

  /**
   * Joins this process to a group, whose collectives (`CollectiveReduceV2` and its like) then work. Starts a server and
   * waits for nobody. Call it before any tensor or variable is made: those of before are unusable afterwards.
   *
   * @param serverDef a serialized `tensorflow.ServerDef`
   * @param address an IPv4 address of this machine, on which alone the server then listens; by default on all
   */
  enableCollectives(serverDef: Uint8Array, address?: string): void;

  /**
   * Asks other processes of the group whether they are alive: for each its problem, or null. Blocks.
   * @param tasks such as `/job:worker/replica:0/task:1`
   * @param timeout in milliseconds
   */
  checkPeers(tasks: readonly string[], timeout: number): (string | null)[];

  /** The same off the JavaScript thread. */
  checkPeersAsync(tasks: readonly string[], timeout: number): Promise<(string | null)[]>;

  /**
   * From now on asks these processes every `interval` milliseconds, on a thread of its own. When one has not answered
   * after `timeout` more, all collectives of this process fail as `UNAVAILABLE`, now and later, and the watch is over.
   */
  watchPeers(tasks: readonly string[], interval: number, timeout: number): void;

  /** What the watch has found: for each process its problem, or null. */
  lostPeers(): (string | null)[];

  /** All collectives of this process fail as `UNAVAILABLE` from now on, with these words; so do those of others that wait for it. */
  abortCollectives(why: string): void;
}

/** The native addon could not be loaded, or TensorFlow could not start in it. */
export class NativeBindingError extends Error {
  override readonly name = 'NativeBindingError';

  constructor(path: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(
      `The native binding ${path} could not be started: ${reason}\n` +
        'Run `npx keras-node doctor` to see what is missing and how to mend it.',
      { cause },
    );
  }
}

/**
 * Loads the addon and makes its TensorFlow context.
 *
 * TensorFlow writes to stderr by itself, errors too that are none, as that a kernel has no float16; what fails is thrown. So
 * nothing gets through unless `TF_CPP_MIN_LOG_LEVEL` or `KERAS_NODE_DEBUG` is set.
 *
 * Unless `TF_ENABLE_ONEDNN_OPTS` is set, its kernels are oneDNN's on every x86 processor; by itself it takes them only with
 * AVX-512 VNNI and its successors. On one with AVX2 alone a training step of ResNet50 took 0.6 of the time so, of two
 * transformer blocks 0.65, of a CNN 0.65, of an LSTM 0.7, and a prediction of ResNet50 for one image 0.75.
 *
 * The thread that runs an op of oneDNN's computes a part of it, unless `TF_ONEDNN_THREADPOOL_USE_CALLER_THREAD` is 0, as
 * it is in Python: then the thread waits for others, which takes longer to begin than a small op takes.
 *
 * @param path of the compiled addon, as `locateRuntime` finds it
 * @param config a serialized `tensorflow.ConfigProto`
 * @throws NativeBindingError
 */
export function loadBinding(path: string, config?: Uint8Array): NativeBinding {
  // All are read when the library is loaded, so they must be set before. For most log lines native/quiet_logs.h does it.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= process.env.KERAS_NODE_DEBUG ? '0' : '3';
  if (process.arch === 'x64') process.env.TF_ENABLE_ONEDNN_OPTS ??= '1';
  process.env.TF_ONEDNN_THREADPOOL_USE_CALLER_THREAD ??= '1';
  const module = { exports: {} as NativeBinding };
  try {
    process.dlopen(module, path);
    module.exports.initialize(config);
  } catch (error) {
    throw new NativeBindingError(path, error);
  }
  // TensorFlow must not be running on another thread while its library is taken down.
  process.on('exit', () => module.exports.stop());
  return module.exports;
}
