import { expect } from 'chai';
import * as keras from '../../src/index.js';
import { inWords } from '../../src/applications/decode-predictions.js';
import type { PreprocessInput } from '../../src/applications/preprocessing.js';
import { NDArray } from '../../src/engine/convert.js';
import type { Tensor } from '../../src/engine/tensor.js';
import { loadGolden, type GoldenTensor } from '../golden/golden.js';
import { expectTensor, tensorOf } from '../golden/tensors.js';
import { describeBackends } from '../support/backends.js';

interface ModeRow {
  mode: 'caffe' | 'tf' | 'torch';
  data_format: string;
  input: GoldenTensor;
  output: GoldenTensor;
}

interface ModuleRow {
  module: string;
  input: GoldenTensor;
  output: GoldenTensor;
}

const { imagenet_utils } = keras.applications;

describeBackends('preprocess_input', () => {
  for (const { mode, data_format, input, output } of loadGolden<ModeRow>('applications', 'preprocess').cases) {
    it(`${mode} on ${JSON.stringify(input.shape)}, ${data_format}`, () => {
      const x = tensorOf(input);
      expectTensor(imagenet_utils.preprocess_input(x, { data_format, mode }), output, 'float32');
      expectTensor(imagenet_utils.preprocess_input(keras.ops.cast(x, 'uint8'), data_format, mode), output, 'uint8');
    });
  }

  for (const { module, input, output } of loadGolden<ModuleRow>('applications', 'modules').cases) {
    it(`of ${module}`, () => {
      const { preprocess_input } = keras.applications[module as 'vgg16'];
      expectTensor(preprocess_input(tensorOf(input)), output, module);
    });
  }

  it('takes arrays, and describes itself in a graph', () => {
    const { preprocess_input } = keras.applications.resnet;
    const image = new NDArray(Float32Array.of(1, 2, 3), [1, 1, 3], 'float32');
    const array: NDArray = preprocess_input(image);
    expect(array).to.be.instanceOf(NDArray);
    expect([...image.data as Float32Array], 'the input').to.deep.equal([1, 2, 3]);
    const inputs = keras.Input({ shape: [2, 2, 3] });
    const model = new keras.Model(inputs, preprocess_input(inputs));
    const pixels = keras.ops.reshape(keras.ops.arange(12), [1, 2, 2, 3]);
    expect(model<Tensor, Tensor>(pixels).arraySync()).to.deep.equal(preprocess_input(keras.ops.cast(pixels, 'float32')).arraySync());
  });

  const wrong: [string, () => unknown, RegExp][] = [
    ['an unknown mode', () => imagenet_utils.preprocess_input([[[1, 2, 3]]], { mode: 'bgr' as 'tf' }),
      /'mode' must be one of "caffe", "tf", "torch", received "bgr"/],
    ['an unknown data format', () => imagenet_utils.preprocess_input([[[1, 2, 3]]], 'last'), /data_format/],
    ['images of one channel', () => imagenet_utils.preprocess_input([[[1]]]), /takes images with 3 channels, .* received shape \[1, 1, 1\]/],
    ['an unknown argument', () => (keras.applications.vgg16.preprocess_input as PreprocessInput)([[[1, 2, 3]]], { mode: 'tf' } as never), /no argument 'mode'/],
  ];
  for (const [what, act, message] of wrong) it(`rejects ${what}`, () => expect(act).to.throw(message));
});

describe('decode_predictions', () => {
  const index = Object.fromEntries(Array.from({ length: 4 }, (_, i) => [String(i), [`n0${i}`, `class_${i}`] as [string, string]]));

  it('names the classes of the highest scores, the best first; of equal ones the later first', () => {
    expect(inWords([[0.1, 0.6, 0.1, 0.2], [1, 0, 0, 0]], 3, index)).to.deep.equal([
      [['n01', 'class_1', 0.6], ['n03', 'class_3', 0.2], ['n02', 'class_2', 0.1]],
      [['n00', 'class_0', 1], ['n03', 'class_3', 0], ['n02', 'class_2', 0]],
    ]);
  });

  it('rejects predictions over other classes', async () => {
    const refusal = await imagenet_utils.decode_predictions(keras.ops.ones([2, 10])).catch((error: Error) => error.message);
    expect(refusal).to.match(/shape \[images, 1000\], received \[2, 10\]/);
    expect(keras.applications.resnet50.decode_predictions).to.equal(imagenet_utils.decode_predictions);
  });
});
