/** Runs lowering rules at once: each op is prepared on its first use and found again by its attributes. */
import type { Aval, Operand } from '../backend.js';
import type { DType, HostData, NumericArray } from '../../engine/dtype.js';
import { numbersToBits } from '../../engine/host.js';
import type { Subgraph } from '../../engine/graph.js';
import type { ParamsOf, PrimitiveName } from '../../engine/primitives/index.js';
import { byteLengthOf, type Shape } from '../../engine/shape.js';
import { attrKey, encodeAttrs, type Attrs } from './attributes.js';
import { TF_DTYPE, type NativeBinding } from './binding.js';
import { lowerings } from './lowering/index.js';
import type { Builder, LoweringFunction, Part } from './lowering/builder.js';

const NO_ATTRS: Attrs = {};
/** Constants of a few elements (shapes, axes, literals) stay on the device: about as many as a program has in its text. */
const MAX_CONSTANTS = 1024;
const MAX_VECTOR = 16;

export class EagerExecutor implements Builder<number> {
  readonly forXla = false;
  readonly anySize = false;
  /** It does, but ops one by one cost more than they would save. */
  readonly forOneDnn = false;
  readonly rowThreads = 0;
  readonly #binding: NativeBinding;
  #prepared = new Map<string, number>();
  #byPrimitive = new Map<PrimitiveName, number>();
  #constants = new Map<string, number>();
  /** Handles made by the rule that is running, except cached ones. */
  #made: number[] = [];

  constructor(binding: NativeBinding) {
    this.#binding = binding;
  }

