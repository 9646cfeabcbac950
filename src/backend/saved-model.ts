/** TensorFlow's SavedModels, as a backend that can write and run them offers them. */
import type { Graph } from '../engine/graph.js';
import type { DType } from '../engine/dtype.js';
import type { SymbolicShape } from '../engine/shape.js';
import type { Variable } from '../engine/variable.js';
import type { Aval, Handle } from './backend.js';

/** An argument or a result of an endpoint. */
export interface TensorSpec {
  readonly shape: SymbolicShape;
  readonly dtype: DType;
  readonly name: string | null;
}

/** A function of a SavedModel. */
export interface Endpoint {
  readonly name: string;
  /** Traces of the function that are alike but for the sizes of unknown dimensions. */
  readonly graphs: readonly Graph[];
  /** One item an argument: a TensorSpec, or arrays and objects of them. */
  readonly signature: readonly unknown[];
  /** The structure of the result; what its leaves are does not matter. */
  readonly structure: unknown;
}

export interface SavedModelContents {
  readonly endpoints: readonly Endpoint[];
  /** Lists of variables by the names under which the loaded object has them. */
  readonly collections: Readonly<Record<string, readonly Variable[]>>;
}

/** A variable of a SavedModel, with its value. */
export interface LoadedVariable extends Aval {
  readonly name: string;
  readonly trainable: boolean;
  readonly handle: Handle;
}

/** A function of a SavedModel that has been loaded. */
export interface LoadedEndpoint {
  /** One item an argument, as in an Endpoint. */
  readonly signature: readonly unknown[];
  /** Names of the arguments that are given by name alone; undefined where they are given by position. */
  readonly keywords: readonly string[] | undefined;
  /** The result: TensorSpecs in arrays and objects. */
  readonly outputs: unknown;
  /** Places of the variables that it uses. */
  readonly variables: readonly number[];
  /**
   * @param inputs handles of the tensors of the arguments, in the order of their leaves
   * @param variables handles of the variables that it uses, in the order of `variables`
   */
  run(inputs: readonly Handle[], variables: readonly Handle[]): (Aval & { handle: Handle })[];
}

export interface LoadedSavedModel {
  readonly variables: readonly LoadedVariable[];
  /** Functions that are attributes of the object, then signatures that are not. */
  readonly endpoints: ReadonlyMap<string, LoadedEndpoint>;
  dispose(): void;
}

export interface SavedModelSupport {
  /** Writes `saved_model.pb` and `variables/` into a folder that is there and empty. */
  write(folder: string, contents: SavedModelContents): Promise<void>;
  /** Opens one; at once, because layers are made at once. */
  load(folder: string): LoadedSavedModel;
}
