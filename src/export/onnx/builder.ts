/** Where rules put ONNX nodes, and how they name what they compute. */
import type { Aval } from '../../backend/backend.js';
import type { DType, HostData } from '../../engine/dtype.js';
import type { Subgraph, Value } from '../../engine/graph.js';
import type { Shape } from '../../engine/shape.js';
import type { Weight } from './weights.js';

/**
 * A tensor of the ONNX graph. ONNX's convolutions take channels first: what one computes has the name of that form,
 * and gets one with channels last when something needs it. So a chain of convolutions is transposed only at its ends.
 */
export interface Ref {
  last?: string;
  first?: string;
  /** Number of axes of what has channels first. */
  readonly rank?: number;
  /** A value that is known when the file is written. */
  readonly weight?: Weight;
}

export type Attribute = { int: number } | { ints: readonly number[] } | { float: number } | { string: string } | { body: Body };
export type Attributes = Readonly<Record<string, Attribute>>;

/** A graph inside of a node, which sees the names of the graph around it. */
export interface Body {
  inputs: readonly { name: string; aval: Aval }[];
  items: Item[];
  outputs: readonly string[];
}

/** What the numbers of a constant are, where these may stay open. */
export type Role = { kind: 'reshape' | 'expand'; from: Shape };

export interface NodeItem {
  kind: 'node';
  op: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes: Attributes;
  /** The layer around it. */
  scope: string;
}
export interface ConstantItem {
  kind: 'constant';
  name: string;
  shape: Shape;
  dtype: DType;
  data: HostData;
  role: Role | undefined;
  scope: string;
}
/** A tensor whose shape may be asked for from here on. */
export interface SeenItem {
  kind: 'seen';
  name: string;
  shape: Shape;
}
export type Item = NodeItem | ConstantItem | SeenItem;

/** Names of the results of a rule: with channels last, or first. */
export type Result = string | { first: string };

export interface RuleContext<P> {
  params: P;
  inputs: readonly Value[];
  outputs: readonly Value[];
}

export interface Builder {
  /** One result of an op. */
  op(name: string, inputs: readonly (Ref | string)[], attributes?: Attributes): string;
  ops(name: string, inputs: readonly (Ref | string)[], attributes: Attributes, outputs: number): string[];
  /** The name of a tensor with channels last: as the engine has it. */
  last(x: Ref): string;
  /** The name of a tensor of this shape with channels first. */
  first(x: Ref, rank: number): string;
  /** A tensor with its axes in another order, and then of another shape; weights are rearranged when the file is written. */
  arranged(x: Ref, permutation: readonly number[], shape?: Shape): string;
  /** A vector of int64. */
  ints(values: readonly number[], role?: Role): string;
  scalar(value: number | bigint, dtype: DType): string;
  constant(data: HostData, shape: Shape, dtype: DType): string;
  reshape(x: Ref | string, from: Shape, to: Shape): string;
  cast(x: Ref | string, dtype: DType): string;
  /** Whether a dimension differs from run to run. */
  isUnknown(value: Value, axis: number): boolean;
  /** The outputs of a graph for these inputs, here. */
  evaluate(graph: Subgraph, inputs: readonly Ref[]): Ref[];
  /** A graph for a node's attribute. `outputs`: what it gives; each gets a name of its own. */
  body(inputs: readonly Aval[], outputs: (names: readonly string[]) => readonly string[]): Body;
}

export type Rule<P> = (b: Builder, x: readonly Ref[], context: RuleContext<P>) => Result | readonly Result[];

/** Axes in the order with channels first, and back. */
export const firstOrder = (rank: number): number[] =>
  [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, i) => i + 1)];
export const lastOrder = (rank: number): number[] =>
  [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1];
