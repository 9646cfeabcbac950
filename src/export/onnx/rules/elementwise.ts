/** Elementwise primitives and reductions in ONNX. */
import { isFloat, isInteger, isUnsigned } from '../../../engine/dtype.js';
import type { elementwise } from '../../../engine/primitives/elementwise.js';
import type { ReduceParams, reduction as reductions, ArgReduceParams, ScanParams } from '../../../engine/primitives/reduction.js';
import type { Value } from '../../../engine/graph.js';
import { firstOrder, type Attributes, type Builder, type Ref, type Result, type Rule, type RuleContext } from '../builder.js';
import { GRADIENT, refuse, type RuleTable } from './table.js';

/** Computes with operands in one layout: channels first where one of them has been computed so and the others can be. */
export function inLayout(
  b: Builder, x: readonly Ref[], { inputs, outputs: [out] }: RuleContext<object>, compute: (names: string[]) => string,
): Result {
  const rank = out.shape.length;
  const isFirst = x.some(({ first, last }) => first !== undefined && last === undefined);
  const fits = ({ shape }: Value): boolean =>
    shape.length === 0 || shape.length === rank || (shape.length === 1 && shape[0] === out.shape[rank - 1]);
  if (!isFirst || rank < 3 || !inputs.every(fits)) return compute(x.map((ref) => b.last(ref)));
  return { first: compute(x.map((ref, i) => {
    const { shape } = inputs[i];
    if (shape.length === 0) return b.last(ref);
    if (shape.length === rank) return b.first(ref, rank);
    return b.arranged(ref, [0], [shape[0], ...Array.from({ length: rank - 2 }, () => 1)]);
  })) };
}

/** An ONNX op with the same operands. */
export const plain = (op: string, attributes?: Attributes): Rule<object> =>
  (b, x, context) => inLayout(b, x, context, (names) => b.op(op, names, attributes));

type Composition = (b: Builder, x: readonly string[], context: RuleContext<object>) => string;
const composed = (compose: Composition): Rule<object> =>
  (b, x, context) => inLayout(b, x, context, (names) => compose(b, names, context));

const one = (b: Builder, { inputs: [{ dtype }] }: RuleContext<object>): string => b.scalar(1, dtype);
const number = (b: Builder, value: number, { inputs: [{ dtype }] }: RuleContext<object>): string => b.scalar(value, dtype);

/** Comparisons of booleans go by numbers. */
const comparison = (op: string): Rule<object> => composed((b, x, { inputs: [{ dtype }] }) =>
  b.op(op, dtype === 'bool' ? x.map((name) => b.cast(name, 'int32')) : x));

/** The quotient of integers rounded down: ONNX's rounds towards zero, its remainder has the sign of the divisor. */
const floorDivide: Composition = (b, [x, y], { inputs: [{ dtype }] }) =>
  (isFloat(dtype) ? b.op('Floor', [b.op('Div', [x, y])]) : b.op('Div', [b.op('Sub', [x, b.op('Mod', [x, y])]), y]));
const mod: Composition = (b, [x, y], context) => (isFloat(context.inputs[0].dtype)
  ? b.op('Sub', [x, b.op('Mul', [floorDivide(b, [x, y], context), y])]) : b.op('Mod', [x, y]));

/** The angle of a point in the plane: the quotient's, moved by half a turn left of the y axis. */
const arctan2: Composition = (b, [y, x], context) => {
  const zero = number(b, 0, context);
  const turn = b.op('Where', [b.op('Less', [y, zero]), number(b, -Math.PI, context), number(b, Math.PI, context)]);
  const isLeft = b.op('Less', [x, zero]);
  const angle = b.op('Add', [b.op('Atan', [b.op('Div', [y, x])]), b.op('Where', [isLeft, turn, zero])]);
  const upright = b.op('Mul', [b.op('Sign', [y]), number(b, Math.PI / 2, context)]);
  const isOrigin = b.op('And', [b.op('Equal', [x, zero]), b.op('Equal', [y, zero])]);
  const onAxis = b.op('Where', [isOrigin, zero, upright]);
  return b.op('Where', [b.op('Equal', [x, zero]), onAxis, angle]);
};

const shift = (direction: string): Rule<object> => (b, x, context) => {
  if (!isUnsigned(context.inputs[0].dtype)) throw refuse('ONNX shifts the bits of unsigned integers alone');
  return plain('BitShift', { direction: { string: direction } })(b, x, context);
};

