/**
 * The one calling convention: positional arguments in Keras's order, and a trailing plain object that gives any of
 * them by name. `sum(x, 1)` and `sum(x, {axis: 1})` are the same call.
 */
import { isPlainObject } from '../engine/structure.js';

/** The named form of a parameter list. */
export type Named<N extends readonly string[], P extends readonly unknown[]> = {
  [I in Extract<keyof N, `${number}`> as N[I] & string]?: I extends keyof P ? P[I] : never;
};

type Prefixes<R extends readonly unknown[], O, Acc extends readonly unknown[] = []> =
  [...Acc, O] | (R extends readonly [infer H, ...infer T] ? Prefixes<T, O, [...Acc, H]> : never);

/** All ways to pass a parameter list P: positional, or a prefix of it and an object with the rest. */
export type CallForms<N extends readonly string[], P extends readonly unknown[]> =
  P | Prefixes<Required<P>, Named<N, P>>;

/** Fields of an options interface as a parameter list, in the order of the names. */
type Positional<O, N extends readonly unknown[]> =
  N extends readonly [infer H extends keyof O, ...infer T] ? [O[H]?, ...Positional<O, T>] : [];

/** All ways to pass the options O, whose positional order is N, to a method. */
export type NamedForms<O, N extends readonly string[]> = CallForms<N, Positional<O, N>>;

/**
 * Constructor arguments of a class whose options are O, in the order N. Options outside of N are given by name only.
 */
export type ConstructorArgs<O extends object, N extends readonly (keyof O)[]> =
  ArgumentForms<O, N> extends infer Forms extends readonly unknown[] ? Forms : never;

/**
 * The names are not checked again on the way: an intersection would lose the order of the tuple. `Before` are the
 * arguments passed by position so far, `Forms` what is found: recursion in the last place may go deep.
 */
type ArgumentForms<
  O extends object, N extends readonly PropertyKey[], Before extends readonly unknown[] = [], Forms = never,
> = N extends readonly [infer H extends keyof O, ...infer T extends readonly PropertyKey[]]
  ? ArgumentForms<Omit<O, H>, T, [...Before, O[H]], Forms | (object extends O ? Before : never) | [...Before, O]>
  : Forms | Before | [...Before, O];

/** An argument that the function or class does not have; the message lists those it has. */
export class UnknownArgumentError extends TypeError {
  override name = 'UnknownArgumentError';
  /** Names of the arguments that there are, in their order. */
  readonly known: readonly string[];

  constructor(message: string, known: readonly string[]) {
    super(message);
    this.known = known;
  }
}

/**
 * Puts the arguments of a call in positional order.
 * @param structured names whose values may themselves be plain objects: a trailing object in such a place is an
 *   options object only when every key is an argument's name
 */
export function positionalArguments(
  what: string, names: readonly string[], args: readonly unknown[], structured: readonly string[] = [],
): readonly unknown[] {
  const last = args[args.length - 1];
  if (!isPlainObject(last)) {
    if (args.length > names.length) tooMany(what, names, args.length);
    return args;
  }
  const keys = Object.keys(last);
  const place = names[args.length - 1];
  if (place !== undefined && structured.includes(place) && (keys.length === 0 || !keys.every((key) => names.includes(key)))) {
    return args;
  }
  if (args.length - 1 > names.length) tooMany(what, names, args.length - 1);
  const out = args.slice(0, -1);
  for (const key of keys) {
    const position = names.indexOf(key);
    if (position < 0) {
      throw new UnknownArgumentError(`${what} has no argument '${key}'. Known arguments: ${names.join(', ')}.`, names);
    }
    if (position < args.length - 1) {
      throw new UnknownArgumentError(`${what} received the argument '${key}' twice: by position and by name.`, names);
    }
    out[position] = last[key];
  }
  return out;
}

/** Options of every layer, which come by name and after those of the class. */
export const LAYER_OPTIONS = ['name', 'trainable', 'dtype', 'autocast', 'activity_regularizer', 'input_shape'] as const;

/**
 * The constructor's arguments by name. `further` are names that cannot be given by position (of a base class); the
 * default are the options that every layer has.
 */
export function namedArguments<O extends object>(
  what: string, names: readonly string[], args: readonly unknown[], further: readonly string[] = LAYER_OPTIONS,
  structured: readonly string[] = [],
): O {
  const all = [...names, ...further.filter((name) => !names.includes(name))];
  if (args.length > names.length && !isPlainObject(args[args.length - 1])) tooMany(what, names, args.length);
  const positional = positionalArguments(what, all, args, structured);
  const out: Record<string, unknown> = {};
  all.forEach((name, i) => {
    if (positional[i] !== undefined) out[name] = positional[i];
  });
  return out as O;
}

function tooMany(what: string, names: readonly string[], received: number): never {
  throw new UnknownArgumentError(
    `${what} takes at most ${names.length} arguments (${names.join(', ')}), received ${received}.`, names);
}
