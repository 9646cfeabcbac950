/**
 * Weights in several files: shards `NAME_00000.weights.h5`, ... and an index `NAME.weights.json` that says in which of
 * them the variables of each object are.
 *
 * Source: keras/src/saving/saving_lib.py, `ShardedH5IOStore`.
 */
import { basename } from 'node:path';
import { isPlainObject } from '../engine/structure.js';
import { ArchiveError } from './archive.js';
import { readBytes } from './files.js';
import { H5Error, type H5Group, type H5Node } from './h5/types.js';
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

/** The names of the shards of an index. They lie beside it: a name with a folder in it is refused. */
export async function shardNames(path: string): Promise<string[]> {
  const index = parseJSON(Buffer.from(await readBytes(path)).toString('utf8'), `'${path}'`);
  if (!isPlainObject(index) || !isPlainObject(index.weight_map)) {
    throw new ArchiveError(`'${path}' is not an index of shards: it has no weight_map.`);
  }
  const names = [...new Set(Object.values(index.weight_map).flat())];
  for (const name of names) {
    if (typeof name !== 'string' || !/^[^/\\\0]+\.weights\.h5$/.test(name)) {
      throw new ArchiveError(`'${path}' names a shard ${JSON.stringify(name)}: expected the name of a .weights.h5 file beside it.`);
    }
  }
  if (names.length > MAX_SHARDS) throw new ArchiveError(`'${path}' names ${names.length} shards.`);
  return names as string[];
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
