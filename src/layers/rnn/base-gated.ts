/** What GRU and LSTM share besides what all recurrent layers do: gates, and the argument `use_cudnn`. */
import type { Tensor } from '../../engine/tensor.js';
import type * as activations from '../../activations/index.js';
import { ArgumentError } from '../../utils/checks.js';
import { InputSpec } from '../input-spec.js';
import { BaseRecurrent } from './base-recurrent.js';
import type { BaseRNNCell } from './base-rnn-cell.js';
import type { States } from './cell.js';
import type { LoopResult } from './loop.js';
import type { RNN, SequenceOptions } from './rnn.js';

export interface GatedOptions extends SequenceOptions {
  /** Default 'auto'. true is an error at the first call: no backend runs cuDNN's recurrent kernels. */
  use_cudnn?: 'auto' | boolean;
}

type GatedCell = BaseRNNCell & RNN['cell'] & {
  readonly units: number;
  readonly recurrent_activation: activations.Activation;
};

export abstract class BaseGated<C extends GatedCell> extends BaseRecurrent<C> {
  /** Whether NVIDIA's kernels are used: 'auto' where they can be, true only they, false never. */
  use_cudnn: 'auto' | boolean;

  constructor(cell: C, options: GatedOptions) {
    super(cell, options);
    const { use_cudnn = 'auto' } = options;
    if (use_cudnn !== 'auto' && typeof use_cudnn !== 'boolean') {
      throw new ArgumentError(`${new.target.name}: the argument 'use_cudnn' must be 'auto', true or false, received ` +
        `${JSON.stringify(use_cudnn)}.`);
    }
    this.use_cudnn = use_cudnn;
    this.input_spec = new InputSpec({ ndim: 3 });
  }

  get units(): number {
    return this.cell.units;
  }

  get recurrent_activation(): activations.Activation {
    return this.cell.recurrent_activation;
  }

  protected override inner_loop(
    sequences: Tensor, initial: readonly States[], mask: Tensor | undefined, training: boolean,
  ): LoopResult {
    if (this.use_cudnn === true) {
      throw new ArgumentError(`use_cudnn: true was given to ${this.describe()}, but cuDNN's recurrent kernels are not ` +
        "supported by the backend. Use use_cudnn: 'auto' for another implementation with the same results.");
    }
    return super.inner_loop(sequences, initial, mask, training);
  }
}
