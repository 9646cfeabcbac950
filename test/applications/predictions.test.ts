import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as keras from '../../src/index.js';
import { NDArray } from '../../src/engine/convert.js';
import { tidy } from '../../src/engine/scope.js';
import type { Tensor } from '../../src/engine/tensor.js';
import type { Model } from '../../src/models/index.js';
import { loadGolden, type GoldenTensor } from '../golden/golden.js';
import { BACKENDS, describeBackends } from '../support/backends.js';
import { beginWithZeros, buildApplication, fillByFormula, units } from '../support/application-weights.js';

interface Row {
  function: string;
  options: Record<string, unknown>;
  size: number;
  /** Whether the inputs are pixels 0 ... 255, rather than -1 ... 1. */
  pixels: boolean;
  output: GoldenTensor;
}

/** The architecture that all backends compute; the others are computed by the first. */
const SMALLEST = 'MobileNetV3Small';

const imagesOf = ({ size, pixels }: Row): NDArray => new NDArray(
  pixels ? units(2 * size * size * 3, 100000, 255) : units(2 * size * size * 3, 100000, 2, -1), [2, size, size, 3], 'float32');

function expectOutput(actual: Tensor, { output }: Row): void {
  expect(actual.shape).to.deep.equal(output.shape);
  const wanted = output.data as number[];
  const scale = Math.max(...wanted.map(Math.abs));
  const worst = Math.max(...Array.from(actual.dataSync() as Float32Array, (value, i) => Math.abs(value - wanted[i])));
  // Outputs are logits or features: how far they are off, as a part of the largest.
  expect(worst / scale).to.be.lessThan(1e-4);
}

const rows = loadGolden<Row>('applications', 'predictions').cases;

function filled(row: Row): Model {
  const model = buildApplication(row.function, row.options);
  tidy(() => fillByFormula(model));
  return model;
}

describeBackends('Predictions of the architectures', (name) => {
  beginWithZeros();
  for (const row of rows.filter((one) => name === BACKENDS[0] || one.function === SMALLEST)) {
    it(row.function, () => {
      const model = filled(row);
      tidy(() => expectOutput(model(imagesOf(row), { training: false }), row));
      for (const variable of model.variables) variable.dispose();
    });
  }
});

describeBackends('Architectures in files', (name) => {
  if (name !== BACKENDS[0]) return;
  beginWithZeros();
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'keras-applications-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const architecture of ['MobileNetV3Small', 'EfficientNetB0']) {
    it(`${architecture} comes back from a .keras file`, async () => {
      const row = rows.find((one) => one.function === architecture)!;
      const model = filled(row);
      const path = join(folder, `${architecture}.keras`);
      await model.save(path);
      const loaded = await keras.models.load_model(path) as Model;
      tidy(() => expectOutput(loaded(imagesOf(row), { training: false }), row));
      for (const variable of [...model.variables, ...loaded.variables]) variable.dispose();
    });
  }

  // Layers of their own, nested models and ops are in these.
  for (const architecture of ['ConvNeXtTiny', 'InceptionResNetV2', 'NASNetMobile']) {
    it(`${architecture} comes back from its JSON`, () => {
      const model = buildApplication(architecture, { include_top: false });
      const copy = keras.models.model_from_json(model.to_json());
      expect(copy.to_json()).to.equal(model.to_json());
      for (const variable of [...model.variables, ...copy.variables]) variable.dispose();
    });
  }

  it('weights given as a path are loaded, and the promise gives the model', async () => {
    const options = { input_shape: [32, 32, 3], classes: 10, classifier_activation: null } as const;
    const model = keras.applications.MobileNetV3Small({ ...options, weights: null });
    fillByFormula(model);
    const path = join(folder, 'small.weights.h5');
    await model.save_weights(path);
    const loaded = await keras.applications.MobileNetV3Small({ ...options, weights: path });
    const row = rows.find((one) => one.function === SMALLEST)!;
    tidy(() => expectOutput(loaded(imagesOf(row), { training: false }), row));
  });
});
