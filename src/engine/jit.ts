/** `jit`: a function traced once for each signature of its arguments, compiled, and run as one call of the backend. */
import type { Backend, Executable, Handle } from '../backend/backend.js';
import { activeBackend, context, withContext } from './context.js';
import { deferScaling } from './defer-scaling.js';
import { prune, type Graph } from './graph.js';
import { compileHoisted } from './hoist.js';
import { Pace } from './pace.js';
import { own } from './scope.js';
import { compileSettling, type Steady } from './settle.js';
import { flatten, packAs } from './structure.js';
import { NDArray, naturalDType, toTensor, type TensorLike } from './convert.js';
import { Tensor } from './tensor.js';
import { Trace } from './trace.js';
import { compileTuned } from './tuning.js';
import { Variable } from './variable.js';
import { VersionWatch } from './version-watch.js';

export interface JitOptions {
  /** Name in errors and profiles. Default: the function's. */
  name?: string;
  /**
   * Compile with the backend's optimising compiler (XLA). `'auto'`: it is tried once some seconds of runs have shown
   * what it could save, and kept where it is faster. Default false.
   */
  jit_compile?: boolean | 'auto';
  /**
   * Compute what depends on variables alone once, and again only when they change. Takes memory for what is kept.
   * For functions that are run often on the same weights. Default false.
   */
  hoist?: boolean;
}

/**
 * A compiled function: call it, or run it off the JavaScript thread with `runAsync`. Asynchronous runs take place in the
 * order of their calls, so that several may be asked for ahead; when one fails, those behind it may be cancelled.
 */
export interface Compiled<A extends unknown[], R> {
  (...args: A): R;
  runAsync(...args: A): Promise<R>;
  /** The same for a caller that has nothing else to do until it is done: a short run takes place where it is, at once. */
  runAlone(...args: A): Promise<R>;
  /** Several calls, whose arguments have the same shapes and dtypes, as one run of the backend; gives the last result. */
  runInRow(calls: readonly A[]): Promise<R>;
  /** Whether there is a graph for tensors like these. */
  hasTraced(...args: A): boolean;
  /** Number of signatures traced so far. */
  readonly traceCount: number;
  /** What was traced, one graph for each signature. */
  readonly graphs: readonly Graph[];
  /** Frees compiled graphs; they are made again at the next call. */
  dispose(): void;
}

interface Program {
  graph: Graph;
  executable: Executable;
  /** Several runs as one, by their number. */
  inRow: Map<number, Executable>;
  /** How long runs of the executable take. */
  pace: Pace;
  /** Variables after whose change a run takes longer: what is kept as long as they stay as they are is made anew. */
  watch: VersionWatch | undefined;
  operands: Handle[];
  assigned: readonly Variable[];
  backend: Backend;
  /** The result's structure, with `LEAF` where outputs go. */
  structure: unknown;
  /** Results that are not tensors, or that are arguments of the trace. */
  constants: unknown[];
}

const OUTPUT = Symbol('output');

const noteChanges = ({ assigned }: Program): void => {
  for (const variable of assigned) variable.noteChange();
};

interface Arguments {
  leaves: readonly unknown[];
  tensors: readonly Tensor[];
  /** Those of the tensors that were made of other arguments. */
  temporary: readonly Tensor[];
  /** The signature. */
  key: string;
}

function disposeAll(programs: Map<string, Program>): void {
  for (const { executable, inRow } of programs.values()) {
    for (const each of [executable, ...inRow.values()]) each.dispose();
  }
  programs.clear();
}

/** Compiled functions that nobody can call any more leave their graphs on the backend. */
const abandoned = new FinalizationRegistry(disposeAll);

let lanes = 0;

/** Asynchronous runs of all compiled functions that are not done: one on this thread might have to wait for them. */
let underWay = 0;

/**
 * Compiles a function of tensors (and nested structures of them). It runs once per signature (shapes, dtypes and the
 * values of strings and booleans) on tensors without values; numbers are passed in as scalars. Variables that
 * it reads are inputs, and those it assigns are updated in place. Side effects in JavaScript happen only while tracing.
 *
 * @throws TracedValueError when the function reads the value of a tensor.
 * @example
 * const step = keras.jit((x) => ops.sum(ops.square(x)));
 * step(ops.ones([3])).item(); // 3
 */
