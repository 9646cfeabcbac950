import { expect } from 'chai';
import type { DType } from '../../src/engine/dtype.js';
import * as initializers from '../../src/initializers/index.js';
import { SeedGenerator } from '../../src/random/index.js';
import { array } from '../golden/arrays.js';
import { loadGolden, type GoldenTensor } from '../golden/golden.js';
import { expectTensor } from '../golden/tensors.js';

interface Case {
  class_name: string;
  config: Record<string, unknown>;
  /** Left out where a SeedGenerator made the values. */
  serialized?: Record<string, unknown>;
  seed_generator?: number;
  outputs: { shape: number[]; dtype: string | null; value: GoldenTensor }[];
}

function make({ class_name, config, serialized, seed_generator, outputs }: Case): initializers.Initializer {
  if (seed_generator !== undefined) {
    const seed = initializers.serialize(new SeedGenerator(seed_generator));
    return initializers.deserialize({ class_name, config: { ...config, seed } }) as initializers.Initializer;
  }
  // Python leaves the gain out of Identity's config.
  if (class_name === 'Identity') return new initializers.Identity(outputs.find(({ dtype }) => dtype === 'float64')!.value.data[0] as number);
  return initializers.deserialize(serialized) as initializers.Initializer;
}

const FAMILIES = ['constant', 'glorot_normal', 'glorot_uniform', 'he_normal', 'he_uniform', 'identity', 'lecun_normal',
  'lecun_uniform', 'ones', 'orthogonal', 'random_normal', 'random_uniform', 'stft', 'truncated_normal', 'variance_scaling', 'zeros'];

describe('initializers: the numbers and configs of Python Keras', () => {
  for (const family of FAMILIES) {
    it(family, () => {
      for (const row of loadGolden<Case>('initializers', family).cases) {
        const { class_name, config, outputs } = row;
        const what = `${class_name}(${JSON.stringify(config)})`;
        // The orthogonal matrix is computed by another algorithm than LAPACK's, in higher precision.
        const tolerance = class_name === 'Orthogonal' ? { atol: 2e-6 } : {};
        const initializer = make(row);
        if (row.serialized) {
          const gain = (initializer as { gain?: number }).gain ?? 1;
          const expected = class_name === 'Identity' && gain !== 1 ? { ...row.serialized, config: { gain } } : row.serialized;
          expect(initializers.serialize(initializer), what).to.deep.equal(expected);
          expect(initializers.serialize(initializer.clone()), what).to.deep.equal(expected);
        }
        for (const { shape, dtype, value } of outputs) {
          const call = `${what}(${JSON.stringify(shape)}, ${dtype})`;
          expectTensor(initializer(shape, dtype as DType | null), value, call, tolerance);
        }
      }
    });
  }
});

describe('initializers.get', () => {
  it('understands Keras\'s names', () => {
    for (const { identifier, class_name } of loadGolden<{ identifier: string; class_name: string | null }>(
      'initializers', 'identifiers').cases) {
      if (class_name) expect(initializers.get(identifier)?.constructor.name, identifier).to.equal(class_name);
      else if (identifier !== 'constant') expect(() => initializers.get(identifier), identifier).to.throw(/Known names: .*zeros/);
    }
  });

  it('takes configs, classes, functions, tensors and null', () => {
    expect(initializers.get({ class_name: 'Constant', config: { value: 3 } })([2]).arraySync()).to.deep.equal([3, 3]);
    expect(initializers.get(initializers.Ones)([1]).arraySync()).to.deep.equal([1]);
    const own = (shape: readonly number[]): ReturnType<typeof array> => array([...shape]);
    expect(initializers.get(own)).to.equal(own);
    expect(initializers.get(array([[1, 2]]))([1, 2], 'int32').dtype).to.equal('int32');
    expect(() => initializers.get(array([1, 2]))([3])).to.throw(/\[2\].*\[3\]/);
    expect(initializers.get(null)).to.equal(null);
    expect(() => initializers.get(7)).to.throw(/initializer 7/);
  });

  it('takes an option by name or by position, and prints it', () => {
    expect(`${new initializers.RandomNormal(1, { stddev: 2, seed: 3 })}`).to.equal('<RandomNormal seed=3, mean=1, stddev=2>');
    expect(() => new initializers.Zeros()([2], 'float31')).to.throw(/float31/);
    expect(() => new initializers.GlorotUniform({ sead: 1 } as never)).to.throw(/sead.*seed/);
    expect(() => new initializers.VarianceScaling({ scale: 0 })).to.throw(RangeError, '0');
    expect(() => new initializers.VarianceScaling({ mode: 'fan' as never })).to.throw(/fan_in/);
    expect(() => new initializers.RandomNormal({ seed: 'x' as never })).to.throw(TypeError, 'x');
    expect(() => new initializers.Identity()([3])).to.throw(/\[3\]/);
    expect(() => new initializers.Orthogonal()([3])).to.throw(/\[3\]/);
  });
});

describe('initializers: seeds', () => {
  it('an integer gives the same values at each call, a SeedGenerator others', () => {
    const fixed = new initializers.GlorotUniform(5);
    expect(fixed([3]).arraySync()).to.deep.equal(fixed([3]).arraySync());
    const moving = new initializers.GlorotUniform({ seed: new SeedGenerator(5) });
    const first = moving([3]).arraySync();
    expect(first).to.deep.equal(fixed([3]).arraySync());
    expect(first).not.to.deep.equal(moving([3]).arraySync());
  });

  it('a SeedGenerator survives serialization', () => {
    const config = initializers.serialize(new initializers.HeNormal(new SeedGenerator(9, 'gen')));
    const again = initializers.deserialize(config) as initializers.HeNormal;
    expect((again.seed as SeedGenerator).get_config()).to.deep.equal({ seed: 9, name: 'gen' });
  });
});
