/** What of a SavedModel knows no objects: functions by names of arguments, and the graph that TensorFlow Serving runs. */
import type { DType } from '../../../engine/dtype.js';
import type { Variable } from '../../../engine/variable.js';
import type { Endpoint, TensorSpec } from '../../saved-model.js';
import { attrMessage, type Attr, type Attrs } from '../attributes.js';
import { TF_DTYPE } from '../binding.js';
import type { ArgMessage, FunctionMessage, NodeMessage } from '../proto.js';
import type { SignatureMessage, TensorInfoMessage } from './messages.js';
import { openShape } from './structured.js';

/** SaverDef.CheckpointFormatVersion.V2 */
const CHECKPOINT_V2 = 2;

export interface Argument extends TensorSpec {
  name: string;
}

/** What of an endpoint the object graph and the signatures need. */
export interface Written {
  endpoint: Endpoint;
  /** Names of the function of the endpoint and of the one that takes its arguments by name. */
  name: string;
  wrapper: string;
  inputs: Argument[];
  outputs: Argument[];
  variables: readonly Variable[];
}

/** The key of a variable in the checkpoint. */
export const key = (position: number): string => `_all_variables/${position}/.ATTRIBUTES/VARIABLE_VALUE`;

const call = (f: string, inputs: readonly ArgMessage[], outputs: readonly { dtype: DType }[]): NodeMessage['attr'] => messages({
  f: { func: f }, Tin: { typeNumbers: inputs.map(({ type }) => type!) }, Tout: { types: outputs.map(({ dtype }) => dtype) },
  config: { string: '' }, config_proto: { string: '' }, executor_type: { string: '' } });

const messages = (attrs: Attrs): NodeMessage['attr'] =>
  Object.fromEntries(Object.entries(attrs).map(([name, attr]: [string, Attr]) => [name, attrMessage(attr)]));

/** The function of a signature: arguments and results in the order of their names, as Python sorts dicts. */
export function wrapperOf({ name, wrapper, inputs, outputs, variables }: Written): FunctionMessage {
  const resources = variables.map((_, i) => ({ name: `unknown_${i}`, type: TF_DTYPE.resource }));
  const args = inputs.map((input, i) => ({ name: `argument_${i}`, type: TF_DTYPE[input.dtype], key: input.name }));
  const sorted = args.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const order = outputs.map((output, i) => ({ output, i })).toSorted((a, b) => (a.output.name < b.output.name ? -1 : 1));
  const node = 'StatefulPartitionedCall';
  const results = order.map(({ output, i }) => ({ name: `result_${i}`, type: TF_DTYPE[output.dtype], ref: `${node}:output:${i}` }));
  const plain = ({ name: label, type }: ArgMessage): ArgMessage => ({ name: label, type });
  return {
    signature: { name: wrapper, input_arg: [...sorted.map(plain), ...resources], output_arg: results.map(plain), is_stateful: true,
      control_output: [node] },
    node_def: [{ name: node, op: node, input: [...args, ...resources].map((arg) => arg.name), attr: call(name, [...args, ...resources], outputs) }],
    ret: Object.fromEntries(results.map((result) => [result.name, result.ref])), control_ret: { [node]: node },
    attr: { _input_shapes: { list: { shape: [
      ...sorted.map(({ key: input }) => openShape(inputs.find((spec) => spec.name === input)!.shape)), ...resources.map(() => openShape([]))] } } },
  };
}

/** The graph that TensorFlow Serving, and everything that knows no objects, runs. */
export class ServingGraph {
  readonly nodes: NodeMessage[] = [];
  readonly #variables: readonly Variable[];
  readonly #names: readonly string[];
  #calls = 0;

