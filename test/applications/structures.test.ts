import { expect } from 'chai';
import { set_image_data_format } from '../../src/backend/config.js';
import { loadGolden } from '../golden/golden.js';
import { BACKENDS, describeBackends } from '../support/backends.js';
import { beginWithZeros, buildApplication, digest, operationsOf, weightsOf } from '../support/application-weights.js';

interface Structure {
  function: string;
  options: Record<string, unknown>;
  name: string;
  params: number;
  operations: [count: number, digest: string];
  weights: [count: number, digest: string];
}

interface Listing {
  function: string;
  operations: string[];
  weights: string[];
}

// Nothing is computed here, so that one backend will do: the one whose zeros cost least.
const [backend] = BACKENDS.includes('cpu') ? ['cpu'] : BACKENDS;

describeBackends('Layers and weights of the architectures', (name) => {
  if (name !== backend) return;
  beginWithZeros();

  // These first: they show what differs.
  for (const row of loadGolden<Listing>('applications', 'listings').cases) {
    it(`${row.function}, line by line`, () => {
      const model = buildApplication(row.function, {});
      expect(operationsOf(model)).to.deep.equal(row.operations);
      expect(weightsOf(model)).to.deep.equal(row.weights);
    });
  }

  const check = (row: Structure): void => {
    const model = buildApplication(row.function, row.options);
    const [operations, weights] = [operationsOf(model), weightsOf(model)];
    expect({
      name: model.name, params: model.count_params(),
      operations: [operations.length, digest(operations)], weights: [weights.length, digest(weights)],
    }).to.deep.equal({ name: row.name, params: row.params, operations: row.operations, weights: row.weights });
    for (const variable of model.variables) variable.dispose();
  };

  for (const row of loadGolden<Structure>('applications', 'structures').cases) {
    it(`${row.function} ${JSON.stringify(row.options)}`, () => check(row));
  }

  for (const row of loadGolden<Structure>('applications', 'channels_first').cases) {
    it(`${row.function} with channels_first`, () => {
      set_image_data_format('channels_first');
      try {
        check(row);
      } finally {
        set_image_data_format('channels_last');
      }
    });
  }
});
