/** Primitives whose TensorFlow kernels take no complex numbers: those that compare, round, count or pool. */
import type { PrimitiveName } from '../../../engine/primitives/index.js';

export const REAL_ONLY: ReadonlySet<PrimitiveName> = new Set<PrimitiveName>([
  'floor', 'ceil', 'round', 'erf', 'erfc', 'erf_inv', 'bessel_i0', 'bessel_i1', 'lgamma', 'digamma', 'softplus',
  'relu', 'relu6', 'elu', 'selu',
  'is_nan', 'is_inf', 'is_finite', 'bitwise_not', 'relu_grad', 'relu6_grad', 'elu_grad', 'selu_grad',
  'floor_divide', 'mod', 'maximum', 'minimum', 'arctan2', 'bitwise_and', 'bitwise_or', 'bitwise_xor',
  'left_shift', 'right_shift', 'greater', 'greater_equal', 'less', 'less_equal',
  'reduce_max', 'reduce_min', 'argmax', 'argmin', 'top_k',
  'conv', 'conv_grad_input', 'conv_grad_kernel',
  'depthwise_conv', 'depthwise_conv_grad_input', 'depthwise_conv_grad_kernel',
  'max_pool', 'average_pool', 'max_pool_grad', 'max_pool_grad_grad', 'average_pool_grad',
  'ctc_beam_search', 'softmax', 'log_softmax', 'softmax_cross_entropy', 'sparse_softmax_cross_entropy',
  'random_uniform', 'random_normal', 'random_truncated_normal', 'random_integers',
  'random_gamma', 'random_binomial',
]);
