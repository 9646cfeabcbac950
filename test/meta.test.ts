/**
 * What holds for every public name, found by walking the package: it is documented with an example, a test names it, and
 * objects with a config survive JSON. No name is listed here, except for arguments that a class cannot do without.
 */
import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readApi } from '../scripts/parity/api.js';
import { sampleOf } from '../scripts/parity/defaults.js';
import * as keras from '../src/index.js';
import { getExportedPath } from '../src/saving/registration.js';
import { isAbstract } from '../src/utils/abstract.js';

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const filesIn = (path: string, ...endings: string[]): string[] => (readdirSync(path, { recursive: true }) as string[])
  .filter((name) => endings.some((ending) => name.endsWith(ending))).map((name) => readFileSync(join(path, name), 'utf8'));

interface PublicName {
  path: string;
  value: { readonly name: string; readonly prototype?: object };
}

const isModule = (value: unknown): value is object => typeof value === 'object' && value !== null &&
  (Object.prototype.toString.call(value) === '[object Module]' || '__esModule' in value);

/** Every class and function of the package, under the first path on which it is met. */
function publicNames(): PublicName[] {
  const found = new Map<unknown, PublicName>();
  const walk = (module: object, at: string): void => {
    for (const [name, value] of Object.entries(module)) {
      const path = `${at}.${name}`;
      if (isModule(value)) walk(value, path);
      else if (typeof value === 'function' && !found.has(value)) found.set(value, { path, value });
    }
  };
  walk(keras, 'keras');
  return [...found.values()];
}

const names = publicNames();
const lastOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1);
const isError = ({ value }: PublicName): boolean => value.prototype instanceof Error;

const sources = filesIn(folder('../src'), '.ts');

/** Doc comments by the name that is declared behind them, and by the names under which that is exported. */
function comments(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const declared = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(?:\/\/[^\n]*\n\s*)*(?:export )?(?:abstract )?(?:async )?(?:class|function\*?|const) (\w+?)_?\b/g;
  for (const text of sources) {
    for (const [, comment, name] of text.matchAll(declared)) found.set(name, [...(found.get(name) ?? []), comment]);
    for (const [, name, alias] of text.matchAll(/\b(\w+?)_? as (\w+)/g)) found.set(alias, [...(found.get(alias) ?? []), ...(found.get(name) ?? [])]);
  }
  return found;
}

describe('every public name', () => {
  const documented = comments();
  const commentsOf = ({ path, value }: PublicName): readonly string[] =>
    [lastOf(path), value.name.replace(/_$/, '')].flatMap((name) => documented.get(name) ?? []);

  it('is found', () => {
    expect(names.length).to.be.above(850);
  });

  it('has a doc comment, with an example unless it is an error', () => {
    const lacking = names.filter((name) =>
      !commentsOf(name).some((comment) => isError(name) || comment.includes('@example')));
    expect(lacking.map(({ path }) => path)).to.deep.equal([]);
  });

  it('is Keras\'s, or written as Keras writes its names', () => {
    const api = readApi().symbols;
    const known = new Set(Object.entries(api).flatMap(([path, { aliases }]) => [path, ...aliases]));
    const own = names.filter(({ path, value }) => !known.has(path) && getExportedPath(value as () => void) === undefined);
    expect(own.filter(({ path }) => /^(Base|[a-z]+[A-Z])/.test(lastOf(path))).map(({ path }) => path)).to.deep.equal([]);
  });

  it('is named in a test, in golden data or in an example, which test/docs executes; errors are told by their texts', () => {
    const examples = sources.flatMap((text) => text.match(/@example(?:(?!\*\/)[\s\S])*/g) ?? []);
    const words = new Set([...filesIn(folder('.'), '.ts', '.json'), ...examples].flatMap((text) => text.match(/[A-Za-z_]\w*/g) ?? []));
    const lacking = names.filter(({ path, value }) => !words.has(lastOf(path)) && !words.has(value.name)).filter((name) => !isError(name));
    expect(lacking.map(({ path }) => path)).to.deep.equal([]);
  });
});

