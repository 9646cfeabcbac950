/** Notices a loss that is no number any more. */
import { notice } from '../utils/notice.js';
import type { Logs } from '../callbacks/callback.js';

/** Says once for a training that its loss became NaN or infinite: from there on the weights are of no use. */
export class LossWatch {
  readonly #model: { name: string };
  #noted = false;

  constructor(model: { name: string }) {
    this.#model = model;
  }

  /** @param step the number of the batch; undefined when only the values at the end of the epoch were read */
  see({ loss }: Logs, epoch: number, step: number | undefined): void {
    if (this.#noted || loss === undefined || Number.isFinite(loss)) return;
    this.#noted = true;
    const where = step === undefined ? `in epoch ${epoch + 1}` : `in epoch ${epoch + 1}, by step ${step + 1}`;
    notice(`The loss of '${this.#model.name}' became ${loss} ${where}; training on will not mend it. ` +
      'Look for NaN or very large numbers in the data, lower the learning rate, or set clipnorm on the ' +
      'optimizer.');
  }
}
