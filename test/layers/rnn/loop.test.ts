/** The ways to run steps: eagerly, in a loop of a compiled function, and one by one; forwards and backwards. */
import { expect } from 'chai';
import { variable_gradients } from '../../../src/engine/gradients.js';
import { jit } from '../../../src/engine/jit.js';
import { tidy } from '../../../src/engine/scope.js';
import { flatten } from '../../../src/engine/structure.js';
import type { Tensor } from '../../../src/engine/tensor.js';
import {
  Bidirectional, ConvLSTM1D, GRU, GRUCell, Layer, LSTM, LSTMCell, RNN, SimpleRNN, type CallOptions,
} from '../../../src/layers/index.js';
import * as ops from '../../../src/ops/index.js';
import { describeBackends } from '../../support/backends.js';

/** More steps than are run one by one without being told to. */
const STEPS = 11;

/** A cell whose output is none of its states. */
class Accumulator extends Layer {
  readonly state_size = 3;
  readonly output_size = 3;
  override call(inputs: Tensor, { states }: CallOptions = {}): unknown {
    const sum = ops.add((states as Tensor[])[0], inputs);
    return [ops.tanh(sum), [sum]];
  }
}

type Options = { unroll: boolean } & Record<string, unknown>;
const layers: Record<string, (options: Options) => Layer> = {
  'LSTM, all outputs and states': (o) => new LSTM(2, { return_sequences: true, return_state: true, ...o }),
  'GRU, last output': (o) => new GRU(2, { ...o, reset_after: false }),
  'SimpleRNN backwards': (o) => new SimpleRNN(2, { return_sequences: true, go_backwards: true, ...o }),
  'SimpleRNN with zeros': (o) => new SimpleRNN(2, { return_sequences: true, zero_output_for_mask: true, ...o }),
  'stacked cells': (o) => new RNN([new LSTMCell(2), new GRUCell(2)], { return_sequences: true, return_state: true, ...o }),
  'stacked cells, last output, backwards': (o) => new RNN([new LSTMCell(2), new GRUCell(2)], { go_backwards: true, ...o }),
  'a cell of the user': (o) => new RNN(new Accumulator(), { return_sequences: true, return_state: true, ...o }),
  'a cell of the user, last output': (o) => new RNN(new Accumulator(), { go_backwards: true, ...o }),
  'dropout': (o) => new LSTM(2, { dropout: 0.5, recurrent_dropout: 0.5, seed: 3, ...o }),
  'both ways': (o) => new Bidirectional(new GRU(2, { return_sequences: true, ...o })),
  'mixed precision': (o) => new LSTM(2, { dtype: 'mixed_bfloat16', ...o }),
};

const numbers = (tensors: unknown): number[] => (flatten(tensors) as (Tensor | null)[])
  .flatMap((tensor) => (tensor ? Array.from(ops.cast(tensor, 'float32').dataSync() as Float32Array) : []));

describeBackends('steps of recurrent layers', (backend) => {
  const sequences = (): Tensor => ops.sin(ops.reshape(ops.arange(3 * STEPS * 3, { dtype: 'float32' }), [3, STEPS, 3]));
  const padding = (): Tensor => ops.less(ops.arange(STEPS), ops.reshape(ops.array([4, 11, 1], 'int32'), [3, 1]));

  // The steps are the same on all backends; what runs them is tried on each.
  const tried = Object.entries(layers).slice(0, backend === 'tensorflow' ? undefined : 3);
  for (const [name, make] of tried) {
    for (const isMasked of [false, true]) {
      it(`agree: ${name}${isMasked ? ', masked' : ''}`, () => {
        tidy(() => {
          const weights = make({ unroll: false });
          weights(sequences());
          const results = [false, true].flatMap((unroll) => [false, true].map((compiled) => {
            const layer = make({ unroll, name: 'one' });
            layer(sequences());
            layer.set_weights(weights.get_weights());
            layer.variables.filter((variable) => variable.name.startsWith('seed')).forEach((seed) => seed.assign(ops.cast(ops.array([3, 0]), seed.dtype)));
            const run = (x: Tensor, mask: Tensor): unknown => {
              const options = isMasked ? { training: true, mask } : { training: true };
              const outputs = (): Tensor[] => flatten(layer<Tensor, unknown>(x, options)) as Tensor[];
              const loss = (): Tensor => outputs().map((one) => ops.sum(ops.square(ops.cast(one, 'float32')))).reduce((a, b) => ops.add(a, b));
              const [, gradients] = variable_gradients(loss, layer.trainable_weights);
              return [outputs(), gradients];
            };
            const call = jit(run);
            const values = numbers((compiled ? call : run)(sequences(), padding()));
            call.dispose();
            return values;
          }));
          const tolerance = name === 'mixed precision' ? 0.05 : 1e-4;
          for (const result of results) {
            expect(result.length).to.equal(results[0].length);
            result.forEach((value, i) => expect(value, `number ${i}`).to.be.closeTo(results[0][i], tolerance * (1 + Math.abs(results[0][i]))));
          }
        });
      });
    }
  }

  it('are one step of a loop in a graph', () => tidy(() => {
    const layer = new ConvLSTM1D(2, 2, { padding: 'same', return_sequences: true });
    const x = ops.ones([1, STEPS, 3, 1]);
    const eager = numbers(layer(x));
    const compiled = jit((inputs: Tensor) => layer(inputs));
    numbers(compiled(x)).forEach((value, i) => expect(value).to.be.closeTo(eager[i], 1e-5));
    compiled.dispose();
  }));
});
