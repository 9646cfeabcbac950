/** Base of callbacks that watch one figure of the logs for improvement. */
import type { Metric } from '../metrics/index.js';
import { CompileMetrics } from '../trainers/compile-metrics.js';
import { ArgumentError, requireOneOf } from '../utils/checks.js';
import { notice } from '../utils/notice.js';
import { Callback, type Logs } from './callback.js';
import { directionOf } from './metric-direction.js';

/** Which way is better: 'auto' asks the metric of that name. */
export type MonitorMode = 'auto' | 'min' | 'max';

export interface MonitorOptions {
  /** Name in the logs of the figure to watch. Default `val_loss`. */
  monitor?: string;
  /** Default 'auto'. */
  mode?: MonitorMode;
}

/** What has no `mode` of its own and no metric that tells. */
export class MonitorError extends Error {
  override name = 'MonitorError';
}

export abstract class MonitorCallback extends Callback {
  readonly monitor: string;
  readonly mode: MonitorMode;
  /** The best value so far; null before the first. */
  best: number | null;
  readonly min_delta: number;
  #sign: 1 | -1 | undefined;

  constructor(owner: string, { monitor = 'val_loss', mode = 'auto' }: MonitorOptions, best: number | null, min_delta: number) {
    super();
    if (typeof monitor !== 'string') {
      throw new ArgumentError(`${owner}: the argument 'monitor' must be a name in the logs, received ${JSON.stringify(monitor)}.`);
    }
    this.monitor = monitor;
    this.mode = requireOneOf(owner, 'mode', mode, ['auto', 'min', 'max']);
    this.best = best;
    this.min_delta = Math.abs(min_delta);
  }

  /** 1 when higher is better. Metrics are known once the first epoch has run. */
  get #direction(): 1 | -1 {
    return this.#sign ??= this.mode === 'auto' ? this.#directionOfMetric() : this.mode === 'max' ? 1 : -1;
  }

  #directionOfMetric(): 1 | -1 {
    const name = this.monitor.replace(/^val_/, '');
    if (name === 'loss') return -1;
    const metrics = this.model.metrics.flatMap((metric): Metric[] =>
      (metric instanceof CompileMetrics ? metric.metrics : []));
    const directions = metrics.filter((metric) => metric.name === name).map(directionOf);
    const direction = directions.findLast((found) => found !== undefined);
    if (direction === undefined) {
      throw new MonitorError(`${this.constructor.name} watches '${this.monitor}', and whether it is better higher or lower is ` +
        'not known. Pass mode: \'max\' for a figure that shall rise, mode: \'min\' for one that shall fall.');
    }
    return direction === 'up' ? 1 : -1;
  }

  /** Whether a value is better than another, by more than `min_delta`. */
  protected isImprovement(value: number, reference: number | null): boolean {
    const sign = this.#direction;
    return reference === null || sign * (value - sign * this.min_delta) > sign * reference;
  }

  /** The watched value; undefined, with a notice that says what it is needed for, when it is not in the logs. */
  protected watched(logs: Logs, whatFor: string): number | undefined {
    const value: number | undefined = logs[this.monitor];
    if (value === undefined) {
      notice(`${whatFor} goes by '${this.monitor}', which is not in the logs. They hold: ${Object.keys(logs).join(', ')}.` +
        (this.monitor.startsWith('val_') ? ' Names with val_ need validation_data or validation_split in fit().' : ''));
    }
    return value;
  }
}
