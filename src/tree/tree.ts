/** keras.tree: nested structures. Arrays and plain objects are nested; everything else, null too, is a leaf. */
import { flatten as leavesOf, isPlainObject } from '../engine/structure.js';
import { kerasExport } from '../saving/registration.js';
import { notice } from '../utils/notice.js';
import { MAP_TO_NONE } from './map-to-none.js';
import { childrenOf, requireAlike, StructureError, withChildren, type Path } from './structures.js';

/** A structure with another leaf in the place of each. */
export type Mapped<S, R> =
  S extends readonly unknown[] ? { -readonly [I in keyof S]: Mapped<S[I], R> }
    : S extends { readonly [key: string]: unknown } ? { -readonly [K in keyof S]: Mapped<S[K], R> } : R;
/** The leaves of a structure. */
export type Leaf<S> =
  S extends readonly (infer E)[] ? Leaf<E> : S extends { readonly [key: string]: infer E } ? Leaf<E> : S;

type AnyFunction = (...parts: never[]) => unknown;
const asFunction = (what: string, func: unknown): ((...parts: unknown[]) => unknown) => {
  if (typeof func === 'function') return func as (...parts: unknown[]) => unknown;
  throw new TypeError(`The func of keras.tree.${what} must be a function, received ${String(func)}.`);
};

/**
 * Whether a value is an array or a plain object. Source: keras.tree.is_nested.
 * @example
 * keras.tree.is_nested(42); // false
 * keras.tree.is_nested({ foo: 42 }); // true
 */
export const is_nested = (structure: unknown): boolean => Array.isArray(structure) || isPlainObject(structure);

/**
 * The leaves in order: arrays by index, objects by sorted key. Source: keras.tree.flatten.
 * @example
 * keras.tree.flatten([[1, 2, 3], [4, [5], [[6]]]]); // [1, 2, 3, 4, 5, 6]
 * keras.tree.flatten({ b: 'world!', a: 'Hello' }); // ['Hello', 'world!']
 */
export const flatten = <S>(structure: S): Leaf<S>[] => leavesOf(structure) as Leaf<S>[];

/**
 * Pairs of a path (indices and keys) and the leaf it leads to. Source: keras.tree.flatten_with_path.
 * @example
 * keras.tree.flatten_with_path([{ foo: 42 }]); // [[[0, 'foo'], 42]]
 */
export function flatten_with_path<S>(structure: S): [path: Path, leaf: Leaf<S>][] {
  const visit = (node: unknown, path: Path): [Path, unknown][] =>
    childrenOf(node)?.flatMap(([name, child]) => visit(child, [...path, name])) ?? [[path, node]];
  return visit(structure, []) as [Path, Leaf<S>][];
}

/**
 * Visits every part of a structure, depth first, and replaces those for which the function gives something.
 * Source: keras.tree.traverse.
 *
 * @param func takes a part. Null or undefined: the part stays (top down: and its own parts are visited); `MAP_TO_NONE`:
 *   null takes its place; anything else takes its place
 * @param structure arrays and plain objects
 * @param top_down whether parents are visited before their children; default true
 * @returns the structure with what has been replaced
 * @example
 * const seen = [];
 * keras.tree.traverse((part) => { seen.push(JSON.stringify(part)); }, [[1, 2], 3]); // [[1, 2], 3]
 * seen; // ['[[1,2],3]', '[1,2]', '1', '2', '3']
 */
export function traverse(func: AnyFunction, structure: unknown, top_down = true): unknown {
  const call = asFunction('traverse', func);
  const below = (node: unknown): unknown => {
    const children = childrenOf(node);
    return children ? withChildren(node, children.map(([, child]) => visit(child))) : node;
  };
  const visit = (node: unknown): unknown => {
    const found = top_down ? node : below(node);
    const result = call(found) ?? null;
    if (result === MAP_TO_NONE) return null;
    if (result !== null) return result;
    return top_down ? below(node) : found;
  };
  return visit(structure);
}

