/** OrthogonalRegularizer: a penalty on rows or columns that are not orthogonal. */
import { epsilon } from '../backend/config.js';
import { apply } from '../engine/apply.js';
import { formatShape, ShapeError } from '../engine/shape.js';
import type { Tensor } from '../engine/tensor.js';
import { absolute, divide, maximum, multiply, sqrt, square, subtract, sum } from '../ops/tensor-math.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { Regularizer, requireFactor } from './regularizer.js';

export interface OrthogonalRegularizerOptions {
  /** Factor, from 0; default 0.01. */
  factor?: number;
  /** Which vectors shall be orthogonal: 'rows' (default) or 'columns'. */
  mode?: 'rows' | 'columns';
}
const NAMES = ['factor', 'mode'] as const;

/**
 * factor times the mean magnitude of the cosines between rows (or columns) of a matrix.
 * Source: keras.regularizers.OrthogonalRegularizer.
 *
 * @throws ShapeError for other than matrices
 * @example
 * new keras.regularizers.OrthogonalRegularizer()(keras.ops.eye(3)).item(); // 0
 */
export class OrthogonalRegularizer extends Regularizer {
  readonly factor: number;
  readonly mode: 'rows' | 'columns';

  constructor(...args: ConstructorArgs<OrthogonalRegularizerOptions, typeof NAMES>) {
    super();
    const { factor = 0.01, mode = 'rows' } = namedArguments<OrthogonalRegularizerOptions>('OrthogonalRegularizer', NAMES, args, []);
    if (mode !== 'rows' && mode !== 'columns') {
      throw new TypeError(`The mode of OrthogonalRegularizer is 'rows' or 'columns', received '${String(mode)}'.`);
    }
    // Python Keras holds this factor in a float32 tensor, and so it stands in saved files.
    this.factor = Math.fround(requireFactor('OrthogonalRegularizer', 'factor', factor));
    this.mode = mode;
  }

  override __call__(x: Tensor): Tensor {
    if (x.shape.length !== 2) {
      throw new ShapeError(`OrthogonalRegularizer takes matrices, received shape ${formatShape(x.shape)}.`);
    }
    const byRows = this.mode === 'rows';
    const norm = maximum(sqrt(sum(square(x), byRows ? 1 : 0, true)), epsilon());
    const unit = divide(x, norm);
    const cosines = apply('matmul', [unit, unit], { transposeA: !byRows, transposeB: byRows });
    const size = cosines.shape[0];
    const indices = apply('iota', [], { start: 0, step: 1, length: size, dtype: 'int32' });
    const diagonal = apply('one_hot', [indices], { depth: size, axis: 1, dtype: x.dtype });
    const between = sum(absolute(multiply(cosines, subtract(1, diagonal))));
    return divide(multiply(between, this.factor * 0.5), (size * (size - 1)) / 2);
  }

  override get_config(): Record<string, unknown> {
    return { factor: this.factor, mode: this.mode };
  }
}
kerasExport(OrthogonalRegularizer,
  'keras.regularizers.OrthogonalRegularizer', 'keras.regularizers.orthogonal_regularizer');
export { OrthogonalRegularizer as orthogonal_regularizer };
