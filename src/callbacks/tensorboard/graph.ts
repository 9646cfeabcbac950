/** A traced step as a GraphDef: its nodes are primitives, its variables stand under their paths. */
import type { DType } from '../../engine/dtype.js';
import type { Graph, Value } from '../../engine/graph.js';
import { encode, type NodeMessage, type ShapeMessage } from './messages.js';

/** TensorFlow's numbers of dtypes. */
const DTYPES = {
  float32: 1, float64: 2, int32: 3, uint8: 4, int16: 5, int8: 6, string: 7, complex64: 8, int64: 9, bool: 10, bfloat16: 14,
  uint16: 17, float16: 19, uint32: 22, uint64: 23,
} as const satisfies Partial<Record<DType, number>>;

const shapeOf = ({ shape }: Value): ShapeMessage => ({ dim: shape.map((size) => ({ size })) });

/** Parameters of a primitive for the reader; graphs inside are left out. */
function describeParams(params: object): Record<string, { s: Uint8Array }> {
  const plain = Object.entries(params).filter(([, value]) => ['number', 'string', 'boolean'].includes(typeof value) ||
    (Array.isArray(value) && value.every((item) => typeof item === 'number')));
  return Object.fromEntries(plain.map(([name, value]) => [name, { s: new TextEncoder().encode(JSON.stringify(value)) }]));
}

export function graphDefOf(graph: Graph): Uint8Array {
  const names = new Map<Value, string>();
  const counts = new Map<string, number>();
  const node: NodeMessage[] = [];
  const unique = (name: string): string => {
    const n = counts.get(name) ?? 0;
    counts.set(name, n + 1);
    return n === 0 ? name : `${name}_${n}`;
  };
  const add = (name: string, op: string, input: string[], outputs: readonly Value[], params: object = {}): void => {
    const given = unique(name);
    outputs.forEach((value, i) => names.set(value, i === 0 ? given : `${given}:${i}`));
    const type = outputs[0] && (DTYPES as Partial<Record<DType, number>>)[outputs[0].dtype];
    node.push({ name: given, op, input, attr: {
      ...describeParams(params), ...(type === undefined ? {} : { T: { type } }),
      ...(outputs.length > 0 ? { _output_shapes: { list: { shape: outputs.map(shapeOf) } } } : {}),
    } });
  };
  graph.inputs.forEach((value, i) => add(`batch/${i}`, 'Placeholder', [], [value]));
  graph.captures.forEach(({ value }, i) => add(`constants/${i}`, 'Const', [], [value]));
  for (const { variable, read } of graph.state) add(variable.path, 'ReadVariableOp', [], [read]);
  for (const { primitive, inputs, outputs, params } of graph.nodes) {
    add(`step/${primitive}`, primitive, inputs.map((value) => names.get(value)!), outputs, params);
  }
  for (const { variable, assigned } of graph.state) {
    if (assigned) add(`${variable.path}/assign`, 'AssignVariableOp', [names.get(assigned)!], []);
  }
  graph.outputs.forEach((value, i) => add(`logs/${i}`, 'Identity', [names.get(value)!], []));
  return encode('GraphDef', { node, versions: { producer: 22 } });
}
