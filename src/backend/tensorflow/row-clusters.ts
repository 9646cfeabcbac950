/** Finds the parts of a graph that could be computed row by row (see row-regions.ts), by shapes alone. */
import type { Node, Value } from '../../engine/graph.js';
import type { PrimitiveName } from '../../engine/primitives/index.js';
import { sizeOf, type Shape } from '../../engine/shape.js';
import { ELEMENTWISE } from './row-instructions.js';
import { align, rowAxes } from './row-views.js';

/** Elements of a matrix: larger ones do not stay in a core's own memory. */
const MOST_MATRIX = 256 * 1024;

/** Nodes whose results have rows of their own, each computed from one row of other such nodes' and from what is outside. */
export interface Region {
  readonly rows: number;
  /** In order. */
  readonly members: Node[];
}

/** A region while it grows. */
interface Growing extends Region {
  /** Rows that are multiplied with the same matrices; undefined where all are. */
  group: number | undefined;
  /** Places of its first and its last member among all nodes. */
  first: number;
  last: number;
  /** The one that has taken it in. */
  into?: Growing;
}

/** What only names numbers of another value. */
const RENAMES: ReadonlySet<PrimitiveName> = new Set<PrimitiveName>(['reshape', 'stop_gradient']);
const REDUCTIONS: ReadonlySet<PrimitiveName> = new Set<PrimitiveName>(['reduce_sum', 'reduce_mean', 'reduce_max']);

/** Whether a node of a region computes something. */
export const isWork = ({ primitive }: Node): boolean => !RENAMES.has(primitive);

/**
 * Divides nodes into regions, none of which depends on itself by way of nodes outside.
 * @param taken nodes that are to stay outside
 */
export function findRegions(nodes: readonly Node[], taken: ReadonlySet<Node>): Region[] {
  const clusters = new Clusters(nodes);
  for (const node of nodes) if (!taken.has(node)) clusters.place(node);
  return clusters.finish();
}

class Clusters {
  readonly #order: ReadonlyMap<Node, number>;
  readonly #regions: Growing[] = [];
  readonly #regionOf = new Map<Node, Growing>();

  constructor(nodes: readonly Node[]) {
    this.#order = new Map(nodes.map((node, at) => [node, at]));
  }

  finish(): Region[] {
    for (const { members } of this.#regions) members.sort((a, b) => this.#at(a) - this.#at(b));
    return this.#regions.filter(({ into }) => !into);
  }

  #region(node: Node | undefined): Growing | undefined {
    let region = node && this.#regionOf.get(node);
    while (region?.into) region = region.into;
    return region;
  }

