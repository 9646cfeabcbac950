import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import * as keras from '../../src/index.js';
import { goldenPath, type GoldenTensor } from '../golden/golden.js';
import { CORPUS_OBJECTS } from './corpus-objects.js';

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

/** Files that Python's Keras 3 does not open either, with what is said. */
const REFUSED: Record<string, RegExp> = {
  // Keras 2 has layers in dicts under other paths.
  'tf_keras-2.21.0/subclassed.keras': /do not fit 2 objects.*Dense.*the file holds 0/s,
};

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

/** Lambdas are byte code: only with a function of our own do such files open. */
const load = (path: string): Promise<keras.Model> => (/code\.\w+$/.test(path)
  ? keras.saving.load_model(path, { safe_mode: false, custom_objects: { twice: (x: keras.Tensor) => keras.ops.add(keras.ops.multiply(x, 2), 1) } })
  : keras.saving.load_model(path, { custom_objects: CORPUS_OBJECTS }));

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

  it('names what is not known here, and how to make it known', async () => {
    for (const [file, what] of [['custom.keras', /squash|Scale/], ['subclassed.keras', /Branched/], ['functions.keras', /squash/]] as const) {
      for (const version of VERSIONS.filter((name) => casesOf(name).some((saved) => saved.file === file))) {
        const error = await keras.saving.load_model(goldenPath('corpus', version, file)).then(() => undefined, (cause: Error) => cause);
        expect(error, `${version}/${file}`).to.be.instanceOf(keras.saving.DeserializationError);
        expect(error!.message).to.match(what).and.match(/register_keras_serializable|custom_objects/);
      }
    }
  });

  it('runs no code of a file', async () => {
    for (const version of VERSIONS) {
      for (const { file } of casesOf(version).filter(({ file: name }) => name.startsWith('code'))) {
        const path = goldenPath('corpus', version, file);
        const messageOf = (options: object): Promise<string> =>
          quietly(() => keras.saving.load_model(path, options)).then(() => 'loaded', (cause: Error) => cause.message);
        expect(await messageOf({})).to.match(/Python lambda.*refused/s);
        expect(await messageOf({ safe_mode: false })).to.match(/custom_objects: \{'twice'/);
        expect(await messageOf({ custom_objects: { twice: (x: keras.Tensor) => x } })).to.match(/refused/);
      }
    }
  });

  for (const version of VERSIONS) {
    for (const saved of casesOf(version)) {
      it(`${version}/${saved.file}`, async () => {
        const path = goldenPath('corpus', version, saved.file);
        if (`${version}/${saved.file}` in REFUSED) {
          const error = await quietly(() => load(path)).then(() => undefined, (cause: Error) => cause);
          expect(error?.message).to.match(REFUSED[`${version}/${saved.file}`]);
          return;
        }
        const model = await quietly(() => load(path));
        await expectPredictions(model, saved);
        if (saved.iterations !== null) {
          expect(model.compiled).to.equal(true);
          const { variables } = model.optimizer!;
          const state = variables.filter(({ name }) => !name.includes('learning_rate'));
          const sums = state.map((v) => Number((keras.ops.sum(keras.ops.cast(v, 'float32')) as keras.Tensor).item()));
          // Keras 3.0 has the variables of Nadam in another order.
          const inOrder = (values: readonly number[]): readonly number[] =>
            (version.startsWith('3.0') ? values.toSorted((a, b) => a - b) : values);
          inOrder(saved.optimizer ?? []).forEach((sum, i) => expect(inOrder(sums)[i], state[i].path).to.be.closeTo(sum, 1e-5));
          if (saved.optimizer) expect(sums.length).to.equal(saved.optimizer.length);
          expect(Number((model.optimizer!.iterations.value as keras.Tensor).item())).to.equal(saved.iterations);
        }
      });
    }
  }
});
