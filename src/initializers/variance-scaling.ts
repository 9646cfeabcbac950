/** VarianceScaling: random numbers whose variance fits the number of connections. */
import type { Shape } from '../engine/shape.js';
import type { Tensor } from '../engine/tensor.js';
import { normal, truncated_normal, uniform } from '../random/samplers.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { dtypeOf, type DTypeArgument } from './initializer.js';
import { RandomInitializer, type SeedOption } from './random-initializer.js';

const MODES = ['fan_in', 'fan_out', 'fan_avg'] as const;
const DISTRIBUTIONS = ['uniform', 'truncated_normal', 'untruncated_normal'] as const;

export interface FanOptions {
  /** Axes that lead to one output, where the shape does not tell; default null: all but the last. */
  input_axes?: readonly number[] | null;
  /** Axes of the outputs; default null: the last, with those of a window. */
  output_axes?: readonly number[] | null;
}

export interface VarianceScalingOptions extends SeedOption, FanOptions {
  /** Variance times the number of connections, above 0; default 1. */
  scale?: number;
  /** Which connections count: those into an output ('fan_in', default), out of an input, or the mean of both. */
  mode?: (typeof MODES)[number];
  /** 'truncated_normal' (default, also 'normal'), 'untruncated_normal' or 'uniform'. */
  distribution?: (typeof DISTRIBUTIONS)[number] | 'normal';
}
const NAMES = ['scale', 'mode', 'distribution', 'seed', 'input_axes', 'output_axes'] as const;

/** Standard deviation of the normal distribution cut at two deviations. */
const TRUNCATED_DEVIATION = 0.8796256610342398;

/** Numbers of connections into and out of a weight of this shape: [...window, inputs, outputs]. */
export function computeFans(
  shape: Shape, input_axes: readonly number[] | null = null, output_axes: readonly number[] | null = null,
): [fanIn: number, fanOut: number] {
  const product = (dims: readonly number[]): number => dims.reduce((n, d) => n * d, 1);
  if (input_axes && output_axes) {
    return [product(input_axes.map((axis) => shape.at(axis)!)), product(output_axes.map((axis) => shape.at(axis)!))];
  }
  if (shape.length < 2) return [shape[0] ?? 1, shape[0] ?? 1];
  const window = product(shape.slice(0, -2));
  return [shape.at(-2)! * window, shape.at(-1)! * window];
}

/**
 * Random numbers with the variance `scale / n`, where n is a number of connections of the weight.
 * Source: keras.initializers.VarianceScaling.
 *
 * @throws RangeError when the scale is not positive; TypeError for an unknown mode or distribution
 * @example
 * new keras.initializers.VarianceScaling({mode: 'fan_avg', distribution: 'uniform', seed: 1})([2, 3]).shape; // [2, 3]
 */
export class VarianceScaling extends RandomInitializer {
  readonly scale: number;
  readonly mode: (typeof MODES)[number];
  readonly distribution: (typeof DISTRIBUTIONS)[number];
  readonly input_axes: readonly number[] | null;
  readonly output_axes: readonly number[] | null;

  constructor(...args: ConstructorArgs<VarianceScalingOptions, typeof NAMES>) {
    const options = namedArguments<VarianceScalingOptions>('VarianceScaling', NAMES, args, []);
    super(options.seed);
    const { scale = 1, mode = 'fan_in', distribution = 'truncated_normal' } = options;
    if (!(scale > 0)) throw new RangeError(`The scale of VarianceScaling is above 0, received ${String(scale)}.`);
    const known = distribution === 'normal' ? 'truncated_normal' : distribution.toLowerCase();
    if (!MODES.includes(mode)) {
      throw new TypeError(`The mode of VarianceScaling is one of ${MODES.join(', ')}, received '${String(mode)}'.`);
    }
    if (!(DISTRIBUTIONS as readonly string[]).includes(known)) {
      throw new TypeError('The distribution of VarianceScaling is one of ' +
        `${DISTRIBUTIONS.join(', ')}, received '${String(distribution)}'.`);
    }
    this.scale = scale;
    this.mode = mode;
    this.distribution = known as (typeof DISTRIBUTIONS)[number];
    this.input_axes = options.input_axes ?? null;
    this.output_axes = options.output_axes ?? null;
  }

  override __call__(shape: Shape, dtype?: DTypeArgument): Tensor {
    const [fanIn, fanOut] = computeFans(shape, this.input_axes, this.output_axes);
    const fan = { fan_in: fanIn, fan_out: fanOut, fan_avg: (fanIn + fanOut) / 2 }[this.mode];
    const variance = this.scale / Math.max(1, fan);
    const type = dtypeOf(dtype);
    switch (this.distribution) {
      case 'truncated_normal':
        return truncated_normal(shape, 0, Math.sqrt(variance) / TRUNCATED_DEVIATION, type, this.seed);
      case 'untruncated_normal': return normal(shape, 0, Math.sqrt(variance), type, this.seed);
      default: {
        const limit = Math.sqrt(3 * variance);
        return uniform(shape, -limit, limit, type, this.seed);
      }
    }
  }

  override get_config(): Record<string, unknown> {
    const { scale, mode, distribution, input_axes, output_axes } = this;
    return { ...super.get_config(), scale, mode, distribution, input_axes, output_axes };
  }
}
kerasExport(VarianceScaling, 'keras.initializers.VarianceScaling', 'keras.initializers.variance_scaling');
export { VarianceScaling as variance_scaling };