  /** Puts a node into a region of its operands, which may so become one, or begins a region with it. */
  place(node: Node): void {
    const natural = naturalRows(node);
    const group = groupOf(node);
    let joined: Growing | undefined;
    for (const input of node.inputs.toReversed()) {
      const region = this.#region(input.node);
      if (!region || region === joined || !fits(node, region.rows)) continue;
      if (group !== undefined && region.group !== undefined && region.group !== group) continue;
      if (node.primitive === 'matmul' && (this.#region(node.inputs[0].node) !== region || this.#region(node.inputs[1].node) === region)) continue;
      if (!joined) joined = this.#join(node, region, group);
      else this.#merge(joined, region);
    }
    if (joined || natural === undefined || !fits(node, natural)) return;
    const at = this.#at(node);
    const region: Growing = { rows: natural, members: [node], group, first: at, last: at };
    this.#regions.push(region);
    this.#regionOf.set(node, region);
  }

  #join(node: Node, region: Growing, group: number | undefined): Growing | undefined {
    const others = node.inputs.flatMap((input) => (input.node && this.#region(input.node) !== region ? [input.node] : []));
    if (this.#reaches(region, others)) return undefined;
    region.members.push(node);
    region.last = Math.max(region.last, this.#at(node));
    region.group ??= group;
    this.#regionOf.set(node, region);
    return region;
  }

  /** Takes one region into another, where they are alike and nothing outside stands between them. */
  #merge(to: Growing, from: Growing): void {
    if (to.rows !== from.rows || (to.group ?? from.group) !== (from.group ?? to.group)) return;
    const both = new Set([to, from]);
    const outside = (region: Growing): Node[] => region.members.flatMap(({ inputs }) =>
      inputs.flatMap(({ node }) => (node && !both.has(this.#region(node)!) ? [node] : [])));
    const multiplies = (region: Growing, other: Growing): boolean => region.members.some(({ primitive, inputs }) =>
      primitive === 'matmul' && this.#region(inputs[1].node) === other);
    if (this.#reaches(to, outside(from)) || this.#reaches(from, outside(to)) || multiplies(to, from) || multiplies(from, to)) return;
    for (const member of from.members) to.members.push(member);
    to.first = Math.min(to.first, from.first);
    to.last = Math.max(to.last, from.last);
    to.group ??= from.group;
    from.into = to;
  }

  /** Its place; what is not among the nodes comes before them. */
  #at(node: Node): number {
    return this.#order.get(node) ?? -1;
  }

  /** Whether one of these nodes depends on a region. */
  #reaches(region: Growing, nodes: readonly Node[]): boolean {
    const seen = new Set<Node | Growing>();
    const open = [...nodes];
    for (let node = open.pop(); node; node = open.pop()) {
      const at = this.#region(node);
      if (at === region) return true;
      // What comes before the first of a region does not depend on it.
      if (seen.has(at ?? node) || (at ? at.last : this.#at(node)) < region.first) continue;
      seen.add(at ?? node);
      for (const { inputs } of at?.members ?? [node]) for (const input of inputs) if (input.node) open.push(input.node);
    }
    return false;
  }
}

const isFloat = ({ dtype }: Value): boolean => dtype === 'float32';
const leading = (shape: Shape): number => sizeOf(shape.slice(0, -1));

/** The rows that a node has by itself. */
function naturalRows(node: Node): number | undefined {
  const { primitive, inputs: [x], outputs: [output] } = node;
  if (primitive === 'matmul' || primitive === 'softmax') return leading(x.shape);
  if (REDUCTIONS.has(primitive)) return sizeOf(output.shape);
  return ELEMENTWISE[primitive] !== undefined && output.shape.length > 0 ? leading(output.shape) : undefined;
}

/** Rows that a product multiplies with one matrix of several. */
const groupOf = ({ primitive, inputs: [x, factor] }: Node): number | undefined =>
  (primitive === 'matmul' && factor.shape.length > 2 ? x.shape[x.shape.length - 2] : undefined);

/** Whether a node can be computed row by row by itself. */
export function fitsRows(node: Node): boolean {
  const rows = naturalRows(node);
  return rows !== undefined && fits(node, rows);
}

/** Whether a node can be computed row by row, with so many rows. */
function fits(node: Node, rows: number): boolean {
  const { primitive, inputs, outputs } = node;
  if (rows === 0 || !outputs.every(isFloat) || outputs.some(({ shape }) => sizeOf(shape) === 0)) return false;
  const [x] = inputs;
  const [output] = outputs;
  if (RENAMES.has(primitive)) return rowAxes(output.shape, rows) !== undefined;
  if (ELEMENTWISE[primitive] !== undefined) {
    return rowAxes(output.shape, rows) !== undefined && inputs.every((value, i) =>
      (isFloat(value) || (primitive === 'select' && i === 0)) && align(value.shape, output.shape, rows) !== undefined);
  }
  if (!inputs.every(isFloat)) return false;
  switch (primitive) {
    case 'matmul': return leading(x.shape) === rows && !node.params.transposeA && sizeOf(inputs[1].shape.slice(-2)) <= MOST_MATRIX;
    case 'softmax': return leading(x.shape) === rows;
    case 'reduce_sum':
    case 'reduce_mean':
    case 'reduce_max': {
      const first = x.shape.length - node.params.axes.length;
      return node.params.axes.every((axis) => axis >= first) && sizeOf(x.shape.slice(0, first)) === rows && sizeOf(x.shape) > 0;
    }
    case 'split':
    case 'concatenate': return leading(x.shape) === rows && node.params.axis === x.shape.length - 1;
    default: return false;
  }
}
