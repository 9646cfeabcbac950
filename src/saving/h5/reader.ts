/** Reading HDF5 files: in a thread of its own, which a damaged file may ruin without harm. */
import { bytesPerElement, isDType, viewBytes, type DType, type HostData } from '../../engine/dtype.js';
import type { PlainDataset, PlainGroup, PlainNode, ReadReply, Values } from './plain-tree.js';
import { askThread } from './thread.js';
import { H5Error, H5_LIMITS, looksLikeH5, type H5Array, type H5Dataset, type H5File, type H5Group, type H5Node } from './types.js';

/**
 * Reads an HDF5 file. The event loop goes on meanwhile.
 *
 * @param bytes The whole file. It is handed over: where it fills its buffer, nothing is left of it for the caller.
 *   Arrays of the file are views on it, as far as they stand in it as they are needed.
 * @param name How messages name the file.
 * @param patience Milliseconds that it may take. The default allows for the file's size and a busy machine.
 * @throws H5Error where the bytes are no HDF5 file, or a damaged one.
 */
export async function openH5(
  bytes: Uint8Array, name: string,
  patience = H5_LIMITS.patience + (H5_LIMITS.patiencePerMegabyte * bytes.length) / 1e6,
): Promise<H5File> {
  try {
    if (!looksLikeH5(bytes)) throw new H5Error('it does not begin as an HDF5 file does.');
    const owned = bytes.length === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer;
    const given = owned ? new Uint8Array(bytes.buffer as ArrayBuffer) : new Uint8Array(bytes);
    const reply = await askThread<ReadReply>({ kind: 'read', bytes: given }, [given.buffer], patience);
    return { root: groupOf(reply.root, '', reply.bytes ?? new Uint8Array()), reader: reply.reader };
  } catch (cause) {
    if (!(cause instanceof H5Error)) throw cause;
    throw new H5Error(`'${name}' is not a valid HDF5 file: ${cause.message}`, { cause: cause.cause });
  }
}

function groupOf({ attributes, children }: PlainGroup, path: string, bytes: Uint8Array): H5Group {
  const nodes = [...children].map(([name, child]): [string, H5Node] =>
    [name, nodeOf(child, path ? `${path}/${name}` : name, bytes)]);
  return { kind: 'group', path, attributes, children: new Map(nodes) };
}

function nodeOf(node: PlainNode, path: string, bytes: Uint8Array): H5Node {
  if (node.kind === 'group') return groupOf(node, path, bytes);
  return node.kind === 'link' ? { ...node, path } : datasetOf(node, path, bytes);
}

function datasetOf({ attributes, shape, dtype, values }: PlainDataset, path: string, bytes: Uint8Array): H5Dataset {
  const read = (): H5Array => {
    if (values.kind === 'refused') throw new H5Error(values.why);
    if (!isDType(dtype)) throw new H5Error(`Dataset '${path}' has elements of type '${dtype}'.`);
    return { shape, dtype, data: dataOf(values, dtype, bytes) };
  };
  return { kind: 'dataset', path, attributes, shape, dtype, read };
}

function dataOf(values: Exclude<Values, { kind: 'refused' }>, dtype: DType, file: Uint8Array): HostData {
  if (values.kind === 'strings') return values.strings;
  if (dtype === 'string') throw new H5Error('Strings without text.');
  if (values.kind === 'bytes') return viewBytes(dtype, values.bytes);
  const { at, size } = values;
  // A view where the bytes are aligned, as HDF5 aligns them; a copy elsewhere.
  const item = dtype === 'complex64' ? 4 : bytesPerElement(dtype);
  if (at % item !== 0) return viewBytes(dtype, file.slice(at, at + size).buffer);
  return viewBytes(dtype, file.buffer as ArrayBuffer, at, size / item);
}
