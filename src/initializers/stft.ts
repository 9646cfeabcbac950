/** STFT: kernels of convolutions that transform pieces of a signal. */
import { toTensor, type TensorLike } from '../engine/convert.js';
import { formatShape, ShapeError, type Shape } from '../engine/shape.js';
import { Tensor } from '../engine/tensor.js';
import * as ops from '../ops/index.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { requireOneOf } from '../utils/checks.js';
import { SIGNAL_WINDOWS, signalWindow } from '../utils/signal-windows.js';
import { dtypeOf, Initializer, type DTypeArgument } from './initializer.js';

export interface STFTOptions {
  /** The part of the complex result that the kernel gives. Default `real`. */
  side?: 'real' | 'imag';
  /** SciPy's name of a window without parameters, its values, or null for none. Default `hann`. */
  window?: string | TensorLike | null;
  /** Divides the window by the root of its sum of squares, by its sum, or not at all. Default `density`. */
  scaling?: 'density' | 'spectrum' | null;
  /** Whether a named window is one period of a signal. Default false: symmetric. */
  periodic?: boolean;
}
const NAMES = ['side', 'window', 'scaling', 'periodic'] as const;

/**
 * A kernel with which a convolution computes the short-time Fourier transform: `cos(-2 pi t f) w(t) / scale`, or the sine of
 * it. Its shape is [window size, 1, frequencies], where `n / 2 + 1` frequencies belong to transforms of n elements.
 * Source: keras.initializers.STFT.
 *
 * @throws ArgumentError for an unknown side, window or scaling; ShapeError for windows of another size than the kernel
 * @example
 * const real = new keras.initializers.STFT({ window: null });
 * real([2, 1, 3]); // [[[1, 1, 1]], [[1, 0, -1]]]
 */
export class STFT extends Initializer {
  readonly side: 'real' | 'imag';
  readonly window: string | TensorLike | null;
  readonly scaling: 'density' | 'spectrum' | null;
  readonly periodic: boolean;

  constructor(...args: ConstructorArgs<STFTOptions, typeof NAMES>) {
    super();
    const { side = 'real', window = 'hann', scaling = 'density', periodic = false } =
      namedArguments<STFTOptions>('STFT', NAMES, args, []);
    this.side = requireOneOf('STFT', 'side', side, ['real', 'imag']);
    this.window = typeof window === 'string' ? requireOneOf('STFT', 'window', window, SIGNAL_WINDOWS) : window;
    this.scaling = scaling === null ? null
      : requireOneOf<'density' | 'spectrum'>('STFT', 'scaling', scaling, ['density', 'spectrum']);
    this.periodic = periodic;
  }

  override __call__(shape: Shape, dtype?: DTypeArgument): Tensor {
    if (shape.length !== 3 || shape[1] !== 1) {
      throw new ShapeError(`The STFT initializer makes kernels of the shape [window size, 1, frequencies], received ${formatShape(shape)}.`);
    }
    const [size, , frequencies] = shape;
    const type = dtypeOf(dtype);
    const numbers = (count: number, to: readonly number[]): Tensor => ops.reshape(ops.arange(count, { dtype: type }), to);
    const turns = ops.divide(numbers(frequencies, [1, 1, frequencies]), (frequencies - 1) * 2);
    // As Keras computes it, in the dtype of the kernel: large angles are rounded alike.
    const angles = ops.multiply(ops.multiply(ops.multiply(numbers(size, [size, 1, 1]), -2), turns), ops.arccos(ops.cast(-1, type)));
    const kernel = this.side === 'real' ? ops.cos(angles) : ops.sin(angles);
    if (this.window === null) return kernel;
    const weights = this.#weights(size, type);
    const scale = this.scaling === null ? 1
      : this.scaling === 'density' ? ops.sqrt(ops.sum(ops.square(weights))) : ops.sum(ops.absolute(weights));
    return ops.divide(ops.multiply(kernel, weights), scale);
  }

  #weights(size: number, dtype: Tensor['dtype']): Tensor {
    const { window } = this;
    const weights = toTensor(typeof window === 'string' ? signalWindow(window, size, this.periodic) : window!, dtype);
    if (weights.ndim !== 1 || weights.size !== size) {
      throw new ShapeError(`The window of the STFT initializer must have the shape [${size}] of the kernel's first axis, received ` +
        `${formatShape(weights.shape)}.`);
    }
    return ops.reshape(weights, [size, 1, 1]);
  }

  override get_config(): Record<string, unknown> {
    const { side, window, periodic, scaling } = this;
    return { side, window, periodic, scaling };
  }
}
kerasExport(STFT, 'keras.initializers.STFT', 'keras.initializers.stft', 'keras.initializers.STFTInitializer');
export { STFT as stft, STFT as STFTInitializer };
