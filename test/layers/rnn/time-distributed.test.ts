import { expect } from 'chai';
import { tidy } from '../../../src/engine/scope.js';
import { BatchNormalization, Conv2D, Dense, Dropout, Input, Layer, Masking, TimeDistributed } from '../../../src/layers/index.js';
import { Model } from '../../../src/models/index.js';
import * as ops from '../../../src/ops/index.js';
import { describeGoldenLayers } from '../../support/layer-golden.js';
import { describeLayers } from '../../support/layer-test.js';

describeLayers('TimeDistributed', [
  [TimeDistributed, {
    init_kwargs: { layer: new Dense(2) }, input_shape: [3, 2, 4], expected_output_shape: [3, 2, 2],
    expected_num_trainable_weights: 2, expected_num_non_trainable_weights: 0, supports_masking: true, expected_mask_shape: [3, 2],
    mixed_precision: false,
  }],
  [TimeDistributed, {
    init_kwargs: { layer: new BatchNormalization() }, input_shape: [3, 2, 4], mixed_precision: false, call_kwargs: { training: true },
    expected_output_shape: [3, 2, 4], expected_num_trainable_weights: 2, expected_num_non_trainable_weights: 2,
  }],
  [TimeDistributed, {
    init_kwargs: { layer: new Dropout(0.5, { seed: 3 }) }, input_shape: [3, 2, 4], mixed_precision: false, call_kwargs: { training: true },
    expected_output_shape: [3, 2, 4],
  }],
].map(([make, test]) => [fresh(make as typeof TimeDistributed), test] as never));

/** The class with a layer of its own for each object: the rows give one as a pattern. */
function fresh(make: typeof TimeDistributed): typeof TimeDistributed {
  return class TimeDistributed extends make {
    constructor(options: { layer: Layer }) {
      super({ ...options, layer: (options.layer.constructor as unknown as { from_config(c: unknown): Layer }).from_config(options.layer.get_config()) });
    }
  } as typeof TimeDistributed;
}

describeGoldenLayers('time_distributed');

describe('TimeDistributed', () => {
  it('takes any number of steps in a functional model', () => tidy(() => {
    const video = Input({ shape: [null, 6, 6, 1] });
    const layer = new TimeDistributed(new Conv2D(2, 3));
    const output = layer(video);
    expect(output.shape).to.deep.equal([null, null, 4, 4, 2]);
    const model = new Model(video, output);
    for (const steps of [1, 3]) expect(model(ops.ones([2, steps, 6, 6, 1])).shape).to.deep.equal([2, steps, 4, 4, 2]);
  }));

  it('hands its mask on, and step by step to a layer that takes one', () => tidy(() => {
    const seen: unknown[] = [];
    class Listener extends Layer {
      static override call_arguments = ['mask'];

      override call(inputs: never, options: { mask?: { shape: unknown } } = {}): unknown {
        seen.push(options.mask?.shape);
        return inputs;
      }
    }
    const x = new Masking()(ops.array([[[1, 2], [0, 0], [3, 4]]]));
    expect(new TimeDistributed(new Listener())(x).mask!.arraySync()).to.deep.equal([[true, false, true]]);
    expect(seen).to.deep.equal([[1], [1], [1]]);
  }));

  const wrong: [string, () => unknown, RegExp][] = [
    ['no layer', () => new TimeDistributed('dense' as never), /TimeDistributed: the argument 'layer' must be a layer, received "dense"/],
    ['the class of a layer', () => new TimeDistributed(Dense as never), /received the class Dense; make a layer of it with new/],
    ['inputs without steps', () => new TimeDistributed(new Dense(2), { name: 't' })(ops.ones([2, 3])), /layer 't' \(TimeDistributed\) takes one input \[batch, steps, ...\] of rank 3 or more, received the shape \[2,3\]/],
    ['a mask of another length', () => new TimeDistributed(new Dense(2))(ops.ones([2, 3, 1]), { mask: ops.ones([2, 4], 'bool') }), /begins with the batch and the steps of the inputs, \[2, 3\]; received shape \[2, 4\]/],
  ];
  for (const [what, act, message] of wrong) it(`rejects ${what}`, () => expect(act).to.throw(message));
});
