/** Every op of the golden tables on every backend: eager, compiled, symbolic, gradients. */
import { loadGolden, type GoldenCall } from '../golden/golden.js';
import { describeBackends } from '../support/backends.js';
import { checkCall, checkGradient, report, type GradientCall, type OpCheck } from '../support/check-op.js';

const FAMILIES = [
  'unary', 'activations', 'binary', 'comparison', 'choosing', 'reductions', 'norms', 'ordering', 'shapes',
  'indexing', 'creation', 'products', 'einsum', 'cross_entropies', 'convolution', 'pooling', 'normalization',
  'image_resize', 'attention', 'ctc', 'folding', 'image', 'image_sampling',
  'linalg', 'fourier', 'signals', 'complex_numbers',
] as const;
/** Complex gradients: complex.test.ts. */
const UNDIFFERENTIATED: readonly string[] = ['comparison', 'creation', 'complex_numbers'];
const GRADIENT_FAMILIES = [
  ...FAMILIES.filter((family) => !UNDIFFERENTIATED.includes(family)), 'awkward', 'second_order',
] as const;

const BIAS = 'Keras takes the second operand for a bias of the last axis and does not broadcast it';
const EMPTY_BATCH = 'Keras gives the shape of the input for an empty batch';

/** Calls, or whole ops, that differ from Keras on TensorFlow on purpose, and why. */
const DEPARTURES: Readonly<Record<string, string>> = {
  'binary: add("float32[2,1,3]", "float32[3,1]")': BIAS,
  'binary: mod("bfloat16[3]", 0.5)': 'a number is weakly typed in every op',
  'binary: arctan2("bfloat16[3]", 0.5)': 'a number is weakly typed in every op',
  'ordering: argmin("float32[2]")': 'Keras counts -0 as less than 0, a remedy for denormals; NumPy does not',
  'creation: eye(4, 2, {"k":-1})': 'Keras gives a matrix of 5 by 3',
  'convolution: conv("float32[0,4,4,2]", "float32[2,2,2,3]")': EMPTY_BATCH,
};
const GRADIENT_DEPARTURES: Readonly<Record<string, string>> = {
  'binary: add("float32[2,1,3]", "float32[3,1]")': BIAS,
  'convolution: conv("float32[0,4,4,2]", "float32[2,2,2,3]")': EMPTY_BATCH,
  'awkward: cumprod("float32[3]")': 'TensorFlow divides by the factors, which is wrong where one is 0',
  'ctc: ctc_loss("int32[1,3]", "float32[1,4,3]", "int32[1]", "int32[1]")':
    'for labels that do not fit into the frames TensorFlow lets paths begin anywhere',
  'image: image.rgb_to_hsv("float32[1,4,3]")': 'TensorFlow takes the derivative by a channel that is 0 for 0',
  'second_order: categorical_crossentropy("float32[1,3]", "float32[1,3]", {"from_logits":true})':
    'TensorFlow leaves the labels out of the second derivative',
};

/** Keras rounds these constants to float32 on their way to a float64 tensor. */
const ROUNDED_CONSTANT: OpCheck = { tolerances: { float64: { rtol: 1e-7, atol: 1e-7 } } };

/** Long chains of operations in another order than TensorFlow's. */
const FACTORIZED: OpCheck = { tolerances: {
  float32: { rtol: 1e-4, atol: 3e-5 }, complex64: { rtol: 1e-4, atol: 3e-5 }, float64: { rtol: 1e-9, atol: 1e-10 } } };

/** Keras computes these in float32, whatever the dtype. */
const COMPUTED_IN_FLOAT32: OpCheck = { tolerances: { float64: { rtol: 1e-6, atol: 1e-6 } } };

function checkOf({ op, args, kwargs }: Pick<GoldenCall, 'op' | 'args' | 'kwargs'>): OpCheck {
  switch (op) {
    case 'leaky_relu':
    case 'gelu':
      return ROUNDED_CONSTANT;
    case 'ctc_loss':
      return COMPUTED_IN_FLOAT32;
    case 'svd':
    case 'eigh':
    case 'eig':
      return { ...FACTORIZED, freeSigns: true };
    case 'cholesky_inverse':
    case 'inv':
    case 'pinv':
    case 'qr':
    case 'lstsq':
    case 'solve':
    case 'solve_triangular':
    case 'slogdet':
    case 'det':
    case 'i0':
      return FACTORIZED;
    case 'nonzero':
    case 'unique':
    case 'bincount':
      return { eagerOnly: true };
    case 'where':
      return { eagerOnly: args.length === 1 };
    case 'segment_sum':
    case 'segment_prod':
    case 'segment_max':
      return { eagerOnly: kwargs.num_segments === undefined };
    case 'convert_to_tensor':
      // A number in JavaScript has no dtype of its own: floatx() here, int32 for Python's integers.
      return { anyDType: kwargs.dtype === undefined };
    default:
      return {};
  }
}

const byOp = <Row extends { op: string }>(rows: readonly Row[]): [string, Row[]][] => {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(row.op, [...(groups.get(row.op) ?? []), row]);
  return [...groups];
};

describeBackends('ops against Python Keras', () => {
  for (const family of FAMILIES) {
    describe(family, () => {
      for (const [op, rows] of byOp(loadGolden<GoldenCall>('ops', family).cases)) {
        it(op, () => report(family, rows, (row) => checkCall(row, checkOf(row)), DEPARTURES));
      }
    });
  }
});

describeBackends('gradients against TensorFlow', () => {
  for (const family of GRADIENT_FAMILIES) {
    describe(family, () => {
      for (const [op, rows] of byOp(loadGolden<GradientCall>('gradients', family).cases)) {
        it(op, () => report(family, rows, (row) => checkGradient(row, checkOf(row)), GRADIENT_DEPARTURES));
      }
    });
  }
});
