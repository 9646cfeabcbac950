/**
 * Weights in several files: shards `NAME_00000.weights.h5`, ... and an index `NAME.weights.json` that says in which of
 * them the variables of each object are.
 *
 * Source: keras/src/saving/saving_lib.py, `ShardedH5IOStore`.
 */
import { readdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { isPlainObject } from '../engine/structure.js';
import { ArchiveError } from './archive.js';
import { readBytes } from './files.js';
import { findNode, H5Error, type H5Group, type H5Node } from './h5/types.js';
import type { H5Writer } from './h5/writer.js';
import { parseJSON } from './json.js';

/** More shards than any model has; an index could name so many that opening them all takes the memory. */
const MAX_SHARDS = 10_000;

/**
 * Divides a file's contents.
 *
 * @param state All there is to be saved.
 * @param path The index's.
 * @param gigabytes The most that one shard may hold.
 * @returns The shards with their names, and the text of the index.
 */
export function splitIntoShards(state: H5Writer, path: string, gigabytes: number): { shards: Map<string, H5Writer>; index: string } {
  if (!(gigabytes > 0)) throw new Error(`max_shard_size must be a number of gigabytes above 0. Received: ${gigabytes}`);
  const base = basename(path).slice(0, -'.weights.json'.length);
  const parts = state.split(gigabytes * 2 ** 30);
  const shards = new Map(parts.map((part, i) => [`${base}_${String(i).padStart(5, '0')}.weights.h5`, part]));
  const weight_map: Record<string, string | string[]> = {};
  let total_size = 0;
  for (const [name, shard] of shards) {
    for (const { path: array, bytes } of shard.listing()) {
      total_size += bytes;
      const group = `/${array.slice(0, array.lastIndexOf('/'))}`;
      const known = [weight_map[group] ?? []].flat();
      if (known.includes(name)) continue;
      weight_map[group] = known.length === 0 ? name : [...known, name];
    }
  }
  return { shards, index: JSON.stringify({ metadata: { total_size }, weight_map }, null, 4) };
}

/** Which shards an index names, and, by paths of groups, which of them hold their arrays. */
export interface ShardIndex {
  names: string[];
  map: Map<string, string[]>;
}

/** Reads an index. The shards lie beside it: a name with a folder in it is refused. */
export async function readIndex(path: string): Promise<ShardIndex> {
  const index = parseJSON(Buffer.from(await readBytes(path)).toString('utf8'), `'${path}'`);
  if (!isPlainObject(index) || !isPlainObject(index.weight_map)) {
    throw new ArchiveError(`'${path}' is not an index of shards: it has no weight_map.`);
  }
  const map = new Map(Object.entries(index.weight_map).map(([group, shards]) => [group.replace(/^\//, ''), [shards].flat()]));
  const names = [...new Set([...map.values()].flat())];
  for (const name of names) {
    if (typeof name !== 'string' || !/^[^/\\\0]+\.weights\.h5$/.test(name)) {
      throw new ArchiveError(`'${path}' names a shard ${JSON.stringify(name)}: expected the name of a .weights.h5 file beside it.`);
    }
  }
  if (names.length > MAX_SHARDS) throw new ArchiveError(`'${path}' names ${names.length} shards.`);
  return { names: names as string[], map: map as ShardIndex['map'] };
}

/**
 * What an index and the files beside it do not agree on: groups that are not in the shard that should hold them, and shards
 * that it does not name, as those of an earlier saving.
 *
 * @param path The index's.
 * @param shards The contents of the shards, by their names.
 */
export async function disagreementsOf(path: string, { map }: ShardIndex, shards: ReadonlyMap<string, H5Group>): Promise<string[]> {
  const found: string[] = [];
  for (const [group, names] of map) {
    for (const name of names) {
      const node = findNode(shards.get(name)!, group);
      if (node?.kind !== 'group' || node.children.size === 0) found.push(`'${name}' should hold '${group}', and does not`);
    }
  }
  const base = `${basename(path).slice(0, -'.weights.json'.length)}_`;
  for (const name of (await readdir(dirname(path))).toSorted()) {
    const isShard = name.startsWith(base) && /^\d{5}\.weights\.h5$/.test(name.slice(base.length));
    if (isShard && !shards.has(name)) found.push(`'${name}' is not in the index, and not read`);
  }
  return found;
}

/** The contents of shards as if they were in one file. */
export function readShards(shards: readonly H5Group[]): H5Group {
  return shards.reduce(merge, { kind: 'group', path: '', attributes: new Map(), children: new Map() });
}

function merge(a: H5Group, b: H5Group): H5Group {
  const children = new Map<string, H5Node>(a.children);
  for (const [name, node] of b.children) {
    const there = children.get(name);
    if (there && (there.kind !== 'group' || node.kind !== 'group')) throw new H5Error(`Two shards hold '${node.path}'.`);
    children.set(name, there ? merge(there as H5Group, node as H5Group) : node);
  }
  return { ...a, attributes: new Map([...a.attributes, ...b.attributes]), children };
}
