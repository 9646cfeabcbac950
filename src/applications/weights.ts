/** Trained weights: files that Keras publishes, fetched into ~/.keras/models. */
import type { Model } from '../models/model.js';
import { pathOf, type FilePath } from '../saving/files.js';
import { get_file } from '../utils/files/get-file.js';

/** A published file. */
export interface WeightsFile {
  /** Its name in ~/.keras/models. */
  name: string;
  origin: string;
  /** MD5, or SHA-256 where it has 64 digits; undefined where Keras publishes none. */
  hash?: string;
}

/** The published file `name` in a folder; its name in the cache is the same. */
export const published = (folder: string, name: string, hash?: string): WeightsFile => ({ name, origin: `${folder}${name}`, hash });

export const STORAGE = 'https://storage.googleapis.com/tensorflow/keras-applications/';

/** The model with its weights: those of 'imagenet', or of a file. */
export async function loadWeights(model: Model, weights: FilePath, { name, origin, hash }: WeightsFile): Promise<Model> {
  const path = weights === 'imagenet' ? await get_file(name, origin, { file_hash: hash, cache_subdir: 'models' }) : pathOf(weights);
  await model.load_weights(path);
  return model;
}
