/** What an exported function takes: shapes, dtypes and names of its arguments, given or found on a model. */
import { standardizeDType, type DType } from '../engine/dtype.js';
import { Tensor } from '../engine/tensor.js';
import { isPlainObject, mapStructure } from '../engine/structure.js';
import type { SymbolicShape } from '../engine/shape.js';
import { InputSpec } from '../layers/input-spec.js';
import { isShape } from '../layers/layer-call.js';
import type { Layer } from '../layers/layer.js';
import { KerasTensor } from '../ops/keras-tensor.js';

/** An argument of an exported function. */
export class ArgumentSpec {
  readonly shape: SymbolicShape;
  readonly dtype: DType;
  readonly name: string | null;

  constructor(shape: SymbolicShape, dtype: DType, name: string | null) {
    this.shape = shape;
    this.dtype = dtype;
    this.name = name;
  }
}

/** A model or a function cannot be exported as it is. */
export class ExportError extends Error {
  override name = 'ExportError';
}

/** What a signature is made of: the batch size of tensors is taken to be unknown. */
export type InputSignature = readonly unknown[];

function argumentSpec(leaf: unknown): ArgumentSpec {
  if (leaf instanceof ArgumentSpec) return leaf;
  if (leaf instanceof InputSpec) {
    if (!leaf.shape || leaf.dtype === null) {
      throw new ExportError('An InputSpec of an input signature needs both shape and dtype, received ' +
        `${JSON.stringify(leaf.get_config())}.`);
    }
    return new ArgumentSpec(leaf.shape, standardizeDType(leaf.dtype), leaf.name);
  }
  if (leaf instanceof KerasTensor || leaf instanceof Tensor) {
    const shape = leaf.shape.length === 0 ? [] : [null, ...leaf.shape.slice(1)];
    return new ArgumentSpec(shape, leaf.dtype, leaf instanceof KerasTensor ? leaf.name : null);
  }
  throw new ExportError('An input signature is an array, one item an argument, of keras.InputSpec, keras.KerasTensor or ' +
    `tensors, or arrays and objects of these, received ${String(leaf)}.`);
}

/** A signature given by a user, with an ArgumentSpec at each leaf. */
export function standardizeSignature(signature: unknown): unknown[] {
  if (!Array.isArray(signature)) argumentSpec(signature);
  return (Array.isArray(signature) ? signature : [signature]).map((argument) => mapStructure(argumentSpec, argument));
}

/** What is asked of a model that is exported. */
export interface ExportableModel extends Layer {
  readonly _graph: { readonly inputs_struct: unknown } | undefined;
}

/** The signature of a model: its inputs, or the shapes that it was built on, with any batch size. */
export function signatureOf(model: ExportableModel): unknown[] {
  if (!model.built) {
    throw new ExportError(`Model '${model.name}' has not been built, so that its inputs are not known: call it on data, or ` +
      'build it, before export.');
  }
  if (model._graph) return standardizeSignature([model._graph.inputs_struct]);
  const config = model.get_build_config();
  const shapes = config && 'input_shape' in config ? [config.input_shape] : Object.values(config?.shapes_dict ?? {});
  if (shapes.length === 0) {
    throw new ExportError(`Model '${model.name}' has never been called, so that its inputs are not known: call it on data ` +
      'once, or give an input_signature.');
  }
  return shapes.map((shape) => specsOfShapes(shape, model.input_dtype));
}

function specsOfShapes(shapes: unknown, dtype: DType): unknown {
  if (isShape(shapes)) return new ArgumentSpec([null, ...shapes.slice(1)], dtype, null);
  if (Array.isArray(shapes)) return shapes.map((shape) => specsOfShapes(shape, dtype));
  if (!isPlainObject(shapes)) throw new ExportError(`Not a shape: ${String(shapes)}.`);
  return Object.fromEntries(Object.entries(shapes).map(([key, shape]) => [key, specsOfShapes(shape, dtype)]));
}
