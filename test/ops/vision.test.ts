/** Ops on images, sequences and patterns: what the golden tables do not show. */
import { expect } from 'chai';
import { grad } from '../../src/engine/gradients.js';
import type { Tensor } from '../../src/engine/tensor.js';
import * as ops from '../../src/ops/index.js';
import { KerasTensor } from '../../src/ops/keras-tensor.js';
import { describeBackends } from '../support/backends.js';

type Call = () => unknown;

/** Calls that are refused, and what the message must hold. */
const REFUSED: [what: string, call: Call, error: string, ...message: string[]][] = [
  ['attention of rank 3', () => ops.dot_product_attention(ops.ones([2, 3, 4]), ops.ones([2, 3, 4]), ops.ones([2, 3, 4])),
    'ShapeError', '[2, 3, 4]', 'heads'],
  ['attention with heads that do not divide', () =>
    ops.dot_product_attention(ops.ones([1, 3, 4, 2]), ops.ones([1, 5, 3, 2]), ops.ones([1, 5, 3, 2])),
  'ShapeError', '[1, 3, 4, 2]', '[1, 5, 3, 2]', 'multiple'],
  ['attention with a mask of numbers', () => {
    const x = ops.ones([1, 3, 2, 2]);
    return ops.dot_product_attention(x, x, x, { mask: ops.ones([3, 3]) });
  }, 'TypeError', 'bool', 'float32', 'bias'],
  ['attention with a mask of another shape', () => {
    const x = ops.ones([1, 3, 2, 2]);
    return ops.dot_product_attention(x, x, x, { mask: ops.ones([4, 3], 'bool') });
  }, 'ShapeError', '[1, 2, 3, 3]', '[4, 3]'],
  ['flash attention', () => {
    const x = ops.ones([1, 3, 2, 2]);
    return ops.dot_product_attention(x, x, x, { flash_attention: true });
  }, 'TypeError', 'flash_attention'],
  ['ctc_loss of labels of rank 1', () => ops.ctc_loss([1], ops.ones([1, 2, 3]), [1], [2]), 'ShapeError', '[1]', '[1, 2, 3]'],
  ['ctc_loss with lengths for other samples', () =>
    ops.ctc_loss([[1]], ops.ones([1, 2, 3]), [1, 1], [2]), 'ShapeError', 'target_length', '[2]'],
  ['a blank that is no class', () => ops.ctc_decode(ops.ones([1, 2, 3]), [2], { mask_index: 3 }), 'RangeError', '3 classes'],
  ['an unknown strategy', () => ops.ctc_decode(ops.ones([1, 2, 3]), [2], 'best'), 'TypeError', 'beam_search', "'best'"],
  ['more paths than the beam is wide', () =>
    ops.ctc_decode(ops.ones([1, 2, 3]), [2], 'beam_search', { beam_width: 2, top_paths: 3 }), 'RangeError', '3 paths', '2'],
  ['sparse results', () => ops.one_hot([1], 3, { sparse: true }), 'TypeError', 'one_hot', 'sparse'],
  ['no classes', () => ops.multi_hot([1], 0), 'RangeError', 'multi_hot', '0'],
  ['unfold of rank 3', () => ops.unfold(ops.ones([1, 4, 4]), 2), 'ShapeError', '[1, 4, 4]'],
  ['fold of too few windows', () => ops.fold(ops.ones([1, 8, 3]), 4, 2, { stride: 2 }), 'ShapeError', '[1, 8, 3]', '4]'],
  ['depth_to_space of 3 channels', () => ops.depth_to_space(ops.ones([1, 2, 2, 3]), 2), 'ShapeError', 'multiple of 4', '3'],
  ['space_to_depth of odd height', () => ops.space_to_depth(ops.ones([1, 3, 4, 1]), 2), 'ShapeError', '3 and 4'],
  ['blocks of 1', () => ops.depth_to_space(ops.ones([1, 2, 2, 4]), 1), 'TypeError', '>= 2', '1'],
  ['psnr of two shapes', () => ops.psnr(ops.ones([2]), ops.ones([3]), 1), 'ShapeError', '[2]', '[3]'],
  ['windows of 0', () => ops.extract_sequences([1, 2], 0, 1), 'TypeError', 'sequence_length', '0'],
  ['patches larger than the image', () => ops.image.extract_patches(ops.ones([3, 3, 1]), 4), 'ShapeError', '[4, 4]', '[3, 3]'],
  ['patches of rank 2', () => ops.image.extract_patches(ops.ones([3, 3]), 2), 'ShapeError', '[3, 3]'],
  ['grey of 4 channels', () => ops.image.rgb_to_grayscale(ops.ones([2, 2, 4])), 'ShapeError', '1 or 3', '4 channels'],
  ['hue of integers', () => ops.image.rgb_to_hsv(ops.ones([2, 2, 3], 'uint8')), 'TypeError', 'uint8', 'ops.cast'],
  ['hue of rank 2', () => ops.image.hsv_to_rgb(ops.ones([2, 3])), 'ShapeError', '[2, 3]'],
  ['padding by one value', () => ops.image.pad_images(ops.ones([2, 2, 1]), 1, 1), 'TypeError', 'exactly two', 'target_height'],
  ['padding to a smaller size', () =>
    ops.image.pad_images(ops.ones([4, 4, 1]), 1, 1, { target_height: 3, target_width: 9 }), 'ShapeError', 'bottom_padding', '-2'],
  ['cropping more than there is', () => ops.image.crop_images(ops.ones([4, 4, 1]), 3, 0, 2, 0), 'ShapeError', 'target_height', '-1'],
  ['negative cropping', () => ops.image.crop_images(ops.ones([4, 4, 1]), -1, 0, 2, 0), 'TypeError', 'top_cropping', '-1'],
  ['blur of integers', () => ops.image.gaussian_blur(ops.ones([4, 4, 1], 'int32')), 'TypeError', 'int32'],
  ['edges of one image', () => ops.image.sobel_edges(ops.ones([4, 4, 1])), 'ShapeError', '[4, 4, 1]'],
  ['ssim of small images', () => ops.image.ssim(ops.ones([4, 4, 1]), ops.ones([4, 4, 1])), 'ShapeError', '11'],
  ['a transform of 6 numbers', () => ops.image.affine_transform(ops.ones([4, 4, 1]), ops.ones([6])), 'ShapeError', '[6]'],
  ['transforms for other images', () =>
    ops.image.affine_transform(ops.ones([3, 4, 4, 1]), ops.ones([2, 8])), 'ShapeError', '3', '2'],
  ['three points', () => ops.image.perspective_transform(ops.ones([4, 4, 1]), ops.ones([3, 2]), ops.ones([3, 2])),
    'ShapeError', '[4, 2]', '[3, 2]'],
  ['an unknown interpolation', () =>
    ops.image.affine_transform(ops.ones([4, 4, 1]), ops.ones([8]), 'cubic'), 'TypeError', 'bilinear', "'cubic'"],
  ['coordinates for other axes', () => ops.image.map_coordinates(ops.ones([2, 2]), ops.ones([3, 1]), 1), 'ShapeError', '[3, 1]'],
  ['coordinates of order 2', () => ops.image.map_coordinates(ops.ones([2, 2]), ops.ones([2, 1]), 2), 'RangeError', '2'],
  ['an output shape of other rank', () =>
    ops.image.scale_and_translate(ops.ones([2, 2]), [2], [1], [0], [0], 'linear'), 'ShapeError', '[2, 2]', '[2]'],
  ['an unknown axis length', () => ops.rearrange(ops.ones([4]), '(a b) -> a b'), 'TypeError', 'a, b', 'given'],
  ['a length that does not divide', () => ops.rearrange(ops.ones([4]), '(a b) -> a b', { a: 3 }), 'ShapeError', 'a=3', '[4]'],
  ['an axis lost', () => ops.rearrange(ops.ones([4, 2]), 'a b -> a'), 'TypeError', "'b'"],
  ['an axis twice', () => ops.rearrange(ops.ones([4, 2]), 'a a -> a'), 'TypeError', 'twice'],
  ['too many axes', () => ops.rearrange(ops.ones([4, 2]), 'a -> a'), 'ShapeError', '[4, 2]'],
  ['a length of no axis', () => ops.rearrange(ops.ones([4]), 'a -> a', { b: 2 }), 'TypeError', "'b'"],
];

