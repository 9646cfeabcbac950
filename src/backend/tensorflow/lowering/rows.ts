/** Calls of the op that computes row by row. */
import type { Value } from '../../../engine/graph.js';
import { ROW_LOOP, type RowCall } from '../row-instructions.js';
import type { Builder } from './builder.js';

/** @param refOf what stands for a value that the program takes */
export function runRows<V>(b: Builder<V>, { sources, attrs }: RowCall, refOf: (value: Value) => V, count: number): V[] {
  const operands = sources.map((source) => {
    if (typeof source === 'number') return b.constant(Float32Array.of(source), [1], 'float32');
    return source.dtype === 'bool' ? b.op('Cast', [refOf(source)], { DstT: { type: 'float32' } }) : refOf(source);
  });
  return b.ops(ROW_LOOP, operands, attrs, count);
}

/**
 * A result of several as that of a node of its own. TensorFlow joins the gradient of a convolution's kernel with that of a
 * bias where both take a result of the same node, and does not look which. This one passes it on, and no optimiser takes it
 * out.
 */
export const apart = <V>(b: Builder<V>, x: V): V => (b.forOneDnn ? b.op('PreventGradient', [x]) : x);
