/** The version of this package, from its package.json. */
import { readFileSync } from 'node:fs';
import { kerasExport } from './saving/registration.js';

/**
 * The version of keras-node; `keras.keras_version` is that of the Keras it follows. Source: keras.version.
 *
 * @example
 * keras.version().split('.').length; // 3
 */
export function version(): string {
  const { version: own } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return own;
}
kerasExport(version, 'keras.version');