describe('ops on images and patterns: bad input', () => {
  for (const [what, call, name, ...parts] of REFUSED) {
    it(what, () => {
      let error: unknown;
      try {
        call();
      } catch (thrown) {
        error = thrown;
      }
      expect(error, 'no error').to.be.instanceOf(Error);
      expect((error as Error).name).to.equal(name);
      for (const part of parts) expect((error as Error).message).to.include(part);
    });
  }
});

describe('rearrange: patterns beyond those of Keras', () => {
  const x = [[[1, 2], [3, 4]], [[5, 6], [7, 8]]];
  const CASES: [string, Record<string, number>, unknown][] = [
    ['b ... -> b (...)', {}, [[1, 2, 3, 4], [5, 6, 7, 8]]],
    ['... c -> c (...)', {}, [[1, 3, 5, 7], [2, 4, 6, 8]]],
    ['a b c -> a 1 (c b) ()', {}, [[[[1], [3], [2], [4]]], [[[5], [7], [6], [8]]]]],
    ['(a one) b c->one(a b)c', { one: 1 }, [[[1, 2], [3, 4], [5, 6], [7, 8]]]],
    ['a ... -> ... a', {}, [[[1, 5], [2, 6]], [[3, 7], [4, 8]]]],
    ['a b c ... -> (a b) ... c', {}, [[1, 2], [3, 4], [5, 6], [7, 8]]],
    ['a b (c d) -> (a b c d)', { d: 2 }, [1, 2, 3, 4, 5, 6, 7, 8]],
  ];
  for (const [pattern, lengths, expected] of CASES) {
    it(pattern, () => expect(ops.rearrange(x, pattern, lengths).arraySync()).to.deep.equal(expected));
  }

  it('axes of length 1 disappear, and lengths may be an argument by name', () => {
    expect(ops.rearrange([[[1, 2]]], '1 () c -> c').arraySync()).to.deep.equal([1, 2]);
    expect(ops.rearrange([1, 2, 3, 4], { pattern: '(a b) -> b a', axes_lengths: { a: 2 } }).arraySync())
      .to.deep.equal([[1, 3], [2, 4]]);
  });
});

