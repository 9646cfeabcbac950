/** Opening an HDF5 file, by whichever reader knows its form. */
import { looksLikeH5, readClassic } from './classic-reader.js';
import { openWithH5wasm } from './h5wasm-reader.js';
import { H5Error, H5UnsupportedLayout, type H5File } from './types.js';

/**
 * Opens HDF5 bytes for reading. Close the file (or use `using`) when done.
 *
 * @param bytes The whole file. Arrays read from it may be views on these bytes; do not change them meanwhile.
 * @param name How messages name the file.
 * @throws H5Error where the bytes are no HDF5 file, or a damaged one.
 */
export async function openH5(bytes: Uint8Array, name: string): Promise<H5File> {
  try {
    if (!looksLikeH5(bytes)) throw new H5Error('it does not begin as an HDF5 file does.');
    try {
      const root = readClassic(bytes);
      return { root, reader: 'classic', close: () => {}, [Symbol.dispose]: () => {} };
    } catch (error) {
      if (!(error instanceof H5UnsupportedLayout)) throw error;
    }
    return await openWithH5wasm(bytes);
  } catch (cause) {
    if (!(cause instanceof H5Error)) throw cause;
    throw new H5Error(`'${name}' is not a valid HDF5 file: ${cause.message}`, { cause: cause.cause });
  }
}
