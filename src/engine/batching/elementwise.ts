/** Batching rules of the elementwise primitives and reductions. */
import type { elementwise as elementwisePrimitives } from '../primitives/elementwise.js';
import type { ArgReduceParams, ReduceParams, reduction, ScanParams } from '../primitives/reduction.js';
import { elementwise, leading, shifted, type BatchTable } from './rule.js';

export const elementwiseBatching: BatchTable<keyof typeof elementwisePrimitives> = {
  negative: elementwise('negative'), absolute: elementwise('absolute'), sign: elementwise('sign'),
  square: elementwise('square'), floor: elementwise('floor'), ceil: elementwise('ceil'),
  round: elementwise('round'), reciprocal: elementwise('reciprocal'), sqrt: elementwise('sqrt'),
  rsqrt: elementwise('rsqrt'), exp: elementwise('exp'), expm1: elementwise('expm1'), log: elementwise('log'),
  log1p: elementwise('log1p'), sin: elementwise('sin'), cos: elementwise('cos'), tan: elementwise('tan'),
  asin: elementwise('asin'), acos: elementwise('acos'), atan: elementwise('atan'), sinh: elementwise('sinh'),
  cosh: elementwise('cosh'), tanh: elementwise('tanh'), asinh: elementwise('asinh'),
  acosh: elementwise('acosh'), atanh: elementwise('atanh'), erf: elementwise('erf'), erfc: elementwise('erfc'),
  erf_inv: elementwise('erf_inv'), lgamma: elementwise('lgamma'), digamma: elementwise('digamma'),
  bessel_i0: elementwise('bessel_i0'), bessel_i1: elementwise('bessel_i1'), sigmoid: elementwise('sigmoid'),
  softplus: elementwise('softplus'), relu: elementwise('relu'), relu6: elementwise('relu6'),
  elu: elementwise('elu'), selu: elementwise('selu'), is_nan: elementwise('is_nan'),
  is_inf: elementwise('is_inf'), is_finite: elementwise('is_finite'), logical_not: elementwise('logical_not'),
  bitwise_not: elementwise('bitwise_not'), stop_gradient: elementwise('stop_gradient'),
  relu_grad: leading('relu_grad'), relu6_grad: leading('relu6_grad'),
  elu_grad: leading('elu_grad'), selu_grad: leading('selu_grad'),
  sigmoid_grad: leading('sigmoid_grad'), tanh_grad: leading('tanh_grad'), add: elementwise('add'),
  subtract: elementwise('subtract'), multiply: elementwise('multiply'), divide: elementwise('divide'),
  floor_divide: elementwise('floor_divide'), mod: elementwise('mod'), power: elementwise('power'),
  maximum: elementwise('maximum'), minimum: elementwise('minimum'), arctan2: elementwise('arctan2'),
  squared_difference: elementwise('squared_difference'), bitwise_and: elementwise('bitwise_and'),
  bitwise_or: elementwise('bitwise_or'), bitwise_xor: elementwise('bitwise_xor'),
  left_shift: elementwise('left_shift'), right_shift: elementwise('right_shift'),
  logical_and: elementwise('logical_and'), logical_or: elementwise('logical_or'), equal: elementwise('equal'),
  not_equal: elementwise('not_equal'), greater: elementwise('greater'),
  greater_equal: elementwise('greater_equal'), less: elementwise('less'),
  less_equal: elementwise('less_equal'), select: elementwise('select'), cast: elementwise('cast'),
};

const axes = (params: ReduceParams): ReduceParams => ({ ...params, axes: params.axes.map((axis) => axis + 1) });
const argAxis = (params: ArgReduceParams): ArgReduceParams => ({ ...params, axis: params.axis + 1 });
const scanAxis = (params: ScanParams): ScanParams => ({ ...params, axis: params.axis + 1 });

export const reductionBatching: BatchTable<keyof typeof reduction> = {
  reduce_sum: shifted('reduce_sum', axes), reduce_mean: shifted('reduce_mean', axes),
  reduce_prod: shifted('reduce_prod', axes), reduce_max: shifted('reduce_max', axes),
  reduce_min: shifted('reduce_min', axes), reduce_any: shifted('reduce_any', axes),
  reduce_all: shifted('reduce_all', axes),
  argmax: shifted('argmax', argAxis), argmin: shifted('argmin', argAxis),
  cumsum: shifted('cumsum', scanAxis), cumprod: shifted('cumprod', scanAxis),
};
