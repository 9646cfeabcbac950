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
/** Of this package, of Node, or of what both call, such as `Array.forEach`, which has no place. */
const isOwn = (line: string): boolean => [ROOT, ROOT_PATH, 'node:internal/', '(<anonymous>)'].some((place) => line.includes(place));

interface Place {
  stack?: string;
}

/** Where the program is now. */
function here(): Place {
  const place: Place = {};
  Error.captureStackTrace(place, here);
  return place;
}

/** The lines of a stack but for frames of this package. */
const linesOf = ({ stack = '' }: Place): string[] => stack.split('\n').filter((line) => !isFrame(line) || !isOwn(line));

/**
 * Gives an error, on its way out of this package, the stack that its user wants to see.
 *
 * @param call where the package was called. Default: where `filtered` is
 */
export function filtered(error: unknown, call?: Place): unknown {
  if (!filtering || !(error instanceof Error) || seen.has(error)) return error;
  seen.add(error);
  const lines = linesOf(error);
  // Node keeps ten frames, which may all be the package's: then those of the call tell where it came from.
  const kept = lines.some(isFrame) ? lines : [...lines, ...linesOf(call ?? here()).filter(isFrame)];
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
          if (!filtering || !(result instanceof Promise)) return result;
          const call = here();
          return result.catch((error: unknown) => {
            throw filtered(error, call);
          });
        } catch (error) {
          throw filtered(error);
        }
      },
      writable: true, configurable: true,
    });
  }
}
