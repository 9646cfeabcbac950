/** Every row of test/golden/ops against Python Keras: eager, compiled, symbolic. */
import { loadGolden } from '../golden/golden.js';
import {
  checkCompiled, checkEager, checkSymbolic, checkUnknownBatch, titleOf, type Looseness, type OpCase,
} from '../support/check-op.js';

const FAMILIES = [
  'unary', 'binary', 'comparison', 'choosing', 'reductions', 'ordering', 'shapes', 'indexing', 'creation', 'products', 'norms',
];

/** Ops whose result has a shape that depends on values. */
const EAGER_ONLY = new Set(['nonzero', 'bincount']);
/** Ops of other families, which their own tests run. */
const ELSEWHERE = new Set(['one_hot', 'multi_hot', 'normalize']);

const loosenessOf = (_row: OpCase): Looseness => ({});

for (const family of FAMILIES) {
  describe(`ops golden: ${family}`, () => {
    const { cases } = loadGolden<OpCase>('ops', family);
    const batched = new Map<string, boolean>();
    for (const row of cases) {
      if (ELSEWHERE.has(row.op)) continue;
      it(titleOf(row), () => {
        checkEager(row, loosenessOf(row));
        if (EAGER_ONLY.has(row.op)) return;
        checkCompiled(row, loosenessOf(row));
        checkSymbolic(row, loosenessOf(row));
        batched.set(row.op, checkUnknownBatch(row) || (batched.get(row.op) ?? false));
      });
    }
  });
}
