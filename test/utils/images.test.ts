import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as keras from '../../src/index.js';
import { loadGolden, type GoldenCall, type GoldenTensor } from '../golden/golden.js';
import { argumentOf, expectTensor, tensorOf } from '../golden/tensors.js';
import { notices } from '../support/capture.js';

const { utils, preprocessing, NDArray } = keras;

interface FileCase {
  file: string;
  kwargs: object;
  mode: string;
  size: number[];
  output: GoldenTensor;
}
interface ArrayCase {
  x: GoldenTensor;
  kwargs: object;
  mode: string;
  output: GoldenTensor;
  first: GoldenTensor;
}
const golden = loadGolden('utils', 'images') as unknown as {
  cases: FileCase[]; files: Record<string, string>; arrays: ArrayCase[]; smart_resize: GoldenCall[];
};
const bytesOf = (name: string): Uint8Array => Uint8Array.from(Buffer.from(golden.files[name], 'base64'));

describe('keras.utils: images as in Python with PIL', () => {
  for (const name of Object.keys(golden.files)) {
    it(`load_img: ${name}`, async () => {
      for (const { kwargs, mode, size, output } of golden.cases.filter(({ file }) => file === name)) {
        const what = `${name} ${JSON.stringify(kwargs)}`;
        const image = await utils.load_img(bytesOf(name), kwargs);
        expect([image.mode, image.size], what).to.deep.equal([mode, size]);
        expectTensor(utils.img_to_array(image, { dtype: 'int32' }), output, what, { rtol: 0, atol: 0 });
      }
    });
  }

  it('array_to_img and img_to_array', () => {
    for (const { x, kwargs, mode, output, first } of golden.arrays) {
      const image = utils.array_to_img(tensorOf(x), kwargs);
      expect(image).to.be.instanceOf(utils.RasterImage);
      expect(image.mode).to.equal(mode);
      expectTensor(utils.img_to_array(image), output, 'channels last');
      expectTensor(utils.img_to_array(image, 'channels_first'), first, 'channels first');
    }
  });

  it('smart_resize', () => {
    for (const { args, kwargs, output } of golden.smart_resize as unknown as (GoldenCall & { output: GoldenTensor })[]) {
      const [x, size] = args.map(argumentOf) as [keras.Tensor, [number, number]];
      expectTensor(preprocessing.image.smart_resize(x, size, kwargs), output, JSON.stringify([size, kwargs]));
    }
    const array = new NDArray(new Float32Array(12), [2, 2, 3], 'float32');
    expect(preprocessing.image.smart_resize(array, [1, 1])).to.be.instanceOf(NDArray);
  });
});

describe('keras.utils: image files', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'keras-node-images-'))));
  after(() => rmSync(folder, { recursive: true }));

  it('PNG files hold what was saved, of any channels', async () => {
    for (const channels of [1, 3, 4]) {
      const path = join(folder, `${channels}.png`);
      const data = Float32Array.from({ length: 6 * channels }, (_, i) => (i * 37) % 256);
      await utils.save_img(path, new NDArray(data, [2, 3, channels], 'float32'), { scale: false });
      const mode = { 1: 'grayscale', 3: 'rgb', 4: 'rgba' }[channels]!;
      const image = await utils.load_img(pathToFileURL(path), mode);
      expect([...utils.img_to_array(image).data as Float32Array]).to.deep.equal([...data]);
    }
  });

  it('grey numbers above 255 are saved in 16 bits', async () => {
    const path = join(folder, 'wide.png');
    await utils.save_img(path, [[[1000], [65535]]], { scale: false });
    const image = await utils.load_img(path, { color_mode: 'grayscale' });
    expect([image.mode, [...image.data]]).to.deep.equal(['I;16', [1000, 65535]]);
  });

  it('JPEG files are close to what was saved, closer with more quality, and say that alpha is lost', async () => {
    const picture = await utils.load_img(bytesOf('progressive.jpg'));
    const array = utils.img_to_array(picture);
    const errorOf = async (quality: number): Promise<number> => {
      const path = join(folder, `${quality}.jpg`);
      await utils.save_img(path, array, { scale: false, quality });
      const again = utils.img_to_array(await utils.load_img(path)).data as Float32Array;
      const before = array.data as Float32Array;
      return again.reduce((sum, value, i) => sum + Math.abs(value - before[i]), 0) / again.length;
    };
    const [rough, fine] = [await errorOf(30), await errorOf(98)];
    expect(fine).to.be.lessThan(4).and.lessThan(rough);
    const grey = join(folder, 'grey.jpeg');
    await utils.save_img(grey, [[[0], [255]], [[255], [0]]]);
    expect(readFileSync(grey).subarray(0, 2)).to.deep.equal(Buffer.from([0xff, 0xd8]));
    expect((await utils.load_img(grey)).mode).to.equal('RGB');
    const printed = await notices(() => utils.save_img(join(folder, 'alpha'), [[[1, 2, 3, 4]]], { file_format: 'jpg' }));
    expect(printed).to.include('alpha');
    expect('ImageData' in globalThis).to.equal(false);
  });

  it('refuses what is no image, format, mode or size', async () => {
    const rejects = async (call: () => Promise<unknown>, ...parts: (string | RegExp)[]): Promise<void> => {
      const error = await call().then(() => undefined, (thrown: unknown) => thrown as Error);
      expect(error).to.be.instanceOf(Error);
      for (const part of parts) expect(error!.message).to.match(part instanceof RegExp ? part : new RegExp(part));
    };
    const text = join(folder, 'text.png');
    writeFileSync(text, 'no image');
    await rejects(() => utils.load_img(text), 'PNG and JPEG', 'text.png');
    await rejects(() => utils.load_img(bytesOf('rgb.png'), 'cmyk'), "'cmyk'");
    await rejects(() => utils.load_img(bytesOf('rgb.png'), { target_size: [2, 2], interpolation: 'linear' }), "'linear'", 'lanczos');
    await rejects(() => utils.load_img(bytesOf('rgb.png'), { target_size: [0, 2] }), /\[0,2\]/);
    await rejects(() => utils.load_img(bytesOf('rgb.jpg').subarray(0, 40)), 'JPEG');
    await rejects(() => utils.save_img(join(folder, 'x.gif'), [[[1]]]), "'gif'");
    expect(() => utils.array_to_img([[1, 2]])).to.throw(/\[1, 2\]/);
    expect(() => utils.array_to_img([[[1, 2]]])).to.throw(/2: shape \[1, 1, 2\]/);
    expect(() => utils.img_to_array('x' as never)).to.throw(TypeError, /load_img/);
    expect(() => preprocessing.image.smart_resize([[1]], [2, 2])).to.throw(/\[1, 1\]/);
  });
});
