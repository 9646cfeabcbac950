/** Where messages for the person at the terminal go: to stdout, or to the debug log. */
import { debuglog } from 'node:util';
import { kerasExport } from '../saving/registration.js';

let interactive = true;
const log = debuglog('keras');

/**
 * Messages and progress bars go to stdout, which is the default. Source: keras.config.enable_interactive_logging.
 *
 * @example
 * keras.utils.enable_interactive_logging();
 * keras.utils.is_interactive_logging_enabled(); // true
 */
export function enable_interactive_logging(): void {
  interactive = true;
}

/**
 * Messages and progress bars go to Node's debug log instead, which `NODE_DEBUG=keras` shows on stderr.
 * Source: keras.config.disable_interactive_logging.
 *
 * @example
 * keras.utils.disable_interactive_logging();
 * keras.utils.is_interactive_logging_enabled(); // false
 * keras.utils.enable_interactive_logging();
 */
export function disable_interactive_logging(): void {
  interactive = false;
}

/**
 * Whether messages go to stdout. Source: keras.config.is_interactive_logging_enabled.
 * @example
 * keras.utils.is_interactive_logging_enabled(); // true
 */
export function is_interactive_logging_enabled(): boolean {
  return interactive;
}

/** Writes text to stdout or to the debug log. */
export function writeOut(text: string): void {
  if (interactive) process.stdout.write(text);
  else for (const line of text.split('\n')) if (line.trim() !== '') log('%s', line);
}

/** A line of a callback or a set-up step. */
export const printMessage = (message: string): void => writeOut(`${message}\n`);

kerasExport(enable_interactive_logging, 'keras.config.enable_interactive_logging', 'keras.utils.enable_interactive_logging');
kerasExport(disable_interactive_logging, 'keras.config.disable_interactive_logging', 'keras.utils.disable_interactive_logging');
kerasExport(is_interactive_logging_enabled, 'keras.config.is_interactive_logging_enabled',
  'keras.utils.is_interactive_logging_enabled');
