/** Where the datasets come from. */
import { basename } from 'node:path';
import { get_file, type GetFileOptions } from '../utils/files/get-file.js';

/** Where Keras keeps most of them. */
const KERAS = 'https://storage.googleapis.com/tensorflow/tf-keras-datasets/';

/** Another place with files of the same names. */
interface Mirror {
  base: string;
  /** Whether they must be the same files. */
  isVerified: boolean;
}

let mirror: Mirror | undefined;

/** Takes files from elsewhere, instead of `KERAS_NODE_DATASETS`: for tests, with small files that need no hash. */
export function setMirror(base: string | undefined): void {
  mirror = base === undefined ? undefined : { base, isVerified: false };
}

function mirrorInUse(): Mirror | undefined {
  const base = process.env.KERAS_NODE_DATASETS;
  return mirror ?? (base ? { base, isVerified: true } : undefined);
}

/** A file of a dataset, which is fetched where it is not in the cache. */
export interface DatasetFile extends Omit<GetFileOptions, 'origin'> {
  /** Its address, or its name where Keras keeps most datasets. */
  from: string;
}

/**
 * The path of a dataset's file, or of the folder that its archive holds. Files come from Keras's own addresses, or, with
 * `KERAS_NODE_DATASETS`, from a folder on another server that has the same files.
 */
export function datasetFile({ from, file_hash = null, ...options }: DatasetFile): Promise<string> {
  const other = mirrorInUse();
  const address = from.includes('://') ? from : KERAS + from;
  const origin = other ? new URL(basename(address), other.base.replace(/\/?$/, '/')).href : address;
  return get_file({ ...options, origin, file_hash: other && !other.isVerified ? null : file_hash });
}
