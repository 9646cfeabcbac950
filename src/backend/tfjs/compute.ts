/** Computes one primitive: whether it can be at all, its kernel, and results brought into the range of their dtype. */
import type { DType } from '../../engine/dtype.js';
import type { Node, Subgraph } from '../../engine/graph.js';
import { subgraphsOf } from '../../engine/primitives/control.js';
import type { ParamsOf, PrimitiveName } from '../../engine/primitives/index.js';
import { controlKernels, type ControlKernel, type ControlName, type Run } from './kernels/control.js';
import { kernels } from './kernels/index.js';
import type { Kernel, KernelContext } from './kernels/kernel.js';
import type { Block, Memory } from './memory.js';
import { planOf, type Plan } from './plan.js';
import { isNarrow, settle, UnsupportedError, whyNotHeld } from './storage.js';

/** Primitives that only move or compare elements, so that strings pass. */
const FOR_STRINGS: ReadonlySet<PrimitiveName> = new Set<PrimitiveName>([
  'constant', 'reshape', 'transpose', 'broadcast_to', 'concatenate', 'stack', 'split',
  'strided_slice', 'dynamic_slice', 'dynamic_update_slice', 'reverse', 'tile', 'gather', 'gather_nd', 'select', 'equal', 'not_equal', 'stop_gradient',
]);

/** Why a primitive cannot be computed for a dtype, or undefined when it can. */
export function whyUnsupported(name: PrimitiveName, dtype: DType, backend: string): string | undefined {
  if (dtype === 'string' && !FOR_STRINGS.has(name)) {
    return 'strings can be moved and compared, but not computed with';
  }
  return whyNotHeld(dtype, backend);
}

/** @throws UnsupportedError when an operand or a result has a dtype that the primitive cannot have here. */
export function requireSupported<P>(
  name: PrimitiveName, { inputs, outputs, params }: KernelContext<P>, backend: string,
): void {
  for (const { dtype } of [...inputs, ...outputs]) {
    const reason = whyUnsupported(name, dtype, backend);
    if (reason) throw new UnsupportedError(`The primitive ${name} cannot be computed for dtype ${dtype}: ${reason}.`);
  }
  if (!isControl(name)) return;
  for (const { nodes } of subgraphsOf(params as object)) {
    for (const node of nodes) requireSupported(node.primitive, node, backend);
  }
}

/** Whether a primitive has graphs among its parameters. */
const isControl = (name: PrimitiveName): name is ControlName => name in controlKernels;

function computeOne<N extends Exclude<PrimitiveName, ControlName>>(
  m: Memory, name: N, x: readonly Block[], context: KernelContext<ParamsOf<N>>,
): Block[] {
  const kernel = kernels[name] as Kernel<ParamsOf<N>>;
  const results = m.collect(() => kernel(m, x, context));
  context.outputs.forEach(({ dtype }, i) => {
    // Shared elements are an operand's, and so already in range.
    if (isNarrow(dtype) && !m.isShared(results[i])) settle(m.numbers(results[i]), dtype);
  });
  return results;
}

/** Computes one primitive, with a pause after each node of the graphs that it runs. */
export function* computeInSteps(m: Memory, node: Node, x: readonly Block[]): Run {
  const { primitive: name } = node;
  // A node has just what a kernel wants to know.
  const context = node as unknown as KernelContext<never>;
  if (!isControl(name)) return computeOne(m, name, x, context);
  const kernel = controlKernels[name] as ControlKernel<never>;
  return yield* kernel(m, x, context, (graph, inputs) => runGraph(m, graph, inputs));
}

/** The outputs of a graph, which are the caller's. Each intermediate is freed after the last node that reads it. */
function* runGraph(m: Memory, graph: Subgraph, x: readonly Block[]): Run {
  const plan = planOf(graph);
  const held: (Block | undefined)[] = x.map((block) => m.share(block));
  try {
    yield* runSteps(m, plan, held);
    return plan.results.map((at) => m.share(held[at]!));
  } finally {
    for (const block of held) if (block) m.free(block);
  }
}

/** Runs the steps of a plan on the blocks at their places, with a pause after each. */
export function* runSteps(m: Memory, { steps }: Plan, held: (Block | undefined)[]): Generator<undefined, void> {
  for (const { node, inputs, outputs, done } of steps) {
    const made = yield* computeInSteps(m, node, inputs.map((at) => held[at]!));
    outputs.forEach((at, i) => void (held[at] = made[i]));
    for (const at of done) {
      m.free(held[at]!);
      held[at] = undefined;
    }
    yield undefined;
  }
}

/** Runs to the end. */
export function finish<T>(run: Generator<undefined, T>): T {
  for (;;) {
    const { done, value } = run.next();
    if (done) return value;
  }
}
