/**
 * Conditions and loops on nested structures. While tracing they become primitives with graphs as parameters; eagerly
 * the functions are called as they are, so that they may read values, and tapes see inside.
 */
import type { Aval } from '../backend/backend.js';
import { applyAll } from './apply.js';
import { context } from './context.js';
import { toTensor, type TensorLike } from './convert.js';
import { describeAvals, sameAvals } from './primitives/control.js';
import { tidy } from './scope.js';
import { flatten, isPlainObject, packAs } from './structure.js';
import { join, traceInside, valuesOf } from './subgraph.js';
import { nextTensorId, type Tensor } from './tensor.js';

/** The tensors of a structure; `null` leaves stay out. */
export const tensorsOf = (structure: unknown): Tensor[] =>
  flatten(structure).flatMap((leaf) => (leaf === null || leaf === undefined ? [] : toTensor(leaf as TensorLike)));

/** The structure with these tensors in it, and `null` where it has none. */
export function repack(structure: unknown, tensors: readonly Tensor[]): unknown {
  let next = 0;
  return packAs(structure, flatten(structure).map((leaf) =>
    (leaf === null || leaf === undefined ? null : tensors[next++])));
}

/** A structure in words, to compare and to show. */
function outline(structure: unknown): string {
  if (Array.isArray(structure)) return `[${structure.map(outline).join(', ')}]`;
  if (isPlainObject(structure)) {
    return `{${Object.keys(structure).toSorted().map((key) => `${key}: ${outline(structure[key])}`).join(', ')}}`;
  }
  return structure === null || structure === undefined ? 'null' : 'tensor';
}

function requireSame(
  what: string, received: unknown, tensors: readonly Aval[], expected: unknown, expectedTensors: readonly Aval[],
): void {
  const [a, b] = [outline(received), outline(expected)];
  if (a !== b) throw new TypeError(`${what} must have the structure ${b}, received ${a}.`);
  if (sameAvals(tensors, expectedTensors)) return;
  throw new TypeError(`${what} must keep shapes and dtypes: expected ${describeAvals(expectedTensors)}, ` +
    `received ${describeAvals(tensors)}.`);
}

/** Whether functions are called as they are rather than traced. */
const isEager = (): boolean => context.tracer === undefined;

/** The result of the branch with this index (an int32 scalar within range). */
export function switchOn(what: string, index: Tensor, branches: readonly (() => unknown)[]): unknown {
  if (isEager()) return branches[index.item()]();
  // 1. trace
  const results: unknown[] = [];
  const graphs = branches.map((branch, i) => traceInside([], branch, (result) => {
    results[i] = result;
    return tensorsOf(result);
  }));
  graphs.forEach(({ outputs }, i) =>
    requireSame(`${what}: the result of branch ${i}`, results[i], outputs, results[0], graphs[0].outputs));

  // 2. apply; a branch that does not assign a variable passes its value on
  const { constants, variables, graphs: joined } = join(graphs);
  const made = applyAll('switch', [index, ...constants, ...valuesOf(variables)], { branches: joined });
  variables.forEach((variable, i) => variable.assign(made[i]));
  return repack(results[0], made.slice(variables.length));
}

/** Frees tensors that a loop made before and has no use for any more. */
function discard(tensors: readonly Tensor[], madeSince: number, inUse: readonly Tensor[]): void {
  if (context.tapes.length > 0) return;
  for (const tensor of tensors) {
    if (tensor.id >= madeSince && !tensor.kept && !inUse.includes(tensor)) tensor.dispose();
  }
}

