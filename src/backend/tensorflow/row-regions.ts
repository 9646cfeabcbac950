/**
 * Parts of a graph that are computed row by row, each as one call of the op of ours: normalizations, softmax, products with
 * matrices that are not large, and what stands between them. With small tensors most of the time of a node is TensorFlow's
 * way to it, and with large ones that of their numbers to memory and back.
 */
import type { Node, NodeOf, Value } from '../../engine/graph.js';
import { sizeOf } from '../../engine/shape.js';
import { findRegions, type Region } from './row-clusters.js';
import { Unsuited, type RowCall } from './row-instructions.js';
import { isWork } from './row-nodes.js';
import { RowProgram } from './row-program.js';
import { lastUses } from './row-registers.js';
import { contiguousRows, isContiguous, rowAxes, rowStrides, stridesOf, type RowStrides } from './row-views.js';

/** Rows that go through the instructions together, at most. */
const TILE_ROWS = 32;

export interface RegionOptions {
  /** Of an op; 0: there is none. */
  threads: number;
  /** What is the same in all runs. */
  steady: ReadonlySet<Value>;
  /** Nodes that are computed in another way. */
  taken: ReadonlySet<Node>;
  /** Fewer computing nodes are not worth a call. */
  least: number;
}

/** A part that is one call, and what it gives. */
export interface RegionCall {
  call: RowCall;
  results: readonly Value[];
}

/** A region with its program, and which of its values are used outside. */
interface Planned {
  region: Region;
  program: RowProgram;
  results: readonly Value[];
}

/**
 * What is to be computed, in order: nodes of the graph, and calls in the place of others.
 * @param uses how often each value is used, by these nodes and otherwise
 */
export function planRegions(
  nodes: readonly Node[], uses: ReadonlyMap<Value, number>, { threads, steady, taken, least }: RegionOptions,
): readonly (Node | RegionCall)[] {
  if (threads === 0) return nodes;
  const outside = new Set(taken);
  const own = new Set(nodes);
  // A node that turns out to fit into no program stays outside, which changes the regions.
  for (;;) {
    const regions = findRegions(nodes, outside).filter(({ members }) => members.filter(isWork).length >= least);
    const members = new Set(regions.flatMap((region) => region.members));
    const isMade = ({ node }: Value): boolean => node !== undefined && (members.has(node) || !own.has(node));
    const before = outside.size;
    const planned: Planned[] = [];
    for (const region of regions) {
      const results = resultsOf(region, uses);
      const program = programOf(region, results, steady, isMade);
      if (!(program instanceof RowProgram)) outside.add(program);
      else if (program.isWithinLimits(1, results.map(({ shape }) => shape))) planned.push({ region, program, results });
      else for (const node of region.members) outside.add(node);
    }
    if (outside.size === before) return planned.length === 0 ? nodes : arrange(nodes, uses, planned, threads);
  }
}

/** Values that are used elsewhere. */
function resultsOf({ members }: Region, uses: ReadonlyMap<Value, number>): Value[] {
  const inside = countIn(members.flatMap(({ inputs }) => inputs));
  return members.flatMap(({ outputs }) => outputs.filter((value) => (uses.get(value) ?? 0) > (inside.get(value) ?? 0)));
}

