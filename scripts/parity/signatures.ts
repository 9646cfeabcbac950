/** What a function or class of the built package takes: names and defaults, found out from the thing itself. */
import type { Default } from './api.js';

export interface Found {
  names: readonly string[];
  /** Where a default is a plain literal. */
  defaults: ReadonlyMap<string, Default>;
}

/** The parts of the built package that know about arguments. */
export interface Introspection {
  implementationOf(op: unknown): { names: readonly string[]; implementation: object } | undefined;
  UnknownArgumentError: new (...args: never[]) => Error & { known: readonly string[] };
}

const NO_SUCH_ARGUMENT = 'no_such_argument';

/** A function's arguments; undefined where it takes any number of them. */
export async function signatureOfFunction(
  fn: object, { implementationOf, UnknownArgumentError }: Introspection,
): Promise<Found | undefined> {
  const op = implementationOf(fn);
  if (op) {
    const parameters = parametersOf(op.implementation);
    return { names: op.names, defaults: literals(parameters, op.names) };
  }
  const parameters = parametersOf(fn);
  if (!parameters.some(({ name }) => name.startsWith('...'))) {
    const names = parameters.map(({ name }) => name);
    return { names, defaults: literals(parameters, names) };
  }
  const names = await namesFromRefusal(() => (fn as (options: object) => unknown)({ [NO_SUCH_ARGUMENT]: 0 }), UnknownArgumentError);
  return names && { names, defaults: new Map() };
}

/** A class's constructor arguments, from its refusal of one that it does not have. */
export async function signatureOfClass(
  cls: object, { UnknownArgumentError }: Introspection,
): Promise<Found | undefined> {
  const names = await namesFromRefusal(
    () => new (cls as new (options: object) => unknown)({ [NO_SUCH_ARGUMENT]: 0 }), UnknownArgumentError);
  return names && { names, defaults: new Map() };
}

async function namesFromRefusal(
  call: () => unknown, refusal: Introspection['UnknownArgumentError'],
): Promise<readonly string[] | undefined> {
  try {
    await call();
  } catch (error) {
    if (error instanceof refusal) return error.known;
  }
  return undefined;
}

interface Parameter {
  name: string;
  initializer: string | undefined;
}

/** Parameters of a function, from its text. */
function parametersOf(fn: object): Parameter[] {
  const text = Function.prototype.toString.call(fn).replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
  const open = text.indexOf('(');
  const arrow = text.indexOf('=>');
  if (open < 0 || (arrow >= 0 && arrow < open)) return [{ name: text.slice(0, arrow).trim(), initializer: undefined }];
  return splitList(text, open + 1).map((parameter) => {
    const at = parameter.search(/=(?!>)/);
    // `package_` stands for a word that JavaScript reserves.
    const name = (at < 0 ? parameter : parameter.slice(0, at)).trim().replace(/_$/, '');
    return { name, initializer: at < 0 ? undefined : parameter.slice(at + 1).trim() };
  });
}

/** The items of a bracketed list that begins at `from`. */
function splitList(text: string, from: number): string[] {
  const items: string[] = [];
  let depth = 0;
  let quote: string | undefined;
  let start = from;
  for (let i = from; i < text.length; i++) {
    const c = text[i];
    if (quote !== undefined) {
      if (c === '\\') i++;
      else if (c === quote) quote = undefined;
    } else if ('"\'`'.includes(c)) quote = c;
    else if ('([{'.includes(c)) depth++;
    else if (')]}'.includes(c)) {
      if (depth === 0) {
        items.push(text.slice(start, i));
        break;
      }
      depth--;
    } else if (c === ',' && depth === 0) {
      items.push(text.slice(start, i));
      start = i + 1;
    }
  }
  return items.filter((item) => item.trim() !== '');
}

function literals(parameters: readonly Parameter[], names: readonly string[]): Map<string, Default> {
  const found = new Map<string, Default>();
  parameters.forEach(({ initializer }, i) => {
    const value = initializer === undefined ? undefined : literal(initializer);
    if (value !== undefined && names[i] !== undefined) found.set(names[i], value);
  });
  return found;
}

/** A literal's value; undefined for any other expression. */
function literal(text: string): Default | undefined {
  const json = text.replaceAll(/'([^'\\]*)'/g, '"$1"');
  try {
    return JSON.parse(json) as Default;
  } catch {
    const number = Number(text);
    return Number.isNaN(number) ? undefined : number;
  }
}
