import { expect } from 'chai';
import { Sequential } from '../../../src/models/index.js';
import { Adam } from '../../../src/optimizers/index.js';
import type { NDArray } from '../../../src/engine/convert.js';
import { deserialize_keras_object } from '../../../src/saving/serialization.js';
import { loadGolden, type GoldenTensor } from '../../golden/golden.js';
import { expectTensor, tensorOf } from '../../golden/tensors.js';
import { describeBackends } from '../../support/backends.js';
import { withoutBuildConfig } from '../../support/without-build-config.js';

interface GoldenTraining {
  name: string;
  model: unknown;
  weights: { path: string; value: GoldenTensor }[];
  x: GoldenTensor;
  y: GoldenTensor;
  losses: number[];
  after: { path: string; value: GoldenTensor }[];
  predictions: GoldenTensor;
}

describeBackends('golden layers: rnn_training', () => {
  for (const row of loadGolden<GoldenTraining>('layers', 'rnn_training').cases) {
    for (const run_eagerly of [false, true]) {
      it(`${row.name}, ${run_eagerly ? 'eager' : 'compiled'}`, async () => {
        const model = deserialize_keras_object(withoutBuildConfig(row.model)) as Sequential;
        expect(model.weights.map(({ name }) => name)).to.deep.equal(row.weights.map(({ path }) => path.split('/').at(-1)));
        model.set_weights(row.weights.map(({ value }) => tensorOf(value)));
        model.compile({ optimizer: new Adam(0.02), loss: 'mse', run_eagerly });
        const [x, y] = [tensorOf(row.x), tensorOf(row.y)];
        for (const [i, expected] of row.losses.entries()) {
          expect(await model.train_on_batch(x, y) as number, `loss of step ${i}`).to.be.closeTo(expected, 2e-5 * (1 + expected));
        }
        row.after.forEach(({ value, path }, i) => expectTensor(model.weights[i].value, value, path, { rtol: 1e-4, atol: 2e-5 }));
        expectTensor(await model.predict(x, { verbose: 0 }) as NDArray, row.predictions, 'predictions', { rtol: 1e-4, atol: 2e-5 });
      });
    }
  }
});
