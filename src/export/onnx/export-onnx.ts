/** ONNX files: a function traced, its graph in ONNX's ops, the weights beside it. */
import { bytesOf, type NumericArray } from '../../engine/dtype.js';
import { fold } from '../../engine/fold.js';
import { byteLengthOf } from '../../engine/shape.js';
import { flatten, isPlainObject } from '../../engine/structure.js';
import { version } from '../../version.js';
import { ExportError, type ArgumentSpec } from '../input-signature.js';
import { pairValues, traceAtSizes, type SizedGraphs } from '../sized-graphs.js';
import { emitGraph } from './emit.js';
import { Merger, tensorMessage, valueInfo } from './merge.js';
import { encodeModel, ONNX_DTYPE, type LargeTensor, type ModelContents } from './proto.js';
import { findWeights, type Weight } from './weights.js';

/** Versions of ONNX's set of ops whose meaning is that of the nodes written, and the format that goes with each. */
const IR_VERSIONS: Readonly<Record<number, number>> = { 18: 8, 19: 9, 20: 9, 21: 10 };
export const DEFAULT_OPSET = 18;

/** What one protobuf message can hold. */
const MOST_BYTES = 2 ** 31 - 1;

/**
 * A function of tensors as the contents of an ONNX file.
 * @param signature an ArgumentSpec, or a structure of them, for each argument
 * @param name of the graph
 */
export function encodeAsOnnx(
  fn: (...args: unknown[]) => unknown, signature: readonly unknown[], opset: number, name: string,
): ModelContents {
  const irVersion = IR_VERSIONS[opset];
  if (irVersion === undefined) {
    throw new ExportError(`opset_version must be one of ${Object.keys(IR_VERSIONS).join(', ')}, received ${opset}.`);
  }
  const traced = traceAtSizes(fn, signature);
  const assigned = traced.graphs[0].state.find((slot) => slot.assigned);
  if (assigned) {
    throw new ExportError(`The function assigns variable '${assigned.variable.path}'; an ONNX file has no state. ` +
      "Export with format 'tf_saved_model', or leave the assignment out of inference.");
  }
  const sized = { ...traced, graphs: traced.graphs.map(fold) };
  const weights = findWeights(sized);
  const pairs = pairValues(sized.graphs);
  const names = namesOf(sized);
  const emitted = sized.graphs.map((graph, trace) => {
    const unknown = new Map([...pairs].map(([, values]) => [values[trace],
      values[0].shape.map((d, axis) => values.some((value) => value.shape[axis] !== d))]));
    return emitGraph(graph, names, weights, (value, axis) => unknown.get(value)?.[axis] ?? false);
  });
  const merger = new Merger();
  const nodes = merger.merge(emitted.map(({ body }) => body));
  const used = emitted[0].weights;
  requireSize(used);
  const [texts, numbers] = [true, false].map((isText) => [...used].filter(([, { dtype }]) => (dtype === 'string') === isText));
  const [first] = sized.graphs;
  const outputShapes = first.outputs.map((_, i) => sized.graphs.map(({ outputs }) => outputs[i].shape));
  const batches = sized.graphs.map(({ inputs }) => inputs.find((_, i) => sized.arguments[i].shape[0] === null)?.shape[0]);
  return encodeModel({
    ir_version: irVersion, producer_name: 'keras-node', producer_version: version(),
    graph: {
      name, node: nodes,
      initializer: [...merger.initializers, ...texts.map(([label, { value, shape, dtype }]) => tensorMessage(label, value.bits(), shape, dtype))],
      input: sized.arguments.map((spec, i) => valueInfo(names.inputs[i], spec.dtype, dimensionNames(spec, i))),
      output: first.outputs.map(({ shape, dtype }, i) => valueInfo(names.outputs[i], dtype, shape.map((d, axis) => {
        const sizes = outputShapes[i].map((other) => other[axis]);
        return sizes.every((size) => size === d) ? d : sizes.every((size, t) => size === batches[t]) ? 'batch' : null;
      }))),
    },
    opset_import: [{ domain: '', version: opset }],
  }, numbers.map(([label, weight]) => largeTensor(label, weight)));
}

/** The value is that of now, and stays on the device until it is read. */
function largeTensor(name: string, { value, shape, dtype }: Weight): LargeTensor {
  return {
    message: { name, dims: shape, data_type: ONNX_DTYPE[dtype] },
    byteLength: byteLengthOf({ shape, dtype }),
    read: () => bytesOf(value.bits() as NumericArray),
  };
}

/** Arguments by their own names, results as Keras names those of its exports: output_0 and so on, or their keys. */
function namesOf({ arguments: specs, structure }: SizedGraphs): { inputs: string[]; outputs: string[] } {
  const inputs = unique(specs.map((spec, i) => spec.name ?? `input_${i}`));
  const count = flatten(structure).length;
  const isFlat = isPlainObject(structure) && count === Object.keys(structure).length;
  const outputs = isFlat ? Object.keys(structure).toSorted() : Array.from({ length: count }, (_, i) => `output_${i}`);
  return { inputs, outputs: unique(outputs, inputs) };
}

function unique(names: readonly string[], taken: readonly string[] = []): string[] {
  const made: string[] = [];
  for (const name of names) {
    let free = name;
    for (let i = 1; made.includes(free) || taken.includes(free); i++) free = `${name}_${i}`;
    made.push(free);
  }
  return made;
}

const dimensionNames = ({ shape }: ArgumentSpec, i: number): (number | string)[] =>
  shape.map((d, axis) => d ?? (axis === 0 ? 'batch' : `dim_${i}_${axis}`));

export function requireSize(weights: ReadonlyMap<string, Pick<Weight, 'shape' | 'dtype'>>): void {
  const bytes = [...weights.values()].reduce((sum, weight) => sum + byteLengthOf(weight), 0);
  if (bytes < MOST_BYTES) return;
  throw new ExportError(`The weights take ${bytes} bytes, and an ONNX file holds less than 2 GB (2147483648 bytes). ` +
    "Export with format 'tf_saved_model', or in a smaller dtype.");
}
