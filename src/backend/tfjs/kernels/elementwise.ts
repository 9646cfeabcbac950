/**
 * Elementwise kernels. Each has a plain function; float tensors that are large enough for a call into tfjs to pay go to
 * tfjs's kernel, where it has an exact one. Not used of tfjs, because they lose accuracy or NaN: wasm's Sin, Cos,
 * Log1p, Selu, Sign, Relu6, Maximum and Minimum (compared with JavaScript's Math over 2,000 values).
 */
import type { elementwise } from '../../../engine/primitives/elementwise.js';
import { sizeOf, type Shape } from '../../../engine/shape.js';
import type { Block, Memory } from '../memory.js';
import { besselI0, besselI1, digamma, erf, erfc, erfInv, lgamma } from '../special.js';
import { storageOf, type StorageType } from '../storage.js';
import { broadcastStrides, map, mapPairs, stridesOf, walk } from '../strides.js';
import { TFJS_PAYS, type Kernel, type KernelTable } from './kernel.js';

type Plain = Kernel<object>;
type Unary = (x: number) => number;
type Binary = (x: number, y: number) => number;

const pays = (kernel: string | undefined, x: Block, size: number): kernel is string =>
  kernel !== undefined && x.dtype === 'float32' && size >= TFJS_PAYS;

/** @param kernel tfjs's name, for large float tensors */
const unary = (fn: Unary, kernel?: string): Plain => (m, [x]) => {
  if (pays(kernel, x, sizeOf(x.shape))) return m.run(kernel, { x }, { alpha: 0 });
  const out = m.alloc(x.shape, x.dtype);
  map(m.numbers(x), m.numbers(out), fn);
  return out;
};

const test = (fn: (x: number) => boolean): Plain => (m, [x]) => {
  const out = m.alloc(x.shape, 'bool');
  map(m.numbers(x), m.numbers(out), (v) => (fn(v) ? 1 : 0));
  return out;
};

function pairs(m: Memory, [a, b]: readonly Block[], shape: Shape, dtype: StorageType, fn: Binary): Block {
  const out = m.alloc(shape, dtype);
  mapPairs(shape, m.elements(a), a.shape, m.elements(b), b.shape, m.numbers(out), fn);
  return out;
}

/**
 * @param kernel tfjs's name, for large float tensors
 * @param integers the function for integers and booleans, where it differs
 */
const binary = (fn: Binary, kernel?: string, integers: Binary = fn): Plain => (m, x, { outputs: [{ shape }] }) => {
  if (pays(kernel, x[0], sizeOf(shape))) return m.run(kernel, { a: x[0], b: x[1] });
  return pairs(m, x, shape, x[0].dtype, x[0].dtype === 'float32' ? fn : integers);
};

const comparison = (fn: (x: number, y: number) => boolean, kernel: string): Plain =>
  (m, x, { outputs: [{ shape }] }) => {
    if (pays(kernel, x[0], sizeOf(shape))) return m.run(kernel, { a: x[0], b: x[1] });
    return pairs(m, x, shape, 'bool', (a, b) => (fn(a, b) ? 1 : 0));
  };

function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest < 0.5) return floor;
  return rest > 0.5 || floor % 2 !== 0 ? floor + 1 : floor;
}

/** The remainder with the sign of the divisor, as in Python. */
function floorMod(x: number, y: number): number {
  const rest = x % y;
  return rest !== 0 && rest < 0 !== y < 0 ? rest + y : rest;
}

/** Power of 32-bit integers, wrapping. A negative exponent leaves 0, except of 1 and -1. */
function integerPower(base: number, exponent: number): number {
  if (exponent < 0) return base === 1 ? 1 : base === -1 ? (exponent % 2 ? -1 : 1) : 0;
  let result = 1;
  for (let b = base, e = exponent; e > 0; e >>>= 1, b = Math.imul(b, b)) if (e & 1) result = Math.imul(result, b);
  return result;
}

/** Distances up to the bits of the dtype less one, as in TensorFlow; longer ones are cut to that. */
const shift = (fn: Binary): Plain => (m, x, context) => {
  const { dtype } = context.inputs[0];
  const most = (dtype === 'bool' ? 8 : Number(/\d+/.exec(dtype)![0])) - 1;
  return binary((a, distance) => fn(a, Math.min(Math.max(distance, 0), most)))(m, x, context);
};

const sigmoid: Unary = (x) => 1 / (1 + Math.exp(-x));
const relu: Unary = (x) => (x < 0 ? 0 : x);
const elu: Unary = (x) => (x < 0 ? Math.expm1(x) : x);
/** Constants of SELU. Source: Klambauer et al. 2017. */
const SELU_SCALE = 1.0507009873554805;
const SELU_SCALE_ALPHA = SELU_SCALE * 1.6732632423543772;

const select: Plain = (m, [condition, x, y], { outputs: [{ shape }] }) => {
  const out = m.alloc(shape, x.dtype);
  const c = m.numbers(condition);
  const a = m.elements(x) as Float32Array;
  const b = m.elements(y) as Float32Array;
  const to = m.elements(out) as Float32Array;
  const strides = [...[condition, x, y].map((block) => broadcastStrides(block.shape, shape)), stridesOf(shape)];
  walk(shape, strides, [0, 0, 0, 0], ([p, q, r, s], length, [cStep, aStep, bStep]) => {
    for (let i = 0; i < length; i++) to[s + i] = c[p + i * cStep] ? a[q + i * aStep] : b[r + i * bStep];
  });
  return out;
};