export const elementwiseRules: RuleTable<keyof typeof elementwise> = {
  negative: plain('Neg'), absolute: plain('Abs'), sign: plain('Sign'), square: composed((b, [x]) => b.op('Mul', [x, x])),
  floor: plain('Floor'), ceil: plain('Ceil'), round: plain('Round'), reciprocal: plain('Reciprocal'),
  sqrt: plain('Sqrt'), rsqrt: composed((b, x) => b.op('Reciprocal', [b.op('Sqrt', x)])),
  exp: plain('Exp'), expm1: composed((b, x, context) => b.op('Sub', [b.op('Exp', x), one(b, context)])),
  log: plain('Log'), log1p: composed((b, [x], context) => b.op('Log', [b.op('Add', [x, one(b, context)])])),
  sin: plain('Sin'), cos: plain('Cos'), tan: plain('Tan'), asin: plain('Asin'), acos: plain('Acos'), atan: plain('Atan'),
  sinh: plain('Sinh'), cosh: plain('Cosh'), tanh: plain('Tanh'), asinh: plain('Asinh'), acosh: plain('Acosh'),
  atanh: plain('Atanh'), erf: plain('Erf'), erfc: composed((b, x, context) => b.op('Sub', [one(b, context), b.op('Erf', x)])),
  erf_inv: 'ONNX has no inverse of erf', lgamma: 'ONNX has no gamma function', digamma: 'ONNX has no gamma function',
  bessel_i0: 'ONNX has no Bessel functions', bessel_i1: 'ONNX has no Bessel functions',
  sigmoid: plain('Sigmoid'), softplus: plain('Softplus'), relu: plain('Relu'),
  relu6: composed((b, [x], context) => b.op('Clip', [x, number(b, 0, context), number(b, 6, context)])),
  elu: plain('Elu'), selu: plain('Selu'),
  is_nan: plain('IsNaN'), is_inf: plain('IsInf'),
  is_finite: composed((b, x) => b.op('Not', [b.op('Or', [b.op('IsNaN', x), b.op('IsInf', x)])])),
  logical_not: plain('Not'), bitwise_not: plain('BitwiseNot'), stop_gradient: plain('Identity'),
  relu_grad: GRADIENT, relu6_grad: GRADIENT, elu_grad: GRADIENT, selu_grad: GRADIENT, sigmoid_grad: GRADIENT, tanh_grad: GRADIENT,
  add: plain('Add'), subtract: plain('Sub'), multiply: plain('Mul'), divide: plain('Div'),
  floor_divide: composed(floorDivide), mod: composed(mod), power: plain('Pow'),
  maximum: plain('Max'), minimum: plain('Min'), arctan2: composed(arctan2),
  squared_difference: composed((b, x) => {
    const difference = b.op('Sub', x);
    return b.op('Mul', [difference, difference]);
  }),
  bitwise_and: plain('BitwiseAnd'), bitwise_or: plain('BitwiseOr'), bitwise_xor: plain('BitwiseXor'),
  left_shift: shift('LEFT'), right_shift: shift('RIGHT'), logical_and: plain('And'), logical_or: plain('Or'),
  equal: plain('Equal'), not_equal: composed((b, x) => b.op('Not', [b.op('Equal', x)])),
  greater: comparison('Greater'), greater_equal: comparison('GreaterOrEqual'),
  less: comparison('Less'), less_equal: comparison('LessOrEqual'), select: plain('Where'),
  cast: (b, x, context) => {
    if (context.params.dtype === 'complex64') throw refuse('ONNX runtimes have no complex numbers');
    return inLayout(b, x, context, ([name]) => b.cast(name, context.params.dtype));
  },
};

/** Reductions take what has channels first as it is where the result needs no channels behind it. */
const reduction = (over: (b: Builder, name: string, axes: string, keepdims: Attributes) => string): Rule<ReduceParams> =>
  (b, [x], { params: { axes, keepdims }, inputs: [{ shape }] }) => {
    const rank = shape.length;
    const attributes = { keepdims: { int: keepdims ? 1 : 0 } };
    const compute = (name: string, along: readonly number[]): string =>
      (along.length === 0 ? b.op('Identity', [name]) : over(b, name, b.ints(along), attributes));
    const isSpace = rank >= 3 && axes.length === rank - 2 && axes.every((axis, i) => axis === i + 1);
    if (x.first === undefined || x.last !== undefined || !isSpace) return compute(b.last(x), axes);
    const made = compute(x.first, axes.map((axis) => firstOrder(rank).indexOf(axis)));
    return keepdims ? { first: made } : made;
  };

const reduce = (op: string): Rule<ReduceParams> => reduction((b, name, axes, attributes) => b.op(op, [name, axes], attributes));

/** Whether any is true, by counting: the largest of no elements would be no boolean. */
const any = reduction((b, name, axes, attributes) =>
  b.op('Greater', [b.op('ReduceSum', [b.cast(name, 'int32'), axes], attributes), b.scalar(0, 'int32')]));
const all = reduction((b, name, axes, attributes) =>
  b.op('Equal', [b.op('ReduceSum', [b.cast(b.op('Not', [name]), 'int32'), axes], attributes), b.scalar(0, 'int32')]));

const argReduce = (op: string): Rule<ArgReduceParams> => (b, [x], { params: { axis, dtype } }) =>
  b.cast(b.op(op, [x], { axis: { int: axis }, keepdims: { int: 0 } }), dtype);

const cumsum: Rule<ScanParams> = (b, [x], { params: { axis, reverse, exclusive }, inputs: [{ dtype }] }) => {
  const isSmall = isInteger(dtype) && dtype !== 'int32' && dtype !== 'int64';
  const made = b.op('CumSum', [isSmall ? b.cast(x, 'int64') : x, b.scalar(axis, 'int64')],
    { exclusive: { int: exclusive ? 1 : 0 }, reverse: { int: reverse ? 1 : 0 } });
  return isSmall ? b.cast(made, dtype) : made;
};

export const reductionRules: RuleTable<keyof typeof reductions> = {
  reduce_sum: reduce('ReduceSum'), reduce_mean: reduce('ReduceMean'), reduce_prod: reduce('ReduceProd'),
  reduce_max: reduce('ReduceMax'), reduce_min: reduce('ReduceMin'), reduce_any: any, reduce_all: all,
  argmax: argReduce('ArgMax'), argmin: argReduce('ArgMin'),
  cumsum, cumprod: 'ONNX has no cumulative products',
};
