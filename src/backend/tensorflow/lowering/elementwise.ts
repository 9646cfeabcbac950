/** Lowering of the elementwise primitives and reductions. */
import { isFloat, type DType } from '../../../engine/dtype.js';
import type { elementwise } from '../../../engine/primitives/elementwise.js';
import type { ReduceParams, reduction, ScanParams, ArgReduceParams } from '../../../engine/primitives/reduction.js';
import { inFloat32, type LoweringFunction, type LoweringTable } from './builder.js';

const viaFloat32 = (op: string, missing: readonly DType[]): LoweringFunction<object> =>
  inFloat32((b, x) => b.op(op, x), ({ inputs: [{ dtype }] }) => missing.includes(dtype));

export const elementwiseLowering: LoweringTable<keyof typeof elementwise> = {
  negative: 'Neg',
  absolute: (b, x, { inputs: [{ dtype }] }) => b.op(dtype === 'complex64' ? 'ComplexAbs' : 'Abs', x),
  sign: 'Sign', square: 'Square', floor: 'Floor', ceil: 'Ceil',
  round: 'Round', reciprocal: 'Reciprocal', sqrt: 'Sqrt', rsqrt: 'Rsqrt', exp: 'Exp', expm1: 'Expm1',
  log: 'Log', log1p: 'Log1p', sin: 'Sin', cos: 'Cos', tan: 'Tan', asin: 'Asin', acos: 'Acos', atan: 'Atan',
  sinh: 'Sinh', cosh: 'Cosh', tanh: 'Tanh', asinh: 'Asinh', acosh: 'Acosh', atanh: 'Atanh',
  erf: 'Erf', erfc: 'Erfc', erf_inv: viaFloat32('Erfinv', ['float16', 'bfloat16']),
  lgamma: viaFloat32('Lgamma', ['bfloat16']), digamma: viaFloat32('Digamma', ['bfloat16']),
  bessel_i0: viaFloat32('BesselI0', ['bfloat16']), bessel_i1: viaFloat32('BesselI1', ['bfloat16']),
  sigmoid: 'Sigmoid', softplus: 'Softplus', relu: 'Relu', relu6: 'Relu6', elu: 'Elu', selu: 'Selu',
  is_nan: 'IsNan', is_inf: 'IsInf', is_finite: 'IsFinite', logical_not: 'LogicalNot', bitwise_not: 'Invert',
  stop_gradient: 'StopGradient',
  relu_grad: 'ReluGrad', relu6_grad: 'Relu6Grad', elu_grad: 'EluGrad', selu_grad: 'SeluGrad',
  // TensorFlow takes the output first in these two.
  sigmoid_grad: (b, [g, y]) => b.op('SigmoidGrad', [y, g]),
  tanh_grad: (b, [g, y]) => b.op('TanhGrad', [y, g]),
  // A vector added to the last axis is a bias: TensorFlow fuses BiasAdd into the product or convolution before it.
  add: (b, x, { inputs: [{ shape, dtype }, other] }) =>
    other.shape.length === 1 && shape.length >= 2 && shape.length <= 5 && isFloat(dtype) &&
    shape[shape.length - 1] === other.shape[0]
      ? b.op('BiasAdd', x) : b.op('AddV2', x),
  subtract: 'Sub', multiply: 'Mul', divide: 'RealDiv', floor_divide: 'FloorDiv', mod: 'FloorMod', power: 'Pow',
  maximum: 'Maximum', minimum: 'Minimum', arctan2: 'Atan2', squared_difference: 'SquaredDifference',
  bitwise_and: 'BitwiseAnd', bitwise_or: 'BitwiseOr', bitwise_xor: 'BitwiseXor',
  left_shift: 'LeftShift', right_shift: 'RightShift', logical_and: 'LogicalAnd', logical_or: 'LogicalOr',
  equal: 'Equal', not_equal: 'NotEqual', greater: 'Greater', greater_equal: 'GreaterEqual',
  less: 'Less', less_equal: 'LessEqual', select: 'SelectV2',
  cast: (b, x, { params: { dtype } }) => b.op('Cast', x, { DstT: { type: dtype } }),
};

const reduce = (op: string): LoweringFunction<ReduceParams> => (b, [x], { params: { axes, keepdims } }) =>
  b.op(op, [x, b.ints(axes)], { keep_dims: { bool: keepdims } });

const argReduce = (op: string): LoweringFunction<ArgReduceParams> => (b, [x], { params: { axis, dtype } }) =>
  dtype === 'int32' || dtype === 'int64'
    ? b.op(op, [x, b.scalar(axis, 'int32')], { output_type: { type: dtype } })
    : b.op('Cast', [b.op(op, [x, b.scalar(axis, 'int32')], { output_type: { type: 'int64' } })], { DstT: { type: dtype } });

const scan = (op: string): LoweringFunction<ScanParams> => (b, [x], { params: { axis, reverse, exclusive } }) =>
  b.op(op, [x, b.scalar(axis, 'int32')], { exclusive: { bool: exclusive }, reverse: { bool: reverse } });

const sum = reduce('Sum');

export const reductionLowering: LoweringTable<keyof typeof reduction> = {
  // The gradient of a bias: all axes but the last.
  reduce_sum: (b, x, context) => {
    const [{ shape, dtype }] = context.inputs;
    const { axes, keepdims } = context.params;
    const isBias = !keepdims && shape.length >= 2 && shape.length <= 5 && axes.length === shape.length - 1 &&
      axes[axes.length - 1] === shape.length - 2 && isFloat(dtype);
    return isBias ? b.op('BiasAddGrad', x) : sum(b, x, context);
  },
  reduce_mean: reduce('Mean'), reduce_prod: reduce('Prod'), reduce_max: reduce('Max'), reduce_min: reduce('Min'),
  reduce_any: reduce('Any'), reduce_all: reduce('All'),
  argmax: argReduce('ArgMax'), argmin: argReduce('ArgMin'),
  cumsum: scan('Cumsum'), cumprod: scan('Cumprod'),
};
