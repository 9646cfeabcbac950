/** Datasets of files. */
import { NDArray } from '../../engine/convert.js';
import { makeHostArray } from '../../engine/dtype.js';
import { hostRandom } from '../../random/host-random.js';
import { shuffleInPlace } from '../../trainers/data/array-source.js';
import { Dataset } from '../dataset.js';
import { indexDirectory, partOf, type DirectoryIndex, type DirectoryOptions, type IndexedFiles } from './index-directory.js';

/**
 * A Dataset that knows its files: what `image_dataset_from_directory` and the like give. It reads them when it comes to them.
 *
 * @example
 * const image = new URL('images/cat/1.png', `file://${process.cwd()}/`);
 * await import('node:fs/promises').then((fs) => fs.mkdir('images/cat', { recursive: true }));
 * await keras.utils.save_img(image, ops.ones([4, 4, 3]), { scale: false });
 * const dataset = keras.utils.image_dataset_from_directory('images', { image_size: [2, 2], verbose: false });
 * dataset.class_names; // ['cat']
 * for await (const [x, y] of dataset) [x.shape, y.shape]; // [[1, 2, 2, 3], [1]]
 */
export class DirectoryDataset extends Dataset {
  /** The classes by their numbers; null without labels. */
  readonly class_names: readonly string[] | null;
  readonly file_paths: readonly string[];

  constructor(source: ConstructorParameters<typeof Dataset>[0], batch_size: number | null, file_paths: string[], class_names: string[] | null) {
    super(source, batch_size);
    this.file_paths = file_paths;
    this.class_names = class_names;
  }
}

/** The samples of some files, stacked. */
export type ReadFiles = (paths: readonly string[]) => Promise<NDArray>;

function labelsAt(labels: readonly number[], indices: Int32Array, { label_mode, class_names }: DirectoryIndex): NDArray {
  const n = indices.length;
  if (label_mode === 'int') return new NDArray(indices.map((i) => labels[i]), [n]);
  if (label_mode === 'binary') return new NDArray(Float32Array.from(indices, (i) => labels[i]), [n, 1]);
  const width = class_names!.length;
  const data = makeHostArray('float32', n * width) as Float32Array;
  // Numbers without a class have no one, as in Keras.
  indices.forEach((at, i) => {
    if (labels[at] >= 0 && labels[at] < width) data[i * width + labels[at]] = 1;
  });
  return new NDArray(data, [n, width]);
}

/** Whether files come in a new order each time. */
function datasetOf(
  files: IndexedFiles, index: DirectoryIndex, read: ReadFiles, batch_size: number | null, shuffle: boolean,
): DirectoryDataset {
  const { paths, labels } = files;
  const random = shuffle ? hostRandom(index.seed) : undefined;
  return new DirectoryDataset({
    samples: paths.length,
    async rows(indices) {
      const x = await read(Array.from(indices, (i) => paths[i]));
      return labels ? [x, labelsAt(labels, indices, index)] : x;
    },
    order() {
      const order = Int32Array.from(paths.keys());
      if (random) shuffleInPlace(order, random);
      return order;
    },
  }, batch_size, paths, index.class_names);
}

export const DIRECTORY_DEFAULTS: Required<DirectoryOptions> = {
  labels: 'inferred', label_mode: 'int', class_names: null, batch_size: 32, shuffle: true, seed: null, validation_split: null, subset: null,
  follow_links: false, verbose: true,
};

/** The dataset of a folder; two, for training and validation, where both are asked for. */
export function directoryDataset(
  what: string, directory: string, formats: readonly string[], given: DirectoryOptions, read: ReadFiles,
): DirectoryDataset | [training: DirectoryDataset, validation: DirectoryDataset] {
  const options = { ...DIRECTORY_DEFAULTS, ...given };
  const index = indexDirectory(what, directory, formats, options);
  const { validation_split, subset, batch_size, shuffle } = options;
  const part = (which: 'training' | 'validation', isShuffled: boolean): DirectoryDataset =>
    datasetOf(partOf(what, index, validation_split!, which), index, read, batch_size, isShuffled);
  if (subset === 'both') return [part('training', shuffle), part('validation', false)];
  return subset === null ? datasetOf(index, index, read, batch_size, shuffle) : part(subset, shuffle);
}
