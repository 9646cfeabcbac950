/**
 * Ops in saved functional graphs.
 *
 * Keras saves `ops.sum(x, axis=1)` as an object of an internal class, with its settings, called on its operands:
 * `{module: 'keras.src.ops.numpy', class_name: 'Sum', config: {axis: 1, keepdims: false}}` on `[x]`.
 */
import { findOp, OpOperation } from '../ops/define.js';
import type { Node } from '../ops/node.js';
import { OPERATION_TABLE } from './operation-table.js';

type Config = Record<string, unknown>;

interface Parameter {
  name: string;
  /** A setting of the class; an operand by position; one by name; any number of operands; any further names. */
  role: 'setting' | 'operand' | 'named' | 'rest' | 'names';
}

interface OperationClass {
  op: string;
  module: string;
  class_name: string;
  parameters: Parameter[];
}

const ROLES: Record<string, Parameter['role']> = { '=': 'setting', '?': 'named', '*': 'rest', '**': 'names' };

function parse(op: string): OperationClass | undefined {
  const row = Object.hasOwn(OPERATION_TABLE, op) ? OPERATION_TABLE[op] : undefined;
  if (row === undefined) return undefined;
  const [module, class_name, ...words] = row.split(' ');
  const parameters = words.map((word): Parameter => ({
    name: word.replace(/^[=?*]+/, ''), role: ROLES[word.match(/^\W+/)?.[0] ?? ''] ?? 'operand',
  }));
  return { op, module: `keras.src.ops.${module}`, class_name, parameters };
}

let byClass: Map<string, string> | undefined;

/** The op that a class of Keras's source stands for. */
function opOfClass(module: string, class_name: string): string | undefined {
  if (!byClass) {
    byClass = new Map();
    for (const op of Object.keys(OPERATION_TABLE)) {
      const found = parse(op)!;
      const key = `${found.module}.${found.class_name}`;
      if (!byClass.has(key)) byClass.set(key, op);
    }
  }
  return byClass.get(`${module}.${class_name}`);
}

/** Settings of operations that came from files, whose calls have operands only. */
const loaded = new WeakMap<OpOperation, Config>();

/** The config of an op in a graph. */
export function serializeOperation(operation: OpOperation): Config {
  const found = parse(operation.opName);
  if (!found) {
    throw new TypeError(`The op '${operation.opName}' in a functional model cannot be saved: Keras has no class for it. ` +
      'Put it into a layer of your own, and register that.');
  }
  const settings = loaded.get(operation) ?? settingsOf(found, operation._inbound_nodes[0]?.args ?? []);
  return {
    module: found.module, class_name: found.class_name, config: { name: operation.name, ...settings },
    registered_name: found.class_name,
  };
}

function settingsOf({ parameters }: OperationClass, args: readonly unknown[]): Config {
  const settings: Config = {};
  parameters.forEach(({ name, role }, i) => {
    if (role === 'setting' && args[i] !== undefined) settings[name] = args[i];
  });
  return settings;
}

/**
 * The arguments of a call as files have them: the operands. Calls of layers have theirs as they are.
 *
 * @param node A call in a functional graph.
 */
export function argumentsInFile({ operation, args, kwargs }: Node): { args: readonly unknown[]; kwargs: Config } {
  if (!(operation instanceof OpOperation) || loaded.has(operation)) return { args, kwargs: { ...kwargs } };
  const operands: unknown[] = [];
  const named: Config = {};
  parse(operation.opName)?.parameters.forEach(({ name, role }, i) => {
    if (args[i] === undefined) return;
    if (role === 'operand') operands.push(args[i]);
    if (role === 'rest') operands.push(...(args[i] as unknown[]));
    if (role === 'named') named[name] = args[i];
    if (role === 'names') Object.assign(named, args[i]);
  });
  return { args: operands, kwargs: { ...named, ...kwargs } };
}

/** Makes an op from its config in a file; undefined where the class is none of an op. */
export function operationFromConfig(module: unknown, class_name: string, config: Config): OpOperation | undefined {
  const op = typeof module === 'string' ? opOfClass(module, class_name) : undefined;
  const fn = op === undefined ? undefined : findOp(op);
  if (op === undefined || !fn) return undefined;
  const { name, ...settings } = config;
  const { parameters } = parse(op)!;
  const unknown = Object.keys(settings).find((key) => !parameters.some((p) => p.role === 'setting' && p.name === key));
  if (unknown !== undefined) throw new TypeError(`The op ${op} has no setting '${unknown}'.`);
  const operation = new OpOperation(op, (...args) => fn(...inOrder(parameters, settings, args)));
  if (typeof name === 'string') operation.name = name;
  loaded.set(operation, settings);
  return operation;
}

/** Operands and settings in the order of the op's own arguments. */
function inOrder(parameters: readonly Parameter[], settings: Config, args: readonly unknown[]): unknown[] {
  const operands = [...args];
  const last = operands.at(-1);
  const hasNamed = parameters.some(({ role }) => role === 'named' || role === 'names') && isNamed(parameters, last);
  const named = hasNamed ? (operands.pop() as Config) : {};
  const ordered: unknown[] = [];
  for (const { name, role } of parameters) {
    if (role === 'setting') ordered.push(settings[name]);
    else if (role === 'named') ordered.push(named[name]);
    else if (role === 'names') ordered.push(hasNamed ? named : undefined);
    else if (role === 'rest') ordered.push(...operands.splice(0));
    else ordered.push(operands.length > 0 ? operands.shift() : named[name]);
  }
  while (ordered.length > 0 && ordered.at(-1) === undefined) ordered.pop();
  return ordered;
}

/** Whether a last argument gives operands by name, rather than being one. */
function isNamed(parameters: readonly Parameter[], value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return false;
  return parameters.some(({ role }) => role === 'names') || Object.keys(value).every((key) => parameters.some(({ name }) => name === key));
}
