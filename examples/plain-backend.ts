/**
 * A backend outside of the package, in plain JavaScript: a subset of the primitives for float32, int32 and bool. What it
 * lacks it says in `unsupported`, and refuses. docs/BACKENDS.md explains it; the conformance suite checks it.
 */
import { backend as K, config } from '../src/index.js';

type Data = Float32Array | Int32Array | Uint8Array | string[];
type NumberArray = Exclude<Data, string[]>;
/** What stands behind a handle. Nothing writes into data once it is made, so handles may share it. */
interface Stored {
  data: Data;
}
/** A tensor with its elements. */
interface Input extends K.Aval {
  data: NumberArray;
}
type Kernel<P> = (inputs: readonly Input[], params: P, output: K.Aval) => ArrayLike<number>;
type Kernels = { [N in K.PrimitiveName]?: Kernel<K.ParamsOf<N>> };

const NAME = 'plain';
const DTYPES = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;
const hasDType = (dtype: string): dtype is keyof typeof DTYPES => Object.hasOwn(DTYPES, dtype);
const sizeOf = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);

/** How far apart neighbours along each axis lie; 0 along axes of length 1, which broadcast. */
function stepsOf(shape: readonly number[], rank: number): number[] {
  const steps = Array.from({ length: rank }, () => 0);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1) steps[axis + rank - shape.length] = step;
    step *= shape[axis];
  }
  return steps;
}

/** Calls `visit` for each place of a shape in order, with the offsets that the steps of each operand give. */
function walk(shape: readonly number[], steps: readonly (readonly number[])[], visit: (i: number, at: number[]) => void): void {
  for (let i = 0; i < sizeOf(shape); i++) {
    let rest = i;
    const at = steps.map(() => 0);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const index = rest % shape[axis];
      rest = Math.floor(rest / shape[axis]);
      steps.forEach((step, k) => (at[k] += index * step[axis]));
    }
    visit(i, at);
  }
}

/** A function of corresponding elements of any number of operands, which broadcast. */
const elementwise = (fn: (...values: number[]) => number): Kernel<unknown> => (inputs, _, { shape }) => {
  const out = new Float64Array(sizeOf(shape));
  walk(shape, inputs.map((x) => stepsOf(x.shape, shape.length)),
    (i, at) => (out[i] = fn(...inputs.map((x, k) => x.data[at[k]]))));
  return out;
};

/** Elements along the axes folded into one. */
const reduction = (initial: number, fn: (a: number, b: number) => number): Kernel<{ axes: readonly number[] }> =>
  ([x], { axes }) => {
    const kept = x.shape.map((d, axis) => (axes.includes(axis) ? 1 : d));
    const out = new Float64Array(sizeOf(kept)).fill(initial);
    walk(x.shape, [stepsOf(kept, kept.length)], (i, [at]) => (out[at] = fn(out[at], x.data[i])));
    return out;
  };

const KERNELS: Kernels = {
  full: (_, { value }, { shape }) => new Float64Array(sizeOf(shape)).fill(Number(value)),
  iota: (_, { start, step, length }) => Float64Array.from({ length }, (__, i) => start + i * step),
  reshape: ([x]) => x.data,
  stop_gradient: ([x]) => x.data,
  broadcast_to: elementwise((x) => x),
  transpose: ([x], { permutation }, { shape }) => {
    const steps = stepsOf(x.shape, x.shape.length);
    const out = new Float64Array(x.data.length);
    walk(shape, [permutation.map((axis) => steps[axis])], (i, [at]) => (out[i] = x.data[at]));
    return out;
  },
  add: elementwise((x, y) => x + y), subtract: elementwise((x, y) => x - y), multiply: elementwise((x, y) => x * y),
  divide: elementwise((x, y) => x / y), maximum: elementwise(Math.max), minimum: elementwise(Math.min),
  negative: elementwise((x) => -x), square: elementwise((x) => x * x), exp: elementwise(Math.exp),
  log: elementwise(Math.log), sqrt: elementwise(Math.sqrt), tanh: elementwise(Math.tanh),
  equal: elementwise((x, y) => Number(x === y)), greater: elementwise((x, y) => Number(x > y)),
  less: elementwise((x, y) => Number(x < y)), select: elementwise((condition, x, y) => (condition ? x : y)),
  reduce_sum: reduction(0, (a, b) => a + b), reduce_max: reduction(-Infinity, Math.max),
  reduce_mean: (inputs, params, output) => {
    const count = inputs[0].data.length / sizeOf(output.shape);
    return Float64Array.from(reduction(0, (a, b) => a + b)(inputs, params, output), (sum) => sum / count);
  },
  matmul: ([x, y], { transposeA, transposeB }, { shape }) => {
    const rank = shape.length;
    const inner = x.shape[x.shape.length - (transposeA ? 2 : 1)];
    const [a, b] = [stepsOf(x.shape, rank), stepsOf(y.shape, rank)];
    if (transposeA) a.push(...a.splice(-2).toReversed());
    if (transposeB) b.push(...b.splice(-2).toReversed());
    const [alongA, alongB] = [a[rank - 1], b[rank - 2]];
    a[rank - 1] = 0;
    b[rank - 2] = 0;
    const out = new Float64Array(sizeOf(shape));
    walk(shape, [a, b], (i, at) => {
      for (let k = 0; k < inner; k++) out[i] += x.data[at[0] + k * alongA] * y.data[at[1] + k * alongB];
    });
    return out;
  },
};

