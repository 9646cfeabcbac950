/** Keras's calling convention for functions that are no operations of a graph. */
import { positionalArguments, type CallForms } from '../utils/arguments.js';

/** Makes a function take its arguments by position or by name. */
export function named<const N extends readonly string[], P extends readonly unknown[], R>(
  name: string, names: N, implementation: (...args: P) => R,
): (...args: CallForms<N, P>) => R {
  return (...args) => implementation(...(byPosition(name, names, args) as unknown as P));
}

/** Arguments in Keras's order. `structured`: names whose values may be plain objects themselves. */
export const byPosition = (
  name: string, names: readonly string[], args: readonly unknown[], structured: readonly string[] = [],
): readonly unknown[] => positionalArguments(`keras.backend.${name}`, names, args, structured);
