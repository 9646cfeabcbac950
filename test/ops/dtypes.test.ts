/**
 * Dtype promotion against the tables of Python Keras: result_type, and what ops give on symbolic tensors.
 *
 * Two departures are on purpose. Keras narrows uint64 to uint32, as JAX does without 64 bits; keras-node does
 * not. And some ops of Keras turn a Python number into a tensor first, so that it widens the other operand;
 * in keras-node a number is weakly typed in every op.
 */
import { result_type } from '../../src/backend/public.js';
import { floatResult, type DType, type WeakType } from '../../src/engine/dtype.js';
import { KerasTensor } from '../../src/ops/keras-tensor.js';
import { loadGolden, type GoldenValue } from '../golden/golden.js';
import { opNamed } from '../support/check-op.js';

interface PairRow {
  op: string;
  a: string;
  /** null: Keras on TensorFlow raises. */
  with: Record<string, string | null>;
}
interface UnaryRow {
  op: string;
  args: GoldenValue[];
  outputs: Record<string, string | null>;
}

/** JavaScript's numbers are weakly typed like Python's. */
const WEAK: Readonly<Record<string, WeakType>> = {
  'python bool': 'bool', 'python int': 'int', 'python float': 'float',
};
const SCALARS: Readonly<Record<string, number | boolean>> = {
  'python bool': true, 'python int': 2, 'python float': 2.5,
};

const typeNamed = (name: string): DType | WeakType => WEAK[name] ?? (name as DType);

/** An operand of a dtype, or the scalar of a Python type. */
const operand = (name: string, shape: number[]): KerasTensor | number | boolean =>
  SCALARS[name] ?? new KerasTensor(shape, name);

const MATRICES = new Set(['matmul', 'dot']);

function callPair(op: string, a: string, b: string): unknown {
  const shape = MATRICES.has(op) ? [2, 2] : [3];
  const [x, y] = [operand(a, shape), operand(b, shape)];
  if (op === 'where') return opNamed(op)(new KerasTensor(shape, 'bool'), x, y);
  if (op === 'concatenate' || op === 'stack') return opNamed(op)([x, y]);
  return opNamed(op)(x, y);
}

const withoutNarrowing = (expected: string, ...operands: string[]): string =>
  expected === 'uint32' && operands.includes('uint64') ? 'uint64' : expected;

/** Ops of Keras in which a Python number is not weakly typed. */
const STRONG_NUMBERS = new Set([
  'mod', 'arctan2', 'bitwise_and', 'left_shift', 'right_shift', 'logaddexp', 'dot', 'outer', 'inner',
  'append', 'hypot', 'gcd', 'lcm',
]);

/** The dtypes that a call may give. */
function acceptedOf(op: string, expected: string, a: string, b: string): string[] {
  const accepted = [withoutNarrowing(expected, a, b)];
  if (STRONG_NUMBERS.has(op) && (a in WEAK || b in WEAK)) {
    const weak = result_type(typeNamed(a), typeNamed(b));
    accepted.push(weak, floatResult(weak));
  }
  return accepted;
}

/** `expected (received)` where a call gives another dtype or throws; undefined where it agrees. */
function disagreement(accepted: readonly string[], call: () => unknown): string | undefined {
  const expected = accepted.join(' or ');
  try {
    const result = call();
    if (!(result instanceof KerasTensor)) return `${expected} (${String(result)})`;
    return accepted.includes(result.dtype) ? undefined : `${expected} (${result.dtype})`;
  } catch (error) {
    return `${expected} (${error instanceof Error ? error.message : String(error)})`;
  }
}

function fail(op: string, found: string[]): void {
  if (found.length === 0) return;
  throw new Error(`${op}: ${found.length} dtypes, expected (received):\n  ${found.join('\n  ')}`);
}

describe('dtypes of results', () => {
  it('result_type of every pair', () => {
    const rows = loadGolden<{ a: string; with: Record<string, string> }>('dtypes', 'result_type').cases;
    fail('result_type', rows.flatMap(({ a, with: row }) => Object.entries(row).flatMap(([b, expected]) => {
      const received = result_type(typeNamed(a), typeNamed(b));
      return received === withoutNarrowing(expected, a, b) ? [] : [`${a}, ${b}: ${expected} (${received})`];
    })));
  });

  it('result_type of one, three or no dtypes', () => {
    const rows = loadGolden<{ dtypes: string[]; result: string }>('dtypes', 'result_type_many').cases;
    fail('result_type', rows.flatMap(({ dtypes, result }) => {
      const received = result_type(...dtypes.map(typeNamed));
      return received === result ? [] : [`${dtypes.join(', ')}: ${result} (${received})`];
    }));
  });

  const pairs = loadGolden<PairRow>('dtypes', 'binary_ops').cases;
  for (const op of new Set(pairs.map((row) => row.op))) {
    it(`${op} of every pair`, () => {
      fail(op, pairs.filter((row) => row.op === op).flatMap(({ a, with: row }) =>
        Object.entries(row).flatMap(([b, expected]) => {
          if (expected === null) return [];
          const found = disagreement(acceptedOf(op, expected, a, b), () => callPair(op, a, b));
          return found === undefined ? [] : [`${a}, ${b}: ${found}`];
        })));
    });
  }

  it('ops of one tensor', () => {
    const found = loadGolden<UnaryRow>('dtypes', 'unary_ops').cases.flatMap(({ op, args, outputs }) =>
      Object.entries(outputs).flatMap(([dtype, expected]) => {
        // The shape of bincount depends on values. Keras drops the imaginary part in i0; here it is refused.
        if (expected === null || op === 'bincount' || (op === 'i0' && dtype === 'complex64')) return [];
        const accepted = [withoutNarrowing(expected, dtype)];
        const message = disagreement(accepted, () => opNamed(op)(new KerasTensor([2, 2], dtype), ...args));
        return message === undefined ? [] : [`${op} of ${dtype}: ${message}`];
      }));
    fail('ops of one tensor', found);
  });
});