export function jit<A extends unknown[], R>(fn: (...args: A) => R, options: JitOptions = {}): Compiled<A, R> {
  const programs = new Map<string, Program>();
  const name = options.name ?? (fn.name || 'compiled');
  const lane = ++lanes;
  const compilePlain = (backend: Backend, graph: Graph, repeat?: number): Executable =>
    backend.compile(graph, { name, jit: options.jit_compile === true, repeat });
  const compileRuns = (backend: Backend, graph: Graph, repeat?: number): Executable =>
    (options.jit_compile === 'auto' ? compileTuned(backend, graph, { name, repeat }) : compilePlain(backend, graph, repeat));
  const compileSteady = (backend: Backend, graph: Graph, steady: Steady): Executable => {
    if (options.jit_compile === true) return compilePlain(backend, graph);
    const plain = compileSettling(backend, graph, { name, jit: false }, steady);
    return options.jit_compile === 'auto' ? compileTuned(backend, graph, { name }, plain) : plain;
  };
  const compile = (backend: Backend, graph: Graph): Executable => (options.hoist
    ? compileHoisted(backend, graph, (part, steady) => compileSteady(backend, part, steady), (part) => compilePlain(backend, part))
    : compileRuns(backend, graph));

  const readArguments = (args: A): Arguments => {
    const leaves = flatten(args);
    const temporary: Tensor[] = [];
    const tensors: Tensor[] = [];
    let key = structureKey(args);
    for (const leaf of leaves) {
      if (!isTensorLeaf(leaf)) {
        key += `|${typeof leaf}:${leaf instanceof Object ? identity(leaf) : String(leaf)}`;
        continue;
      }
      const tensor = leaf instanceof Tensor ? leaf : toTensor(leaf, naturalDType(leaf));
      if (tensor !== leaf) temporary.push(tensor);
      tensors.push(tensor);
      key += `|${tensor.dtype}${tensor.shape.join(',')}`;
    }
    return { leaves, tensors, temporary, key };
  };

  const programFor = (args: A, { leaves, tensors, key }: Arguments): Program => {
    const backend = activeBackend();
    let program = programs.get(key);
    if (!program || program.backend !== backend) {
      program = build(fn, args, leaves, tensors, backend, compile, options.hoist ?? false);
      programs.set(key, program);
    }
    return program;
  };

  const prepare = (args: A): { program: Program; operands: Handle[]; temporary: readonly Tensor[] } => {
    const given = readArguments(args);
    const program = programFor(args, given);
    return { program, operands: [...given.tensors.map((t) => t.handle), ...program.operands], temporary: given.temporary };
  };

  const wrap = (program: Program, handles: Handle[]): R => {
    let next = 0;
    const leaves = program.constants.map((constant) => {
      if (constant !== OUTPUT) return constant;
      const { shape, dtype } = program.graph.outputs[next];
      const tensor = new Tensor(shape, dtype, program.backend, handles[next++]);
      own(tensor);
      return tensor;
    });
    return packAs(program.structure, leaves) as R;
  };

  const compiled = (...args: A): R => {
    // Inside another trace or under a tape the function is simply inlined.
    if (context.tracer || context.tapes.length > 0 || context.variableScopes.length > 0) return fn(...args);
    const { program, operands, temporary } = prepare(args);
    return wrap(program, runHere(program.executable, program, operands, temporary));
  };
  const start = async (
    executable: Executable, program: Program, operands: readonly Handle[], temporary: readonly Tensor[],
  ): Promise<R> => {
    const pending = executable.runAsync(operands, lane);
    for (const tensor of temporary) tensor.dispose();
    // Before, for what reads its variables from now on, and after, for what has read them meanwhile.
    noteChanges(program);
    underWay++;
    try {
      return wrap(program, await pending);
    } finally {
      underWay--;
      noteChanges(program);
    }
  };
  const runAsync = async (...args: A): Promise<R> => {
    const { program, operands, temporary } = prepare(args);
    return start(program.executable, program, operands, temporary);
  };
  const runAlone = async (...args: A): Promise<R> => {
    const { program, operands, temporary } = prepare(args);
    const { executable, pace, backend, watch } = program;
    const begun = performance.now();
    if (underWay === 0 && pace.isHere && mayRunHere(backend) && !watch?.changed()) {
      const result = wrap(program, runHere(executable, program, operands, temporary));
      await pace.noteHere(begun);
      return result;
    }
    const result = await start(executable, program, operands, temporary);
    pace.noteThere(begun);
    return result;
  };
  const runInRow = async (calls: readonly A[]): Promise<R> => {
    const given = calls.map(readArguments);
    if (given.some(({ key }) => key !== given[0]?.key)) {
      throw new TypeError(`Runs of '${name}' in a row need arguments of the same shapes and dtypes.`);
    }
    const program = programFor(calls[0], given[0]);
    let executable = program.inRow.get(calls.length);
    if (!executable) program.inRow.set(calls.length, (executable = compileRuns(program.backend, program.graph, calls.length)));
    const operands = [...given.flatMap(({ tensors }) => tensors.map((t) => t.handle)), ...program.operands];
    return start(executable, program, operands, given.flatMap(({ temporary }) => temporary));
  };
  const hasTraced = (...args: A): boolean => {
    const { key, temporary } = readArguments(args);
    for (const tensor of temporary) tensor.dispose();
    return programs.has(key);
  };
  const dispose = (): void => disposeAll(programs);
  abandoned.register(compiled, programs);
  return Object.defineProperties(Object.assign(compiled, { runAsync, runAlone, runInRow, hasTraced, dispose }), {
    traceCount: { get: () => programs.size },
    graphs: { get: () => [...programs.values()].map(({ graph }) => graph) },
  }) as Compiled<A, R>;
}

