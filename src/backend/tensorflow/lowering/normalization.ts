/** Lowering of batch normalization: TensorFlow's fused kernels in float32, its parts in other dtypes. */
import { sizeOf, type Shape } from '../../../engine/shape.js';
import { reshape, type Builder, type LoweringTable } from './builder.js';

/** The fused kernels take images: here, of one pixel. */
function asImages<V>(b: Builder<V>, x: V, shape: Shape): V {
  return shape.length === 4 ? x : reshape(b, x, [countOf(shape), 1, 1, shape[shape.length - 1]]);
}
const fromImages = <V>(b: Builder<V>, x: V, shape: Shape): V => (shape.length === 4 ? x : reshape(b, x, shape));

/** Number of values of each channel. */
const countOf = (shape: Shape): number => sizeOf(shape.slice(0, -1));
const overBatch = <V>(b: Builder<V>, op: 'Mean' | 'Sum', x: V, shape: Shape): V =>
  b.op(op, [x, b.ints(shape.slice(1).map((_, i) => i))], { keep_dims: { bool: false } });

export const normalizationLowering: LoweringTable<'normalize_batch' | 'normalize_batch_grad'> = {
  normalize_batch: (b, [x, gamma, beta], { params: { epsilon }, inputs: [{ shape, dtype }] }) => {
    if (dtype === 'float32' && !b.anySize) {
      const none = b.constant(new Float32Array(0), [0], 'float32');
      const [y, mean, variance] = b.ops('FusedBatchNormV3', [asImages(b, x, shape), gamma, beta, none, none],
        { epsilon: { float: epsilon }, is_training: { bool: true } }, 6);
      // TensorFlow divides by one less than the number of values.
      const count = Math.max(countOf(shape), 1);
      return [fromImages(b, y, shape), mean, b.op('Mul', [variance, b.scalar(Math.max(count - 1, 1) / count, dtype)])];
    }
    const mean = overBatch(b, 'Mean', x, shape);
    const variance = overBatch(b, 'Mean', b.op('SquaredDifference', [x, mean]), shape);
    const factor = b.op('Mul', [gamma, b.op('Rsqrt', [b.op('AddV2', [variance, b.scalar(epsilon, dtype)])])]);
    return [b.op('AddV2', [b.op('Mul', [b.op('Sub', [x, mean]), factor]), beta]), mean, variance];
  },
  normalize_batch_grad: (b, [g, x, gamma, mean, variance], { params: { epsilon }, inputs: [{ shape, dtype }] }) => {
    if (dtype === 'float32') {
      const none = b.constant(new Float32Array(0), [0], 'float32');
      const [byX, byGamma, byBeta] = b.ops('FusedBatchNormGradV3',
        [asImages(b, g, shape), asImages(b, x, shape), gamma, mean, variance, none],
        { epsilon: { float: epsilon }, is_training: { bool: true } }, 5);
      return [fromImages(b, byX, shape), byGamma, byBeta];
    }
    const factor = b.op('Rsqrt', [b.op('AddV2', [variance, b.scalar(epsilon, dtype)])]);
    const normalized = b.op('Mul', [b.op('Sub', [x, mean]), factor]);
    const weighted = b.op('Mul', [g, normalized]);
    const slope = b.op('Mul', [normalized, overBatch(b, 'Mean', weighted, shape)]);
    const rest = b.op('Sub', [b.op('Sub', [g, overBatch(b, 'Mean', g, shape)]), slope]);
    return [b.op('Mul', [b.op('Mul', [gamma, factor]), rest]), overBatch(b, 'Sum', weighted, shape), overBatch(b, 'Sum', g, shape)];
  },
};
