/** The protobuf messages of SavedModels. Field numbers: tensorflow/core/protobuf/*.proto, core/framework/*.proto. */
import { addMessages, decodeMessage, encodeMessage, type FunctionMessage, type NodeMessage, type ShapeMessage } from '../proto.js';

const repeated = (type: string, id: number) => ({ rule: 'repeated', type, id });
const field = (type: string, id: number) => ({ type, id });
const map = (type: string, id: number) => ({ keyType: 'string', type, id });

addMessages({
  VersionDef: { fields: { producer: field('int32', 1), min_consumer: field('int32', 2) } },
  FunctionDefLibrary: { fields: { function: repeated('FunctionDef', 1) } },
  GraphDef: { fields: { node: repeated('NodeDef', 1), library: field('FunctionDefLibrary', 2), versions: field('VersionDef', 4) } },
  TensorInfo: { fields: { name: field('string', 1), dtype: field('int32', 2), tensor_shape: field('TensorShapeProto', 3) } },
  SignatureDef: { fields: { inputs: map('TensorInfo', 1), outputs: map('TensorInfo', 2), method_name: field('string', 3) } },
  SaverDef: { fields: {
    filename_tensor_name: field('string', 1), save_tensor_name: field('string', 2), restore_op_name: field('string', 3),
    version: field('int32', 7) } },
  MetaInfoDef: { fields: { tags: repeated('string', 4), tensorflow_version: field('string', 5) } },
  MetaGraphDef: { fields: {
    meta_info_def: field('MetaInfoDef', 1), graph_def: field('GraphDef', 2), saver_def: field('SaverDef', 3),
    signature_def: map('SignatureDef', 5), object_graph_def: field('SavedObjectGraph', 7) } },
  SavedModel: { fields: { saved_model_schema_version: field('int64', 1), meta_graphs: repeated('MetaGraphDef', 2) } },

  NoneValue: { fields: {} },
  StructuredValues: { fields: { values: repeated('StructuredValue', 1) } },
  DictValue: { fields: { fields: map('StructuredValue', 1) } },
  PairValue: { fields: { key: field('string', 1), value: field('StructuredValue', 2) } },
  NamedTupleValue: { fields: { name: field('string', 1), values: repeated('PairValue', 2) } },
  TensorSpecProto: { fields: { name: field('string', 1), shape: field('TensorShapeProto', 2), dtype: field('int32', 3) } },
  StructuredValue: {
    oneofs: { kind: { oneof: [
      'none_value', 'float64_value', 'int64_value', 'string_value', 'bool_value', 'tensor_spec_value', 'list_value', 'tuple_value',
      'dict_value', 'named_tuple_value'] } },
    fields: {
      none_value: field('NoneValue', 1), float64_value: field('double', 11), int64_value: field('sint64', 12),
      string_value: field('string', 13), bool_value: field('bool', 14), tensor_spec_value: field('TensorSpecProto', 33),
      list_value: field('StructuredValues', 51), tuple_value: field('StructuredValues', 52), dict_value: field('DictValue', 53),
      named_tuple_value: field('NamedTupleValue', 54) } },

  FunctionSpec: { fields: { fullargspec: field('StructuredValue', 1), input_signature: field('StructuredValue', 5) } },
  SavedUserObject: { fields: { identifier: field('string', 1), version: field('VersionDef', 2) } },
  SavedFunction: { fields: { concrete_functions: repeated('string', 1), function_spec: field('FunctionSpec', 2) } },
  SavedBareConcreteFunction: { fields: {
    concrete_function_name: field('string', 1), argument_keywords: repeated('string', 2),
    allowed_positional_arguments: field('int64', 3), function_spec: field('FunctionSpec', 4) } },
  SavedConcreteFunction: { fields: {
    bound_inputs: repeated('int32', 2), canonicalized_input_signature: field('StructuredValue', 3),
    output_signature: field('StructuredValue', 4) } },
  SavedConstant: { fields: { operation: field('string', 1) } },
  SavedVariable: { fields: {
    dtype: field('int32', 1), shape: field('TensorShapeProto', 2), trainable: field('bool', 3), name: field('string', 6) } },
  ObjectReference: { fields: { node_id: field('int32', 1), local_name: field('string', 2) } },
  SavedObject: {
    oneofs: { kind: { oneof: ['user_object', 'function', 'variable', 'bare_concrete_function', 'constant'] } },
    fields: {
      children: repeated('ObjectReference', 1), user_object: field('SavedUserObject', 4), function: field('SavedFunction', 6),
      variable: field('SavedVariable', 7), bare_concrete_function: field('SavedBareConcreteFunction', 8),
      constant: field('SavedConstant', 9) } },
  SavedObjectGraph: { fields: { nodes: repeated('SavedObject', 1), concrete_functions: map('SavedConcreteFunction', 2) } },

  SerializedTensor: { fields: { name: field('string', 1), full_name: field('string', 2), checkpoint_key: field('string', 3) } },
  BoolValue: { fields: { value: field('bool', 1) } },
  TrackableObject: { fields: {
    children: repeated('ObjectReference', 1), attributes: repeated('SerializedTensor', 2), has_checkpoint_values: field('BoolValue', 5) } },
  TrackableObjectGraph: { fields: { nodes: repeated('TrackableObject', 1) } },
});