  execute<N extends PrimitiveName>(
    name: N, inputs: readonly Operand[], params: ParamsOf<N>, outputs: readonly Aval[],
  ): number[] {
    const direct = this.#byPrimitive.get(name);
    if (direct !== undefined) {
      const made = inputs.length === 2
        ? this.#binding.execute(direct, inputs[0].handle as number, inputs[1].handle as number)
        : this.#binding.execute(direct, ...inputs.map((x) => x.handle as number));
      return [made as number];
    }
    const lowering = lowerings[name];
    if (typeof lowering === 'string') {
      this.#byPrimitive.set(name, this.prepare(lowering, NO_ATTRS, 1));
      return this.execute(name, inputs, params, outputs);
    }
    if (name === 'full' && outputs[0].shape.length === 0) {
      // A scalar is uploaded anew: a copy of a cached one costs four times as much (bench/eager-add.ts).
      const { value, dtype } = params as ParamsOf<'full'>;
      return [this.upload(numbersToBits([value], dtype), [], dtype)];
    }
    const before = this.#made;
    this.#made = [];
    let result: number[] = [];
    try {
      const made = (lowering as LoweringFunction<ParamsOf<N>>)<number>(
        this, inputs.map((x) => x.handle as number), { params, inputs, outputs });
      result = Array.isArray(made) ? made : [made];
      // A rule may hand back a cached constant, or the same twice: the caller owns each of its results.
      result = result.map((handle, i) =>
        (this.#made.includes(handle) && result.indexOf(handle) === i ? handle : this.op('Identity', [handle])));
      return result;
    } finally {
      for (const handle of this.#made) if (!result.includes(handle)) this.#binding.deleteTensor(handle);
      this.#made = before;
    }
  }

  /** The prepared form of an op with these attributes. */
  prepare(name: string, attrs: Attrs, outputs: number): number {
    const key = attrs === NO_ATTRS ? name : name + attrKey(attrs);
    let op = this.#prepared.get(key);
    if (op === undefined) {
      op = this.#binding.prepareOp(name, encodeAttrs(attrs), outputs);
      this.#prepared.set(key, op);
    }
    return op;
  }

  op(name: string, inputs: readonly number[], attrs: Attrs = NO_ATTRS): number {
    const handle = this.#binding.execute(this.prepare(name, attrs, 1), ...inputs) as number;
    this.#made.push(handle);
    return handle;
  }

  ops(name: string, inputs: readonly number[], attrs: Attrs, outputs: number): number[] {
    const handles = this.#binding.execute(this.prepare(name, attrs, outputs), ...inputs);
    const all = (outputs === 1 ? [handles] : handles) as number[];
    this.#made.push(...all);
    return all;
  }

  ints(values: readonly number[]): number {
    const make = (): number => this.upload(Int32Array.from(values), [values.length], 'int32');
    return values.length > MAX_VECTOR ? this.#track(make()) : this.#cached(`v${values.join()}`, make);
  }

  scalar(value: number | bigint, dtype: DType): number {
    return this.#cached(`${dtype}${value === 0 && Object.is(value, -0) ? '-0' : value}`,
      () => this.upload(numbersToBits([value], dtype), [], dtype));
  }

  constant(data: HostData, shape: Shape, dtype: DType): number {
    return this.#track(this.upload(data, shape, dtype));
  }

  /** Ops run one after the other anyway. */
  after(values: readonly number[]): number[] {
    return [...values];
  }

  evaluate({ inputs: from, nodes, outputs }: Subgraph, inputs: readonly number[]): number[] {
    const handles = new Map(from.map((value, i) => [value, inputs[i]]));
    for (const node of nodes) {
      const x = node.inputs.map((value) => handles.get(value)!);
      const lowering = lowerings[node.primitive];
      const made = typeof lowering === 'string' ? this.op(lowering, x)
        : (lowering as LoweringFunction<object>)<number>(this, x, node);
      node.outputs.forEach((value, i) => handles.set(value, Array.isArray(made) ? made[i] : made));
    }
    return outputs.map((value) => handles.get(value)!);
  }

  loop(
    variables: readonly number[], condition: (b: Builder<number>, x: readonly number[]) => number, body: Part<number>,
  ): number[] {
    let current = [...variables];
    let owned: number[] = [];
    for (;;) {
      const holds = this.#scoped(() => this.#binding.readScalars([condition(this, current)])[0] !== 0);
      if (!holds) break;
      const next = this.#scoped(() => body(this, current), (results) => results);
      const kept = owned.filter((handle) => next.includes(handle));
      for (const handle of owned) if (!next.includes(handle)) this.#binding.deleteTensor(handle);
      owned = [...kept, ...new Set(next.filter((handle) => this.#escaped.delete(handle)))];
      current = next;
    }
    this.#made.push(...owned);
    return current;
  }

  branch(index: number, inputs: readonly number[], branches: readonly Part<number>[]): number[] {
    return branches[this.#binding.readScalars([index])[0]](this, inputs);
  }

  /** Handles of results that left `#scoped`. */
  readonly #escaped = new Set<number>();

  /** Runs a part of a rule and frees what it made but its results. */
  #scoped<T>(fn: () => T, results: (made: T) => readonly number[] = () => []): T {
    const before = this.#made;
    this.#made = [];
    let keep: readonly number[] = [];
    try {
      const result = fn();
      keep = results(result);
      return result;
    } finally {
      for (const handle of this.#made) {
        if (keep.includes(handle)) this.#escaped.add(handle);
        else this.#binding.deleteTensor(handle);
      }
      this.#made = before;
    }
  }

  #track(handle: number): number {
    this.#made.push(handle);
    return handle;
  }

  #cached(key: string, make: () => number): number {
    let handle = this.#constants.get(key);
    if (handle === undefined) {
      handle = make();
      if (this.#constants.size >= MAX_CONSTANTS) return this.#track(handle);
      this.#constants.set(key, handle);
    }
    return handle;
  }

  upload(data: HostData, shape: Shape, dtype: DType): number {
    if (dtype === 'string') return this.#binding.createStringTensor([...shape], data as string[]);
    const array = data as NumericArray;
    const bytes = byteLengthOf({ shape, dtype });
    if (array.byteLength !== bytes) {
      throw new RangeError(`A ${dtype} tensor of shape [${shape.join(', ')}] has ${bytes} bytes, received ${array.byteLength}.`);
    }
    return this.#binding.createTensor(TF_DTYPE[dtype], [...shape], array);
  }
}
