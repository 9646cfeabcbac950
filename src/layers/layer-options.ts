/** Types that layers share: options of their constructors, weights and calls. */
import type { Identifier as Regularizer } from '../regularizers/index.js';
import type { Identifier as Initializer } from '../initializers/index.js';
import type { Identifier as Constraint } from '../constraints/index.js';
import type { TensorLike } from '../engine/convert.js';
import type { SymbolicShape } from '../engine/shape.js';
import type { Variable } from '../engine/variable.js';
import type { DTypePolicySpec } from '../dtype-policies/dtype-policy.js';

/** Options that every layer has. */
export interface LayerOptions {
  /** Default: the class name in snake case, numbered. */
  name?: string | null;
  /** Whether the weights are updated in training. Default true. */
  trainable?: boolean;
  /** A dtype or a policy such as 'mixed_float16'. Default: the global policy. */
  dtype?: DTypePolicySpec;
  /** Whether floating-point inputs are converted to the compute dtype. Default true. */
  autocast?: boolean;
  /**
   * The shape of the inputs without the batch, for the first layer of a Sequential. Keras advises against it: begin with
   * `keras.Input`.
   */
  input_shape?: SymbolicShape;
  /** Penalty on the output, divided by the batch size. */
  activity_regularizer?: Regularizer;
}

export interface AddWeightOptions {
  name?: string;
  /** Default `[]`, a scalar. */
  shape?: readonly (number | null)[];
  /** Default: the layer's variable dtype. */
  dtype?: string | null;
  /** Initializer, its name or its config. Default glorot_uniform for floats, zeros for others. */
  initializer?: Initializer;
  trainable?: boolean;
  /** Whether mixed precision reads the weight in the compute dtype. Default true. */
  autocast?: boolean;
  regularizer?: Regularizer;
  constraint?: Constraint;
  aggregation?: 'none' | 'mean' | 'sum' | 'only_first_replica';
}

/** Named arguments of a call; every `call` receives them as its second parameter. */
export interface CallOptions {
  training?: boolean;
  mask?: unknown;
  [name: string]: unknown;
}

/** Variables by name, as layers hand them to the file formats. */
export interface VariableStore {
  get(key: string): TensorLike;
  set(key: string, value: Variable): void;
  keys(): string[];
}

/** An argument of a layer's constructor is wrong, or the layer is used in a way it cannot be. */
export class LayerError extends Error {
  override name = 'LayerError';
}
