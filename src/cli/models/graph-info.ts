/** What the formats of graphs say of themselves: TensorFlow's SavedModel and ONNX. */
import { join } from 'node:path';
import { decodeSavedModel } from '../../backend/tensorflow/saved-model/messages.js';
import { dtypeNamed, shapeOf } from '../../backend/tensorflow/saved-model/structured.js';
import { decodeModel, ONNX_DTYPE, type ValueInfoMessage } from '../../export/onnx/proto.js';
import { readBytes } from '../../saving/files.js';
import { CommandError } from '../errors.js';
import type { FileInfo } from './file-info.js';

/** An input or output of a graph; null in the shape: any size. */
export interface TensorInfo {
  name: string;
  shape: readonly (number | string | null)[];
  dtype: string;
}

type Told = Omit<FileInfo, 'file' | 'format' | 'bytes'>;

/** @throws CommandError where the bytes are none */
function decoded<T>(file: string, what: string, decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    throw new CommandError(`'${file}' is no ${what}, or a damaged one: ${(cause as Error).message}`, { cause });
  }
}

/** The dtype of TensorFlow's number; those that there are not here by that. */
const tensorFlowDType = (number: number): string => {
  try {
    return dtypeNamed(number);
  } catch {
    return `dtype ${number}`;
  }
};

export async function savedModelInfo(folder: string): Promise<Told> {
  const file = join(folder, 'saved_model.pb');
  const bytes = await readBytes(file);
  return decoded(file, 'SavedModel', () => {
    const [graph] = decodeSavedModel(bytes).meta_graphs;
    const signatures = Object.entries(graph.signature_def).filter(([name]) => !name.startsWith('__'));
    const [, serving] = signatures.find(([name]) => name === 'serving_default') ?? signatures[0] ?? [];
    const tensors = (specs: NonNullable<typeof serving>['inputs'] = {}): TensorInfo[] => Object.entries(specs).map(([name, spec]) =>
      ({ name, shape: spec.tensor_shape.unknown_rank ? [] : shapeOf(spec.tensor_shape), dtype: tensorFlowDType(spec.dtype) }));
    const variables = (graph.object_graph_def?.nodes ?? []).flatMap(({ variable }) => (variable ? [variable] : []));
    return {
      generated_by: `TensorFlow ${graph.meta_info_def.tensorflow_version}`,
      endpoints: signatures.map(([name]) => name),
      inputs: tensors(serving?.inputs),
      outputs: tensors(serving?.outputs),
      weights: variables.map(({ name, shape, dtype }) =>
        ({ path: name, shape: shapeOf(shape).map((size) => size ?? 0), dtype: tensorFlowDType(dtype) })),
    };
  });
}

const onnxDType = (number: number): string =>
  Object.entries(ONNX_DTYPE).find(([, known]) => known === number)?.[0] ?? `dtype ${number}`;

export async function onnxInfo(file: string): Promise<Told> {
  const bytes = await readBytes(file);
  return decoded(file, 'ONNX model', () => {
    const { graph, producer_name, producer_version, opset_import } = decodeModel(bytes);
    const weights = graph.initializer.map(({ name, dims, data_type }) => ({ path: name, shape: dims.map(Number), dtype: onnxDType(data_type) }));
    const isWeight = new Set(weights.map(({ path }) => path));
    const tensors = (values: readonly ValueInfoMessage[]): TensorInfo[] => values.filter(({ name }) => !isWeight.has(name))
      .map(({ name, type: { tensor_type: { elem_type, shape } } }) => ({
        name, dtype: onnxDType(elem_type), shape: shape.dim.map(({ dim_value, dim_param }) => dim_param || (dim_value ? Number(dim_value) : null)),
      }));
    return {
      model: { class_name: 'graph', name: graph.name || undefined, layers: graph.node.length },
      generated_by: [producer_name, producer_version, `opset ${opset_import.map(({ version }) => Number(version)).join(', ')}`].filter(Boolean).join(' '),
      inputs: tensors(graph.input), outputs: tensors(graph.output), weights,
    };
  });
}
