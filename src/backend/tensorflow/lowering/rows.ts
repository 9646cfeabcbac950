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
