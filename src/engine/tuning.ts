/**
 * Whether the backend's optimising compiler (XLA) pays for a graph, found out by timing. The graph runs as it is until
 * it has taken so long that compiling it could pay; then it is compiled in the background, on values of no meaning; then
 * a few runs are timed in both ways by turns, and the faster way is kept. Runs beside the compiling do not count: they
 * share the processor with it.
 */
import type { Backend, CompileOptions, Executable, Handle } from '../backend/backend.js';
import type { Graph, Subgraph } from './graph.js';
import { numbersToBits } from './host.js';
import { subgraphsOf } from './primitives/control.js';
import { byteLengthOf, sizeOf } from './shape.js';
import type { PrimitiveName } from './primitives/index.js';

/**
 * Seconds that XLA takes to compile a graph, about, of one processor: 0.23 s for the 9 nodes of a prediction, 0.5 s for the
 * 74 of a small training step, 1.3 s for the 320 of a decoder of four blocks.
 */
const COMPILE_SECONDS = { graph: 0.2, node: 0.004 };
/** Of that time, how much a graph is to have taken before. Compiling runs beside it, so that it costs less than its time. */
const TAKEN_BEFORE = 0.25;
/** Runs that are timed in each way; the median counts: what is fast only now and then is no gain. */
const TIMED_RUNS = 9;
/** Runs of one way before the other's turn. Of these the first does not count: it finds the other's data in the caches. */
const TURN = 4;
/** The optimised form is to take at most this part of the time. */
const WORTH = 0.95;

/** Random numbers that XLA draws otherwise, or not at all: the same seed must give the same numbers however a graph is run. */
const DRAWN_OTHERWISE: ReadonlySet<PrimitiveName> =
  new Set<PrimitiveName>(['random_normal', 'random_truncated_normal', 'random_gamma', 'random_binomial']);
/** On a CPU XLA's convolutions took two to five times as long wherever we measured them. */
const SLOW_ON_CPU: ReadonlySet<PrimitiveName> = new Set<PrimitiveName>([
  'conv', 'conv_grad_input', 'conv_grad_kernel', 'depthwise_conv', 'depthwise_conv_grad_input', 'depthwise_conv_grad_kernel',
]);

/** A trial waits for no other process. */
const OF_SEVERAL: ReadonlySet<PrimitiveName> = new Set<PrimitiveName>(['all_reduce']);

/** The trial takes variables and arguments of its own: not where they would be larger than this. */
const TRIAL_BYTES = 256 * 1024 * 1024;

/** Compiles a graph so that it tunes itself, or plainly where there is nothing to try. `plain`: the graph without XLA. */
export function compileTuned(
  backend: Backend, graph: Graph, options: Omit<CompileOptions, 'jit'>,
  plain: Executable = backend.compile(graph, { ...options, jit: false }),
): Executable {
  const given = [...graph.state.map(({ read }) => read), ...Array.from({ length: options.repeat ?? 1 }, () => graph.inputs).flat()];
  const isSmall = given.reduce((sum, value) => sum + byteLengthOf(value), 0) <= TRIAL_BYTES;
  return isSmall && mayGain(backend, graph) ? new TunedExecutable(backend, graph, options, plain) : plain;
}

function mayGain(backend: Backend, graph: Graph): boolean {
  if (!backend.features.has('jit')) return false;
  const isCpu = backend.device.startsWith('CPU');
  const mayBeIn = ({ nodes }: Subgraph): boolean => nodes.every(({ primitive, outputs, params }) =>
    !DRAWN_OTHERWISE.has(primitive) && !OF_SEVERAL.has(primitive) && !(isCpu && SLOW_ON_CPU.has(primitive)) &&
    !(primitive === 'random_uniform' && outputs[0].dtype !== 'float32') && subgraphsOf(params).every(mayBeIn));
  return mayBeIn(graph);
}

const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[times.length >> 1];

