/** keras.tree. */
export { MAP_TO_NONE } from './map-to-none.js';
export { StructureError } from './structures.js';
export * from './tree.js';
