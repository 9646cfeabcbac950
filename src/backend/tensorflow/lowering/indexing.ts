/** Lowering of gathering, scattering and random numbers. */
import type { indexing } from '../../../engine/primitives/indexing.js';
import type { random, RandomParams } from '../../../engine/primitives/random.js';
import { type Builder, type LoweringFunction, type LoweringTable } from './builder.js';

const SCATTER = {
  update: 'TensorScatterUpdate', add: 'TensorScatterAdd', max: 'TensorScatterMax', min: 'TensorScatterMin',
} as const;

export const indexingLowering: LoweringTable<keyof typeof indexing> = {
  gather: (b, [x, indices], { params: { axis, batchDims } }) =>
    b.op('GatherV2', [x, indices, b.scalar(axis, 'int32')], { batch_dims: { int: batchDims } }),
  gather_nd: 'GatherNd',
  scatter_nd: (b, [indices, values], { params: { shape }, inputs: [{ dtype }] }) =>
    b.op('ScatterNd', [indices, values, b.constant(
      dtype === 'int64' ? BigInt64Array.from(shape, BigInt) : Int32Array.from(shape), [shape.length], dtype)]),
  tensor_scatter: (b, x, { params: { mode } }) => b.op(SCATTER[mode], x),
  segment_sum: (b, [values, ids], { params: { count } }) =>
    b.op('UnsortedSegmentSum', [values, ids, b.scalar(count, 'int32')]),
  segment_prod: (b, [values, ids], { params: { count } }) =>
    b.op('UnsortedSegmentProd', [values, ids, b.scalar(count, 'int32')]),
  one_hot: (b, [indices], { params: { depth, axis, dtype } }) =>
    b.op('OneHot', [indices, b.scalar(depth, 'int32'), b.scalar(1, dtype), b.scalar(0, dtype)], { axis: { int: axis } }),
  top_k: (b, [x], { params: { k, sorted } }) =>
    b.ops('TopKV2', [x, b.scalar(k, 'int32')], { sorted: { bool: sorted } }, 2),
};

/** TensorFlow's number of the Philox generator, the one its stateless functions use on CPU and GPU. */
const PHILOX = 1;

function keyed<V>(b: Builder<V>, seed: V): V[] {
  const [key, counter] = b.ops('StatelessRandomGetKeyCounter', [seed], {}, 2);
  return [key, counter, b.scalar(PHILOX, 'int32')];
}

const sample = (op: string): LoweringFunction<RandomParams> => (b, [seed], { params: { shape, dtype } }) =>
  b.op(op, [b.ints(shape), ...keyed(b, seed)], { dtype: { type: dtype } });

/**
 * XLA's own uniform numbers come from other bits of the same draws than those of TensorFlow's kernel, which makes a
 * fraction of the lowest 23: these are put together here from the whole draw.
 */
const uniform: LoweringFunction<RandomParams> = (b, [seed], context) => {
  const { shape, dtype } = context.params;
  if (!b.forXla || dtype !== 'float32') return sample('StatelessRandomUniformV2')(b, [seed], context);
  const draw = b.op('StatelessRandomUniformFullIntV2', [b.ints(shape), ...keyed(b, seed)], { dtype: { type: 'uint32' } });
  const fraction = b.op('BitwiseAnd', [draw, b.scalar(0x7fffff, 'uint32')]);
  const fromOne = b.op('BitwiseOr', [fraction, b.scalar(0x3f800000, 'uint32')]);
  return b.op('Sub', [b.op('Bitcast', [fromOne], { type: { type: 'float32' } }), b.scalar(1, 'float32')]);
};

export const randomLowering: LoweringTable<keyof typeof random> = {
  random_uniform: uniform,
  random_normal: sample('StatelessRandomNormalV2'),
  random_truncated_normal: sample('StatelessTruncatedNormalV2'),
  random_integers: (b, [seed, low, high], { params: { shape } }) =>
    b.op('StatelessRandomUniformIntV2', [b.ints(shape), ...keyed(b, seed), low, high]),
  random_gamma: (b, [seed, alpha], { params: { shape } }) =>
    b.op('StatelessRandomGammaV3', [b.ints(shape), ...keyed(b, seed), alpha]),
  random_binomial: (b, [seed, counts, probabilities], { params: { shape, dtype } }) =>
    b.op('StatelessRandomBinomial', [b.ints(shape), seed, counts, probabilities], { dtype: { type: dtype } }),
};

