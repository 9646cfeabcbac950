/**
 * Takes out of a graph what depends on variables alone, so that many runs share it: casts of weights under mixed
 * precision, kernels with a normalization folded in. It is computed again when a variable has changed.
 */
import type { Backend, Executable, Handle } from '../backend/backend.js';
import { fold } from './fold.js';
import { prune, type Graph, type Value } from './graph.js';
import { givenSteady, invariantValues } from './invariants.js';
import type { Steady } from './settle.js';
import { VersionWatch } from './version-watch.js';

/** Compiles a graph in two parts, or as it is where runs have nothing to share. */
export function compileHoisted(
  backend: Backend, graph: Graph, compile: (graph: Graph, steady: Steady) => Executable,
  compileShared: (graph: Graph) => Executable,
): Executable {
  const variables = graph.state.flatMap(({ variable, assigned }) => (assigned ? [] : [variable]));
  const parts = cut(prune(fold(graph)));
  if (!parts) return compile(graph, { values: givenSteady(graph), variables });
  const { shared, rest } = parts;
  const values = new Set([...givenSteady(rest), ...shared.outputs]);
  return new HoistedExecutable(backend, graph, parts, compileShared(shared), compile(rest, { values, variables }));
}

interface Parts {
  /** Computes the shared values from variables and captures. */
  shared: Graph;
  /** The rest; the shared values are arguments behind its own. */
  rest: Graph;
}

/** Cuts a graph in two; undefined where there is nothing worth sharing. */
function cut(graph: Graph): Parts | undefined {
  const invariant = invariantValues(graph);
  const isMade = (value: Value): boolean => value.node !== undefined && invariant.has(value);
  const crossing = new Set<Value>();
  for (const node of graph.nodes) {
    if (node.outputs.some((output) => invariant.has(output))) continue;
    for (const input of node.inputs) if (isMade(input)) crossing.add(input);
  }
  for (const value of [...graph.outputs, ...graph.state.flatMap(({ assigned }) => assigned ?? [])]) {
    if (isMade(value)) crossing.add(value);
  }
  // Constants and other things made of nothing are for the backend to fold.
  const worth = [...crossing].filter((value) => !isConstant(value));
  if (worth.length === 0) return undefined;
  const shared = prune({ ...graph, inputs: [], outputs: worth, state: graph.state.map((slot) => ({ ...slot, assigned: undefined })) });
  const rest = prune(graph, new Set(worth));
  return { shared, rest: { ...rest, inputs: [...graph.inputs, ...worth] } };
}

const isConstant = ({ node }: Value): boolean => node !== undefined && node.inputs.every(isConstant);

class HoistedExecutable implements Executable {
  readonly #backend: Backend;
  readonly #watch: VersionWatch;
  readonly #shared: Executable;
  readonly #rest: Executable;
  /** Places among the operands of the whole graph. */
  readonly #places: { shared: readonly number[]; inputs: number; rest: readonly number[] };
  #values: readonly Handle[] | undefined;

  constructor(backend: Backend, graph: Graph, parts: Parts, shared: Executable, rest: Executable) {
    this.#backend = backend;
    this.#watch = new VersionWatch(parts.shared.state.map(({ variable }) => variable));
    this.#shared = shared;
    this.#rest = rest;
    const captures = graph.captures.map(({ value }) => value);
    const variables = graph.state.map(({ variable }) => variable);
    const placesOf = (part: Graph): number[] => [
      ...part.captures.map(({ value }) => graph.inputs.length + captures.indexOf(value)),
      ...part.state.map(({ variable }) => graph.inputs.length + captures.length + variables.indexOf(variable)),
    ];
    this.#places = { shared: placesOf(parts.shared), inputs: graph.inputs.length, rest: placesOf(parts.rest) };
  }

  run(operands: readonly Handle[]): Handle[] {
    return this.#rest.run(this.#operands(operands));
  }

  runAsync(operands: readonly Handle[], lane?: number): Promise<Handle[]> {
    return this.#rest.runAsync(this.#operands(operands), lane);
  }

  #operands(all: readonly Handle[]): Handle[] {
    const { inputs, rest } = this.#places;
    return [...all.slice(0, inputs), ...this.#sharedValues(all), ...rest.map((place) => all[place])];
  }

  #sharedValues(all: readonly Handle[]): readonly Handle[] {
    if (this.#watch.changed()) this.#free();
    return (this.#values ??= this.#shared.run(this.#places.shared.map((place) => all[place])));
  }

  #free(): void {
    for (const handle of this.#values ?? []) this.#backend.dispose(handle);
    this.#values = undefined;
  }

  dispose(): void {
    this.#free();
    this.#shared.dispose();
    this.#rest.dispose();
  }
}
