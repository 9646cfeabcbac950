/** JSON as Python reads and writes it: with NaN and infinities, and whole numbers of any size. */

const NOT_FINITE: Record<string, number> = { NaN: Number.NaN, Infinity, '-Infinity': -Infinity };
/** Stands before the name of such a number where JSON wants a string. No config has it by accident. */
const MARK = '\u0001keras:';
const MAX_DEPTH = 500;

/** A config is not JSON, or nested beyond reason. */
export class ConfigSyntaxError extends Error {
  override name = 'ConfigSyntaxError';
}

/**
 * Reads JSON.
 *
 * @param text The text; `NaN`, `Infinity` and `-Infinity` are numbers.
 * @param what How messages name it.
 * @throws ConfigSyntaxError
 */
export function parseJSON(text: string, what: string): unknown {
  requireShallow(text, what);
  try {
    return JSON.parse(text);
  } catch (cause) {
    // Strings are matched first, so that a NaN within them stays what it is.
    const marked = text.replaceAll(/"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g,
      (token) => (token in NOT_FINITE ? `"${MARK}${token}"`.replace('\u0001', '\\u0001') : token));
    try {
      return JSON.parse(marked, (_, value: unknown) =>
        typeof value === 'string' && value.startsWith(MARK) ? NOT_FINITE[value.slice(MARK.length)] : value);
    } catch {
      throw new ConfigSyntaxError(`${what} is not valid JSON: ${(cause as Error).message}`, { cause });
    }
  }
}

/** Refuses text whose brackets nest so deep that walking over the result would exhaust the stack. */
function requireShallow(text: string, what: string): void {
  let depth = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (token === '[' || token === '{') depth++;
    else if (token === ']' || token === '}') depth--;
    if (depth > MAX_DEPTH) throw new ConfigSyntaxError(`${what} nests more than ${MAX_DEPTH} levels deep.`);
  }
}

/**
 * Options for which Python refuses whole numbers: `momentum` of SGD, `learning_rate` of all optimizers, `beta` and
 * `threshold` of FBetaScore. Others of these names take both.
 */
const FLOATS: ReadonlySet<string> = new Set(['beta', 'learning_rate', 'momentum', 'threshold']);

/** Writes JSON that Python reads: numbers that JSON has no form for, and floats that it must see as such, as Python does. */
export function stringifyJSON(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, (key, item: unknown) => {
    if (typeof item === 'bigint' || (typeof item === 'number' && !Number.isFinite(item))) return `${MARK}${item}`;
    if (FLOATS.has(key) && Number.isSafeInteger(item)) return `${MARK}${String(item)}.0`;
    return item;
  }, indent);
  return text.replaceAll(/"\\u0001keras:([^"]*)"/g, '$1');
}
