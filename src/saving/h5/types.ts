/** What an HDF5 file is to the rest of the library: a tree of groups, datasets and links. */
import type { DType, HostData } from '../../engine/dtype.js';

/** An array in host memory: raw element bits (half types as Uint16Array), or strings. */
export interface H5Array {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly data: HostData;
}

export type H5Attribute = string | number | bigint | boolean | null | readonly (string | number | bigint | boolean)[];

export interface H5Group {
  readonly kind: 'group';
  readonly path: string;
  readonly attributes: ReadonlyMap<string, H5Attribute>;
  readonly children: ReadonlyMap<string, H5Node>;
}

export interface H5Dataset {
  readonly kind: 'dataset';
  readonly path: string;
  readonly attributes: ReadonlyMap<string, H5Attribute>;
  readonly shape: readonly number[];
  /** A Keras dtype, or, where there is none for what the file holds, words such as `compound`. */
  readonly dtype: string;
  /** Reads the values. Throws `H5Error` where the dtype is not one of Keras's. */
  read(): H5Array;
}

/** A soft or external link: named, but never followed, since a weights file has no use for one. */
export interface H5Link {
  readonly kind: 'link';
  readonly path: string;
  readonly target: string;
}

export type H5Node = H5Group | H5Dataset | H5Link;

/** An HDF5 file opened for reading. */
export interface H5File extends Disposable {
  readonly root: H5Group;
  /** Which reader serves this file: `classic` (ours) or `h5wasm`. */
  readonly reader: 'classic' | 'h5wasm';
  close(): void;
}

/** An HDF5 file is damaged, or holds something that a weights file must not hold. */
export class H5Error extends Error {
  override name = 'H5Error';
}

/** The file is sound as far as is known, but uses a form of HDF5 that only the full library reads. */
export class H5UnsupportedLayout extends Error {
  override name = 'H5UnsupportedLayout';
}

/** Bounds on what a file may make us do. Keras's largest files stay far below them. */
export const H5_LIMITS = {
  /** Groups, datasets and links in all. */
  objects: 200_000,
  /** Groups within groups. */
  depth: 100,
  /** Bytes of one name. */
  name: 1024,
  /** Dimensions of a dataset; HDF5's own limit. */
  rank: 32,
  /** A dataset may be this large whatever its file's size ... */
  unquestionedBytes: 64 * 2 ** 20,
  /** ... and beyond that at most so many times as large as the file. deflate reaches 1032. */
  expansion: 100,
} as const;

/**
 * Refuses a dataset that would take far more memory than its file could hold.
 *
 * @returns The number of elements.
 */
export function checkedSize(path: string, shape: readonly number[], elementBytes: number, fileBytes: number): number {
  const size = shape.reduce((product, d) => product * d, 1);
  const bytes = size * elementBytes;
  if (bytes > H5_LIMITS.unquestionedBytes && !(bytes <= H5_LIMITS.expansion * fileBytes)) {
    throw new H5Error(
      `Dataset '${path}' declares shape [${shape.join(', ')}], ${bytes} bytes, in a file of ${fileBytes} bytes. ` +
      'That is a damaged file or a decompression bomb; it is not read.');
  }
  return size;
}

/** The node at a path below a group, such as `layers/dense/vars`. Undefined where there is none. */
export function findNode(group: H5Group, path: string): H5Node | undefined {
  let node: H5Node = group;
  for (const part of path.split('/')) {
    if (node.kind !== 'group') return undefined;
    const next: H5Node | undefined = node.children.get(part);
    if (!next) return undefined;
    node = next;
  }
  return node;
}