/** These move elements or compare them, so they work for every dtype; the others compute, in float32. */
const FOR_ALL_DTYPES: ReadonlySet<string> = new Set([
  'full', 'iota', 'reshape', 'stop_gradient', 'broadcast_to', 'transpose', 'equal', 'greater', 'less', 'select']);

export class PlainBackend implements K.Backend {
  readonly name = NAME;
  readonly device = 'CPU:0';
  /** Neither an optimising compiler nor computation off the thread. */
  readonly features: ReadonlySet<'jit' | 'async'> = new Set();
  readonly #tensors = new Set<Stored>();
  readonly #variables = new Set<Stored>();

  /** A handle of its own for the caller, who will dispose of it. */
  hand(data: Data): Stored {
    const stored = { data };
    this.#tensors.add(stored);
    return stored;
  }

  upload(data: K.HostData, shape: K.Aval['shape'], dtype: K.Aval['dtype']): K.Handle {
    const reason = this.unsupported('constant', dtype);
    if (reason) throw new Error(`Cannot make a tensor of dtype ${dtype}: ${reason}.`);
    if (data.length !== sizeOf(shape)) {
      throw new Error(`A tensor of shape [${shape.join(', ')}] needs ${sizeOf(shape)} values, received ${data.length}.`);
    }
    return this.hand((data as Data).slice());
  }

  uploadRows(
    data: K.HostData, rowShape: K.Aval['shape'], dtype: K.Aval['dtype'], indices: Int32Array, offset: number, count: number,
  ): K.Handle {
    const size = sizeOf(rowShape);
    const source = data as ArrayLike<number>;
    const rows = indices.subarray(offset, offset + count);
    const taken = Array.from(rows).flatMap((row) => {
      if (row < 0 || (row + 1) * size > source.length) throw new RangeError(`uploadRows: there is no row ${row}.`);
      return Array.from({ length: size }, (_, i) => source[row * size + i]);
    });
    const batch = dtype === 'string' ? taken.map(String) : hasDType(dtype) ? DTYPES[dtype].from(taken) : [];
    return this.upload(batch, [count, ...rowShape], dtype);
  }

  download({ handle }: K.Operand): K.HostData {
    return (handle as Stored).data.slice();
  }

  async downloadAsync(operand: K.Operand): Promise<K.HostData> {
    return this.download(operand);
  }

  dispose(handle: K.Handle): void {
    this.#tensors.delete(handle as Stored);
  }

  unsupported(name: K.PrimitiveName, dtype: K.Aval['dtype']): string | undefined {
    if (!hasDType(dtype) && !(dtype === 'string' && name === 'constant')) return `the ${NAME} backend has no dtype ${dtype}`;
    if (name === 'constant' || name === 'cast') return undefined;
    if (KERNELS[name] === undefined) return `the ${NAME} backend has no primitive ${name}`;
    if (dtype === 'float32' || FOR_ALL_DTYPES.has(name)) return undefined;
    return `the ${NAME} backend computes ${name} in float32 only`;
  }

