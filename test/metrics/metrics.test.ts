import { expect } from 'chai';
import { jit } from '../../src/engine/jit.js';
import { Tensor } from '../../src/engine/tensor.js';
import type { Variable } from '../../src/engine/variable.js';
import * as metrics from '../../src/metrics/index.js';
import { resetNames } from '../../src/utils/naming.js';
import { max, maximum } from '../../src/ops/tensor-math.js';
import { array } from '../golden/arrays.js';
import { isGoldenTensor, loadGolden, type GoldenTensor, type GoldenValue, type Tolerance } from '../golden/golden.js';
import { argumentOf, expectTensor } from '../golden/tensors.js';

interface Step {
  /** Arguments of update_state, and `mask` for a mask on the predictions. */
  batch?: Record<string, GoldenValue>;
  result: GoldenValue;
}
interface Case {
  class_name: string;
  options: Record<string, unknown>;
  name: string;
  dtype: string;
  serialized: { config: object };
  steps: Step[];
  variables: { name: string; path: string; value: GoldenTensor }[];
  reset_variables: GoldenTensor[];
}

const FAMILIES = [
  'accuracy', 'auc', 'binary_accuracy', 'binary_crossentropy', 'categorical_accuracy', 'categorical_crossentropy',
  'categorical_hinge', 'concordance_correlation', 'cosine_similarity', 'f1_score', 'f_score', 'false_negatives',
  'false_positives', 'hinge', 'iou', 'kl_divergence', 'log_cosh_error', 'mean', 'mean_absolute_error',
  'mean_absolute_percentage_error', 'mean_squared_error', 'mean_squared_logarithmic_error', 'pearson_correlation',
  'poisson', 'precision', 'precision_at_recall', 'r2_score', 'recall', 'recall_at_precision',
  'root_mean_squared_error', 'sensitivity_at_specificity', 'sparse_categorical_accuracy',
  'sparse_categorical_crossentropy', 'sparse_top_k_categorical_accuracy', 'specificity_at_sensitivity',
  'squared_hinge', 'top_k_categorical_accuracy', 'true_negatives', 'true_positives',
];
const TOLERANCE: Tolerance = { rtol: 2e-5, atol: 2e-6 };

/** Labels and predictions by position, in a batch of Python's keyword arguments. */
function batchOf({ batch = {} }: Step): unknown[] {
  const { y_true, y_pred, values, mask, ...rest } = argumentOf(batch) as Record<string, unknown>;
  if (mask) (y_pred as Tensor).mask = mask as Tensor;
  const named = Object.keys(rest).length > 0 ? [rest] : [];
  return values === undefined ? [y_true, y_pred, ...named] : [values, ...named];
}

function compare(actual: metrics.MetricResult, expected: GoldenValue, what: string): void {
  if (isGoldenTensor(expected)) expectTensor(actual as Tensor, expected, what, expected.dtype === 'float32' ? TOLERANCE : {});
  else for (const [key, value] of Object.entries(expected as object)) {
    compare((actual as Record<string, Tensor>)[key], value as GoldenValue, `${what}.${key}`);
  }
}

/** Python leaves the axis of the cosine out of the config and so loses it. */
function serializedOf({ class_name, serialized, options }: Case): unknown {
  if (class_name !== 'CosineSimilarity' || options.axis === undefined || options.axis === -1) return serialized;
  return { ...serialized, config: { ...serialized.config, axis: options.axis } };
}

const make = ({ class_name, options }: Case): metrics.Metric =>
  new (metrics[class_name as 'Mean'] as unknown as new (options: object) => metrics.Metric)(options);

