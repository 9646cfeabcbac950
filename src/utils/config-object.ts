/** Config: settings of one's own with names, which can be frozen. */
import { stringifyJSON } from '../saving/json.js';
import { kerasExport } from '../saving/registration.js';

/** A setting that a Config does not have, or a change of one that is frozen. */
export class SettingError extends Error {
  override name = 'SettingError';
}

export interface Config {
  [name: string]: unknown;
}

/**
 * Settings by name: `config.learning_rate = 0.1`. A name that it does not have is an error, which names one that is
 * like it. Source: keras.utils.Config.
 *
 * @throws SettingError for an unknown name, and for changes when it is frozen
 * @example
 * const config = new keras.utils.Config({ units: 64 });
 * config.rate = 0.5;
 * config.freeze();
 * config.to_json(); // '{"units": 64, "rate": 0.5}'
 */
export class Config {
  readonly #values: Record<string, unknown>;
  #frozen = false;

  constructor(settings: Record<string, unknown> = {}) {
    this.#values = { ...settings };
    const isOwn = (name: string | symbol): boolean => typeof name === 'symbol' || name in Config.prototype;
    // oxlint-disable-next-line no-constructor-return -- settings are properties of the object that the user holds
    return new Proxy(this, {
      get: (target, name) => {
        if (!isOwn(name)) return target.#read(name as string);
        const member: unknown = Reflect.get(target, name, target);
        return typeof member === 'function' ? member.bind(target) : member;
      },
      set: (target, name, value) => {
        target.#change();
        if (isOwn(name)) throw new SettingError(`'${String(name)}' is a method of Config, and cannot be the name of a setting.`);
        target.#values[name as string] = value;
        return true;
      },
      has: (target, name) => name in target.#values,
      deleteProperty: (target, name) => {
        target.#change();
        return Reflect.deleteProperty(target.#values, name);
      },
      ownKeys: (target) => Object.keys(target.#values),
      getOwnPropertyDescriptor: (target, name) => {
        const found = Reflect.getOwnPropertyDescriptor(target.#values, name);
        return found && { ...found, configurable: true };
      },
    });
  }

  #read(name: string): unknown {
    // A promise is told by its `then`; a Config is none.
    if (name in this.#values || name === 'then') return this.#values[name];
    const like = Object.keys(this.#values).find((known) => distance(known, name) <= Math.max(1, name.length / 4));
    throw new SettingError(`The Config has no setting '${name}'.${like ? ` Did you mean '${like}'?` : ''} ` +
      `It has: ${Object.keys(this.#values).join(', ') || 'none'}.`);
  }

  #change(): void {
    if (this.#frozen) throw new SettingError('The Config is frozen: call unfreeze() to change settings.');
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  freeze(): void {
    this.#frozen = true;
  }

  unfreeze(): void {
    this.#frozen = false;
  }

  as_dict(): Record<string, unknown> {
    return { ...this.#values };
  }

  /** For JSON.stringify. */
  toJSON(): Record<string, unknown> {
    return this.as_dict();
  }

  /** As Python writes it, with a blank behind commas and colons. */
  to_json(): string {
    const compact = stringifyJSON(this.#values);
    return compact.replaceAll(/"(?:[^"\\]|\\.)*"|[,:]/g, (token) => (token.length === 1 ? `${token} ` : token));
  }

  keys(): string[] {
    return Object.keys(this.#values);
  }

  values(): unknown[] {
    return Object.values(this.#values);
  }

  items(): [string, unknown][] {
    return Object.entries(this.#values);
  }

  /** Takes a setting out; `value` stands for one that is not there. */
  pop(name: string, ...value: [unknown?]): unknown {
    this.#change();
    if (!(name in this.#values) && value.length > 0) return value[0];
    const found = this.#read(name);
    delete this.#values[name];
    return found;
  }

  update(settings: Record<string, unknown>): void {
    this.#change();
    Object.assign(this.#values, settings);
  }

  get(keyname: string, value: unknown = null): unknown {
    return keyname in this.#values ? this.#values[keyname] : value;
  }

  /** The names in order. */
  *[Symbol.iterator](): Generator<string> {
    yield* this.keys().toSorted();
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `<Config ${JSON.stringify(this.#values)}>`;
  }
}
kerasExport(Config, 'keras.utils.Config');

/** Changes of single letters that make one word of the other. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length];
}
