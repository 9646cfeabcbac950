/** Op attributes as lowering rules write them, and their protobuf form. */
import type { DType } from '../../engine/dtype.js';
import type { Shape } from '../../engine/shape.js';
import { TF_DTYPE } from './binding.js';
import { encode, type AttrValueMessage, type ShapeMessage } from './proto.js';

/** Types that tensors of the engine do not have occur between the ops of a rule. */
type AttrType = DType | 'resource' | 'complex128';
export type Attr =
  | { type: AttrType } | { types: readonly AttrType[] } | { int: number } | { ints: readonly number[] }
  | { float: number } | { bool: boolean } | { string: string } | { strings: readonly string[] } | { shape: Shape }
  | { func: string } | { funcs: readonly string[] }
  /** TensorFlow's numbers of dtypes. */
  | { typeNumbers: readonly number[] };
export type Attrs = Readonly<Record<string, Attr>>;

export const shapeMessage = (shape: Shape): ShapeMessage => ({ dim: shape.map((size) => ({ size })) });
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

export function attrMessage(attr: Attr): AttrValueMessage {
  if ('type' in attr) return { type: TF_DTYPE[attr.type] };
  if ('types' in attr) return { list: { type: attr.types.map((t) => TF_DTYPE[t]) } };
  if ('typeNumbers' in attr) return { list: { type: [...attr.typeNumbers] } };
  if ('int' in attr) return { i: attr.int };
  if ('ints' in attr) return { list: { i: [...attr.ints] } };
  if ('float' in attr) return { f: attr.float };
  if ('bool' in attr) return { b: attr.bool };
  if ('string' in attr) return { s: text(attr.string) };
  if ('strings' in attr) return { list: { s: attr.strings.map(text) } };
  if ('func' in attr) return { func: { name: attr.func } };
  if ('funcs' in attr) return { list: { func: attr.funcs.map((name) => ({ name })) } };
  return { shape: shapeMessage(attr.shape) };
}

export const encodeAttrs = (attrs: Attrs): [string, Uint8Array][] =>
  Object.entries(attrs).map(([name, attr]) => [name, encode('AttrValue', attrMessage(attr))]);

/** A string that is equal for equal attributes. */
export function attrKey(attrs: Attrs): string {
  let key = '';
  for (const name in attrs) {
    const attr = attrs[name] as Record<string, unknown>;
    for (const kind in attr) key += `|${name}=${String(attr[kind])}`;
  }
  return key;
}
