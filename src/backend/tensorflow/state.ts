/**
 * Variables in a compiled function: reads at the start, updates at the end, in place where TensorFlow has an op for
 * the pattern. An update waits for every node that reads the variable, so that all see the old value and the memory
 * is free to be overwritten.
 */
import type { Graph, Node, StateSlot, Value } from '../../engine/graph.js';
import type { GraphEmitter } from './emit.js';
import type { Ref } from './proto.js';
import type { Attrs } from './attributes.js';

interface Bound {
  slot: StateSlot;
  handle: Ref;
}

interface Update {
  op: string;
  bound: Bound;
  operands: Value[];
  /** Further variables the op updates. */
  others: Bound[];
  /** An earlier update of the same variable. */
  after?: Update;
}

export class StateEmitter {
  readonly #emitter: GraphEmitter;
  readonly #bound: Bound[];
  readonly #byRead = new Map<Value, Bound>();
  /** Nodes that become part of an update and are not computed by themselves. */
  readonly #absorbed = new Set<Node>();
  readonly #updates: Update[] = [];
  readonly #readNodes = new Map<Value, string>();

  constructor(emitter: GraphEmitter, graph: Graph, bind: (slot: StateSlot) => Bound) {
    this.#emitter = emitter;
    this.#bound = graph.state.map(bind);
    for (const bound of this.#bound) this.#byRead.set(bound.slot.read, bound);
    this.#plan(graph);
  }

  /** Decides for each assigned variable how it is updated. */
  #plan(graph: Graph): void {
    const uses = new Map<Value, number>();
    const use = (value: Value): void => void uses.set(value, (uses.get(value) ?? 0) + 1);
    for (const node of graph.nodes) node.inputs.forEach(use);
    graph.outputs.forEach(use);
    for (const { slot } of this.#bound) if (slot.assigned) use(slot.assigned);
    const done = new Set<Bound>();
    for (const bound of this.#bound) {
      const { assigned, read } = bound.slot;
      if (!assigned || done.has(bound)) continue;
      const node = assigned.node;
      const once = uses.get(assigned) === 1;
      if (node?.primitive === 'adam_update' && assigned.index === 0 && this.#isAdam(node, bound, uses)) {
        const others = [1, 2].map((i) => this.#byRead.get(node.inputs[i])!);
        const after = this.#decay(node.inputs[0], bound);
        if (after) this.#updates.push(after);
        this.#updates.push({ op: 'ResourceApplyAdam', bound, operands: node.inputs.slice(3), others, after });
        this.#absorbed.add(node);
        others.forEach((other) => done.add(other));
      } else if (node && once && (node.primitive === 'add' || node.primitive === 'subtract') &&
        node.inputs[0] === read && sameShapes(node.inputs[1], read)) {
        const op = node.primitive === 'add' ? 'AssignAddVariableOp' : 'AssignSubVariableOp';
        this.#updates.push({ op, bound, operands: [node.inputs[1]], others: [] });
        this.#absorbed.add(node);
      } else this.#updates.push({ op: 'AssignVariableOp', bound, operands: [assigned], others: [] });
      done.add(bound);
    }
  }

  /** All three results of the node are assigned to the variables they were computed from, and used by nothing else. */
  #isAdam(node: Node, bound: Bound, uses: Map<Value, number>): boolean {
    const [from] = node.inputs;
    const isDirect = from === bound.slot.read || (isDecay(from, bound.slot.read) && uses.get(from) === 1);
    return isDirect && node.outputs.every((output, i) => {
      const target = i === 0 ? bound : this.#byRead.get(node.inputs[i]);
      return target?.slot.assigned === output && uses.get(output) === 1;
    });
  }

  /** The weight decay that an Adam update is preceded by, done in place too. */
  #decay(from: Value, bound: Bound): Update | undefined {
    if (from === bound.slot.read) return undefined;
    this.#absorbed.add(from.node!);
    return { op: 'AssignSubVariableOp', bound, operands: [from.node!.inputs[1]], others: [] };
  }

  /** Whether this node is done by an update. */
  inPlace(node: Node): boolean {
    return this.#absorbed.has(node);
  }

  /** A ReadVariableOp for each variable whose value some node uses. */
  emitReads(refs: Map<Value, Ref>): void {
    for (const { slot, handle } of this.#bound) {
      const node = this.#emitter.append('ReadVariableOp', [handle], { dtype: { type: slot.read.dtype } });
      this.#readNodes.set(slot.read, node.name);
      refs.set(slot.read, { ref: `${node.name}:value:0`, dtype: node.attr.dtype.type! });
    }
  }

  /** The assignments; gives the names of their nodes. `outputs`: what the function returns. */
  emitUpdates(refs: Map<Value, Ref>, outputs: readonly Value[]): string[] {
    const readers = this.#readers([...outputs, ...this.#updates.flatMap(({ operands }) => operands)], refs);
    const names = new Map<Update, string>();
    return this.#updates.map((update) => {
      const { op, bound, operands, others, after } = update;
      const inputs = operands.map((value) => refs.get(value)!);
      const all = [bound, ...others];
      const control = all.flatMap(({ slot }) => readers.get(this.#readNodes.get(slot.read)!) ?? []);
      const { dtype } = bound.slot.read;
      const attrs: Attrs = op === 'ResourceApplyAdam'
        ? { T: { type: dtype }, use_locking: { bool: false }, use_nesterov: { bool: false } }
        : { dtype: { type: dtype } };
      if (after) control.push(names.get(after)!);
      const node = this.#emitter.append(op, [...all.map(({ handle }) => handle), ...inputs], attrs, [...new Set(control)]);
      names.set(update, node.name);
      return node.name;
    });
  }

  /** For each read, itself and the nodes that use it. Reads that nothing uses are taken out of the function. */
  #readers(further: readonly Value[], refs: Map<Value, Ref>): Map<string, string[]> {
    const readers = new Map<string, string[]>();
    const names = new Set(this.#readNodes.values());
    const note = (ref: string, user: string[]): void => {
      const source = ref.split(':')[0];
      if (names.has(source)) readers.set(source, [...(readers.get(source) ?? [source]), ...user]);
    };
    for (const node of this.#emitter.nodes) for (const input of node.input) note(input, [node.name]);
    for (const value of further) note(refs.get(value)!.ref, []);
    this.#emitter.remove((name) => names.has(name) && !readers.has(name));
    return readers;
  }
}

const sameShapes = (a: Value, b: Value): boolean =>
  a.shape.length === b.shape.length && a.shape.every((d, i) => d === b.shape[i]);

/** Whether a value is a variable's first one less something of its shape. */
const isDecay = (value: Value, read: Value): boolean =>
  value.node?.primitive === 'subtract' && value.node.inputs[0] === read && sameShapes(value.node.inputs[1], read);