export interface TensorSpecMessage {
  name: string;
  shape: ShapeMessage;
  dtype: number;
}
export interface StructuredMessage {
  none_value?: Record<string, never>;
  string_value?: string;
  tensor_spec_value?: TensorSpecMessage;
  list_value?: { values: StructuredMessage[] };
  tuple_value?: { values: StructuredMessage[] };
  dict_value?: { fields: Record<string, StructuredMessage> };
  named_tuple_value?: { name: string; values: { key: string; value: StructuredMessage }[] };
}
export interface FunctionSpecMessage {
  fullargspec: StructuredMessage;
  input_signature: StructuredMessage;
}
export interface ReferenceMessage {
  node_id: number;
  local_name: string;
}
export interface ObjectMessage {
  children: ReferenceMessage[];
  user_object?: { identifier: string; version: { producer: number; min_consumer: number } };
  function?: { concrete_functions: string[]; function_spec: FunctionSpecMessage };
  variable?: { dtype: number; shape: ShapeMessage; trainable: boolean; name: string };
  bare_concrete_function?: {
    concrete_function_name: string; argument_keywords: string[]; allowed_positional_arguments: number; function_spec: FunctionSpecMessage };
  constant?: { operation: string };
}
export interface ConcreteFunctionMessage {
  bound_inputs: number[];
  canonicalized_input_signature: StructuredMessage;
  output_signature: StructuredMessage;
}
export interface ObjectGraphMessage {
  nodes: ObjectMessage[];
  concrete_functions: Record<string, ConcreteFunctionMessage>;
}
export interface TensorInfoMessage {
  name: string;
  dtype: number;
  tensor_shape: ShapeMessage & { unknown_rank?: boolean };
}
export interface SignatureMessage {
  inputs: Record<string, TensorInfoMessage>;
  outputs: Record<string, TensorInfoMessage>;
  method_name: string;
}
export interface MetaGraphMessage {
  meta_info_def: { tags: string[]; tensorflow_version: string };
  graph_def: { node: NodeMessage[]; library: { function: FunctionMessage[] }; versions: { producer: number; min_consumer: number } };
  saver_def: { filename_tensor_name: string; save_tensor_name: string; restore_op_name: string; version: number };
  signature_def: Record<string, SignatureMessage>;
  object_graph_def?: ObjectGraphMessage;
}
export interface SavedModelMessage {
  saved_model_schema_version: number;
  meta_graphs: MetaGraphMessage[];
}
export interface TrackableGraphMessage {
  nodes: {
    children: ReferenceMessage[]; attributes: { name: string; full_name: string; checkpoint_key: string }[];
    has_checkpoint_values: { value: boolean } }[];
}

export const encodeSavedModel = (message: SavedModelMessage): Uint8Array => encodeMessage('SavedModel', message);
export const decodeSavedModel = (bytes: Uint8Array): SavedModelMessage => decodeMessage('SavedModel', bytes) as SavedModelMessage;
export const encodeTrackableGraph = (message: TrackableGraphMessage): Uint8Array => encodeMessage('TrackableObjectGraph', message);
export const decodeTrackableGraph = (bytes: Uint8Array): TrackableGraphMessage =>
  decodeMessage('TrackableObjectGraph', bytes) as TrackableGraphMessage;
