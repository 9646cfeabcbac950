/** Batching rules of control flow. */
import { apply, applyAll } from '../apply.js';
import { avalOf, type control } from '../primitives/control.js';
import { traceClosed } from '../subgraph.js';
import type { Tensor } from '../tensor.js';
import { moveAxis, ones, reshape, spread, spreadAll, type BatchTable } from './rule.js';

/** For each element of the batch `a` where the condition holds, else `b`. */
const either = (condition: Tensor, a: Tensor, b: Tensor): Tensor =>
  apply('select', [reshape(condition, [condition.shape[0], ...ones(a.shape.length - 1)]), a, b]);

export const controlBatching: BatchTable<keyof typeof control> = {
  /** One index for all: a switch of batches. An index for each: all branches, and a choice among their results. */
  switch: ({ inputs: [index, ...operands], batched: [isBatched, ...batched], params: { branches }, evaluate }) => {
    if (!isBatched) {
      const derived = branches.map((branch) =>
        traceClosed(operands.map(avalOf), (...args) => evaluate(branch, args, batched)));
      return applyAll('switch', [index, ...operands], { branches: derived });
    }
    const results = branches.map((branch) => evaluate(branch, operands, batched));
    return results.reduce((before, made, i) => {
      const number = apply('full', [], { value: i, shape: [], dtype: 'int32' });
      const isChosen = apply('equal', [index, number]);
      return made.map((result, k) => either(isChosen, result, before[k]));
    });
  },
  /** As long as one goes on; the others keep their values. */
  while: (ctx) => {
    const { inputs, batched, params: { condition, body, constants, maximum }, evaluate } = ctx;
    const operands = [...inputs.slice(0, constants), ...spreadAll(ctx).slice(constants)];
    const flags = operands.map((_, i) => i >= constants || batched[i]);
    const avals = operands.map(avalOf);
    const any = traceClosed(avals, (...args) =>
      [apply('reduce_any', evaluate(condition, args, flags), { axes: [0], keepdims: false })]);
    const step = traceClosed(avals, (...args) => {
      const [goesOn] = evaluate(condition, args, flags);
      return evaluate(body, args, flags).map((next, i) => either(goesOn, next, args[constants + i]));
    });
    return applyAll('while', operands, { condition: any, body: step, constants, maximum });
  },
  scan: ({ inputs, batched, params, size, evaluate }) => {
    const { body, constants, carries, length, reverse } = params;
    const first = constants + carries;
    const operands = inputs.map((x, i) => {
      if (i < constants) return x;
      if (i < first) return batched[i] ? x : spread(x, size);
      return batched[i] ? moveAxis(x, 0, 1) : x;
    });
    const flags = operands.map((_, i) => batched[i] || (i >= constants && i < first));
    const avals = operands.map((x, i) => (i < first ? avalOf(x) : { shape: x.shape.slice(1), dtype: x.dtype }));
    const step = traceClosed(avals, (...args) => evaluate(body, args, flags));
    return applyAll('scan', operands, { body: step, constants, carries, length, reverse })
      .map((y, i) => (i < carries ? y : moveAxis(y, 1, 0)));
  },
  barrier: (ctx) => applyAll('barrier', spreadAll(ctx), {}),
  with_gradient: (ctx) => {
    const { params, evaluate } = ctx;
    const { backward, values, arguments: count } = params;
    const operands = spreadAll(ctx);
    const avals = [...operands.slice(values + count), ...operands.slice(0, values)].map(avalOf);
    const derived = traceClosed(avals, (...args) => evaluate(backward, args, args.map(() => true)));
    return applyAll('with_gradient', operands, { backward: derived, values, arguments: count });
  },
};
