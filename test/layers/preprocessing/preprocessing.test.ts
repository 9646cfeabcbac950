import { expect } from 'chai';
import { PyDataset, Dataset } from '../../../src/utils/index.js';
import { CategoryEncoding, CenterCrop, Discretization, Normalization, Rescaling, Resizing, type Layer } from '../../../src/layers/index.js';
import { NDArray } from '../../../src/engine/convert.js';
import { isPlainObject } from '../../../src/engine/structure.js';
import type { Tensor } from '../../../src/engine/tensor.js';
import * as ops from '../../../src/ops/index.js';
import { getExportedObject } from '../../../src/saving/registration.js';
import { isGoldenTensor, loadGolden, type GoldenTensor, type GoldenValue } from '../../golden/golden.js';
import { argumentOf, expectTensor, tensorOf } from '../../golden/tensors.js';
import { describeBackends } from '../../support/backends.js';
import { asComputed, configText, describeGoldenLayers } from '../../support/layer-golden.js';
import { describeLayers } from '../../support/layer-test.js';

const PLAIN = { expected_num_trainable_weights: 0, expected_num_losses: 0 } as const;

describeLayers('Preprocessing layers', [
  [Rescaling, { init_kwargs: { scale: 0.5, offset: 1 }, input_shape: [2, 3], expected_output_shape: [2, 3], supports_masking: true, ...PLAIN }],
  [Normalization, { init_kwargs: { axis: -1 }, input_shape: [2, 3], expected_output_shape: [2, 3], expected_num_non_trainable_weights: 3, supports_masking: true, ...PLAIN }],
  [Normalization, { init_kwargs: { mean: [1, 2, 3], variance: [1, 4, 9], invert: true }, input_shape: [2, 3], expected_num_non_trainable_weights: 0, ...PLAIN }],
  [Resizing, { init_kwargs: { height: 3, width: 5 }, input_shape: [2, 4, 4, 2], expected_output_shape: [2, 3, 5, 2], ...PLAIN }],
  [CenterCrop, { init_kwargs: { height: 3, width: 2 }, input_shape: [2, 4, 4, 2], expected_output_shape: [2, 3, 2, 2], ...PLAIN }],
  [CategoryEncoding, { init_kwargs: { num_tokens: 5, output_mode: 'count' }, input_shape: [2, 3], input_dtype: 'int32', expected_output_shape: [2, 5], ...PLAIN }],
  [Discretization, { init_kwargs: { bin_boundaries: [0, 0.5] }, input_shape: [2, 3], expected_output_shape: [2, 3], ...PLAIN }],
]);

describeGoldenLayers('rescaling');
describeGoldenLayers('normalization');
describeGoldenLayers('resizing', { symbolic: asComputed });
describeGoldenLayers('center_crop');
describeGoldenLayers('category_encoding');
describeGoldenLayers('discretization');

interface AdaptRow {
  axis: number | number[] | null;
  data: GoldenTensor;
  batches: number[];
  input: GoldenTensor;
  mean: GoldenTensor;
  variance: GoldenTensor;
  output: GoldenTensor;
  config: Record<string, unknown>;
}

interface LabelRow {
  class_name: string;
  config: Record<string, unknown>;
  bounding_box_format: string;
  inputs: GoldenValue;
  outputs: GoldenValue;
}

interface BinRow {
  num_bins: number;
  epsilon: number;
  batches: GoldenTensor[];
  bin_boundaries: number[];
  config: Record<string, unknown>;
}

/** The rows of a tensor, in batches of these sizes. */
function* inBatches(data: Tensor, sizes: readonly number[]): Generator<Tensor> {
  let start = 0;
  for (const size of sizes) {
    yield ops.take(data, Array.from({ length: size }, (_, i) => start + i), 0);
    start += size;
  }
}

function expectNested(actual: unknown, expected: GoldenValue, place: string): void {
  if (isGoldenTensor(expected)) return expectTensor(actual as Tensor, expected, place, { rtol: 1e-5, atol: 1e-5 });
  if (!isPlainObject(expected) || !isPlainObject(actual)) throw new Error(`${place} is no object`);
  expect(Object.keys(actual), place).to.have.members(Object.keys(expected));
  for (const [key, value] of Object.entries(expected)) expectNested(actual[key], value as GoldenValue, `${place}.${key}`);
}

