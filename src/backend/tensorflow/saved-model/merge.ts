/** Makes one function of several that are alike but for sizes: numbers that differ are computed from shapes when it runs. */
import { bytesOf, isFloat, viewBytes, type DType } from '../../../engine/dtype.js';
import { fromHalfBits } from '../../../engine/half.js';
import { Dimensions, isConstant, ROUNDING, SizeError, type Dimension, type SizeExpression } from '../../../engine/sizes.js';
import { numbersToBits } from '../../../engine/host.js';
import { attrMessage, shapeMessage, type Attrs } from '../attributes.js';
import { TF_DTYPE } from '../binding.js';
import type { AnySize, Noted } from '../emit.js';
import type { AttrValueMessage, FunctionMessage, NodeMessage, Ref } from '../proto.js';

export interface Emitted {
  functions: readonly FunctionMessage[];
  sizes: AnySize;
}

/** One list of functions from those of all traces. */
export function mergeFunctions(traces: readonly Emitted[]): FunctionMessage[] {
  return traces[0].functions.map((_, i) => {
    const same = traces.map(({ functions }) => functions[i]);
    const { name } = same[0].signature;
    return new FunctionMerger(same, traces.map(({ sizes }) => sizes.noted.get(name) ?? [])).merge();
  });
}

const DTYPES = new Map(Object.entries(TF_DTYPE).map(([name, number]) => [number as number, name as DType]));
type TensorMessage = NonNullable<AttrValueMessage['tensor']>;

class FunctionMerger {
  readonly #same: readonly FunctionMessage[];
  readonly #noted: readonly (readonly Noted[])[];
  readonly #dimensions = new Dimensions<Noted>();
  #nextNoted = 0;
  readonly #nodes: NodeMessage[] = [];
  readonly #sizes = new Map<string, Ref>();
  #count = 0;

  constructor(same: readonly FunctionMessage[], noted: readonly (readonly Noted[])[]) {
    this.#same = same;
    this.#noted = noted;
  }

  merge(): FunctionMessage {
    const [first, ...others] = this.#same;
    if (others.some(({ node_def }) => node_def.length !== first.node_def.length)) throw new SizeError(first.signature.name);
    const users = usersOf(first.node_def);
    first.node_def.forEach((node, i) => {
      const nodes = this.#same.map(({ node_def }) => node_def[i]);
      if (nodes.some(({ op, input }) => op !== node.op || input.join() !== node.input.join())) throw new SizeError(node.op);
      if (node.op === 'Const') this.#constant(nodes, users.get(node.name) ?? []);
      else this.#nodes.push({ ...node, attr: this.#attributes(nodes) });
    });
    return { ...first, node_def: this.#nodes };
  }

  #attributes(nodes: readonly NodeMessage[]): NodeMessage['attr'] {
    const [{ attr, op }] = nodes;
    return Object.fromEntries(Object.entries(attr).map(([name, value]) => {
      const texts = nodes.map((node) => JSON.stringify(node.attr[name]));
      if (texts.every((text) => text === texts[0])) return [name, value];
      // A list of tensors has the length that it has.
      if (op === 'TensorListStack' && name === 'num_elements') return [name, { i: -1 }];
      throw new SizeError(op);
    }));
  }

