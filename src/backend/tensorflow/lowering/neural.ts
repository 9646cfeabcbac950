/** Lowering of pooling, softmax, fused losses and the Adam update. */
import type { neural, PoolParams } from '../../../engine/primitives/neural.js';
import type { Aval } from '../../backend.js';
import type { Attrs } from '../attributes.js';
import { normalizationLowering } from './normalization.js';
import { inFloat32, reshape, withHeight, type Builder, type LoweringFunction, type LoweringTable } from './builder.js';

function poolAttrs({ window, strides, padding }: PoolParams): Attrs {
  const widen = (values: readonly number[]): number[] => [1, ...(values.length === 1 ? [1, values[0]] : values), 1];
  return { ksize: { ints: widen(window) }, strides: { ints: widen(strides) }, padding: { string: padding.toUpperCase() } };
}

/** Runs a pooling op with two or three spatial axes; one axis is computed as two. */
function pooled<V>(
  b: Builder<V>, op2d: string, op3d: string, params: PoolParams, operands: readonly V[], avals: readonly Aval[], out: Aval,
): V {
  const attrs = poolAttrs(params);
  if (params.strides.length === 3) return b.op(op3d, operands, attrs);
  if (params.strides.length === 2) return b.op(op2d, operands, attrs);
  const wide = operands.map((x, i) => reshape(b, x, withHeight(avals[i].shape)));
  return reshape(b, b.op(op2d, wide, attrs), out.shape);
}

/** TensorFlow's 3D pooling computes in float32 and bfloat16 alone. */
const pooling = (rule: LoweringFunction<PoolParams>): LoweringFunction<PoolParams> => {
  const single = inFloat32(rule, ({ params, inputs }) => params.strides.length === 3 && inputs[0].dtype === 'float16');
  return (b, x, context) => {
    if (context.params.strides.length === 3 && context.inputs[0].dtype === 'float64') {
      throw new TypeError('TensorFlow has no 3D pooling of float64: cast to float32 before it.');
    }
    return single(b, x, context);
  };
};

const pool = (op2d: string, op3d: string): LoweringFunction<PoolParams> => pooling(
  (b, x, { params, inputs, outputs }) => pooled(b, op2d, op3d, params, x, inputs, outputs[0]));

export const neuralLowering: LoweringTable<keyof typeof neural> = {
  max_pool: pool('MaxPool', 'MaxPool3D'), average_pool: pool('AvgPool', 'AvgPool3D'),
  max_pool_grad: pool('MaxPoolGrad', 'MaxPool3DGrad'), max_pool_grad_grad: pool('MaxPoolGradGrad', 'MaxPool3DGradGrad'),
  average_pool_grad: pooling((b, [g], { params, inputs, outputs: [out] }) => {
    const attrs = poolAttrs(params);
    if (params.strides.length === 3) return b.op('AvgPool3DGrad', [b.ints(out.shape), g], attrs);
    if (params.strides.length === 2) return b.op('AvgPoolGrad', [b.ints(out.shape), g], attrs);
    const wide = reshape(b, g, withHeight(inputs[0].shape));
    return reshape(b, b.op('AvgPoolGrad', [b.ints(withHeight(out.shape)), wide], attrs), out.shape);
  }),
  ...normalizationLowering,
  softmax: 'Softmax',
  log_softmax: 'LogSoftmax',
  softmax_cross_entropy: (b, x) => b.ops('SoftmaxCrossEntropyWithLogits', x, {}, 2),
  sparse_softmax_cross_entropy: (b, x) => b.ops('SparseSoftmaxCrossEntropyWithLogits', x, {}, 2),
  ctc_beam_search: (b, [logits, lengths], { params: { beamWidth, paths }, inputs: [{ shape: [frames, batch] }] }) => {
    const made = b.ops('CTCBeamSearchDecoder', [logits, lengths],
      { beam_width: { int: beamWidth }, top_paths: { int: paths }, merge_repeated: { bool: false } }, 3 * paths + 1);
    // Places and labels of each path, then their shapes, then the scores.
    const size = b.constant(BigInt64Array.of(BigInt(batch), BigInt(frames)), [2], 'int64');
    const sequences = Array.from({ length: paths }, (_, i) =>
      b.op('SparseToDense', [made[i], size, made[paths + i], b.scalar(-1, 'int64')]));
    const joined = b.op('Pack', sequences, { N: { int: paths }, T: { type: 'int64' }, axis: { int: 0 } });
    return [b.op('Cast', [joined], { DstT: { type: 'int32' } }), made[3 * paths]];
  },
  /** In a compiled step the emitter replaces this by ResourceApplyAdam where it can update in place. */
  adam_update: (b, [variable, m, v, power1, power2, rate, beta1, beta2, epsilon, g], { inputs: [{ dtype }] }) => {
    const one = b.scalar(1, dtype);
    const mul = <V>(x: V, y: V): V => (b as unknown as Builder<V>).op('Mul', [x, y]);
    const sub = <V>(x: V, y: V): V => (b as unknown as Builder<V>).op('Sub', [x, y]);
    const newM = b.op('AddV2', [m, mul(sub(g, m), sub(one, beta1))]);
    const newV = b.op('AddV2', [v, mul(sub(b.op('Square', [g]), v), sub(one, beta2))]);
    const alpha = b.op('RealDiv', [mul(rate, b.op('Sqrt', [sub(one, power2)])), sub(one, power1)]);
    const step = b.op('RealDiv', [mul(newM, alpha), b.op('AddV2', [b.op('Sqrt', [newV]), epsilon])]);
    return [sub(variable, step), newM, newV];
  },
};
