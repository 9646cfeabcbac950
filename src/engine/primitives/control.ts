/**
 * Control flow. The functions are graphs in the parameters, which depend on their inputs alone: tensors that they use
 * from outside are operands of the primitive.
 */
import type { Aval } from '../../backend/backend.js';
import type { Subgraph } from '../graph.js';
import { formatShape, sameShape, ShapeError } from '../shape.js';
import type { AbstractRule, NoParams } from './rule.js';

export interface SwitchParams {
  /** All take the same operands and give results of the same shapes and dtypes. */
  branches: readonly Subgraph[];
}
export interface WhileParams {
  /** From the operands to one boolean. */
  condition: Subgraph;
  /** From the operands to the new variables. */
  body: Subgraph;
  /** How many of the operands, the first ones, stay as they are; the others are the variables. */
  constants: number;
  /** The loop ends after so many steps; null: when the condition says so. */
  maximum: number | null;
}
export interface ScanParams {
  /** From constants, carry and one slice of each sequence to the new carry and the slices of the results. */
  body: Subgraph;
  constants: number;
  carries: number;
  length: number;
  /** From the last slice to the first; results lie at the places of their slices. */
  reverse: boolean;
}
export interface WithGradientParams {
  /** From the residuals and a gradient of each value to a gradient of each argument. */
  backward: Subgraph;
  values: number;
  arguments: number;
}

/** The graphs among the parameters of a primitive that a backend has to run. */
export function subgraphsOf(params: object): readonly Subgraph[] {
  const { branches = [], condition, body } = params as Partial<SwitchParams & WhileParams>;
  return [...branches, condition, body].filter((graph) => graph !== undefined);
}

const rule = <P>(abstract: AbstractRule<P>): AbstractRule<P> => abstract;

export const avalOf = ({ shape, dtype }: Aval): Aval => ({ shape, dtype });
export const describeAvals = (avals: readonly Aval[]): string =>
  `[${avals.map(({ shape, dtype }) => `${dtype}${formatShape(shape)}`).join(', ')}]`;
export const sameAvals = (a: readonly Aval[], b: readonly Aval[]): boolean =>
  a.length === b.length && a.every(({ shape, dtype }, i) => dtype === b[i].dtype && sameShape(shape, b[i].shape));

function requireAvals(what: string, received: readonly Aval[], expected: readonly Aval[]): void {
  if (sameAvals(received, expected)) return;
  throw new ShapeError(`${what}: expected ${describeAvals(expected)}, received ${describeAvals(received)}.`);
}

/** A sequence without its leading axis. */
const sliceOf = ({ shape, dtype }: Aval): Aval => ({ shape: shape.slice(1), dtype });

export const control = {
  /** Operands: index (an int32 scalar within range), then those of the branches. Results: those of the branch taken. */
  switch: rule<SwitchParams>(([index, ...operands], { branches }) => {
    requireAvals('The index of switch', [index], [{ shape: [], dtype: 'int32' }]);
    for (const branch of branches) {
      requireAvals('The operands of a branch of switch', operands, branch.inputs);
      requireAvals('The results of the branches of switch', branch.outputs, branches[0].outputs);
    }
    return branches[0].outputs.map(avalOf);
  }),
  /** Operands: constants, variables. Results: the variables when the condition no longer holds. */
  while: rule<WhileParams>((operands, { condition, body, constants }) => {
    requireAvals('The operands of the condition of while', operands, condition.inputs);
    requireAvals('The operands of the body of while', operands, body.inputs);
    requireAvals('The condition of while', condition.outputs, [{ shape: [], dtype: 'bool' }]);
    requireAvals('The variables after a step of while', body.outputs, operands.slice(constants));
    return body.outputs.map(avalOf);
  }),
  /** Operands: constants, initial carry, sequences [length, ...]. Results: final carry, stacked results [length, ...]. */
  scan: rule<ScanParams>((operands, { body, constants, carries, length }) => {
    const sequences = operands.slice(constants + carries);
    for (const { shape } of sequences) {
      if (shape[0] !== length) {
        throw new ShapeError(`scan over ${length} steps received a sequence of shape ${formatShape(shape)}.`);
      }
    }
    const given = [...operands.slice(0, constants + carries), ...sequences.map(sliceOf)];
    requireAvals('The operands of the body of scan', given, body.inputs);
    const carry = body.outputs.slice(0, carries);
    requireAvals('The carry after a step of scan', carry, operands.slice(constants, constants + carries));
    const stacked = body.outputs.slice(carries).map(({ shape, dtype }) => ({ shape: [length, ...shape], dtype }));
    return [...carry.map(avalOf), ...stacked];
  }),
  /**
   * Operands: values, and one that is there for its time. Results: the values, not before the last operand is computed,
   * so that what follows from them is computed again rather than found to be known.
   */
  barrier: rule<NoParams>((operands) => operands.slice(0, -1).map(avalOf)),
  /**
   * Values with a gradient of their author's. Operands: values, arguments, residuals. Results: the values. The
   * gradients of the arguments are what `backward` gives, and none flows to the values and residuals.
   */
  with_gradient: rule<WithGradientParams>((operands, { values }) => operands.slice(0, values).map(avalOf)),
};
