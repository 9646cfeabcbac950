/**
 * Batching rules: every primitive, at the operands of the conformance table, with each operand and all of them batched,
 * against one element at a time.
 */
import assert from 'node:assert/strict';
import { reference } from '../../src/backend/conformance/reference.js';
import type { Literal, ReferenceRow } from '../../src/backend/conformance/literal.js';
import { applyAll } from '../../src/engine/apply.js';
import { activeBackend } from '../../src/engine/context.js';
import { fromHost } from '../../src/engine/convert.js';
import type { DType } from '../../src/engine/dtype.js';
import { numbersToBits } from '../../src/engine/host.js';
import { abstractRules, type ParamsOf, type PrimitiveName } from '../../src/engine/primitives/index.js';
import type { AbstractRule } from '../../src/engine/primitives/rule.js';
import { formatShape, sizeOf } from '../../src/engine/shape.js';
import { tidy } from '../../src/engine/scope.js';
import type { Tensor } from '../../src/engine/tensor.js';
import { vectorize } from '../../src/engine/vectorize.js';
import { describeBackends } from '../support/backends.js';
import { gradientCases, type GradientCase } from './gradient-cases.js';

/** Primitives whose results are right in several ways, so that elements cannot be compared. */
const AMBIGUOUS: ReadonlySet<string> = new Set(['svd', 'eigh', 'eig', 'qr']);

interface Row {
  inputs: { shape: readonly number[]; values: readonly number[]; dtype: DType }[];
  params: unknown;
}

const tensor = ({ shape, dtype }: Row['inputs'][number], values: readonly number[]): Tensor =>
  fromHost(numbersToBits(values, dtype), shape, dtype);

/** Another operand of the same kind: the elements backwards, or whole index vectors. A definite matrix stays one. */
function other(name: PrimitiveName, { shape, values, dtype }: Row['inputs'][number]): number[] {
  if (name === 'cholesky') return values.map((v) => 4 * v);
  const row = dtype === 'int32' ? sizeOf(shape.slice(1)) : 1;
  return values.map((_, i) => values[values.length - row * (Math.floor(i / row) + 1) + (i % row)]);
}

function numbers(x: Tensor): number[] {
  return Array.from(x.dataSync() as Float32Array, Number);
}

function check(name: PrimitiveName, row: Row, batched: readonly boolean[]): void {
  const apply = (inputs: readonly Tensor[]): Tensor[] => applyAll(name, inputs, row.params as never);
  const variants = row.inputs.map((input) => [tensor(input, input.values), tensor(input, other(name, input))]);
  const expected = [0, 1].map((k) => apply(variants.map((pair, i) => pair[batched[i] ? k : 0])));
  const elements = variants.flatMap((pair, i) => (batched[i] ? applyAll('stack', pair, { axis: 0 }) : []));
  const made = vectorize((given) => {
    let next = 0;
    return apply(variants.map(([x], i) => (batched[i] ? (given as Tensor[])[next++] : x)));
  }, elements)!.result as Tensor[];
  made.forEach((y, i) => {
    const what = `${name} ${row.inputs.map(({ shape }) => formatShape(shape)).join(' ')} ${JSON.stringify(batched)} result ${i}`;
    assert.deepEqual([y.shape, y.dtype], [[2, ...expected[0][i].shape], expected[0][i].dtype], what);
    const wanted = expected.flatMap((outputs) => numbers(outputs[i]));
    numbers(y).forEach((value, k) => {
      const isClose = Object.is(value, wanted[k]) || value === wanted[k] ||
        Math.abs(value - wanted[k]) <= 2e-4 * Math.max(1, Math.abs(wanted[k]));
      assert.ok(isClose, `${what}: element ${k} is ${value}, expected ${wanted[k]}`);
    });
  });
}

/** Rows of the conformance table in float32, and of the gradient table where that one has none. */
function rowsOf(name: PrimitiveName): Row[] {
  const rows = (reference as Partial<Record<PrimitiveName, readonly ReferenceRow<unknown>[]>>)[name] ?? [];
  const known = rows.filter(({ inputs, dtypes }) =>
    dtypes.includes('float32') || inputs.every(({ dtype }) => dtype !== undefined));
  const usable = ({ dtype }: Literal): boolean => ['float32', 'int32', 'bool', undefined].includes(dtype);
  const fromReference = known.filter(({ inputs, dtypes }) => inputs.length > 0 && inputs.every(usable) && !dtypes.includes('string'))
    .map(({ inputs, params }): Row => ({
      inputs: inputs.map(({ shape, values, dtype }) => ({ shape, values: values as number[], dtype: dtype ?? 'float32' })),
      params,
    }));
  if (fromReference.length > 0) return fromReference;
  const cases = gradientCases[name];
  if (!Array.isArray(cases)) return [];
  return (cases as GradientCase<ParamsOf<PrimitiveName>>[]).map(({ inputs, params }): Row => ({
    inputs: inputs.map(({ shape, values, dtype }) => ({ shape, values, dtype: dtype ?? 'float32' })),
    params: typeof params === 'function' ? (params as (dtype: string) => unknown)('float32') : params,
  }));
}

function isUnsupported(name: PrimitiveName, { inputs, params }: Row): boolean {
  const made = (abstractRules[name] as AbstractRule<unknown>)(inputs, params);
  return [...inputs, ...(Array.isArray(made) ? made : [made])]
    .some(({ dtype }) => activeBackend().unsupported(name, dtype) !== undefined);
}

describeBackends('batching rules', (backend) => {
  if (backend === 'wasm') return;
  for (const name of Object.keys(gradientCases) as PrimitiveName[]) {
    const rows = AMBIGUOUS.has(name) ? [] : rowsOf(name);
    if (rows.length === 0) continue;
    it(name, () => {
      for (const row of rows) {
        const count = row.inputs.length;
        const masks = count > 3 ? [row.inputs.map(() => true), row.inputs.map((_, i) => i % 2 === 1)]
          : Array.from({ length: 2 ** count - 1 }, (_, mask) => row.inputs.map((__, i) => ((mask + 1) >> i) % 2 === 1));
        // Rows with results that the backend does not have.
        if (isUnsupported(name, row)) continue;
        for (const mask of masks) tidy(() => check(name, row, mask));
      }
    });
  }
});
