/** Tracing: a function runs once on abstract tensors, and the primitives it applies become a graph. */
import type { Aval } from '../backend/backend.js';
import { context, withContext, type Tracer, type VariableScope } from './context.js';
import type { Graph, Node, StateSlot, Value } from './graph.js';
import type { ParamsOf, PrimitiveName } from './primitives/index.js';
import { Tensor } from './tensor.js';
import type { Variable } from './variable.js';

/** Thrown when a traced function keeps a tensor of another, finished trace. */
export class LeakedTraceError extends Error {
  override name = 'LeakedTraceError';
}

export class Trace implements Tracer, VariableScope {
  isInside = false;
  readonly #parent = context.tracer;
  #nextValue = 0;
  #inputs: Value[] = [];
  #nodes: Node[] = [];
  #captures = new Map<Tensor, Value>();
  #state = new Map<Variable, { slot: StateSlot; current: Tensor }>();
  #own = new WeakSet<Value>();

  #value(aval: Aval, node?: Node, index = 0): Value {
    const value: Value = { id: this.#nextValue++, shape: aval.shape, dtype: aval.dtype, node, index };
    this.#own.add(value);
    return value;
  }

  #tensor(value: Value): Tensor {
    return new Tensor(value.shape, value.dtype, undefined, undefined, value);
  }

  /** An argument of the function being traced. */
  input(aval: Aval): Tensor {
    const value = this.#value(aval);
    this.#inputs.push(value);
    return this.#tensor(value);
  }

  #lift(tensor: Tensor): Value {
    if (tensor.value && this.#own.has(tensor.value)) return tensor.value;
    if (tensor.value && !this.#parent) {
      throw new LeakedTraceError(`${tensor.toString()} belongs to a function whose trace has ended. ` +
        'Do not keep tensors of a compiled function outside of it: return them, or assign them to a Variable.');
    }
    let value = this.#captures.get(tensor);
    if (!value) {
      if (!tensor.value) void tensor.handle; // an error now if it has been disposed
      value = this.#value(tensor);
      this.#captures.set(tensor, value);
    }
    return value;
  }

  apply<N extends PrimitiveName>(
    name: N, inputs: readonly Tensor[], params: ParamsOf<N>, outputs: readonly Aval[],
  ): Tensor[] {
    const node = {
      primitive: name, params, inputs: inputs.map((t) => this.#lift(t)), outputs: [] as Value[], scopes: context.nameScopes } as Node;
    for (let i = 0; i < outputs.length; i++) node.outputs.push(this.#value(outputs[i], node, i));
    this.#nodes.push(node);
    return node.outputs.map((value) => this.#tensor(value));
  }

  #slot(variable: Variable): { slot: StateSlot; current: Tensor } {
    let entry = this.#state.get(variable);
    if (!entry) {
      const read = this.#value(variable);
      entry = { slot: { variable, read, assigned: undefined }, current: this.#tensor(read) };
      this.#state.set(variable, entry);
    }
    return entry;
  }

  read(variable: Variable): Tensor {
    return this.#slot(variable).current;
  }

  assign(variable: Variable, value: Tensor): boolean {
    const entry = this.#slot(variable);
    entry.slot.assigned = this.#lift(value);
    entry.current = this.#tensor(entry.slot.assigned);
    return true;
  }

  run<T>(fn: () => T): T {
    // A stateless scope around the trace keeps its variables: the trace's own scope comes first to be asked last.
    return withContext({ tracer: this, variableScopes: [this, ...context.variableScopes], memoryScope: undefined }, fn);
  }

  /**
   * Traces a part of a function around it: variables that it reads and assigns are the part's own state, whatever
   * scopes are around, and tapes do not look inside.
   */
  runInside<T>(fn: () => T): T {
    this.isInside = true;
    return withContext(
      { tracer: this, variableScopes: [...context.variableScopes, this], tapes: [], memoryScope: undefined }, fn);
  }

  finish(outputs: readonly Tensor[]): Graph {
    // First, because a result may be a tensor from outside, which becomes a capture here.
    const results = outputs.map((tensor) => this.#lift(tensor));
    return {
      inputs: this.#inputs,
      captures: [...this.#captures].map(([tensor, value]) => ({ tensor, value })),
      state: [...this.#state.values()].map(({ slot }) => slot),
      nodes: this.#nodes,
      outputs: results,
    };
  }
}

/** Runs a function on abstract tensors only for the shapes and dtypes of what it returns; state is not touched. */
export function abstractly<T>(fn: (trace: Trace) => T): T {
  const trace = new Trace();
  return withContext({ tapes: [], variableScopes: [] }, () => trace.run(() => fn(trace)));
}