/** Walks along the first structure. `isEnd` says where it ends; the function gets what the structures have there. */
function mapAlong(
  what: string, structures: readonly unknown[], isEnd: (node: unknown) => boolean,
  call: (parts: readonly unknown[], path: Path) => unknown, path: Path = [],
): unknown {
  const [first, ...others] = structures;
  const children = isEnd(first) ? undefined : childrenOf(first);
  if (!children) return call(structures, path);
  for (const other of others) requireAlike(what, first, other, path);
  const rows = structures.map((structure) => childrenOf(structure)!);
  return withChildren(first, children.map(([name], i) =>
    mapAlong(what, rows.map((row) => row[i][1]), isEnd, call, [...path, name])));
}

function requireStructures(what: string, structures: readonly unknown[]): void {
  if (structures.length === 0) throw new TypeError(`keras.tree.${what} needs at least one structure.`);
}

interface MapOptions {
  /** Call the function for null leaves too; else null stays. Default true. */
  none_is_leaf?: boolean;
}
const isMapOptions = (value: unknown): value is MapOptions =>
  isPlainObject(value) && Object.keys(value).join() === 'none_is_leaf';

/**
 * The structure with the function's results in the place of the leaves. Source: keras.tree.map_structure.
 *
 * @param func takes one leaf of each structure
 * @param structures one or more, nested in the same way; then, optionally, `{none_is_leaf}`: false leaves null where it is
 * @throws StructureError when the structures are not nested in the same way
 * @example
 * keras.tree.map_structure((v) => v ** 2, [[1], [2], { a: 3 }]); // [[1], [4], { a: 9 }]
 * keras.tree.map_structure((x, y) => x * y, [[1], [2]], [[3], [4]]); // [[3], [8]]
 * keras.tree.map_structure((v) => v + 1, [1, null], { none_is_leaf: false }); // [2, null]
 */
export function map_structure<S, R>(func: (leaf: Leaf<S>) => R, structure: S, options?: MapOptions): Mapped<S, R>;
export function map_structure<S, T, R>(
  func: (a: Leaf<S>, b: Leaf<T>) => R, first: S, second: T, options?: MapOptions,
): Mapped<S, R>;
export function map_structure(func: AnyFunction, ...structures: unknown[]): unknown;
export function map_structure(func: AnyFunction, ...args: unknown[]): unknown {
  const call = asFunction('map_structure', func);
  const last = args.at(-1);
  const { none_is_leaf = true } = args.length > 1 && isMapOptions(last) ? last : {};
  const structures = args.length > 1 && isMapOptions(last) ? args.slice(0, -1) : args;
  requireStructures('map_structure', structures);
  return mapAlong('map_structure', structures, () => false, (parts, path) => {
    for (const part of parts) requireAlike('map_structure', parts[0], part, path);
    if (none_is_leaf || parts.every((part) => part !== null && part !== undefined)) return call(...parts);
    const odd = parts.findIndex((part) => part !== null && part !== undefined);
    if (odd >= 0) throw new StructureError('map_structure: null stands in one structure where another has a leaf.');
    return null;
  });
}

/**
 * Like `map_structure`, down to the leaves of a shallow structure only; what lies below is passed as it is.
 * Source: keras.tree.map_structure_up_to.
 *
 * @param shallow_structure says how deep to go; its leaves are not used
 * @param func takes what each structure has in the place of a shallow leaf
 * @param structures one or more, nested at least as deep
 * @throws StructureError when one does not have the shallow structure
 * @example
 * keras.tree.map_structure_up_to([null, null], (part) => part.length, [[1, 1, 1], [2, 2]]); // [3, 2]
 */
export function map_structure_up_to(shallow_structure: unknown, func: AnyFunction, ...structures: unknown[]): unknown {
  const call = asFunction('map_structure_up_to', func);
  requireStructures('map_structure_up_to', structures);
  return mapAlong('map_structure_up_to', [shallow_structure, ...structures], () => false, ([, ...parts]) => call(...parts));
}

/**
 * Throws unless two structures are nested in the same way. Source: keras.tree.assert_same_structure.
 *
 * @param check_types has no effect, as in Keras 3; a notice says so. Default null
 * @throws StructureError with the first place where they differ
 * @example
 * keras.tree.assert_same_structure([{ a: 1 }, 2], [{ a: 3 }, 4]);
 */
