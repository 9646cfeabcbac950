/** Writes TensorFlow's protocol buffer messages for tests: independent of the product, and able to lie. */

type FieldValue = number | string | Uint8Array;

/** One field of a message: numbers as varints (negative ones in 64 bits), the rest length-delimited. */
export function field(id: number, value: FieldValue): Uint8Array {
  if (typeof value === 'number') return Uint8Array.from([...varint(id * 8), ...varint(value)]);
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  return Uint8Array.from([...varint(id * 8 + 2), ...varint(bytes.length), ...bytes]);
}

/** A field of wire type fixed32 that holds a float. */
export function floatField(id: number, value: number): Uint8Array {
  return Uint8Array.from([...varint(id * 8 + 5), ...new Uint8Array(Float32Array.of(value).buffer)]);
}

/** Messages one after the other. */
export function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return [...bytes, Number(rest)];
}

const shapeProto = (dims: readonly number[]): Uint8Array =>
  join(...dims.map((dim) => field(2, field(1, dim))));

/** Serialized `AttrValue`s. */
export const attr = {
  string: (value: string) => field(2, value),
  int: (value: number) => field(3, value),
  float: (value: number) => floatField(4, value),
  bool: (value: boolean) => field(5, value ? 1 : 0),
  type: (value: number) => field(6, value),
  shape: (dims: readonly number[]) => field(7, shapeProto(dims)),
  func: (name: string) => field(10, field(1, name)),
  ints: (values: readonly number[]) => field(1, join(...values.map((value) => field(3, value)))),
  types: (values: readonly number[]) => field(1, join(...values.map((value) => field(6, value)))),
};

/** One node of a function: name, op, inputs, attributes. */
export interface Node {
  name: string;
  op: string;
  input?: string[];
  attrs?: Record<string, Uint8Array>;
}

/** A serialized `FunctionDef`. Inputs and outputs: name -> TF_DataType; `ret`: where outputs come from. */
export function functionDef(options: {
  name: string;
  inputs?: Record<string, number>;
  outputs?: Record<string, number>;
  nodes?: readonly Node[];
  ret?: Record<string, string>;
}): Uint8Array {
  const { name, inputs = {}, outputs = {}, nodes = [], ret = {} } = options;
  const args = (id: number, entries: Record<string, number>) =>
    Object.entries(entries).map(([arg, type]) => field(id, join(field(1, arg), field(3, type))));
  const map = (id: number, entries: Record<string, FieldValue>) =>
    Object.entries(entries).map(([key, value]) => field(id, join(field(1, key), field(2, value))));
  const signature = join(field(1, name), ...args(2, inputs), ...args(3, outputs));
  const nodeDefs = nodes.map(({ name: node, op, input = [], attrs = {} }) =>
    field(3, join(field(1, node), field(2, op), ...input.map((from) => field(3, from)), ...map(5, attrs))),
  );
  return join(field(1, signature), ...nodeDefs, ...map(4, ret));
}
