/** The engine's running state: active backend, memory scopes, tapes, the trace being recorded, variable scopes. */
import type { Aval, Backend } from '../backend/backend.js';
import type { DType } from './dtype.js';
import type { ParamsOf, PrimitiveName } from './primitives/index.js';
import type { Replica } from './replica.js';
import type { Tensor } from './tensor.js';
import type { Variable } from './variable.js';

/** Records primitives and notices which tensors depend on which. */
export interface Recorder {
  record<N extends PrimitiveName>(
    name: N, inputs: readonly Tensor[], params: ParamsOf<N>, outputs: readonly Tensor[],
  ): void;
  /** Applies and records a primitive whose rule saves more than its results; undefined: it is recorded like the others. */
  save<N extends PrimitiveName>(
    name: N, inputs: readonly Tensor[], params: ParamsOf<N>, outer: readonly Recorder[],
  ): Tensor[] | undefined;
  /** A function whose gradient is given by its author rather than by rules. */
  recordCustom(
    inputs: readonly Tensor[], outputs: readonly Tensor[],
    pullback: (gradients: readonly (Tensor | undefined)[]) => readonly (Tensor | undefined)[],
  ): void;
  noteRead(variable: Variable, tensor: Tensor): void;
}

/** Takes the place of a backend while a function is traced. */
export interface Tracer {
  /** Whether what is traced is a part of a function: a loop or a branch. */
  readonly isInside: boolean;
  apply<N extends PrimitiveName>(
    name: N, inputs: readonly Tensor[], params: ParamsOf<N>, outputs: readonly Aval[],
  ): Tensor[];
}

/** Redirects reads and assignments of variables: a trace's state, or the mapping of a stateless call. */
export interface VariableScope {
  /** The value the variable has in this scope, or undefined to look further out. */
  read(variable: Variable): Tensor | undefined;
  /** Takes the assignment (true), or leaves it to the next scope out (false). */
  assign(variable: Variable, value: Tensor): boolean;
}

interface MemoryScope {
  tensors: Tensor[];
}

interface Context {
  backend: Backend | undefined;
  tracer: Tracer | undefined;
  tapes: Recorder[];
  variableScopes: VariableScope[];
  memoryScope: MemoryScope | undefined;
  /** In a layer under mixed precision, floating-point variables are read in this dtype. */
  autocast: DType | undefined;
  /** Names of the layers around, outermost first: the path of a variable. */
  nameScopes: readonly string[];
  /** In a step that several processes compute together: this one's part of it. */
  replica: Replica | undefined;
}

export const context: Context = {
  backend: undefined,
  tracer: undefined,
  tapes: [],
  variableScopes: [],
  memoryScope: undefined,
  autocast: undefined,
  nameScopes: [],
  replica: undefined,
};

/** Gives a function that runs another as if it were called now. */
type Capture = () => <T>(fn: () => T) => T;
const captures: Capture[] = [() => {
  const { autocast, nameScopes } = context;
  return (fn) => withContext({ autocast, nameScopes }, fn);
}];

/** Makes a further part of the running state known to what runs functions later, such as rematerialization. */
export function addCapture(capture: Capture): void {
  captures.push(capture);
}

/** What a function that is run later has to find as it is now: precision, names, and what layers pass on. */
export function captureState(): <T>(fn: () => T) => T {
  const runs = captures.map((capture) => capture());
  return (fn) => runs.reduce((inner, run) => () => run(inner), fn)();
}

let pickBackend: (() => Backend) | undefined;

/** Set by `backend/config.ts`: how the default backend is found at the first operation. */
export function setBackendPicker(pick: () => Backend): void {
  pickBackend = pick;
}

/** The active backend, started at first use. */
export function activeBackend(): Backend {
  if (!context.backend) {
    if (!pickBackend) throw new Error('No backend is registered. Import keras-node before using its engine.');
    context.backend = pickBackend();
  }
  return context.backend;
}

/** Changes part of the context during a call. */
export function withContext<T>(changes: Partial<Context>, fn: () => T): T {
  const before = { ...context };
  Object.assign(context, changes);
  try {
    return fn();
  } finally {
    const { backend } = context;
    Object.assign(context, before, { backend: 'backend' in changes ? before.backend : backend });
  }
}

/**
 * Runs `fn` as if no trace, tape or stateless scope were active: for the initial values of variables that are
 * created in the middle of one.
 */
export function initScope<T>(fn: () => T): T {
  if (!context.tracer && context.tapes.length === 0 && context.variableScopes.length === 0) return fn();
  return withContext({ tracer: undefined, tapes: [], variableScopes: [], memoryScope: undefined, replica: undefined }, fn);
}