export function assert_same_structure(a: unknown, b: unknown, check_types: boolean | null = null): void {
  if (check_types !== null) {
    notice('keras.tree.assert_same_structure: check_types has no effect any more; assert_same_paths compares less strictly.');
  }
  mapAlong('assert_same_structure', [a, b], () => false,
    (parts, path) => requireAlike('assert_same_structure', parts[0], parts[1], path));
}

/**
 * Throws unless two structures have leaves at the same paths. Source: keras.tree.assert_same_paths.
 * @throws StructureError with the paths that only one has
 * @example
 * keras.tree.assert_same_paths([0, { a: 1 }], [2, { a: 3 }]);
 */
export function assert_same_paths(a: unknown, b: unknown): void {
  const [inA, inB] = [a, b].map((structure) => flatten_with_path(structure).map(([path]) => JSON.stringify(path)));
  const onlyA = inA.filter((path) => !inB.includes(path));
  const onlyB = inB.filter((path) => !inA.includes(path));
  if (onlyA.length === 0 && onlyB.length === 0) return;
  throw new StructureError('assert_same_paths: the structures do not have the same paths. Only in the first: ' +
    `${onlyA.join(', ') || 'none'}; only in the second: ${onlyB.join(', ') || 'none'}.`);
}

/**
 * Leaves, in `flatten`'s order, put into a structure. Source: keras.tree.pack_sequence_as.
 *
 * @param structure nested; its leaves are not used
 * @param flat_sequence as many values as it has leaves
 * @throws StructureError for another number of them
 * @example
 * keras.tree.pack_sequence_as({ key3: '', key1: '' }, ['a', 'b']); // { key3: 'b', key1: 'a' }
 */
export function pack_sequence_as<S, T>(structure: S, flat_sequence: Iterable<T>): Mapped<S, T> {
  if (flat_sequence === null || typeof (flat_sequence as Iterable<T>)?.[Symbol.iterator] !== 'function') {
    throw new TypeError(`The flat_sequence of keras.tree.pack_sequence_as must be iterable, received ${String(flat_sequence)}.`);
  }
  const values = [...flat_sequence];
  const wanted = leavesOf(structure).length;
  if (values.length !== wanted) {
    throw new StructureError(`pack_sequence_as: the structure has ${wanted} leaves, received ${values.length} values.`);
  }
  let next = 0;
  return mapAlong('pack_sequence_as', [structure], () => false, () => values[next++]) as Mapped<S, T>;
}

/**
 * The structure with frozen arrays, which like Python's tuples cannot be changed, in the place of its arrays.
 * Source: keras.tree.lists_to_tuples.
 * @example
 * Object.isFrozen(keras.tree.lists_to_tuples([1, [2]])); // true
 */
export const lists_to_tuples = <S>(structure: S): S =>
  traverse((part: unknown) => (Array.isArray(part) ? Object.freeze([...(part as unknown[])]) : null), structure, false) as S;

const isShape = (node: unknown): boolean =>
  Array.isArray(node) && node.every((d) => d === null || Number.isInteger(d));

/**
 * Like `map_structure` for structures of shapes: an array of integers and nulls is one leaf.
 * Source: keras.tree.map_shape_structure.
 * @example
 * keras.tree.map_shape_structure((shape) => shape.length, { a: [null, 2], b: [[3], []] }); // { a: 2, b: [1, 0] }
 */
export function map_shape_structure(func: AnyFunction, structure: unknown): unknown {
  const call = asFunction('map_shape_structure', func);
  return mapAlong('map_shape_structure', [structure], isShape, ([shape]) => call(shape));
}

const FUNCTIONS = {
  assert_same_paths, assert_same_structure, flatten, flatten_with_path, is_nested, lists_to_tuples, map_shape_structure,
  map_structure, map_structure_up_to, pack_sequence_as, traverse,
};
for (const [name, fn] of Object.entries(FUNCTIONS)) kerasExport(fn, `keras.tree.${name}`);
