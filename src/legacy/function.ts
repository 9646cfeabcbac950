/** keras.backend: functions of placeholders. */
import { toTensor, type NDArray, type TensorLike } from '../engine/convert.js';
import { context } from '../engine/context.js';
import { jit } from '../engine/jit.js';
import { formatShape, ShapeError } from '../engine/shape.js';
import { tidy } from '../engine/scope.js';
import { flatten, packAs } from '../engine/structure.js';
import { Tensor, TracedValueError } from '../engine/tensor.js';
import { Variable } from '../engine/variable.js';
import { withCall } from '../layers/call-context.js';
import { GraphFunction } from '../models/graph-function.js';
import { convert_to_numpy } from '../ops/core/conversion.js';
import { KerasTensor } from '../ops/keras-tensor.js';
import { notice } from '../utils/notice.js';
import { fixedPhase, phasePlaceholder } from './learning-phase.js';
import { byPosition } from './named.js';

/** A value of the graph: symbolic, a variable (read at each call), or a function that computes from variables. */
type Output = KerasTensor | Variable | Tensor | (() => TensorLike);
/** A variable and the value that it takes at the end of each call. */
type FunctionUpdate = readonly [Variable, Output | TensorLike];

/** A graph between placeholders and outputs, compiled at the first call for each shape of the inputs. */
export interface BackendFunction {
  /** Values of the inputs, in their order; results in the structure of the outputs. */
  (inputs?: readonly TensorLike[]): NDArray[];
  /** Frees the compiled graphs; they are made again at the next call. */
  dispose(): void;
}

/** The value of an input as a tensor of the placeholder's dtype, after a check of its shape. */
function fed(value: TensorLike, { shape, dtype, name }: KerasTensor, i: number): Tensor {
  const tensor = toTensor(value, dtype);
  if (tensor.ndim === shape.length && shape.every((d, axis) => d === null || d === tensor.shape[axis])) return tensor;
  throw new ShapeError(`K.function: input ${i} is for the placeholder '${name}' of shape ${formatShape(shape)}, received ` +
    `shape ${formatShape(tensor.shape)}.`);
}

class Graph {
  readonly #inputs: readonly KerasTensor[];
  readonly #values: readonly unknown[];
  readonly #outputs: unknown;
  readonly #count: number;
  readonly #variables: readonly Variable[];
  readonly #graph: GraphFunction | undefined;
  readonly #phase = phasePlaceholder();