describeBackends('Preprocessing', () => {
  for (const row of loadGolden<AdaptRow>('layers', 'normalization_adapt').cases) {
    it(`Normalization over ${JSON.stringify(row.axis)} adapts to batches of ${row.batches.join(' and ')}`, async () => {
      const layer = new Normalization({ axis: row.axis });
      const data = tensorOf(row.data);
      await layer.adapt(row.batches.length === 1 ? data : inBatches(data, row.batches));
      expect(ops.sum(data).shape, 'data after adapt').to.deep.equal([]);
      const tolerance = { rtol: 1e-5, atol: 1e-6 };
      expectTensor(layer.adapt_mean!.value, row.mean, 'mean', tolerance);
      expectTensor(layer.adapt_variance!.value, row.variance, 'variance', tolerance);
      expectTensor(layer(tensorOf(row.input)), row.output, 'output', { rtol: 1e-4, atol: 1e-5 });
      expect(configText({ ...layer.get_config(), name: 'normalization' })).to.equal(configText({ ...row.config, name: 'normalization' }));
    });
  }

  for (const row of loadGolden<LabelRow>('layers', 'image_labels').cases) {
    it(`${row.class_name} takes along boxes (${row.bounding_box_format}), masks and labels: ${JSON.stringify(row.config)}`, () => {
      const make = getExportedObject(`keras.layers.${row.class_name}`) as unknown as { from_config(config: object): Layer };
      const layer = make.from_config(row.config);
      const outputs = layer<unknown, unknown>(argumentOf(row.inputs));
      expectNested(outputs, row.outputs, 'outputs');
    });
  }

  for (const row of loadGolden<BinRow>('layers', 'discretization_adapt').cases) {
    it(`Discretization finds ${row.num_bins} bins in ${row.batches.map(({ shape }) => shape[0]).join(', ')} numbers`, async () => {
      const layer = new Discretization({ num_bins: row.num_bins, epsilon: row.epsilon });
      const batches = row.batches.map(tensorOf);
      await layer.adapt(batches.length === 1 ? batches[0] : batches);
      layer.bin_boundaries!.forEach((boundary, i) => expect(boundary).to.be.closeTo(row.bin_boundaries[i], 1e-5));
      expect(layer.bin_boundaries!.length).to.equal(row.num_bins - 1);
      const again = Discretization.from_config(layer.get_config());
      expect(again.get_config()).to.deep.equal(layer.get_config());
      expect(Object.keys(layer.get_config())).to.deep.equal(Object.keys(row.config));
    });
  }

  it('layers adapt to datasets and to pairs of inputs and targets', async () => {
    class Pairs extends PyDataset {
      override __len__(): number {
        return 2;
      }
      override __getitem__(index: number): unknown {
        return [ops.array([[index], [index + 2]]), ops.zeros([2])];
      }
    }
    const rows = new Float32Array([0, 2, 1, 3]);
    const source = { samples: 4, rows: (indices: Int32Array) => new NDArray(Float32Array.from(indices, (i) => rows[i]), [indices.length, 1], 'float32') };
    for (const data of [new Pairs(), new Dataset(source), new Dataset(source, 2), [[0], [2], [1], [3]], [[ops.array([[0], [2], [1], [3]]), ops.zeros([4])]]]) {
      const layer = new Normalization();
      await layer.adapt(data as never);
      expect(layer.mean.item()).to.equal(1.5);
      expect(layer.variance.item()).to.equal(1.25);
    }
  });

  const wrong: [string, () => unknown, RegExp][] = [
    ['a mean without a variance', () => new Normalization({ mean: 1 }), /given together, received mean alone/],
    ['statistics of other shapes', () => new Normalization({ mean: [1, 2], variance: 1 }), /same shape, received the shapes \[2\] and \[\]/],
    ['a mean with too many axes', () => new Normalization({ axis: null, mean: [1], variance: [1] }), /at most as many axes .*\(0\)/],
    ['an axis that is not there', () => new Normalization({ axis: 3 })(ops.ones([2, 2])), /must be from -2 to 1 for inputs of shape \[2, 2\]/],
    ['a scale that is none', () => new Rescaling({} as never), /'scale' must be a number/],
    ['both bins and boundaries', () => new Discretization({ num_bins: 2, bin_boundaries: [1] }), /received both/],
    ['no boundaries', () => new Discretization({ num_bins: 2 })([1]), /has no boundaries yet: call adapt/],
    ['boxes of no format', () => new Resizing(2, 2)({ images: ops.ones([4, 4, 1]), bounding_boxes: { boxes: ops.ones([1, 4]), labels: ops.ones([1]) } }), /give it bounding_box_format/],
    ['images of another rank', () => new CenterCrop(2, 2)(ops.ones([4, 4])), /takes an image of 3 axes or a batch of 4, received shape \[4, 4\]/],
    ['two ways to keep proportions', () => new Resizing({ height: 2, width: 2, crop_to_aspect_ratio: true, pad_to_aspect_ratio: true }), /only one of/],
    ['weights where nothing is counted', () => new CategoryEncoding(3)([[1]], { count_weights: [[1]] }), /count_weights with the output_mode 'count' alone/],
    ['an unknown mode', () => new CategoryEncoding(3, 'sum' as 'count'), /'output_mode' must be one of/],
  ];
  for (const [what, act, message] of wrong) it(`rejects ${what}`, () => expect(act).to.throw(message));

  it('rejects data of other features, and given statistics', async () => {
    const layer = new Normalization();
    await layer.adapt(ops.ones([2, 3]));
    const messages = await Promise.all([
      layer.adapt(ops.ones([2, 4])), new Normalization({ mean: 0, variance: 1 }).adapt([1]), new Normalization().adapt([ops.ones([2, 1])].slice(1)),
      new Discretization([1]).adapt([1]),
    ].map((promise) => promise.then(() => 'none', (error: Error) => error.message)));
    expect(messages[0]).to.match(/built for inputs of shape \[2, 3\], but adapt received data of shape \[2, 4\]/);
    expect(messages[1]).to.match(/nothing to adapt/);
    expect(messages[2]).to.match(/received no batch|no data/);
    expect(messages[3]).to.match(/nothing to adapt/);
  });
});