interface Configured {
  get_config(): Record<string, unknown>;
}

const { layers } = keras;
const dense = (): keras.Layer => new layers.Dense(2);
const network = (name: string): keras.Model => {
  const inputs = keras.Input({ shape: [3] });
  return new keras.Model(inputs, dense()(inputs), { name });
};
const optimizerMap = (): keras.optimizers.OptimizerMap => {
  const map = new keras.optimizers.OptimizerMap(new keras.optimizers.Adam());
  map.set('.*bias', new keras.optimizers.SGD(0.1));
  return map;
};
/** Instances of classes that need more than plain values. */
const MADE: Readonly<Record<string, () => object>> = {
  'keras.distillation.Distiller': () => new keras.distillation.Distiller(
    network('teacher'), network('student'), [new keras.distillation.LogitsDistillation(2)]),
  'keras.layers.Bidirectional': () => new layers.Bidirectional(new layers.LSTM(2)),
  'keras.layers.CategoryEncoding': () => new layers.CategoryEncoding(3),
  'keras.layers.Discretization': () => new layers.Discretization([0, 1]),
  'keras.layers.EinsumDense': () => new layers.EinsumDense('ab,bc->ac', 3),
  'keras.layers.InputLayer': () => new layers.InputLayer({ shape: [3] }),
  'keras.layers.Lambda': () => new layers.Lambda(keras.activations.relu),
  'keras.layers.RNN': () => new layers.RNN(new layers.GRUCell(2)),
  'keras.layers.SpectralNormalization': () => new layers.SpectralNormalization(dense()),
  'keras.layers.StackedRNNCells': () => new layers.StackedRNNCells([new layers.GRUCell(2)]),
  'keras.layers.TimeDistributed': () => new layers.TimeDistributed(dense()),
  'keras.metrics.MeanMetricWrapper': () => new keras.metrics.MeanMetricWrapper(keras.losses.mean_squared_error),
  'keras.models.Functional': () => network('net'),
  'keras.optimizers.LossScaleOptimizer': () => new keras.optimizers.LossScaleOptimizer(new keras.optimizers.SGD()),
  'keras.optimizers.MultiOptimizer': () => new keras.optimizers.MultiOptimizer(optimizerMap()),
  'keras.optimizers.OptimizerMap': optimizerMap,
  'keras.src.losses.losses.LossFunctionWrapper': () => new keras.losses.LossFunctionWrapper(keras.losses.huber, { delta: 0.5 }),
};

describe('every class with a config', () => {
  const isConfigured = ({ value }: PublicName): boolean =>
    typeof value.prototype === 'object' && 'get_config' in value.prototype && !isAbstract(value);
  const api = Object.entries(readApi().symbols);
  const requiredBy = (path: string): readonly string[] =>
    api.find(([symbol, { aliases }]) => symbol === path || aliases.includes(path))?.[1].required ?? [];
  const lacking: string[] = [];

  for (const { path, value } of names.filter(isConfigured)) {
    const canonical = getExportedPath(value as () => void) ?? path;
    const sample = (canonical in MADE ? MADE[canonical]() : sampleOf(value, requiredBy(canonical))) as Configured | undefined;
    if (!sample) {
      lacking.push(canonical);
      continue;
    }
    it(`${canonical} comes back from JSON`, () => {
      const serialized = keras.saving.serialize_keras_object(sample);
      const again = keras.saving.deserialize_keras_object(JSON.parse(JSON.stringify(serialized)), { safe_mode: false });
      expect(again).to.be.instanceOf(value);
      expect((again as Configured).get_config()).to.deep.equal(sample.get_config());
    });
  }

  it('has a sample, but Function, which has no config, and what reads a SavedModel', () => {
    expect(lacking).to.have.members(['keras.Function', 'keras.layers.TFSMLayer']);
    const input = keras.Input({ shape: [1] });
    expect(() => new keras.Function(input, keras.ops.abs(input)).get_config()).to.throw(/keras\.Model/);
  });
});
