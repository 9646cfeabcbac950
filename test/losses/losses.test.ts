import { expect } from 'chai';
import { grad } from '../../src/engine/gradients.js';
import { jit } from '../../src/engine/jit.js';
import { Tensor } from '../../src/engine/tensor.js';
import * as losses from '../../src/losses/index.js';
import { softmax, sigmoid } from '../../src/ops/nn/index.js';
import { multiply, sum } from '../../src/ops/tensor-math.js';
import { array } from '../golden/arrays.js';
import { loadGolden, type GoldenTensor, type GoldenValue } from '../golden/golden.js';
import { argumentOf, expectTensor, tensorOf } from '../golden/tensors.js';

interface Case {
  class_name: string;
  options: Record<string, unknown>;
  config: Record<string, unknown>;
  y_true: GoldenTensor;
  y_pred: GoldenTensor;
  sample_weight: GoldenValue;
  mask: GoldenTensor | null;
  output: GoldenTensor;
  grad: GoldenTensor | null;
}

const FAMILIES = [
  'binary_crossentropy', 'binary_focal_crossentropy', 'categorical_crossentropy', 'categorical_focal_crossentropy',
  'categorical_generalized_cross_entropy', 'categorical_hinge', 'circle', 'cosine_similarity', 'ctc', 'dice',
  'hinge', 'huber',
  'kl_divergence', 'log_cosh', 'mean_absolute_error', 'mean_absolute_percentage_error', 'mean_squared_error',
  'mean_squared_logarithmic_error', 'poisson', 'sparse_categorical_crossentropy', 'squared_hinge', 'tversky',
];
/** Options that Python Keras leaves out of its configs; here they are written where they are not the default. */
const LOST: Record<string, string> = { Huber: 'delta', CosineSimilarity: 'axis' };

function expectedConfig({ class_name, config, options }: Case): Record<string, unknown> {
  const lost = LOST[class_name];
  const isDefault = lost === undefined || options[lost] === undefined || options[lost] === -1;
  return isDefault ? config : { ...config, [lost]: options[lost] };
}

describe('losses: the numbers, gradients and configs of Python Keras', () => {
  for (const family of FAMILIES) {
    it(family, () => {
      const golden = loadGolden<Case>('losses', family);
      for (const row of golden.cases) {
        const { class_name, options, y_true, y_pred, sample_weight, mask, output, grad: gradient } = row;
        const Class = losses[class_name as 'Huber'];
        const loss = new Class(options as object);
        const what = `${class_name}(${JSON.stringify(options)}) of ${y_pred.dtype}[${y_pred.shape.join()}]` +
          (sample_weight === null ? '' : ', weighted') + (mask ? ', masked' : '');
        const call = (p: Tensor): Tensor => {
          if (mask) p.mask = tensorOf(mask);
          const weights = argumentOf(sample_weight) as Tensor | null;
          return weights === null ? loss(tensorOf(y_true), p) : loss(tensorOf(y_true), p, { sample_weight: weights });
        };
        // Gradients of circle are sums of large numbers that cancel.
        const tolerance = family === 'circle' ? { rtol: 1e-4, atol: 1e-5 } : { rtol: 2e-5, atol: 2e-6 };
        const used = output.dtype === 'float32' ? tolerance : {};
        expectTensor(call(tensorOf(y_pred)), output, what, used);
        expect(loss.get_config(), what).to.deep.equal(expectedConfig(row));
        // A dtype is no part of the config, as in Python.
        if (!options.dtype) expectTensor((losses.deserialize(losses.serialize(loss)) as losses.Loss)(
          tensorOf(y_true), Object.assign(tensorOf(y_pred), mask ? { mask: tensorOf(mask) } : {}),
          argumentOf(sample_weight) as Tensor | null), output, `${what} again`, used);
        if (gradient) expectTensor(grad((p: Tensor) => sum(call(p)))(tensorOf(y_pred)) as Tensor, gradient, `gradient of ${what}`, used);
      }
    });
  }
});

