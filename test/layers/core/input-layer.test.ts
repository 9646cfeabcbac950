import { expect } from 'chai';
import { Input, InputLayer } from '../../../src/layers/index.js';
import { KerasTensor } from '../../../src/ops/keras-tensor.js';
import { resetNames } from '../../../src/utils/naming.js';
import { loadGolden } from '../../golden/golden.js';

interface GoldenInput {
  options: Record<string, unknown>;
  config: Record<string, unknown>;
  output_shape: (number | null)[];
  output_dtype: string;
}

describe('InputLayer', () => {
  for (const row of loadGolden<GoldenInput>('layers', 'input_layer').cases) {
    it(`golden: ${JSON.stringify(row.options)}`, () => {
      const layer = InputLayer.from_config(row.config) as InputLayer;
      expect(JSON.stringify(layer.get_config())).to.equal(JSON.stringify(row.config));
      const output = new InputLayer({ ...row.options, name: 'other' }).output as KerasTensor;
      expect(output.shape).to.deep.equal(row.output_shape);
      expect(output.dtype).to.equal(row.output_dtype);
      expect(layer.built).to.equal(true);
      expect(layer.weights).to.deep.equal([]);
    });
  }

  it('has a history, so that models find where they begin', () => {
    const x = Input([3]);
    expect(x._keras_history?.operation).to.be.instanceOf(InputLayer);
    expect(x._keras_history?.operation._inbound_nodes[0].is_input).to.equal(true);
  });

  it('takes its arguments by position and by name', () => {
    resetNames();
    expect(Input([2, null], 8, 'int32').shape).to.deep.equal([8, 2, null]);
    const x = Input({ shape: [2], name: 'words', dtype: 'int64' });
    expect([x.shape, x.dtype, x.name]).to.deep.equal([[null, 2], 'int64', 'words']);
    expect(Input({ shape: [2] }).name).to.equal('input_layer_1');
  });

  it('starts from a given tensor', () => {
    const tensor = new KerasTensor([null, 4], 'int32', 'given');
    expect(Input({ tensor })).to.equal(tensor);
    expect((tensor._keras_history!.operation as InputLayer).batch_shape).to.deep.equal([null, 4]);
  });

  const tensor = new KerasTensor([null, 4]);
  const wrong: [string, () => unknown, RegExp][] = [
    ['no shape', () => Input({ name: 'nothing' }), /InputLayer 'nothing' needs a shape, such as/],
    ['shape and batch_shape', () => Input({ shape: [2], batch_shape: [null, 2] }), /either 'batch_shape', or 'shape' and 'batch_size'/],
    ['batch_size and batch_shape', () => Input({ batch_size: 2, batch_shape: [null, 2] }), /not both/],
    ['a number as shape', () => Input(3 as never), /'shape' must be an array of integers >= 0 or null, received 3/],
    ['a negative length', () => Input([-1]), /'shape' must be an array of integers >= 0 or null, received \[-1\]/],
    ['sparse tensors', () => Input({ shape: [2], sparse: true as never }), /sparse tensors are not supported/],
    ['an unknown dtype', () => Input({ shape: [2], dtype: 'float33' }), /Unknown dtype 'float33'/],
    ['a contradiction', () => Input({ tensor, shape: [5] }), /has shape \[null, 4\] and dtype float32, which shape, batch_size, batch_shape or dtype contradict/],
    ['a tensor that is none', () => Input({ tensor: 3 as never }), /'input_tensor' must be a KerasTensor/],
    ['an unknown argument', () => Input({ shape: [2], trainable: true } as never), /Input has no argument 'trainable'/],
  ];
  for (const [what, act, message] of wrong) it(`rejects ${what}`, () => expect(act).to.throw(message));
});