function countIn(values: readonly Value[]): Map<Value, number> {
  const counts = new Map<Value, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** The program of a region, or the node that does not fit into it. */
function programOf(
  { rows, members }: Region, results: readonly Value[], steady: ReadonlySet<Value>, isMade: (value: Value) => boolean,
): RowProgram | Node {
  const program = new RowProgram({ rows, steady, isMade });
  const last = lastUses({ inputs: [], nodes: members, outputs: results });
  for (const [at, node] of members.entries()) {
    try {
      program.add(node, (value) => last(value) <= at);
    } catch (error) {
      if (error instanceof Unsuited) return node;
      throw error;
    }
  }
  return program;
}

/** Orders what is left of the nodes, and the calls. */
function arrange(
  nodes: readonly Node[], uses: ReadonlyMap<Value, number>, planned: readonly Planned[], threads: number,
): (Node | RegionCall)[] {
  const { needed, users } = neededOf(nodes, uses, planned);
  const units = new Map<Node, Node | RegionCall>(needed.map((node) => [node, node]));
  for (const { region, program, results } of planned) {
    const forms = results.map((value) => formOf(value, region.rows, users));
    const call = program.call({ length: 1, isReverse: false, threads, tile: TILE_ROWS }, results.map((value, i) => ({
      from: program.registers.record(program.rowsOf(value)), isStacked: false, byStep: 0,
      shape: forms[i].value.shape, strides: forms[i].strides })));
    const unit = { call, results: forms.map(({ value }) => value) };
    for (const node of [...region.members, ...forms.flatMap(({ absorbed }) => absorbed)]) units.set(node, unit);
  }
  return inOrder(nodes, units);
}

/** Who uses a value: a node outside of all regions, or something else. */
type Users = ReadonlyMap<Value, readonly (Node | 'other')[]>;

/** The nodes outside that something needs: calls take what others have only in another order. In order. */
function neededOf(nodes: readonly Node[], uses: ReadonlyMap<Value, number>, planned: readonly Planned[]): { needed: Node[]; users: Users } {
  const members = new Set(planned.flatMap(({ region }) => region.members));
  const users = new Map<Value, (Node | 'other')[]>();
  const use = (value: Value, user: Node | 'other'): void => {
    const known = users.get(value);
    if (known) known.push(user);
    else users.set(value, [user]);
  };
  const byNodes = countIn(nodes.flatMap(({ inputs }) => inputs));
  for (const [value, count] of uses) if (count > (byNodes.get(value) ?? 0)) use(value, 'other');
  for (const { program } of planned) {
    for (const source of program.sources) if (typeof source !== 'number') use(source, 'other');
  }
  const needed: Node[] = [];
  for (const node of nodes.toReversed()) {
    if (members.has(node) || !node.outputs.some((output) => users.has(output))) continue;
    needed.push(node);
    for (const input of node.inputs) use(input, node);
  }
  return { needed: needed.toReversed(), users };
}

/** A result in the order of elements in which it is used. */
interface Form {
  value: Value;
  strides: RowStrides;
  /** Nodes that would have brought it into that order. */
  absorbed: Node[];
}

function formOf(result: Value, rows: number, users: Users): Form {
  const axes = rowAxes(result.shape, rows)!;
  const width = sizeOf(result.shape.slice(axes));
  const form: Form = { value: result, strides: contiguousRows(rows, width), absorbed: [] };
  for (;;) {
    const [node, more] = users.get(form.value) ?? [];
    if (!node || node === 'other' || more) return form;
    if (node.primitive === 'transpose' && form.value === result) {
      const strides = stridesBefore(node);
      const own = rowStrides(result.shape.slice(0, axes), strides.slice(0, axes));
      if (!own || !isContiguous(result.shape.slice(axes), strides.slice(axes))) return form;
      form.strides = own;
    } else if (node.primitive !== 'reshape') return form;
    [form.value] = node.outputs;
    form.absorbed.push(node);
  }
}

/** Where the elements of what is transposed lie in the result. */
function stridesBefore({ outputs: [output], params: { permutation } }: NodeOf<'transpose'>): number[] {
  const strides = stridesOf(output.shape);
  return permutation.map((_, axis) => strides[permutation.indexOf(axis)]);
}

/** Units of the graph, each behind those that it needs. Nodes that are in no unit are not computed. */
function inOrder(nodes: readonly Node[], units: ReadonlyMap<Node, Node | RegionCall>): (Node | RegionCall)[] {
  const done = new Set<Node | RegionCall>();
  const ordered: (Node | RegionCall)[] = [];
  const visit = (node: Node): void => {
    const unit = units.get(node);
    if (!unit || done.has(unit)) return;
    done.add(unit);
    const operands = 'call' in unit ? unit.call.sources : unit.inputs;
    for (const operand of operands) if (typeof operand !== 'number' && operand.node) visit(operand.node);
    ordered.push(unit);
  };
  nodes.forEach(visit);
  return ordered;
}
