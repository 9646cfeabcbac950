/** CategoryEncoding: numbers of categories as vectors. */
import type { SymbolicShape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import * as ops from '../../ops/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { requireOneOf, requirePositiveInteger } from '../../utils/checks.js';
import { Layer, LayerError, type CallOptions, type LayerOptions } from '../layer.js';
import { encodeCategories, encodedShape, type CategoryMode } from './encode-categories.js';

export interface CategoryEncodingOptions extends LayerOptions {
  /** Number of categories: the inputs are from 0 to one less. */
  num_tokens: number;
  /** Default 'multi_hot'; 'binary' is its older name. */
  output_mode?: CategoryMode | 'binary';
  /** There are no sparse tensors: false. */
  sparse?: false;
}

const ARGUMENTS = ['num_tokens', 'output_mode', 'sparse'] as const;

/**
 * Numbers of categories as vectors of length `num_tokens`: 'one_hot' makes one of each number, 'multi_hot' one of each sample, with
 * 1 at the numbers that occur in it, and 'count' one with how often they do. The call takes `count_weights` for 'count': what each
 * number counts.
 *
 * Input shape: `[batch, numbers]`, integers. Output shape: `[batch, num_tokens]`; for 'one_hot' `[batch, numbers, num_tokens]`, where
 * a last axis of length 1 falls away.
 *
 * @param args `num_tokens`, `output_mode` ('one_hot', 'multi_hot' or 'count'; default 'multi_hot'), `sparse` (false)
 * @throws ArgumentError for other values of these
 * Source: keras.layers.CategoryEncoding.
 *
 * @example
 * new keras.layers.CategoryEncoding(4)([[0, 1], [3, 3]]).arraySync(); // [[1, 1, 0, 0], [0, 0, 0, 1]]
 */
export class CategoryEncoding extends Layer {
  static override call_arguments: readonly string[] = ['count_weights'];

  readonly num_tokens: number;
  readonly output_mode: CategoryMode;

  constructor(...args: ConstructorArgs<CategoryEncodingOptions, typeof ARGUMENTS>) {
    const { num_tokens, output_mode = 'multi_hot', sparse = false, ...rest } =
      namedArguments<CategoryEncodingOptions>('CategoryEncoding', ARGUMENTS, args);
    super(rest);
    requireOneOf('CategoryEncoding', 'sparse', String(sparse), ['false']);
    this.num_tokens = requirePositiveInteger('CategoryEncoding', 'num_tokens', num_tokens);
    const mode = output_mode === 'binary' ? 'multi_hot' : output_mode;
    this.output_mode = requireOneOf('CategoryEncoding', 'output_mode', mode, ['one_hot', 'multi_hot', 'count']);
    this.buildAtInit();
  }

  override call(inputs: Tensor, { count_weights }: CallOptions = {}): Tensor {
    const given = count_weights !== undefined && count_weights !== null;
    if (given && this.output_mode !== 'count') {
      throw new LayerError(`The ${this.describe()} takes count_weights with the output_mode 'count' alone; it has '${this.output_mode}'.`);
    }
    const weights = given ? ops.cast(count_weights as Tensor, this.compute_dtype) : undefined;
    return encodeCategories(inputs, this.output_mode, this.num_tokens, this.compute_dtype, weights);
  }

  override compute_output_shape(input_shape: SymbolicShape): SymbolicShape {
    return encodedShape(input_shape, this.output_mode, this.num_tokens);
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), num_tokens: this.num_tokens, output_mode: this.output_mode };
  }
}
kerasExport(CategoryEncoding, 'keras.layers.CategoryEncoding');
