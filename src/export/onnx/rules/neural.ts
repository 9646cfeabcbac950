/** Pooling, softmax and normalization in ONNX. */
import type { neural, PoolParams } from '../../../engine/primitives/neural.js';
import type { Rule } from '../builder.js';
import { windowAttributes } from './linear.js';
import { GRADIENT, type RuleTable } from './table.js';

const LOSS = 'losses are for training, and an ONNX file is for inference';

const pool = (op: string): Rule<PoolParams> => (b, [x], { params, inputs }) => ({
  first: b.op(op, [b.first(x, params.strides.length + 2)],
    windowAttributes(b, { ...params, dilations: params.strides.map(() => 1) }, inputs)) });

export const neuralRules: RuleTable<keyof typeof neural> = {
  max_pool: pool('MaxPool'), average_pool: pool('AveragePool'),
  max_pool_grad: GRADIENT, max_pool_grad_grad: GRADIENT, average_pool_grad: GRADIENT,
  normalize_batch: (b, [x, gamma, beta], { params: { epsilon }, inputs: [{ shape, dtype }] }) => {
    const axes = b.ints(shape.slice(1).map((_, i) => i));
    const mean = b.op('ReduceMean', [x, axes], { keepdims: { int: 0 } });
    const centred = b.op('Sub', [x, mean]);
    const variance = b.op('ReduceMean', [b.op('Mul', [centred, centred]), axes], { keepdims: { int: 0 } });
    const deviation = b.op('Sqrt', [b.op('Add', [variance, b.scalar(epsilon, dtype)])]);
    return [b.op('Add', [b.op('Mul', [centred, b.op('Div', [gamma, deviation])]), beta]), mean, variance];
  },
  normalize_batch_grad: GRADIENT,
  softmax: (b, x) => b.op('Softmax', x, { axis: { int: -1 } }),
  log_softmax: (b, x) => b.op('LogSoftmax', x, { axis: { int: -1 } }),
  softmax_cross_entropy: LOSS, sparse_softmax_cross_entropy: LOSS,
  ctc_beam_search: 'ONNX has no beam search', adam_update: 'optimizers are for training, and an ONNX file is for inference',
};