describe('losses.get', () => {
  it('understands Keras\'s names', () => {
    for (const { identifier, kind, name } of loadGolden<{ identifier: string; kind: string | null; name: string }>(
      'losses', 'identifiers').cases) {
      // Python leaves the function out of its names, as it takes one more argument.
      if (name === 'CTC' || name === 'ctc' || identifier === 'categorical_generalized_cross_entropy') continue;
      if (kind === null) expect(() => losses.get(identifier), identifier).to.throw(/Known names/);
      else if (kind === 'class') expect(losses.get(identifier).constructor.name).to.equal(name);
      else expect(losses.get(identifier).name).to.equal(name);
    }
  });

  it('takes configs, classes, functions and losses', () => {
    const loss = new losses.Huber(0.5);
    expect(losses.get(loss)).to.equal(loss);
    expect(losses.get(losses.huber)).to.equal(losses.huber);
    expect(losses.get(losses.Poisson)).to.be.instanceOf(losses.Poisson);
    const again = losses.get({ class_name: 'BinaryCrossentropy', config: { from_logits: true } }) as losses.BinaryCrossentropy;
    expect(again.from_logits).to.equal(true);
    expect(losses.get(null)).to.equal(null);
  });
});

describe('losses of one\'s own', () => {
  class Weighted extends losses.Loss {
    override call(y_true: Tensor, y_pred: Tensor): Tensor {
      return multiply(losses.mean_squared_error(y_true, y_pred), 2);
    }
  }

  it('define call, are named after the class, and print', () => {
    const loss = new Weighted({ reduction: 'sum' });
    expect(loss([[1], [2]], [[2], [4]]).item()).to.equal(10);
    expect(loss.name).to.match(/^weighted(_\d+)?$/);
    expect(`${loss}`).to.equal(`<Weighted name=${loss.name}>`);
    expect(loss([[1], [2]], [[2], [4]], [1, 0]).item()).to.equal(2);
  });

  it('may be functions, with options of their own', () => {
    const own = (y_true: Tensor, y_pred: Tensor, { power = 1 } = {}): Tensor =>
      multiply(losses.mean_absolute_error(y_true, y_pred), power);
    const loss = new losses.LossFunctionWrapper(own, { name: 'own', power: 3 });
    expect(loss([[1]], [[2]]).item()).to.equal(3);
    const wrapped = new losses.LossFunctionWrapper(losses.huber, { delta: 0.5 });
    const again = losses.deserialize(losses.serialize(wrapped)) as losses.Loss;
    expect(again([[0]], [[3]]).item()).to.equal(wrapped([[0]], [[3]]).item());
  });

  it('refuse what is no reduction, option or fitting shape', () => {
    expect(() => new losses.MeanSquaredError('average' as never)).to.throw(TypeError, 'average');
    expect(() => new losses.MeanSquaredError({ trainable: true } as never)).to.throw(/trainable/);
    expect(() => new losses.CategoricalCrossentropy()([1, 0], [[0.1, 0.9], [0.2, 0.8]])).to.throw(/sparse_categorical_crossentropy/);
    expect(() => new losses.CategoricalGeneralizedCrossEntropy({ q: 1 })).to.throw(RangeError, '1');
  });
});

describe('losses and logits', () => {
  it('use the logits that softmax and sigmoid remember', () => {
    // As probabilities these are exactly 0 and 1, whose logarithm would be cut off at epsilon.
    const logits = array([[-100, 100]]);
    const options = { reduction: 'none' } as const;
    expect(new losses.CategoricalCrossentropy(options)([[1, 0]], softmax(logits)).arraySync()).to.deep.equal([200]);
    expect(new losses.SparseCategoricalCrossentropy(options)([0], softmax(logits)).arraySync()).to.deep.equal([200]);
    expect(new losses.BinaryCrossentropy(options)([[1, 0]], sigmoid(logits)).arraySync()).to.deep.equal([100]);
  });

  it('compute the same compiled as eagerly', () => {
    const loss = new losses.SparseCategoricalCrossentropy();
    const step = (x: Tensor): Tensor => grad((t: Tensor) => loss([0, 1], softmax(t)))(x) as Tensor;
    const x = array([[1, 2, 3], [3, 2, 1]]);
    expect(jit(step)(x).arraySync()).to.deep.equal(step(x).arraySync());
  });
});
