/** The `tensorflow` backend: libtensorflow on CPU or CUDA through tfjs-node-gpu's binding, extended by our own. */
import type { Aval, Backend, CompileOptions, Executable, Feature, Handle, MemoryInfo, Operand, ProcessGroup, View } from '../backend.js';
import { isComplex, viewBytes, type DType, type HostData, type NumericArray } from '../../engine/dtype.js';
import type { Graph, Value } from '../../engine/graph.js';
import type { ParamsOf, PrimitiveName } from '../../engine/primitives/index.js';
import { byteLengthOf, type Shape } from '../../engine/shape.js';
import { encodeAttrs } from './attributes.js';
import { TF_DTYPE, type NativeBinding } from './binding.js';
import { EagerExecutor } from './eager.js';
import { emitFunctions, emitRepeated } from './emit.js';
import { NO_FUSIONS, probeFusions, type FusionSupport } from './fusion.js';
import { REAL_ONLY } from './lowering/real-only.js';
import { encode, OpDefs } from './proto.js';
import { mayBeSequence, prepareSequence } from './sequence.js';
import type { SavedModelSupport } from '../saved-model.js';
import { writeSavedModel } from './saved-model/write.js';
import { loadSavedModel } from './saved-model/load.js';

/** The name that makes a VarHandleOp's resource anonymous, owned by its handle (TensorFlow: ResourceHandle). */
const ANONYMOUS = 'cd2c89b7-88b7-44c8-ad83-06c2a9158347';

export class TensorFlowBackend implements Backend {
  readonly name = 'tensorflow';
  readonly device: string;
  readonly features: ReadonlySet<Feature>;
  readonly #binding: NativeBinding;
  readonly #eager: EagerExecutor;
  #defs: OpDefs | undefined;
  #functions = 0;
  #fusions: FusionSupport | undefined;
  /** Bytes of each variable, of which V8 is told: models that are built and dropped in a loop would not make it collect. */
  readonly #variables = new Map<number, number>();

  constructor(binding: NativeBinding, readonly group?: ProcessGroup) {
    this.#binding = binding;
    this.#eager = new EagerExecutor(binding);
    const gpu = binding.devices().find(({ type }) => type === 'GPU');
    this.device = gpu ? 'GPU:0' : 'CPU:0';
    this.features = new Set<Feature>(gpu ? ['jit', 'async'] : ['jit', 'async', 'steady']);
  }

  makeBuffer(bytes: number): ArrayBuffer {
    return this.#binding.makeBuffer(bytes);
  }

  upload(data: HostData, shape: Shape, dtype: DType): Handle {
    return this.#eager.upload(data, shape, dtype);
  }

  uploadRows(
    data: HostData, rowShape: Shape, dtype: DType, indices: Int32Array, offset: number, count: number,
  ): Handle {
    if (dtype === 'string') {
      const strings = data as string[];
      const size = rowShape.reduce((n, d) => n * d, 1);
      const rows = [...indices.subarray(offset, offset + count)];
      return this.upload(rows.flatMap((row) => strings.slice(row * size, (row + 1) * size)), [count, ...rowShape], dtype);
    }
    return this.#binding.gatherRows(TF_DTYPE[dtype], [...rowShape], data as NumericArray, indices, offset, count);
  }

