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
  /** The values. Throws `H5Error` where they cannot be read, or the dtype is not one of Keras's. */
  read(): H5Array;
}

/** A soft or external link: named, but never followed, since a weights file has no use for one. */
export interface H5Link {
  readonly kind: 'link';
  readonly path: string;
  readonly target: string;
}

export type H5Node = H5Group | H5Dataset | H5Link;

/** An HDF5 file that has been read. */
export interface H5File {
  readonly root: H5Group;
  /** Which library read this file. */
  readonly reader: 'jsfive' | 'h5wasm';
}

/** An HDF5 file is damaged, or holds something that a weights file must not hold. */
export class H5Error extends Error {
  override name = 'H5Error';
}

/** Bounds on what a file may make us do. Keras's largest files stay far below them. */
export const H5_LIMITS = {
  /** Groups, datasets and links in all. */
  objects: 100_000,
  /** Groups within groups. */
  depth: 100,
  /** Bytes of one name. */
  name: 1024,
  /** A dataset may be this large whatever its file's size ... */
  unquestionedBytes: 64 * 2 ** 20,
  /** ... and beyond that at most so many times as large as the file. deflate reaches 1032. */
  expansion: 100,
  /** Milliseconds that reading may take, and how many more for each megabyte. */
  patience: 20_000,
  patiencePerMegabyte: 200,
} as const;

const SIGNATURE = '\x89HDF\r\n\x1a\n';

/** Whether bytes begin as an HDF5 file does. */
export const looksLikeH5 = (head: Uint8Array): boolean =>
  Buffer.from(head.subarray(0, SIGNATURE.length)).toString('latin1') === SIGNATURE;

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
