/** What structures are made of, and whether two are alike. */
import { isPlainObject } from '../engine/structure.js';

/** Two structures differ where they should be alike. */
export class StructureError extends Error {
  override name = 'StructureError';
}

/** Indices and names from the top of a structure to a place in it. */
export type Path = readonly (string | number)[];

/** The children of a node with their names; undefined for a leaf. Objects have them sorted by name. */
export function childrenOf(node: unknown): [name: string | number, child: unknown][] | undefined {
  if (Array.isArray(node)) return node.map((child, i) => [i, child]);
  if (isPlainObject(node)) return Object.keys(node).toSorted().map((key) => [key, node[key]]);
  return undefined;
}

/** The node with other children, in the order of `childrenOf`; an object keeps the order of its own names. */
export function withChildren(node: unknown, children: readonly unknown[]): unknown {
  if (Array.isArray(node)) return [...children];
  const names = Object.keys(node as object);
  const sorted = names.toSorted();
  return Object.fromEntries(names.map((name) => [name, children[sorted.indexOf(name)]]));
}

/** A place in words: `[0]['a']`, or the top. */
const placeOf = (path: Path): string =>
  (path.length === 0 ? 'the top' : path.map((part) => `[${JSON.stringify(part)}]`).join(''));

/** A node in words. */
function kindOf(node: unknown): string {
  if (Array.isArray(node)) return `an array of ${node.length}`;
  if (isPlainObject(node)) return `an object with the keys ${Object.keys(node).toSorted().join(', ') || '(none)'}`;
  return 'a leaf';
}

/** Throws unless two nodes are of one kind and have the same names. */
export function requireAlike(what: string, a: unknown, b: unknown, path: Path): void {
  const [x, y] = [kindOf(a), kindOf(b)];
  if (x !== y) {
    throw new StructureError(`${what}: the structures are not nested in the same way: at ${placeOf(path)} there is ${x} in ` +
      `the first and ${y} in the other.`);
  }
}
