/** The protobuf messages of event files. Field numbers: tensorflow/core/util/event.proto, core/framework/*.proto. */
import protobuf from 'protobufjs/light.js';

const repeated = (type: string, id: number) => ({ rule: 'repeated', type, id });
const field = (type: string, id: number) => ({ type, id });

const makeRoot = (): protobuf.Root => protobuf.Root.fromJSON({
  nested: {
    Dim: { fields: { size: field('int64', 1) } },
    TensorShapeProto: { fields: { dim: repeated('Dim', 2) } },
    TensorProto: { fields: {
      dtype: field('int32', 1), tensor_shape: field('TensorShapeProto', 2), tensor_content: field('bytes', 4),
      string_val: repeated('bytes', 8) } },
    PluginData: { fields: { plugin_name: field('string', 1), content: field('bytes', 2) } },
    SummaryMetadata: { fields: { plugin_data: field('PluginData', 1), data_class: field('int32', 4) } },
    Value: { fields: { tag: field('string', 1), tensor: field('TensorProto', 8), metadata: field('SummaryMetadata', 9) } },
    Summary: { fields: { value: repeated('Value', 1) } },
    Event: {
      oneofs: { what: { oneof: ['file_version', 'graph_def', 'summary'] } },
      fields: {
        wall_time: field('double', 1), step: field('int64', 2), file_version: field('string', 3), graph_def: field('bytes', 4),
        summary: field('Summary', 5) } },
    ListValue: { fields: { shape: repeated('TensorShapeProto', 7) } },
    AttrValue: {
      oneofs: { value: { oneof: ['list', 's', 'type'] } },
      fields: { list: field('ListValue', 1), s: field('bytes', 2), type: field('int32', 6) } },
    NodeDef: { fields: {
      name: field('string', 1), op: field('string', 2), input: repeated('string', 3), device: field('string', 4),
      // A map field carries a key type, which the library's typing of descriptors leaves out.
      attr: { keyType: 'string', type: 'AttrValue', id: 5 } as protobuf.IField } },
    VersionDef: { fields: { producer: field('int32', 1) } },
    GraphDef: { fields: { node: repeated('NodeDef', 1), versions: field('VersionDef', 4) } },
  },
});
/** Made when it is first needed: most programs never do. */
let root: protobuf.Root | undefined;

export interface ShapeMessage {
  dim: { size: number }[];
}
export interface TensorMessage {
  dtype: number;
  tensor_shape: ShapeMessage;
  tensor_content?: Uint8Array;
  string_val?: Uint8Array[];
}
export interface ValueMessage {
  tag: string;
  tensor: TensorMessage;
  metadata: { plugin_data: { plugin_name: string; content?: Uint8Array }; data_class: number };
}
export interface EventMessage {
  /** Seconds since 1970. */
  wall_time: number;
  step?: number;
  file_version?: string;
  graph_def?: Uint8Array;
  summary?: { value: ValueMessage[] };
}
export interface NodeMessage {
  name: string;
  op: string;
  input: string[];
  attr: Record<string, { list?: { shape: ShapeMessage[] }; s?: Uint8Array; type?: number }>;
}
interface Messages {
  Event: EventMessage;
  GraphDef: { node: NodeMessage[]; versions: { producer: number } };
}

export function encode<T extends keyof Messages>(type: T, message: Messages[T]): Uint8Array {
  return (root ??= makeRoot()).lookupType(type).encode(message).finish();
}
