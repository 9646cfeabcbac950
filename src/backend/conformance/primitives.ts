/** Cases of the primitives: small operands from the reference table, and large ones by formula. */
import assert from 'node:assert/strict';
import type { Aval, Backend, Handle, Operand } from '../backend.js';
import { DTYPES, type DType } from '../../engine/dtype.js';
import { abstractRules, type ParamsOf, type PrimitiveName } from '../../engine/primitives/index.js';
import type { AbstractRule } from '../../engine/primitives/rule.js';
import { formatShape } from '../../engine/shape.js';
import type { ConformanceCase } from './case.js';
import { largeRows } from './large.js';
import { avalOf, expectValues, hostData, t, upload, type Literal, type ReferenceRow } from './literal.js';
import { reference } from './reference.js';

function outputsOf<N extends PrimitiveName>(name: N, inputs: readonly Aval[], params: ParamsOf<N>): Aval[] {
  const made = (abstractRules[name] as AbstractRule<ParamsOf<N>>)(inputs, params);
  return Array.isArray(made) ? made : [made];
}

/** Runs one row twice: the second time no memory may be left behind (the first may fill caches). */
export function check<N extends PrimitiveName>(
  backend: Backend, name: N, row: ReferenceRow<ParamsOf<N>>, dtype: DType,
): void {
  const { params, expected } = row;
  const avals = row.inputs.map((literal) => avalOf(literal, dtype));
  const outputs = outputsOf(name, avals, params);
  assert.deepEqual(outputs, expected.map((literal) => avalOf(literal, dtype)), `${name}: shapes and dtypes of results`);
  for (const aval of [...avals, ...outputs]) {
    const reason = backend.unsupported(name, aval.dtype);
    if (reason !== undefined) return expectRefusal(backend, name, row, dtype, aval.dtype);
  }
  let before = -1;
  for (let round = 0; round < 2; round++) {
    before = backend.memory().tensors;
    const inputs = row.inputs.map((literal) => upload(backend, literal, dtype));
    const made = backend.execute(name, inputs, params, outputs);
    assert.equal(made.length, outputs.length, `${name}: number of results`);
    made.forEach((handle, i) =>
      expectValues(backend, handle, expected[i], dtype, `${name} result ${i}`, row.tolerance));
    // Operands must be left as they were.
    inputs.forEach((input, i) =>
      expectValues(backend, input.handle, row.inputs[i], dtype, `${name} operand ${i} afterwards`));
    for (const handle of [...made, ...inputs.map((input) => input.handle)]) backend.dispose(handle);
  }
  assert.equal(backend.memory().tensors, before, `${name}: tensors alive after everything was disposed`);
}

/** Stands for a tensor that the backend cannot even hold. */
const NOTHING: Handle = {};

/** What a backend says it cannot compute must be refused with the primitive, the dtype and the backend in the text. */
function expectRefusal<N extends PrimitiveName>(
  backend: Backend, name: N, row: ReferenceRow<ParamsOf<N>>, generic: DType, dtype: DType,
): void {
  const inputs: Operand[] = row.inputs.map((literal) => {
    const aval = avalOf(literal, generic);
    const held = backend.unsupported('constant', aval.dtype) === undefined;
    return held ? upload(backend, literal, generic) : { ...aval, handle: NOTHING };
  });
  const outputs = outputsOf(name, inputs, row.params);
  assert.throws(() => backend.execute(name, inputs, row.params, outputs), (error: Error) => {
    for (const word of [name, dtype, backend.name]) {
      assert.ok(error.message.includes(word), `'${word}' in: ${error.message}`);
    }
    return true;
  });
  for (const { handle } of inputs) if (handle !== NOTHING) backend.dispose(handle);
}

function describe<P>({ inputs, params }: ReferenceRow<P>): string {
  const details = Object.entries(params as Record<string, unknown>)
    .flatMap(([key, value]) => (key === 'data' ? [] : `${key}=${JSON.stringify(value)}`));
  return [...inputs.map(({ shape, dtype }) => `${dtype ?? ''}${formatShape(shape)}`), ...details].join(' ');
}

/** Checking labels costs a synchronisation on some devices, so that a backend may give NaN instead of an error. */
const labelsOutOfRange: ConformanceCase = {
  name: 'sparse_softmax_cross_entropy: labels out of range give NaN or an error',
  run(backend) {
    const inputs = [t([3, 2], [0, 0, 0, 0, 0, 0]), t([3], [1, 2, -1], 'int32')].map((x) => upload(backend, x, 'float32'));
    const outputs = outputsOf('sparse_softmax_cross_entropy', inputs, {});
    let made: Handle[] = [];
    try {
      made = backend.execute('sparse_softmax_cross_entropy', inputs, {}, outputs);
    } catch {
      return;
    } finally {
      for (const { handle } of inputs) backend.dispose(handle);
    }
    expectValues(backend, made[0], t([3], [Math.log(2), NaN, NaN]), 'float32', 'losses');
    expectValues(backend, made[1], t([3, 2], [0.5, -0.5, NaN, NaN, NaN, NaN]), 'float32', 'gradient');
    for (const handle of made) backend.dispose(handle);
  },
};

/** Host data of every dtype, of odd shapes. */
function constantRows(): ReferenceRow<ParamsOf<'constant'>>[] {
  const numbers = [0, 1, 5, 2, 100, 3];
  return DTYPES.filter((dtype) => dtype !== 'complex64').flatMap((dtype) => {
    const values: (number | string)[] = dtype === 'string' ? ['', 'a', 'ä€😀', 'b c', '\n', 'z']
      : dtype === 'bool' ? numbers.map((v) => Number(v > 1)) : numbers;
    const literals: Literal[] = [t([2, 3], values, dtype), t([], values.slice(0, 1), dtype), t([0, 2], [], dtype)];
    return literals.map((expected) => ({
      inputs: [], expected: [expected], dtypes: [dtype],
      params: { data: hostData(expected, dtype), shape: expected.shape, dtype },
    }));
  });
}

export function primitiveCases(): ConformanceCase[] {
  const cases: ConformanceCase[] = [];
  const add = <N extends PrimitiveName>(name: N, rows: readonly ReferenceRow<ParamsOf<N>>[]): void => {
    for (const row of rows) {
      for (const dtype of row.dtypes) {
        const note = row.inputs.some((literal) => literal.dtype === undefined) ? ` (${dtype})` : '';
        cases.push({ name: `${name}: ${describe(row)}${note}`, run: (backend) => check(backend, name, row, dtype) });
      }
    }
  };
  add('constant', constantRows());
  for (const name of Object.keys(reference) as (keyof typeof reference)[]) {
    add(name, reference[name] as readonly ReferenceRow<never>[]);
  }
  cases.push(labelsOutOfRange);
  for (const [name, row] of largeRows()) add(name, [row as ReferenceRow<never>]);
  return cases;
}
