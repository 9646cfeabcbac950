/** Which nodes can be computed row by row (see row-program.ts), by shapes alone. */
import type { Node, Value } from '../../engine/graph.js';
import type { PrimitiveName } from '../../engine/primitives/index.js';
import { sizeOf, type Shape } from '../../engine/shape.js';
import { ELEMENTWISE } from './row-instructions.js';
import { align, rowAxes } from './row-views.js';

/** Elements of a matrix: larger ones do not stay in a core's own memory. */
export const MOST_MATRIX = 256 * 1024;

/** What only names numbers of another value. */
const RENAMES: ReadonlySet<PrimitiveName> = new Set<PrimitiveName>(['reshape', 'stop_gradient']);
const REDUCTIONS: ReadonlySet<PrimitiveName> = new Set<PrimitiveName>(['reduce_sum', 'reduce_mean', 'reduce_max']);

/** Whether a node of a region computes something. */
export const isWork = ({ primitive }: Node): boolean => !RENAMES.has(primitive);

const isFloat = ({ dtype }: Value): boolean => dtype === 'float32';
const leading = (shape: Shape): number => sizeOf(shape.slice(0, -1));

/** The rows that a node has by itself. */
export function naturalRows(node: Node): number | undefined {
  const { primitive, inputs: [x], outputs: [output] } = node;
  if (primitive === 'matmul' || primitive === 'softmax') return leading(x.shape);
  if (REDUCTIONS.has(primitive)) return sizeOf(output.shape);
  return ELEMENTWISE[primitive] !== undefined && output.shape.length > 0 ? leading(output.shape) : undefined;
}

/** Rows that a product multiplies with one matrix of several. */
export const groupOf = ({ primitive, inputs: [x, factor] }: Node): number | undefined =>
  (primitive === 'matmul' && factor.shape.length > 2 ? x.shape[x.shape.length - 2] : undefined);

/** Whether a node can be computed row by row by itself. */
export function fitsRows(node: Node): boolean {
  const rows = naturalRows(node);
  return rows !== undefined && fits(node, rows);
}

/** Whether a node can be computed row by row, with so many rows. */
export function fits(node: Node, rows: number): boolean {
  const { primitive, inputs, outputs } = node;
  if (rows === 0 || !outputs.every(isFloat) || [...inputs, ...outputs].some(({ shape }) => sizeOf(shape) === 0)) return false;
  const [x] = inputs;
  const [output] = outputs;
  if (RENAMES.has(primitive)) return rowAxes(output.shape, rows) !== undefined;
  if (ELEMENTWISE[primitive] !== undefined) {
    return rowAxes(output.shape, rows) !== undefined && inputs.every((value, i) =>
      (isFloat(value) || (primitive === 'select' && i === 0)) && align(value.shape, output.shape, rows) !== undefined);
  }
  if (!inputs.every(isFloat)) return false;
  switch (primitive) {
    case 'matmul': return leading(x.shape) === rows && !node.params.transposeA && sizeOf(inputs[1].shape.slice(-2)) <= MOST_MATRIX;
    case 'softmax': return leading(x.shape) === rows;
    case 'reduce_sum':
    case 'reduce_mean':
    case 'reduce_max': {
      const first = x.shape.length - node.params.axes.length;
      return node.params.axes.every((axis) => axis >= first) && sizeOf(x.shape.slice(0, first)) === rows && sizeOf(x.shape) > 0;
    }
    case 'split':
    case 'concatenate': return leading(x.shape) === rows && node.params.axis === x.shape.length - 1;
    default: return false;
  }
}
