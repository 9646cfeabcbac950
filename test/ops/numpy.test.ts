/** The less common NumPy-like ops on every backend: eager, compiled, symbolic, gradients. */
import { loadGolden, type GoldenCall } from '../golden/golden.js';
import { describeBackends } from '../support/backends.js';
import { checkCall, checkGradient, report, type GradientCall } from '../support/check-op.js';

const FAMILIES = ['numpy_elementwise', 'numpy_statistics', 'numpy_arrays', 'rest'] as const;

/** Calls, or whole ops, that differ from Keras on TensorFlow on purpose, and why. */
const ROT90 = 'Keras mixes up the sides of planes that are no squares in a half turn';
const INFINITE = 'Keras puts the largest number in the place of Infinity too; NumPy and JAX do not';
const VSTACK = 'Keras joins vectors end to end; NumPy, and the example in Keras, make rows of them';
const DEPARTURES: Readonly<Record<string, string>> = {
  'rest: vstack(["float32[3]","float32[3]"])': VSTACK,
  'rest: select(["bool[2]","bool[2]"], ["int32[2]","float32[2]"])': 'Keras promotes by NumPy\'s rules here alone',
  'numpy_elementwise: saturate_cast("float32[3]", "int32")': 'in Keras the upper limit overflows',
  'numpy_statistics: nancumsum("float32[3,3]")': INFINITE,
  'numpy_statistics: nancumsum("float32[3,3]", {"axis":0})': INFINITE,
  'numpy_arrays: unravel_index("int64[2,2]", [3,4])': 'Keras takes the axes in the wrong order',
  'numpy_arrays: rot90("float32[3,4]", {"k":2})': ROT90,
  'numpy_arrays: rot90("float32[2,3,4]", {"k":2,"axes":[2,0]})': ROT90,
};
const GRADIENT_DEPARTURES: Readonly<Record<string, string>> = {
  'rest: vstack(["float32[3]","float32[3]"])': VSTACK,
  'numpy_elementwise: sinc("float32[7]")': 'TensorFlow gives NaN at 0, where the derivative is 0',
  'numpy_statistics: nancumsum("float32[3,3]")': INFINITE,
  'numpy_statistics: nancumsum("float32[3,3]", {"axis":0})': INFINITE,
  'numpy_statistics: nancumprod("float32[3,3]")': INFINITE,
  'numpy_statistics: nancumprod("float32[3,3]", {"axis":0})': INFINITE,
  'numpy_arrays: rot90("float32[3,4]", {"k":2})': ROT90,
  'numpy_arrays: rot90("float32[2,3,4]", {"k":2,"axes":[2,0]})': ROT90,
};

const byOp = <Row extends { op: string }>(rows: readonly Row[]): [string, Row[]][] => {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(row.op, [...(groups.get(row.op) ?? []), row]);
  return [...groups];
};

describeBackends('NumPy-like ops against Python Keras', () => {
  for (const family of FAMILIES) {
    describe(family, () => {
      for (const [op, rows] of byOp(loadGolden<GoldenCall>('ops', family).cases)) {
        it(op, () => report(family, rows, (row) => checkCall(row), DEPARTURES));
      }
    });
  }
});

describeBackends('gradients of NumPy-like ops against TensorFlow', () => {
  for (const family of FAMILIES) {
    describe(family, () => {
      for (const [op, rows] of byOp(loadGolden<GradientCall>('gradients', family).cases)) {
        it(op, () => report(family, rows, (row) => checkGradient(row), GRADIENT_DEPARTURES));
      }
    });
  }
});
