/** Finds the parts of a graph that could be computed row by row (see row-regions.ts), by shapes alone. */
import type { Node } from '../../engine/graph.js';
import { fits, groupOf, naturalRows } from './row-nodes.js';

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
