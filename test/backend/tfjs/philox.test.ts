import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fromHalfBits, toHalfBits } from '../../../src/engine/half.js';
import {
  fillIntegers, fillNormal, fillTruncatedNormal, fillUniform, type RandomFloat,
} from '../../../src/backend/tfjs/philox.js';

interface GoldenCase {
  distribution: 'uniform' | 'normal' | 'truncated_normal' | 'integers';
  seed: [number, number];
  size: number;
  dtype?: RandomFloat;
  low?: number;
  high?: number;
  first: number[];
  last: number[];
}

const golden = JSON.parse(readFileSync(new URL('../../golden/random/philox.json', import.meta.url), 'utf8')) as { cases: GoldenCase[] };

/** Largest difference accepted of normal samples: sine, cosine and logarithm may differ in the last bit. */
const TOLERANCE = { float32: 1e-6, float16: 2e-3, bfloat16: 2e-2 };

function compute({ distribution, seed, size, dtype = 'float32', low = 0, high = 0 }: GoldenCase): number[] {
  if (distribution === 'integers') {
    const out = new Int32Array(size);
    fillIntegers(seed, out, low, high);
    return [...out];
  }
  const out = new Float32Array(size);
  const fill = { uniform: fillUniform, normal: fillNormal, truncated_normal: fillTruncatedNormal }[distribution];
  fill(seed, out, dtype);
  return [...(dtype === 'float32' ? out : fromHalfBits(toHalfBits(out, dtype), dtype))];
}

describe('Philox', () => {
  for (const item of golden.cases) {
    const { distribution, seed, size, dtype, low, high, first, last } = item;
    it(`gives TensorFlow's ${distribution} for seed [${seed.join(', ')}]: ${size} of ${dtype ?? `[${low}, ${high})`}`, () => {
      const found = compute(item);
      const exact = distribution === 'uniform' || distribution === 'integers';
      const compare = (part: number[], expected: number[]): void => {
        if (exact) assert.deepEqual(part, expected);
        else part.forEach((value, i) => assert.ok(Math.abs(value - expected[i]) <= TOLERANCE[dtype!] * Math.max(1, Math.abs(value)),
          `${value} instead of ${expected[i]}`));
      };
      compare(found.slice(0, first.length), first);
      compare(found.slice(-last.length), last);
    });
  }

  it('refuses an empty range of integers', () => {
    assert.throws(() => fillIntegers([1, 2], new Int32Array(1), 3, 3), /low < high, received low=3 and high=3/);
  });
});