export const elementwiseKernels: KernelTable<keyof typeof elementwise> = {
  negative: unary((x) => -x, 'Neg'), absolute: unary(Math.abs, 'Abs'), sign: unary(Math.sign),
  square: (m, [x], context) => (x.dtype === 'float32' ? squareFloats : squareIntegers)(m, [x], context),
  floor: unary(Math.floor, 'Floor'), ceil: unary(Math.ceil, 'Ceil'), round: unary(roundHalfEven, 'Round'),
  reciprocal: unary((x) => 1 / x, 'Reciprocal'), sqrt: unary(Math.sqrt, 'Sqrt'),
  rsqrt: unary((x) => 1 / Math.sqrt(x), 'Rsqrt'), exp: unary(Math.exp, 'Exp'), expm1: unary(Math.expm1, 'Expm1'),
  log: unary(Math.log, 'Log'), log1p: unary(Math.log1p),
  sin: unary(Math.sin), cos: unary(Math.cos), tan: unary(Math.tan),
  asin: unary(Math.asin), acos: unary(Math.acos), atan: unary(Math.atan),
  sinh: unary(Math.sinh), cosh: unary(Math.cosh), tanh: unary(Math.tanh, 'Tanh'),
  asinh: unary(Math.asinh), acosh: unary(Math.acosh), atanh: unary(Math.atanh),
  erf: unary(erf), erfc: unary(erfc), erf_inv: unary(erfInv),
  bessel_i0: unary(besselI0), bessel_i1: unary(besselI1), lgamma: unary(lgamma), digamma: unary(digamma),
  sigmoid: unary(sigmoid, 'Sigmoid'),
  softplus: unary((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), 'Softplus'),
  relu: unary(relu, 'Relu'), relu6: unary((x) => (x > 6 ? 6 : relu(x))), elu: unary(elu),
  selu: unary((x) => (x < 0 ? SELU_SCALE_ALPHA * Math.expm1(x) : SELU_SCALE * x)),
  is_nan: test(Number.isNaN), is_inf: test((x) => Math.abs(x) === Infinity), is_finite: test(Number.isFinite),
  logical_not: test((x) => !x),
  bitwise_not: (m, [x], context) => (x.dtype === 'bool' ? test((v) => !v) : unary((v) => ~v))(m, [x], context),
  stop_gradient: (m, [x]) => m.share(x),

  relu_grad: binary((g, y) => (y > 0 ? g : 0)), relu6_grad: binary((g, y) => (y > 0 && y < 6 ? g : 0)),
  elu_grad: binary((g, y) => (y < 0 ? g * (y + 1) : g)),
  selu_grad: binary((g, y) => (y < 0 ? g * (y + SELU_SCALE_ALPHA) : g * SELU_SCALE)),
  sigmoid_grad: binary((g, y) => g * y * (1 - y)), tanh_grad: binary((g, y) => g * (1 - y * y)),

  add: binary((x, y) => x + y, 'Add'), subtract: binary((x, y) => x - y, 'Sub'),
  multiply: binary((x, y) => x * y, 'Multiply', Math.imul), divide: binary((x, y) => x / y, 'RealDiv'),
  floor_divide: binary((x, y) => Math.floor(x / y)), mod: binary(floorMod),
  power: binary(Math.pow, 'Pow', integerPower),
  maximum: binary(Math.max), minimum: binary(Math.min), arctan2: binary(Math.atan2),
  squared_difference: binary((x, y) => (x - y) * (x - y), 'SquaredDifference', (x, y) => Math.imul(x - y, x - y)),
  bitwise_and: binary((x, y) => x & y), bitwise_or: binary((x, y) => x | y), bitwise_xor: binary((x, y) => x ^ y),
  left_shift: shift((x, y) => x << y), right_shift: shift((x, y) => x >> y),
  logical_and: binary((x, y) => x & y), logical_or: binary((x, y) => x | y),
  equal: comparison((x, y) => x === y, 'Equal'), not_equal: comparison((x, y) => x !== y, 'NotEqual'),
  greater: comparison((x, y) => x > y, 'Greater'), greater_equal: comparison((x, y) => x >= y, 'GreaterEqual'),
  less: comparison((x, y) => x < y, 'Less'), less_equal: comparison((x, y) => x <= y, 'LessEqual'),
  select,
  cast: (m, [x], { inputs: [from], params: { dtype } }) => {
    if (from.dtype === dtype) return m.share(x);
    const out = m.alloc(x.shape, storageOf(dtype));
    // Writing to an integer array truncates; a boolean is whether the number is not zero.
    if (out.dtype === 'bool') map(m.numbers(x), m.numbers(out), (v) => (v === 0 ? 0 : 1));
    else m.numbers(out).set(m.numbers(x));
    return out;
  },
};

const squareFloats = unary((x) => x * x, 'Square');
const squareIntegers = unary((x) => Math.imul(x, x));