  constructor(inputs: readonly KerasTensor[], outputs: unknown, updates: readonly FunctionUpdate[]) {
    const bad = inputs.find((input) => !(input instanceof KerasTensor));
    if (bad !== undefined) {
      throw new TypeError(`The inputs of K.function are placeholders or other symbolic tensors, received ${String(bad)}.`);
    }
    for (const [target] of updates) {
      if (target instanceof Variable) continue;
      throw new TypeError(`The updates of K.function are pairs of a variable and its new value, received ${String(target)}.`);
    }
    this.#inputs = inputs;
    this.#outputs = outputs;
    const results = flatten(outputs);
    this.#count = results.length;
    this.#values = [...results, ...updates.map(([, value]) => value)];
    this.#variables = updates.map(([target]) => target);
    const symbolic = this.#values.filter((value) => value instanceof KerasTensor);
    const known = inputs.includes(this.#phase) ? inputs : [...inputs, this.#phase];
    this.#graph = symbolic.length === 0 ? undefined : new GraphFunction(known, symbolic);
  }

  /** The inputs as tensors, and the phase as a constant of the trace. */
  feed(values: readonly TensorLike[]): { tensors: Tensor[]; training: boolean | undefined } {
    if (!Array.isArray(values) || values.length !== this.#inputs.length) {
      const names = this.#inputs.map(({ name }) => name).join(', ');
      throw new TypeError(`This function of K.function takes an array of ${this.#inputs.length} values (${names}), received ` +
        `${Array.isArray(values) ? `one of ${values.length}` : String(values)}.`);
    }
    const tensors = values.map((value, i) => fed(value as TensorLike, this.#inputs[i], i));
    const place = this.#inputs.indexOf(this.#phase);
    return { tensors, training: place < 0 ? fixedPhase() : Boolean(tensors[place].dataSync()[0]) };
  }

  /** Outputs on tensors, and then the updates: all new values are computed before the first is assigned. */
  run(tensors: readonly Tensor[], training: boolean | undefined): Tensor[] {
    const graph = this.#graph;
    const phase = toTensor(training ?? false);
    const symbolic = withCall({ entry: this, training, losses: [] },
      () => (graph ? graph.run(graph.inputs.length > tensors.length ? [...tensors, phase] : tensors) : []) as Tensor[]);
    let next = 0;
    const values = this.#values.map((value) => {
      if (value instanceof KerasTensor) return symbolic[next++];
      return toTensor((typeof value === 'function' ? (value as () => TensorLike)() : value) as TensorLike);
    });
    this.#variables.forEach((target, i) => target.assign(values[this.#count + i]));
    return values.slice(0, this.#count);
  }

  pack(arrays: readonly NDArray[]): NDArray[] {
    return packAs(this.#outputs, arrays) as NDArray[];
  }
}

/**
 * A function of placeholders, compiled. Layers in the graph run in test mode, unless `K.learning_phase()` is among the
 * inputs, or has been set. A graph that reads values of tensors (`K.print_tensor`) runs without compilation.
 * Source: keras.backend.function.
 *
 * @param inputs placeholders, or tensors computed from some, to give values to
 * @param outputs what to compute of them: symbolic tensors, variables, or functions without arguments that compute from
 *   variables alone. A tensor is a constant
 * @param updates pairs of a variable and the value that it takes at the end of each call; `K.update` makes them
 * @returns a function of an array of values that gives NDArrays in the structure of the outputs
 * @throws GraphError when the outputs depend on placeholders that are no inputs
 * @example
 * const K = keras.backend;
 * const x = K.placeholder([null, 2]);
 * const total = K.variable(0);
 * const f = K.function([x], [K.sum(x, 1)], [K.update_add(total, K.sum(x))]);
 * f([[[1, 2], [3, 4]]])[0].tolist(); // [3, 7]
 * total; // 10
 */
function backendFunction(
  inputs: readonly KerasTensor[], outputs: readonly Output[] | Output,
  updates?: readonly FunctionUpdate[] | { updates?: readonly FunctionUpdate[] },
): BackendFunction;
function backendFunction(args: {
  inputs: readonly KerasTensor[]; outputs: readonly Output[] | Output; updates?: readonly FunctionUpdate[];
}): BackendFunction;
function backendFunction(...args: unknown[]): BackendFunction {
  const [inputs, outputs, updates = []] = byPosition('function', ['inputs', 'outputs', 'updates'], args, ['outputs']) as
    [readonly KerasTensor[], unknown, (readonly FunctionUpdate[])?];
  const graph = new Graph(inputs, outputs, updates);
  const run = (tensors: readonly Tensor[], training: boolean | undefined): Tensor[] => graph.run(tensors, training);
  const compiled = jit(run, { name: 'backend_function' });
  let isEager = false;
  const compute = (tensors: Tensor[], training: boolean | undefined): Tensor[] => {
    if (isEager) return run(tensors, training);
    try {
      return compiled(tensors, training);
    } catch (error) {
      if (!(error instanceof TracedValueError) || context.tracer) throw error;
      notice(`A function of K.function reads values of tensors, so it runs without compilation: ${error.message.split('\n')[0]}`);
      isEager = true;
      return run(tensors, training);
    }
  };
  const call = (values: readonly TensorLike[] = []): NDArray[] => {
    let arrays: NDArray[] = [];
    tidy(() => {
      const { tensors, training } = graph.feed(values);
      arrays = compute(tensors, training).map((tensor) => convert_to_numpy(tensor));
    });
    return graph.pack(arrays);
  };
  return Object.assign(call, { dispose: () => compiled.dispose() });
}
export { backendFunction as function };
