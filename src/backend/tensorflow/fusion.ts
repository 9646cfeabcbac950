/**
 * Products and convolutions with what follows them as one op. TensorFlow's own rewriting stops at the bias when it meets
 * a function like ours; oneDNN adds a second image and the activation in the same pass over memory.
 */
import type { Graph, Node, Value } from '../../engine/graph.js';
import type { PrimitiveName } from '../../engine/primitives/index.js';
import { sameShape, sizeOf, type Shape } from '../../engine/shape.js';
import { fitsRows } from './row-nodes.js';
import { intraOpThreads } from '../threads.js';
import type { Attrs } from './attributes.js';

type FusedOp = '_FusedConv2D' | '_FusedDepthwiseConv2dNative' | '_FusedMatMul';

/**
 * oneDNN's ops, which TensorFlow by itself puts in the place of those above. When told that the kernel stays the same they
 * bring it into their own order of elements once; otherwise they take it as it comes, which leaves out the fastest methods.
 */
const STEADY_OPS: Partial<Record<FusedOp, string>> = {
  _FusedConv2D: '_MklNativeFusedConv2D', _FusedDepthwiseConv2dNative: '_MklNativeFusedDepthwiseConv2dNative',
};
const STEADY: Attrs = { is_filter_const: { bool: true }, _kernel: { string: 'MklNameChangeOp' } };

export interface Fusion {
  op: string;
  /** Operands of the product, the bias, which may have several axes, and what is added to both. */
  operands: readonly Value[];
  attrs: Attrs;
  /** What the result is brought to: products of more than two axes are computed as matrices. */
  shape?: Shape;
}

/** What may stand behind the bias, by the names that TensorFlow gives them. */
const ACTIVATIONS: Partial<Record<PrimitiveName, string>> = { relu: 'Relu', relu6: 'Relu6', elu: 'Elu' };

/** Which forms the device has kernels of. */
export interface FusionSupport {
  /** A bias, and an activation. */
  bias: boolean;
  /** A sum between these two. */
  sum: boolean;
  /** Both behind a convolution of each channel by itself. */
  depthwise: boolean;
  /** Convolutions that know that their kernel stays. */
  steady: boolean;
  /** Threads for the op that computes row by row (see row-program.ts); 0: it is not used. */
  rowThreads: number;
}

export const NO_FUSIONS: FusionSupport = { bias: false, sum: false, depthwise: false, steady: false, rowThreads: 0 };

/** Tries each form: builds of TensorFlow differ, and oneDNN may be switched off. `runs`: whether a graph can be run. */
export function probeFusions(
  runs: (graph: Graph, support: FusionSupport, steady?: ReadonlySet<Value>) => boolean,
): FusionSupport {
  const none = { ...NO_FUSIONS, rowThreads: intraOpThreads() };
  const basic = { ...none, bias: true };
  if (!runs(exampleChain('conv', false), basic)) return none;
  // The sum is oneDNN's alone: where there is none, it is not there or is switched off.
  const sum = runs(exampleChain('conv', true), { ...basic, sum: true });
  const depthwise = runs(exampleChain('depthwise_conv', false), { ...basic, depthwise: true });
  const support = { ...basic, sum, depthwise, steady: true };
  const runsSteady = (primitive: 'conv' | 'depthwise_conv'): boolean => {
    const graph = exampleChain(primitive, primitive === 'conv');
    return runs(graph, support, new Set([graph.inputs[1]]));
  };
  return { ...support, steady: sum && depthwise && runsSteady('conv') && runsSteady('depthwise_conv') };
}

/** A convolution with bias and activation, on images of one pixel. */
function exampleChain(primitive: 'conv' | 'depthwise_conv', withSum: boolean): Graph {
  let id = 0;
  const value = (shape: Shape, node?: Node): Value => ({ id: id++, shape, dtype: 'float32', node, index: 0 });
  const image = [1, 1, 1, 1];
  const inputs = [value(image), value(image), value([1]), value(image)];
  const nodes: Node[] = [];
  const apply = (name: PrimitiveName, operands: readonly Value[], params: object = {}): Value => {
    const node = { primitive: name, params, inputs: operands, outputs: [] as Value[] } as unknown as Node;
    node.outputs.push(value(image, node));
    nodes.push(node);
    return node.outputs[0];
  };
  const product = apply(primitive, inputs.slice(0, 2), { strides: [1, 1], padding: 'valid', dilations: [1, 1] });
  const biased = apply('add', [product, inputs[2]]);
  const output = apply('relu', [withSum ? apply('add', [biased, inputs[3]]) : biased]);
  return { inputs, captures: [], state: [], nodes, outputs: [output] };
}

export interface FusionPlan {
  /** By the last node of each chain what it is computed by. */
  byLast: Map<Node, Fusion>;
  /** Nodes that this makes superfluous. */
  superfluous: Set<Node>;
  /** Nodes of chains whose product cannot be computed row by row (see row-regions.ts). */
  kept: Set<Node>;
}

/**
 * Finds chains `product, bias, [sum,] [activation]` whose links nothing else uses.
 * @param uses how often each value is used, by these nodes and otherwise
 * @param steady what is the same in all runs
 */
