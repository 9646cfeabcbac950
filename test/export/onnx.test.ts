import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import * as keras from '../../src/index.js';
import { ExportError } from '../../src/export/input-signature.js';
import { requireSize } from '../../src/export/onnx/export-onnx.js';
import { CORPUS_OBJECTS } from '../saving/corpus-objects.js';
import { goldenPath, type GoldenTensor } from '../golden/golden.js';

const { layers } = keras;

type Feeds = Record<string, OrtTensor>;

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keras-onnx-'));
});
after(() => rm(folder, { recursive: true }));

async function exported(model: keras.Model, options: { input_signature?: unknown[]; opset_version?: number } = {}): Promise<InferenceSession> {
  const path = join(folder, 'model.onnx');
  await model.export(path, { format: 'onnx', verbose: false, ...options });
  return InferenceSession.create(path);
}

const ortTensor = ({ dtype, shape, data }: { dtype: string; shape: readonly number[]; data: ArrayLike<number> }): OrtTensor =>
  (dtype === 'int32' ? new OrtTensor('int32', Int32Array.from(data), shape) : new OrtTensor('float32', Float32Array.from(data), shape));

function expectClose(actual: OrtTensor, shape: readonly number[], data: ArrayLike<number>, tolerance = 1e-5): void {
  expect(actual.dims).to.deep.equal([...shape]);
  Array.from(data).forEach((value, i) => expect(Number(actual.data[i]), `element ${i}`).to.be.closeTo(value, tolerance));
}

/** Values that look random and are the same everywhere. */
const wave = (shape: readonly number[]): Float32Array =>
  Float32Array.from({ length: shape.reduce((n, d) => n * d, 1) }, (_, i) => Math.sin(1.7 * i + 0.3));

/** The file and the model give the same for inputs of these shapes. */
async function expectSame(model: keras.Model, session: InferenceSession, ...shapes: readonly (readonly number[])[]): Promise<void> {
  const feeds: Feeds = {};
  const given = shapes.map((shape, i) => {
    const { dtype } = model.inputs[i];
    const data = dtype === 'int32' ? Int32Array.from(wave(shape), (v) => Math.floor(Math.abs(v) * 9)) : wave(shape);
    feeds[session.inputNames[i]] = ortTensor({ dtype, shape, data });
    return new keras.NDArray(data, shape);
  });
  const results = await session.run(feeds);
  const outputs = [await model.predict_on_batch(given.length > 1 ? given : given[0])].flat() as keras.NDArray[];
  outputs.forEach((output, i) => expectClose(results[session.outputNames[i]], output.shape, output.data as Float32Array));
}

/** Holds a function as Python's byte code. */
const LAMBDA = 'code.keras';

interface Saved {
  file: string;
  inputs: GoldenTensor[];
  outputs: GoldenTensor[];
}

describe('export to ONNX: what Python Keras predicted', () => {
  const { cases } = JSON.parse(readFileSync(goldenPath('corpus', '3.15.1', 'corpus.json'), 'utf8')) as { cases: Saved[] };
  for (const { file, inputs, outputs } of cases.filter((saved) => saved.file.endsWith('.keras') && saved.file !== LAMBDA)) {
    it(file, async () => {
      const model = await keras.saving.load_model(goldenPath('corpus', '3.15.1', file), { custom_objects: CORPUS_OBJECTS }) as keras.Model;
      const session = await exported(model);
      const feeds: Feeds = {};
      inputs.forEach((input, i) => {
        feeds[session.inputNames[i]] = ortTensor(input as { dtype: string; shape: number[]; data: number[] });
      });
      const results = await session.run(feeds);
      // TensorFlow rounds to float16 at other places.
      const tolerance = file.startsWith('half') ? 1e-2 : 1e-5;
      outputs.forEach(({ shape, data }, i) => expectClose(results[session.outputNames[i]], shape, data as number[], tolerance));
    });
  }
});

