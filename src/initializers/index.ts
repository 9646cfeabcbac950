/** keras.initializers: first values of weights, and finding them by name. */
import { apply } from '../engine/apply.js';
import { NDArray, toTensor } from '../engine/convert.js';
import { formatShape, sameShape, ShapeError } from '../engine/shape.js';
import { Tensor } from '../engine/tensor.js';
import { Variable } from '../engine/variable.js';
import type { CustomObjects } from '../saving/registration.js';
import { makeResolver, publishResolver, type Identifier as IdentifierOf } from '../utils/resolve.js';
import type { InitializerFunction } from './initializer.js';

export * from './constant.js';
export * from './glorot-normal.js';
export * from './glorot-uniform.js';
export * from './he-normal.js';
export * from './he-uniform.js';
export * from './identity.js';
export { Initializer, type DTypeArgument, type InitializerFunction } from './initializer.js';
export * from './lecun-normal.js';
export * from './lecun-uniform.js';
export * from './ones.js';
export * from './orthogonal.js';
export * from './random-normal.js';
export * from './random-uniform.js';
export * from './stft.js';
export * from './truncated-normal.js';
export { VarianceScaling, variance_scaling, type VarianceScalingOptions } from './variance-scaling.js';
export * from './zeros.js';

/** What layers take for an initializer. */
export type Identifier = IdentifierOf<InitializerFunction>;

const resolver = makeResolver<InitializerFunction>({
  module: 'keras.initializers', what: 'initializer',
  aliases: { normal: 'RandomNormal', one: 'Ones', uniform: 'RandomUniform', zero: 'Zeros' },
});

/** Gives the values of a tensor, to weights of its shape. */
function fromValues(values: Tensor | Variable | NDArray): InitializerFunction {
  return (shape, dtype) => {
    if (!sameShape(shape, values.shape)) {
      throw new ShapeError(`A tensor of shape ${formatShape(values.shape)} was given as initializer, but the weight has ` +
        `shape ${formatShape(shape)}.`);
    }
    // A tensor of its own, which the caller may free.
    return apply('reshape', [toTensor(values, dtype ?? values.dtype)], { shape });
  };
}

/**
 * The initializer that a name, a config, a class, a function or a tensor means; null for null.
 * Source: keras.initializers.get.
 * @example
 * keras.initializers.get('zeros')([2]).arraySync(); // [0, 0]
 */
export function get(identifier: null | undefined): null;
export function get(identifier: unknown): InitializerFunction;
export function get(identifier: unknown): InitializerFunction | null {
  const holdsValues = identifier instanceof Tensor || identifier instanceof Variable || identifier instanceof NDArray;
  return holdsValues ? fromValues(identifier) : resolver.get(identifier);
}

/** The config of an initializer. Source: keras.initializers.serialize. */
export const serialize = (initializer: unknown): unknown => resolver.serialize(initializer);

/** The initializer of a config. Source: keras.initializers.deserialize. */
export const deserialize = (config: unknown, custom_objects: CustomObjects | null = null): InitializerFunction =>
  resolver.deserialize(config, custom_objects);

publishResolver('keras.initializers', { get, serialize, deserialize });
