/** The metrics of `compile`, made when the shapes of the outputs are known. */
import { isPlainObject } from '../engine/structure.js';
import { Tensor } from '../engine/tensor.js';
import type { Variable } from '../engine/variable.js';
import * as metricsModule from '../metrics/index.js';
import { alignTensors, alignWithOutputs, flattenOutputs } from './outputs.js';
import { metricFor } from './shorthands.js';

interface OutputMetrics {
  output: number;
  /** Prefix of the names in the logs when there are several outputs. */
  prefix: string | null;
  metrics: metricsModule.Metric[];
}

const isMetricLeaf = (value: unknown): boolean =>
  typeof value === 'string' || typeof value === 'function' || (isPlainObject(value) && 'class_name' in value);
/** One metric, or a list of metrics, for one output. */
const isEntry = (value: unknown): boolean =>
  isMetricLeaf(value) || (Array.isArray(value) && value.every(isMetricLeaf));

/**
 * All metrics given to `compile` as one: `model.metrics` holds it, and its result is theirs by name.
 * Source: keras.src.trainers.compile_utils.CompileMetrics.
 */
export class CompileMetrics extends metricsModule.Metric {
  readonly #plain: unknown;
  readonly #weighted: unknown;
  readonly #outputNames: readonly string[] | undefined;
  #sets: { plain: OutputMetrics[]; weighted: OutputMetrics[] } | undefined;

  constructor(metrics: unknown, weighted_metrics: unknown, output_names: readonly string[] | undefined) {
    super({ name: 'compile_metrics' });
    for (const [name, value] of [['metrics', metrics], ['weighted_metrics', weighted_metrics]] as const) {
      if (value !== null && value !== undefined && !Array.isArray(value) && !isPlainObject(value)) {
        throw new TypeError(`${name} of compile() must be a list, or an object with a list for each ` +
          `output, received ${JSON.stringify(value) ?? String(value)}.`);
      }
    }
    this.#plain = metrics;
    this.#weighted = weighted_metrics;
    this.#outputNames = output_names;
  }

  /** The metrics themselves; none before the first batch, which shows what 'accuracy' and its like mean. */
  get metrics(): metricsModule.Metric[] {
    return this.#sets ? [...this.#sets.plain, ...this.#sets.weighted].flatMap(({ metrics }) => metrics) : [];
  }

  override get variables(): Variable[] {
    return this.metrics.flatMap((metric) => metric.variables);
  }

  #make(
    given: unknown, what: string, y_true: readonly (Tensor | undefined)[], y_pred: readonly Tensor[],
    names: readonly (string | null)[],
  ): OutputMetrics[] {
    if (given === null || given === undefined || (Array.isArray(given) && given.length === 0)) return [];
    const single = names.length === 1;
    const perOutput = single ? [leavesOf(given)]
      : alignWithOutputs(what, given, names, (value) => value !== given && isEntry(value));
    return perOutput.flatMap((entry, output) => {
      const list = [entry].flat().filter((item) => item !== null && item !== undefined);
      const target = y_true[output];
      if (list.length === 0 || !target) return [];
      return [{ output, prefix: single ? null : names[output],
        metrics: list.map((item) => toMetric(item, target, y_pred[output])) }];
    });
  }

  override update_state(y_true: unknown, y_pred: unknown, sample_weight?: unknown): void {
    const { outputs, names } = flattenOutputs(y_pred, this.#outputNames);
    const targets = alignTensors('Labels (y)', y_true, names);
    const weights = alignTensors('sample_weight', sample_weight, names);
    this.#sets ??= {
      plain: this.#make(this.#plain, 'metrics of compile()', targets, outputs, names),
      weighted: this.#make(this.#weighted, 'weighted_metrics of compile()', targets, outputs, names),
    };
    const update = (sets: readonly OutputMetrics[], weighted: boolean): void => {
      for (const { output, metrics } of sets) {
        const options = weighted && weights[output] ? { sample_weight: weights[output] } : {};
        for (const metric of metrics) metric.update_state(targets[output]!, outputs[output], options);
      }
    };
    update(this.#sets.plain, false);
    update(this.#sets.weighted, true);
  }

  /** Results by the names they have in the logs; a name used twice gets a number, or `weighted_`. */
  override result(): Record<string, Tensor> {
    const results: Record<string, Tensor> = {};
    const counts = new Map<string, number>();
    const put = (name: string, metric: metricsModule.Metric): void => {
      const n = counts.get(name) ?? 0;
      counts.set(name, n + 1);
      results[n === 0 ? name : `${name}_${n}`] = metric.result() as Tensor;
    };
    const full = (prefix: string | null, name: string): string =>
      (prefix === null ? name : `${prefix}_${name}`);
    for (const { prefix, metrics } of this.#sets?.plain ?? []) {
      for (const m of metrics) put(full(prefix, m.name), m);
    }
    for (const { prefix, metrics } of this.#sets?.weighted ?? []) {
      for (const m of metrics) {
        const name = full(prefix, m.name);
        put(counts.has(name) ? full(prefix, `weighted_${m.name}`) : name, m);
      }
    }
    return results;
  }

  override reset_state(): void {
    for (const metric of this.metrics) metric.reset_state();
  }
}

/** All metrics in nested lists and objects; a config is one of them. */
function leavesOf(given: unknown): unknown[] {
  if (isMetricLeaf(given)) return [given];
  if (Array.isArray(given)) return given.flatMap(leavesOf);
  return isPlainObject(given) ? Object.values(given).flatMap(leavesOf) : [given];
}

function toMetric(identifier: unknown, y_true: Tensor, y_pred: Tensor): metricsModule.Metric {
  const shorthand = metricFor(identifier, y_true, y_pred);
  const metric = metricsModule.get(shorthand ?? identifier);
  if (metric instanceof metricsModule.Metric) {
    // 'accuracy' and 'mse' keep the names they were asked for by.
    if (typeof identifier === 'string') metric.name = identifier;
    return metric;
  }
  const { name } = typeof identifier === 'string' ? { name: identifier } : (identifier as { name: string });
  return new metricsModule.MeanMetricWrapper(metric, { name: name || 'metric' });
}
