/** Structures of tensors as SavedModels write them down. */
import type { DType } from '../../../engine/dtype.js';
import { isPlainObject } from '../../../engine/structure.js';
import type { SymbolicShape } from '../../../engine/shape.js';
import type { TensorSpec } from '../../saved-model.js';
import { TF_DTYPE } from '../binding.js';
import type { ShapeMessage } from '../proto.js';
import type { FunctionSpecMessage, StructuredMessage, TensorSpecMessage } from './messages.js';

export const openShape = (shape: SymbolicShape): ShapeMessage => ({ dim: shape.map((size) => ({ size: size ?? -1 })) });
export const specMessage = ({ name, shape, dtype }: TensorSpec): TensorSpecMessage =>
  ({ name: name ?? '', shape: openShape(shape), dtype: TF_DTYPE[dtype] });

export const none = (): StructuredMessage => ({ none_value: {} });
export const tuple = (values: StructuredMessage[]): StructuredMessage => ({ tuple_value: { values } });
export const dict = (fields: Record<string, StructuredMessage>): StructuredMessage => ({ dict_value: { fields } });
export const list = (values: StructuredMessage[]): StructuredMessage => ({ list_value: { values } });

export const isSpec = (value: unknown): value is TensorSpec => {
  const { dtype, shape } = Object(value) as Partial<TensorSpec>;
  return typeof dtype === 'string' && Array.isArray(shape);
};

/** Specs in arrays and objects. */
export function structured(value: unknown): StructuredMessage {
  if (isSpec(value)) return { tensor_spec_value: specMessage(value) };
  if (Array.isArray(value)) return list(value.map(structured));
  if (isPlainObject(value)) return dict(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, structured(item)])));
  throw new TypeError(`Not a structure of tensors: ${String(value)}.`);
}

/** What Python is told of the arguments' names. */
export function functionSpec(args: readonly string[], keywords: readonly string[], inputSignature: StructuredMessage): FunctionSpecMessage {
  const names = (values: readonly string[]): StructuredMessage => list(values.map((string_value) => ({ string_value })));
  const entries: Record<string, StructuredMessage> = {
    args: names(args), varargs: none(), varkw: none(), defaults: none(), kwonlyargs: names(keywords), kwonlydefaults: none(),
    annotations: dict({}) };
  return {
    fullargspec: { named_tuple_value: { name: 'FullArgSpec', values: Object.entries(entries).map(([key, value]) => ({ key, value })) } },
    input_signature: inputSignature,
  };
}

const DTYPES = new Map(Object.entries(TF_DTYPE).map(([name, number]) => [number as number, name]));
/** The dtype of TensorFlow's number. */
export function dtypeNamed(number: number): DType {
  const name = DTYPES.get(number);
  if (name === undefined || name === 'resource' || name === 'variant' || name === 'complex128') {
    throw new TypeError(`Tensors of TensorFlow's dtype ${name ?? number} cannot be passed to or from JavaScript.`);
  }
  return name as DType;
}

export const shapeOf = ({ dim }: ShapeMessage): (number | null)[] =>
  dim.map(({ size }) => (Number(size) < 0 ? null : Number(size)));

/** The other way: TensorSpecs in arrays and objects; other values (booleans, numbers) as null. */
export function fromStructured(message: StructuredMessage): unknown {
  if (message.tensor_spec_value) {
    const { name, shape, dtype } = message.tensor_spec_value;
    return { name: name || null, shape: shapeOf(shape), dtype: dtypeNamed(dtype) } satisfies TensorSpec;
  }
  const values = message.list_value?.values ?? message.tuple_value?.values;
  if (values) return values.map(fromStructured);
  const fields = message.dict_value?.fields;
  if (fields) return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, fromStructured(value)]));
  const pairs = message.named_tuple_value?.values;
  if (pairs) return pairs.map(({ value }) => fromStructured(value));
  return null;
}
