import { expect } from 'chai';
import { tidy } from '../../../src/engine/scope.js';
import {
  Add, add, Average, average, Concatenate, concatenate, Dot, dot, Input, Maximum, maximum, Minimum, minimum, Multiply, multiply,
  Subtract, subtract,
} from '../../../src/layers/index.js';
import * as ops from '../../../src/ops/index.js';
import { describeGoldenLayers } from '../../support/layer-golden.js';
import { describeLayers } from '../../support/layer-test.js';

const NONE = {
  expected_num_trainable_weights: 0, expected_num_non_trainable_weights: 0, expected_num_losses: 0, supports_masking: true,
  built_at_init: false,
} as const;
const THREE = { ...NONE, input_shape: [[2, 4, 3], [2, 4, 3], [2, 4, 3]], expected_output_shape: [2, 4, 3] } as const;

describeLayers('Merging layers', [
  [Add, { ...THREE, expected_mask_shape: [2, 4] }],
  [Average, { ...THREE, expected_mask_shape: [2, 4] }],
  [Maximum, { ...THREE, expected_mask_shape: [2, 4] }],
  [Minimum, { ...THREE, expected_mask_shape: [2, 4] }],
  [Multiply, { ...THREE, expected_mask_shape: [2, 4] }],
  [Subtract, { ...NONE, input_shape: [[2, 4, 3], [2, 4, 3]], expected_output_shape: [2, 4, 3], expected_mask_shape: [2, 4] }],
  [Add, { ...NONE, input_shape: [[2, 4, 3], [2, 3]], expected_output_shape: [2, 4, 3] }],
  [Multiply, { ...NONE, input_shape: [[2, 1, 3], [2, 4, 1]], expected_output_shape: [2, 4, 3] }],
  [Concatenate, { ...NONE, input_shape: [[2, 4, 3], [2, 4, 5]], expected_output_shape: [2, 4, 8], expected_mask_shape: [2, 4] }],
  [Concatenate, { ...NONE, init_kwargs: { axis: 1 }, input_shape: [[2, 4, 3], [2, 2, 3]], expected_output_shape: [2, 6, 3], expected_mask_shape: [2, 6] }],
  [Dot, { ...NONE, init_kwargs: { axes: -1 }, input_shape: [[2, 3], [2, 3]], expected_output_shape: [2, 1] }],
  [Dot, { ...NONE, init_kwargs: { axes: [2, 1], normalize: true }, input_shape: [[2, 4, 3], [2, 3, 5]], expected_output_shape: [2, 4, 5] }],
  [Dot, { ...NONE, init_kwargs: { axes: [-2, -1] }, input_shape: [[1, 3, 2], [1, 1, 2, 3]], expected_output_shape: [1, 2, 1, 2] }],
]);

describeGoldenLayers('merging');

describe('Merging', () => {
  const [a, b] = [() => ops.ones([2, 3]), () => ops.ones([2, 4])];
  const wrong: [string, () => unknown, RegExp][] = [
    ['one tensor', () => new Add({ name: 'm' })(a()), /The layer 'm' \(Add\) is called on an array of tensors, as in layer\(\[a, b\]\), received one tensor of shape \[2, 3\]/],
    ['shapes that do not fit', () => new Add({ name: 'm' })([a(), b()]), /The inputs of layer 'm' \(Add\) must have equal shapes, or dimensions of 1 where they differ, received the shapes \[2, 3\], \[2, 4\]/],
    ['shapes that do not fit, symbolically', () => new Add({ name: 'm' })([Input([3]), Input([4])]), /received the shapes \[null, 3\], \[null, 4\]/],
    ['different batches', () => new Add({ name: 'm' })([a(), ops.ones([3, 3])]), /must have one batch size, received the shapes \[2, 3\], \[3, 3\]/],
    ['three inputs of a difference', () => new Subtract({ name: 'm' })([a(), a(), a()]), /The layer 'm' \(Subtract\) takes exactly 2 inputs, received 3/],
    ['a concatenation that does not fit', () => new Concatenate(0, { name: 'm' })([a(), b()]), /must have equal shapes but for axis 0, received the shapes \[2, 3\], \[2, 4\]/],
    ['ranks that differ', () => new Concatenate({ name: 'm' })([a(), ops.ones([2, 3, 1])]), /must have equal shapes but for axis -1/],
    ['a dot product that does not fit', () => new Dot(1, { name: 'm' })([a(), b()]), /sums over axis 1 of its first and axis 1 of its second input: they must have one length and not be the batch. Received the shapes \[2, 3\] and \[2, 4\]/],
    ['axes that are none', () => new Dot('last' as never), /Dot: the argument 'axes' must be an integer or two of them, received "last"/],
    ['an unknown option', () => new Add({ axis: 1 } as never), /Add has no argument 'axis'/],
  ];
  for (const [what, act, message] of wrong) it(`rejects ${what}`, () => expect(act).to.throw(message));

  it('has the layers as functions too', () => tidy(() => {
    const [x, y] = [ops.array([[1, 6]]), ops.array([[3, 4]])];
    const results = [add([x, y]), subtract([x, y]), multiply([x, y]), average([x, y]), maximum([x, y]), minimum([x, y]),
      concatenate([x, y]), concatenate([x, y], 0), dot([x, y]), dot([x, y], { axes: 1, normalize: true })];
    expect(results.map((result) => JSON.stringify(result.arraySync(), (_, v: unknown) => (typeof v === 'number' ? Number(v.toFixed(3)) : v))))
      .to.deep.equal(['[[4,10]]', '[[-2,2]]', '[[3,24]]', '[[2,5]]', '[[3,6]]', '[[1,4]]', '[[1,6,3,4]]', '[[1,6],[3,4]]', '[[27]]', '[[0.888]]']);
    expect(add([Input([3]), Input([3])], { name: 'sum' })._keras_history!.operation.name).to.equal('sum');
  }));
});