/** Where a run waits for nothing but the processor that it runs on: no accelerator, and no other process. */
const mayRunHere = ({ features, device, group }: Backend): boolean =>
  features.has('async') && device.startsWith('CPU') && group === undefined;

function runHere(executable: Executable, program: Program, operands: readonly Handle[], temporary: readonly Tensor[]): Handle[] {
  try {
    return executable.run(operands);
  } finally {
    noteChanges(program);
    for (const tensor of temporary) tensor.dispose();
  }
}

const isTensorLeaf = (leaf: unknown): leaf is TensorLike =>
  leaf instanceof Tensor || leaf instanceof NDArray || leaf instanceof Variable ||
  ArrayBuffer.isView(leaf) || typeof leaf === 'number' || typeof leaf === 'bigint';

const identities = new WeakMap<object, number>();
let nextIdentity = 0;
function identity(value: object): number {
  let id = identities.get(value);
  if (id === undefined) identities.set(value, (id = nextIdentity++));
  return id;
}

function structureKey(node: unknown): string {
  if (Array.isArray(node)) return `[${node.map(structureKey).join()}]`;
  if (node !== null && typeof node === 'object' && Object.getPrototypeOf(node) === Object.prototype) {
    return `{${Object.keys(node).toSorted().map((k) => `${k}:${structureKey((node as Record<string, unknown>)[k])}`).join()}}`;
  }
  return '*';
}

function build<A extends unknown[], R>(
  fn: (...args: A) => R, args: A, leaves: readonly unknown[], tensors: readonly Tensor[],
  backend: Backend, compile: (backend: Backend, graph: Graph) => Executable, keepsShared: boolean,
): Program {
  const trace = new Trace();
  let next = 0;
  const placeholders = leaves.map((leaf) => (isTensorLeaf(leaf) ? trace.input(tensors[next++]) : leaf));
  const result = withContext({ autocast: undefined }, () => trace.run(() => fn(...(packAs(args, placeholders) as A))));
  const results = flatten(result);
  const outputs: Tensor[] = [];
  const constants = results.map((leaf) => {
    if (!(leaf instanceof Tensor)) return leaf;
    outputs.push(leaf);
    return OUTPUT;
  });
  const graph = deferScaling(prune(trace.finish(outputs)));
  const executable = compile(backend, graph);
  const operands = [
    ...graph.captures.map(({ tensor }) => {
      tensor.kept = true;
      return tensor.handle;
    }),
    ...graph.state.map(({ variable }) => variable.handle),
  ];
  const assigned = graph.state.flatMap((slot) => (slot.assigned ? [slot.variable] : []));
  const watch = keepsShared ? new VersionWatch(graph.state.map(({ variable }) => variable)) : undefined;
  return { graph, executable, pace: new Pace(), inRow: new Map(), watch, operands, assigned, backend, structure: result, constants };
}
