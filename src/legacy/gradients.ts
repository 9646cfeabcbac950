/** keras.backend: gradients in graphs of placeholders. */
import { flatten, packAs } from '../engine/structure.js';
import { Tape, zerosLike } from '../engine/tape.js';
import { Tensor } from '../engine/tensor.js';
import { Variable } from '../engine/variable.js';
import { GraphFunction } from '../models/graph-function.js';
import { KerasTensor } from '../ops/keras-tensor.js';
import { Operation } from '../ops/operation.js';
import { computeOutputSpec } from '../ops/symbolic.js';
import { byPosition } from './named.js';

type Source = KerasTensor | Variable;

/** The placeholders that a symbolic tensor is computed from. */
function placeholdersOf(tensor: KerasTensor): KerasTensor[] {
  const found = new Set<KerasTensor>();
  const seen = new Set<KerasTensor>();
  const stack = [tensor];
  for (let next = stack.pop(); next; next = stack.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const history = next._keras_history;
    const inputs = history?.operation._inbound_nodes[history.node_index].input_tensors ?? [];
    if (inputs.length === 0) found.add(next);
    stack.push(...inputs);
  }
  return [...found];
}

/** The graph of a loss, run with a tape: from its placeholders to its gradients by the sources. */
class GradientOperation extends Operation {
  readonly #graph: GraphFunction;
  readonly #sources: readonly Source[];

  constructor(graph: GraphFunction, sources: readonly Source[]) {
    super();
    this.#graph = graph;
    this.#sources = sources;
  }

  /** A source that the loss does not depend on in this phase, but did when the graph was made, has a gradient of zeros. */
  override call(...values: unknown[]): (Tensor | null)[] {
    const { gradients: found, wanted } = this.#compute(values);
    return found.map((gradient, i) => {
      const source = this.#sources[i];
      const like = source instanceof Variable ? source.value : wanted.get(source);
      return gradient ?? (like ? zerosLike(like) : null);
    });
  }

  override compute_output_spec(...args: unknown[]): unknown {
    return computeOutputSpec((...values) => this.#compute(values).gradients, args);
  }

  #compute(values: readonly unknown[]): { gradients: (Tensor | null)[]; wanted: ReadonlyMap<Source, Tensor> } {
    const tape = new Tape();
    tape.watchVariables(this.#sources.filter((source) => source instanceof Variable));
    const wanted = new Map<Source, Tensor>();
    const [loss] = tape.run(() => this.#graph.run(values, undefined, (tensor, value) => {
      if (!this.#sources.includes(tensor) || !(value instanceof Tensor)) return;
      tape.watch(value);
      wanted.set(tensor, value);
    })) as Tensor[];
    const tensors = [...wanted.values()];
    const byTensor = tensors.length > 0 ? tape.gradients([loss], tensors) : [];
    const variables = this.#sources.filter((source) => source instanceof Variable);
    const byVariable = variables.length > 0 ? tape.variableGradients([loss], variables) : [];
    const gradients = this.#sources.map((source) => (source instanceof Variable
      ? byVariable[variables.indexOf(source)] : byTensor[tensors.indexOf(wanted.get(source)!)]) ?? null);
    return { gradients, wanted };
  }
}

/**
 * Symbolic gradients of a symbolic loss, to be computed by `K.function`. A loss that is no scalar is summed. (Gradients
 * of functions of tensors are those of `keras.grad`; of a training step, `keras.variable_gradients`.)
 * Source: keras.backend.gradients.
 *
 * @param loss computed from placeholders
 * @param variables placeholders, symbolic tensors on the way to the loss, or variables: one, or an array
 * @returns one gradient for each, null where the loss does not depend on it; always an array
 * @throws TypeError when the loss is not symbolic
 * @example
 * const K = keras.backend;
 * const x = K.placeholder([null, 2]);
 * const w = K.variable([[1], [2]]);
 * const loss = K.sum(K.square(K.dot(x, w)));
 * const f = K.function([x], K.gradients(loss, [x, w]));
 * f([[[1, 1]]]).map((gradient) => gradient.tolist()); // [[[6, 12]], [[6], [6]]]
 */
export function gradients(loss: KerasTensor, variables: Source | readonly Source[]): KerasTensor[];
export function gradients(args: { loss: KerasTensor; variables: Source | readonly Source[] }): KerasTensor[];
export function gradients(...args: unknown[]): KerasTensor[] {
  const [loss, variables] = byPosition('gradients', ['loss', 'variables'], args) as [KerasTensor, Source | readonly Source[]];
  if (!(loss instanceof KerasTensor)) {
    throw new TypeError(`K.gradients differentiates a loss that is computed from placeholders, received ${String(loss)}. ` +
      'For tensors with values, use keras.grad of a function, or keras.variable_gradients.');
  }
  const sources = flatten(variables) as Source[];
  const bad = sources.find((source) => !(source instanceof KerasTensor || source instanceof Variable));
  if (bad !== undefined) {
    throw new TypeError(`K.gradients differentiates by symbolic tensors and variables, received ${String(bad)}.`);
  }
  const inputs = placeholdersOf(loss);
  const operation = new GradientOperation(new GraphFunction(inputs, [loss]), sources);
  return packAs(sources, operation.symbolic_call(inputs) as unknown[]) as KerasTensor[];
}
