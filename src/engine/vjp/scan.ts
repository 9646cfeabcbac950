/**
 * The gradient of a scan is a scan the other way round. The forward scan puts out what the backward one needs of its
 * steps (residuals); what is the same in all steps is not stacked, and weight gradients are one product after the
 * loop rather than a sum of small ones in it.
 */
import { applyAll } from '../apply.js';
import { withContext } from '../context.js';
import type { Node, Subgraph, Value } from '../graph.js';
import type { ScanParams } from '../primitives/control.js';
import { applyNodes, evaluate, subgraph } from '../subgraph.js';
import type { Tensor } from '../tensor.js';
import { Trace } from '../trace.js';
import { BackwardScan } from './backward-scan.js';
import type { GraphTape, SavingRule } from './rule.js';

/** Primitives so cheap that their results are computed again rather than saved. */
const FREE: ReadonlySet<string> = new Set(['full', 'constant', 'iota', 'reshape', 'broadcast_to', 'stop_gradient']);

/** A body with the gradients of its inputs, in one graph. */
export interface Derivative {
  inputs: readonly Value[];
  /** For each output of the body the value that stands for its gradient; undefined where none is wanted. */
  seeds: readonly (Value | undefined)[];
  /** For each input its gradient; undefined where none flows. */
  gradients: readonly (Value | undefined)[];
  /** Inputs that gradients are wanted of. */
  watched: readonly boolean[];
  /** The nodes of the backward step. */
  nodes: readonly Node[];
  /** What the backward step needs and is the same in all steps, and the nodes that compute it. */
  invariants: readonly Value[];
  invariantNodes: readonly Node[];
  /** What it needs and differs from step to step: which sequence of the forward scan, or else which of its results. */
  saved: ReadonlyMap<Value, { sequence: number } | { result: number }>;
  /** The body with the residuals behind its results. */
  forward: Subgraph;
}

export const scanVjp: SavingRule<ScanParams> = {
  save({ inputs, params, needs, newTape }) {
    const derivative = derive(params, needs, newTape);
    const outputs = applyAll('scan', inputs, { ...params, body: derivative.forward });
    return {
      outputs: outputs.slice(0, params.body.outputs.length),
      pullback(gradients) {
        const invariant = new Map(derivative.inputs.slice(0, params.constants).map((value, i) => [value, inputs[i]]));
        applyNodes(derivative.invariantNodes, invariant);
        const stackOf = (value: Value): Tensor => {
          const place = derivative.saved.get(value)!;
          return 'sequence' in place ? inputs[place.sequence] : outputs[place.result];
        };
        return new BackwardScan(derivative, params).run(inputs, gradients, invariant, stackOf);
      },
    };
  },
};

/** The body's results and their gradients, recorded in one trace. `watched` grows by the carries they flow into. */
function record(
  { body, constants, carries }: ScanParams, watched: boolean[], newTape: () => GraphTape,
): { trace: Trace; inputs: Tensor[]; outputs: Tensor[]; seeds: (Tensor | undefined)[]; gradients: (Tensor | undefined)[] } {
  for (;;) {
    const trace = new Trace();
    const tape = newTape();
    const inputs = body.inputs.map((value) => trace.input(value));
    const isSource = (_: Tensor, i: number): boolean => watched[i];
    tape.watch(...inputs.filter(isSource));
    const outputs = trace.runInside(() => tape.run(() => evaluate(body, inputs)));
    const late = outputs.slice(0, carries).flatMap((output, i) =>
      (tape.dependsOn(output) && !watched[constants + i] ? constants + i : []));
    for (const i of late) watched[i] = true;
    if (late.length > 0) continue;
    const seeds = outputs.map((output) => (tape.dependsOn(output) ? trace.input(output) : undefined));
    const found = trace.runInside(() => tape.gradients(
      outputs.filter((_, i) => seeds[i]), inputs.filter(isSource), seeds.filter((seed) => seed !== undefined)));
    let next = 0;
    return { trace, inputs, outputs, seeds, gradients: inputs.map((_, i) => (watched[i] ? found[next++] : undefined)) };
  }
}

function derive(params: ScanParams, needs: readonly boolean[], newTape: () => GraphTape): Derivative {
  const { constants, carries } = params;
  // 1. forward and backward in one graph
  const watched = [...needs];
  const made = withContext({ autocast: undefined }, () => record(params, watched, newTape));
  const graph = made.trace.finish([...made.outputs, ...made.gradients.filter((g) => g !== undefined)]);
  const inputs = made.inputs.map((tensor) => tensor.value!);
  const outputs = made.outputs.map((tensor) => tensor.value!);
  const seeds = made.seeds.map((tensor) => tensor?.value);
  const gradients = made.gradients.map((tensor) => tensor?.value);

  // 2. what is known before the backward scan, and what of it is the same in all steps
  const known = new Set(inputs);
  const invariant = new Set(inputs.slice(0, constants));
  for (const node of graph.nodes) {
    for (const set of [known, invariant]) {
      if (node.inputs.every((value) => set.has(value))) node.outputs.forEach((value) => set.add(value));
    }
  }

  // 3. from the gradients back to what is known
  const needed = new Set(gradients.filter((value) => value !== undefined));
  const nodes: Node[] = [];
  for (const node of graph.nodes.toReversed()) {
    const isKnown = node.outputs.every((value) => known.has(value));
    if (!node.outputs.some((value) => needed.has(value)) || (isKnown && !FREE.has(node.primitive))) continue;
    nodes.push(node);
    for (const value of node.outputs) needed.delete(value);
    for (const value of node.inputs) needed.add(value);
  }
  const frontier = [...needed].filter((value) => known.has(value));

  // 4. residuals: a sequence that is there already, a result, or else a further result
  const saved = new Map<Value, { sequence: number } | { result: number }>();
  const residuals: Value[] = [];
  for (const value of frontier) {
    if (invariant.has(value)) continue;
    const sequence = inputs.indexOf(value, constants + carries);
    const result = outputs.indexOf(value, carries);
    if (sequence >= 0) saved.set(value, { sequence });
    else if (result >= 0) saved.set(value, { result });
    else saved.set(value, { result: outputs.length + residuals.push(value) - 1 });
  }
  const invariants = frontier.filter((value) => invariant.has(value));
  return {
    inputs, seeds, gradients, watched, nodes: nodes.toReversed(), saved, invariants,
    invariantNodes: subgraph(inputs, graph.nodes, invariants).nodes,
    forward: subgraph(inputs, graph.nodes, [...outputs, ...residuals]),
  };
}
