/** The version of this package, from its package.json. */
import { kerasExport } from './saving/registration.js';
import { packageVersion } from './setup/paths.js';

/**
 * The version of keras-node; `keras.keras_version` is that of the Keras it follows. Source: keras.version.
 *
 * @example
 * keras.version().split('.').length; // 3
 */
export function version(): string {
  return packageVersion();
}
kerasExport(version, 'keras.version');
