/** Mean and variance of data that come in batches. */
import { tidy } from '../../engine/scope.js';
import type { Tensor } from '../../engine/tensor.js';
import * as ops from '../../ops/index.js';

/**
 * Keeps mean and variance of all batches so far, in one pass:
 * `variance = w0 (variance0 + (mean0 - mean)^2) + w1 (variance1 + (mean1 - mean)^2)` with the shares w of the elements.
 */
export class Moments {
  mean: Tensor | undefined;
  variance: Tensor | undefined;
  /** Elements of each feature so far. */
  count = 0;

  /** Takes a batch in; `axes` are those that are averaged over. */
  add(batch: Tensor, axes: readonly number[]): void {
    const size = axes.reduce((product, axis) => product * batch.shape[axis], 1);
    if (size === 0) return;
    this.count += size;
    const [before, variance] = [this.mean, this.variance];
    [this.mean, this.variance] = tidy(() => {
      const [mean1, variance1] = axes.length > 0 ? ops.moments(batch, axes) : [batch, ops.zeros_like(batch)];
      if (!before || !variance) return [ops.copy(mean1), ops.copy(variance1)];
      const share = size / this.count;
      const mean = ops.add(ops.multiply(before, 1 - share), ops.multiply(mean1, share));
      const around = (own: Tensor, its: Tensor): Tensor => ops.add(its, ops.square(ops.subtract(own, mean)));
      return [mean, ops.add(ops.multiply(around(before, variance), 1 - share), ops.multiply(around(mean1, variance1), share))];
    });
    before?.dispose();
    variance?.dispose();
  }

  dispose(): void {
    this.mean?.dispose();
    this.variance?.dispose();
  }
}
