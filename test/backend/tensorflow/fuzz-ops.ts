/** Well-known ops for the fuzz test, with attributes that mostly suit them. Inputs are left to chance. */
import { TF_DTYPE } from '../../../src/backend/tensorflow/binding.js';
import { below, chance, pick, shape } from './fuzz-random.js';
import { attr } from './messages.js';

/** An op: its name, how many outputs it has, and attributes made anew for each use. */
export interface KnownOp {
  name: string;
  outputs: number;
  attrs: () => Record<string, Uint8Array>;
}

/** Ops with one output that need no attributes. */
const plain = `
  AddV2 Mul Sub RealDiv FloorMod Maximum Pow Less Equal NotEqual LogicalAnd BitwiseAnd LeftShift
  SquaredDifference MatMul BatchMatMulV2 MatrixInverse MatrixDeterminant MatrixSolve Cholesky FFT
  Relu Relu6Grad EluGrad Sigmoid SigmoidGrad Softmax LogSoftmax Exp Log Neg Lgamma Erfinv L2Loss Bincount
  Sum Max Min Mean Prod All Any ArgMax TopKV2 Cumsum Cumprod UnsortedSegmentSum Unique Where
  Identity Snapshot Shape Size ZerosLike Reshape Transpose ExpandDims Squeeze BroadcastTo BroadcastArgs
  ReverseV2 Tile Pad PadV2 MirrorPad Slice StridedSlice TensorStridedSliceUpdate SplitV SelectV2
  InvertPermutation SpaceToBatchND
  GatherV2 GatherNd ScatterNd TensorScatterUpdate TensorScatterAdd TensorScatterMax OneHot Fill Range LinSpace
  StatelessRandomUniformV2 StatelessRandomNormalV2 StatelessRandomUniformIntV2 StatelessTruncatedNormalV2
  StatelessRandomGetKeyCounter BiasAdd BiasAddGrad ResizeBilinear
`.trim().split(/\s+/);

const { bool, float16, float32, float64, bfloat16, complex64, int32, int64 } = TF_DTYPE;
const notInteger = [float32, float64, bool, bfloat16, float16, complex64];
const dtype = (): Uint8Array => attr.type(pick([float32, float32, int32, int64, bool, float16]));
const same = (): Uint8Array => attr.string('SAME');
const ones = attr.ints([1, 1, 1, 1]);

export const knownOps: readonly KnownOp[] = [
  ...plain.map((name) => ({ name, outputs: 1, attrs: () => ({}) })),
  { name: 'NoOp', outputs: 0, attrs: () => ({}) },
  { name: 'Qr', outputs: 2, attrs: () => ({}) },
  { name: 'Svd', outputs: 3, attrs: () => ({}) },
  // To an integer, NaN becomes the least int64, and GatherV2 aborts on that as an axis (TensorFlow 2.21).
  { name: 'Cast', outputs: 1, attrs: () => ({ DstT: attr.type(pick(notInteger)) }) },
  {
    name: 'ConcatV2', outputs: 1,
    attrs: () => ({ N: attr.int(pick([2, 3])), T: dtype(), Tidx: attr.type(int32) }),
  },
  { name: 'Pack', outputs: 1, attrs: () => ({ N: attr.int(2), T: dtype(), axis: attr.int(below(4) - 1) }) },
  { name: 'AddN', outputs: 1, attrs: () => ({ N: attr.int(below(4)), T: attr.type(float32) }) },
  { name: 'Split', outputs: 2, attrs: () => ({ num_split: attr.int(below(4)) }) },
  { name: 'Unpack', outputs: 2, attrs: () => ({ num: attr.int(2), axis: attr.int(below(4) - 2) }) },
  {
    name: 'Conv2D', outputs: 1,
    attrs: () => ({
      strides: attr.ints(pick([[1, 1, 1, 1], [1, 2, 2, 1], [1], [0, 0, 0, 0]])),
      padding: attr.string(pick(['SAME', 'VALID', 'x'])),
    }),
  },
  // Not the gradients by the input: oneDNN's kernels abort on a negative size in `input_sizes` (TensorFlow 2.21).
  ...['DepthwiseConv2dNative', 'Conv2DBackpropFilter', 'DepthwiseConv2dNativeBackpropFilter'].map((name) => ({
    name, outputs: 1, attrs: () => ({ strides: ones, padding: same() }),
  })),
  { name: 'Conv3D', outputs: 1, attrs: () => ({ strides: attr.ints([1, 1, 1, 1, 1]), padding: same() }) },
  ...['MaxPool', 'AvgPool', 'MaxPoolGrad', 'MaxPoolGradGrad', 'AvgPoolGrad'].map((name) => ({
    name, outputs: 1,
    attrs: () => ({
      ksize: attr.ints(pick([[1, 2, 2, 1], [1, 9, 9, 1], [0, 0, 0, 0]])),
      strides: attr.ints(pick([[1, 1, 1, 1], [1, 2, 2, 1]])),
      padding: attr.string(pick(['VALID', 'SAME'])),
    }),
  })),
  { name: 'FusedBatchNormV3', outputs: 6, attrs: () => ({ is_training: attr.bool(chance(0.5)) }) },
  { name: 'SoftmaxCrossEntropyWithLogits', outputs: 2, attrs: () => ({}) },
  { name: 'SparseSoftmaxCrossEntropyWithLogits', outputs: 2, attrs: () => ({}) },
  {
    name: 'Einsum', outputs: 1,
    attrs: () => ({
      N: attr.int(2), T: attr.type(float32),
      equation: attr.string(pick(['ij,jk->ik', 'i,j->', '...', 'zz'])),
    }),
  },
  {
    name: 'VarHandleOp', outputs: 1,
    attrs: () => ({
      dtype: attr.type(float32), shape: attr.shape(shape()),
      shared_name: attr.string('cd2c89b7-88b7-44c8-ad83-06c2a9158347'),
    }),
  },
  { name: 'ReadVariableOp', outputs: 1, attrs: () => ({ dtype: attr.type(float32) }) },
  { name: 'AssignVariableOp', outputs: 0, attrs: () => ({ dtype: attr.type(float32) }) },
  { name: 'ResourceApplyAdam', outputs: 0, attrs: () => ({}) },
  {
    name: 'PartitionedCall', outputs: 1,
    attrs: () => ({
      Tin: attr.types([float32]), Tout: attr.types([float32]),
      f: attr.func(pick(['f0', 'f1', 'nope'])),
    }),
  },
];