describe('export to ONNX: sizes that were not known', () => {
  it('a convolutional network on images of any size', async () => {
    const model = new keras.Sequential([
      keras.Input({ shape: [null, null, 3] }),
      new layers.Conv2D(6, 3, { strides: 2, padding: 'same', activation: 'relu' }),
      new layers.BatchNormalization(),
      new layers.DepthwiseConv2D(3, { padding: 'same' }),
      new layers.ZeroPadding2D(1),
      new layers.Conv2DTranspose(4, 3, { strides: 2, padding: 'same' }),
      new layers.AveragePooling2D(3, { strides: 2, padding: 'same' }),
      new layers.UpSampling2D(2),
      new layers.Conv2D(4, 2, { groups: 2, dilation_rate: 2 }),
    ]);
    const session = await exported(model);
    await expectSame(model, session, [1, 13, 16, 3]);
    await expectSame(model, session, [3, 10, 7, 3]);
  });

  it('recurrent layers on sequences of any length, masks included', async () => {
    const ids = keras.Input({ shape: [null], dtype: 'int32' });
    const embedded = new layers.Embedding(10, 6, { mask_zero: true })(ids);
    const both = new layers.Bidirectional(new layers.LSTM(4, { return_sequences: true }))(embedded) as keras.KerasTensor;
    const model = new keras.Model(ids, new layers.Dense(2)(new layers.GRU(3, { go_backwards: true })(both)));
    const session = await exported(model);
    await expectSame(model, session, [1, 4]);
    await expectSame(model, session, [5, 9]);
  });

  it('a transformer with causal attention on sequences of any length', async () => {
    const x = keras.Input({ shape: [null, 8] });
    const attended = new layers.MultiHeadAttention(2, 4)(x, x, { use_causal_mask: true }) as keras.KerasTensor;
    const hidden = new layers.LayerNormalization()(new layers.Add()([x, attended]));
    const widened = new layers.Dense(8)(new layers.Dense(16, 'gelu')(hidden));
    const model = new keras.Model(x, new layers.Add()([hidden, widened]));
    const session = await exported(model);
    await expectSame(model, session, [1, 3, 8]);
    await expectSame(model, session, [4, 7, 8]);
  });

  it('several inputs whose lengths differ from each other', async () => {
    const [a, b] = [keras.Input({ shape: [null, 4], name: 'a' }), keras.Input({ shape: [null, 4], name: 'b' })];
    const joined = new layers.Concatenate({ axis: 1 })([a, b]);
    const model = new keras.Model([a, b], new layers.Reshape([-1, 2])(joined));
    const session = await exported(model);
    expect(session.inputNames).to.deep.equal(['a', 'b']);
    await expectSame(model, session, [2, 3, 4], [2, 5, 4]);
  });

  it('functions that need sizes which can be divided', async () => {
    const x = keras.Input({ shape: [null, 3] });
    const model = new keras.Model(x, new layers.Lambda((t: unknown) => keras.ops.reshape(t as keras.Tensor, [-1, 2, 3]),
      { output_shape: [2, 3] })(x));
    const session = await exported(model);
    const [batch, steps] = [2, 6];
    const data = wave([batch, steps, 3]);
    const results = await session.run({ [session.inputNames[0]]: ortTensor({ dtype: 'float32', shape: [batch, steps, 3], data }) });
    expectClose(results[session.outputNames[0]], [batch * steps / 2, 2, 3], data);
  });

  it('lengths that are rounded, beside a batch that is divided', async () => {
    const x = keras.Input({ shape: [null, 3] });
    const doubled = new layers.UpSampling1D(2)(new layers.Conv1D(2, 3, { strides: 2, padding: 'same' })(x)) as keras.KerasTensor;
    const pairs = new layers.Lambda((t: unknown) => {
      const { shape } = t as keras.Tensor;
      const placed = keras.ops.add(t as keras.Tensor, keras.ops.expand_dims(keras.ops.arange(shape[1], { dtype: 'float32' }), 1));
      return keras.ops.reshape(placed, [-1, 2, shape[1], 2]);
    }, { output_shape: [2, null, 2] })(doubled);
    const model = new keras.Model(x, pairs);
    const session = await exported(model);
    await expectSame(model, session, [4, 5, 3]);
    await expectSame(model, session, [2, 8, 3]);
  });

  it('is refused where the computation itself changes with the size', async () => {
    const x = keras.Input({ shape: [null, 3] });
    const model = new keras.Model(x, new layers.TimeDistributed(new layers.Dense(2))(x));
    let error: unknown;
    await exported(model).catch((thrown: unknown) => {
      error = thrown;
    });
    expect(error).to.be.instanceOf(ExportError).with.property('message').that.includes('depends on the size of the inputs');
    const session = await exported(model, { input_signature: [new keras.InputSpec({ shape: [null, 4, 3], dtype: 'float32' })] });
    await expectSame(model, session, [2, 4, 3]);
  });
});

