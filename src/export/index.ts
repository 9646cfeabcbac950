/** keras.export */
export { ExportArchive, type WriteOutOptions } from './export-archive.js';
export { SizeError } from '../engine/sizes.js';
export { ExportError, type InputSignature } from './input-signature.js';
