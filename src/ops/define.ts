/**
 * How a public op is made: argument forms, symbolic calls and freeing of intermediates, once for all of them.
 */
import { context } from '../engine/context.js';
import type { TensorLike } from '../engine/convert.js';
import { tidy } from '../engine/scope.js';
import { isPlainObject } from '../engine/structure.js';
import { Tensor } from '../engine/tensor.js';
import { kerasExport } from '../saving/registration.js';
import { positionalArguments, type CallForms } from '../utils/arguments.js';
import { auto_name } from '../utils/naming.js';
import { filtered } from '../utils/traceback.js';
import { hasKerasTensor, type KerasTensor } from './keras-tensor.js';
import { Operation } from './operation.js';
import { opOutputSpec } from './unknown-dimensions.js';

/** A parameter that takes tensors takes KerasTensors too. */
type Accepting<T> =
  Tensor extends T ? T | KerasTensor | readonly (TensorLike | KerasTensor)[]
    : T extends readonly (infer E)[] ? Tensor extends E ? readonly (E | KerasTensor)[] : T : T;
type AcceptingAll<P extends readonly unknown[]> = { [I in keyof P]: Accepting<P[I]> };

type IsSymbolic<A> = A extends KerasTensor ? true : A extends readonly (infer E)[]
  ? Extract<E, KerasTensor> extends never ? never : true : never;
type AnySymbolic<A extends readonly unknown[]> = { [I in keyof A]: IsSymbolic<A[I]> }[number];
type SymbolicResult<R> = R extends Tensor ? KerasTensor : R extends readonly unknown[]
  ? { [I in keyof R]: SymbolicResult<R[I]> } : R;

/** A public op: takes tensors or KerasTensors, positionally or by name. */
export type Op<N extends readonly string[], P extends readonly unknown[], R> =
  <A extends CallForms<N, AcceptingAll<P>>>(...args: A) =>
  [AnySymbolic<A>] extends [never] ? R : SymbolicResult<R>;

/**
 * The public form of an implementation (a type of its own, so that default values give parameters their
 * types).
 */
export type OpOf<N extends readonly string[], F> =
  F extends (...args: infer P) => infer R ? Op<N, P, R> : never;

/** An op in a functional graph: the function and its arguments that are not tensors. */
export class OpOperation extends Operation {
  readonly opName: string;
  readonly #fn: (...args: unknown[]) => unknown;

  constructor(opName: string, fn: (...args: unknown[]) => unknown) {
    super(auto_name(opName));
    this.opName = opName;
    this.#fn = fn;
  }

  override call(...args: unknown[]): unknown {
    return this.#fn(...args);
  }

  override compute_output_spec(...args: unknown[]): unknown {
    return opOutputSpec(this.#fn, args);
  }
}

/** Ops by name, for graphs that are read from files. */
const registry = new Map<string, (...args: unknown[]) => unknown>();
const implementations = new WeakMap<object, { names: readonly string[]; implementation: object }>();
/** What an op was made of: its default values stand in the implementation's text. */
export const implementationOf = (op: object): { names: readonly string[]; implementation: object } | undefined =>
  implementations.get(op);
export const findOp = (name: string): ((...args: unknown[]) => unknown) | undefined => registry.get(name);

/** Whether an argument may be or hold a KerasTensor: told at once for tensors and plain values. */
const isSymbolic = (arg: unknown): boolean =>
  typeof arg === 'object' && arg !== null && !(arg instanceof Tensor) && hasKerasTensor(arg);

/** Where functions are that may have the name of an op and are none, and how they are named in graphs. */
const FOREIGN = [
  ['keras.backend.', 'K'], ['keras.losses.', 'losses'], ['keras.utils.bounding_boxes.', 'bounding_boxes'],
] as const;

function makeOp(
  path: string, names: readonly string[], run: (...args: readonly unknown[]) => unknown, structured?: readonly string[],
): (...args: unknown[]) => unknown {
  const last = path.slice(path.lastIndexOf('.') + 1);
  // K.repeat is not the op that files call repeat, nor is bounding_boxes.pad the one that they call pad.
  const foreign = FOREIGN.find(([start]) => path.startsWith(start));
  const name = foreign ? `${foreign[1]}.${last}` : last;
  const call = (args: readonly unknown[]): unknown => {
    const positional = args[args.length - 1] instanceof Tensor && args.length <= names.length
      ? args : positionalArguments(path, names, args, structured);
    for (const arg of positional) {
      if (isSymbolic(arg)) return new OpOperation(name, op).symbolic_call(positional);
    }
    // Inside a framework call or a trace the scope around frees; at the top each op frees its own
    // intermediates.
    if (context.memoryScope || context.tracer) return run(...positional);
    return tidy(() => run(...positional));
  };
  const op = (...args: unknown[]): unknown => {
    try {
      return call(args);
    } catch (error) {
      throw filtered(error);
    }
  };
  return op;
}

function publish(op: (...args: unknown[]) => unknown, path: string): void {
  const name = path.slice(path.lastIndexOf('.') + 1);
  Object.defineProperty(op, 'name', { value: name });
  // keras.activations.relu and keras.losses.poisson are no ops of a graph by that name.
  if (path.startsWith('keras.ops.')) registry.set(name, op);
  kerasExport(op, path);
}

/**
 * Makes a public op of an implementation on tensors.
 * @param path Keras's public path, such as `keras.ops.sum`
 * @param names argument names in Keras's order
 * @param structured names of those that may be plain objects themselves
 */
export function defineOp<const N extends readonly string[], F extends object>(
  path: string, names: N, implementation: F, structured: readonly string[] = [],
): OpOf<N, F> {
  const op = makeOp(path, names, implementation as unknown as (...args: readonly unknown[]) => unknown, structured);
  publish(op, path);
  implementations.set(op, { names, implementation });
  return op as unknown as OpOf<N, F>;
}

/** An op that takes its operands one by one after `L`, and the options `O` by name. */
export interface VariadicOp<L extends readonly unknown[], O extends object, R> {
  (...args: [...L, ...operands: TensorLike[]] | [...L, ...operands: TensorLike[], options: O]): R;
  (...args: [...L, ...operands: (TensorLike | KerasTensor)[]]
    | [...L, ...operands: (TensorLike | KerasTensor)[], options: O]): SymbolicResult<R>;
}

/**
 * Makes a public op of any number of operands (Python's `*args`); the implementation gets them as one array.
 * @param leading names of the arguments before the operands
 * @param trailing names of the arguments after them, given by name only
 */
export function defineVariadicOp<L extends readonly unknown[], O extends object, R>(
  path: string, leading: readonly string[], operands: string, trailing: readonly (keyof O & string)[],
  implementation: (...args: [...L, operands: readonly TensorLike[], options: O]) => R,
): VariadicOp<L, O, R> {
  const names = [...leading, operands, ...trailing];
  const count = leading.length;
  const inner = makeOp(path, names, (...args) => {
    const options: Record<string, unknown> = {};
    trailing.forEach((name, i) => {
      if (args[count + 1 + i] !== undefined) options[name] = args[count + 1 + i];
    });
    return (implementation as unknown as (...all: unknown[]) => R)(...args.slice(0, count + 1), options);
  });
  const op = (...args: unknown[]): unknown => {
    const named = isPlainObject(args[args.length - 1]) ? [args[args.length - 1]] : [];
    const given = args.slice(0, args.length - named.length);
    return inner(...given.slice(0, count), given.slice(count), ...named);
  };
  publish(op, path);
  return op as VariadicOp<L, O, R>;
}