  /** Throws for what `unsupported` names, with the primitive, the dtype and the backend in the message. */
  require(name: K.PrimitiveName, avals: readonly K.Aval[]): void {
    for (const { dtype } of avals) {
      const reason = this.unsupported(name, dtype);
      if (reason) throw new Error(`Cannot compute ${name} for dtype ${dtype}: ${reason}.`);
    }
  }

  /** One primitive on data. Kernels give numbers; here they become the dtype of the result. */
  compute(name: K.PrimitiveName, inputs: readonly Input[], params: unknown, output: K.Aval): Data {
    if (name === 'constant') return (params as K.ParamsOf<'constant'>).data as Data;
    const { dtype } = output;
    if (!hasDType(dtype)) throw new Error(`The ${NAME} backend has no dtype ${dtype}.`);
    if (name === 'cast') {
      const [{ data }] = inputs;
      return dtype === 'bool' ? Uint8Array.from(data, (x) => Number(x !== 0)) : DTYPES[dtype].from(data);
    }
    const kernel = KERNELS[name] as Kernel<unknown>;
    return DTYPES[dtype].from(kernel(inputs, params, output));
  }

  execute<N extends K.PrimitiveName>(
    name: N, inputs: readonly K.Operand[], params: K.ParamsOf<N>, outputs: readonly K.Aval[],
  ): K.Handle[] {
    this.require(name, [...inputs, ...outputs]);
    const values = inputs.map(({ shape, dtype, handle }) => ({ shape, dtype, data: (handle as Stored).data as NumberArray }));
    return [this.hand(this.compute(name, values, params, outputs[0]))];
  }

  /** A graph is run node by node; a backend with a compiler would translate it here. */
  compile(graph: K.Graph, { name, jit, repeat = 1 }: K.CompileOptions): K.Executable {
    if (jit) throw new Error(`The ${NAME} backend has no optimising compiler: compile '${name}' with jit: false.`);
    for (const node of graph.nodes) this.require(node.primitive, [...node.inputs, ...node.outputs]);
    const given = [...graph.inputs, ...graph.captures.map(({ value }) => value), ...graph.state.map(({ read }) => read)];
    const once = (operands: readonly K.Handle[]): K.Handle[] => {
      const known = new Map(given.map((value, i) => [value, (operands[i] as Stored).data]));
      const data = (value: K.Value): Data => known.get(value)!;
      for (const { primitive, inputs, params, outputs } of graph.nodes) {
        const values = inputs.map((value) => ({ shape: value.shape, dtype: value.dtype, data: data(value) as NumberArray }));
        known.set(outputs[0], this.compute(primitive, values, params, outputs[0]));
      }
      // All values are there before the first variable changes.
      const results = graph.outputs.map(data);
      graph.state.forEach(({ assigned }, i) => {
        if (assigned) (operands[graph.inputs.length + graph.captures.length + i] as Stored).data = data(assigned);
      });
      return results.map((result) => this.hand(result));
    };
    const run = (operands: readonly K.Handle[]): K.Handle[] => {
      const count = graph.inputs.length;
      const shared = operands.slice(repeat * count);
      let results: K.Handle[] = [];
      for (let i = 0; i < repeat; i++) {
        for (const result of results) this.dispose(result);
        results = once([...operands.slice(i * count, (i + 1) * count), ...shared]);
      }
      return results;
    };
    return { run, runAsync: async (operands) => run(operands), dispose: () => undefined };
  }

  createVariable({ handle }: K.Operand): K.Handle {
    const variable = { data: (handle as Stored).data };
    this.#variables.add(variable);
    return variable;
  }

  readVariable(variable: K.Handle): K.Handle {
    return this.hand((variable as Stored).data);
  }

  assignVariable(variable: K.Handle, { handle }: K.Operand): void {
    (variable as Stored).data = (handle as Stored).data;
  }

  disposeVariable(variable: K.Handle): void {
    this.#variables.delete(variable as Stored);
  }

  memory(): K.MemoryInfo {
    const all = [...this.#tensors, ...this.#variables];
    return { tensors: all.length, bytes: all.reduce((sum, { data }) => sum + (Array.isArray(data) ? 0 : data.byteLength), 0) };
  }
}

config.register_backend(NAME, () => new PlainBackend());
