/** The few TensorFlow protobuf messages we write and read. Field numbers: tensorflow/core/framework/*.proto. */
import protobuf from 'protobufjs/light.js';

const repeated = (type: string, id: number) => ({ rule: 'repeated', type, id });
const field = (type: string, id: number) => ({ type, id });

const messages = {
  nested: {
    Dim: { fields: { size: field('int64', 1) } },
    TensorShapeProto: { fields: { dim: repeated('Dim', 2), unknown_rank: field('bool', 3) } },
    TensorProto: { fields: {
      dtype: field('int32', 1), tensor_shape: field('TensorShapeProto', 2), tensor_content: field('bytes', 4),
      float_val: repeated('float', 5), double_val: repeated('double', 6), int_val: repeated('int32', 7),
      string_val: repeated('bytes', 8), scomplex_val: repeated('float', 9), int64_val: repeated('int64', 10),
      bool_val: repeated('bool', 11), dcomplex_val: repeated('double', 12), half_val: repeated('int32', 13),
      uint32_val: repeated('uint32', 16), uint64_val: repeated('uint64', 17) } },
    ListValue: { fields: {
      s: repeated('bytes', 2), i: repeated('int64', 3), f: repeated('float', 4), b: repeated('bool', 5),
      type: repeated('int32', 6), shape: repeated('TensorShapeProto', 7), tensor: repeated('TensorProto', 8),
      func: repeated('NameAttrList', 9) } },
    NameAttrList: { fields: { name: field('string', 1), attr: { keyType: 'string', type: 'AttrValue', id: 2 } } },
    AttrValue: {
      oneofs: { value: { oneof: ['list', 's', 'i', 'f', 'b', 'type', 'shape', 'tensor', 'func', 'placeholder'] } },
      fields: {
        list: field('ListValue', 1), s: field('bytes', 2), i: field('int64', 3), f: field('float', 4),
        b: field('bool', 5), type: field('int32', 6), shape: field('TensorShapeProto', 7),
        tensor: field('TensorProto', 8), placeholder: field('string', 9), func: field('NameAttrList', 10) } },
    NodeDef: { fields: {
      name: field('string', 1), op: field('string', 2), input: repeated('string', 3), device: field('string', 4),
      attr: { keyType: 'string', type: 'AttrValue', id: 5 } } },
    ArgDef: { fields: {
      name: field('string', 1), type: field('int32', 3), type_attr: field('string', 4),
      number_attr: field('string', 5), type_list_attr: field('string', 6) } },
    AttrDef: { fields: { name: field('string', 1), type: field('string', 2), default_value: field('AttrValue', 3) } },
    OpDef: { fields: {
      name: field('string', 1), input_arg: repeated('ArgDef', 2), output_arg: repeated('ArgDef', 3),
      attr: repeated('AttrDef', 4), is_stateful: field('bool', 17), control_output: repeated('string', 20) } },
    FunctionDef: { fields: {
      signature: field('OpDef', 1), node_def: repeated('NodeDef', 3),
      ret: { keyType: 'string', type: 'string', id: 4 }, attr: { keyType: 'string', type: 'AttrValue', id: 5 },
      control_ret: { keyType: 'string', type: 'string', id: 6 } } },
    GPUOptions: { fields: { allow_growth: field('bool', 4) } },
    ConfigProto: { fields: {
      intra_op_parallelism_threads: field('int32', 2), device_filters: repeated('string', 4),
      inter_op_parallelism_threads: field('int32', 5), gpu_options: field('GPUOptions', 6),
      allow_soft_placement: field('bool', 7), experimental: field('ConfigExperimental', 16) } },
    ConfigExperimental: { fields: { collective_group_leader: field('string', 1) } },
    JobDef: { fields: { name: field('string', 1), tasks: { keyType: 'int32', type: 'string', id: 2 } } },
    ClusterDef: { fields: { job: repeated('JobDef', 1) } },
    ServerDef: { fields: {
      cluster: field('ClusterDef', 1), job_name: field('string', 2), task_index: field('int32', 3),
      default_session_config: field('ConfigProto', 4), protocol: field('string', 5) } },
  },
};
// Map fields carry a key type, which the library's typing of descriptors leaves out.
const root = protobuf.Root.fromJSON(messages as protobuf.INamespace);

