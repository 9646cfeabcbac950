/** What layers trace to: nothing but the primitives that backends have fast kernels for. */
import { expect } from 'chai';
import { withContext } from '../../src/engine/context.js';
import { prune } from '../../src/engine/graph.js';
import type { Shape } from '../../src/engine/shape.js';
import { Trace } from '../../src/engine/trace.js';
import type { Tensor } from '../../src/engine/tensor.js';
import {
  Activation, AveragePooling2D, BatchNormalization, Conv1D, Conv2D, Dense, Dropout, Flatten, GlobalAveragePooling2D,
  LayerNormalization, MaxPooling2D, ReLU, type Layer,
} from '../../src/layers/index.js';

/** The primitives of a call, in order. */
function primitivesOf(layer: Layer, shape: Shape, training = false): string[] {
  if (!layer.built) layer.build(shape);
  const trace = new Trace();
  const output = withContext({ autocast: undefined }, () => trace.run(() => layer(trace.input({ shape, dtype: 'float32' }), { training })));
  return prune(trace.finish([output as Tensor])).nodes.map(({ primitive }) => primitive);
}

const IMAGE = [8, 28, 28, 3];

describe('Layers trace to few primitives', () => {
  const rows: [string, () => Layer, Shape, string[]][] = [
    ['Dense', () => new Dense(4, 'relu'), [8, 3], ['matmul', 'add', 'relu']],
    ['Dense without activation', () => new Dense(4), [8, 3], ['matmul', 'add']],
    ['Dense with softmax', () => new Dense(4, 'softmax'), [8, 3], ['matmul', 'add', 'softmax']],
    ['Conv2D', () => new Conv2D(4, 3, { activation: 'relu' }), IMAGE, ['conv', 'add', 'relu']],
    ['Conv1D', () => new Conv1D(4, 3, { padding: 'causal' }), [8, 9, 3], ['pad', 'conv', 'add']],
    ['MaxPooling2D', () => new MaxPooling2D(2), IMAGE, ['max_pool']],
    ['AveragePooling2D', () => new AveragePooling2D(2), IMAGE, ['average_pool']],
    ['GlobalAveragePooling2D', () => new GlobalAveragePooling2D(), IMAGE, ['reduce_mean']],
    ['Flatten', () => new Flatten(), IMAGE, ['reshape']],
    ['ReLU', () => new ReLU(), [8, 3], ['relu']],
    ['Activation', () => new Activation('tanh'), [8, 3], ['tanh']],
    ['Dropout in inference', () => new Dropout(0.5), [8, 3], []],
  ];
  for (const [what, make, shape, expected] of rows) {
    it(what, () => expect(primitivesOf(make(), shape)).to.deep.equal(expected));
  }

  it('BatchNormalization and LayerNormalization without casts or broadcasts', () => {
    for (const layer of [new BatchNormalization(), new LayerNormalization()]) {
      for (const training of [false, true]) {
        const found = primitivesOf(layer, IMAGE, training);
        expect(found.filter((name) => name === 'cast' || name === 'broadcast_to' || name === 'transpose')).to.deep.equal([]);
      }
    }
  });
});
