/** Elementwise primitives. Binary ones broadcast like NumPy; operands share one dtype. */
import { isFloat, type DType } from '../dtype.js';
import { broadcastShapes } from '../shape.js';
import { requireSameDType, type AbstractRule } from './rule.js';

const same: AbstractRule = ([x]) => ({ shape: x.shape, dtype: x.dtype });
const test: AbstractRule = ([x]) => ({ shape: x.shape, dtype: 'bool' });

const float = (name: string): AbstractRule => ([x]) => {
  if (!isFloat(x.dtype) && x.dtype !== 'complex64') {
    throw new TypeError(`The primitive ${name} computes floating-point tensors, received dtype ${x.dtype}.`);
  }
  return { shape: x.shape, dtype: x.dtype };
};

const binary = (name: string): AbstractRule => ([x, y]) => {
  if (x.dtype !== y.dtype) requireSameDType(name, x, y);
  return { shape: broadcastShapes(x.shape, y.shape, name), dtype: x.dtype };
};

const comparison = (name: string): AbstractRule => ([x, y]) => {
  requireSameDType(name, x, y);
  return { shape: broadcastShapes(x.shape, y.shape, name), dtype: 'bool' };
};

export const elementwise = {
  negative: same,
  /** The size of complex numbers is real. */
  absolute: (([x]) => ({ shape: x.shape, dtype: x.dtype === 'complex64' ? 'float32' : x.dtype })) as AbstractRule,
  sign: same, square: same,
  floor: same, ceil: same, round: same, reciprocal: float('reciprocal'),
  sqrt: float('sqrt'), rsqrt: float('rsqrt'), exp: float('exp'), expm1: float('expm1'),
  log: float('log'), log1p: float('log1p'),
  sin: float('sin'), cos: float('cos'), tan: float('tan'),
  asin: float('asin'), acos: float('acos'), atan: float('atan'),
  sinh: float('sinh'), cosh: float('cosh'), tanh: float('tanh'),
  asinh: float('asinh'), acosh: float('acosh'), atanh: float('atanh'),
  erf: float('erf'), erfc: float('erfc'), erf_inv: float('erf_inv'), lgamma: float('lgamma'), digamma: float('digamma'),
  /** Modified Bessel functions of the first kind, orders 0 and 1. */
  bessel_i0: float('bessel_i0'), bessel_i1: float('bessel_i1'),
  sigmoid: float('sigmoid'), softplus: float('softplus'),
  relu: same, relu6: same, elu: float('elu'), selu: float('selu'),
  is_nan: test, is_inf: test, is_finite: test,
  logical_not: test, bitwise_not: same,
  stop_gradient: same,
  /** Gradients that backends have as one kernel; operands: incoming gradient, then the function's output. */
  relu_grad: binary('relu_grad'), relu6_grad: binary('relu6_grad'),
  elu_grad: binary('elu_grad'), selu_grad: binary('selu_grad'),
  sigmoid_grad: binary('sigmoid_grad'), tanh_grad: binary('tanh_grad'),
  add: binary('add'), subtract: binary('subtract'), multiply: binary('multiply'), divide: binary('divide'),
  floor_divide: binary('floor_divide'), mod: binary('mod'), power: binary('power'),
  maximum: binary('maximum'), minimum: binary('minimum'), arctan2: binary('arctan2'),
  squared_difference: binary('squared_difference'),
  bitwise_and: binary('bitwise_and'), bitwise_or: binary('bitwise_or'), bitwise_xor: binary('bitwise_xor'),
  left_shift: binary('left_shift'), right_shift: binary('right_shift'),
  logical_and: binary('logical_and'), logical_or: binary('logical_or'),
  equal: comparison('equal'), not_equal: comparison('not_equal'),
  greater: comparison('greater'), greater_equal: comparison('greater_equal'),
  less: comparison('less'), less_equal: comparison('less_equal'),
  /** condition, value where true, value where false; all three broadcast. */
  select: (([condition, x, y]) => {
    requireSameDType('select', x, y);
    return { shape: broadcastShapes(condition.shape, broadcastShapes(x.shape, y.shape, 'select'), 'select'), dtype: x.dtype };
  }) as AbstractRule,
  cast: (([x], { dtype }) => ({ shape: x.shape, dtype })) as AbstractRule<{ dtype: DType }>,
};
