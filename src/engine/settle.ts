/**
 * Programs for weights that stay as they are: the backend may keep what it makes of them, such as kernels in the order of
 * elements that suits the processor. When a weight changes, the program is dropped.
 */
import type { Backend, CompileOptions, Executable, Handle } from '../backend/backend.js';
import type { Graph, Value } from './graph.js';
import type { PrimitiveName } from './primitives/index.js';
import type { Variable } from './variable.js';
import { VersionWatch } from './version-watch.js';

/**
 * After so many runs a program for these weights has paid. Where weights have changed sooner, the next one waits for so many.
 * The first does not wait: oneDNN keeps the method that it finds for a convolution when it first meets its shapes.
 */
const ENOUGH_RUNS = 3;

/** Their kernels are brought into another order: on a processor with AVX2 ResNet50 takes half the time for one image so. */
const REORDERED: ReadonlySet<PrimitiveName> = new Set<PrimitiveName>(['conv', 'depthwise_conv', 'matmul']);

/** What stays the same from run to run as long as no variable changes. */
export interface Steady {
  readonly values: ReadonlySet<Value>;
  readonly variables: readonly Variable[];
}

/** Compiles a graph so that it makes use of what is steady, or plainly where that would gain nothing. */
export function compileSettling(
  backend: Backend, graph: Graph, options: Omit<CompileOptions, 'steady'>, { values, variables }: Steady,
): Executable {
  const gains = graph.nodes.some(({ primitive, inputs }) => REORDERED.has(primitive) && values.has(inputs[1]));
  if (!gains || !backend.features.has('steady')) return backend.compile(graph, options);
  return new SettlingExecutable((steady) => backend.compile(graph, { ...options, steady }), values, variables);
}

class SettlingExecutable implements Executable {
  readonly #compile: (steady?: ReadonlySet<Value>) => Executable;
  readonly #values: ReadonlySet<Value>;
  readonly #watch: VersionWatch;
  /** For any weights. */
  #general: Executable | undefined;
  /** For the weights as they are. */
  #settled: Executable | undefined;
  /** Since a weight has changed. */
  #runs = 0;
  #waits = false;

  constructor(
    compile: (steady?: ReadonlySet<Value>) => Executable, values: ReadonlySet<Value>, variables: readonly Variable[],
  ) {
    this.#compile = compile;
    this.#values = values;
    this.#watch = new VersionWatch(variables);
  }

  run(operands: readonly Handle[]): Handle[] {
    return this.#next().run(operands);
  }

  runAsync(operands: readonly Handle[], lane?: number): Promise<Handle[]> {
    return this.#next().runAsync(operands, lane);
  }

  #next(): Executable {
    if (this.#watch.changed()) {
      this.#settled?.dispose();
      this.#settled = undefined;
      this.#waits = this.#runs > 0 && this.#runs < ENOUGH_RUNS;
      this.#runs = 0;
    }
    this.#runs++;
    if (this.#waits && this.#runs <= ENOUGH_RUNS) return (this.#general ??= this.#compile());
    return (this.#settled ??= this.#compile(this.#values));
  }

  dispose(): void {
    this.#general?.dispose();
    this.#settled?.dispose();
  }
}
