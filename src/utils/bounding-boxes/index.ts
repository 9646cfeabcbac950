/** keras.utils.bounding_boxes. */
export * from './deltas.js';
export { convert_format, type LabelledBoxes } from './formats.js';
export * from './moves.js';
export * from './overlap.js';