export interface AttrValueMessage {
  list?: { s?: Uint8Array[]; i?: number[]; f?: number[]; b?: boolean[]; type?: number[]; shape?: ShapeMessage[]; func?: { name: string }[] };
  s?: Uint8Array;
  i?: number;
  f?: number;
  b?: boolean;
  type?: number;
  shape?: ShapeMessage;
  tensor?: { dtype: number; tensor_shape: ShapeMessage; tensor_content?: Uint8Array; string_val?: Uint8Array[] };
  func?: { name: string };
}
export interface ShapeMessage {
  dim: { size: number }[];
}
export interface NodeMessage {
  name: string;
  op: string;
  input: string[];
  attr: Record<string, AttrValueMessage>;
}
export interface ArgMessage {
  name: string;
  type?: number;
  type_attr?: string;
  number_attr?: string;
  type_list_attr?: string;
}
export interface OpDefMessage {
  name: string;
  input_arg: ArgMessage[];
  output_arg: ArgMessage[];
  attr: { name: string; type: string; default_value?: AttrValueMessage }[];
  is_stateful: boolean;
}
export interface FunctionMessage {
  signature: { name: string; input_arg: ArgMessage[]; output_arg: ArgMessage[]; is_stateful: boolean; control_output: string[] };
  node_def: NodeMessage[];
  ret: Record<string, string>;
  control_ret: Record<string, string>;
  attr: Record<string, AttrValueMessage>;
}
export interface ConfigMessage {
  intra_op_parallelism_threads?: number;
  inter_op_parallelism_threads?: number;
  gpu_options?: { allow_growth: boolean };
  device_filters?: string[];
  allow_soft_placement?: boolean;
  experimental?: { collective_group_leader: string };
}
export interface ServerMessage {
  cluster: { job: { name: string; tasks: Record<number, string> }[] };
  job_name: string;
  task_index: number;
  default_session_config: ConfigMessage;
  protocol: string;
}
/** A result inside a function: how other nodes refer to it, and its TensorFlow dtype. */
export interface Ref {
  readonly ref: string;
  readonly dtype: number;
}

/** The results of a node, in order. */
export function resultsOf({ name, attr }: NodeMessage, { output_arg: args }: OpDefMessage): Ref[] {
  return args.flatMap((arg) => {
    const ref = (i: number): string => `${name}:${arg.name}:${i}`;
    if (arg.type_list_attr) return (attr[arg.type_list_attr].list?.type ?? []).map((dtype, i) => ({ ref: ref(i), dtype }));
    const count = arg.number_attr ? Number(attr[arg.number_attr].i) : 1;
    const dtype = arg.type || Number(attr[arg.type_attr ?? '']?.type ?? 0);
    return Array.from({ length: count }, (_, i) => ({ ref: ref(i), dtype }));
  });
}

interface Messages {
  AttrValue: AttrValueMessage;
  FunctionDef: FunctionMessage;
  ConfigProto: ConfigMessage;
  ServerDef: ServerMessage;
}

/** Makes further messages known, which may have those of this file as parts. */
export const addMessages = (nested: Record<string, object>): void => void root.addJSON(nested as Parameters<typeof root.addJSON>[0]);
export const encodeMessage = (type: string, message: object): Uint8Array => root.lookupType(type).encode(message).finish();
export const decodeMessage = (type: string, bytes: Uint8Array): unknown => root.lookupType(type).decode(bytes);

export function encode<T extends keyof Messages>(type: T, message: Messages[T]): Uint8Array {
  return root.lookupType(type).encode(message).finish();
}

/** Op definitions by name, decoded one by one as they are asked for: the list has some 1,500. */
export class OpDefs {
  #slices = new Map<string, Uint8Array>();
  #decoded = new Map<string, OpDefMessage>();

  /** @param list a serialized OpList */
  constructor(list: Uint8Array) {
    const reader = protobuf.Reader.create(list);
    while (reader.pos < reader.len) {
      reader.uint32();
      const slice = reader.bytes();
      // The name is the first field of an OpDef.
      const inner = protobuf.Reader.create(slice);
      inner.uint32();
      this.#slices.set(inner.string(), slice);
    }
  }

  get(name: string): OpDefMessage {
    let definition = this.#decoded.get(name);
    if (!definition) {
      const slice = this.#slices.get(name);
      if (!slice) throw new Error(`This TensorFlow has no op named ${name}.`);
      definition = root.lookupType('OpDef').decode(slice) as unknown as OpDefMessage;
      this.#decoded.set(name, definition);
    }
    return definition;
  }
}
