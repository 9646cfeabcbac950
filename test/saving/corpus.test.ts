import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import * as keras from '../../src/index.js';
import { goldenPath, type GoldenTensor } from '../golden/golden.js';

interface Case {
  file: string;
  inputs: GoldenTensor[];
  outputs: GoldenTensor[];
  iterations: number | null;
  /** Sums of the optimizer's variables. */
  optimizer?: number[] | null;
}

/** The folders, one for each version of Keras. */
const VERSIONS = readdirSync(goldenPath('corpus'), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);

const casesOf = (version: string): Case[] =>
  (JSON.parse(readFileSync(goldenPath('corpus', version, 'corpus.json'), 'utf8')) as { cases: Case[] }).cases;

function arrayOf({ dtype, shape, data }: GoldenTensor): keras.NDArray {
  const values = dtype === 'int32' ? Int32Array.from(data as number[]) : Float32Array.from(data as number[]);
  return new keras.NDArray(values, shape);
}

async function quietly<T>(work: () => Promise<T>): Promise<T> {
  // Models of the corpus that were not compiled say so.
  const listeners = process.listeners('warning');
  process.removeAllListeners('warning');
  try {
    return await work();
  } finally {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    for (const listener of listeners) process.on('warning', listener);
  }
}

async function expectPredictions(model: keras.Model, { inputs, outputs, file }: Case): Promise<void> {
  const given = inputs.map(arrayOf);
  const predicted = [await model.predict(given.length > 1 ? given : given[0], { verbose: 0 })].flat() as keras.NDArray[];
  expect(predicted.length).to.equal(outputs.length);
  const tolerance = file.startsWith('half') ? 1e-2 : 1e-5;
  predicted.forEach((output, i) => {
    expect([...output.shape]).to.deep.equal(outputs[i].shape);
    Array.from(output.data as Float32Array).forEach((value, k) =>
      expect(value, `output ${i}, element ${k}`).to.be.closeTo(outputs[i].data[k] as number, tolerance));
  });
}

describe('saving: the corpus of files that Python wrote', () => {
  it('has at least 60 files', () => {
    expect(VERSIONS.flatMap(casesOf)).to.have.length.above(59);
  });

  for (const version of VERSIONS) {
    for (const saved of casesOf(version)) {
      it(`${version}/${saved.file}`, async () => {
        const path = goldenPath('corpus', version, saved.file);
        const model = await quietly(() => keras.saving.load_model(path));
        await expectPredictions(model, saved);
        if (saved.iterations !== null) {
          expect(model.compiled).to.equal(true);
          const { variables } = model.optimizer!;
          const state = variables.filter(({ name }) => !name.includes('learning_rate'));
          const sums = state.map((v) => Number((keras.ops.sum(keras.ops.cast(v, 'float32')) as keras.Tensor).item()));
          saved.optimizer?.forEach((sum, i) => expect(sums[i], state[i].path).to.be.closeTo(sum, 1e-5));
          if (saved.optimizer) expect(sums.length).to.equal(saved.optimizer.length);
          expect(Number((model.optimizer!.iterations.value as keras.Tensor).item())).to.equal(saved.iterations);
        }
      });
    }
  }
});
