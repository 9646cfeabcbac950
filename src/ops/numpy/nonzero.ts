/** Places of elements that are not zero: their number depends on values, so this cannot be compiled. */
import { fromHost, toTensor, type TensorLike } from '../../engine/convert.js';
import { TracedValueError, type Tensor } from '../../engine/tensor.js';
import { formatShape } from '../../engine/shape.js';
import { defineOp } from '../define.js';

/** Stops a function whose result has a shape that depends on values, while it is traced. */
export function requireValues(x: Tensor, name: string, instead: string): void {
  if (!x.isTraced) return;
  throw new TracedValueError(
    `${name} cannot be used in a compiled function or on symbolic tensors: the shape of its result ` +
    `depends on the values of the tensor of shape ${formatShape(x.shape)}. ${instead}`);
}

/** For each axis the indices (int32) of the elements that are not zero, in row-major order. */
export function nonzeroIndices(x: Tensor, name: string): Tensor[] {
  requireValues(x, name, 'Use ops.where with three arguments, or a mask that is multiplied in.');
  const data = x.dataSync();
  const places: number[] = [];
  for (let i = 0; i < data.length; i++) if (Number(data[i]) !== 0) places.push(i);
  let stride = x.size;
  return x.shape.map((length) => {
    stride = length === 0 ? 0 : stride / length;
    const indices = Int32Array.from(places, (place) => Math.floor(place / stride) % length);
    return fromHost(indices, [places.length], 'int32');
  });
}

/**
 * Indices of the elements that are not zero: one int32 vector for each axis. Reads values, so it works
 * eagerly only. Source: keras.ops.nonzero.
 *
 * @throws TracedValueError in a compiled function and on symbolic tensors
 * @example
 * ops.nonzero([[1, 0], [0, 2]]).map((axis) => axis.arraySync()); // [[0, 1], [0, 1]]
 */
export const nonzero = defineOp('keras.ops.nonzero', ['x'], (x: TensorLike): Tensor[] =>
  nonzeroIndices(toTensor(x), 'nonzero'));
