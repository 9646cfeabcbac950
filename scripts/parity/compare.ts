/** Compares the built package with Keras's API, symbol by symbol. */
import { partsLeftOut, readApi, reasonToLeaveOut, type ApiSymbol, type Default, type Signature } from './api.js';
import { isShownAs, sampleOf, SETTLED } from './defaults.js';
import { signatureOfClass, signatureOfFunction, type Found, type Introspection } from './signatures.js';

export const STATES = ['no', 'partly', 'yes', 'left out'] as const;
export type State = (typeof STATES)[number];

export interface Row {
  symbol: string;
  state: State;
  /** What is missing or different, or why the symbol is left out. */
  remarks: readonly string[];
}

type Package = Readonly<Record<string, unknown>>;

async function load(): Promise<{ keras: Package; introspection: Introspection }> {
  const module = (path: string): Promise<Package> => import(new URL(`../../dist/${path}`, import.meta.url).href) as Promise<Package>;
  const [keras, { implementationOf }, { UnknownArgumentError }] =
    await Promise.all([module('index.js'), module('ops/define.js'), module('utils/arguments.js')]);
  return { keras, introspection: { implementationOf, UnknownArgumentError } as Introspection };
}

/** One row for every public symbol of Keras, in alphabetical order. */
export async function compare(): Promise<Row[]> {
  const { keras, introspection } = await load();
  const rows: Row[] = [];
  for (const [symbol, api] of Object.entries(readApi().symbols)) {
    rows.push({ symbol, ...(await judge(keras, symbol, api, introspection)) });
  }
  return rows.toSorted((a, b) => (a.symbol < b.symbol ? -1 : 1));
}

async function judge(
  keras: Package, symbol: string, api: ApiSymbol, introspection: Introspection,
): Promise<Omit<Row, 'symbol'>> {
  const reason = reasonToLeaveOut(symbol);
  if (reason !== undefined) return { state: 'left out', remarks: [reason] };
  const target = find(keras, symbol);
  if (target === undefined) return { state: 'no', remarks: [] };
  const parts = partsLeftOut(symbol);
  const found = [...(await argumentRemarks(target, api, introspection)), ...aliasRemarks(keras, target, api)];
  const missing = found.map((remark) => withoutParts(remark, parts)).filter((remark) => remark !== undefined);
  return { state: missing.length === 0 ? 'yes' : 'partly', remarks: [...missing, ...departures(found, parts)] };
}

const NAMES_MISSING = /^(\w+ missing): (.*)$/;

/** A remark on missing names without those that are left out; undefined where none remains. */
function withoutParts(remark: string, parts: ReadonlyMap<string, string>): string | undefined {
  const [, what, names] = NAMES_MISSING.exec(remark) ?? [];
  if (names === undefined) return remark;
  const others = names.split(', ').filter((name) => !parts.has(name));
  return others.length === 0 ? undefined : `${what}: ${others.join(', ')}`;
}

/** What is missing of the parts that are left out, with the reason. */
function departures(remarks: readonly string[], parts: ReadonlyMap<string, string>): string[] {
  const missing = new Set(remarks.flatMap((remark) => NAMES_MISSING.exec(remark)?.[2].split(', ') ?? []));
  return [...new Set(parts.values())].flatMap((reason) => {
    const names = [...parts.keys()].filter((name) => parts.get(name) === reason && missing.has(name));
    return names.length === 0 ? [] : [`without ${names.join(', ')}: ${reason}`];
  });
}

function find(keras: Package, symbol: string): object | undefined {
  let found: unknown = keras;
  for (const part of symbol.split('.').slice(1)) found = (found as Package | undefined)?.[part];
  return typeof found === 'function' ? found : undefined;
}

function aliasRemarks(keras: Package, target: object, { aliases }: ApiSymbol): string[] {
  const missing = aliases.filter((alias) => isPublicName(alias) && find(keras, alias) !== target);
  return missing.length === 0 ? [] : [`aliases missing: ${missing.join(', ')}`];
}

/** `keras.ops.numpy.sum` names the file inside Keras that holds `keras.ops.sum`; nobody writes that. */
const isPublicName = (alias: string): boolean => !/^keras\.(ops\.(numpy|nn|core|math|linalg)|_legacy|src)\./.test(alias);

async function argumentRemarks(target: object, api: ApiSymbol, introspection: Introspection): Promise<string[]> {
  const names = [...api.required, ...Object.keys(api.optional)];
  const signature = await (api.kind === 'class' ? signatureOfClass : signatureOfFunction)(target, introspection);
  const found = signature && withoutNumbers(signature, names);
  const remarks = [...(found ? nameRemarks(found, api, names) : [])];
  if (api.kind === 'class') remarks.push(...classRemarks(target, api));
  else if (found) remarks.push(...different(api, ([name, value]) => {
    const actual = found.defaults.get(name);
    return actual === undefined || isShownAs(value, actual) || (value === null && actual === null) ? undefined : actual;
  }));
  return remarks;
}

/** The bundler puts a number behind the name of a parameter when something in the modules has that name too. */
function withoutNumbers({ names, defaults }: Found, known: readonly string[]): Found {
  const plain = (name: string): string => (known.includes(name) ? name : name.replace(/\d+$/, ''));
  return { names: names.map(plain), defaults: new Map([...defaults].map(([name, value]) => [plain(name), value])) };
}

function nameRemarks(found: Found, api: Signature, names: readonly string[]): string[] {
  const missing = names.filter((name) => !found.names.includes(name));
  const remarks = missing.length === 0 ? [] : [`arguments missing: ${missing.join(', ')}`];
  const ours = found.names.filter((name) => names.includes(name));
  const theirs = names.filter((name) => found.names.includes(name));
  if (api.variadic === undefined && ours.join() !== theirs.join()) remarks.push(`order of arguments: ${ours.join(', ')}`);
  return remarks;
}

function classRemarks(target: object, api: ApiSymbol): string[] {
  const sample = sampleOf(target, api.required);
  const prototype = (target as { prototype?: object }).prototype ?? {};
  const missing = Object.entries(api.members ?? {}).filter(([name, member]) => !(name in prototype || name in target ||
    (sample ? name in sample : member === 'property'))).map(([name]) => name);
  const remarks = missing.length === 0 ? [] : [`members missing: ${missing.join(', ')}`];
  const config = configOf(sample);
  if (!config) return remarks;
  return [...remarks, ...different(api, ([name, value]) => (!SETTLED.has(name) && name in config &&
    !isShownAs(value, config[name]) ? config[name] : undefined))];
}

/** The config of a sample; undefined for a base class, which leaves it to others. */
function configOf(sample: object | undefined): Record<string, unknown> | undefined {
  if (!sample || !('get_config' in sample)) return undefined;
  try {
    return (sample as { get_config(): Record<string, unknown> }).get_config();
  } catch {
    return undefined;
  }
}

/** A remark on the defaults for which `check` gives another value. */
function different(api: Signature, check: (entry: [name: string, value: Default]) => unknown): string[] {
  const found = Object.entries(api.optional).flatMap((entry) => {
    const actual = check(entry);
    return actual === undefined ? [] : [`${entry[0]} ${JSON.stringify(actual)} (Keras: ${JSON.stringify(entry[1])})`];
  });
  return found.length === 0 ? [] : [`defaults: ${found.join(', ')}`];
}
