/** Stacks of errors without the frames of this package: what remains is the user's own code. */
import { fileURLToPath } from 'node:url';
import { kerasExport } from '../saving/registration.js';

/** The folder of this package's code, as frames name it. */
const { href: ROOT } = new URL('../', import.meta.url);
const ROOT_PATH = fileURLToPath(ROOT);

let filtering = true;
const seen = new WeakSet<Error>();

/**
 * Errors that come out of layers, models, ops and training have no frames of this package in their `stack`, which is the
 * default. Source: keras.config.enable_traceback_filtering.
 *
 * @example
 * keras.config.enable_traceback_filtering();
 * keras.config.is_traceback_filtering_enabled(); // true
 */
export function enable_traceback_filtering(): void {
  filtering = true;
}

/**
 * Errors keep their whole stack: for looking into this package. Source: keras.config.disable_traceback_filtering.
 *
 * @example
 * keras.config.disable_traceback_filtering();
 * keras.config.is_traceback_filtering_enabled(); // false
 */
export function disable_traceback_filtering(): void {
  filtering = false;
}

/**
 * Whether stacks of errors are shortened. Source: keras.config.is_traceback_filtering_enabled.
 *
 * @example
 * keras.config.disable_traceback_filtering();
 * keras.config.is_traceback_filtering_enabled(); // false
 */
export function is_traceback_filtering_enabled(): boolean {
  return filtering;
}
kerasExport(enable_traceback_filtering, 'keras.config.enable_traceback_filtering');
kerasExport(disable_traceback_filtering, 'keras.config.disable_traceback_filtering');
kerasExport(is_traceback_filtering_enabled, 'keras.config.is_traceback_filtering_enabled');

const isFrame = (line: string): boolean => /^ +at /.test(line);
const isOwn = (line: string): boolean => [ROOT, ROOT_PATH, 'node:internal/'].some((place) => line.includes(place));

/** Gives an error, on its way out of this package, the stack that its user wants to see. */
export function filtered(error: unknown): unknown {
  if (!filtering || !(error instanceof Error) || seen.has(error)) return error;
  seen.add(error);
  const lines = error.stack?.split('\n') ?? [];
  const kept = lines.filter((line) => !isFrame(line) || !isOwn(line));
  // Node keeps ten frames: where all of them are the package's, they are better than none.
  if (kept.some(isFrame)) error.stack = kept.join('\n');
  return error;
}

/** Methods of a class whose errors, thrown or in promises, come out with a short stack. */
export function filterTracebacks(cls: { readonly prototype: object }, ...methods: readonly string[]): void {
  for (const name of methods) {
    const method = Reflect.get(cls.prototype, name) as (...args: unknown[]) => unknown;
    Object.defineProperty(cls.prototype, name, {
      value(this: unknown, ...args: unknown[]): unknown {
        try {
          const result = method.apply(this, args);
          return result instanceof Promise ? result.catch((error: unknown) => {
            throw filtered(error);
          }) : result;
        } catch (error) {
          throw filtered(error);
        }
      },
      writable: true, configurable: true,
    });
  }
}
