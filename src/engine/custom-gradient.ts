/** Functions with a gradient of their author's. */
import { apply, applyAll } from './apply.js';
import { context, withContext } from './context.js';
import { repack, tensorsOf } from './control-flow.js';
import { toTensor, type TensorLike } from './convert.js';
import { flatten, packAs } from './structure.js';
import { join, traceInside } from './subgraph.js';
import { Tensor } from './tensor.js';
import { Variable } from './variable.js';

/** From a gradient of each tensor of the output to one of each tensor of the arguments. */
type Pullback = (...upstream: Tensor[]) => Tensor | readonly Tensor[];

const isSource = (leaf: unknown): leaf is TensorLike =>
  leaf instanceof Tensor || leaf instanceof Variable || ArrayBuffer.isView(leaf) || typeof leaf === 'number';

/**
 * A function with a gradient of its own. `f` returns the output and a function from the output's gradient to the
 * gradients of the arguments (an array when there are several). Source: keras.ops.custom_gradient.
 */
export function custom_gradient<A extends unknown[], R>(f: (...args: A) => [R, Pullback]): (...args: A) => R {
  return (...args) => {
    const leaves = flatten(args).map((leaf) => (isSource(leaf) ? toTensor(leaf) : leaf));
    const sources = leaves.filter((leaf) => leaf instanceof Tensor);
    const tapes = context.tapes;
    // Outer tapes must not see inside, or both gradients would count; the gradient function itself is recorded.
    const { result, outputs, pullback } = withContext({ tapes: [] }, () => {
      const [output, gradient] = f(...(packAs(args, leaves) as A));
      const made = tensorsOf(output);
      const backward = (upstream: readonly Tensor[]): Tensor[] => checked(sources, gradient(...upstream));
      // An argument handed back is made a tensor of its own, or the gradient of the output would be the argument's too.
      const own = context.tracer?.isInside ? inGraph(sources, made, backward)
        : made.map((y) => (sources.includes(y) ? apply('stop_gradient', [y]) : y));
      return { result: output, outputs: own, pullback: backward };
    });
    for (const tape of tapes) {
      tape.recordCustom(sources, outputs, (upstream) => pullback(upstream.map((g, i) => g ?? zeros(outputs[i]))));
    }
    return repack(result, outputs) as R;
  };
}

const zeros = ({ shape, dtype }: Tensor): Tensor => apply('full', [], { value: 0, shape, dtype });

function checked(sources: readonly Tensor[], found: Tensor | readonly Tensor[]): Tensor[] {
  const gradients = Array.isArray(found) ? (found as Tensor[]) : [found as Tensor];
  if (gradients.length !== sources.length) {
    throw new TypeError('The gradient function of a custom_gradient must give one gradient for each tensor of the ' +
      `arguments: expected ${sources.length}, received ${gradients.length}.`);
  }
  return gradients;
}

/** In a loop or a branch, whose graph is differentiated later, the gradient function becomes part of the graph. */
function inGraph(
  args: readonly Tensor[], values: readonly Tensor[], backward: (upstream: readonly Tensor[]) => Tensor[],
): Tensor[] {
  const traced = traceInside(values, (...upstream) => backward(upstream), (gradients) => gradients);
  const { constants, graphs: [graph] } = join([traced]);
  return applyAll('with_gradient', [...values, ...args, ...constants], {
    backward: graph, values: values.length, arguments: args.length });
}
