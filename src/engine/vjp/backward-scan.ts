/** The backward scan of a gradient: its body, and what is done before and after the loop. */
import { apply, applyAll } from '../apply.js';
import { withContext } from '../context.js';
import type { Node, Value } from '../graph.js';
import type { ScanParams } from '../primitives/control.js';
import { sameShape } from '../shape.js';
import { applyNode, subgraph } from '../subgraph.js';
import type { Tensor } from '../tensor.js';
import { Trace } from '../trace.js';
import type { Derivative } from './scan.js';
import { add, zeros } from './rule.js';

/** A gradient as a sum over all steps of products or sums of what can be stacked: computed after the loop. */
interface Deferred {
  /** The constant whose gradient it is part of. */
  constant: number;
  node: Node;
}

export class BackwardScan {
  readonly #derivative: Derivative;
  readonly #params: ScanParams;
  readonly #trace = new Trace();
  /** Values of the backward step by tensors of the trace; a value of its nodes that is missing is zero. */
  readonly #values = new Map<Value, Tensor>();
  /** Operands of the scan from outside, and what they are in a step. */
  readonly #constants: [Tensor, Value][] = [];
  readonly #carries: [Tensor, Value][] = [];
  readonly #sequences: [Tensor, Value][] = [];
  /** Stacked from outside. */
  readonly #stacks = new Map<Value, Tensor>();
  /** Results of a step that are stacked. */
  readonly #results: Value[] = [];

  constructor(derivative: Derivative, params: ScanParams) {
    this.#derivative = derivative;
    this.#params = params;
  }