describe('export to ONNX: files and messages', () => {
  const small = (): keras.Model => new keras.Sequential([keras.Input({ shape: [3], name: 'features' }), new layers.Dense(2, { name: 'scores' })]);
  const refused = async (model: keras.Model, options: Record<string, unknown> = {}): Promise<Error> => {
    try {
      await model.export(join(folder, 'refused.onnx'), { format: 'onnx', verbose: false, ...options } as object);
    } catch (error) {
      return error as Error;
    }
    throw new Error('it was exported');
  };

  it('has the names of inputs, a batch of any size, and outputs by their keys', async () => {
    const x = keras.Input({ shape: [3], name: 'features' });
    const model = new keras.Model(x, { first: new layers.Dense(2)(x), second: new layers.Dense(1)(x) });
    const session = await exported(model);
    expect(session.inputNames).to.deep.equal(['features']);
    expect(session.outputNames).to.deep.equal(['first', 'second']);
    const [input] = session.inputMetadata;
    expect(input.isTensor && input.shape).to.deep.equal(['batch', 3]);
  });

  it('can be written for each version of the ops that is offered', async () => {
    const model = small();
    for (const opset_version of [18, 19, 20, 21]) {
      await expectSame(model, await exported(model, { opset_version }), [2, 3]);
    }
    expect((await refused(model, { opset_version: 12 })).message).to.match(/opset_version must be one of 18, 19, 20, 21, received 12/);
  });

  it('says where the file is, unless told not to', async () => {
    const { write } = process.stdout;
    const written: string[] = [];
    process.stdout.write = (text: string | Uint8Array) => written.push(String(text)) > 0;
    try {
      await small().export(join(folder, 'loud.onnx'), 'onnx');
    } finally {
      process.stdout.write = write;
    }
    expect(written.join('')).to.equal(`Saved artifact at '${join(folder, 'loud.onnx')}'.\n`);
  });

  it('names the op and the layer that ONNX cannot express', async () => {
    const x = keras.Input({ shape: [3] });
    const special = new layers.Lambda((t: unknown) => keras.ops.erfinv(t as keras.Tensor), { name: 'special' });
    const { message } = await refused(new keras.Model(x, special(x)));
    expect(message).to.match(/primitive erf_inv of layer 'special' .* cannot be exported to ONNX: ONNX has no inverse of erf/);
  });

  it('refuses weights that one file cannot hold', () => {
    const half = { shape: [2 ** 18, 1024], dtype: 'float32' as const };
    expect(() => requireSize(new Map([['one', half]]))).not.to.throw();
    expect(() => requireSize(new Map([['one', half], ['two', half]]))).to.throw(/take 2147483648 bytes, and an ONNX file holds less than 2 GB/);
  });

  it('refuses what draws random numbers or has state, by name', async () => {
    class Noisy extends layers.Layer {
      seeds = new keras.SeedGenerator(1);
      call(inputs: unknown): unknown {
        return keras.ops.add(inputs as keras.Tensor, keras.random.normal([3], { seed: this.seeds }));
      }
    }
    const x = keras.Input({ shape: [3] });
    expect((await refused(new keras.Model(x, new Noisy({ name: 'noisy' })(x)))).message)
      .to.match(/assigns variable '.*seed_generator_state'; an ONNX file has no state/);
  });

  it('refuses models whose inputs are not known, and formats of other libraries', async () => {
    class Plain extends keras.Model {
      dense = new layers.Dense(2);
      override call(inputs: unknown): unknown {
        return this.dense(inputs);
      }
    }
    const model = new Plain();
    expect((await refused(model)).message).to.match(/has not been built/);
    model(keras.ops.ones([2, 3]));
    const session = await exported(model);
    expectClose((await session.run({ [session.inputNames[0]]: ortTensor({ dtype: 'float32', shape: [4, 3], data: wave([4, 3]) }) }))[session.outputNames[0]],
      [4, 2], (await model.predict_on_batch(new keras.NDArray(wave([4, 3]), [4, 3])) as keras.NDArray).data as Float32Array);
    for (const format of ['litert', 'tflite', 'openvino', 'torch']) {
      expect((await refused(small(), { format })).message).to.match(new RegExp(`^Format '${format}' needs the converters of`));
    }
    expect((await refused(small(), { format: 'pickle' })).message).to.match(/'format' must be one of/);
  });
});
