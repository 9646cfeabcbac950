import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as keras from '../../src/index.js';
import { loadWeights } from '../../src/applications/weights.js';
import { captured } from '../support/capture.js';
import { describeBackends } from '../support/backends.js';

describe('Trained weights', () => {
  let folder: string;
  let server: Server;
  let address: string;
  let contents: Buffer;
  let requests = 0;
  const former = process.env.KERAS_HOME;
  const modelOf = (): keras.Sequential => new keras.Sequential([keras.Input({ shape: [2] }), new keras.layers.Dense(3)]);
  const model = modelOf();

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'keras-home-'));
    process.env.KERAS_HOME = folder;
    await model.save_weights(join(folder, 'source.weights.h5'));
    contents = readFileSync(join(folder, 'source.weights.h5'));
    server = createServer((request, response) => {
      requests++;
      if (request.url === '/missing.h5') response.writeHead(404).end();
      else response.end(contents);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  after(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
    if (former === undefined) delete process.env.KERAS_HOME;
    else process.env.KERAS_HOME = former;
  });

  async function load(name: string, hash?: string): Promise<keras.Model> {
    const made = modelOf();
    await captured('stdout', () => loadWeights(made, 'imagenet', { name, origin: `${address}${name}`, hash }));
    return made;
  }
  const refusal = (name: string, hash?: string): Promise<string> => load(name, hash).then(() => 'none', (error: Error) => error.message);

  for (const algorithm of ['md5', 'sha256']) {
    it(`are fetched once into ~/.keras/models, and checked by ${algorithm}`, async () => {
      const hash = createHash(algorithm).update(contents).digest('hex');
      const before = requests;
      const loaded = await load(`${algorithm}.weights.h5`, hash);
      expect(loaded.get_weights().map((w) => w.tolist())).to.deep.equal(model.get_weights().map((w) => w.tolist()));
      expect(existsSync(join(folder, 'models', `${algorithm}.weights.h5`))).to.equal(true);
      await load(`${algorithm}.weights.h5`, hash);
      expect(requests - before, 'requests').to.equal(1);
    });
  }

  it('are fetched again where the file is damaged', async () => {
    const hash = createHash('md5').update(contents).digest('hex');
    writeFileSync(join(folder, 'models', 'damaged.weights.h5'), 'something else');
    await load('damaged.weights.h5', hash);
    expect(readFileSync(join(folder, 'models', 'damaged.weights.h5')).equals(contents)).to.equal(true);
  });

  it('are refused where they are not the published ones', async () => {
    expect(await refusal('other.weights.h5', '0'.repeat(32))).to.match(/its md5 is/);
    expect(existsSync(join(folder, 'models', 'other.weights.h5'))).to.equal(false);
    expect(await refusal('missing.h5')).to.match(/404/);
  });
});

describeBackends('Options of the architectures', (name) => {
  if (name !== 'cpu') return;
  const { ResNet50, MobileNet, MobileNetV2, MobileNetV3Small, NASNetMobile, VGG16 } = keras.applications;
  const wrong: [string, () => unknown, RegExp][] = [
    ['weights that are not there', () => ResNet50({ weights: 'nowhere.h5' }), /ResNet50: the argument 'weights' must be null .*, 'imagenet' .* received 'nowhere\.h5'/],
    ['other classes with trained weights', () => ResNet50({ classes: 10 }), /'classes' must be 1000, received 10/],
    ['another size with the trained top', () => VGG16({ input_shape: [32, 32, 3] }), /'input_shape' must be \[224, 224, 3\], received \[32, 32, 3\]/],
    ['a size that is too small', () => VGG16({ weights: null, input_shape: [31, 32, 3] }), /at least 32x32, received the input_shape \[31, 32, 3\]/],
    ['an open size with the top', () => VGG16({ weights: null, input_shape: [null, 64, 3] }), /must be without null/],
    ['a shape of another rank', () => VGG16({ weights: null, input_shape: [32, 32] }), /array of three integers/],
    ['trained weights for one channel', () => VGG16({ include_top: false, input_shape: [64, 64, 1] }), /take images with 3 channels/],
    ['a classifier that trained weights were not made for', () => VGG16({ classifier_activation: 'relu' }), /must be 'softmax' or null, received 'relu'/],
    ['an unknown pooling', () => VGG16({ weights: null, pooling: 'sum' as 'max' }), /'pooling' must be one of "avg", "max"/],
    ['an input that is no KerasTensor', () => VGG16({ weights: null, input_tensor: [1] as never }), /must be a KerasTensor/],
    ['an unknown argument', () => VGG16({ alpha: 1 } as never), /VGG16 has no argument 'alpha'\. Known arguments: include_top, weights/],
    ['a width without trained weights', () => MobileNetV2({ alpha: 0.6 }), /must be one of 0\.35, 0\.5, .*received 0\.6/],
    ['a multiplier without trained weights', () => MobileNet({ depth_multiplier: 2 }), /'depth_multiplier' must be 1, received 2/],
    ['a minimalistic width without trained weights', () => MobileNetV3Small({ minimalistic: true, alpha: 0.75 }), /it must be 1, received 0\.75/],
    ['a tensor of another width', () => MobileNetV2({ weights: null, input_shape: [64, 64, 3], input_tensor: keras.Input({ shape: [64, 32, 3] }) }),
      /input_shape\[1\] must equal input_tensor\.shape\[2\]/],
  ];
  for (const [what, act, message] of wrong) it(`reject ${what}`, () => expect(act).to.throw(message));

  it('reject channels_first where there is no such form', () => {
    keras.config.set_image_data_format('channels_first');
    try {
      expect(() => NASNetMobile({ weights: null })).to.throw(/does not support the image data format channels_first/);
      const model = MobileNet({ weights: null, include_top: false, alpha: 0.25, input_shape: [3, 32, 32] });
      expect(model.output_shape).to.deep.equal([null, 256, 1, 1]);
    } finally {
      keras.config.set_image_data_format('channels_last');
    }
  });

  it('go by position and by name; a given tensor is the input', () => {
    const inputs = keras.Input({ shape: [32, 32, 3], name: 'pixels' });
    const doubled = keras.ops.multiply(inputs, 2);
    const model = MobileNet([32, 32, 3], 0.25, { include_top: false, weights: null, pooling: 'avg', input_tensor: doubled });
    expect(model.inputs[0]).to.equal(inputs);
    expect(model.output_shape).to.deep.equal([null, 256]);
    expect(model.name).to.equal('mobilenet_0.25_32');
    const named = VGG16(false, null, { input_shape: [32, 32, 3], name: 'eyes' });
    expect([named.name, named.layers.length]).to.deep.equal(['eyes', 19]);
  });
});
