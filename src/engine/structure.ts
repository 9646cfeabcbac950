/** Nested structures: arrays and plain objects whose leaves are anything else (keras.tree's rules). */

export type Nested<T> = T | readonly Nested<T>[] | { readonly [key: string]: Nested<T> };

export const isPlainObject = (value: unknown): value is Record<string, unknown> => {
  if (value === null || typeof value !== 'object') return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

/** Leaves in order: arrays by index, objects by sorted key. `null` and `undefined` are leaves. */
export function flatten(structure: unknown, leaves: unknown[] = []): unknown[] {
  if (Array.isArray(structure)) for (const item of structure) flatten(item, leaves);
  else if (isPlainObject(structure)) for (const key of Object.keys(structure).toSorted()) flatten(structure[key], leaves);
  else leaves.push(structure);
  return leaves;
}

/** Puts leaves, in `flatten`'s order, into the shape of a structure. */
export function packAs(structure: unknown, leaves: readonly unknown[]): unknown {
  let position = 0;
  const build = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(build);
    if (isPlainObject(node)) {
      const built: Record<string, unknown> = {};
      for (const key of Object.keys(node)) built[key] = undefined;
      for (const key of Object.keys(node).toSorted()) built[key] = build(node[key]);
      return built;
    }
    if (position >= leaves.length) throw new RangeError(`The structure has more than the ${leaves.length} leaves given.`);
    return leaves[position++];
  };
  const result = build(structure);
  if (position !== leaves.length) {
    throw new RangeError(`The structure has ${position} leaves, but ${leaves.length} were given.`);
  }
  return result;
}

/** Applies a function to each leaf and keeps the structure. */
export function mapStructure<R>(fn: (leaf: unknown) => R, structure: unknown): unknown {
  if (Array.isArray(structure)) return structure.map((item) => mapStructure(fn, item));
  if (isPlainObject(structure)) {
    return Object.fromEntries(Object.entries(structure).map(([key, item]) => [key, mapStructure(fn, item)]));
  }
  return fn(structure);
}

/** Whether two structures have their leaves in the same places. */
export function sameStructure(a: unknown, b: unknown): boolean {
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => sameStructure(item, b[i]));
  if (!isPlainObject(a)) return !Array.isArray(b) && !isPlainObject(b);
  const keys = Object.keys(a);
  return isPlainObject(b) && keys.length === Object.keys(b).length && keys.every((key) => key in b && sameStructure(a[key], b[key]));
}

/** A structure by its lists and keys, with `*` for the leaves: for messages. */
export function describeStructure(structure: unknown): string {
  if (Array.isArray(structure)) return `[${structure.map(describeStructure).join(', ')}]`;
  if (!isPlainObject(structure)) return '*';
  return `{${Object.entries(structure).map(([key, item]) => `${key}: ${describeStructure(item)}`).join(', ')}}`;
}
