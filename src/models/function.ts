/** Function: a graph of operations, to be applied to other tensors. */
import { isTensorLike, toTensor, type TensorLike } from '../engine/convert.js';
import { formatShape, ShapeError, type SymbolicShape } from '../engine/shape.js';
import { describeStructure, mapStructure, packAs } from '../engine/structure.js';
import { isShape } from '../layers/layer-call.js';
import { KerasTensor } from '../ops/keras-tensor.js';
import { Operation } from '../ops/operation.js';
import { kerasExport } from '../saving/registration.js';
import { NotImplementedError } from '../utils/abstract.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { GraphFunction } from './graph-function.js';

export interface FunctionOptions {
  /** A KerasTensor, or KerasTensors in arrays and objects. */
  inputs: unknown;
  /** What is computed from them, in the same kind of structure. */
  outputs: unknown;
  name?: string | null;
}

const ARGUMENTS = ['inputs', 'outputs', 'name'] as const;

/**
 * The operations between symbolic inputs and outputs as a function of tensors: a functional model without a layer's state,
 * training or saving. Source: keras.Function.
 *
 * @throws GraphError when an output does not depend on the inputs alone
 * @example
 * const [a, b] = [new keras.KerasTensor([null, 3]), new keras.KerasTensor([null, 3])];
 * const fn = new keras.Function([a, b], keras.ops.multiply(keras.ops.add(a, b), 2));
 * fn([[[1, 2, 3]], [[10, 20, 30]]]).arraySync(); // [[22, 44, 66]]
 */
class KerasFunction extends Operation {
  readonly #graph: GraphFunction;

  constructor(...args: ConstructorArgs<FunctionOptions, typeof ARGUMENTS>) {
    const { inputs, outputs, name } = namedArguments<FunctionOptions>('Function', ARGUMENTS, args, [], ['inputs', 'outputs']);
    super(name);
    this.#graph = new GraphFunction(inputs, outputs);
  }

  /** The operations of the graph, from the inputs on. */
  get operations(): Operation[] {
    return [...this.#graph.operations];
  }

  /** The symbolic inputs in one list. */
  get inputs(): readonly KerasTensor[] {
    return this.#graph.inputs;
  }

  /** The symbolic outputs in one list. */
  get outputs(): readonly KerasTensor[] {
    return this.#graph.outputs;
  }

  override call(inputs: unknown): unknown {
    const values = this.#flat(inputs).map((value, i) => {
      const { dtype } = this.#graph.inputs[i];
      return value instanceof KerasTensor ? value : toTensor(value as TensorLike, dtype);
    });
    this.#checkShapes(values.map(({ shape }) => shape));
    return this.#graph.run(values);
  }

  override compute_output_spec(inputs: unknown): unknown {
    const values = this.#flat(inputs) as KerasTensor[];
    this.#checkShapes(values.map(({ shape }) => shape));
    const outputs = this.#graph.run(values, (operation, args, kwargs) => {
      const given = Object.keys(kwargs).length > 0 ? [...args, kwargs] : args;
      return operation.compute_output_spec(...given);
    });
    return mapStructure((leaf) => new KerasTensor((leaf as KerasTensor).shape, (leaf as KerasTensor).dtype), outputs);
  }

  /** The shapes of the outputs for shapes of the inputs. */
  compute_output_shape(input_shape: unknown): unknown {
    const shapes = isShape(input_shape) ? [input_shape] : flattenShapes(input_shape);
    const specs = shapes.map((shape, i) => new KerasTensor(shape, this.#graph.inputs[i]?.dtype));
    const outputs = this.compute_output_spec(packAs(this.#graph.inputs_struct, specs));
    return mapStructure((leaf) => [...(leaf as KerasTensor).shape], outputs);
  }

  /** Functions are not saved. @throws NotImplementedError always */
  override get_config(): never {
    throw new NotImplementedError(`Function '${this.name}' has no config: it is a graph of operations. To save one, make a ` +
      'model: new keras.Model(inputs, outputs).');
  }

  /** The leaves of the inputs, which have the structure of the symbolic ones. */
  #flat(inputs: unknown): unknown[] {
    const struct = this.#graph.inputs_struct;
    const leaves = leavesLike(struct, inputs);
    if (!leaves) {
      throw new ShapeError(`Function '${this.name}' takes inputs in the structure ${describeStructure(struct)}, received ` +
        `${describeStructure(inputs)}.`);
    }
    return leaves;
  }

  #checkShapes(shapes: readonly SymbolicShape[]): void {
    shapes.forEach((shape, i) => {
      const expected = this.#graph.inputs[i];
      const fits = shape.length === expected.shape.length &&
        shape.every((d, axis) => d === null || expected.shape[axis] === null || d === expected.shape[axis]);
      if (fits) return;
      throw new ShapeError(`Input '${expected.name}' of function '${this.name}' must have shape ` +
        `${formatShape(expected.shape)}, received ${formatShape(shape)}.`);
    });
  }
}
kerasExport(KerasFunction, 'keras.Function');
Object.defineProperty(KerasFunction, 'name', { value: 'Function' });
export { KerasFunction as Function };

/** What stands where a structure has its leaves; undefined where the structures differ. */
function leavesLike(struct: unknown, given: unknown): unknown[] | undefined {
  if (Array.isArray(struct)) {
    if (!Array.isArray(given) || given.length !== struct.length) return undefined;
    const parts = struct.map((item, i) => leavesLike(item, given[i]));
    return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
  }
  if (struct instanceof KerasTensor) return isTensorLike(given) || given instanceof KerasTensor ? [given] : undefined;
  const keys = Object.keys(struct as object).toSorted();
  const record = given as Record<string, unknown> | null;
  if (typeof record !== 'object' || record === null || !keys.every((key) => key in record)) return undefined;
  const parts = keys.map((key) => leavesLike((struct as Record<string, unknown>)[key], record[key]));
  return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
}

function flattenShapes(shapes: unknown): SymbolicShape[] {
  if (isShape(shapes)) return [shapes];
  const values = Array.isArray(shapes) ? shapes
    : Object.keys(shapes as object).toSorted().map((key) => (shapes as Record<string, unknown>)[key]);
  return values.flatMap(flattenShapes);
}
