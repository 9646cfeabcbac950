/** Rematerialization: what a function computes on the way is freed, and computed again when its gradient is asked for. */
import { apply, applyAll } from './apply.js';
import { captureState, context, withContext, type Recorder } from './context.js';
import { repack, tensorsOf } from './control-flow.js';
import { memoryScope, tidy } from './scope.js';
import { StatelessScope } from './stateless-scope.js';
import { flatten, packAs } from './structure.js';
import { Tape } from './tape.js';
import { Tensor } from './tensor.js';
import type { Variable } from './variable.js';

/** Notices which tensors and variables a function uses from outside. */
class Watcher implements Recorder {
  readonly captured = new Set<Tensor>();
  /** The value that each variable had when it was first read. */
  readonly reads = new Map<Variable, Tensor>();
  readonly #own: Set<Tensor>;

  constructor(args: readonly Tensor[]) {
    this.#own = new Set(args);
  }

  #note(inputs: readonly Tensor[], outputs: readonly Tensor[]): void {
    for (const input of inputs) if (!this.#own.has(input)) this.captured.add(input);
    for (const output of outputs) this.#own.add(output);
  }

  record(_name: string, inputs: readonly Tensor[], _params: unknown, outputs: readonly Tensor[]): void {
    this.#note(inputs, outputs);
  }

  recordCustom(inputs: readonly Tensor[], outputs: readonly Tensor[]): void {
    this.#note(inputs, outputs);
  }

  save(): undefined {
    return undefined;
  }

  noteRead(variable: Variable, tensor: Tensor): void {
    if (this.#own.has(tensor) || this.reads.has(variable)) return;
    this.reads.set(variable, tensor);
    this.#own.add(tensor);
  }
}

/**
 * A function that keeps nothing of what it computes on the way: when a gradient is asked for, it is computed again.
 * Trades time for memory. Source: keras.remat.
 *
 * The function runs twice: it must compute the same each time. Variables have the values of the first time in the
 * second one, also the seeds of random numbers, and are not assigned again. In the body of a compiled loop it changes
 * nothing: a loop keeps of each step what the gradient needs.
 *
 * @param f takes tensors or structures of them, and gives such
 * @example
 * const block = keras.remat((x) => ops.sin(ops.square(x)));
 * keras.grad(block)(ops.array(2)).item(); // -2.614574
 */
export function remat<A extends unknown[], R>(f: (...args: A) => R): (...args: A) => R {
  return (...args) => {
    const { tapes } = context;
    if (tapes.length === 0) return f(...args);
    const leaves = flatten(args);
    const sources = [...new Set(leaves.filter((leaf) => leaf instanceof Tensor))];
    const runAsNow = captureState();

    // 1. the function, of which only the results and what it uses from outside are kept
    const watcher = new Watcher(sources);
    const { result } = withContext({ tapes: [watcher] }, () => {
      const run = (): { result: R; kept: unknown } =>
        ({ result: f(...args), kept: [...watcher.captured, ...watcher.reads.values()] });
      return context.tracer ? run() : memoryScope(run);
    });
    for (const [variable, tensor] of watcher.reads) for (const tape of tapes) tape.noteRead(variable, tensor);
    const inputs = [...sources, ...[...watcher.captured].filter((x) => !sources.includes(x)), ...watcher.reads.values()];
    const outputs = withContext({ tapes: [] }, () => tensorsOf(result)
      .map((y) => (inputs.includes(y) ? apply('reshape', [y], { shape: y.shape }) : y)));

    // 2. its gradient
    const pullback = (gradients: readonly (Tensor | undefined)[]): (Tensor | undefined)[] => tidy(() => {
      const seeds = gradients.filter((g) => g !== undefined);
      const fresh = [...sources, ...watcher.reads.values()];
      const again = context.tracer && fresh.length > 0 ? applyAll('barrier', [...fresh, seeds[0]], {}) : fresh;
      const given = leaves.map((leaf) => (leaf instanceof Tensor ? again[sources.indexOf(leaf)] : leaf));
      const scope = new StatelessScope([...watcher.reads.keys()].map((v, i) => [v, again[sources.length + i]] as const));
      const tape = new Tape();
      const captured = inputs.slice(sources.length, inputs.length - watcher.reads.size);
      const all = [...again.slice(0, sources.length), ...captured, ...again.slice(sources.length)];
      tape.watch(...all);
      const made = runAsNow(() => scope.run(() => tape.run(() => tensorsOf(f(...(packAs(args, given) as A))))));
      return tape.gradients(made.filter((_, i) => gradients[i]), all, seeds);
    });
    for (const tape of tapes) tape.recordCustom(inputs, outputs, pullback);
    return repack(result, outputs) as R;
  };
}
