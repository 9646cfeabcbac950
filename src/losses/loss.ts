/** Base of the losses. */
import { toTensor, type TensorLike } from '../engine/convert.js';
import { getDefaultFloat, type DType } from '../engine/dtype.js';
import { tidy } from '../engine/scope.js';
import { isPlainObject } from '../engine/structure.js';
import { Tensor } from '../engine/tensor.js';
import { getPolicy, type DTypePolicy } from '../dtype-policies/dtype-policy.js';
import { logicalAnd } from '../ops/tensor-math.js';
import { cast } from '../ops/promotion.js';
import { kerasExport } from '../saving/registration.js';
import { requirePair } from '../utils/checks.js';
import { declareAbstract } from '../utils/abstract.js';
import { namedArguments, positionalArguments, type ConstructorArgs } from '../utils/arguments.js';
import { Callable } from '../utils/callable.js';
import { auto_name } from '../utils/naming.js';
import { reduceWeighted, standardizeReduction, type Reduction } from './reduction.js';

export interface LossOptions {
  /** Default: the class's name in snake case, with a number. */
  name?: string | null;
  /** Default 'sum_over_batch_size': the mean over all samples. */
  reduction?: Reduction;
  /** The dtype of the computation, or a dtype policy; default floatx. */
  dtype?: DTypePolicy | string | null;
}
const NAMES = ['name', 'reduction', 'dtype'] as const;
const CALL_NAMES = ['y_true', 'y_pred', 'sample_weight'];

/** What a loss is called with besides labels and predictions. */
export type SampleWeight = TensorLike | null | { sample_weight?: TensorLike | null };

export interface Loss {
  (y_true: unknown, y_pred: unknown, sample_weight?: SampleWeight): Tensor;
}

/** Tensors of one dtype in the structure that was given; an array of numbers is a tensor. */
function toTensors(value: unknown, dtype: DType): unknown {
  if (Array.isArray(value) && value.some((item) => item instanceof Tensor)) return value.map((v) => toTensors(v, dtype));
  if (isPlainObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toTensors(item, dtype)]));
  }
  return toTensor(value as TensorLike, dtype);
}

/**
 * What training makes small. Call it with labels and predictions, `loss(y_true, y_pred, {sample_weight})`, for
 * a scalar. For your own, derive from it and define `call`, which gives one loss a sample. Source:
 * keras.losses.Loss.
 *
 * @example
 * class Cubed extends keras.losses.Loss {
 *   call(y_true, y_pred) {
 *     const error = keras.ops.absolute(keras.ops.subtract(y_true, y_pred));
 *     return keras.ops.mean(keras.ops.power(error, 3), -1);
 *   }
 * }
 * new Cubed()([0, 1], [2, 1]).item(); // 4
 */
export abstract class Loss extends Callable {
  name: string;
  readonly reduction: Reduction;
  readonly #dtype: DType;

  constructor(...args: ConstructorArgs<LossOptions, typeof NAMES>) {
    super();
    const { name, reduction = 'sum_over_batch_size', dtype } = namedArguments<LossOptions>(new.target.name, NAMES, args, []);
    this.name = name ?? auto_name(new.target.name);
    this.reduction = standardizeReduction(reduction);
    this.#dtype = getPolicy(dtype ?? getDefaultFloat()).compute_dtype;
  }

  /** The dtype that labels, predictions and weights are converted to. */
  get dtype(): DType {
    return this.#dtype;
  }

  /** One loss a sample: predictions' shape without the last axis, usually. */
  abstract call(y_true: unknown, y_pred: unknown): Tensor;

  override __call__(...args: unknown[]): Tensor {
    const [y_true, y_pred, sample_weight] = positionalArguments(
      this.constructor.name, CALL_NAMES, args, ['y_true', 'y_pred']);
    requirePair(`${this.constructor.name} '${this.name}'`, y_true, y_pred);
    return tidy(() => {
      const predictions = toTensors(y_pred, this.dtype);
      const losses = this.call(toTensors(y_true, this.dtype), predictions);
      const inMask = y_pred instanceof Tensor ? y_pred.mask : undefined;
      const outMask = losses.mask;
      const mask = inMask && outMask ? logicalAnd(cast(inMask, 'bool'), cast(outMask, 'bool')) : inMask ?? outMask;
      return reduceWeighted(losses, sample_weight as TensorLike | undefined, mask, this.reduction, this.dtype);
    });
  }

  /** The constructor's options. */
  get_config(): Record<string, unknown> {
    return { name: this.name, reduction: this.reduction };
  }

  static from_config(config: Record<string, unknown>): Loss {
    return new (this as unknown as new (options: Record<string, unknown>) => Loss)(config);
  }

  protected override inspectFields(): Record<string, unknown> {
    return { name: this.name };
  }
}
declareAbstract(Loss, 'call');
kerasExport(Loss, 'keras.losses.Loss', 'keras.Loss');
