/** keras.tree against Python's, and what JavaScript has in its own way. */
import { expect } from 'chai';
import { tree } from '../../src/index.js';
import { loadGolden } from '../golden/golden.js';
import { errorOf, notices } from '../support/capture.js';

interface Row {
  op: string;
  args: unknown[];
  kwargs: { top_down?: boolean; none_is_leaf?: boolean };
  result?: unknown;
  visited?: unknown[][];
  raises?: boolean;
}

const FUNCTIONS: Record<string, (...parts: never[]) => unknown> = {
  square: (v: number) => v ** 2,
  multiply: (a: number, b: number) => a * b,
  sum3: (a: number, b: number, c: number) => a + b + c,
  or_zero: (v: number | null) => (v === null ? 0 : v + 1),
  length: (v: unknown[]) => v.length,
  stay: () => null,
  drop_lists_of_two: (v: unknown) => (Array.isArray(v) && v.length === 2 ? 'pair' : null),
  double_numbers: (v: unknown) => (typeof v === 'number' ? v * 2 : null),
  none_for_two: (v: unknown) => (v === 2 ? tree.MAP_TO_NONE : null),
  rank: (shape: unknown[]) => shape.length,
};

/** Keras refuses null in a shallow structure, although its own example of the function has it there; here it is a leaf. */
const REFUSED_BY_KERAS = '[[null,null],"length",[[1,1],[2,2,2]]]';

describe('keras.tree', () => {
  const { cases } = loadGolden('tree', 'calls') as unknown as { cases: Row[] };
  for (const { op, args, kwargs, result, visited, raises } of cases) {
    it(`${op}(${JSON.stringify(args).slice(1, -1)}${Object.keys(kwargs).length > 0 ? `, ${JSON.stringify(kwargs)}` : ''})`, () => {
      const seen: unknown[][] = [];
      const real = args.map((arg) => {
        const fn = typeof arg === 'string' ? FUNCTIONS[arg] : undefined;
        return fn ? (...parts: unknown[]) => {
          seen.push(parts);
          return fn(...(parts as never[]));
        } : arg;
      });
      if (kwargs.top_down !== undefined) real.push(kwargs.top_down);
      if (kwargs.none_is_leaf !== undefined) real.push(kwargs);
      const call = (): unknown => (tree as unknown as Record<string, (...all: unknown[]) => unknown>)[op](...real);
      if (raises && JSON.stringify(args) === REFUSED_BY_KERAS) {
        expect(call()).to.deep.equal([2, 3]);
        return;
      }
      if (raises) {
        expect(call).to.throw(Error);
        return;
      }
      expect(call() ?? null).to.deep.equal(result);
      if (visited) expect(seen).to.deep.equal(visited);
    });
  }

  it('lists_to_tuples freezes arrays and leaves the given ones as they are', () => {
    const given = [1, { a: [2, [3]] }];
    const frozen = tree.lists_to_tuples(given) as typeof given;
    expect(frozen).to.deep.equal(given);
    expect([frozen, (frozen[1] as { a: unknown[] }).a, (frozen[1] as { a: unknown[] }).a[1]].every(Object.isFrozen)).to.equal(true);
    expect(Object.isFrozen(given)).to.equal(false);
  });

  it('objects keep the order of their keys, and class instances are leaves', () => {
    expect(Object.keys(tree.map_structure((v: number) => v, { z: 1, a: 2 }))).to.deep.equal(['z', 'a']);
    const date = new Date(0);
    expect(tree.flatten([date, new Float32Array(2)])).to.have.length(2);
  });

  it('says where structures differ', async () => {
    await errorOf(() => tree.assert_same_structure([1, { a: [1, 2] }], [1, { a: [1] }]), '[1]["a"]', 'an array of 2', 'an array of 1');
    await errorOf(() => tree.assert_same_paths([1], { a: 1 }), '[0]', '["a"]');
    await errorOf(() => tree.pack_sequence_as([1, 2], [1]), '2 leaves', '1 values');
    await errorOf(() => tree.traverse(5 as never, [1]), 'must be a function');
    expect(await notices(() => tree.assert_same_structure(1, 2, true))).to.match(/check_types has no effect|^$/);
  });
});