describeBackends('affine_transform', () => {
  // TensorFlow's gradient is the transform turned round, an approximation: so this one is compared with differences.
  const TRANSFORMS = [[1.1, 0.2, -0.33, 0.1, 0.9, 0.47, 0.01, 0.02], [0.7, 0.1, 1.6, -0.2, 0.8, 0.21, 0, 0]];

  for (const fill_mode of ['constant', 'nearest', 'wrap', 'reflect']) {
    it(`has the gradient of its values by images and transforms (${fill_mode})`, () => {
      const images = ops.reshape(ops.sin(ops.arange(40)), [2, 4, 5, 1]);
      const weights = ops.reshape(ops.cos(ops.arange(40)), [2, 4, 5, 1]);
      const transforms = ops.convert_to_tensor(TRANSFORMS);
      const value = (x: Tensor, t: Tensor): Tensor =>
        ops.sum(ops.multiply(ops.image.affine_transform(x, t, { fill_mode }), weights));
      const [byImages, byTransforms] = grad(value, { argnums: [0, 1] })(images, transforms) as Tensor[];
      const step = 1e-2;
      const along = (of: Tensor, at: number, call: (moved: Tensor) => Tensor): number => {
        const unit = ops.reshape(ops.one_hot(at, of.size), of.shape);
        const moved = (by: number): number => Number(call(ops.add(of, ops.multiply(unit, by))).item());
        return (moved(step) - moved(-step)) / (2 * step);
      };
      const expectedBy = byImages.dataSync() as Float32Array;
      for (const at of [0, 7, 18, 33]) {
        expect(along(images, at, (x) => value(x, transforms)), `image ${at}`).to.be.closeTo(expectedBy[at], 2e-3);
      }
      // Along the constant terms, by less than it takes to reach the next pixel.
      const small = 1e-3;
      for (const at of [2, 13]) {
        const unit = ops.reshape(ops.one_hot(at, 16), [2, 8]);
        const moved = (by: number): number => Number(value(images, ops.add(transforms, ops.multiply(unit, by))).item());
        const difference = (moved(small) - moved(-small)) / (2 * small);
        expect(difference, `transform ${at}`).to.be.closeTo((byTransforms.dataSync() as Float32Array)[at], 1e-2);
      }
    });
  }
});

describe('ctc with an unknown batch and unknown lengths', () => {
  const output = new KerasTensor([null, null, 5]);
  const lengths = new KerasTensor([null], 'int32');

  it('gives a loss a sample', () => {
    expect(ops.ctc_loss(new KerasTensor([null, 4], 'int32'), output, lengths, lengths).shape).to.deep.equal([null]);
  });

  it('gives sequences of as many frames', () => {
    for (const [strategy, paths] of [['greedy', 1], ['beam_search', 3]] as const) {
      const [found, scores] = ops.ctc_decode(output, lengths, { strategy, top_paths: paths });
      expect([found.shape, found.dtype]).to.deep.equal([[paths, null, null], 'int32']);
      expect([scores.shape, scores.dtype]).to.deep.equal([[null, paths], 'float32']);
    }
  });
});
