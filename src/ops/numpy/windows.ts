/**
 * Symmetric windows for signals: weights that fall off towards both ends. Computed in double precision, given in
 * floatx.
 */
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { getDefaultFloat } from '../../engine/dtype.js';
import type { Tensor } from '../../engine/tensor.js';
import { scaledBessel } from '../../utils/bessel.js';
import { requireInteger } from '../compose.js';
import { defineOp } from '../define.js';

/** A number, or the value of a tensor of one element. */
const numberOf = (x: TensorLike): number => (typeof x === 'number' ? x : toTensor(x).item());

/** @param weight by the place, from -1 to 1 */
function windowOf(name: string, x: TensorLike, weight: (place: number) => number): Tensor {
  const length = requireInteger(numberOf(x), `The number of elements of ${name}`, 0);
  const values = Array.from({ length }, (_, i) => (length === 1 ? 1 : weight((2 * i) / (length - 1) - 1)));
  return toTensor(Float64Array.from(values), getDefaultFloat());
}

const X = ['x'] as const;

/**
 * The triangular window: 1 - |t| for t from -1 to 1. Source: keras.ops.bartlett.
 * @param x number of elements; reads it where it is a tensor
 * @example
 * ops.bartlett(5).arraySync(); // [0, 0.5, 1, 0.5, 0]
 */
export const bartlett = defineOp('keras.ops.bartlett', X, (x: TensorLike): Tensor =>
  windowOf('bartlett', x, (t) => 1 - Math.abs(t)));

/**
 * The Blackman window: 0.42 + 0.5 cos(pi t) + 0.08 cos(2 pi t) for t from -1 to 1. Source: keras.ops.blackman.
 * @param x number of elements; reads it where it is a tensor
 * @example
 * ops.blackman(3).arraySync(); // [0, 1, 0]
 */
export const blackman = defineOp('keras.ops.blackman', X, (x: TensorLike): Tensor =>
  windowOf('blackman', x, (t) => 0.42 + 0.5 * Math.cos(Math.PI * t) + 0.08 * Math.cos(2 * Math.PI * t)));

/**
 * The Hamming window: 0.54 + 0.46 cos(pi t) for t from -1 to 1. Source: keras.ops.hamming.
 * @param x number of elements; reads it where it is a tensor
 * @example
 * ops.hamming(3).arraySync(); // [0.08, 1, 0.08]
 */
export const hamming = defineOp('keras.ops.hamming', X, (x: TensorLike): Tensor =>
  windowOf('hamming', x, (t) => 0.54 + 0.46 * Math.cos(Math.PI * t)));

/**
 * The Hann window: 0.5 + 0.5 cos(pi t) for t from -1 to 1. Source: keras.ops.hanning.
 * @param x number of elements; reads it where it is a tensor
 * @example
 * ops.hanning(5).arraySync(); // [0, 0.5, 1, 0.5, 0]
 */
export const hanning = defineOp('keras.ops.hanning', X, (x: TensorLike): Tensor =>
  windowOf('hanning', x, (t) => 0.5 + 0.5 * Math.cos(Math.PI * t)));

/**
 * The Kaiser window: I0(beta sqrt(1 - t^2)) / I0(beta) for t from -1 to 1. Source: keras.ops.kaiser.
 *
 * @param x number of elements; reads it where it is a tensor
 * @param beta how fast the weights fall: 0 gives a rectangle; reads it where it is a tensor
 * @example
 * ops.kaiser(3, 0).arraySync(); // [1, 1, 1]
 */
export const kaiser = defineOp('keras.ops.kaiser', ['x', 'beta'], (x: TensorLike, beta: TensorLike): Tensor => {
  const shape = Math.abs(numberOf(beta));
  return windowOf('kaiser', x, (t) => {
    const inner = shape * Math.sqrt(1 - t * t);
    return (scaledBessel(0, inner) / scaledBessel(0, shape)) * Math.exp(inner - shape);
  });
});