export function planFusions(
  nodes: readonly Node[], uses: ReadonlyMap<Value, number>, support: FusionSupport, steady: ReadonlySet<Value> = NONE,
): FusionPlan {
  const plan: FusionPlan = { byLast: new Map(), superfluous: new Set(), kept: new Set() };
  if (!support.bias) return plan;
  const users = new Map<Value, Node>();
  for (const node of nodes) for (const input of node.inputs) users.set(input, node);
  const taken = new Set<Node>();
  /** The only node that uses a value, where no chain has it yet. */
  const next = (value: Value): Node | undefined => {
    const user = uses.get(value) === 1 ? users.get(value) : undefined;
    return user && !taken.has(user) ? user : undefined;
  };

  for (const product of nodes) {
    const attrs = attrsOf(product);
    if (!attrs || (product.primitive === 'depthwise_conv' && !support.depthwise)) continue;
    const chain = [product];
    const operands = [...product.inputs];
    const fused: string[] = [];
    const extend = (node: Node, name: string, operand?: Value): void => {
      chain.push(node);
      fused.push(name);
      if (operand) operands.push(operand);
    };
    const last = (): Value => chain[chain.length - 1].outputs[0];
    const steadyOp = support.steady && steady.has(product.inputs[1]) ? STEADY_OPS[attrs.op] : undefined;

    const reshaped = attrs.op === '_FusedMatMul' ? next(last()) : undefined;
    const isReshaped = reshaped?.primitive === 'reshape';
    if (isReshaped) chain.push(reshaped);
    const biased = next(last());
    const bias = biased && biasOf(biased, last(), lengthOf(product.outputs[0]));
    if (!biased || !bias) continue;
    extend(biased, 'BiasAdd', bias);
    // With kernels in their given order the sum took three times as long as by itself.
    const takesSum = support.sum && (steadyOp !== undefined || !support.steady);
    const sum = attrs.op === '_FusedConv2D' && takesSum ? next(last()) : undefined;
    const other = sum && summandOf(sum, last());
    if (sum && other) extend(sum, 'Add', other);
    const activation = next(last());
    const name = activation && ACTIVATIONS[activation.primitive];
    if (activation && name) extend(activation, name);
    // This much TensorFlow does by itself.
    if (attrs.op !== '_FusedMatMul' && chain.length === 2 && !steadyOp) continue;
    const count = operands.length - 2;
    plan.byLast.set(chain[chain.length - 1], { op: steadyOp ?? attrs.op, operands, attrs: {
      ...attrs.attrs(count), num_args: { int: count }, fused_ops: { strings: fused }, ...(steadyOp ? STEADY : {}) },
    ...(isReshaped ? { shape: last().shape } : {}) });
    for (const node of chain) taken.add(node);
    if (!fitsRows(product)) for (const node of chain) plan.kept.add(node);
    for (const node of chain.slice(0, -1)) plan.superfluous.add(node);
  }
  return plan;
}

/** Attributes of a product that can be fused, but for what is fused to it. */
function attrsOf(node: Node): { op: FusedOp; attrs: (operands: number) => Attrs } | undefined {
  if (node.outputs[0].dtype !== 'float32') return undefined;
  const [x, kernel] = node.inputs;
  if (node.primitive === 'matmul' && x.shape.length === 2 && kernel.shape.length === 2) {
    const { transposeA, transposeB } = node.params;
    return { op: '_FusedMatMul', attrs: () => ({ transpose_a: { bool: transposeA }, transpose_b: { bool: transposeB } }) };
  }
  const isDepthwise = node.primitive === 'depthwise_conv';
  if (!isDepthwise && (node.primitive !== 'conv' || node.params.strides.length !== 2 || x.shape[3] !== kernel.shape[2])) {
    return undefined;
  }
  const { strides, padding, dilations } = node.params;
  // TensorFlow's fused kernel of these takes no dilation.
  if (isDepthwise && dilations.some((d) => d !== 1)) return undefined;
  const window: Attrs = { strides: { ints: [1, ...strides, 1] }, dilations: { ints: [1, ...dilations, 1] },
    padding: { string: padding.toUpperCase() } };
  if (isDepthwise) return { op: '_FusedDepthwiseConv2dNative', attrs: () => window };
  return { op: '_FusedConv2D', attrs: (operands) => ({ ...window, num_host_args: { int: 0 },
    TArgs: { types: Array.from({ length: operands }, () => 'float32' as const) } }) };
}

const NONE: ReadonlySet<Value> = new Set();

/** Of the last axis. */
const lengthOf = ({ shape }: Value): number | undefined => shape[shape.length - 1];

/** What a node adds to the channels of a value, which a reshape may have put on several axes: one number for each channel. */
function biasOf(node: Node, value: Value, channels: number | undefined): Value | undefined {
  if (node.primitive !== 'add' || node.inputs[0] !== value) return undefined;
  const [, bias] = node.inputs;
  const { length } = bias.shape;
  return length > 0 && sizeOf(bias.shape) === channels && sameShape(bias.shape, value.shape.slice(-length)) ? bias : undefined;
}

/** What a node adds to a value, where it has the same shape. */
function summandOf(node: Node, value: Value): Value | undefined {
  if (node.primitive !== 'add') return undefined;
  const other = node.inputs[0] === value ? node.inputs[1] : node.inputs[0];
  return other !== value && sameShape(other.shape, value.shape) ? other : undefined;
}
