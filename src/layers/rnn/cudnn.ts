/** The argument `use_cudnn` of LSTM and GRU. */
import { ArgumentError } from '../../utils/checks.js';

/** Whether NVIDIA's kernels are used: 'auto' where they can be, true only they, false never. */
export type UseCudnn = 'auto' | boolean;

export function requireUseCudnn(owner: string, value: unknown): UseCudnn {
  if (value !== 'auto' && typeof value !== 'boolean') {
    throw new ArgumentError(`${owner}: the argument 'use_cudnn' must be 'auto', true or false, received ` +
      `${JSON.stringify(value)}.`);
  }
  return value;
}

/** No backend runs cuDNN's recurrent kernels: asking for nothing else is an error, as in Keras without a GPU. */
export function refuseCudnn(layer: string, use_cudnn: UseCudnn): void {
  if (use_cudnn !== true) return;
  throw new ArgumentError(`use_cudnn: true was given to ${layer}, but cuDNN's recurrent kernels are not supported ` +
    "by the backend. Use use_cudnn: 'auto' for another implementation with the same results.");
}
