/**
 * Scans whose rows do not depend on each other, such as the steps of a recurrent layer and of its gradient, as one op of
 * ours: a few rows at a time go through all steps.
 */
import type { ScanParams } from '../../engine/primitives/control.js';
import type { Value } from '../../engine/graph.js';
import { contiguousRows } from './row-views.js';
import { lastUses } from './row-registers.js';
import { require, tryPlan, type RowCall, type RowResult } from './row-instructions.js';
import { MOST_MATRIX } from './row-nodes.js';
import { RowProgram } from './row-program.js';

/** Rows that go through the steps together. */
const TILE_ROWS = 8;

/** The program of a scan, on so many threads at most; undefined where it is none of this kind. */
export function planRowLoop(params: ScanParams, threads: number): RowCall | undefined {
  const [first] = params.body.outputs;
  if (threads === 0 || params.length === 0 || !first) return undefined;
  return tryPlan(() => plan(params, first.shape[0], threads));
}

function plan(params: ScanParams, rows: number | undefined, threads: number): RowCall {
  require(rows !== undefined);
  const { body, constants, carries, length, reverse } = params;
  const program = new RowProgram({ rows });
  const isUsed = (value: Value): boolean =>
    body.outputs.includes(value) || body.nodes.some((node) => node.inputs.includes(value));
  body.inputs.slice(constants).forEach((value, i) => {
    const [count, width = 1] = value.shape;
    require(value.shape.length <= 2 && count === rows && (value.dtype === 'float32' || (value.dtype === 'bool' && i >= carries)));
    if (isUsed(value)) program.bindRows(value, width, i >= carries ? length : undefined);
  });
  const last = lastUses(body);
  body.nodes.forEach((node, at) => program.add(node, (value) => last(value) <= at));
  const [results, moves] = finish(program, params);
  // All of them are needed in each step. Larger ones are better multiplied with all rows at once.
  require(program.weights <= MOST_MATRIX);
  return program.call({ length, isReverse: reverse, threads, tile: TILE_ROWS }, results, moves);
}

/** The results, and records of what goes from a step to the next. */
function finish(program: RowProgram, { body: { inputs, outputs }, constants, carries, length }: ScanParams): [RowResult[], number[]] {
  const { rows, registers } = program;
  const carried = inputs.slice(constants, constants + carries).filter((value) => program.has(value));
  const results: RowResult[] = [];
  const moves: number[] = [];
  outputs.forEach((output, i) => {
    const [count, width] = output.shape;
    require(output.shape.length === 2 && count === rows && output.dtype === 'float32');
    let place = program.widened(program.rowsOf(output), width);
    // What a carry was before the step is overwritten while the carries move on.
    if (carried.some((value) => program.rowsOf(value).register === place.register)) place = program.copy(place);
    const from = registers.record(place);
    const isStacked = i >= carries;
    results.push({ from, isStacked, strides: contiguousRows(rows, width), byStep: isStacked ? rows * width : 0,
      shape: isStacked ? [length, ...output.shape] : output.shape });
    const to = inputs[constants + i];
    if (!isStacked && program.has(to)) moves.push(from, registers.record(program.rowsOf(to)));
  });
  return [results, moves];
}
