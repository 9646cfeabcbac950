/** What a lowering rule is written with: the same rules build graphs and run ops one by one. */
import type { Aval } from '../../backend.js';
import { isFloat, type DType, type HostData } from '../../../engine/dtype.js';
import type { Subgraph } from '../../../engine/graph.js';
import type { ParamsOf, PrimitiveName } from '../../../engine/primitives/index.js';
import type { Shape } from '../../../engine/shape.js';
import type { Attrs } from '../attributes.js';

/** A place where ops go: executed at once, or appended to a function. `V` is the builder's notion of a result. */
export interface Builder<V> {
  /** Whether XLA will compile this. */
  readonly forXla: boolean;
  /** Whether this is written down for other sizes too: then constants are no longer than what is known, and plain multiples of sizes. */
  readonly anySize: boolean;
  /** Whether TensorFlow puts oneDNN's kernels in the place of its own. */
  readonly forOneDnn: boolean;
  /** Threads for the op that computes row by row; 0: there is none for this. */
  readonly rowThreads: number;
  /** One result of an op. Type attributes that follow from the inputs may be left out, except of list inputs. */
  op(name: string, inputs: readonly V[], attrs?: Attrs): V;
  ops(name: string, inputs: readonly V[], attrs: Attrs, outputs: number): V[];
  /** An int32 vector. */
  ints(values: readonly number[]): V;
  /** A scalar. */
  scalar(value: number | bigint, dtype: DType): V;
  constant(data: HostData, shape: Shape, dtype: DType): V;
  /** The same values, not before another one is computed. */
  after(values: readonly V[], other: V): V[];
  /** The outputs of a graph for these inputs. */
  evaluate(graph: Subgraph, inputs: readonly V[]): V[];
  /** Runs `body` on the variables as long as the condition, one boolean, holds. Both see the variables alone. */
  loop(variables: readonly V[], condition: (b: Builder<V>, x: readonly V[]) => V, body: Part<V>): V[];
  /** The results of one of the branches, which see these inputs alone. */
  branch(index: V, inputs: readonly V[], branches: readonly Part<V>[]): V[];
}

/** A part of a rule that is a function of its own. */
export type Part<V> = (b: Builder<V>, x: readonly V[]) => V[];

export interface LoweringContext<P> {
  params: P;
  /** Shapes and dtypes of the operands and of the results. */
  inputs: readonly Aval[];
  outputs: readonly Aval[];
}

export type LoweringFunction<P> = <V>(b: Builder<V>, x: readonly V[], context: LoweringContext<P>) => V | V[];

/** The name of a TensorFlow op with the same operands and no attributes of its own, or a function. */
export type Lowering<P> = string | LoweringFunction<P>;

export type LoweringTable<Names extends PrimitiveName> = { [N in Names]: Lowering<ParamsOf<N>> };

/** Brings channels-last tensors with one spatial axis to two, for ops that have no 1D form. */
export const withHeight = (shape: Shape): number[] => [shape[0], 1, ...shape.slice(1)];

export const reshape = <V>(b: Builder<V>, x: V, shape: Shape): V => b.op('Reshape', [x, b.ints(shape)]);

const single = (avals: readonly Aval[]): Aval[] =>
  avals.map((aval) => (isFloat(aval.dtype) ? { ...aval, dtype: 'float32' } : aval));

/** The rule computed in float32 where its kernels lack the dtype: `when` says where. */
export const inFloat32 = <P>(
  rule: LoweringFunction<P>, when: (context: LoweringContext<P>) => boolean,
): LoweringFunction<P> => (b, x, context) => {
  if (!when(context)) return rule(b, x, context);
  const { inputs, outputs } = context;
  const cast = <V>(builder: Builder<V>, v: V, dtype: DType): V => builder.op('Cast', [v], { DstT: { type: dtype } });
  const operands = x.map((v, i) => (isFloat(inputs[i].dtype) ? cast(b, v, 'float32') : v));
  const made = rule(b, operands, { ...context, inputs: single(inputs), outputs: single(outputs) });
  return (Array.isArray(made) ? made : [made]).map((v, i) => cast(b, v, outputs[i].dtype));
};
