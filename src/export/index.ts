/** keras.export */
export { ExportArchive, type WriteOutOptions } from './export-archive.js';
export { ExportError, type InputSignature } from './input-signature.js';