  /** Gradients by the forward scan's operands. */
  run(
    operands: readonly Tensor[], gradients: readonly (Tensor | undefined)[], invariant: ReadonlyMap<Value, Tensor>,
    stackOf: (value: Value) => Tensor,
  ): (Tensor | undefined)[] {
    const { inputs, seeds, invariants, saved, watched, gradients: wanted } = this.#derivative;
    const { constants, carries, length, reverse } = this.#params;

    // 1. inputs of a step: what is the same in all, gradients of the carry, what was saved, gradients of the results
    for (const value of invariants) this.#bind(this.#constants, value, invariant.get(value)!, value);
    const active = inputs.flatMap((_, i) => (i >= constants && i < constants + carries && watched[i] ? i : []));
    for (const i of active) {
      const initial = gradients[i - constants] ?? zeros(operands[i]);
      this.#bind(this.#carries, seeds[i - constants], initial, operands[i]);
    }
    for (const value of saved.keys()) this.#bindSequence(value, stackOf(value));
    seeds.forEach((seed, i) => {
      const gradient = gradients[i];
      if (i >= carries && seed && gradient) this.#bindSequence(seed, gradient);
    });

    // 2. the step
    const inside = <T>(fn: () => T): T => withContext({ autocast: undefined }, () => this.#trace.runInside(fn));
    inside(() => this.#step());
    const deferred: Deferred[] = [];
    const accumulated = new Map<number, Value[]>();
    for (let i = 0; i < constants; i++) this.#split(i, wanted[i], deferred, accumulated);

    // 3. its results: the carry's gradients, sums, gradients of the sequences, and what is multiplied afterwards
    const next = active.map((i) => inside(() => this.#valueOr(wanted[i], operands[i])).value!);
    const sums = [...accumulated].map(([i, terms]) => {
      const before = this.#trace.input(operands[i]);
      this.#carries.push([zeros(operands[i]), before.value!]);
      return inside(() => terms.reduce((sum, term) => add(sum, this.#values.get(term)!), before)).value!;
    });
    const bySequence = inputs.flatMap((_, i) => (i >= constants + carries && watched[i] ? i : []));
    const stacked = bySequence.map((i) => this.#values.get(wanted[i]!)?.value);
    for (const value of stacked) if (value && !this.#results.includes(value)) this.#results.push(value);

    // 4. the scan
    const bound = [...this.#constants, ...this.#carries, ...this.#sequences];
    const graph = this.#trace.finish([]);
    const body = subgraph(bound.map(([, value]) => value), graph.nodes, [...next, ...sums, ...this.#results]);
    const made = applyAll('scan', bound.map(([tensor]) => tensor), {
      body, constants: this.#constants.length, carries: this.#carries.length, length, reverse: !reverse });

    // 5. gradients by operand
    const found: (Tensor | undefined)[] = operands.map(() => undefined);
    active.forEach((i, at) => void (found[i] = made[at]));
    [...accumulated.keys()].forEach((i, at) => void (found[i] = made[active.length + at]));
    const results = made.slice(this.#carries.length);
    const stack = (value: Value): Tensor => {
      const tensor = this.#values.get(value)!;
      return this.#stacks.get(value) ?? results[this.#results.indexOf(tensor.value!)];
    };
    for (const { constant, node } of deferred) {
      const part = afterLoop(node, node.inputs.map(stack));
      const before = found[constant];
      found[constant] = before ? add(before, part) : part;
    }
    bySequence.forEach((i, at) => {
      const value = stacked[at];
      if (value) found[i] = results[this.#results.indexOf(value)];
    });
    return found;
  }

  #bind(into: [Tensor, Value][], value: Value | undefined, tensor: Tensor, like: { shape: readonly number[] }): void {
    const input = this.#trace.input({ shape: like.shape, dtype: tensor.dtype });
    into.push([tensor, input.value!]);
    if (value) this.#values.set(value, input);
  }

  #bindSequence(value: Value, tensor: Tensor): void {
    this.#bind(this.#sequences, value, tensor, { shape: tensor.shape.slice(1) });
    this.#stacks.set(value, tensor);
  }

  #valueOr(value: Value | undefined, like: Tensor): Tensor {
    return (value && this.#values.get(value)) ?? zeros(like);
  }

  /** Applies the nodes. All are linear in the seeds, so what depends on seeds that are zero alone is zero too. */
  #step(): void {
    const values = this.#values;
    for (const node of this.#derivative.nodes) {
      const { primitive, inputs, outputs } = node;
      const given = inputs.map((value) => values.get(value));
      const isZero = inputs.some((_, i) => !given[i]) &&
        inputs.every((value, i) => !given[i] || !this.#isLinear(value));
      if (isZero) continue;
      const other = primitive === 'add' ? given.find((tensor) => tensor && given.includes(undefined)) : undefined;
      if (other && sameShape(other.shape, outputs[0].shape)) {
        values.set(outputs[0], other);
        continue;
      }
      const made = applyNode(node, inputs.map((value, i) => given[i] ?? zerosOf(value)));
      outputs.forEach((value, i) => values.set(value, made[i]));
    }
  }

  /** Whether a value depends on seeds. */
  #isLinear(value: Value): boolean {
    this.#linear ??= linearValues(this.#derivative);
    return this.#linear.has(value);
  }
  #linear: Set<Value> | undefined;

  /** Parts of a constant's gradient: those for after the loop, and those to be added up in it. */
  #split(constant: number, gradient: Value | undefined, deferred: Deferred[], accumulated: Map<number, Value[]>): void {
    for (const term of this.#terms(gradient)) {
      const node = term.node && this.#derivative.nodes.includes(term.node) ? term.node : undefined;
      if (node && (isProduct(node) || isSumOfRows(node)) && node.inputs.every((value) => this.#isStackable(value))) {
        deferred.push({ constant, node });
        for (const value of node.inputs) {
          const result = this.#values.get(value)!.value!;
          if (!this.#stacks.has(value) && !this.#results.includes(result)) this.#results.push(result);
        }
      } else accumulated.set(constant, [...(accumulated.get(constant) ?? []), term]);
    }
  }

  /** The terms of a sum that are not zero. */
  #terms(value: Value | undefined): Value[] {
    if (!value || !this.#values.has(value)) return [];
    const { node } = value;
    const isSum = node?.primitive === 'add' && this.#derivative.nodes.includes(node) &&
      node.inputs.every((input) => sameShape(input.shape, value.shape));
    return isSum ? node.inputs.flatMap((input) => this.#terms(input)) : [value];
  }

  #isStackable(value: Value): boolean {
    return this.#values.has(value) && !this.#derivative.invariants.includes(value);
  }
}

const zerosOf = ({ shape, dtype }: Value): Tensor => apply('full', [], { value: 0, shape, dtype });

/** A product whose sum over all steps is one product of what is stacked: the first operand is transposed. */
const isProduct = (node: Node): boolean =>
  node.primitive === 'matmul' && node.params.transposeA && !node.params.transposeB &&
  node.inputs.every(({ shape }) => shape.length === 2);

/** A sum over the first axis, as in the gradient of a bias: over all steps it is one sum, too. */
const isSumOfRows = (node: Node): boolean =>
  node.primitive === 'reduce_sum' && node.params.axes.length === 1 && node.params.axes[0] === 0 && !node.params.keepdims;

function afterLoop(node: Node, stacks: readonly Tensor[]): Tensor {
  if (node.primitive === 'reduce_sum') return apply('reduce_sum', stacks, { axes: [0, 1], keepdims: false });
  const [a, b] = stacks.map((x) => apply('reshape', [x], { shape: [x.shape[0] * x.shape[1], x.shape[2]] }));
  return apply('matmul', [a, b], (node as Extract<Node, { primitive: 'matmul' }>).params);
}

/** All values of the backward step that depend on seeds. */
function linearValues({ seeds, nodes }: Derivative): Set<Value> {
  const linear = new Set(seeds.filter((seed) => seed !== undefined));
  for (const node of nodes) {
    if (node.inputs.some((value) => linear.has(value))) node.outputs.forEach((value) => linear.add(value));
  }
  return linear;
}