  constructor(variables: readonly Variable[], names: readonly string[]) {
    this.#variables = variables;
    this.#names = names;
    variables.forEach(({ shape, dtype }, i) => this.#add(names[i], 'VarHandleOp', [], {
      dtype: { type: dtype }, shape: { shape }, shared_name: { string: names[i] }, container: { string: '' } }));
  }

  #add(name: string, op: string, input: readonly string[], attrs: Attrs): string {
    this.nodes.push({ name, op, input: [...input], attr: messages(attrs) });
    return name;
  }

  serve(signature: string, { wrapper, inputs, outputs, variables }: Written): SignatureMessage {
    const info = ({ shape, dtype }: TensorSpec, name: string): TensorInfoMessage =>
      ({ name, dtype: TF_DTYPE[dtype], tensor_shape: openShape(shape) });
    const sorted = inputs.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const results = outputs.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const placeholders = sorted.map(({ name, shape, dtype }) => {
      const label = `${signature}_${name}`.replaceAll(/[^\w./-]/g, '_');
      this.nodes.push({ name: label, op: 'Placeholder', input: [], attr: {
        dtype: { type: TF_DTYPE[dtype] }, shape: { shape: openShape(shape) } } });
      return label;
    });
    const args = [...sorted.map(({ dtype }, i) => ({ name: placeholders[i], type: TF_DTYPE[dtype] as number })),
      ...variables.map((variable) => ({ name: this.#names[this.#variables.indexOf(variable)], type: TF_DTYPE.resource as number }))];
    const node = `StatefulPartitionedCall${this.#calls === 0 ? '' : `_${this.#calls}`}`;
    this.#calls++;
    this.nodes.push({ name: node, op: 'StatefulPartitionedCall', input: args.map(({ name }) => name), attr: call(wrapper, args, results) });
    return {
      inputs: Object.fromEntries(sorted.map((input, i) => [input.name, info(input, `${placeholders[i]}:0`)])),
      outputs: Object.fromEntries(results.map((output, i) => [output.name, info(output, `${node}:${i}`)])),
      method_name: 'tensorflow/serving/predict',
    };
  }

  /** Ops that read the checkpoint, and write one. */
  addSaver(): { filename_tensor_name: string; save_tensor_name: string; restore_op_name: string; version: number } {
    const file = this.#add('saver_filename', 'Placeholder', [], { dtype: { type: 'string' }, shape: { shape: [] } });
    const dtypes = this.#variables.map(({ dtype }) => dtype);
    const strings = (name: string, values: readonly string[]): string => {
      this.nodes.push({ name, op: 'Const', input: [], attr: { dtype: { type: TF_DTYPE.string }, value: { tensor: {
        dtype: TF_DTYPE.string, tensor_shape: openShape([values.length]), string_val: values.map((value) => new TextEncoder().encode(value)) } } } });
      return name;
    };
    const keys = strings('saver_keys', this.#variables.map((_, i) => key(i)));
    const slices = strings('saver_slices', this.#variables.map(() => ''));
    const types: Attrs = { dtypes: { types: dtypes } };
    if (dtypes.length > 0) this.#add('saver_restored', 'RestoreV2', [file, keys, slices], types);
    const assigned = dtypes.map((dtype, i) => this.#add(`saver_assign_${i}`, 'AssignVariableOp', [this.#names[i], `saver_restored:${i}`],
      { dtype: { type: dtype } }));
    const values = dtypes.map((dtype, i) => this.#add(`saver_value_${i}`, 'ReadVariableOp', [this.#names[i]], { dtype: { type: dtype } }));
    const saved = dtypes.length > 0 ? [`^${this.#add('saver_save', 'SaveV2', [file, keys, slices, ...values], types)}`] : [];
    const restore = this.#add('saver_restore_all', 'NoOp', assigned.map((name) => `^${name}`), {});
    const identity = this.#add('saver_saved', 'Identity', [file, ...saved], { T: { type: 'string' } });
    return { filename_tensor_name: `${file}:0`, save_tensor_name: `${identity}:0`, restore_op_name: restore, version: CHECKPOINT_V2 };
  }
}
