/** NumPy's archives of arrays (.npz). */
import type { NDArray } from '../../engine/convert.js';
import { ArchiveReader } from '../../saving/archive.js';
import { readNpyOrObjects } from './npy.js';
import type { Pickled } from './pickle.js';

/** The arrays of an archive by their names. @throws ArchiveError, NumpyFileError for damaged ones */
export async function readNpz(path: string): Promise<Map<string, NDArray | Pickled[]>> {
  await using archive = await ArchiveReader.open(path, '.npz');
  const arrays = new Map<string, NDArray | Pickled[]>();
  for (const member of archive.members.filter((name) => name.endsWith('.npy'))) {
    arrays.set(member.slice(0, -'.npy'.length), readNpyOrObjects(await archive.read(member), `'${member}' of '${path}'`));
  }
  return arrays;
}