  #constant(nodes: readonly NodeMessage[], users: readonly Use[]): void {
    const [node] = nodes;
    const tensors = nodes.map(({ attr }) => attr.value.tensor!);
    const [tensor] = tensors;
    if (tensors.every((other) => equalTensors(other, tensor))) {
      this.#nodes.push(node);
      return;
    }
    const { dim } = tensor.tensor_shape;
    const dtype = DTYPES.get(tensor.dtype)!;
    if (dim.length > 1 || tensors.some((other) => JSON.stringify(other.tensor_shape) !== JSON.stringify(tensor.tensor_shape))) {
      throw new SizeError(users[0]?.op ?? node.op);
    }
    const values = tensors.map((other) => numbersOf(other, dtype));
    const columns = Array.from(values[0], (_, i) => values.map((numbers) => numbers[i]));
    const open = columns.filter((column) => !isConstant(column)).length;
    // A reshape finds one dimension by itself, and lists of tensors may leave all of theirs open.
    const isOpen = dim.length === 1 && users.length > 0 && users.every(({ op, position }) =>
      (op === 'Reshape' && position === 1 && open === 1) || op.startsWith('TensorList'));
    if (isOpen) {
      this.#nodes.push(constantNode(node.name, columns.map((column) => (isConstant(column) ? column[0] : -1)), dim, dtype));
      return;
    }
    this.#noteUntil(Number(/^n(\d+)_/.exec(node.name)![1]));
    const refs = columns.map((column) => {
      if (isConstant(column)) return this.#number(column[0], dtype);
      const found = this.#dimensions.express(column, ROUNDING[dtype]);
      if (!found) throw new SizeError(users[0]?.op ?? node.op);
      return this.#expression(found, dtype);
    });
    const value = dim.length === 0 ? refs[0]
      : this.#append('Pack', refs, { N: { int: refs.length }, T: { type: dtype }, axis: { int: 0 } }, 'output', dtype);
    // The name of the constant, so that what uses it stays as it is.
    this.#nodes.push({ name: node.name, op: 'Identity', input: [value.ref], attr: { T: { type: value.dtype } } });
  }

  /** Takes in what was noted before the constant was made. */
  #noteUntil(at: number): void {
    const [first] = this.#noted;
    for (; this.#nextNoted < first.length && first[this.#nextNoted].at <= at; this.#nextNoted++) {
      this.#dimensions.add(first[this.#nextNoted], this.#noted.map((noted) => noted[this.#nextNoted].shape));
    }
  }

  // ---- nodes ----

  #append(op: string, inputs: readonly Ref[], attrs: Attrs, output: string, dtype: DType): Ref {
    const name = `size${this.#count++}_${op}`;
    const attr = Object.fromEntries(Object.entries(attrs).map(([key, value]) => [key, attrMessage(value)]));
    this.#nodes.push({ name, op, input: inputs.map(({ ref }) => ref), attr });
    return { ref: `${name}:${output}:0`, dtype: TF_DTYPE[dtype] };
  }

  #number(value: number, dtype: DType): Ref {
    const name = `size${this.#count++}_Const`;
    this.#nodes.push(constantNode(name, [value], [], dtype));
    return { ref: `${name}:output:0`, dtype: TF_DTYPE[dtype] };
  }

  /** One dimension as a scalar of int32. */
  #size({ tensor, axis }: Dimension<Noted>): Ref {
    const key = `${tensor.ref}|${axis}`;
    let size = this.#sizes.get(key);
    if (!size) {
      const shape = this.#append('Shape', [tensor], { T: { type: DTYPES.get(tensor.dtype)! }, out_type: { type: 'int32' } }, 'output', 'int32');
      const [from, to, step] = [axis, axis + 1, 1].map((value) => {
        const name = `size${this.#count++}_Const`;
        this.#nodes.push(constantNode(name, [value], [{ size: 1 }], 'int32'));
        return { ref: `${name}:output:0`, dtype: TF_DTYPE.int32 };
      });
      size = this.#append('StridedSlice', [shape, from, to, step],
        { T: { type: 'int32' }, Index: { type: 'int32' }, shrink_axis_mask: { int: 1 } }, 'output', 'int32');
      this.#sizes.set(key, size);
    }
    return size;
  }

  #expression({ factors, times, over, plus, isInverse }: SizeExpression<Noted>, dtype: DType): Ref {
    const kind: DType = isFloat(dtype) ? 'float64' : 'int32';
    const T = { T: { type: kind } };
    const cast = (x: Ref, from: DType, to: DType): Ref =>
      (from === to ? x : this.#append('Cast', [x], { SrcT: { type: from }, DstT: { type: to } }, 'y', to));
    const combine = (op: string, x: Ref, y: Ref): Ref => this.#append(op, [x, y], T, 'z', kind);
    let value = factors.map((factor) => cast(this.#size(factor), 'int32', kind)).reduce((x, y) => combine('Mul', x, y));
    if (times !== 1) value = combine('Mul', value, this.#number(times, kind));
    if (over !== 1) value = combine(kind === 'int32' ? 'FloorDiv' : 'RealDiv', value, this.#number(over, kind));
    if (plus !== 0) value = combine('AddV2', value, this.#number(plus, kind));
    if (isInverse) value = this.#append('Reciprocal', [value], T, 'y', kind);
    return cast(value, kind, dtype);
  }
}

interface Use {
  op: string;
  position: number;
}

/** By the name of a node those that take its first output. */
function usersOf(nodes: readonly NodeMessage[]): Map<string, Use[]> {
  const users = new Map<string, Use[]>();
  for (const { op, input } of nodes) {
    input.forEach((ref, position) => {
      const [name] = ref.split(':');
      const uses = users.get(name) ?? [];
      uses.push({ op, position });
      users.set(name, uses);
    });
  }
  return users;
}

const equalTensors = (a: TensorMessage, b: TensorMessage): boolean =>
  JSON.stringify(a.tensor_shape) === JSON.stringify(b.tensor_shape) &&
  (a.tensor_content && b.tensor_content ? Buffer.compare(a.tensor_content, b.tensor_content) === 0
    : JSON.stringify(a.string_val) === JSON.stringify(b.string_val));

function numbersOf({ tensor_content }: TensorMessage, dtype: DType): number[] {
  const bits = viewBytes(dtype as Exclude<DType, 'string'>, Uint8Array.from(tensor_content!).buffer);
  const values = dtype === 'float16' || dtype === 'bfloat16' ? fromHalfBits(bits as Uint16Array, dtype) : bits;
  return Array.from(values as ArrayLike<number | bigint>, Number);
}

function constantNode(name: string, values: readonly number[], dim: { size: number }[], dtype: DType): NodeMessage {
  const bits = numbersToBits(values, dtype) as Int32Array;
  const tensor: TensorMessage = {
    dtype: TF_DTYPE[dtype], tensor_shape: shapeMessage(dim.map(({ size }) => size)),
    tensor_content: bytesOf(bits) };
  return { name, op: 'Const', input: [], attr: { dtype: { type: TF_DTYPE[dtype] }, value: { tensor } } };
}
