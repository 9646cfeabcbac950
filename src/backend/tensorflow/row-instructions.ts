/** What programs of rows consist of (see row-program.ts), and what calls of them say. */
import type { Value } from '../../engine/graph.js';
import type { PrimitiveName } from '../../engine/primitives/index.js';
import type { Shape } from '../../engine/shape.js';
import type { Attrs } from './attributes.js';
import type { RowStrides } from './row-views.js';

export const ROW_LOOP = 'KerasNodeRowLoop';

/** Instructions, numbered as in native/row_plan.h. */
export const [MATMUL, COPY, WIDEN, SUM, MOST, SOFTMAX] = [0, 1, 2, 3, 4, 5];
export const ELEMENTWISE: Partial<Record<PrimitiveName, number>> = {
  select: 6, add: 7, subtract: 8, multiply: 9, divide: 10, maximum: 11, minimum: 12, squared_difference: 13, negative: 14,
  square: 15, sqrt: 16, rsqrt: 17, exp: 18, relu: 19, sigmoid: 20, tanh: 21, relu_grad: 22, sigmoid_grad: 23, tanh_grad: 24,
};

/** Kinds of inputs, numbered alike. */
export const [MATRIX, SHARED, ROWS, SEQUENCE] = [0, 1, 2, 3];

/** What the op takes: tensors, and numbers that stand for some. */
export type Source = Value | number;

/** A call of the op. */
export interface RowCall {
  sources: readonly Source[];
  attrs: Attrs;
}

/** What it gives: where it stands, its shape, and where its rows go. */
export interface RowResult {
  from: number;
  isStacked: boolean;
  shape: Shape;
  strides: RowStrides;
  byStep: number;
}

/** How large the loop is. */
export interface LoopSizes {
  length: number;
  isReverse: boolean;
  /** At most. */
  threads: number;
  /** Rows that go through the steps together, at most. */
  tile: number;
}

/** What no program says. */
export class Unsuited extends Error {}

export function require(holds: boolean): asserts holds {
  if (!holds) throw new Unsuited();
}

/** A plan; undefined where something is unsuited. */
export function tryPlan<T>(plan: () => T): T | undefined {
  try {
    return plan();
  } catch (error) {
    if (error instanceof Unsuited) return undefined;
    throw error;
  }
}