  download({ handle, dtype }: Operand): HostData {
    if (dtype === 'string') return this.#strings(handle);
    return viewBytes(dtype, this.#binding.readTensor(handle as number));
  }

  async downloadAsync({ handle, dtype }: Operand): Promise<HostData> {
    if (dtype === 'string') return this.#strings(handle);
    return viewBytes(dtype, await this.#binding.readTensorAsync(handle as number));
  }

  view({ handle, dtype }: Operand): View | undefined {
    if (dtype === 'string') return undefined;
    const buffer = this.#binding.viewTensor(handle as number);
    if (!buffer) return undefined;
    return { data: viewBytes(dtype, buffer), release: () => this.#binding.releaseView(buffer) };
  }

  #strings(handle: Handle): string[] {
    const decoder = new TextDecoder();
    return this.#binding.readStrings(handle as number).map((bytes) => decoder.decode(bytes));
  }

  dispose(handle: Handle): void {
    this.#binding.deleteTensor(handle as number);
  }

  execute<N extends PrimitiveName>(
    name: N, inputs: readonly Operand[], params: ParamsOf<N>, outputs: readonly Aval[],
  ): Handle[] {
    try {
      return this.#eager.execute(name, inputs, params, outputs);
    } catch (error) {
      const refusal = this.#refusal(name, [...inputs, ...outputs]);
      throw refusal === undefined ? error : new TypeError(refusal, { cause: error });
    }
  }

  compile(graph: Graph, options: CompileOptions): Executable {
    for (const node of graph.nodes) {
      const refusal = this.#refusal(node.primitive, [...node.inputs, ...node.outputs]);
      if (refusal !== undefined) throw new TypeError(refusal);
    }
    return this.#compile(graph, options, options.jit ? NO_FUSIONS : (this.#fusions ??= this.#probeFusions()));
  }

  /** On a CPU, where they were measured. */
  #probeFusions(): FusionSupport {
    if (!this.device.startsWith('CPU')) return NO_FUSIONS;
    return probeFusions((graph, support, steady) => {
      const executable = this.#compile(graph, { name: 'fusion_probe', jit: false, steady }, support);
      const operands = graph.inputs.map(({ shape }) => this.upload(new Float32Array(1), shape, 'float32'));
      try {
        for (const handle of executable.run(operands)) this.dispose(handle);
        return true;
      } catch {
        return false;
      } finally {
        executable.dispose();
        for (const handle of operands) this.dispose(handle);
      }
    });
  }

  #compile(graph: Graph, { name, jit, repeat = 1, steady }: CompileOptions, fusions: FusionSupport): Executable {
    const binding = this.#binding;
    const unique = `${name.replace(/\W/g, '_')}_${this.#functions++}`;
    const sequence = jit || repeat > 1 ? undefined : this.#sequence(graph, unique, fusions.rowThreads, steady);
    if (sequence !== undefined) return runInSequence(binding, sequence);
    const functions = repeat === 1 ? emitFunctions(graph, unique, this.#opDefs(), jit, fusions, { steady })
      : emitRepeated(graph, unique, this.#opDefs(), jit, fusions, repeat);
    for (const message of functions) binding.addFunction(encode('FunctionDef', message));
    const outputs = graph.outputs.length;
    let isDisposed = false;
    let isFreed = false;
    let running = 0;
    // A run that waits in its lane still has to find its functions.
    const freeWhenIdle = (): void => {
      if (!isDisposed || isFreed || running > 0) return;
      isFreed = true;
      binding.releaseOp(op);
      for (const { signature } of functions.toReversed()) binding.removeFunction(signature.name);
    };
    const op = binding.prepareOp(unique, jit ? encodeAttrs({ _XlaMustCompile: { bool: true } }) : [], outputs);
    return {
      run(operands) {
        return listOf(binding.execute(op, ...(operands as number[])));
      },
      async runAsync(operands, lane) {
        running++;
        try {
          return await binding.executeAsync(op, operands as number[], undefined, lane);
        } finally {
          running--;
          freeWhenIdle();
        }
      },
      dispose() {
        isDisposed = true;
        freeWhenIdle();
      },
    };
  }

  /** Prepares a small graph as a sequence. Undefined where it does not suit. */
  #sequence(graph: Graph, name: string, rowThreads: number, steady?: ReadonlySet<Value>): number | undefined {
    if (!this.device.startsWith('CPU') || !mayBeSequence(graph)) return undefined;
    const functions = emitFunctions(graph, name, this.#opDefs(), false, { ...NO_FUSIONS, rowThreads }, { steady, isSequence: true });
    if (functions.length > 1) return undefined;
    return prepareSequence(this.#binding, graph, functions[0], this.#opDefs(), steady);
  }

  #opDefs(): OpDefs {
    return (this.#defs ??= new OpDefs(this.#binding.opDefs()));
  }

  readonly savedModels: SavedModelSupport = {
    write: (folder, contents) => writeSavedModel(this.#binding, this.#opDefs(), folder, contents),
    load: (folder) => loadSavedModel(this.#binding, folder, `saved_model_${this.#functions++}`),
  };

  createVariable(initial: Operand): Handle {
    const create = this.#eager.prepare('VarHandleOp', {
      dtype: { type: initial.dtype }, shape: { shape: initial.shape },
      shared_name: { string: ANONYMOUS }, container: { string: '' } }, 1);
    const handle = this.#binding.execute(create) as number;
    this.assignVariable(handle, initial);
    const bytes = byteLengthOf(initial);
    this.#variables.set(handle, bytes);
    this.#binding.adjustExternalMemory(bytes);
    return handle;
  }

  readVariable(variable: Handle, { dtype }: Aval): Handle {
    return this.#binding.execute(this.#eager.prepare('ReadVariableOp', { dtype: { type: dtype } }, 1), variable as number) as number;
  }

  assignVariable(variable: Handle, value: Operand): void {
    const op = this.#eager.prepare('AssignVariableOp', { dtype: { type: value.dtype } }, 0);
    this.#binding.execute(op, variable as number, value.handle as number);
  }

  disposeVariable(variable: Handle): void {
    this.#binding.deleteTensor(variable as number);
    this.#binding.adjustExternalMemory(-this.#variables.get(variable as number)!);
    this.#variables.delete(variable as number);
  }

  #refusal(name: PrimitiveName, avals: readonly Aval[]): string | undefined {
    for (const { dtype } of avals) {
      const reason = this.unsupported(name, dtype);
      if (reason) return `The primitive ${name} cannot be computed for dtype ${dtype}: ${reason}.`;
    }
    return undefined;
  }

  unsupported(name: PrimitiveName, dtype: DType): string | undefined {
    return isComplex(dtype) && REAL_ONLY.has(name)
      ? 'the tensorflow backend has no kernel of it for complex numbers; use their real and imaginary parts' : undefined;
  }

  memory(): MemoryInfo {
    return this.#binding.counts();
  }
}

const listOf = (made: number | number[] | undefined): number[] =>
  (made === undefined ? [] : typeof made === 'number' ? [made] : made);

/** A graph as a sequence. Runs under way hold what they need of it. */
function runInSequence(binding: NativeBinding, sequence: number): Executable {
  let isDisposed = false;
  return {
    run: (operands) => listOf(binding.runSequence(sequence, ...(operands as number[]))),
    runAsync: (operands, lane) => binding.runSequenceAsync(sequence, operands as number[], undefined, lane),
    dispose() {
      if (!isDisposed) binding.releaseSequence(sequence);
      isDisposed = true;
    },
  };
}
