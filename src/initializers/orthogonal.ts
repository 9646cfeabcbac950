/** Orthogonal: a random matrix with orthonormal rows or columns. */
import { fromHost } from '../engine/convert.js';
import { initScope } from '../engine/context.js';
import { numbersToBits } from '../engine/host.js';
import { formatShape, ShapeError, type Shape } from '../engine/shape.js';
import type { Tensor } from '../engine/tensor.js';
import { normal } from '../random/samplers.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { dtypeOf, type DTypeArgument } from './initializer.js';
import { RandomInitializer, type SeedOption } from './random-initializer.js';

export interface OrthogonalOptions extends SeedOption {
  /** Factor of the matrix; default 1. */
  gain?: number;
}
const NAMES = ['gain', 'seed'] as const;

/**
 * The Q of the QR decomposition of a matrix (rows >= columns), with signs such that R has a positive diagonal.
 * In place, by modified Gram-Schmidt done twice, which is as exact as reflections.
 */
function orthonormalColumns(a: Float64Array, rows: number, columns: number): void {
  const dot = (i: number, j: number): number => {
    let total = 0;
    for (let r = 0; r < rows; r++) total += a[r * columns + i] * a[r * columns + j];
    return total;
  };
  for (let j = 0; j < columns; j++) {
    for (let pass = 0; pass < 2; pass++) {
      for (let i = 0; i < j; i++) {
        const projection = dot(i, j);
        for (let r = 0; r < rows; r++) a[r * columns + j] -= projection * a[r * columns + i];
      }
    }
    const norm = Math.sqrt(dot(j, j));
    for (let r = 0; r < rows; r++) a[r * columns + j] /= norm;
  }
}

/**
 * Random with orthonormal rows (or columns, if there are more rows): the weight, as a matrix of all axes but the last
 * by the last, neither shrinks nor enlarges signals. Source: keras.initializers.Orthogonal; Saxe et al., 2014.
 *
 * @throws ShapeError for fewer than two axes
 * @example
 * new keras.initializers.Orthogonal({seed: 1})([3, 3]).shape; // [3, 3]
 */
export class Orthogonal extends RandomInitializer {
  readonly gain: number;

  constructor(...args: ConstructorArgs<OrthogonalOptions, typeof NAMES>) {
    const { gain = 1, seed } = namedArguments<OrthogonalOptions>('Orthogonal', NAMES, args, []);
    super(seed);
    this.gain = gain;
  }

  override __call__(shape: Shape, dtype?: DTypeArgument): Tensor {
    if (shape.length < 2) {
      throw new ShapeError(`The Orthogonal initializer makes weights of two axes or more, received shape ${formatShape(shape)}.`);
    }
    const type = dtypeOf(dtype);
    const columns = shape.at(-1)!;
    const rows = shape.slice(0, -1).reduce((n, d) => n * d, 1);
    const [long, short] = [Math.max(rows, columns), Math.min(rows, columns)];
    // The decomposition is done on the host, where its numbers do not depend on the device.
    const drawn = initScope(() => normal([long, short], 0, 1, type, this.seed));
    const q = Float64Array.from(drawn.dataSync() as Float32Array);
    drawn.dispose();
    orthonormalColumns(q, long, short);
    const values = q.map((_, i) => {
      const [row, column] = [Math.floor(i / columns), i % columns];
      return this.gain * q[rows >= columns ? i : column * short + row];
    });
    return fromHost(numbersToBits(values, type), shape, type);
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), gain: this.gain };
  }
}
kerasExport(Orthogonal,
  'keras.initializers.Orthogonal', 'keras.initializers.orthogonal', 'keras.initializers.OrthogonalInitializer');
export { Orthogonal as orthogonal, Orthogonal as OrthogonalInitializer };