/** Runs `body` on the variables as long as `condition` holds, and no more than `maximum` times. */
export function whileLoop(
  condition: (variables: unknown) => TensorLike, body: (variables: unknown) => unknown, variables: unknown,
  maximum: number | null,
): unknown {
  const initial = tensorsOf(variables);
  const pack = (tensors: readonly Tensor[]): unknown => repack(variables, tensors);
  const check = (result: unknown, tensors: readonly Aval[]): void =>
    requireSame('The body of while_loop: its result', result, tensors, variables, initial);
  if (isEager()) {
    const since = nextTensorId();
    let current = initial;
    for (let count = 0; count < (maximum ?? Infinity); count++) {
      const holds = tidy(() => toCondition('The condition of while_loop', condition(pack(current))).item() !== 0);
      if (!holds) break;
      const next = tidy(() => {
        const result = body(pack(current));
        const tensors = tensorsOf(result);
        check(result, tensors);
        return tensors;
      });
      discard(current, since, next);
      current = next;
    }
    return pack(current);
  }
  const conditionGraph = traceInside(initial, (...args) =>
    toCondition('The condition of while_loop', condition(pack(args))), (result) => [result]);
  let result: unknown;
  const bodyGraph = traceInside(initial, (...args) => (result = body(pack(args))), tensorsOf);
  check(result, bodyGraph.outputs);
  const assigned = conditionGraph.state.find((slot) => slot.assigned);
  if (assigned) {
    throw new Error(`The condition of while_loop assigns variable '${assigned.variable.path}'. Assign it in the body.`);
  }
  const { constants, variables: state, graphs } = join([conditionGraph, bodyGraph]);
  const [test, step] = graphs;
  const made = applyAll('while', [...constants, ...valuesOf(state), ...initial], {
    condition: { ...test, outputs: test.outputs.slice(state.length) }, body: step, constants: constants.length, maximum });
  state.forEach((variable, i) => variable.assign(made[i]));
  return pack(made.slice(state.length));
}

/** One truth value as a bool scalar. */
export function toCondition(what: string, value: TensorLike): Tensor {
  const tensor = toTensor(value);
  if (tensor.size !== 1) {
    throw new TypeError(`${what} must give one truth value, received ${describeAvals([tensor])}.`);
  }
  const [flag] = tensor.dtype === 'bool' ? [tensor] : applyAll('cast', [tensor], { dtype: 'bool' });
  return flag.shape.length === 0 ? flag : applyAll('reshape', [flag], { shape: [] })[0];
}

export interface ScanOptions {
  /** Sequences whose slices along the first axis `f` gets, or null. */
  xs: unknown;
  length: number;
  reverse: boolean;
}

type Step = (carry: unknown, x: unknown) => readonly [carry: unknown, y: unknown];

/** The slices of a sequence along its first axis: at once, so that their gradients are joined at once too. */
function slicesOf(x: Tensor): Tensor[] {
  const [length, ...shape] = x.shape;
  const rows = applyAll('split', [x], { axis: 0, sizes: Array.from({ length }, () => 1) });
  return rows.map((row) => applyAll('reshape', [row], { shape })[0]);
}

/** Carries a state along the slices of sequences; gives the last state, and what `f` gave at each, stacked. */
export function scan(what: string, f: Step, init: unknown, { xs, length, reverse }: ScanOptions): [unknown, unknown] {
  const initial = tensorsOf(init);
  const sequences = tensorsOf(xs);
  let y: unknown;
  const step = (carry: readonly Tensor[], slices: readonly Tensor[]): Tensor[] => {
    const [next, result] = f(repack(init, carry), repack(xs, slices));
    const tensors = tensorsOf(next);
    requireSame(`${what}: the carry`, next, tensors, init, initial);
    y = result;
    return [...tensors, ...tensorsOf(result)];
  };
  const count = initial.length;
  // Without a step, only a trace tells the shapes of what a step would have given.
  if (isEager() && length > 0) {
    const since = nextTensorId();
    const slices = tidy(() => sequences.map(slicesOf));
    let carry = initial;
    const rows: Tensor[][] = [];
    const results = new Set<Tensor>();
    for (let i = 0; i < length; i++) {
      const at = reverse ? length - 1 - i : i;
      const made = tidy(() => step(carry, slices.map((row) => row[at])));
      const next = made.slice(0, count);
      rows[at] = made.slice(count);
      for (const result of rows[at]) results.add(result);
      discard(carry.filter((tensor) => !results.has(tensor)), since, next);
      carry = next;
    }
    const stacked = rows[0].map((_, k) => applyAll('stack', rows.map((row) => row[k]), { axis: 0 })[0]);
    discard([...results, ...slices.flat()], since, [...carry, ...stacked]);
    return [repack(init, carry), repack(y, stacked)];
  }
  const elements = sequences.map(({ shape, dtype }) => ({ shape: shape.slice(1), dtype }));
  const graph = traceInside([...initial, ...elements],
    (...args) => step(args.slice(0, count), args.slice(count)), (tensors) => tensors);
  const { constants, variables, graphs: [body] } = join([graph]);
  const made = applyAll('scan', [...constants, ...valuesOf(variables), ...initial, ...sequences], {
    body, constants: constants.length, carries: variables.length + count, length, reverse });
  variables.forEach((variable, i) => variable.assign(made[i]));
  const results = made.slice(variables.length);
  return [repack(init, results.slice(0, count)), repack(y, results.slice(count))];
}
