/** Pooling, softmax, fused losses and normalization, and the Adam update: what backends have as one kernel. */
import type { Aval } from '../../backend/backend.js';
import { formatShape, sameShape, ShapeError, type Shape } from '../shape.js';
import { windowedShape, type Padding } from './linear.js';
import { requireFloat, requireSameDType, type AbstractRule, type NoParams } from './rule.js';

export interface PoolParams {
  window: readonly number[];
  strides: readonly number[];
  padding: Padding;
}

export interface BeamSearchParams {
  /** How many prefixes are kept from frame to frame. */
  beamWidth: number;
  /** How many of them are results. */
  paths: number;
}

const rule = <P>(abstract: AbstractRule<P>): AbstractRule<P> => abstract;

export interface NormalizeParams {
  /** Added to the variance. */
  epsilon: number;
}

function requireChannels(name: string, [x, ...vectors]: readonly Aval[]): number {
  const channels = x.shape[x.shape.length - 1];
  requireSameDType(name, x, vectors[0]);
  requireFloat(name, x.dtype);
  if (x.shape.length < 2 || vectors.some(({ shape }) => shape.length !== 1 || shape[0] !== channels)) {
    throw new ShapeError(`${name} needs x [..., channels] and vectors [channels], received shapes ` +
      `${[x, ...vectors].map(({ shape }) => formatShape(shape)).join(', ')}.`);
  }
  return channels;
}

/** x [batch, ...space, channels] with one to three spatial axes. */
const pool = (name: string) => rule<PoolParams>(([x], { window, strides, padding }) => ({
  shape: windowedShape(x, window, strides, padding, strides.map(() => 1), x.shape[x.shape.length - 1], name),
  dtype: x.dtype,
}));

const lastAxisFloat = (name: string) => rule<NoParams>(([x]) => {
  requireFloat(name, x.dtype);
  if (x.shape.length === 0) throw new ShapeError(`${name} needs at least one axis, received a scalar.`);
  return { shape: x.shape, dtype: x.dtype };
});

export const neural = {
  max_pool: pool('max_pool'), average_pool: pool('average_pool'),
  /** Operands: x, the pooled output, its gradient. */
  max_pool_grad: rule<PoolParams>(([x]) => ({ shape: x.shape, dtype: x.dtype })),
  /** Operands: x, the pooled output, the gradient of a max_pool_grad's result; gives the gradient of its gradient. */
  max_pool_grad_grad: rule<PoolParams>(([, y]) => ({ shape: y.shape, dtype: y.dtype })),
  /** Operand: the gradient of the output. */
  average_pool_grad: rule<PoolParams & { inputShape: Shape }>(
    ([g], { inputShape }) => ({ shape: inputShape, dtype: g.dtype })),
  /**
   * Operands: x [..., channels], gamma [channels], beta [channels]. Results: (x - mean) / sqrt(variance + epsilon) * gamma
   * + beta with the mean and variance of each channel, then these two.
   */
  normalize_batch: rule<NormalizeParams>(([x, gamma, beta]) => {
    const shape = [requireChannels('normalize_batch', [x, gamma, beta])];
    return [{ shape: x.shape, dtype: x.dtype }, { shape, dtype: x.dtype }, { shape, dtype: x.dtype }];
  }),
  /** Operands: gradient of the first result, x, gamma, mean, variance. Results: gradients of x, gamma, beta. */
  normalize_batch_grad: rule<NormalizeParams>(([g, x, gamma, mean, variance]) => {
    requireSameDType('normalize_batch_grad', g, x);
    const shape = [requireChannels('normalize_batch_grad', [x, gamma, mean, variance])];
    return [{ shape: x.shape, dtype: x.dtype }, { shape, dtype: x.dtype }, { shape, dtype: x.dtype }];
  }),
  /** Along the last axis. */
  softmax: lastAxisFloat('softmax'), log_softmax: lastAxisFloat('log_softmax'),
  /** Operands: logits [n, classes], labels [n, classes]. Results: losses [n], their gradient by the logits. */
  softmax_cross_entropy: rule<NoParams>(([logits, labels]) => {
    requireSameDType('softmax_cross_entropy', logits, labels);
    if (logits.shape.length !== 2 || !sameShape(logits.shape, labels.shape)) {
      throw new ShapeError('softmax_cross_entropy needs logits and labels of one shape [n, classes], received ' +
        `${formatShape(logits.shape)} and ${formatShape(labels.shape)}.`);
    }
    return [{ shape: [logits.shape[0]], dtype: logits.dtype }, { shape: logits.shape, dtype: logits.dtype }];
  }),
  /** Operands: logits [n, classes], labels [n] (integers). Results as above. A label out of range gives NaN, or an error. */
  sparse_softmax_cross_entropy: rule<NoParams>(([logits, labels]) => {
    if (logits.shape.length !== 2 || labels.shape.length !== 1 || logits.shape[0] !== labels.shape[0]) {
      throw new ShapeError('sparse_softmax_cross_entropy needs logits [n, classes] and labels [n], received ' +
        `${formatShape(logits.shape)} and ${formatShape(labels.shape)}.`);
    }
    return [{ shape: labels.shape, dtype: logits.dtype }, { shape: logits.shape, dtype: logits.dtype }];
  }),
  /**
   * Operands: logits [frames, batch, classes], of which the last is the blank, and how many frames count [batch].
   * Results: the likeliest sequences [paths, batch, frames], filled up with -1, and the logarithms of their probabilities
   * [batch, paths].
   */
  ctc_beam_search: rule<BeamSearchParams>(([logits, lengths], { beamWidth, paths }) => {
    requireFloat('ctc_beam_search', logits.dtype);
    if (logits.shape.length !== 3 || lengths.shape.length !== 1 || lengths.shape[0] !== logits.shape[1] || paths > beamWidth) {
      throw new ShapeError('ctc_beam_search needs logits [frames, batch, classes], lengths [batch] and no more paths than the beam ' +
        `is wide, received ${formatShape(logits.shape)}, ${formatShape(lengths.shape)} and ${paths} of ${beamWidth} paths.`);
    }
    const [frames, batch] = logits.shape;
    return [{ shape: [paths, batch, frames], dtype: 'int32' as const }, { shape: [batch, paths], dtype: logits.dtype }];
  }),
  /**
   * Operands: variable, m, v, beta_1^t, beta_2^t, learning rate, beta_1, beta_2, epsilon, gradient.
   * Results: the new variable, m and v, by Keras's formula:
   * m += (g - m)(1 - beta_1), v += (g^2 - v)(1 - beta_2),
   * variable -= m lr sqrt(1 - beta_2^t) / (1 - beta_1^t) / (sqrt(v) + epsilon).
   */
  adam_update: rule<NoParams>(([variable, m, v, , , , , , , gradient]) => {
    if (!sameShape(variable.shape, gradient.shape)) {
      throw new ShapeError(`A gradient of shape ${formatShape(gradient.shape)} cannot update a variable of shape ` +
        `${formatShape(variable.shape)}.`);
    }
    return [variable, m, v].map(({ shape, dtype }) => ({ shape, dtype }));
  }),
};
