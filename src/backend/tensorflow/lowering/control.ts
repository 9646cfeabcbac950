/** Lowering of control flow. Sequences and stacked results of a scan are lists of tensors, so that no step copies them. */
import type { Aval } from '../../backend.js';
import type { control, ScanParams, WhileParams } from '../../../engine/primitives/control.js';
import type { Shape } from '../../../engine/shape.js';
import { planRowLoop } from '../row-loop.js';
import type { Builder, LoweringContext, LoweringTable, Part } from './builder.js';
import { runRows } from './rows.js';

const step = <V>(b: Builder<V>, counter: V): V => b.op('AddV2', [counter, b.scalar(1, 'int32')]);

function whileLoop<V>(b: Builder<V>, x: readonly V[], { params }: LoweringContext<WhileParams>): V[] {
  const { condition, body, constants, maximum } = params;
  const unchanged = x.slice(0, constants);
  const advance = (inner: Builder<V>, given: readonly V[]): V[] =>
    [...given.slice(0, constants), ...inner.evaluate(body, given)];
  if (maximum === null) {
    return b.loop(x, (inner, given) => inner.evaluate(condition, given)[0], advance).slice(unchanged.length);
  }
  const limit = loopNumber(b, maximum);
  return b.loop([b.scalar(0, 'int32'), ...limit.given, ...x], (inner, [counter, ...rest]) => {
    const isWithin = inner.op('Less', [counter, limit.within(inner, rest)]);
    return inner.op('LogicalAnd', [isWithin, inner.evaluate(condition, rest.slice(limit.given.length))[0]]);
  }, (inner, [counter, ...rest]) => [
    step(inner, counter), ...rest.slice(0, limit.given.length), ...advance(inner, rest.slice(limit.given.length)),
  ]).slice(1 + limit.given.length + unchanged.length);
}

/**
 * A number that a loop needs inside: a constant there, or, where it may depend on sizes that only the function around the
 * loop knows, one more of its variables.
 */
function loopNumber<V>(b: Builder<V>, value: number): { given: V[]; within: (inner: Builder<V>, rest: readonly V[]) => V } {
  return {
    given: b.anySize ? [b.scalar(value, 'int32')] : [],
    within: (inner, [first]) => (b.anySize ? first : inner.scalar(value, 'int32')),
  };
}

const listShape = <V>(b: Builder<V>, { shape }: Aval): V => b.ints(shape);

/**
 * A turn of a loop costs some microseconds for each of its variables, whatever it computes: short steps go several to
 * a turn, as many as have about so many nodes. Forwards, 100 steps of an LSTM took three quarters of the time so. XLA's
 * loops cost less, and their bodies take long to compile.
 */
const NODES_PER_TURN = 200;
const STEPS_PER_TURN = 10;

const stepsPerTurn = ({ body, length }: ScanParams): number =>
  Math.max(1, Math.min(length, STEPS_PER_TURN, Math.floor(NODES_PER_TURN / Math.max(1, body.nodes.length))));

function scan<V>(b: Builder<V>, x: readonly V[], { params, inputs, outputs }: LoweringContext<ScanParams>): V[] {
  const { body, constants, carries, length, reverse } = params;
  const first = constants + carries;
  const elements = body.inputs.slice(first);
  const results = body.outputs.slice(carries);
  if (length === 0) {
    const empty = ({ shape, dtype }: { shape: Shape; dtype: Aval['dtype'] }): V =>
      b.op('Fill', [b.ints(shape), b.scalar(0, dtype)]);
    return [...x.slice(constants, first), ...outputs.slice(carries).map(empty)];
  }
  const rowLoop = planRowLoop(params, b.rowThreads);
  if (rowLoop) return runRows(b, rowLoop, (value) => x[body.inputs.indexOf(value)], outputs.length);

  const lists = x.slice(first).map((sequence, i) => b.op('TensorListFromTensor', [sequence, listShape(b, elements[i])], {
    element_dtype: { type: inputs[first + i].dtype }, shape_type: { type: 'int32' } }));
  const stacks = results.map((aval) => b.op('TensorListReserve', [listShape(b, aval), b.scalar(length, 'int32')], {
    element_dtype: { type: aval.dtype }, shape_type: { type: 'int32' } }));
  const limit = loopNumber(b, length);
  const final = loopNumber(b, length - 1);
  const head = 1 + limit.given.length + final.given.length;
  const variables = [b.scalar(0, 'int32'), ...final.given, ...limit.given, ...x.slice(0, constants), ...lists, ...x.slice(constants, first), ...stacks];
  const fixed = head + constants + lists.length;
  const advance: Part<V> = (inner, given) => {
    const [counter] = given;
    const at = reverse ? inner.op('Sub', [final.within(inner, given.slice(1)), counter]) : counter;
    const slices = given.slice(head + constants, fixed).map((list, i) =>
      inner.op('TensorListGetItem', [list, at, listShape(inner, elements[i])], { element_dtype: { type: elements[i].dtype } }));
    const next = inner.evaluate(body, [...given.slice(head, head + constants), ...given.slice(fixed, fixed + carries), ...slices]);
    const written = given.slice(fixed + carries).map((list, i) =>
      inner.op('TensorListSetItem', [list, at, next[carries + i]], { element_dtype: { type: results[i].dtype } }));
    return [step(inner, counter), ...given.slice(1, fixed), ...next.slice(0, carries), ...written];
  };
  const several = (count: number): Part<V> => (inner, given) => {
    let current = [...given];
    for (let i = 0; i < count; i++) current = advance(inner, current);
    return current;
  };
  const perTurn = b.forXla || b.anySize ? 1 : stepsPerTurn(params);
  // What does not fill a turn comes before the loop.
  const made = b.loop(several(length % perTurn)(b, variables),
    (inner, [counter, ...rest]) => inner.op('Less', [counter, limit.within(inner, rest.slice(final.given.length))]), several(perTurn));
  return [
    ...made.slice(fixed, fixed + carries),
    ...made.slice(fixed + carries).map((list, i) => b.op('TensorListStack', [list, listShape(b, results[i])], {
      element_dtype: { type: results[i].dtype }, num_elements: { int: length } })),
  ];
}

export const controlLowering: LoweringTable<keyof typeof control> = {
  switch: (b, [index, ...operands], { params: { branches } }) =>
    b.branch(index, operands, branches.map((branch) => (inner, x) => inner.evaluate(branch, x))),
  while: whileLoop,
  scan,
  barrier: (b, x) => b.after(x.slice(0, -1), x[x.length - 1]),
  with_gradient: (_, x, { params: { values } }) => x.slice(0, values),
};
