/** The order in which a graph is run, with its values numbered by place. */
import type { Node, Subgraph, Value } from '../../engine/graph.js';

interface Step {
  node: Node;
  inputs: number[];
  outputs: number[];
  /** Places that no later node reads. */
  done: number[];
}

export interface Plan {
  places: number;
  steps: Step[];
  results: number[];
  /** The place of a further value. */
  placeOf(value: Value): number;
}

/** Inputs come first, then the `further` ones. Values that are `kept` live to the end, as the outputs do. */
export function makePlan(graph: Subgraph, further: readonly Value[] = [], kept: readonly Value[] = []): Plan {
  const places = new Map<Value, number>();
  const place = (value: Value): number => {
    let at = places.get(value);
    if (at === undefined) places.set(value, (at = places.size));
    return at;
  };
  graph.inputs.forEach(place);
  further.forEach(place);
  const steps = graph.nodes.map((node): Step =>
    ({ node, inputs: node.inputs.map(place), outputs: node.outputs.map(place), done: [] }));
  const results = graph.outputs.map(place);

  // From the last step on: a place seen for the first time is read there for the last time.
  const alive = new Set([...results, ...kept.map(place)]);
  for (let i = steps.length - 1; i >= 0; i--) {
    const { inputs, outputs, done } = steps[i];
    for (const at of new Set([...outputs, ...inputs])) {
      if (!alive.has(at)) done.push(at);
      alive.add(at);
    }
  }
  return { places: places.size, steps, results, placeOf: place };
}

const plans = new WeakMap<Subgraph, Plan>();

/** The plan of a graph inside of a graph, made once. */
export function planOf(graph: Subgraph): Plan {
  let plan = plans.get(graph);
  if (!plan) plans.set(graph, (plan = makePlan(graph)));
  return plan;
}
