/** What a function of `traverse` returns to put null into the result. */
import { kerasExport } from '../saving/registration.js';

/**
 * Returned by the function of `keras.tree.traverse`, it stands for null, which by itself means: go on.
 * Source: keras.tree.MAP_TO_NONE.
 * @example
 * const { MAP_TO_NONE, traverse } = keras.tree;
 * traverse((part) => (part === 2 ? MAP_TO_NONE : null), [1, 2]); // [1, null]
 */
export class MAP_TO_NONE {}
kerasExport(MAP_TO_NONE, 'keras.tree.MAP_TO_NONE');
