/** The protobuf messages of ONNX files. Field numbers: onnx/onnx.proto. */
import protobuf from 'protobufjs/light.js';
import type { DType } from '../../engine/dtype.js';
import type { FileContents } from '../../saving/file-bytes.js';

const repeated = (type: string, id: number) => ({ rule: 'repeated', type, id });
const field = (type: string, id: number) => ({ type, id });

const root = protobuf.Root.fromJSON({
  nested: {
    Dimension: { oneofs: { value: { oneof: ['dim_value', 'dim_param'] } },
      fields: { dim_value: field('int64', 1), dim_param: field('string', 2) } },
    TensorShapeProto: { fields: { dim: repeated('Dimension', 1) } },
    TensorType: { fields: { elem_type: field('int32', 1), shape: field('TensorShapeProto', 2) } },
    TypeProto: { fields: { tensor_type: field('TensorType', 1) } },
    ValueInfoProto: { fields: { name: field('string', 1), type: field('TypeProto', 2) } },
    TensorProto: { fields: {
      dims: repeated('int64', 1), data_type: field('int32', 2), string_data: repeated('bytes', 6), name: field('string', 8),
      raw_data: field('bytes', 9) } },
    AttributeProto: { fields: {
      name: field('string', 1), f: field('float', 2), i: field('int64', 3), s: field('bytes', 4), g: field('GraphProto', 6),
      ints: repeated('int64', 8), type: field('int32', 20) } },
    NodeProto: { fields: {
      input: repeated('string', 1), output: repeated('string', 2), name: field('string', 3), op_type: field('string', 4),
      attribute: repeated('AttributeProto', 5) } },
    GraphProto: { fields: {
      node: repeated('NodeProto', 1), name: field('string', 2), initializer: repeated('TensorProto', 5),
      input: repeated('ValueInfoProto', 11), output: repeated('ValueInfoProto', 12) } },
    OperatorSetIdProto: { fields: { domain: field('string', 1), version: field('int64', 2) } },
    ModelProto: { fields: {
      ir_version: field('int64', 1), producer_name: field('string', 2), producer_version: field('string', 3),
      graph: field('GraphProto', 7), opset_import: repeated('OperatorSetIdProto', 8) } },
  },
});

export interface ValueInfoMessage {
  name: string;
  type: { tensor_type: { elem_type: number; shape: { dim: { dim_value?: number; dim_param?: string }[] } } };
}
export interface TensorMessage {
  dims: readonly number[];
  data_type: number;
  name: string;
  raw_data?: Uint8Array;
  string_data?: Uint8Array[];
}
export interface AttributeMessage {
  name: string;
  type: number;
  f?: number;
  i?: number;
  s?: Uint8Array;
  g?: GraphMessage;
  ints?: readonly number[];
}
export interface NodeMessage {
  input: readonly string[];
  output: readonly string[];
  name: string;
  op_type: string;
  attribute: AttributeMessage[];
}
export interface GraphMessage {
  node: NodeMessage[];
  name: string;
  initializer: TensorMessage[];
  input: ValueInfoMessage[];
  output: ValueInfoMessage[];
}
export interface ModelMessage {
  ir_version: number;
  producer_name: string;
  producer_version: string;
  graph: GraphMessage;
  opset_import: { domain: string; version: number }[];
}

/** A tensor whose values are read when their turn comes. */
export interface LargeTensor {
  message: TensorMessage;
  byteLength: number;
  read: () => Uint8Array;
}

/** The contents of a file, which need no waiting. */
export interface ModelContents extends FileContents {
  chunks: () => Iterable<Uint8Array>;
}

/** What stands before a field that has a length. */
const opening = (field: number, bytes: number): Uint8Array =>
  protobuf.Writer.create().uint32((field << 3) | 2).uint32(bytes).finish();

/** A model in pieces: protobufjs would hold it three times. The fields of a message may be in any order. */
export function encodeModel({ graph, ...model }: ModelMessage, weights: readonly LargeTensor[]): ModelContents {
  const encode = (type: string, message: object): Uint8Array => root.lookupType(type).encode(message).finish();
  const { graph: graphField } = root.lookupType('ModelProto').fields;
  const { initializer } = root.lookupType('GraphProto').fields;
  const { raw_data } = root.lookupType('TensorProto').fields;
  const pieces: (Uint8Array | LargeTensor)[] = [encode('GraphProto', graph)];
  for (const weight of weights) {
    const head = encode('TensorProto', weight.message);
    const before = opening(raw_data.id, weight.byteLength);
    pieces.push(opening(initializer.id, head.length + before.length + weight.byteLength), head, before, weight);
  }
  const sizeOfAll = (): number => pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
  pieces.unshift(encode('ModelProto', model), opening(graphField.id, sizeOfAll()));
  return {
    byteLength: sizeOfAll(),
    *chunks() {
      for (const piece of pieces) yield piece instanceof Uint8Array ? piece : piece.read();
    },
  };
}

/** What a file holds of these messages; what is not among them is passed over. */
export function decodeModel(bytes: Uint8Array): ModelMessage {
  const type = root.lookupType('ModelProto');
  const message = type.toObject(type.decode(bytes), { longs: Number, arrays: true }) as Partial<ModelMessage>;
  if (!message.graph) throw new TypeError('it has no graph');
  return message as ModelMessage;
}

/** AttributeProto.AttributeType */
export const ATTRIBUTE = { float: 1, int: 2, string: 3, graph: 5, ints: 7 } as const;

/** TensorProto.DataType */
export const ONNX_DTYPE = {
  float32: 1, uint8: 2, int8: 3, uint16: 4, int16: 5, int32: 6, int64: 7, string: 8, bool: 9, float16: 10, float64: 11,
  uint32: 12, uint64: 13, complex64: 14, bfloat16: 16,
} as const satisfies Record<DType, number>;