class TunedExecutable implements Executable {
  readonly #backend: Backend;
  readonly #graph: Graph;
  readonly #options: Omit<CompileOptions, 'jit'>;
  readonly #plain: Executable;
  /** What runs now. */
  #chosen: Executable;
  #optimised: Executable | undefined;
  #state: 'waiting' | 'compiling' | 'trying' | 'decided' = 'waiting';
  #runs = 0;
  #taken = 0;
  #lastDone = 0;
  readonly #times: { plain: number[]; optimised: number[] } = { plain: [], optimised: [] };
  #isDisposed = false;

  constructor(backend: Backend, graph: Graph, options: Omit<CompileOptions, 'jit'>, plain: Executable) {
    this.#backend = backend;
    this.#graph = graph;
    this.#options = options;
    this.#plain = plain;
    this.#chosen = plain;
  }

  run(operands: readonly Handle[]): Handle[] {
    const executable = this.#chosen;
    const called = performance.now();
    const made = executable.run(operands);
    this.#note(executable, called);
    return made;
  }

  async runAsync(operands: readonly Handle[], lane?: number): Promise<Handle[]> {
    const executable = this.#chosen;
    const called = performance.now();
    const made = await executable.runAsync(operands, lane);
    this.#note(executable, called);
    return made;
  }

  /** Takes the time of a run, which began when the run before it in its lane was done. */
  #note(executable: Executable, called: number): void {
    if (this.#state === 'decided') return;
    const now = performance.now();
    const time = now - Math.max(called, this.#lastDone);
    this.#lastDone = now;
    const { plain, optimised } = this.#times;
    if (this.#state === 'trying') {
      if (this.#runs++ % TURN > 0) (executable === this.#plain ? plain : optimised).push(time);
      this.#chosen = Math.floor(this.#runs / TURN) % 2 === 0 ? this.#optimised! : this.#plain;
      if (Math.min(plain.length, optimised.length) >= TIMED_RUNS) this.#decide();
    } else if (this.#state === 'waiting') {
      this.#runs++;
      this.#taken += time;
      const enough = 1000 * TAKEN_BEFORE * (COMPILE_SECONDS.graph + COMPILE_SECONDS.node * this.#graph.nodes.length);
      if (this.#runs >= TIMED_RUNS && this.#taken >= enough) void this.#compile();
    }
  }

  async #compile(): Promise<void> {
    this.#state = 'compiling';
    try {
      this.#optimised = this.#backend.compile(this.#graph, { ...this.#options, jit: true });
      await this.#rehearse(this.#optimised);
      if (this.#isDisposed) return;
      this.#state = 'trying';
      this.#runs = 0;
      this.#chosen = this.#optimised;
    } catch {
      // XLA does not know every op. Then the graph stays as it is.
      this.#keep(this.#plain);
    }
  }

  /** One run on zeros, and on variables of its own. XLA compiles when it first meets its operands' shapes. */
  async #rehearse(executable: Executable): Promise<void> {
    const backend = this.#backend;
    const { captures, state } = this.#graph;
    const inputs = Array.from({ length: this.#options.repeat ?? 1 }, () => this.#graph.inputs).flat();
    const zeros = [...inputs, ...state.map(({ read }) => read)].map((aval) => {
      const { shape, dtype } = aval;
      return { shape, dtype, handle: backend.upload(numbersToBits(new Uint8Array(sizeOf(shape)), dtype), shape, dtype) };
    });
    const variables = zeros.slice(inputs.length).map((initial) => backend.createVariable(initial));
    try {
      const values = zeros.slice(0, inputs.length).map(({ handle }) => handle);
      const made = await executable.runAsync([...values, ...captures.map(({ tensor }) => tensor.handle), ...variables]);
      for (const handle of made) backend.dispose(handle);
    } finally {
      for (const { handle } of zeros) backend.dispose(handle);
      for (const variable of variables) backend.disposeVariable(variable);
    }
  }

  #decide(): void {
    const { plain, optimised } = this.#times;
    this.#keep(median(optimised) <= WORTH * median(plain) ? this.#optimised! : this.#plain);
  }

  /** The other one stays, idle, until `dispose`: runs of it may be under way. */
  #keep(executable: Executable): void {
    this.#state = 'decided';
    this.#chosen = executable;
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#plain.dispose();
    this.#optimised?.dispose();
  }
}
