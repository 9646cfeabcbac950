/**
 * Where a text stops being JSON. `JSON.parse` says so in words that differ between versions of Node, and for short
 * texts and unexpected ends not at all.
 */

export interface JsonError {
  /** Counted from 1. */
  line: number;
  column: number;
  expected: string;
  received: string;
}

const SPACE = /[ \t\n\r]*/y;
// oxlint-disable-next-line no-control-regex -- JSON excludes exactly these from strings
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const PRIMITIVE = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.])/y;

/** Thrown inside the scanner: at `offset` something else was expected. */
class Unexpected extends Error {
  constructor(readonly offset: number, readonly expected: string) {
    super(expected);
  }
}

class Scanner {
  #at = 0;

  constructor(readonly text: string) {}

  #take(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text);
    if (found) this.#at = pattern.lastIndex;
    return found !== null;
  }

  #is(character: string): boolean {
    this.#take(SPACE);
    if (this.text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #need(character: string, expected: string): void {
    if (!this.#is(character)) throw new Unexpected(this.#at, expected);
  }

  #string(expected: string): void {
    this.#take(SPACE);
    if (this.#take(STRING)) return;
    throw new Unexpected(this.#at, expected);
  }

  #items(end: string, item: () => void): void {
    if (this.#is(end)) return;
    do item(); while (this.#is(','));
    this.#need(end, `',' or '${end}'`);
  }

  #value(): void {
    if (this.#is('{')) {
      this.#items('}', () => {
        this.#string('a name in double quotes');
        this.#need(':', '\':\'');
        this.#value();
      });
    } else if (this.#is('[')) this.#items(']', () => this.#value());
    else if (this.text[this.#at] === '"') this.#string('a string that is closed and well escaped');
    else if (!this.#take(PRIMITIVE)) throw new Unexpected(this.#at, 'a value');
  }

  run(): void {
    this.#value();
    this.#take(SPACE);
    if (this.#at < this.text.length) throw new Unexpected(this.#at, 'the end of the file');
  }
}

/** The first mistake of a text that is not JSON. */
export function findJsonError(text: string): JsonError {
  let offset = text.length;
  let expected = 'JSON';
  try {
    new Scanner(text).run();
  } catch (error) {
    if (!(error instanceof Unexpected)) throw error;
    ({ offset, expected } = error);
  }
  const before = text.slice(0, offset).split('\n');
  const rest = /^(?:"[^\n]{0,20}|[\w.-]{1,20}|[\s\S])/u.exec(text.slice(offset))?.[0];
  return {
    line: before.length, column: before[before.length - 1].length + 1, expected,
    received: rest === undefined ? 'the end of the file' : `'${rest}'`,
  };
}