describe('metrics: the numbers, states and configs of Python Keras', () => {
  beforeEach(resetNames);
  for (const family of FAMILIES) {
    it(family, () => {
      for (const row of loadGolden<Case>('metrics', family).cases) {
        const { class_name, options, name, dtype, steps, variables, reset_variables } = row;
        const what = `${class_name}(${JSON.stringify(options)})`;
        const metric = make(row);
        // Names that Keras makes up are numbered.
        const isGiven = options.name !== undefined || !/_\d+$/.test(name);
        if (!isGiven) metric.name = name;
        expect([metric.name.replace(/_\d+$/, ''), metric.dtype], what).to.deep.equal([name.replace(/_\d+$/, ''), dtype]);
        metric.name = name;
        expect(metrics.serialize(metric), what).to.deep.equal(serializedOf(row));
        steps.forEach((step, i) => {
          if (step.batch) metric.update_state(...batchOf(step));
          compare(metric.result(), step.result, `${what} after step ${i}`);
        });
        expect(metric.variables.map((v) => v.name), what).to.deep.equal(variables.map((v) => v.name));
        if (isGiven) expect(metric.variables.map((v) => v.path), what).to.deep.equal(variables.map((v) => v.path));
        variables.forEach(({ value }, i) => compare(metric.variables[i].value, value, `${what} variable ${i}`));
        const again = metrics.deserialize(metrics.serialize(metric)) as metrics.Metric;
        expect(metrics.serialize(again), what).to.deep.equal(metrics.serialize(metric));
        metric.reset_state();
        reset_variables.forEach((value, i) => compare(metric.variables[i].value, value, `${what} reset variable ${i}`));
      }
    });
  }

  it('compiled and stateless, with the same results', () => {
    const rows = loadGolden<Case>('metrics', 'sparse_categorical_accuracy').cases;
    for (const row of rows.filter(({ steps }) => steps.every(({ batch }) => !batch?.mask))) {
      const compiled = make(row);
      const stateless = make(row);
      let state = stateless.stateless_reset_state();
      const update = jit((...batch: unknown[]) => compiled(...batch));
      for (const step of row.steps.filter(({ batch }) => batch)) {
        const batch = batchOf(step);
        state = stateless.stateless_update_state(state, ...batch);
        compare(update(...batch), step.result, 'compiled');
        compare(stateless.stateless_result(state), step.result, 'stateless');
      }
      expect(stateless.variables.map((v) => v.value.item())).to.deep.equal([0, 0]);
    }
    expect(() => new metrics.Mean().stateless_result([])).to.throw(RangeError, '2 variables, received 0');
  });
});

describe('metrics.get', () => {
  it('understands Keras\'s names', () => {
    for (const { identifier, kind, name } of loadGolden<{ identifier: string; kind: string | null; name: string }>(
      'metrics', 'identifiers').cases) {
      if (kind === null) continue; // more names are understood here: those of loss functions
      if (!(name in metrics)) continue;
      expect(metrics.get(identifier).constructor.name, identifier).to.equal(name);
    }
    expect(() => metrics.get('accurracy')).to.throw(/accurracy.*Known names:.*accuracy/);
    expect(metrics.get(null)).to.equal(null);
  });

  it('MeanMetricWrapper is written with its function', () => {
    const [{ function: name, steps, config }] = loadGolden<{ function: string; steps: Step[]; config: Record<string, unknown> }>(
      'metrics', 'mean_metric_wrapper').cases;
    const metric = new metrics.MeanMetricWrapper(metrics[name as 'mean_squared_error'], { name: 'wrapped' });
    for (const step of steps) {
      metric.update_state(...(batchOf(step) as [Tensor, Tensor]));
      compare(metric.result(), step.result, name);
    }
    expect(metric.get_config()).to.deep.equal(config);
    expect((metrics.deserialize(metrics.serialize(metric)) as metrics.Metric)([[0]], [[2]])).to.satisfy((t: Tensor) => t.item() === 4);
  });
});

describe('metrics of one\'s own', () => {
  class Largest extends metrics.Metric {
    readonly largest: Variable;
    readonly inner = new metrics.Sum({ name: 'inner' });

    constructor(...args: ConstructorParameters<typeof metrics.Metric>) {
      super(...args);
      this.largest = this.add_weight([], 'zeros', { name: 'largest' });
    }

    override update_state(_y_true: Tensor, y_pred: Tensor): void {
      this.largest.assign(maximum(this.largest.value, max(y_pred)));
      this.inner.update_state(y_pred);
    }

    override result(): metrics.MetricResult {
      return { largest: this.largest.value, sum: this.inner.result() };
    }
  }

  it('own variables and metrics, and may give several figures', () => {
    const metric = new Largest({ name: 'mine' });
    const { largest, sum } = metric(array([0, 0]), array([3, 5])) as Record<string, Tensor>;
    expect([largest.item(), sum.item()]).to.deep.equal([5, 8]);
    expect(metric.variables.map(({ path }) => path)).to.deep.equal(['mine/largest', 'inner/total']);
    metric.reset_state();
    expect((metric.result() as Record<string, Tensor>).sum.item()).to.equal(0);
    expect(`${metric}`).to.equal('<Largest name=mine>');
  });

  it('refuse unknown options', () => {
    expect(() => new metrics.Mean({ trainable: true } as never)).to.throw(/trainable.*name, dtype/);
    expect(() => new metrics.Mean().update_state([1], { sample_weights: [1] })).to.throw(/sample_weights/);
  });
});
