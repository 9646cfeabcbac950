import { expect } from 'chai';
import { jit } from '../../src/engine/jit.js';
import type { Tensor } from '../../src/engine/tensor.js';
import * as random from '../../src/random/index.js';
import { MersenneTwister } from '../../src/random/mersenne-twister.js';
import { set_random_seed } from '../../src/utils/rng-utils.js';
import { loadGolden, type GoldenCall, type GoldenTensor, type GoldenValue } from '../golden/golden.js';
import { argumentOf, expectTensor } from '../golden/tensors.js';

type Call = GoldenCall & { seed_generator?: number };
type Sampler = (...args: unknown[]) => Tensor;

const FAMILIES = ['uniform', 'normal', 'truncated_normal', 'randint', 'categorical', 'dropout', 'shuffle', 'gamma', 'beta', 'binomial'] as const;

describe('random: the numbers of Python Keras', () => {
  for (const family of FAMILIES) {
    it(family, () => {
      const sampler = random[family] as unknown as Sampler;
      for (const { args, kwargs, outputs, seed_generator } of loadGolden<Call>('random', family).cases) {
        const named = argumentOf(kwargs) as Record<string, unknown>;
        if (seed_generator !== undefined) named.seed = new random.SeedGenerator(seed_generator);
        outputs.forEach((output, i) => {
          const what = `${family}(${JSON.stringify(args)}, ${JSON.stringify(kwargs)}) call ${i}`;
          expectTensor(sampler(...args.map(argumentOf), named), output as GoldenTensor, what);
        });
      }
    });
  }
});

interface SeedCase {
  global_seed: number;
  python_randint_1_1e9: number[];
  seed_generator_states: GoldenTensor[];
  unseeded_uniform: GoldenTensor[];
}
interface SeedConfig {
  config: { seed: number; ordered: GoldenTensor[]; unordered: GoldenTensor[]; state: GoldenTensor };
  get_config: GoldenValue;
  state_path: string;
  state_name: string;
}

describe('random: seeds', () => {
  const golden = loadGolden<SeedCase>('random', 'seed_generator') as unknown as { cases: SeedCase[] } & SeedConfig;

  it('come from Python\'s Mersenne Twister', () => {
    for (const { global_seed, python_randint_1_1e9 } of golden.cases) {
      const python = new MersenneTwister(global_seed);
      expect(python_randint_1_1e9.map(() => python.randint(1, 1e9))).to.deep.equal(python_randint_1_1e9);
    }
  });

  it('set_random_seed fixes default and global generators', () => {
    for (const { global_seed, seed_generator_states, unseeded_uniform } of golden.cases) {
      set_random_seed(global_seed);
      for (const state of seed_generator_states) expectTensor(new random.SeedGenerator().state, state, 'state');
      set_random_seed(global_seed);
      for (const values of unseeded_uniform) expectTensor(random.uniform([3]), values, 'unseeded uniform');
    }
    expect(() => set_random_seed(1.5)).to.throw(TypeError, '1.5');
  });

  it('SeedGenerator counts or jumps, and has Keras\'s names', () => {
    const { config: { seed, ordered, unordered, state }, get_config } = golden;
    const generator = new random.SeedGenerator({ seed });
    for (const value of ordered) expectTensor(generator.next(), value, 'ordered');
    for (const value of unordered) expectTensor(generator.next(false), value, 'unordered');
    expectTensor(generator.state, state, 'state');
    const named = new random.SeedGenerator(5, 'mine');
    expect(named.get_config()).to.deep.equal(get_config);
    expect([named.state.path, named.state.name]).to.deep.equal([golden.state_path, golden.state_name]);
    expect(random.SeedGenerator.from_config(named.get_config()).name).to.equal('mine');
    expect(() => new random.SeedGenerator(0.5)).to.throw(TypeError, '0.5');
  });

  it('a compiled function continues the sequence that eager calls began', () => {
    const eager = new random.SeedGenerator(7);
    const compiled = new random.SeedGenerator(7);
    const draw = jit(() => random.normal([3], { seed: compiled }));
    for (let i = 0; i < 3; i++) {
      expect(draw().arraySync()).to.deep.equal(random.normal([3], { seed: eager }).arraySync());
    }
    expect(draw.traceCount).to.equal(1);
  });

  it('refuses what is no seed, dtype or rate', () => {
    expect(() => random.uniform([2], { seed: 'a' as unknown as number })).to.throw(TypeError, 'SeedGenerator');
    expect(() => random.uniform([2], { dtype: 'int32' })).to.throw(TypeError, 'int32');
    expect(() => random.randint([2], 0, 3, { dtype: 'float32' })).to.throw(TypeError, 'float32');
    expect(() => random.dropout([1, 2], 1.5)).to.throw(RangeError, '1.5');
    expect(() => random.categorical([1, 2], 1)).to.throw(/\[2\]/);
    expect(() => random.gamma([2, 3], [1, 2])).to.throw(/alpha.*\[2, 3\].*\[2\]/);
    expect(() => random.binomial([3], 5, [[0.5], [0.5]])).to.throw(/probabilities.*\[3\].*\[2, 1\]/);
    expect(() => random.beta([2], 1, 1, { dtype: 'int32' })).to.throw(TypeError, 'int32');
  });

  it('gives NaN for parameters that distributions do not have, rather than draw forever', () => {
    expect(random.gamma([3], [-1, NaN, 0], { seed: 1 }).arraySync()).to.deep.equal([NaN, NaN, 2 ** -126]);
    expect(random.binomial([4], [NaN, Infinity, 5, 5], [0.5, 0.5, NaN, 1], { seed: 1 }).arraySync())
      .to.deep.equal([NaN, NaN, NaN, 5]);
  });

  it('parameters may have any shape that broadcasts', () => {
    const narrow = random.gamma([2, 3], [[0.5], [2]], { seed: 1 });
    expect(narrow.arraySync()).to.deep.equal(random.gamma([2, 3], [[0.5, 0.5, 0.5], [2, 2, 2]], { seed: 1 }).arraySync());
    expect(random.binomial([2, 2], [[10], [20]], 0.5, { seed: 1 }).shape).to.deep.equal([2, 2]);
  });
});
